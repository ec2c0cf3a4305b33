"""One face for tables: the simplest formula that any method finds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mips_core.expressions import Apply, Constant, Expression, Variable
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression.boolean import find_boolean, is_boolean
from mips_core.regression.enumerate import DEFAULT_OPERATORS, MAX_NODES, find_expression
from mips_core.regression.formula import Formula, rank
from mips_core.regression.linear import find_affine, find_linear
from mips_core.regression.method import Method
from mips_core.regression.thermometer import find_membership, find_thermometer, membership_size
from mips_core.stepping import IntArray

_ALTERNATIVES = 150_000  # candidates spent on something smaller than a formula that is known
WITH_BITS = (*DEFAULT_OPERATORS, "xor", "and", "or")


def explain_table(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    monitor: Monitor | None = None,
    budget: float = 2.0,
    candidates: int = 1_500_000,
    max_nodes: int = MAX_NODES,
    thorough: bool = True,
) -> Formula | None:
    """Return the smallest formula found for ``target``, exact on every row, or None.

    Tried in turn: copies and constants, linear, Boolean (tables of bits), affine under one more operator,
    symbolic enumeration; then, with ``thorough``, sums of thresholds and lists of exceptional values.

    >>> x = np.arange(6)
    >>> explain_table({"x": x}, 3 * x - 1).method
    <Method.LINEAR: 'linear'>

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    budget : seconds at most
    candidates : expressions enumerated at most; bounds the work independently of the clock
    max_nodes : larger formulas are not worth having
    """
    clock = Stopwatch()
    monitor = (monitor or Monitor()).limited(budget)
    columns = {name: np.asarray(values, dtype=np.int64) for name, values in columns.items()}
    target = np.asarray(target, dtype=np.int64)
    if len(target) and (target == target[0]).all():
        return Formula(Constant(int(target[0])), Method.LINEAR, 1, clock.seconds)
    for name, values in columns.items():
        if (values == target).all():
            return Formula(Variable(name), Method.LINEAR, 1, clock.seconds)
    found: list[Formula] = []
    seen = 0

    def limit() -> int:
        return min([max_nodes, *(weight(f.expression) - 1 for f in found)])

    def note(formula: Formula | None) -> None:
        nonlocal seen
        if formula is not None:
            seen += formula.candidates
            found.append(formula)

    note(find_linear(columns, target))
    bits = is_boolean(columns, target)
    if limit() > 2:
        note(find_affine(columns, target, monitor=monitor, max_nodes=limit()))
    if bits and limit() > 2:
        note(find_boolean(columns, target, max_nodes=limit(), monitor=monitor))
    if thorough:
        note(find_membership(columns, target))
    if limit() > 2:
        cap = candidates if not found else min(candidates, _ALTERNATIVES)
        note(
            find_expression(
                columns, target, budget=monitor.remaining, monitor=monitor, candidates=cap, max_nodes=limit(),
                operators=WITH_BITS if bits else DEFAULT_OPERATORS,
            )  # fmt: skip
        )
    if not found and thorough and not monitor.expired:
        note(find_thermometer(columns, target, monitor=monitor, candidates=candidates // 3, max_nodes=max_nodes))
    worth = [f for f in found if weight(f.expression) <= max_nodes]
    # On bits, equally short Boolean formulas read better than arithmetic.
    best = min(
        worth,
        key=lambda f: (weight(f.expression), bits and f.method != Method.BOOLEAN and f.expression.nodes > 7, rank(f.expression)),
        default=None,
    )
    return best and Formula(best.expression, best.method, seen, clock.seconds)


def weight(expression: Expression) -> int:
    """Return the size by which formulas of different methods are compared.

    Nodes, with two more for a conditional (three bits under two conditionals are no rule that a person sees) and
    fewer for a list of exceptional values, "x is one of", which reads as one condition.
    """
    members = membership_size(expression)
    if members:
        return 2 * members + 1
    return expression.nodes + 2 * sum(isinstance(node, Apply) and node.name == "where" for node in expression.walk())
