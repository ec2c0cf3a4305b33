"""The smallest formula with one constant inside: g OP h(f, k), where f and g are small parts and k is solved for.

A constant at the outside is solved for by :mod:`one_constant`; one that stands deeper can be told as well, as the
operator above it is undone (:mod:`undone`).  So no constant has to be guessed: ``x % 7 * y`` is found as fast as
``x % 2 * y``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import OPERATORS, Constant, Expression, apply, evaluate
from mips_core.regression.formula import TURNED, rank, reading_of_constant
from mips_core.regression.inner_plan import InnerPlan, Inside, Outer, easier_plan
from mips_core.regression.leaf_plan import Candidate, Leaves
from mips_core.regression.leaf_values import PartValues, best_of
from mips_core.regression.undone import FREE, constants_between, excluded, undone
from mips_core.stepping import IntArray

Truth = NDArray[np.bool_]

_MOST_COLUMNS = {5: 12, 6: 8, 7: 4}
"""Columns up to which formulas of so many nodes are looked at."""
_LARGEST = 1 << 20  # with values up to here nothing outgrows 64 bits
_FEW = 8  # rows that rule most formulas out
_MODULI = np.arange(2, 65)  # those tried where no row says what a remainder is
_DIVISORS = 1 << 12  # divisors up to here, and what they are the quotient by, are tried as a modulus
_HANDED_ON = 6
_EASY = (0, 1, 2)


def smallest_with_inner_constant(
    columns: Mapping[str, IntArray],
    target: IntArray,
    needed: Iterable[str],
    most: int,
    *,
    constants: Sequence[int],
    rows: IntArray,
    known: Expression | None = None,
) -> Expression | None:
    """Return the best formula with a constant inside of at most so many nodes and such a weight, or what is known.

    Looked at are g OP h(f, k) and -(g OP h(f, k)), with one constant k: OP is +, -, *, //, min, max or a comparison, h
    also % and abs(f - k); f and g are columns up to 5 nodes, also under a sign up to 6, and parts of up to 3 nodes up
    to 7.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,), with small values
    target : int64, shape (R,), not constant, with small values
    needed : columns that the formula has to depend on
    most : nodes, 5 to 7
    constants : the ones preferred where several are right
    rows : those looked at first, as of :func:`spread_rows`
    known : a formula that holds: only what is smaller or easier to read is of worth
    """
    room = next((room for room in (7, 6, 5) if room <= most and len(columns) <= _MOST_COLUMNS[room]), 0)
    weight, cost = (room + 1, 0) if known is None else rank(known)[:2]
    if not room or weight < min(_MOST_COLUMNS):
        return known
    names = list(columns)
    divisors = frozenset(i for i, name in enumerate(names) if columns[name].min() >= 2)
    truth = (int(target.min()), int(target.max())) == (0, 1)
    bits = sum(1 << names.index(name) for name in needed)
    leaves = Leaves(len(columns), 0, divisors, bits, min(room, weight), truth)
    candidates = _InnerConstant(columns, target, easier_plan(leaves, weight, cost), rows, constants).candidates()
    return best_of(candidates, columns, target, room, known) if candidates else known


def is_small(columns: Mapping[str, IntArray], target: IntArray) -> bool:
    """Return whether all numbers are so small that nothing in a formula of few nodes outgrows 64 bits."""
    return all(int(v.min()) >= -_LARGEST and int(v.max()) <= _LARGEST for v in (target, *columns.values()))


class _InnerConstant:
    """All formulas of so many nodes with a constant inside, over a table."""

    def __init__(
        self, columns: Mapping[str, IntArray], target: IntArray, plan: InnerPlan, rows: IntArray,
        constants: Sequence[int],
    ) -> None:  # fmt: skip
        self.columns, self.target, self.plan, self.rows, self.constants = columns, target, plan, rows, constants
        self.parts = PartValues(plan.parts, columns, (), rows)

    def candidates(self) -> list[Candidate]:
        """Return what some constant makes the target on the rows looked at, by weight and reading cost."""
        return sorted(self._found(), key=lambda candidate: candidate[:2]) if self.plan.inner else []

    def _found(self) -> Iterator[Candidate]:
        low, high, other = self._wanted()
        possible, values = np.asarray((low <= high).all(axis=1)), self.parts.values
        for inside in self.plan.inner:
            ok = np.flatnonzero(possible[inside.outer])
            for few in (_FEW, None):
                if not len(ok):
                    break
                f, outer = values[inside.part[ok], :few], inside.outer[ok]
                limits = low[outer, :few], high[outer, :few]
                least, most = constants_between(inside.name, f, *limits)
                good = least <= most
                if few is None:  # where any constant is right, none is needed
                    good &= (least > -FREE // 2) | (most < FREE // 2)
                if inside.name == "mod":  # where no row says what the remainder is
                    some = np.flatnonzero(good & (most == FREE))
                    good[some] = _tried(f[some], *(limit[some] for limit in limits)).any(axis=1)
                elif few is None and (other is not None or inside.name in ("eq", "ne", "distance")):
                    some = np.flatnonzero(good)
                    wanted = limits[0][some], limits[1][some], None if other is None else other[outer[some]]
                    good[some] = _met(inside.name, f[some], wanted, (least[some], most[some]))
                ok = ok[good]
            yield from (self._candidate(inside, at) for at in ok.tolist())

    def _wanted(self) -> tuple[IntArray, IntArray, IntArray | None]:
        """Return between what h has to be beside each part, and what it must not be, int64 (N, S) each."""
        wanted, values, plan = self.target[self.rows], self.parts.values, self.plan
        found = [undone(outer.name, values[outer.parts], -wanted if outer.sign else wanted) for outer in plan.outer]
        low, high = (np.concatenate([one[k] for one in found]) for k in range(2))
        if not any(outer.name in ("eq", "ne") for outer in plan.outer):
            return low, high, None
        other = [excluded(outer.name, values[outer.parts], wanted) for outer in plan.outer]
        return low, high, np.concatenate(other)

    def _candidate(self, inside: Inside, at: int) -> Candidate:
        place = int(inside.outer[at])
        outer = next(o for o in reversed(self.plan.outer) if o.start <= place)
        beside = int(outer.parts[place - outer.start])
        build = partial(self._built, outer, beside, inside.name, int(inside.part[at]))
        return int(inside.weights[at]), int(inside.costs[at]), build

    def _built(self, outer: Outer, beside: int, name: str, part: int) -> Iterator[Expression]:
        """Yield the formulas with these operators and parts, with the easiest constants that are right."""
        f, g, rows = self.parts.expression(part), self.parts.expression(beside), len(self.target)
        values, others = (evaluate(e, self.columns, rows)[None] for e in (f, g))
        low, high = undone(outer.name, others, -self.target if outer.sign else self.target)
        if (low > high).any():
            return
        least, most = (int(bound[0]) for bound in constants_between(name, values, low, high))
        if least > most:
            return
        chosen = self._moduli(values, low, high, least, most) if name == "mod" else self._easiest(least, most)
        for constant in chosen:
            inner = _applied(name, f, Constant(constant))
            whole = _applied(outer.name, inner, g) if outer.name else inner
            yield apply(outer.sign, whole) if outer.sign else whole
            if outer.name in TURNED and not outer.sign:
                yield apply(TURNED[outer.name], g, inner)

    def _easiest(self, least: int, most: int) -> list[int]:
        """Return the easiest to read of the limits, the easy numbers and those preferred between them."""
        limits = {bound for bound in (least, most) if abs(bound) < FREE // 2}
        between = {*limits, *(c for c in (*_EASY, *self.constants) if least <= c <= most)}
        return sorted(between, key=_reading)[:1] + sorted(limits)  # where both are right, so may be only one of them

    @staticmethod
    def _moduli(values: IntArray, low: IntArray, high: IntArray, least: int, multiple: int) -> list[int]:
        """Return the moduli that are right, the easiest to read first."""
        if multiple == FREE:
            right = _MODULI[_tried(values, low, high)[0]].tolist()
        else:
            small = np.arange(1, min(isqrt(multiple), _DIVISORS) + 1)
            small = small[multiple % small == 0]
            both = np.unique(np.concatenate([small, multiple // small]))
            right = [m for m in both[both >= least].tolist() if _between(values % m, low, high).all()]
        return sorted(right, key=_reading)[:_HANDED_ON]


_COMPUTED = {"from": lambda f, k: k - f, "distance": lambda f, k: np.abs(f - k)}


def _reading(constant: int) -> tuple[int, str]:
    return reading_of_constant(constant), str(constant)


def _met(
    name: str, part: IntArray, wanted: tuple[IntArray, IntArray, IntArray | None], limits: tuple[IntArray, IntArray]
) -> Truth:
    """Return for which parts (N, S) h is as wanted with one of the limits as constant; bool, (N,)."""
    low, high, other = wanted
    good = np.zeros(len(part), dtype=np.bool_)
    for constants in limits:
        known = np.abs(constants) < FREE // 2
        constant = np.where(known, constants, 2)[:, None]
        value = _COMPUTED[name](part, constant) if name in _COMPUTED else OPERATORS[name].compute(part, constant)
        right = _between(value, low, high)
        good |= known & (right if other is None else right & (value != other)).all(axis=1)
    return good


def _tried(values: IntArray, low: IntArray, high: IntArray) -> Truth:
    """Return which of some moduli give remainders of values (N, R) between the limits; bool, (N, moduli)."""
    remainders = values[:, None] % _MODULI[:, None]
    return np.asarray(_between(remainders, low[:, None], high[:, None]).all(axis=2))


def _between(values: IntArray, low: IntArray, high: IntArray) -> Truth:
    return np.asarray((values >= low) & (values <= high))


def _applied(name: str, one: Expression, two: Expression) -> Expression:
    if name == "distance":
        return apply("abs", apply("sub", one, two))
    return apply("sub", two, one) if name == "from" else apply(name, one, two)
