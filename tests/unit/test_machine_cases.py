"""Machine against program for integers without end: induction over cases shows equality, and never of what differs."""

from __future__ import annotations

import itertools
import json
import random

import numpy as np
import pytest

from mips_core.region_checker import Refused, check_other
from mips_core.region_checker.cases import Steps, possible, same_steps
from mips_core.verification.certificates.packing import packed

DIGITS = [((x,), (x,)) for x in range(-2, 3)]


def steps(lines: str, state: dict[str, int]) -> Steps:
    """A program of these lines, with ``y`` as its output."""
    start = "".join(f"    {name} = {value}\n" for name, value in state.items())
    body = "".join(f"        {line.strip()}\n" for line in lines.split(";"))
    text = f"def f(xs):\n    ys = []\n{start}    for x in xs:\n{body}        ys.append(y)\n    return ys\n"
    return Steps(text.encode(), "program.py", list(state))


def compared(one: Steps, other: Steps) -> str:
    return same_steps(one, other, DIGITS, lambda y: y, most=1_000)


EQUAL = [
    # a sum, and minus twice the sum, less one
    ("s = s + x; y = s > 0", {"s": 0}, "t = t - 2 * x; y = t <= -3", {"t": -1}),
    ("s = s + x; y = abs(s)", {"s": 0}, "s = s + x; y = s if s > 0 else -s", {"s": 0}),
    ("s = s + x; y = max(s, 3)", {"s": 0}, "s = s - x; y = -min(s, -3)", {"s": 0}),
    ("s = s + x; y = s != 0 and s < 5", {"s": 0}, "s = s + x; y = 0 < s <= 4 or s < 0", {"s": 0}),
    ("a = a + x; b = b + (x > 0); y = a > b", {"a": 0, "b": 0}, "d = d + (x > 0) - x; y = d < 0", {"d": 0}),
    # more is remembered than is needed
    ("s = s + x; y = s", {"s": 0}, "u = t; t = t + x; y = u + x", {"t": 0, "u": 0}),
    ("d = d if d < 0 else d + x; y = d == 0", {"d": 0}, "y = (d if d < 0 else d + x) == 0; d = d if 0 > d else d + x",
     {"d": 0}),
    ("y = previous + x; previous = x", {"previous": 0}, "y = x + last; last = x", {"last": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("one", "first", "other", "second"), EQUAL)
def test_what_does_the_same_is_shown_to(one: str, first: dict[str, int], other: str, second: dict[str, int]) -> None:
    for pair in ((steps(one, first), steps(other, second)), (steps(other, second), steps(one, first))):
        sentence = compared(*pair)
        assert ("pairs of states" if "previous" in one else "by induction for all integers") in sentence


DIFFERENT = [
    ("s = s + x; y = s > 0", {"s": 0}, "s = s + x; y = s >= 0", {"s": 0}),
    ("s = s + x; y = abs(s)", {"s": 0}, "s = s + x; y = s", {"s": 0}),
    ("s = s + x; y = max(s, 300)", {"s": 0}, "s = s + x; y = 300", {"s": 0}),  # only far away
    ("s = s + x; y = s == 301", {"s": 0}, "s = s + x; y = 0", {"s": 0}),
    ("s = s + x; y = s", {"s": 0}, "s = s + x; y = s", {"s": 1}),
    ("s = s + x; y = s", {"s": 0}, "s = s + (x if s < 99 else 0); y = s", {"s": 0}),
    ("y = previous + x; previous = x", {"previous": 0}, "y = last; last = x", {"last": 0}),
]


@pytest.mark.parametrize(("one", "first", "other", "second"), DIFFERENT)
def test_what_differs_is_refused(one: str, first: dict[str, int], other: str, second: dict[str, int]) -> None:
    with pytest.raises(Refused):
        compared(steps(one, first), steps(other, second))


@pytest.mark.parametrize("line", ["s = s * s + x; y = s", "s = s + x; y = s % 3", "s = s + x; y = s // 2"])
def test_what_is_not_affine_in_cases_is_refused_with_a_reason(line: str) -> None:
    with pytest.raises(Refused, match=r"neither all pairs|too large"):
        compared(steps(line, {"s": 0}), steps(line.replace("y = s", "y = 0 + s"), {"s": 0}))


def test_nothing_that_is_accepted_differs_on_any_sequence_tried() -> None:
    """Random programs of sums, comparisons and choices against versions of them in which a number is another."""
    draw = random.Random(5)
    accepted = 0
    for _ in range(40):
        a, b, c, d = (draw.choice([-2, -1, 0, 1, 2]) for _ in range(4))
        line = "s = s + {} * x if s {} {} else s - {}; y = max(s, {}) > {}"
        sign = draw.choice(["<", "<=", ">", "=="])
        numbers = [1, sign, a, b, c, d]
        changed = list(numbers)
        changed[draw.choice([2, 3, 4, 5])] += draw.choice([0, 1, -1])
        one, other = steps(line.format(*numbers), {"s": 0}), steps(line.format(*changed), {"s": 0})
        try:
            compared(one, other)
        except Refused:
            continue
        accepted += 1
        for _ in range(40):
            s, t = one.start, other.start
            for _ in range(30):
                x = (draw.randint(-2, 2),)
                (s, y), (t, z) = one.step(s, x), other.step(t, x)
                assert y == z
    assert accepted > 8


def test_rows_that_integers_fulfil_are_possible() -> None:
    rng = np.random.default_rng(6)
    box = np.array(list(itertools.product(range(-4, 5), repeat=3)))
    impossible = 0
    for _ in range(200):
        rows = [tuple(row) for row in rng.integers(-3, 4, size=(rng.integers(1, 7), 4)).tolist()]
        values = box @ np.array(rows)[:, :3].T + np.array(rows)[:, 3]
        if (values >= 0).all(axis=1).any():
            assert possible(rows)
        impossible += not possible(rows)
    assert impossible > 20
    assert not possible([(2, 0, -1), (-2, 0, 1)])  # 2 a = 1
    assert not possible([(1, -1, -1), (-1, 1, 0)])  # a > b and b >= a


def test_words_stand_for_the_integers_of_the_certificate() -> None:
    machine = {
        "format": "mips-machine", "version": 1, "kind": "mealy", "states": 1, "start": 0, "symbols": [[0], [1]],
        "transitions": {"0": {"0": {"output": [1], "next": 0}, "1": {"output": [0], "next": 0}}},
    }  # fmt: skip
    certificate = json.dumps({"machine": machine, "symbols": packed(np.array([[0], [1]]))}).encode()
    card = {"input_words": [["coin", "push"]], "output_words": [["open", "shut"]]}
    text = 'def f(xs):\n ys = []\n for x in xs:\n  ys.append("shut" if x == "coin" else "open")\n return ys\n'
    assert "exhaustive over 1 pair" in check_other(certificate, card, text.encode(), "program.py")
    with pytest.raises(Refused, match="one gives"):
        check_other(certificate, card, text.replace('"coin"', '"push"').encode(), "program.py")
    for broken in (b"", b"x = (", b"def f(xs):\n return xs\n", b"\xff", text.encode()[:60]):
        with pytest.raises(Refused):
            check_other(certificate, card, broken, "program.py")
