"""The smallest formulas of two variables, in plain Python: one operator on both; and whether a target depends on one.

So few formulas are left where a target depends on both that nothing pays to be set up for them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from itertools import permutations, repeat

from mips_core.expressions import Expression, Variable, apply
from mips_core.regression.formula import first_failure, rank
from mips_core.regression.spread_rows import first_rows
from mips_core.stepping import IntArray

_AT_FIRST, _LOOKED_AT = 256, 1024  # rows on which a variable's effect is looked for
_ROWS = 8

_COMPUTE: dict[str, Callable[[int, int], int]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "min": min, "max": max,
    "eq": operator.eq, "lt": operator.lt, "le": operator.le, "mod": operator.mod, "floordiv": operator.floordiv,
    "ne": operator.ne, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


def smallest_once(columns: Mapping[str, IntArray], target: IntArray) -> Expression | None:
    """Return the best operator on two columns that is the target, or None.

    Parameters
    ----------
    columns : two variable names -> int64 array of shape (R,), with values whose products stay within 64 bits
    target : int64, shape (R,), depends on both columns
    """
    at = first_rows(target, _ROWS)
    table = {name: values[at].tolist() for name, values in columns.items()}
    wanted = target[at].tolist()
    found = []
    for one, two in permutations(columns):
        pairs = list(zip(table[one], table[two], wanted, strict=True))
        for name, compute in _COMPUTE.items():
            if name in ("mod", "floordiv") and columns[two].min() < 2:
                continue
            if all(compute(a, b) == value for a, b, value in pairs):
                found.append(apply(name, Variable(one), Variable(two)))
    right = (expression for expression in sorted(found, key=rank) if first_failure(expression, columns, target) is None)
    return next(right, None)


def matters(columns: Mapping[str, IntArray], target: IntArray, name: str) -> bool:
    """Return whether two of some rows differ in this column alone and in the target, which so depends on it.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    """
    count = len(target)
    for rows in (slice(0, _AT_FIRST), slice(0, count, max(1, count // _LOOKED_AT))):
        lists = [values[rows].tolist() for other, values in columns.items() if other != name]
        others: Iterable[tuple[int, ...]] = zip(*lists, strict=True) if lists else repeat(())
        seen: dict[tuple[int, ...], tuple[int, int]] = {}
        for key, own, wanted in zip(others, columns[name][rows].tolist(), target[rows].tolist(), strict=False):
            before, answer = seen.setdefault(key, (own, wanted))
            if answer != wanted and before != own:
                return True
    return False
