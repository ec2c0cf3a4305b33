"""The values of all parts of a plan on some rows, their expressions, and which candidate is the best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from mips_core.expressions import OPERATORS, Apply, Constant, Expression, Variable
from mips_core.regression.formula import first_failure, rank, tidy
from mips_core.regression.leaf_plan import Candidate, Plan
from mips_core.stepping import IntArray

_HARD = 1000  # more than any formula so small costs to read
_TIDIED = 2  # what tidying takes of a reading cost at most, where it leaves the size


class PartValues:
    """All parts of a plan over the leaves of a table.

    Parameters
    ----------
    plan : over these columns and constants, in this order
    columns : variable name -> int64 array of shape (R,)
    constants : integers that are leaves as well
    rows : those that are computed, (S,)
    """

    def __init__(
        self, plan: Plan, columns: Mapping[str, IntArray], constants: Sequence[int], rows: IntArray
    ) -> None:  # fmt: skip
        self.plan = plan
        self.leaves: list[Expression] = [*map(Variable, columns), *map(Constant, constants)]
        self.values = np.empty((len(plan.sizes), len(rows)), dtype=np.int64)
        """Of all parts, (N, S)."""
        for i, column in enumerate(columns.values()):
            self.values[i] = column[rows]
        self.values[len(columns) : len(self.leaves)] = np.array(constants, dtype=np.int64)[:, None]
        for block in plan.blocks:
            left = self.values[block.left]
            out = self.values[block.start : block.start + len(left)]
            if block.right is None:
                out[:] = OPERATORS[block.name].compute(left)
            else:
                out[:] = OPERATORS[block.name].compute(left, self.values[block.right])

    def expression(self, part: int) -> Expression:
        """Return a part as an expression."""
        known = self.plan.arguments(part)
        if known is None:
            return self.leaves[part]
        name, arguments = known
        return _ordered(Apply(name, tuple(map(self.expression, arguments))))


def best_of(
    candidates: Iterable[Candidate],
    columns: Mapping[str, IntArray],
    target: IntArray,
    most: int,
    known: Expression | None = None,
) -> Expression | None:
    """Return the best formula that holds on all rows, of at most such a weight, or None.

    Parameters
    ----------
    candidates : by weight and reading cost
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    known : one that holds, of this weight at most
    """
    best = known
    last = (most, _HARD) if known is None else rank(known)[:2]  # weight and reading cost of the last one of worth
    seen: set[Expression] = set()
    for weight, cost, build in candidates:
        if (weight, cost - _TIDIED) > last:
            break
        for expression in (_ordered(tidy(e)) for e in build()):
            if expression in seen:
                continue
            seen.add(expression)
            key = rank(expression)
            worth = key[0] <= last[0] if best is None else key < rank(best)
            if worth and first_failure(expression, columns, target) is None:
                best, last = expression, key[:2]
    return best


def _ordered(expression: Expression) -> Expression:
    """Put the outermost arguments whose order does not matter into the one that ranks first, but constants last."""
    if not isinstance(expression, Apply):
        return expression
    arguments = expression.arguments
    if len(arguments) == 1:
        return Apply(expression.name, (_ordered(arguments[0]),))
    product = expression.name == "mul" and isinstance(arguments[0], Constant)  # as it is tidy
    if expression.operator.commutative and not product:
        arguments = tuple(sorted(arguments, key=lambda e: (isinstance(e, Constant), repr(e))))
        return Apply(expression.name, arguments)
    return expression
