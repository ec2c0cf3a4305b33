"""Formulas with a constant inside are found for any constant; tables that are none are refused in a sentence."""

from __future__ import annotations

import time
import warnings

import numpy as np
import pytest

from mips_core.errors import BadInputError, ContradictoryTableError
from mips_core.expressions import evaluate, parse_expression
from mips_core.expressions.nodes import Expression
from mips_core.regression import explain_if_function, explain_table, find_affine, find_expression
from mips_core.regression.exact import wrong_beyond_64_bits
from mips_core.regression.formula import holds, weight
from mips_core.regression.given_table import contradiction
from mips_core.regression.undone import FREE, INNER, constants_between

X = np.arange(20)
DRAWN = np.random.default_rng(0).integers(0, 20, (3, 30))


def table_of(text: str, columns: dict[str, np.ndarray]) -> tuple[Expression, dict[str, np.ndarray], np.ndarray]:
    expression = parse_expression(text)
    used = {name: values for name, values in columns.items() if name in expression.variables}
    rows = len(next(iter(used.values())))
    return expression, used, np.asarray(evaluate(expression, used, rows), dtype=np.int64)


def assert_found(text: str, columns: dict[str, np.ndarray]) -> None:
    expression, used, target = table_of(text, columns)
    found = explain_table(used, target)
    assert found is not None
    assert holds(found.expression, used, target)
    assert weight(found.expression) <= weight(expression)


@pytest.mark.parametrize(
    "text",
    [
        "x % 3 * x", "x % 7 * x", "x + x % 10", "x // 6 - x", "min(x, 6) * x", "(x + 7) * x", "max(x, 6) - x",
        "abs(x - 7) + x", "abs(x - 7)", "x * x // 9", "x * x % 7 + x", "x % 7 // 5", "3 * (x // 6)", "(x + 1) // 9",
        "x % 11 < 5", "5 - x % 11", "max(x, 7) // 4",
    ],
)  # fmt: skip
def test_of_one_column(text: str) -> None:
    assert_found(text, {"x": X})


@pytest.mark.parametrize("modulus", range(3, 8))
@pytest.mark.parametrize(
    "text",
    [
        "x % c * y", "x % c + y", "x % c - y", "x // c * y", "x // c - y", "min(x, c) * y", "(x + c) * y", "x * c < y",
        "x % c == y", "x % c < y", "abs(x - c) * y", "abs(x - c) - y", "x * y % c + x", "(x + y) // c - x",
        "-(x * y % c)", "max(x, c) - y", "min(y, x - c)", "(x == c) + y", "y - (x > c)", "(x + c) // y",
    ],
)  # fmt: skip
def test_of_two_columns(text: str, modulus: int) -> None:
    assert_found(text.replace("c", str(modulus)), {"x": DRAWN[0], "y": DRAWN[1] + 2})


def test_of_large_values_that_never_repeat() -> None:
    x, y = np.random.default_rng(1).integers(-1000, 1001, (2, 12))
    for text in ("y + x % 3", "min(y, x - 10)", "x - y // 7", "(x - y) // 10"):
        assert_found(text, {"x": x, "y": y})


@pytest.mark.parametrize("name", INNER)
def test_what_is_left_for_a_constant_holds_the_right_one(name: str) -> None:
    draws = np.random.default_rng(2)
    for _ in range(200):
        f, k = draws.integers(-9, 10, 6), int(draws.integers(2, 9))
        h = {"from": k - f, "distance": abs(f - k)}.get(name)
        if h is None:
            text = {"mod": "f % k", "floordiv": "f // k", "add": "f + k", "mul": "f * k", "min": "min(f, k)",
                    "max": "max(f, k)", "lt": "f < k", "gt": "f > k", "eq": "f == k", "ne": "f != k"}[name]  # fmt: skip
            h = np.asarray(eval(text.replace("min(", "np.minimum(").replace("max(", "np.maximum(")), dtype=np.int64)
        free = draws.random(6) < 0.3
        low, high = np.where(free, -FREE, h), np.where(free & (draws.random(6) < 0.5), FREE, h)
        least, most = (int(bound[0]) for bound in constants_between(name, f[None], low[None], high[None]))
        assert least <= k
        assert most == FREE or (most % k == 0 if name == "mod" else k <= most)


def test_many_columns_end_within_the_budget() -> None:
    columns = np.random.default_rng(3).integers(0, 50, (40, 1000))
    table = {f"x{i}": column for i, column in enumerate(columns.T)}
    started = time.process_time()
    found = explain_table(table, columns[:, 3] + columns[:, 97])
    assert time.process_time() - started < 6
    assert found is not None
    assert found.expression.nodes == 3
    assert find_affine(table, columns[:, 5] * columns[:, 7]) is None
    bits = {name: values % 2 for name, values in table.items()}
    found = explain_table(bits, bits["x3"] ^ bits["x97"])
    assert found is not None
    assert found.expression.nodes == 3


def test_numbers_near_the_limits_of_64_bits_neither_raise_nor_warn() -> None:
    limits = np.array([2**63 - 1, -(2**63), 2**62, -(2**62), 2**62 + 5, 2**32, 0, 1, -1, 2, 5], dtype=np.int64)
    for seed in range(60):
        draws = np.random.default_rng(seed)
        rows = int(draws.choice([3, 6, 20]))
        columns = {name: draws.choice(limits, rows) for name in "xy"[: 1 + seed % 2]}
        with np.errstate(all="ignore"):
            target = [columns["x"] * 2, columns["x"] // 3, draws.choice(limits, rows), -columns["x"]][seed % 4]
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            found = explain_if_function(columns, target, candidates=3000)
        if found is not None:
            assert not wrong_beyond_64_bits(found.expression, columns, target).any()
    columns = {"x": np.array([2**62, 2**62, 1]), "y": np.array([2**62, 5, 7])}
    explain_table(columns, np.array([-(2**63), 2**62 + 5, 8]))


def test_rows_that_contradict_each_other_are_named() -> None:
    for low, high in ((0, 1), (3, 4)):
        with pytest.raises(
            ContradictoryTableError, match=f"Rows 1 and 3 have equal columns and targets {low} and {high}"
        ):
            explain_table({"x": np.array([0, 1, 0, 1])}, np.array([low, low, low, high]))
        assert explain_if_function({"x": np.array([0, 1, 0, 1])}, np.array([low, low, low, high])) is None
    assert contradiction([X, X % 3], X * 5) is None


@pytest.mark.parametrize("budget", [float("nan"), -1.0])
def test_a_budget_that_is_none_is_refused(budget: float) -> None:
    for search in (explain_table, find_expression):
        with pytest.raises(BadInputError, match="budget"):
            search({"x": X}, X * X, budget=budget)
