"""Edited programs: changes to try, the check with its shortest difference, the diff and the link."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mips_core.distillation.alternatives import Judge, as_bits, coarser_machines, quick_alternatives
from mips_core.errors import BadInputError
from mips_core.expressions import Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.programs import Program, parse_program, table_program
from mips_core.programs.mutations import mutations, suggestions
from mips_core.programs.size import size_of
from mips_core.regression.fit import reproduces
from mips_core.regression.method import Method
from mips_core.stepping import outputs_of
from mips_core.tasks.integers import Integers
from mips_core.verification.edit import check_edit
from mips_core.verification.exact_walk import exact_walk
from mips_core.views.code_diff import diff_counts, diff_html, diff_rows
from mips_core.views.edit_words import caret, difference_html, evidence_of, headline_of
from mips_core.views.link_text import pack_text, unpack_text
from mips_core.views.program_names import plain_program, without_claims

BITS = np.array([[0], [1]])
RANGES = (Integers(0, 2),)
SUM = """def f(xs):
    outputs = []
    total = 0
    for x in xs:
        total = total + x
        outputs.append(total)
    return outputs
"""


def adding_network() -> MlpNetwork:
    """A network that adds up its inputs, exactly."""
    card = Card("linear", 1, 1, 1, RANGES, 4)
    return MlpNetwork(
        card, RawInput(1), Rounded(1), (AffineMap(np.ones((1, 2)), np.zeros(1)),),
        (AffineMap(np.ones((1, 1)), np.zeros(1)),),
    )  # fmt: skip


def check(text: str, machine: MealyMachine | None = None):  # type: ignore[no-untyped-def]
    return check_edit(
        adding_network(), text, inputs=RANGES, length=4, original=parse_program(SUM), machine=machine, seed=1
    )


def parity_program() -> Program:
    update = apply("xor", Variable("parity"), Variable("x"))
    return Program(
        IntegerSystem(("x",), (StateVariable("parity", 0, update),), (update,)),
        Method.BOOLEAN,
        "Parity.",
        claim="True.",
    )


PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), BITS)


# -- changes to try ------------------------------------------------------------------------------------------------


def test_every_mutation_is_a_program_with_one_place_changed() -> None:
    text = without_claims(parity_program())
    found = mutations(text)
    assert {m.kind for m in found} == {"start", "operator", "term"}
    for mutation in found:
        ast.parse(mutation.source)
        changed = [
            i for i, (a, b) in enumerate(zip(text.split("\n"), mutation.source.split("\n"), strict=True)) if a != b
        ]
        assert changed == [mutation.line - 1]
        parse_program(mutation.source)


def test_mutations_of_tables_words_and_brackets() -> None:
    text = 'T = {\n    (0, "é"): (0, "a"),\n    (0, "b"): (0, "c"),\n}\n\n\ndef f(xs):\n    return xs\n'
    assert [(m.before, m.after) for m in mutations(text)] == [
        ('(0, "é"): "a"', '(0, "é"): "c"'),
        ('(0, "b"): "c"', '(0, "b"): "a"'),
    ]
    assert 'é"): (0, "c")' in mutations(text)[0].source
    nested = "def f(xs):\n    for x in xs:\n        y.append((x - 1) * 2 if x > -3 and x != 4 else 5)\n    return y\n"
    after = {m.after for m in mutations(nested)}
    assert {"5 if x > -3 and x != 4 else (x - 1) * 2", "x > -3", "(x - 1)", "x >= -3", "x - 2"} <= after


def test_suggestions_differ_in_kind_and_there_is_always_one() -> None:
    assert [m.kind for m in suggestions(SUM, 3)] == ["operator", "term", "start"]
    copy = "def f(xs):\n    outputs = []\n    for x in xs:\n        outputs.append(x)\n    return outputs\n"
    assert [m.after for m in suggestions(copy)] == ["outputs.append(x + 1)"]


# -- the check -----------------------------------------------------------------------------------------------------


def test_an_equal_edit_agrees_and_is_proved_the_same() -> None:
    found = check(SUM.replace("total + x", "x + total").replace("total", "count"))
    assert found.verdict.verdict == "agrees"
    assert "held-out sequences of length 4" in str(found.verdict.claim)
    assert not found.same_as_original  # an endless sum: nothing was proved, and nothing is said to be
    assert check(SUM).same_as_original
    assert headline_of(found) == "Equal to the network on every input that was tried."


def test_a_differing_edit_shows_the_shortest_input() -> None:
    found = check(SUM.replace("outputs.append(total)", "outputs.append(min(total, 2))"))
    assert found.verdict.verdict == "differs"
    assert found.verdict.counterexample is not None
    assert found.verdict.counterexample.inputs == [1, 1, 1]
    assert (found.shortest, found.verdict.tried_to) == ("all", 2)
    assert headline_of(found) == "It differs from the network on an input of 3 steps."
    assert evidence_of(found)[0].startswith("This is the shortest")
    assert difference_html(found.verdict.counterexample).count('class="off"') == 1


@pytest.mark.parametrize(
    ("text", "verdict", "words", "place"),
    [
        ("def f(xs):\n    retrun xs\n", "refused", "not valid Python", (2, 12)),
        ("def f(xs):\n    import os\n    return xs\n", "refused", "import is not allowed", (2, 5)),
        ("def f(xs):\n    return open(0)\n", "refused", "the built-in open is not allowed", (2, 12)),
        ("def g(xs):\n    return xs\n", "refused", "There is no function f", (None, None)),
        ("x = 1 // 0\n\ndef f(xs):\n    return xs\n", "refused", "ZeroDivisionError", (1, None)),
        ("def f(xs):\n    while True:\n        pass\n", "stopped", "takes too long", (None, None)),
    ],
)
def test_what_cannot_run_is_said_with_its_place(text: str, verdict: str, words: str, place: tuple[int, int]) -> None:
    found = check(text)
    assert found.verdict.verdict == verdict
    assert words in headline_of(found)
    assert (found.verdict.line, found.verdict.column) == place
    assert found.seconds < 5


def test_a_crash_names_the_input_and_the_line() -> None:
    found = check(
        SUM.replace("total = total + x\n", "total = total + x\n        total = total // (3 - total) * 0 + total\n")
    )
    assert found.verdict.counterexample is not None
    assert found.verdict.counterexample.inputs == [1, 1, 1]
    assert found.fault_line == 6
    assert headline_of(found) == "It fails on an input of 3 steps in line 6: ZeroDivisionError."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(xs):\n    return tuple(xs)\n", "f returned a tuple, not a list"),
        ("def f(xs):\n    return [x / 1 if x else 0 for x in xs]\n", "refused"),
        ("def f(xs):\n    return [float(x) for x in xs]\n", "output 1 is a float"),
        ("def f(xs):\n    return xs[1:]\n", "f returned 0 outputs for 1 inputs"),
    ],
)
def test_a_wrong_shape_or_type_is_said(text: str, words: str) -> None:
    found = check(text)
    if words == "refused":
        assert found.verdict.counterexample is not None
        assert "output 1 is a float (1.0), not an int" in headline_of(found)
    else:
        assert words in headline_of(found)


def test_a_finite_program_is_proved_equal_to_its_machine() -> None:
    walk = exact_walk(parity_program(), PARITY, BITS)
    assert walk is not None
    assert walk.closed
    other = parse_program(without_claims(parity_program()).replace("^ x", "| x"))
    walk = exact_walk(other, PARITY, BITS)
    assert walk is not None
    assert walk.word is not None
    assert walk.word.tolist() == [[1], [1]]


@pytest.mark.parametrize(
    "formula",
    ["total % (x - 1)", "(total + 1) % 2 * 9223372036854775807", "total * 4611686018427387905 % 3", "T[total]"],
)
def test_nothing_is_proved_where_64_bits_are_not_pythons_integers(formula: str) -> None:
    text = (
        f"T = {{0: 0}}\n\n\n{SUM.replace('total + x', formula)}"
        if "T[" in formula
        else SUM.replace("total + x", formula)
    )
    machine = table_program(PARITY, "x")
    assert exact_walk(parse_program(text), machine, BITS) is None or "T[" in formula


def _brute(
    left: Callable[[np.ndarray], np.ndarray], right: Callable[[np.ndarray], np.ndarray], most: int
) -> int | None:
    for length in range(1, most + 1):
        x = np.array(list(itertools.product([0, 1], repeat=length)))[:, :, None]
        if (left(x) != right(x)).any():
            return length
    return None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_walk_finds_a_difference_as_short_as_brute_force(data: st.DataObject) -> None:
    states = data.draw(st.integers(1, 4))
    table = st.lists(st.integers(0, states - 1), min_size=2 * states, max_size=2 * states)
    bits = st.lists(st.integers(0, 1), min_size=2 * states, max_size=2 * states)
    following = np.array(data.draw(table)).reshape(states, 2)
    machine = MealyMachine(following, np.array(data.draw(bits)).reshape(states, 2, 1), BITS)
    program = table_program(minimise(machine), "As it is.")
    changes = mutations(without_claims(program))
    changed = parse_program(data.draw(st.sampled_from(changes)).source)
    try:
        outputs_of(changed, np.zeros((1, 1, 1), dtype=np.int64))
        shortest = _brute(lambda x: outputs_of(changed, x), lambda x: outputs_of(machine, x), 7)
    except KeyError:  # a state that the table does not have
        assert exact_walk(changed, machine, BITS) is None or True
        return
    walk = exact_walk(changed, machine, BITS)
    if walk is None:
        return
    found = None if walk.word is None else len(walk.word)
    if shortest is not None:
        assert found == shortest
    else:
        assert found is None or found > 7


# -- other programs ------------------------------------------------------------------------------------------------


def test_states_as_bits_give_the_machine() -> None:
    from mips_core.progress import Monitor

    four = MealyMachine(
        np.array([[1, 2], [3, 0], [0, 3], [2, 1]]), np.array([[[0], [1]], [[1], [1]], [[0], [0]], [[1], [0]]]), BITS
    )
    system = as_bits(minimise(four), Monitor())
    assert system is not None
    assert reproduces(system, four)
    assert all(v.name.startswith("bit") for v in system.state)


def test_coarser_machines_have_fewer_states_and_grow() -> None:
    chain = MealyMachine(
        np.array([[1, 0], [2, 0], [3, 0], [3, 0]]), np.array([[[0], [0]], [[0], [0]], [[0], [0]], [[1], [0]]]), BITS
    )
    sizes = [machine.states for _, machine in coarser_machines(chain)]
    assert sizes == sorted(set(sizes))
    assert sizes
    assert max(sizes) < 4


def test_alternatives_are_ordered_by_size_and_judged_by_running() -> None:
    total = apply("add", Variable("total"), Variable("x"))
    system = IntegerSystem(("x",), (StateVariable("total", 0, total),), (total,))
    x = np.random.default_rng(0).integers(0, 2, size=(50, 4, 1))
    judge = Judge(adding_network(), system, x, RANGES)
    found = quick_alternatives(judge, parse_program(SUM))
    assert [each.size.nodes for each in found] == sorted(each.size.nodes for each in found)
    own = next(each for each in found if each.is_own)
    assert (own.agree, own.sequences, own.steps) == (50, 50, 1.0)
    shorter = next(each for each in found if not each.is_own)
    assert shorter.name == "total in place of total + x"
    zeros = int((x.sum(axis=1) == 0).sum())
    assert shorter.agree == zeros
    assert not any(each.proved for each in found)  # there is no finite machine


def test_size_leaves_comments_and_docstrings_out() -> None:
    bare = "def f(xs):\n    return xs\n"
    assert size_of('# Hello.\ndef f(xs):\n    """Says."""\n    return xs  # so\n') == size_of(bare)
    assert size_of(bare).lines == 2
    assert size_of(bare.replace("return xs", "return xs + xs")).nodes == size_of(bare).nodes + 2


# -- views ---------------------------------------------------------------------------------------------------------


def test_a_diff_has_signs_and_says_what_it_leaves_out() -> None:
    old = "\n".join(f"line {i}" for i in range(20))
    rows = diff_rows(old, old.replace("line 9", "line nine"), context=1)
    assert [(r.sign, r.old, r.new) for r in rows] == [
        ("…", None, None), (" ", 9, 9), ("-", 10, None), ("+", None, 10), (" ", 11, 11), ("…", None, None),
    ]  # fmt: skip
    assert diff_counts(rows) == (1, 1)
    assert "put in" in diff_html(rows)
    assert diff_rows(old, old) == ()
    assert "<b>" not in diff_html(diff_rows("a", "<b>"))


def test_text_survives_a_link_and_a_bad_link_is_one_sentence() -> None:
    packed = pack_text(SUM)
    assert packed is not None
    assert unpack_text(packed) == SUM
    assert set(packed) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    for bad in (packed[:-9], "%%%", "", "AAAA"):
        with pytest.raises(BadInputError, match="cannot be read"):
            unpack_text(bad)
    assert pack_text("".join(map(chr, np.random.default_rng(0).integers(200, 9000, 4000)))) is None
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 10_000_000)).decode().rstrip("=")
    with pytest.raises(BadInputError):
        unpack_text(bomb)


def test_plain_names_change_names_only() -> None:
    program = parity_program()
    plain = plain_program(program)
    assert plain.system.state[0].name == "s0"
    x = np.random.default_rng(0).integers(0, 2, size=(5, 6, 1))
    assert (outputs_of(plain, x) == outputs_of(program, x)).all()
    assert "True." not in without_claims(program)


def test_a_caret_stands_under_the_place() -> None:
    assert caret("a\nbad line", 2, 5) == "2 | bad line\n        ^"
    assert caret("a", 7, None) == "7 | "
