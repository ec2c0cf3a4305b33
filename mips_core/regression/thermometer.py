"""Formulas for targets of few values, put together from truth values.

A target with values v0 < v1 < ... is v0 plus a step for each larger value: the sum of
(v_i - v_(i-1)) times [target >= v_i], a thermometer; each truth value is searched alone.  A truth value that
nothing shorter explains may be a short list of exceptional values of one column.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression.boolean import find_boolean, is_boolean
from mips_core.regression.enumerate import find_expression
from mips_core.regression.formula import Formula, holds, rank, tidy
from mips_core.regression.method import Method
from mips_core.regression.two_level import joined
from mips_core.stepping import IntArray

MOST_VALUES = 8  # values in a list of exceptions: one more would be a table


def find_thermometer(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    monitor: Monitor,
    candidates: int = 500_000,
    max_nodes: int = 25,
) -> Formula | None:
    """Return ``target`` (3 to 5 values) as a sum of truth values, or None.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    candidates : expressions enumerated for each truth value at most
    """
    clock = Stopwatch()
    values = np.unique(target)
    if not 3 <= len(values) <= 5:
        return None
    result: Expression | None = Constant(int(values[0])) if values[0] else None
    left = max_nodes
    seen = 0
    for below, value in pairwise(values.tolist()):
        truth = (target >= value).astype(np.int64)
        options = [
            find_expression(
                columns, truth, budget=monitor.remaining, monitor=monitor, candidates=candidates, max_nodes=left
            )
        ]
        if is_boolean(columns, truth):
            options.append(find_boolean(columns, truth, max_nodes=left, monitor=monitor))
        found = [option for option in options if option is not None]
        if not found:
            return None
        best = min(found, key=lambda f: rank(f.expression))
        seen += best.candidates
        step = value - below
        part = best.expression if step == 1 else apply("mul", step, best.expression)
        result = part if result is None else apply("add", result, part)
        left = max_nodes - result.nodes - 1
    assert result is not None
    result = tidy(result)
    if result.nodes > max_nodes or not holds(result, columns, target):
        return None
    return Formula(result, Method.SYMBOLIC, seen, clock.seconds)


def find_membership(columns: Mapping[str, IntArray], target: IntArray) -> Formula | None:
    """Return a truth value as "this column is one of at most eight values", or None.

    >>> x = np.arange(20)
    >>> found = find_membership({"x": x}, np.isin(x, [0, 1, 4, 9, 16]).astype(np.int64))
    >>> found.expression.nodes
    19
    """
    clock = Stopwatch()
    if not np.isin(target, (0, 1)).all():
        return None
    options: list[Expression] = []
    for name, values in columns.items():
        yes, no = np.unique(values[target == 1]), np.unique(values[target == 0])
        if len(np.intersect1d(yes, no)):
            continue
        for members, inside, join in ((yes, "eq", "or"), (no, "ne", "and")):
            if 1 <= len(members) <= MOST_VALUES:
                tests = [apply(inside, Variable(name), int(v)) for v in members]
                options.append(joined(join, tests))
    if not options:
        return None
    best = min(options, key=rank)
    return Formula(best, Method.SYMBOLIC, len(options), clock.seconds)
