"""Counting turns of a loop, lists with other ends, and bounds that hold at every size."""

from __future__ import annotations

import numpy as np
import pytest
from essence_groups import ONE, ZERO, N, at
from essence_written import all_inputs, differences, span

from mips_core.essence.condensed import Affine, Condensed, Group, Loop, Region, Term
from mips_core.essence.writing import InputValues, write
from mips_core.essence.writing.polynomials import Polynomial, Scope, variable

BITS = InputValues()
H, W = Affine(0, (("h", 1),)), Affine(0, (("w", 1),))
ROWS = Loop("i", ZERO, H)


def _rows(threshold: Affine, some: bool) -> Condensed:
    """Return 1 where some row (or every row) has more than half of ``threshold``, by a neuron for each row."""
    row = Region("x", (at("i"), span(0, W)))
    first = Group("d0", 0, (ROWS,), (Term(Affine(2), row),), threshold)
    every = Region("d0", (span(0, H),))
    sign = 1 if some else -1
    each = Group("s0", 1, (ROWS,), (Term(Affine(2 * sign), Region("d0", (at("i"),))),), Affine(-1))
    none = Group("s1", 1, (), (Term(Affine(-2 * sign), every),), Affine(1, (("h", -2),)))
    many = Group("c0", 2, (), (Term(ONE, Region("s0", (span(0, H),))),), H, label=ONE if some else ZERO)
    single = Group("c1", 2, (), (Term(ONE, Region("s1")),), ONE, label=ZERO if some else ONE)
    return Condensed(2, ((first,), (each, none), (many, single)), ((2, 3), (3, 3)))


@pytest.mark.parametrize(
    ("threshold", "some", "expected"),
    [
        (Affine(-1), True, "int(any(any(row) for row in x))"),
        (Affine(1, (("w", -2),)), True, "int(any(all(row) for row in x))"),
        (Affine(-1), False, "int(all(any(row) for row in x))"),
        (Affine(-3), True, "int(any(sum(row) >= 2 for row in x))"),
    ],
)
def test_some_row_and_every_row_are_any_and_all(threshold: Affine, some: bool, expected: str) -> None:
    condensed = _rows(threshold, some)
    written = write(condensed, "whole", BITS, "A test.")
    assert f"return {expected}" in written.program.source
    assert written.form == "counts"
    assert "numbers of turns" in [step.name for step in written.steps]
    for shape in ((2, 3), (3, 2), (1, 4)):
        inputs = all_inputs((0, 1), shape[0] * shape[1]).reshape(-1, *shape)
        assert differences(written, condensed, inputs) == []


def test_most_rows_are_counted() -> None:
    """One vote for each row: more rows with a 1 than without one."""
    row = Region("x", (at("i"), span(0, W)))
    first = Group("d0", 0, (ROWS,), (Term(Affine(2), row),), Affine(-1))
    votes = Region("d0", (span(0, H),))
    concepts = (
        Group("c0", 1, (), (Term(Affine(-1), votes),), ZERO),
        Group("c1", 1, (), (Term(ONE, votes),), ZERO, label=ONE),
    )
    condensed = Condensed(2, ((first,), concepts), ((2, 2), (3, 3)))
    written = write(condensed, "whole", BITS, "A test.")
    assert "sum(any(row) for row in x)" in written.program.source
    for shape in ((2, 3), (3, 2), (4, 2)):
        inputs = all_inputs((0, 1), shape[0] * shape[1]).reshape(-1, *shape)
        assert differences(written, condensed, inputs) == []


def test_a_list_may_begin_with_another_formula() -> None:
    rest = Loop("i", ONE, N)
    before = Region("x", (span(0, Affine(0, (("i", 1),))),))
    head = Affine(0, (("i", 1),))
    layers = (
        (Group("d0", 0, (rest,), (Term(Affine(2), before),), Affine(-1)),),
        (Group("s0", 1, (), (), ONE), Group("s1", 1, (rest,), (Term(ONE, Region("d0", (at("i"),))),), ZERO)),
        (
            Group("c0", 2, (), (Term(ONE, Region("s0")),), ONE),
            Group("c1", 2, (rest,), (Term(Affine(-1), Region("s1", (at("i"),))),), ZERO, head=head),
            Group("c2", 2, (rest,), (Term(ONE, Region("s1", (at("i"),))),), ZERO, head=head, label=ONE),
        ),
    )
    condensed = Condensed(1, layers, ((3,), (4,)), several=True)
    written = write(condensed, "whole", BITS, "A test.")
    assert "return [0] + [int(any(x[:i])) for i in range(1, len(x))]" in written.program.source
    for n in (3, 5):
        assert differences(written, condensed, all_inputs((0, 1), n)) == []


def test_a_bound_is_proved_at_every_size_or_not_at_all() -> None:
    scope = Scope({"n": 3}, (Loop("i", ZERO, N),))
    n, i, one = variable("n"), variable("i"), Polynomial.constant(1)
    assert scope.at_least(n - i, 1)
    assert not scope.at_least(n - i, 2)
    assert scope.at_least(i, 0)
    assert not scope.at_least(i - one, 0)
    assert scope.at_least(n * n - n, 6)
    assert not scope.at_least(n - n * n, -6)
    inner = scope.within((Loop("j", Affine(1, (("i", 1),)), N),))
    assert inner.at_least(variable("j") - i, 1)
    assert not inner.at_least(variable("j") - i, 2)


def test_bounds_hold_for_all_small_sizes() -> None:
    generator = np.random.default_rng(4)
    scope = Scope({"n": 2}, (Loop("i", ZERO, N),))
    for _ in range(300):
        a, b, c, d = (int(v) for v in generator.integers(-3, 4, 4))
        form = Polynomial.of([(("n", "n"), a), (("n",), b), (("i",), c), ((), d)])
        bound = int(generator.integers(-4, 5))
        if scope.at_least(form, bound):
            assert all(form.value({"n": n, "i": i}) >= bound for n in range(2, 12) for i in range(n))
