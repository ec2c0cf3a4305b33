"""Integer symbolic regression on tables."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError, Cancelled
from mips_core.expressions import OPERATORS, Apply, Constant, Expression, Variable, apply, evaluate
from mips_core.expressions.python import to_python
from mips_core.progress import Monitor
from mips_core.regression import Method, explain_table, find_affine, find_expression, find_linear
from mips_core.regression.bank import ARITHMETIC_OPERATORS, Bank
from mips_core.regression.enumerate import telling_rows
from mips_core.regression.exact import wrong_rows
from mips_core.regression.formula import holds, rank, sum_of, tidy, weight

Columns = dict[str, np.ndarray]
A, B, C = Variable("a"), Variable("b"), Variable("c")


def grid(**ranges: range) -> Columns:
    meshes = np.meshgrid(*(np.array(r) for r in ranges.values()), indexing="ij")
    return {name: mesh.ravel().astype(np.int64) for name, mesh in zip(ranges, meshes, strict=True)}


SMALL, WIDE = range(10), range(-50, 50)
CASES = {
    "add mod 3": (grid(a=range(3), b=range(3)), lambda a, b: (a + b) % 3, 5),
    "add mod 5": (grid(a=range(5), b=range(5)), lambda a, b: (a + b) % 5, 5),
    "add mod 7": (grid(a=range(7), b=range(7)), lambda a, b: (a + b) % 7, 5),
    "three mod 5": (grid(a=range(5), b=range(5), c=range(5)), lambda a, b, c: (a + b + c) % 5, 7),
    "digit": (grid(a=range(4), b=range(4), c=range(2)), lambda a, b, c: (a + b + c) % 4, 7),
    "carry": (grid(a=range(4), b=range(4), c=range(2)), lambda a, b, c: (a + b + c) // 4, 7),
    "distance": (grid(a=WIDE, b=WIDE), lambda a, b: abs(a - b), 4),
    "equal": (grid(a=WIDE, b=WIDE), lambda a, b: (a == b).astype(int), 3),
    "greater": (grid(a=WIDE, b=WIDE), lambda a, b: (a > b).astype(int), 3),
    "sizes": (grid(a=WIDE, b=WIDE), lambda a, b: abs(b) - abs(a), 5),
    "max": (grid(a=WIDE, b=WIDE), np.maximum, 3),
    "min": (grid(a=SMALL, b=SMALL), np.minimum, 3),
    "twice mod 7": (grid(a=range(7), b=range(7)), lambda a, b: (2 * a + b) % 7, 7),
    "quotient": (grid(a=range(7), b=range(7)), lambda a, b: (2 * a + b) // 3, 7),
    "clip": (grid(a=range(3), b=range(-1, 2)), lambda a, b: np.clip(a + b, 0, 2), 7),
    "reset": (grid(a=range(6), b=range(3)), lambda a, b: np.where(b == 2, 0, (a + 1) % 6), 10),
    "dead zone": (grid(a=range(12), b=range(12)), lambda a, b: np.where(abs(a - b) > 2, b, a), 9),
    "large modulus": (grid(a=range(60), b=range(60)), lambda a, b: (a + b) % 60, 5),
    "shifted remainder": (grid(a=range(11), b=range(5)), lambda a, b: (a - b + 3) % 11, 7),
}


@pytest.mark.parametrize("name", CASES)
def test_finds_the_shortest_form(name: str) -> None:
    columns, rule, nodes = CASES[name]
    target = rule(*columns.values())
    found = find_expression(columns, target)
    assert found is not None
    assert (evaluate(found.expression, columns, len(target)) == target).all()
    assert found.expression.nodes == nodes


def test_canonical_spelling() -> None:
    columns = grid(a=range(4), b=range(4), c=range(2))
    found = explain_table(columns, sum(columns.values()) // 4)
    assert found.expression == apply("floordiv", apply("add", apply("add", A, B), C), 4)
    assert found.method is Method.SYMBOLIC


@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.integers(2, 5))
@settings(max_examples=20, deadline=None)
def test_never_accepts_a_wrong_formula(seed: int, values: int, side: int) -> None:
    columns = grid(a=range(side), b=range(side + 1))
    target = np.random.default_rng(seed).integers(0, values, len(columns["a"]))
    found = explain_table(columns, target, candidates=20_000)
    assert found is None or (evaluate(found.expression, columns, len(target)) == target).all()


def test_one_exceptional_row_in_ten_thousand_is_not_overlooked() -> None:
    columns = grid(a=range(100), b=range(100))
    target = columns["a"] + columns["b"]
    target[7_321] += 1
    found = explain_table(columns, target, candidates=30_000, budget=1.0)
    assert found is None or (evaluate(found.expression, columns, len(target)) == target).all()


EXPRESSIONS = st.recursive(
    st.sampled_from([A, B]) | st.integers(-3, 9).map(Constant),
    lambda inner: st.builds(
        lambda name, args: Apply(name, tuple(args[: OPERATORS[name].arity])),
        st.sampled_from([n for n in OPERATORS if n not in ("mod", "floordiv")]),
        st.lists(inner, min_size=3, max_size=3),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
@settings(max_examples=150, deadline=None)
def test_tidy_keeps_the_value_and_never_grows(expression: Expression) -> None:
    columns = grid(a=range(-4, 5), b=range(-4, 5))
    neat = tidy(expression)
    assert (evaluate(neat, columns, 81) == evaluate(expression, columns, 81)).all()
    assert neat.nodes <= expression.nodes


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=2), st.integers(-50, 50))
def test_linear_tables_give_their_coefficients(coefficients: list[int], constant: int) -> None:
    columns = grid(a=range(-3, 4), b=range(5))
    target = coefficients[0] * columns["a"] + coefficients[1] * columns["b"] + constant
    found = find_linear(columns, target)
    assert found.expression == sum_of({A: coefficients[0], B: coefficients[1]}, constant)


def test_linear_refuses_what_is_only_nearly_linear() -> None:
    x = np.arange(1000)
    assert find_linear({"x": x}, np.where(x == 500, 3 * x + 1, 3 * x)) is None
    assert find_linear({"x": x}, x // 2) is None


def test_linear_copes_with_dependent_columns() -> None:
    x = np.arange(20)
    found = find_linear({"x": x, "y": 2 * x + 1, "z": x * x}, 3 * x - x * x)
    assert (evaluate(found.expression, {"x": x, "y": 2 * x + 1, "z": x * x}, 20) == 3 * x - x * x).all()


@given(st.integers(2, 12), st.integers(1, 5), st.integers(1, 5), st.integers(0, 11))
@settings(max_examples=25, deadline=None)
def test_affine_remainders_solve_for_modulus_and_shift(m: int, p: int, q: int, c: int) -> None:
    columns = grid(a=range(m), b=range(m))
    target = (p * columns["a"] + q * columns["b"] + c) % m
    if len(np.unique(target)) == m:
        found = find_affine(columns, target)
        assert (evaluate(found.expression, columns, len(target)) == target).all()


def test_few_valued_targets_are_split_into_thresholds() -> None:
    columns = grid(a=range(6), b=range(6), c=range(6))
    a, b, c = columns.values()
    target = ((a + b > c) + (a * b > 2 * c) * 1).astype(np.int64)
    found = explain_table(columns, target, budget=5)
    assert found is not None
    assert (evaluate(found.expression, columns, len(target)) == target).all()


def test_exceptional_values_make_a_list_of_at_most_eight() -> None:
    x = np.arange(20)
    squares = np.isin(x, [0, 1, 4, 9, 16]).astype(np.int64)
    found = explain_table({"x": x}, squares)
    assert (evaluate(found.expression, {"x": x}, 20) == squares).all()
    assert sum(isinstance(n, Apply) and n.name == "eq" for n in found.expression.walk()) <= 8
    random = (np.random.default_rng(3).random(200) < 0.5).astype(np.int64)
    assert explain_table({"x": np.arange(200)}, random, candidates=50_000) is None


def test_results_repeat() -> None:
    columns = grid(a=range(9), b=range(9))
    target = np.where(columns["a"] > 4, columns["b"], (columns["a"] + columns["b"]) // 2)
    first, second = (explain_table(columns, target) for _ in range(2))
    assert first.expression == second.expression


def test_order_of_rows_does_not_matter_for_correctness() -> None:
    columns = grid(a=range(30), b=range(30))
    order = np.random.default_rng(0).permutation(900)
    shuffled = {name: values[order] for name, values in columns.items()}
    target = (shuffled["a"] + 2 * shuffled["b"]) % 7
    found = find_expression(shuffled, target)
    assert (evaluate(found.expression, shuffled, 900) == target).all()


def test_budget_is_kept() -> None:
    columns = grid(a=range(8), b=range(8), c=range(8))
    target = np.random.default_rng(0).integers(0, 1000, 512)
    start = time.monotonic()
    explain_table(columns, target, budget=0.5, candidates=10**9)
    assert time.monotonic() - start < 20  # the whole search would take many minutes


def test_stop_is_obeyed() -> None:
    columns = grid(a=range(8), b=range(8))
    with pytest.raises(Cancelled):
        find_expression(columns, np.random.default_rng(0).integers(0, 99, 64), monitor=Monitor(stop=lambda: True))


def test_columns_and_target_must_fit() -> None:
    with pytest.raises(BadInputError, match="make them equal"):
        find_expression({"a": np.arange(3)}, np.arange(4))


def test_bank_holds_each_value_once_and_misses_none() -> None:
    columns = grid(a=range(-2, 3), b=range(4))
    bank = Bank(columns, constants=(0, 1, 2), operators=ARITHMETIC_OPERATORS)
    while bank.size < 4:
        assert bank.grow()
    vectors = {tuple(v) for v in bank.values.T.tolist()}
    assert len(vectors) == len(bank)
    for i in range(0, len(bank), 7):
        value = evaluate(bank.expression(i), columns, 20)
        assert (value == bank.values[:, i]).all()
    for one in (A, B, apply("abs", A)):
        for two in (A, B):
            for name in ("add", "sub", "mul", "min", "max", "eq", "lt", "le"):
                assert tuple(evaluate(apply(name, one, two), columns, 20).tolist()) in vectors


def test_telling_rows_of_a_large_table_include_the_extremes() -> None:
    x = np.random.default_rng(0).integers(-1000, 1000, 5000)
    target = np.where(x == x[77], 9, 0)
    rows = telling_rows({"x": x}, target)
    assert len(rows) < 100
    assert {x[rows].min(), x[rows].max()} == {x.min(), x.max()}
    assert set(target[rows]) == {0, 9}


def test_weight_prefers_plain_formulas() -> None:
    plain = apply("where", apply("eq", B, 2), 0, apply("min", apply("add", A, B), 5))
    odd = apply("min", apply("add", A, B), apply("sub", 10, apply("mul", 5, B)))
    assert weight(plain) < weight(odd)
    assert rank(apply("add", A, B)) < rank(apply("sub", A, B))


def written(expression: Expression, columns: Columns) -> list[int]:
    """Return what the written Python gives on each row, in Python's integers."""
    code = compile(to_python(expression), "<formula>", "eval")
    rows = zip(*(values.tolist() for values in columns.values()), strict=True)
    return [int(eval(code, {}, dict(zip(columns, row, strict=True)))) for row in rows]


_NEAR = np.random.default_rng(5).integers(2**62 - 1000, 2**62, (2, 40))
_EDGE = np.array([-(2**63), -5, 3, 8])
WRAPPING = {
    "three times": ({"h": _NEAR[0]}, _NEAR[0] * 3),
    "sum": ({"g": _NEAR[0] + 2000, "h": _NEAR[1]}, _NEAR[0] + 2000 + _NEAR[1]),
    "size": ({"h": _EDGE}, np.abs(_EDGE)),
    "product": ({"g": _NEAR[0], "h": _NEAR[1]}, _NEAR[0] * _NEAR[1]),
    "linear": ({"g": _NEAR[0], "h": _NEAR[1]}, 5 * _NEAR[0] - 2 * _NEAR[1] + 1),
}


@pytest.mark.parametrize("name", WRAPPING)
@pytest.mark.parametrize("find", [explain_table, find_expression, find_affine, find_linear])
def test_what_only_holds_because_64_bits_wrap_around_is_no_formula(name: str, find) -> None:
    columns, target = WRAPPING[name]
    with np.errstate(over="ignore"):
        found = (
            find(columns, target, monitor=Monitor().limited(0.4)) if find is not find_linear else find(columns, target)
        )
    assert found is None or written(found.expression, columns) == target.tolist()


def test_large_numbers_that_stay_within_64_bits_are_explained() -> None:
    g, h = _NEAR
    for target, nodes in ((h + 1, 3), (g - h, 3), (np.minimum(g, h), 3), (g + h, 3)):
        found = explain_table({"g": g, "h": h}, target)
        assert found is not None
        assert found.expression.nodes <= nodes
        assert written(found.expression, {"g": g, "h": h}) == target.tolist()


def test_values_on_the_way_count_and_a_remainder_by_zero_is_wrong() -> None:
    x = np.array([2**62, 1, 7])
    doubled = apply("sub", apply("mul", 4, A), apply("mul", 3, A))
    assert holds(doubled, {"a": x}, x)  # 4 * 2**62 wraps, in the integers the difference is right too
    assert not holds(apply("floordiv", apply("mul", 4, A), 4), {"a": x}, np.array([0, 1, 7]))
    with np.errstate(divide="ignore"):
        by_zero = apply("mod", apply("mul", 4, A), B)
        assert wrong_rows(by_zero, {"a": x, "b": np.array([3, 0, 5])}, np.array([1, 0, 3])).tolist() == [
            True,
            True,
            False,
        ]


@pytest.mark.parametrize("find", [explain_table, find_expression])
@pytest.mark.parametrize(
    ("columns", "target", "words"),
    [
        ({}, [0, 1, 2], "no columns"),
        ({"x": [1, 2]}, [1, 2, 3], "shape"),
        ({"x": [1, 2, 3]}, [1.5, 2.5, 3.5], r"target\[0\] is 1.5"),
        ({"x": [0.5, 2, 3]}, [1, 2, 3], r"columns\['x'\]\[0\] is 0.5"),
        ({"x": ["a", "b"]}, [1, 2], "text"),
        ({"x": [[1], [1, 2]]}, [1, 2], "no array"),
        ({"x": np.array([2**63, 1], dtype=np.uint64)}, [1, 2], "64-bit"),
        ({"x": [1, 2]}, 3, "one list"),
    ],
)
def test_what_is_no_table_of_whole_numbers_is_refused(find, columns, target, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        find(columns, target)


def test_truth_values_and_whole_floats_are_numbers_and_no_rows_are_refused() -> None:
    negated = explain_table({"x": np.array([True, False])}, np.array([False, True]))
    assert negated is not None
    assert negated.expression == apply("sub", 1, Variable("x"))
    doubled = explain_table({"x": np.array([1.0, 2.0, 5.0])}, np.array([2.0, 4.0, 10.0]))
    assert doubled is not None
    assert doubled.expression == apply("mul", 2, Variable("x"))
    for columns in ({}, {"x": []}):
        with pytest.raises(BadInputError, match="no rows"):
            explain_table(columns, [])
