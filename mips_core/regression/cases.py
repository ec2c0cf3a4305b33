"""Formulas for targets of few values as a list of cases: the first condition that holds decides.

Cases are taken in order of value, upwards or downwards; each condition is searched on the rows that no earlier case
took, so it may be shorter than one that would have to hold alone ("the first of the greatest").
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mips_core.expressions import Constant, Expression, apply
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression.enumerate import find_expression
from mips_core.regression.formula import Formula, holds
from mips_core.regression.method import Method
from mips_core.stepping import IntArray

_FEWEST, _MOST = 3, 6  # values of a target that has cases
_COMPARING = ("max", "min", "sub", "gt", "ge", "eq", "ne")  # conditions compare: which is greatest, how far apart
_CONDITION = 9  # nodes of one condition at most


def find_cases(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    monitor: Monitor,
    candidates: int = 60_000,
    max_nodes: int = 25,
) -> Formula | None:
    """Return ``target`` (3 to 6 values) as a list of cases, or None.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    candidates : expressions enumerated for each condition at most
    """
    clock = Stopwatch()
    values = np.unique(target).tolist()
    if not _FEWEST <= len(values) <= _MOST:
        return None
    found: list[Expression] = []
    for order in (values, values[::-1]):
        expression = _in_order(columns, target, order, monitor, candidates)
        if expression is not None and expression.nodes <= max_nodes and holds(expression, columns, target):
            found.append(expression)
    best = min(found, key=lambda e: e.nodes, default=None)
    return None if best is None else Formula(best, Method.SYMBOLIC, candidates, clock.seconds)


def _in_order(
    columns: Mapping[str, IntArray], target: IntArray, order: list[int], monitor: Monitor, candidates: int
) -> Expression | None:
    conditions: list[tuple[Expression, int]] = []
    left = np.ones(len(target), dtype=np.bool_)
    for value in order[:-1]:
        part = {name: column[left] for name, column in columns.items()}
        found = find_expression(
            part, (target[left] == value).astype(np.int64), budget=monitor.remaining, monitor=monitor,
            candidates=candidates, max_nodes=_CONDITION, operators=_COMPARING, constants=(0, 1),
        )  # fmt: skip
        if found is None:
            return None
        conditions.append((found.expression, value))
        left &= target != value
    result: Expression = Constant(order[-1])
    for condition, value in reversed(conditions):
        result = apply("where", condition, value, result)
    return result
