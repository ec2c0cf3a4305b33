"""One face for tables: the simplest formula that any method finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mips_core.errors import BadInputError, ContradictoryTableError
from mips_core.expressions import Apply, Constant, Expression, Variable
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression.boolean import find_boolean, is_boolean
from mips_core.regression.enumerate import DEFAULT_OPERATORS, MAX_NODES, data_constants, find_expression
from mips_core.regression.exact import wrapping
from mips_core.regression.few_leaves import smallest_of_few_leaves
from mips_core.regression.formula import Formula, rank, weight
from mips_core.regression.given_table import contradiction, given_budget, given_table
from mips_core.regression.inner_constant import is_small, smallest_with_inner_constant
from mips_core.regression.linear import find_affine, find_linear
from mips_core.regression.method import Method
from mips_core.regression.once import matters
from mips_core.regression.spread_rows import spread_rows
from mips_core.regression.thermometer import find_membership, find_thermometer
from mips_core.regression.two_constants import smallest_with_two_constants
from mips_core.stepping import IntArray

_ALTERNATIVES = 150_000  # candidates spent on something smaller than a formula that is known
_MATCHED = 6  # weight from which a search for something as small is wide
_BIT_PATTERNS = 20_000  # candidates spent on bitwise formulas of integers
BITWISE = ("xor", "and", "or", "add", "sub", "floordiv")
WITH_BITS = (*DEFAULT_OPERATORS, "xor", "and", "or")


def _holds_bit_patterns(columns: Mapping[str, IntArray], target: IntArray) -> bool:
    """Whether all numbers lie in 0 .. 255, as bit patterns would."""
    return all(len(v) > 0 and v.min() >= 0 and v.max() < 256 for v in (target, *columns.values()))


@wrapping
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

    Tried in turn: copies and constants, linear, everything of few nodes, affine under one more operator, one constant
    inside, Boolean (tables of bits), symbolic enumeration, bitwise formulas of small integers; then, with ``thorough``,
    sums of thresholds and lists of exceptional values.

    Complete is what follows, of the default operators without conditionals, by weight, then by how easily it reads;
    numbers are at most 2^20 in size and divisors are columns or constants of at least 2.

    - Where the target is seen to depend on two or three of at most four columns (two rows differ in one of them alone):
      all formulas of at most six nodes whose constants are 0, 1, 2 or limits of the data, or with one other constant
      of any size beside the rest.
    - Of at most 12 columns all ``g OP h(f, k)`` of five nodes with columns f and g and any constant k, where OP is + -
      * // min max or a comparison, and h any of these, % or abs(f - k); six nodes of at most 8 columns, seven of at
      most 4.  Where rows leave only limits of f % k, k up to 64 is tried.
    - Of at most four columns ``g(h(x, j), k)`` with any k and j up to 64 in size.

    Not complete are, among others: larger formulas, which the enumeration reaches as far as ``candidates`` go and with
    constants of the data inside; two constants that are neither and stand beside two columns; remainders by a column of
    something with a constant; a constant under ``abs`` other than ``abs(f - k)``; dividends that are constants.

    >>> import numpy as np
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

    Raises
    ------
    BadInputError
        when there are no rows, no columns for a target of several values, columns of another length than the target,
        values that are no whole numbers, or a budget that is negative or no number.
    ContradictoryTableError
        when equal rows of the columns have different targets.
    Cancelled
        when the caller asks to stop.
    """
    clock = Stopwatch()
    monitor = (monitor or Monitor()).limited(given_budget(budget))
    columns, target = given_table(columns, target)
    if not len(target):
        raise BadInputError("The table has no rows; a formula is found from at least one.")
    if (target == target[0]).all():
        return Formula(Constant(int(target[0])), Method.LINEAR, 1, clock.seconds)
    for name, values in columns.items():
        if (values == target).all():
            return Formula(Variable(name), Method.LINEAR, 1, clock.seconds)
    found: list[Formula] = []
    inner: list[Expression] = []
    seen = 0

    def limit() -> int:
        # What has a constant inside may read less easily than something else of its size.
        return min([max_nodes, *(weight(f.expression) - 1 for f in found), *(weight(e) for e in inner)])

    def note(formula: Formula | None) -> None:
        nonlocal seen
        if formula is not None:
            seen += formula.candidates
            found.append(formula)

    note(find_linear(columns, target))
    bits = is_boolean(columns, target)
    ruled_out, of_several = 2, 0  # weights up to which no formula is left
    if not bits and limit() > ruled_out:
        small, of_several = smallest_of_few_leaves(columns, target, limit())
        ruled_out = max(ruled_out, of_several)
        if small is not None:
            note(Formula(small, Method.SYMBOLIC, 1, clock.seconds))
    if limit() > ruled_out:
        note(find_affine(columns, target, monitor=monitor, max_nodes=limit()))
    if not found and (rows := contradiction([*columns.values()], target)) is not None:
        raise ContradictoryTableError(
            f"Rows {rows[0]} and {rows[1]} have equal columns and targets {target[rows[0]]} and {target[rows[1]]}; "
            "leave one of them out, or give the column that tells them apart."
        )
    if not bits and limit() > ruled_out and is_small(columns, target):
        needed = columns if len(columns) == 1 else [name for name in columns if matters(columns, target, name)]
        constants, some = data_constants(columns, target), spread_rows(target)
        one = smallest_with_inner_constant(columns, target, needed, limit(), constants=constants, rows=some)
        if not of_several and limit() >= 5:
            one = smallest_with_two_constants(columns, target, constants=constants, rows=some, known=one)
        inner += [] if one is None else [one]
    if bits and limit() >= 2:  # equally short Boolean formulas are welcome
        note(find_boolean(columns, target, max_nodes=min(max_nodes, limit() + 1), monitor=monitor))
    if thorough and not of_several:  # a list of values of one column
        note(find_membership(columns, target))
    if limit() > ruled_out:
        cap = candidates if not found and not inner else min(candidates, _ALTERNATIVES)
        # Up to a small bound a search only lists formulas; above, it matches them after each size, and finds more.
        wide = bool(inner) and not found and limit() >= _MATCHED
        note(
            find_expression(
                columns,
                target,
                budget=monitor.remaining,
                monitor=monitor,
                candidates=cap,
                max_nodes=min(max_nodes, limit() + 2) if wide else limit(),
                operators=WITH_BITS if bits else DEFAULT_OPERATORS,
            )
        )
    if not found and not inner and not bits and _holds_bit_patterns(columns, target) and not monitor.expired:
        note(
            find_expression(
                columns, target, budget=monitor.remaining, monitor=monitor, candidates=min(candidates, _BIT_PATTERNS),
                max_nodes=max_nodes, operators=BITWISE,
            )
        )  # fmt: skip
    if not found and not inner and thorough and not monitor.expired:
        note(find_thermometer(columns, target, monitor=monitor, candidates=candidates // 3, max_nodes=max_nodes))
    found += [Formula(e, Method.SYMBOLIC, 1, clock.seconds) for e in inner]
    worth = [f for f in found if weight(f.expression) <= max_nodes]

    def key(formula: Formula) -> tuple[int, bool, tuple[int, int, str]]:
        e = formula.expression
        # On bits equally short Boolean formulas read better than arithmetic, and conditionals hide symmetry.
        choices = [n for n in e.walk() if isinstance(n, Apply) and n.name == "where"]
        extra = 2 if bits and any(not isinstance(n.arguments[0], Variable) for n in choices) else 0
        return weight(e) + extra, bits and formula.method != Method.BOOLEAN, rank(e)

    best = min(worth, key=key, default=None)
    return best and Formula(best.expression, best.method, seen, clock.seconds)


def explain_if_function(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    monitor: Monitor | None = None,
    budget: float = 2.0,
    candidates: int = 1_500_000,
    max_nodes: int = MAX_NODES,
    thorough: bool = True,
) -> Formula | None:
    """Return what :func:`explain_table` finds, and None also where equal rows have different targets."""
    try:
        return explain_table(
            columns, target, monitor=monitor, budget=budget, candidates=candidates, max_nodes=max_nodes,
            thorough=thorough,
        )  # fmt: skip
    except ContradictoryTableError:
        return None


def is_function(columns: Sequence[IntArray], target: IntArray) -> bool:
    """Return whether equal rows of ``columns``, each int64 (M,), always come with the same target.

    >>> import numpy as np
    >>> is_function([np.array([0, 0, 1])], np.array([5, 5, 6])), is_function([], np.array([1, 2]))
    (True, False)
    """
    if not columns:
        return bool((target == target[0]).all())
    return contradiction(columns, target) is None
