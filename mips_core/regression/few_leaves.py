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

from mips_core.expressions import OPERATORS, Apply, Constant, Expression, Variable, apply, evaluate
from mips_core.regression.enumerate import data_constants
from mips_core.regression.formula import READING, TRUTH_AS_NUMBER, first_failure, rank, reading_of_constant, tidy
from mips_core.regression.leaf_pairs import matching_pairs
from mips_core.regression.leaf_plan import Candidate, Leaves, Plan, plan_of
from mips_core.regression.once import matters, smallest_once
from mips_core.regression.one_constant import beside_a_constant, parts_beside_a_constant
from mips_core.regression.short_choices import BY_COMPARISON, short_choices
from mips_core.regression.spread_rows import spread_rows
from mips_core.stepping import IntArray

_MOST_COLUMNS = 4
_LARGEST = 1 << 20  # with values up to here nothing outgrows 64 bits
_BOTH = 3  # nodes of an operator on two columns
_WITH_CONSTANT = 5  # nodes of two columns with an operator, and one more operator with a constant
_ONE_MORE = 7  # nodes that are looked for without constants inside
_ROOMS = (5, 6)  # nodes: most tables that have a formula of so few need no more
_EASY = reading_of_constant(0)
_HARD = 1000  # more than any formula so small costs to read
_TIDIED = 2  # what tidying takes of a reading cost at most, where it leaves the size
_TURNED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


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
    if not 2 <= len(columns) <= _MOST_COLUMNS:
        return None, 0
    if any(abs(int(bound)) > _LARGEST for v in (*columns.values(), target) for bound in (v.min(), v.max())):
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
    for room in _ROOMS:
        if leaves_out < min(most, room):
            best = FewLeaves(columns, target, needed, room).best(min(most, room))
            if best is not None:
                return best, room
        if most <= room:
            return None, most
    # Larger ones with constants inside are left to the search.
    if most > _ROOMS[-1] and len(needed) == len(columns) == 3:
        best = FewLeaves(columns, target, needed, _ONE_MORE).best(min(most, _ONE_MORE))
        return best, _ROOMS[-1]
    return None, _ROOMS[-1]


class FewLeaves:
    """All formulas of a few nodes over a table.

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    needed : columns that the target is known to depend on
    room : nodes of a formula at most: 5, 6, or 7 without constants but beside the rest
    """

    def __init__(self, columns: Mapping[str, IntArray], target: IntArray, needed: Sequence[str], room: int) -> None:
        self.columns, self.target, self.room = columns, target, room
        constants = data_constants(columns, target) if room < _ONE_MORE else ()
        self.constants = sorted({*constants, *(-c for c in constants)})
        self.rows = spread_rows(target)
        self.part = target[self.rows]
        truth = (int(target.min()), int(target.max())) in ((0, 1), (-1, 0))
        self.leaves: list[Expression] = [*map(Variable, columns), *map(Constant, self.constants)]
        names = list(columns)
        divisors = [i for i, name in enumerate(names) if columns[name].min() >= 2]
        divisors += [len(names) + i for i, value in enumerate(self.constants) if value >= 2]
        self.plan = plan_of(
            Leaves(
                len(columns), len(self.constants), frozenset(divisors), sum(1 << names.index(n) for n in needed),
                room, truth,
            )
        )  # fmt: skip
        self.values = self._computed(self.plan)

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
        last = (most, _HARD)  # weight and reading cost of the last one of worth
        seen: set[Expression] = set()
        for weight, cost, build in self._candidates():
            if (weight, cost - _TIDIED) > last:
                break
            for expression in (_ordered(tidy(e)) for e in build()):
                if expression in seen:
                    continue
                seen.add(expression)
                key = rank(expression)
                worth = key[0] <= last[0] if best is None else key < rank(best)
                if worth and first_failure(expression, self.columns, self.target) is None:
                    best, last = expression, key[:2]
        return best

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
        hits = matching_pairs(plan, self.values, self.part, range(len(self.columns), len(self.leaves)))
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
        inner: Expression = Apply(name, (self.expression(left), self.expression(right)))
        for sign in reversed(signs):
            inner = apply(sign, inner)
        yield inner
        if name in _TURNED and not signs:
            yield apply(_TURNED[name], self.expression(right), self.expression(left))

    def _beside_a_constant(self) -> Iterator[Candidate]:
        whole, solved = self.plan.whole, dict[tuple[object, ...], str]()
        for name, at in parts_beside_a_constant(self.values[whole], self.part):
            part = int(whole[at])
            cost = int(self.plan.costs[part]) + _EASY + min(READING[name], READING["eq"])
            yield int(self.plan.sizes[part]) + 2, cost, partial(self._solved, name, part, solved)

    def _solved(self, name: str, part: int, solved: dict[tuple[object, ...], str]) -> Iterator[Expression]:
        """Yield a part under an operator with a constant, but where one as easy to read comes first in order."""
        inner = self.expression(part)
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
        single = [self.expression(part) for part in range(self.plan.single)]
        for candidate in short_choices(self.columns, self.target, self.rows, single, self.values[: len(single)]):
            if candidate[0] <= self.room:
                yield candidate

    def expression(self, part: int) -> Expression:
        """Return a part as an expression."""
        known = self.plan.arguments(part)
        if known is None:
            return self.leaves[part]
        name, arguments = known
        return _ordered(Apply(name, tuple(map(self.expression, arguments))))


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
