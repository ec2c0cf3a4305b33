"""Formulas of two variables that each stand once: all of them, in plain Python, up to the first row that differs.

Where the target is known to depend on both, a formula of at most four nodes without a condition has no room for
anything else: its leaves are these two.  So few formulas are left that nothing pays to be set up for them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, repeat

import numpy as np

from mips_core.expressions import OPERATORS, Expression, Variable, apply
from mips_core.regression.formula import first_failure, rank, tidy, weight
from mips_core.stepping import IntArray

_ROOM = 4  # nodes of two leaves, an operator, and one that changes a sign
_AT_FIRST, _LOOKED_AT = 256, 1024  # rows on which a variable's effect is looked for
_ROWS = 6

_COMPUTE: dict[str, Callable[[int, int], int]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "min": min, "max": max,
    "eq": operator.eq, "lt": operator.lt, "le": operator.le, "mod": operator.mod, "floordiv": operator.floordiv,
    "ne": operator.ne, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip
_SIGN: dict[str, Callable[[int], int]] = {"abs": abs, "neg": operator.neg}


@dataclass(frozen=True)
class _Form:
    """An expression, in the operator's name and its arguments, with its values on a few rows."""

    values: tuple[int, ...]
    name: str
    arguments: tuple[_Form, ...] = ()

    def expression(self) -> Expression:
        if not self.arguments:
            return Variable(self.name)
        return apply(self.name, *(argument.expression() for argument in self.arguments))


def smallest_once(columns: Mapping[str, IntArray], target: IntArray) -> tuple[Expression | None, int]:
    """Return the best formula of at most four nodes in which each of two variables stands once, or None.

    The second number n says that no formula of at most n nodes exists, over any constants and the operators that a
    search has by default, but for such with a condition.

    Parameters
    ----------
    columns : two variable names -> int64 array of shape (R,), with values whose products stay within 64 bits
    target : int64, shape (R,), depends on both columns
    """
    at = [int(np.argmax(np.abs(target))), int(np.argmin(target)), *np.linspace(0, len(target) - 1, _ROWS).astype(int)]
    rows = list(dict.fromkeys(map(int, at)))
    leaves = {name: _Form(tuple(values[rows].tolist()), name) for name, values in columns.items()}
    divisors = frozenset(name for name, values in columns.items() if values.min() > 1)
    found = _Enumeration(leaves, divisors, tuple(target[rows].tolist()))
    for signs in (0, 1):
        built = {tidy(form.expression()) for form in found.targets(signs)}
        for expression in sorted(built, key=rank):
            if first_failure(expression, columns, target) is None:
                return expression, min(_ROOM, weight(expression) - 1)
    return None, _ROOM


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


class _Enumeration:
    """All formulas over some leaves, each used once.

    Parameters
    ----------
    leaves : by name, with their values on a few rows
    divisors : leaves that may be divided by
    target : values on these rows
    """

    def __init__(self, leaves: Mapping[str, _Form], divisors: frozenset[str], target: tuple[int, ...]) -> None:
        self.leaves, self.divisors, self.target = leaves, divisors, target
        self.truth = all(value in (0, 1) for value in target)
        self._known: dict[tuple[tuple[str, ...], int], list[_Form]] = {}

    def targets(self, signs: int) -> Iterator[_Form]:
        """Yield the formulas that are the target on the few rows, with so many times ``abs`` or ``neg`` in them."""
        names, first = tuple(self.leaves), self.target[0]
        for under in ("", *(_SIGN if signs else ())):
            goals = (first, -first) if under else (first,)
            for left, right in self._sides(names, signs - bool(under)):
                for name in self._names(right, outermost=not under):
                    compute = _COMPUTE[name]
                    close = [(a, b) for a in left for b in right if compute(a.values[0], b.values[0]) in goals]
                    for a, b in close:
                        form = self._applied(name, a, b)
                        form = _signed(under, form) if under else form
                        if form.values == self.target:
                            yield form

    def _forms(self, names: tuple[str, ...], signs: int) -> list[_Form]:
        """Return all formulas over some of the leaves with so many signs."""
        known = self._known.get((names, signs))
        if known is None:
            known = self._known[names, signs] = [*self._new_forms(names, signs)]
        return known

    def _new_forms(self, names: tuple[str, ...], signs: int) -> Iterator[_Form]:
        if signs:
            for sign in _SIGN:
                yield from (_signed(sign, form) for form in self._forms(names, signs - 1))
        elif len(names) == 1:
            yield self.leaves[names[0]]
        if len(names) > 1:
            for left, right in self._sides(names, signs):
                for name in self._names(right):
                    yield from (self._applied(name, a, b) for a in left for b in right)

    def _sides(self, names: tuple[str, ...], signs: int) -> Iterator[tuple[list[_Form], list[_Form]]]:
        """Yield what may stand on the left and on the right of an operator."""
        for count in range(1, len(names)):
            for left in combinations(names, count):
                right = tuple(name for name in names if name not in left)
                for on_left in range(signs + 1):
                    yield self._forms(left, on_left), self._forms(right, signs - on_left)

    def _names(self, right: list[_Form], outermost: bool = False) -> list[str]:
        dividing = len(right) == 1 and not right[0].arguments and right[0].name in self.divisors
        return [
            name
            for name in _COMPUTE
            if (dividing or name not in ("mod", "floordiv"))
            and (self.truth or not outermost or not OPERATORS[name].is_truth)
            and (outermost or name not in ("ne", "gt", "ge"))
        ]

    @staticmethod
    def _applied(name: str, a: _Form, b: _Form) -> _Form:
        compute = _COMPUTE[name]
        return _Form(tuple(int(compute(x, y)) for x, y in zip(a.values, b.values, strict=True)), name, (a, b))


def _signed(sign: str, form: _Form) -> _Form:
    return _Form(tuple(map(_SIGN[sign], form.values)), sign, (form,))
