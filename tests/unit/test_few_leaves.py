"""Formulas of at most six nodes of two or three columns: all are looked at, so a larger search finds none better."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.expressions import OPERATORS, Apply, Constant, Expression, Variable, evaluate, parse_expression
from mips_core.regression import explain_table, find_expression
from mips_core.regression.few_leaves import smallest_of_few_leaves
from mips_core.regression.formula import holds, rank, weight
from mips_core.regression.once import matters

RANGES = ((0, 9), (-10, 10), (0, 4), (2, 7), (-50, 50), (0, 1), (0, 2))
NAMES = ("add", "sub", "mul", "floordiv", "mod", "neg", "abs", "min", "max", "eq", "lt", "ge", "where")


def drawn_expression(draws: np.random.Generator, nodes: int, names: tuple[str, ...]) -> Expression:
    if nodes == 1:
        is_column = draws.random() < 0.75
        return Variable(names[draws.integers(len(names))]) if is_column else Constant(int(draws.integers(-3, 12)))
    name = str(draws.choice([n for n in NAMES if OPERATORS[n].arity < nodes]))
    sizes = [1] * OPERATORS[name].arity
    for _ in range(nodes - 1 - len(sizes)):
        sizes[draws.integers(len(sizes))] += 1
    arguments = [drawn_expression(draws, size, names) for size in sizes]
    if name in ("mod", "floordiv"):
        arguments = [drawn_expression(draws, nodes - 2, names), Constant(int(draws.integers(2, 9)))]
    return Apply(name, tuple(arguments))


def drawn_table(seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return columns and a target that depends on two of them at least."""
    draws = np.random.default_rng(seed)
    names = ("a", "b", "c")[: int(draws.integers(2, 4))]
    rows = int(draws.choice([6, 30, 120]))
    while True:
        limits = [RANGES[draws.integers(len(RANGES))] for _ in names]
        columns = {name: draws.integers(low, high + 1, rows) for name, (low, high) in zip(names, limits, strict=True)}
        expression = drawn_expression(draws, int(draws.integers(3, 8)), names)
        target = np.asarray(evaluate(expression, columns, rows), dtype=np.int64)
        if sum(matters(columns, target, name) for name in names) >= 2:
            return columns, target


@pytest.mark.parametrize("seed", range(40))
def test_a_search_finds_nothing_better(seed: int) -> None:
    columns, target = drawn_table(seed)
    small, ruled_out = smallest_of_few_leaves(columns, target, 6)
    assert small is None or holds(small, columns, target)
    searched = find_expression(columns, target, budget=60, candidates=60_000, max_nodes=ruled_out)
    if searched is not None:
        assert small is not None
        assert rank(small) <= rank(searched.expression)


def test_a_search_is_not_asked_for_what_is_ruled_out() -> None:
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(7), np.arange(7), indexing="ij"))
    columns, target = {"a": a, "b": b}, (3 * a + b) % 11
    assert smallest_of_few_leaves(columns, target, 25) == (None, 6)
    assert smallest_of_few_leaves(columns, target, 4) == (None, 4)
    assert smallest_of_few_leaves({**columns, "c": a * 0}, a % 5, 25) == (None, 0)  # depends on one column
    assert smallest_of_few_leaves(columns, a + b + (1 << 30), 25) == (None, 0)  # large numbers


@pytest.mark.parametrize(
    "text",
    [
        "abs(a - b) % 13", "abs(a - b) // 17", "abs(a - b) > 7", "a * b == 12", "a * b + 1234",
        "a if c else b", "a if c else 29", "-1 if c else abs(a)", "a if b > 37 else 5", "b if a == b else 41",
        "a if a <= b else c", "max(a, b) - c", "max(max(a, b), c) - c", "(a * b + c) % 7",
        "(a + b + c) // 11", "(a < b) == c", "-(a * b)", "-abs(a + b)", "abs(a) - abs(b)",
    ],
)  # fmt: skip
def test_constants_and_conditions_are_solved_for(text: str) -> None:
    draws = np.random.default_rng(1)
    columns = {name: draws.integers(-50, 51, 1000) for name in "ab"}
    columns["c"] = draws.integers(0, 2, 1000)
    wanted = parse_expression(text)
    target = np.asarray(evaluate(wanted, columns, 1000), dtype=np.int64)
    columns = {name: values for name, values in columns.items() if name in wanted.variables}
    found = explain_table(columns, target)
    assert found is not None
    assert holds(found.expression, columns, target)
    assert weight(found.expression) <= weight(wanted)
    assert found.candidates <= 2  # none of them by enumeration


def test_a_limit_that_one_row_in_many_shows_is_found() -> None:
    draws = np.random.default_rng(3)
    a, b = draws.integers(0, 10, (2, 5000))
    a[4321], b[4321] = 40, 3
    a[77], b[77] = 3, 39
    for target in ((abs(a - b) > 36).astype(np.int64), np.where(a > 39, b, 0), np.minimum(abs(a - b), 36)):
        found = explain_table({"a": a, "b": b}, target)
        assert found is not None
        assert holds(found.expression, {"a": a, "b": b}, target)
        assert weight(found.expression) <= 6
