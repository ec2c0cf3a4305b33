"""The smallest formula of one column with two constants: the inner one is tried, the outer one is solved for.

``x % 7 // 5``, ``3 * (x // 6)`` or ``(x + 1) // 9``: a constant that stands deeper is nearly always a small number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from mips_core.expressions import OPERATORS, Expression, Variable, apply, evaluate
from mips_core.regression.formula import READING, rank, reading_cost, reading_of_constant
from mips_core.regression.leaf_plan import Candidate
from mips_core.regression.leaf_values import best_of
from mips_core.regression.one_constant import beside_a_constant, parts_beside_a_constant
from mips_core.stepping import IntArray

TRIED = 64
"""The largest inner constant."""

_NODES = 5
_INNER = ("mod", "floordiv", "add", "min", "max")
_MOST_COLUMNS = 4


def smallest_with_two_constants(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    constants: Sequence[int],
    rows: IntArray,
    known: Expression | None = None,
) -> Expression | None:
    """Return the best formula g(h(x, j), k) of five nodes, or what is known where none is better.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,), with small values; more than four are not looked at
    target : int64, shape (R,), not constant, with small values
    constants : the ones preferred for k where several are right; j is at most 64 in size
    rows : those looked at first, as of :func:`spread_rows`
    known : a formula that holds
    """
    if len(columns) > _MOST_COLUMNS or (known is not None and rank(known)[0] < _NODES):
        return known
    found = [
        candidate
        for name in columns
        for operator in _INNER
        for candidate in _candidates(columns, target, name, operator, rows, constants)
    ]
    return best_of(sorted(found, key=lambda candidate: candidate[:2]), columns, target, _NODES, known)


def _candidates(
    columns: Mapping[str, IntArray], target: IntArray, column: str, operator: str, rows: IntArray,
    constants: Sequence[int],
) -> Iterator[Candidate]:  # fmt: skip
    """Yield what is the target on the rows looked at, with any inner constant."""
    least = 2 if operator in ("mod", "floordiv") else -TRIED
    inner = np.arange(least, TRIED + 1)
    values = OPERATORS[operator].compute(columns[column][rows][None], inner[:, None])
    for name, at in parts_beside_a_constant(values, target[rows]):
        part = apply(operator, Variable(column), int(inner[at]))
        cost = reading_cost(part) + min(READING[name], READING["eq"]) + reading_of_constant(0)
        yield _NODES, cost, partial(_solved, columns, target, part, name, constants)


def _solved(
    columns: Mapping[str, IntArray], target: IntArray, part: Expression, name: str, constants: Sequence[int]
) -> Iterator[Expression]:
    values = evaluate(part, columns, len(target))
    return (build(part) for build in beside_a_constant(name, values, target, constants))
