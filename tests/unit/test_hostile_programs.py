"""Programs written to do harm: refused or stopped with a sentence of their own, and nobody else notices."""

from __future__ import annotations

import threading
import time
from functools import partial

import numpy as np
import pytest
from least_time import least_seconds

from mips_core.errors import BadInputError, ProgramRefusedError, ProgramStoppedError
from mips_core.programs import parse_program, sandbox, turns
from mips_core.programs.sandbox import Limits, run_program
from mips_core.region_checker import Refused
from mips_core.region_checker.machine import Steps
from mips_core.verification.exact_walk import exact_walk
from mips_core.views.code_diff import diff_html, diff_rows

QUICK = Limits(soft_seconds=0.3, hard_seconds=0.8, memory=256 * 2**20)
PATIENT = Limits(soft_seconds=10.0, hard_seconds=20.0, memory=256 * 2**20)
"""For what uses its memory up in a moment, however busy the machine is."""

WORDS = [[(1,)], [(0,), (1,)]]


def run(source: str | bytes, limits: Limits = QUICK) -> sandbox.ProgramRun:
    return run_program(source, WORDS, input_width=1, output_width=1, limits=limits)


def function(*lines: str) -> str:
    return "def f(xs):\n" + "".join(f"    {line}\n" for line in lines)


def loop(*lines: str) -> str:
    """A program of the shape that is read as equations."""
    steps = [f"    {line}" for line in lines]
    return function("outputs = []", "s = 0", "for x in xs:", *steps, "    outputs.append(s)", "return outputs")


REFUSED = {
    "letters that are written otherwise": (function("return ｅｖａｌ('1')"), "the built-in eval"),
    "an attribute in mathematical letters": (function("return ().__𝒸lass__"), "the attribute .__class__"),
    "a method in mathematical letters": (function("return 'a'.𝒻ormat(1)"), "the attribute .format"),
    "full-width underscores": (function("return xs.＿＿class＿＿"), "not valid Python"),
    "format as a function of str": (function("return str.format('{0.__class__}', xs)"), "the attribute .format"),
    "an attribute in a pattern": (function("match xs:", "    case xs.__class__:", "        pass"), "__class__"),
    "a name cut by a line's end": ("def f(xs):\n    return xs.\\\n__class__\n", "the attribute .__class__"),
    "utf-7": (b"# -*- coding: utf-7 -*-\ndef f(xs):\n    return xs\n+AAo-import os+AAo-", "not valid Python"),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + function("return xs").encode(), "U\\+FEFF"),
    "ten megabytes": ("#" * 10_000_000 + "\n" + function("return xs"), "10,000,026 characters"),
    "many brackets": ("x = " + "[" * 499_000 + "]" * 499_000, "too many nested"),
    "what stops the stopping": (function("try:", "    1/0", "except BaseException:", "    pass"), "BaseException"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_spelt_otherwise_is_refused_all_the_same(name: str) -> None:
    source, words = REFUSED[name]
    with pytest.raises(ProgramRefusedError, match=words):
        run(source)


STOPPED = {
    "a width in a percent sign": (function("return ['%9999999999d' % 1]"), "memory"),
    "a width that is computed": (function("n = 10**9", "return [f'{1:{n}}']"), "memory"),
    "a shift": (function("return [1 << 10**10]"), "memory"),
    "a loop in C": (function("return [max(range(10**15))]"), "longer than 0.8 s"),
    "a loop that catches all": (
        function("while True:", "    try:", "        [0] * 10**9", "    except:", "        pass"), "longer than",
    ),
    "finally, for ever": (
        function("while True:", "    try:", "        1 / 0", "    finally:", "        continue"), "longer than",
    ),
    "hashes of hashes": (function("t = 1,", "for i in range(60):", "    t = t, t", "return {t: 1}"), "longer than"),
    "a text in a text in a text": (
        function("a = 'a' * 10**4", "for i in range(5):", "    a = a.replace('a', a)"), "memory",
    ),
    "prints without end": (function("while True:", "    print('x' * 1000)"), "longer than"),
    "an annotation": ("def f(xs: [0] * 10**10):\n    return xs\n", "memory"),
}  # fmt: skip


@pytest.mark.parametrize("name", list(STOPPED))
def test_what_takes_too_much_is_stopped_and_the_sentence_says_what(name: str) -> None:
    source, words = STOPPED[name]
    start = time.monotonic()
    with pytest.raises(ProgramStoppedError, match=words):
        run(source, PATIENT if words == "memory" else QUICK)
    assert time.monotonic() - start < 30


def test_work_before_the_first_word_is_stopped_for_its_time_and_says_so() -> None:
    with pytest.raises(ProgramStoppedError, match=r"longer than 0\.2 s"):
        run("a = 10**10**10\n" + function("return xs"), Limits(0.1, 0.2, start_seconds=20.0))


def test_a_program_cannot_put_its_own_words_into_a_verdict() -> None:
    forged = function("raise TypeError('output 1 is <script>alert(1)</script>' + 'x' * 10**6)")
    assert run(forged).results == ("TypeError", "TypeError")
    assert run(function("raise TypeError('f returned\\n\\n# Well done')")).results == ("TypeError", "TypeError")


def test_an_error_about_nested_things_is_named_and_does_not_end_the_process() -> None:
    nested = function("a = []", "for i in range(10**5):", "    a = [a]", "raise TypeError(a)")
    assert run(nested).results == ("TypeError", "TypeError")


ENDLESS = function("while True:", "    pass")


def test_programs_wait_for_their_turn_and_the_wait_counts_against_none_of_their_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_TURNS", turns.Turns(1))

    def attack() -> None:
        with pytest.raises(ProgramStoppedError):
            run(ENDLESS)

    attackers = [threading.Thread(target=attack) for _ in range(2)]
    for attacker in attackers:
        attacker.start()
    end = time.monotonic() + 30
    while not turns._TURNS._waiting:  # one attacker runs, and the other comes before us
        assert time.monotonic() < end
        time.sleep(0.005)
    honest = run(function("return xs"))
    assert honest.complete
    assert honest.results == ([(1,)], [(0,), (1,)])
    assert honest.waited > 0.3
    assert honest.seconds < QUICK.hard_seconds
    for attacker in attackers:
        attacker.join()


def test_who_comes_back_at_once_does_not_overtake_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_TURNS", turns.Turns(1))
    order, stop = [], threading.Event()

    def again_and_again() -> None:
        while not stop.is_set():
            with turns.turn():
                order.append("greedy")
                time.sleep(0.02)

    greedy = threading.Thread(target=again_and_again)
    greedy.start()
    while not order:
        time.sleep(0.001)
    begun = len(order)
    with turns.turn():
        order.append("patient")
        with turns.turn() as waited:
            assert waited == 0, "one turn is enough for all that is done within it"
    stop.set()
    greedy.join()
    assert order.index("patient") - begun <= 1


def test_who_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = turns.Turns(1)
    monkeypatch.setattr(turns, "_TURNS", taken)
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.05)
    assert taken.take(0)
    with pytest.raises(ProgramStoppedError, match=r"did not run: \d+ others are running"):
        run(function("return xs"))
    taken.give_back()
    assert run(function("return xs")).complete, "a refused turn is not kept"


EQUATIONS = {
    "lines that double": loop(*["s = s + s"] * 60),
    "lines that square": loop(*["s = s * s + x"] * 60),
    "augmented lines that double": loop(*["s += s"] * 60),
    "or, which reads its left side twice": loop(*["s = s or x"] * 60),
    "brackets of or": loop("s = " + "(" * 60 + "x" + " or s)" * 60),
    "a long sum": loop("s = x" + " + 1" * 900),
    "many signs": loop("s = " + "-" * 600 + "x"),
    "many cases": loop("s = " + "".join(f"{i} if x == {i} else " for i in range(300)) + "0"),
    "many comparisons": loop("s = " + " < ".join(["x"] * 600)),
    "many values": loop("s = min(" + ", ".join(["x"] * 3000) + ")"),
    "a long list": loop("s = x in (" + ", ".join(map(str, range(20_000))) + ")"),
    "many lines": loop(*[f"a{i} = x + {i}" for i in range(20_000)]),
    "a number of a million bits": loop("s = s + 0x" + "f" * 250_000),
    "a start value of a million bits": loop("s = x").replace("s = 0", "s = 0x" + "f" * 250_000),
}


@pytest.mark.parametrize("name", list(EQUATIONS))
def test_equations_that_would_hold_up_the_reader_are_refused_at_once(name: str) -> None:
    def refused() -> None:
        with pytest.raises(BadInputError) as error:
            parse_program(EQUATIONS[name])
        assert len(str(error.value)) < 300

    assert least_seconds(refused, 2) < 2


def test_a_chain_of_or_is_read_and_keeps_its_meaning() -> None:
    chain = " or ".join(["x", "s"] * 5)
    program = parse_program(loop(f"s = {chain}"))
    _, y = program.step(np.array([[0], [0], [5]]), np.array([[0], [7], [0]]))
    assert y[:, 0].tolist() == [0, 7, 5]


def test_a_walk_through_slow_equations_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mips_core.verification.exact_walk.SECONDS", 0.2)
    many = [f"a{i} = x + s + {i}" for i in range(1000)]
    slow = parse_program(loop(*many, "s = (s + 1) % 99999").replace("append(s)", "append(x)"))
    same = parse_program(loop("s = 0").replace("append(s)", "append(x)"))
    assert exact_walk(slow, same, np.array([[0], [1]])) is None
    assert least_seconds(lambda: exact_walk(slow, same, np.array([[0], [1]])), 3) < 3


def test_products_that_grow_from_step_to_step_have_no_bounds() -> None:
    growing = parse_program(loop("s = s * s + x + 2"))
    assert exact_walk(growing, growing, np.array([[0], [1]])) is None
    assert least_seconds(lambda: exact_walk(growing, growing, np.array([[0], [1]])), 2) < 2


UNCHECKED = {
    "a text of a gigabyte": ("a = 'a' * 1000000000\n" + loop("s = x"), "something is computed before its loop"),
    "words that double": (loop("s = s + s").replace("s = 0", "s = 'a'"), "adds what is no number"),
    "words many times over": (loop("s = 'a' * x"), "multiplies words"),
    "a width in a percent sign": (loop("s = '%999999999d' % x"), "fills in a word"),
    "pairs of pairs": (loop("a = (1, 1)", "s = (a, a) == a"), "builds tuples or lists"),
    "pairs of pairs, taken apart": (loop("a, b = (x, x), 0", "s = a == b"), "builds tuples or lists"),
    "pairs of pairs, by a condition": (loop("a = (x, x) if x else 0", "s = x"), "builds tuples or lists"),
    "a table for each step": (loop("s = {1: x}[1]"), "builds a table"),
    "squares": (loop("s = s * s + 2"), "grow too large"),
    "squares in one step": (loop("s = x + 2", *["s = s * s"] * 60), "grow too large"),
    "a list that is kept": (loop("s = [x][0]"), "builds tuples or lists"),
    "two megabytes": ("#" * 2**21 + "\n" + loop("s = x"), "1,048,576 characters"),
    "a power": (loop("s = 10**x"), "Pow"),
}


def followed(source: str, times: int) -> None:
    """Follow a program as the checker does, on ones."""
    steps = Steps(source.encode(), "program.py", None)
    state = steps.start
    for _ in range(times):
        state, _ = steps.step(state, (1,))


@pytest.mark.parametrize("name", list(UNCHECKED))
def test_the_checker_of_certificates_follows_no_program_that_takes_memory_without_end(name: str) -> None:
    source, words = UNCHECKED[name]

    def refused() -> None:
        with pytest.raises(Refused, match=words):
            followed(source, 100)

    assert least_seconds(refused, 1) < 1


def test_the_checker_of_certificates_gives_up_programs_that_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mips_core.region_checker.machine.MOST_WORK", 10_000)
    with pytest.raises(Refused, match="too long"):
        followed(loop("s = (s + x) % 7"), 10_000)
    quick = Steps(loop("a, s = s % 2, (s + x) % 7", "s = s if s in (1, 2, 3) else a").encode(), "program.py", None)
    assert quick.step((3,), (1,)) == ((1,), (1,))


def _compared(original: str, text: str) -> str:
    return diff_html(diff_rows(original, text))


def test_a_text_of_any_size_is_compared_with_the_original_in_time() -> None:
    original = loop("s = x")
    for text in ("    s = x\n" * 200_000, "x" * 1_000_000, "\n" * 1_000_000):
        rows = diff_rows(original, text)
        assert len(diff_html(rows)) < 500_000
        assert least_seconds(partial(_compared, original, text), 2) < 2
    assert "only the first 2,000 lines are compared" in rows[-1].text
    assert diff_rows(original, original) == ()
