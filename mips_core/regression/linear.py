"""Integer linear regression, alone and under one more operator.

Coefficients come from least squares and are then *checked*: a formula is returned only
when it is exact on every row, unlike the rounding of the MIPS paper (Michaud et al. 2024, section 3.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

import numpy as np

from mips_core.expressions import Expression, Variable
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression.bank import Bank
from mips_core.regression.enumerate import DEFAULT_OPERATORS, data_constants, telling_rows
from mips_core.regression.formula import Formula, first_failure, reading_cost, sum_of, weight
from mips_core.regression.matching import Matcher
from mips_core.regression.method import Method
from mips_core.stepping import IntArray

_FEW_ROWS = 64
_OFF = 1e-6  # of the largest term: an error of a fit that no rounding explains
_FORMS = 800  # linear forms tried under one more operator
_MANY_COLUMNS = 100
_WORK = 1 << 29  # columns times columns times rows that take about a second to solve
_TERMS = 50  # terms of a sum at most: more are no formula that anybody reads


def find_linear(columns: Mapping[str, IntArray], target: IntArray) -> Formula | None:
    """Return ``target`` as integer combination of the columns plus a constant, or None.

    Combinations of more than 50 columns are no formula that anybody reads, and large tables of hundreds of columns take
    longer to solve than a search may: None as well.

    >>> a, b = np.array([0, 1, 2, 5]), np.array([3, 1, 4, 1])
    >>> find_linear({"a": a, "b": b}, a - 2 * b + 7).expression.nodes
    7
    """
    clock = Stopwatch()
    many = len(columns) > _MANY_COLUMNS and len(columns) ** 2 * len(target) > _WORK
    if many or _surely_not_linear(columns, target):
        return None
    names = _independent(columns)
    design = np.stack([np.ones(len(target)), *(columns[name].astype(np.float64) for name in names)], axis=1)
    solution = np.linalg.lstsq(design, target.astype(np.float64), rcond=None)[0]
    if not np.isfinite(solution).all() or np.abs(solution).max() > 2**50:
        return None
    rounded = np.rint(solution).astype(np.int64).tolist()
    terms: dict[Expression, int] = {Variable(name): c for name, c in zip(names, rounded[1:], strict=True) if c}
    if len(terms) > _TERMS:
        return None
    expression = sum_of(terms, rounded[0])
    if first_failure(expression, columns, target) is not None:
        return None
    return Formula(expression, Method.LINEAR, 1, clock.seconds)


def _surely_not_linear(columns: Mapping[str, IntArray], target: IntArray) -> bool:
    """Whether some of the rows are already fitted by no combination, with or without fractions."""
    few = slice(None, None, max(1, len(target) // (_FEW_ROWS + 4 * len(columns))))
    wanted = target[few].astype(np.float64)
    design = np.stack([np.ones(len(wanted)), *(values[few].astype(np.float64) for values in columns.values())], axis=1)
    solution = np.linalg.lstsq(design, wanted, rcond=None)[0]
    scale = max(1.0, float(np.abs(wanted).max()), float(np.abs(design * solution).max()))
    return bool(np.isfinite(solution).all() and np.abs(design @ solution - wanted).max() > _OFF * scale)


def _independent(columns: Mapping[str, IntArray]) -> list[str]:
    """Return the columns that are not combinations of the constant and earlier columns."""
    basis: list[np.ndarray] = []
    kept = []
    for name, values in [("", np.ones(len(next(iter(columns.values()))), dtype=np.int64)), *columns.items()]:
        v = values.astype(np.float64)
        size = np.linalg.norm(v)
        for _ in range(2):  # orthogonalise twice: once leaves rounding errors
            for q in basis:
                v = v - (q @ v) * q
        if size > 0 and np.linalg.norm(v) > 1e-9 * size:
            basis.append(v / np.linalg.norm(v))
            kept.append(name)
    return [name for name in kept if name]


def find_affine(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    monitor: Monitor | None = None,
    max_nodes: int = 25,
) -> Formula | None:
    """Return ``target`` as an operator on a linear form with small coefficients, or None.

    Modulus, divisor, shift, threshold and clip bounds are solved for: ``(a·x + c) % m``, ``(a·x + c) // m``,
    ``a·x > k``, ``a·x == k``, ``abs(a·x)``, ``min(max(a·x, low), high)``, maximum or minimum of two forms.

    >>> s, x = (grid.ravel() for grid in np.meshgrid(np.arange(7), np.arange(2), indexing="ij"))
    >>> find_affine({"s": s, "x": x}, (3 * s + 2 * x + 1) % 7).expression.nodes
    11
    """
    clock = Stopwatch()
    monitor = monitor or Monitor()
    rows, constants = telling_rows(columns, target), data_constants(columns, target)
    forms, matrix, costs = _forms(tuple(columns), min(_TERMS, (max_nodes + 1) // 2))
    operators = tuple(o for o in DEFAULT_OPERATORS if o not in ("where", "mul"))
    for _ in range(8):
        if monitor.expired:
            monitor.check()
            return None
        part = {name: values[rows] for name, values in columns.items()}
        values = np.stack(list(part.values()), axis=1) @ matrix  # (R, N)
        bank = Bank.of(part, forms, values, costs)
        failures = []
        for expression in Matcher(bank, target[rows], operators, constants=constants).candidates():
            failure = first_failure(expression, columns, target)
            if failure is None:
                return (
                    Formula(expression, Method.SYMBOLIC, len(forms), clock.seconds)
                    if weight(expression) <= max_nodes
                    else None
                )
            failures.append(failure)
        if not failures:
            return None
        rows = np.unique(np.concatenate([rows, failures]))
    return None


@lru_cache(maxsize=64)
def _forms(names: tuple[str, ...], most: int) -> tuple[list[Expression], IntArray, IntArray]:
    """Return the linear forms over some variables, their coefficients (D, N) and reading costs (N,)."""
    vectors = _coefficients(len(names), most)
    terms = [Variable(name) for name in names]
    forms = [sum_of({terms[i]: int(vector[i]) for i in np.flatnonzero(vector).tolist()}, 0) for vector in vectors]
    return forms, np.array(vectors, dtype=np.int64).T, np.array([reading_cost(form) for form in forms])


def _coefficients(count: int, most: int) -> list[tuple[int, ...]]:
    """Return coefficient vectors of ``count`` columns, simplest first, at most a few hundred.

    Of many columns those are left that sum up the first or the last ones, ``most`` at most.
    """
    reach = next((r for r in (5, 3, 2, 1) if (2 * r + 1) ** count <= _FORMS), 0)
    values = range(-reach, reach + 1) if reach else range(2)
    if 2**count > 2 * _FORMS:
        ones = [tuple(int(i < k) for i in range(count)) for k in range(2, min(count, most) + 1)]
        return [*ones, *(tuple(int(i >= k) for i in range(count)) for k in range(max(1, count - most), count - 1))]
    vectors = [v for v in product(values, repeat=count) if any(v)]
    vectors.sort(key=lambda v: (sum(abs(c) for c in v) + sum(c < 0 for c in v), tuple(-c for c in v)))
    return vectors
