"""The smallest formula of at most six nodes, where the target depends on two or three columns.

All such formulas are looked at in one piece: their pattern is known beforehand (:mod:`leaf_plan`), a constant beside
the rest is solved for (:mod:`one_constant`), and so are the conditions that fit (:mod:`short_choices`).  So a larger
search need not ask for anything so small any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

import numpy as np

from mips_core.expressions import OPERATORS, Apply, Constant, Expression, Variable, apply, evaluate
from mips_core.regression.enumerate import data_constants, telling_rows
from mips_core.regression.formula import first_failure, rank, tidy
from mips_core.regression.leaf_plan import ROOM, Candidate, Leaves, Plan, plan_of
from mips_core.regression.once import matters, smallest_once
from mips_core.regression.one_constant import beside_a_constant, parts_beside_a_constant
from mips_core.regression.short_choices import BY_COMPARISON, short_choices
from mips_core.stepping import IntArray

_MOST_COLUMNS = 4
_LARGEST = 1 << 20  # with values up to here nothing outgrows 64 bits
_FIRST = 8  # rows that thin the pairs out one after the other
_PAIRS = 100  # so few are computed on all rows at once
_TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def smallest_of_few_leaves(
    columns: Mapping[str, IntArray], target: IntArray, most: int
) -> tuple[Expression | None, int]:
    """Return the best formula of at most so many nodes, and six, or None.

    The second number n says that a search with the default operators has no formula of a weight of at most n but this
    one.  It is 0 where the target is not seen to depend on two columns, or where numbers are large.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,), not constant
    """
    if any(abs(int(bound)) > _LARGEST for v in (*columns.values(), target) for bound in (v.min(), v.max())):
        return None, 0
    needed = [name for name in columns if matters(columns, target, name)]
    if len(needed) < 2:
        return None, 0
    leaves_out = min(2 * len(needed) - 2, BY_COMPARISON - 1)  # nodes too few for the leaves that are needed
    if most <= leaves_out:
        return None, leaves_out
    once: Expression | None = None
    if len(columns) == 2:
        once, ruled_out = smallest_once(columns, target)
        if most <= ruled_out or (once is not None and rank(once)[0] <= ruled_out + 1):
            return once, ruled_out
    if len(needed) > 3 or len(columns) > _MOST_COLUMNS:
        return None, leaves_out
    rows, constants = telling_rows(columns, target), data_constants(columns, target)
    best = FewLeaves(columns, target, needed, constants, rows).best(most)
    if once is not None and (best is None or rank(once) < rank(best)):
        best = once
    return best, ROOM


class FewLeaves:
    """All formulas of at most six nodes over a table.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    needed : columns that the target is known to depend on
    constants : integers to use besides those solved for
    rows : rows that are looked at first
    """

    def __init__(
        self, columns: Mapping[str, IntArray], target: IntArray, needed: Sequence[str], constants: Sequence[int],
        rows: IntArray,
    ) -> None:  # fmt: skip
        self.columns, self.target = columns, target
        self.constants = sorted({*constants, *(-c for c in constants)})
        top, bottom = (int(np.argmax(np.abs(target[rows]))), int(np.argmin(target[rows])))
        self.rows = rows[[top, bottom, *range(len(rows))]]
        self.part = target[self.rows]
        truth = (int(target.min()), int(target.max())) in ((0, 1), (-1, 0))
        self.leaves: list[Expression] = [*map(Variable, columns), *map(Constant, self.constants)]
        names = list(columns)
        divisors = [i for i, name in enumerate(names) if columns[name].min() >= 2]
        divisors += [len(names) + i for i, value in enumerate(self.constants) if value >= 2]
        self.plan = plan_of(
            Leaves(
                len(columns), len(self.constants), frozenset(divisors), sum(1 << names.index(n) for n in needed),
                truth,
            )
        )  # fmt: skip
        self.values = self._computed(self.plan)
        self.first = self.values[:, :_FIRST].T.copy()  # (few, N)

    def _computed(self, plan: Plan) -> IntArray:
        """Return the values of all parts, shape (N, R)."""
        values = np.empty((len(plan.sizes), len(self.rows)), dtype=np.int64)
        for i, column in enumerate(self.columns.values()):
            values[i] = column[self.rows]
        values[len(self.columns) : len(self.leaves)] = np.array(self.constants)[:, None]
        for block in plan.blocks:
            left = values[block.left]
            out = values[block.start : block.start + len(left)]
            if block.right is None:
                out[:] = OPERATORS[block.name].compute(left)
            else:
                out[:] = OPERATORS[block.name].compute(left, values[block.right])
        return values

    def best(self, most: int) -> Expression | None:
        """Return the best formula that holds on all rows, of at most so many nodes, or None."""
        best: Expression | None = None
        most = min(most, ROOM)
        found = [*self._of_two_parts(), *self._beside_a_constant(), *self._choices()]
        found.sort(key=lambda candidate: candidate[0])
        for nodes, candidates in groupby(found, key=lambda candidate: candidate[0]):
            if nodes > most:  # and so is its weight
                break
            built = {tidy(e) for _, build in candidates for e in build()}
            for key, expression in sorted((rank(e), e) for e in built):
                if key[0] > most or (best is not None and key >= rank(best)):
                    break
                if first_failure(expression, self.columns, self.target) is None:
                    best, most = expression, key[0]
                    break
        return best

    def _of_two_parts(self) -> Iterator[Candidate]:
        """Yield operators on two parts that are the target on the rows looked at, also under a sign."""
        size, sizes = np.abs(self.part), self.plan.sizes
        for root in self.plan.roots:
            compute = OPERATORS[root.name].compute
            left, right = root.left, root.right
            for row, values in enumerate(self.first):
                close = np.flatnonzero(np.abs(compute(values[left], values[right])) == size[row])
                left, right = left[close], right[close]
                if len(left) < _PAIRS:
                    break
            if not len(left):
                continue
            out = compute(self.values[left], self.values[right])
            for at in np.flatnonzero((np.abs(out) == size).all(axis=1)).tolist():
                one, two = int(left[at]), int(right[at])
                signs = self._signs(out[at])
                yield int(sizes[one] + sizes[two]) + 1 + len(signs), partial(self._built, root.name, one, two, signs)

    def _signs(self, values: IntArray) -> tuple[str, ...]:
        """Return what makes the target of values that are it up to the sign; the innermost last."""
        if (values == self.part).all():
            return ()
        if (values == -self.part).all():
            return ("neg",)
        return ("abs",) if self.part.min() >= 0 else ("neg", "abs")

    def _built(self, name: str, left: int, right: int, signs: Sequence[str]) -> Iterator[Expression]:
        inner = _commuted(name, tidy(self.expression(left)), tidy(self.expression(right)))
        for sign in reversed(signs):
            inner = apply(sign, inner)
        yield inner
        if name in _TURNED and not signs:
            yield apply(_TURNED[name], self.expression(right), self.expression(left))

    def _beside_a_constant(self) -> Iterator[Candidate]:
        whole = self.plan.whole
        for name, at in parts_beside_a_constant(self.values[whole], self.part):
            part = int(whole[at])
            yield int(self.plan.sizes[part]) + 2, partial(self._solved, name, part)

    def _solved(self, name: str, part: int) -> Iterator[Expression]:
        inner = self.expression(part)
        values = evaluate(inner, self.columns, len(self.target))
        for build in beside_a_constant(name, values, self.target, self.constants):
            yield build(inner)

    def _choices(self) -> Iterator[Candidate]:
        single = [self.expression(part) for part in range(self.plan.single)]
        yield from short_choices(self.columns, self.target, self.rows, single, self.values[: len(single)])

    def expression(self, part: int) -> Expression:
        """Return a part as an expression."""
        known = self.plan.arguments(part)
        if known is None:
            return self.leaves[part]
        name, arguments = known
        return _commuted(name, *map(self.expression, arguments))


def _commuted(name: str, *arguments: Expression) -> Expression:
    """Apply an operator; where the order does not matter, in the one that ranks first, but constants last."""
    if OPERATORS[name].commutative:
        arguments = tuple(sorted(arguments, key=lambda e: (isinstance(e, Constant), repr(e))))
    return Apply(name, arguments)
