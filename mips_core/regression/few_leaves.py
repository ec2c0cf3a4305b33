"""The smallest formula of at most six nodes, or seven, where the target depends on two or three columns.

All such formulas are looked at in one piece: their pattern is known beforehand (:mod:`leaf_plan`), a constant beside
the rest is solved for (:mod:`one_constant`), and so are the conditions that fit (:mod:`short_choices`).  So a larger
search need not ask for anything of at most six nodes any more.  Of three columns most formulas of seven nodes hold no
constant, or one beside the rest: those are looked at as well, which saves the search where one of them is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from mips_core.expressions import Apply, Expression, apply, evaluate
from mips_core.regression.enumerate import data_constants
from mips_core.regression.formula import READING, TRUTH_AS_NUMBER, TURNED, rank, reading_of_constant
from mips_core.regression.inner_constant import is_small, smallest_with_inner_constant
from mips_core.regression.leaf_pairs import matching_pairs
from mips_core.regression.leaf_plan import Candidate, Leaves, plan_of
from mips_core.regression.leaf_values import PartValues, best_of
from mips_core.regression.once import matters, smallest_once
from mips_core.regression.one_constant import beside_a_constant, parts_beside_a_constant
from mips_core.regression.short_choices import BY_COMPARISON, short_choices
from mips_core.regression.spread_rows import spread_rows
from mips_core.stepping import IntArray

_MOST_COLUMNS = 4
_BOTH = 3  # nodes of an operator on two columns
_WITH_CONSTANT = 5  # nodes of two columns with an operator, and one more operator with a constant
_ONE_MORE = 7  # nodes that are looked for without constants inside
_ROOMS = (5, 6)  # nodes: most tables that have a formula of so few need no more
_EASY = reading_of_constant(0)


def smallest_of_few_leaves(
    columns: Mapping[str, IntArray], target: IntArray, most: int
) -> tuple[Expression | None, int]:
    """Return the best formula of at most so many nodes, and seven, or None.

    The second number n says that a search with the default operators has no formula of a weight of at most n but this
    one.  It is 0 where the target is not seen to depend on two columns, or where columns are many or numbers are large.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,), not constant
    """
    if not 2 <= len(columns) <= _MOST_COLUMNS or not is_small(columns, target):
        return None, 0
    needed = [name for name in columns if matters(columns, target, name)]
    if len(needed) < 2:
        return None, 0
    leaves_out = min(2 * len(needed) - 2, BY_COMPARISON - 1)  # nodes too few for the leaves that are needed
    if most <= leaves_out:
        return None, leaves_out
    if len(columns) == 2:
        once = smallest_once(columns, target)
        if once is not None or most <= _BOTH:
            return once, _BOTH
    if len(needed) > 3:
        return None, leaves_out
    constants, rows = data_constants(columns, target), spread_rows(target)
    best: Expression | None = None
    for room in _ROOMS:
        if best is None and leaves_out < min(most, room):
            best = FewLeaves(columns, target, needed, room, constants, rows).best(min(most, room))
    if len(needed) == 2:
        best = smallest_with_inner_constant(
            columns, target, needed, min(most, _ROOMS[-1]), constants=constants, rows=rows, known=best
        )  # fmt: skip
    ruled_out = min(most, _ROOMS[-1]) if best is None else max(_ROOMS[0], rank(best)[0])
    # Larger ones with constants inside are left to the search.
    if best is None and most > _ROOMS[-1] and len(needed) == len(columns) == 3:
        best = FewLeaves(columns, target, needed, _ONE_MORE, (), rows).best(min(most, _ONE_MORE))
    return best, ruled_out


class FewLeaves:
    """All formulas of a few nodes over a table.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    needed : columns that the target is known to depend on
    room : nodes of a formula at most: 5, 6, or 7
    constants : integers that are tried everywhere, also with the other sign; any is solved for beside the rest
    rows : those looked at first, as of :func:`spread_rows`
    """

    def __init__(
        self, columns: Mapping[str, IntArray], target: IntArray, needed: Sequence[str], room: int,
        constants: Sequence[int], rows: IntArray,
    ) -> None:  # fmt: skip
        self.columns, self.target, self.room, self.rows = columns, target, room, rows
        self.constants = sorted({*constants, *(-c for c in constants)})
        self.part = target[self.rows]
        truth = (int(target.min()), int(target.max())) in ((0, 1), (-1, 0))
        names = list(columns)
        divisors = [i for i, name in enumerate(names) if columns[name].min() >= 2]
        divisors += [len(names) + i for i, value in enumerate(self.constants) if value >= 2]
        self.plan = plan_of(
            Leaves(
                len(columns), len(self.constants), frozenset(divisors), sum(1 << names.index(n) for n in needed),
                room, truth,
            )
        )  # fmt: skip
        self.parts = PartValues(self.plan, columns, self.constants, self.rows)
        self.values = self.parts.values

    def best(self, most: int) -> Expression | None:
        """Return the best formula that holds on all rows, of at most so many nodes, or None."""
        return best_of(self._candidates(), self.columns, self.target, most)

    def _candidates(self) -> Iterator[Candidate]:
        """Yield what is the target on the rows looked at, by weight and reading cost."""
        others: list[Candidate] | None = None
        for weight, cost, build in self._of_two_parts():
            if weight >= _WITH_CONSTANT and others is None:
                yield _WITH_CONSTANT, 0, lambda: iter(())  # where all before it is enough, nothing more is looked for
                others = self._with_constants()
            while others and others[0][:2] <= (weight, cost):
                yield others.pop(0)
            yield weight, cost, build
        yield from self._with_constants() if others is None else others

    def _with_constants(self) -> list[Candidate]:
        return sorted([*self._beside_a_constant(), *self._choices()], key=lambda candidate: candidate[:2])

    def _of_two_parts(self) -> Iterator[Candidate]:
        """Yield operators on two parts that are the target on the rows looked at, also under a sign."""
        plan = self.plan
        hits = matching_pairs(plan, self.values, self.part, range(len(self.columns), len(self.parts.leaves)))
        if not hits:
            return
        root = np.repeat(np.arange(len(hits)), [len(hit.left) for hit in hits])
        left, right, sign = (np.concatenate([getattr(hit, name) for hit in hits]) for name in ("left", "right", "sign"))
        costs = plan.costs + plan.constant_costs(self.constants)[plan.priced]
        above = (), ("neg",), ("abs",) if self.part.min() >= 0 else ("neg", "abs")
        weight = plan.sizes[left] + plan.sizes[right] + 1 + np.array([len(names) for names in above])[sign]
        cost = costs[left] + costs[right] + np.array([sum(READING[n] for n in names) for names in above])[sign]
        cost += np.array([READING[hit.name] for hit in hits])[root]
        cost += TRUTH_AS_NUMBER * (plan.truths[left].astype(np.int64) + plan.truths[right])
        order = np.lexsort((cost, weight))
        for at, size, effort in zip(order.tolist(), weight[order].tolist(), cost[order].tolist(), strict=True):
            if size > self.room:
                return
            name, signs = hits[int(root[at])].name, above[int(sign[at])]
            yield size, effort, partial(self._built, name, int(left[at]), int(right[at]), signs)

    def _built(self, name: str, left: int, right: int, signs: Sequence[str]) -> Iterator[Expression]:
        inner: Expression = Apply(name, (self.parts.expression(left), self.parts.expression(right)))
        for sign in reversed(signs):
            inner = apply(sign, inner)
        yield inner
        if name in TURNED and not signs:
            yield apply(TURNED[name], self.parts.expression(right), self.parts.expression(left))

    def _beside_a_constant(self) -> Iterator[Candidate]:
        whole, solved = self.plan.whole, dict[tuple[object, ...], str]()
        for name, at in parts_beside_a_constant(self.values[whole], self.part):
            part = int(whole[at])
            cost = int(self.plan.costs[part]) + _EASY + min(READING[name], READING["eq"])
            yield int(self.plan.sizes[part]) + 2, cost, partial(self._solved, name, part, solved)

    def _solved(self, name: str, part: int, solved: dict[tuple[object, ...], str]) -> Iterator[Expression]:
        """Yield a part under an operator with a constant, but where one as easy to read comes first in order."""
        inner = self.parts.expression(part)
        kind = inner.name if isinstance(inner, Apply) else ""
        key = name, kind, self.plan.sizes[part], self.plan.costs[part], self.values[part].tobytes()
        order = repr(inner)
        if key in solved and solved[key] < order:
            return
        values = evaluate(inner, self.columns, len(self.target))
        for build in beside_a_constant(name, values, self.target, self.constants):
            solved[key] = order
            yield build(inner)

    def _choices(self) -> Iterator[Candidate]:
        if self.room == _ONE_MORE:
            return  # all were looked at before
        single = [self.parts.expression(part) for part in range(self.plan.single)]
        for candidate in short_choices(self.columns, self.target, self.rows, single, self.values[: len(single)]):
            if candidate[0] <= self.room:
                yield candidate
