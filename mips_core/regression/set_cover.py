"""Weighted set covering: the cheapest of given sets that together hold everything needed.

Sets are Python integers, bit i for element i.  What must be chosen is chosen, what another set or element makes
pointless is dropped.  For the rest prices of the elements (:mod:`mips_core.regression.set_prices`) say what a cover
costs at least and which sets are worth their cost; where that leaves little open, branch and bound ends it
(:mod:`mips_core.regression.set_branching`), else parts of a greedy cover are replaced again and again.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace

from mips_core.regression.set_branching import Branching
from mips_core.regression.set_prices import Prices, element_prices, plain_prices

_DENSE = 4.0
"""Sets per element above which dominance is rare, and not looked for unless there are few sets."""

_FEW = 40
"""Of so few sets dominance is always looked for, and plain prices do."""

_WORTH = 0.95
"""Another round of dominance follows where the last one left a smaller share of the sets."""

_CLOSE = 5.0
"""How far below the cost that a better cover could have the bound may be for branch and bound to be tried."""

_WORK = 10_000
"""Elements that one branch and bound may look at, of all its nodes together."""

_REPAIRS = (30, 80)
"""How often parts of a cover are replaced: fewest and most, in between :data:`_REPAIRED` over the elements."""

_REPAIRED = 6_000
_IN_VAIN = 0.5
"""Share of the repairs that may find nothing cheaper, one after the other, before no more are tried."""

_REMOVED = (0.4, 0.6)
"""Least and greatest share of a cover that a repair replaces."""

_NOISE = 0.2
"""Share by which the weights of sets vary from repair to repair."""

_DEAR = 2.0
"""Reduced cost up to which a set takes part in the search, where the others suffice."""

_BY_PRICE = 0.9
"""How much of a set's reduced cost is added to its cost in the search; it lowers the cost by a share at most."""

_MOST_OFF = 0.9


def cheapest_cover(sets: Sequence[int], costs: Sequence[int], needed: int) -> list[int]:
    """Return the numbers of sets that together hold ``needed``, as cheap as was found.

    The same arguments give the same cover.

    >>> cheapest_cover([0b0011, 0b1100, 0b0110, 0b1001, 0b0111], [2, 2, 2, 2, 3], 0b1111)
    [0, 1]

    Parameters
    ----------
    sets : whose union holds ``needed``
    costs : of each set, above 0
    needed : what must be held
    """
    chosen, numbers, held, left = _reduced(sets, costs, needed)
    if left:
        of_rest = [costs[j] for j in numbers]
        chosen += [numbers[k] for k in _searched(held, of_rest, left)]
    return sorted(chosen)


def _reduced(sets: Sequence[int], costs: Sequence[int], needed: int) -> tuple[list[int], list[int], list[int], int]:
    """Return what must be chosen, the numbers of the other sets, what they hold of the rest, and the rest.

    A chain of three rules until none applies: the only set of an element is chosen; a set that holds no more than
    another, no dearer one is dropped; so is an element that comes with every set of another.
    """
    chosen: list[int] = []
    numbers = list(range(len(sets)))
    held = list(sets)
    while True:
        numbers, held = _distinct(numbers, held, costs, needed)
        only = needed & ~_twice(held)
        if only:
            must = [k for k, each in enumerate(held) if each & only]
            chosen += [numbers[k] for k in must]
            for k in must:
                needed &= ~held[k]
            if needed:
                continue
        if not needed or (len(held) > _FEW and sum(map(int.bit_count, held)) > _DENSE * needed.bit_count()):
            return chosen, numbers, held, needed
        before = len(numbers), needed
        numbers, held, needed = _undominated(numbers, held, costs, needed)
        if needed == before[1] and len(numbers) > _WORTH * before[0] and not needed & ~_twice(held):
            return chosen, numbers, held, needed


def _distinct(numbers: list[int], held: list[int], costs: Sequence[int], needed: int) -> tuple[list[int], list[int]]:
    """Keep of sets that hold the same needed elements the cheapest, by rising cost; drop those that hold none."""
    cheapest: dict[int, int] = {}
    for j, each in zip(numbers, held, strict=True):
        each &= needed
        if each:
            other = cheapest.get(each)
            if other is None or costs[j] < costs[other]:
                cheapest[each] = j
    pairs = sorted((costs[j], j, each) for each, j in cheapest.items())
    return [j for _, j, _ in pairs], [each for _, _, each in pairs]


def _twice(held: Sequence[int]) -> int:
    """Return the elements that at least two sets hold."""
    once = twice = 0
    for each in held:
        twice |= once & each
        once |= each
    return twice


def _undominated(
    numbers: list[int], held: list[int], costs: Sequence[int], needed: int
) -> tuple[list[int], list[int], int]:
    """Drop sets that another makes pointless, then elements; sets are distinct and by rising cost."""
    holders: dict[int, int] = {}  # element, as a bit -> the sets that hold it
    for k, each in enumerate(held):
        this = 1 << k
        while each:
            element = each & -each
            each ^= element
            holders[element] = holders.get(element, 0) | this
    alive = (1 << len(held)) - 1
    last = {costs[j]: k for k, j in enumerate(numbers)}  # cost -> the last set that is no dearer
    for k, each in enumerate(held):
        this = 1 << k
        larger = alive & ((2 << last[costs[numbers[k]]]) - 1)
        while each and larger != this:
            element = each & -each
            each ^= element
            larger &= holders[element]
        if larger != this:
            alive ^= this
    by_holders: dict[int, int] = {}
    for element, those in holders.items():
        by_holders.setdefault(those & alive, element)
    needed = sum(by_holders.values())
    for those, element in by_holders.items():
        if not element & needed:
            continue
        implied = needed
        while those and implied != element:
            this = those & -those
            those ^= this
            implied &= held[this.bit_length() - 1]
        needed ^= implied ^ element
    kept = [k for k in range(len(held)) if alive >> k & 1]
    return [numbers[k] for k in kept], [held[k] for k in kept], needed


def _searched(held: Sequence[int], costs: Sequence[int], needed: int) -> list[int]:
    """Return a cheap cover: greedy by what the elements' prices leave of the costs, then branched or repaired."""
    best = _irredundant(_greedy(range(len(held)), costs, held, needed), held, needed, costs)
    if len(held) <= _FEW:
        best, done = _Search(held, costs, needed, plain_prices(held, costs)).branched(best)
        if done:
            return best
    search = _Search(held, costs, needed, element_prices(held, costs, needed, sum(costs[k] for k in best)))
    best = min((best, search.cover([])), key=search.worth)
    done = False
    if search.is_close(best):
        best, done = search.branched(best)
    if not done:
        before = search.worth(best)
        best = search.repaired(best)
        if search.worth(best) < before and search.is_close(best):
            best, _ = search.branched(best)
    return best


class _Search:
    """Covers of the sets that are worth their price."""

    def __init__(self, held: Sequence[int], costs: Sequence[int], needed: int, prices: Prices) -> None:
        self.held, self.costs, self.needed = held, costs, needed
        self.prices, self.reduced = prices, prices.reduced_costs
        self.weights = [
            cost + _BY_PRICE * max(reduced, -_MOST_OFF * cost)
            for cost, reduced in zip(costs, prices.reduced_costs, strict=True)
        ]
        self.near = [k for k, reduced in enumerate(prices.reduced_costs) if reduced <= _DEAR]
        missing = needed
        for k in self.near:
            missing &= ~held[k]
        if missing:
            self.near += [k for k, each in enumerate(held) if each & missing and self.reduced[k] > _DEAR]

    def cover(self, kept: list[int], weights: Sequence[float] | None = None) -> list[int]:
        """Return a cover that begins with these sets; others come by the least of these weights per element."""
        left = self.needed
        for k in kept:
            left &= ~self.held[k]
        return _irredundant(
            [*kept, *_greedy(self.near, weights or self.weights, self.held, left)], self.held, self.needed, self.reduced
        )

    def is_close(self, cover: Sequence[int]) -> bool:
        """Whether little is left between what a cover costs and what all cost at least."""
        return self.worth(cover)[0] - 1 - self.prices.bound <= _CLOSE

    def branched(self, cover: list[int]) -> tuple[list[int], bool]:
        """Return this cover or a cheaper one by branch and bound, and whether none is cheaper."""
        branching = Branching(self.held, self.costs, self.prices, 1 + _WORK // self.needed.bit_count())
        return branching.better(self.needed, self.worth(cover)[0]) or cover, branching.complete

    def repaired(self, best: list[int]) -> list[int]:
        """Replace parts of a cover, chosen at random, where that makes it cheaper."""
        generator = random.Random(0)
        in_vain = 0
        fewest, most = _REPAIRS
        repairs = min(most, max(fewest, _REPAIRED // self.needed.bit_count()))
        for _ in range(repairs):
            if in_vain > _IN_VAIN * repairs:
                break
            share = generator.uniform(*_REMOVED)
            removed = set(generator.sample(range(len(best)), max(2, int(share * len(best)))))
            if in_vain:  # the same weights would bring the same sets back
                weights = list(self.weights)
                for k in self.near:
                    weights[k] *= 1 + _NOISE * generator.random()
            else:
                weights = self.weights
            other = self.cover([k for place, k in enumerate(best) if place not in removed], weights)
            in_vain = 0 if self.worth(other) < self.worth(best) else in_vain + 1
            best = min(other, best, key=self.worth)
        return best

    def worth(self, cover: Sequence[int]) -> tuple[int, int]:
        """Return what is to be least: the cost, then the number of sets."""
        return sum(self.costs[k] for k in cover), len(cover)


def _greedy(those: Sequence[int], weights: Sequence[float], held: Sequence[int], left: int) -> list[int]:
    """Return sets that hold ``left``, each of least weight per element still missing when it is chosen."""
    heap = [(weights[k] / gained.bit_count(), k) for k in those if (gained := held[k] & left)]
    heapify(heap)
    chosen = []
    while left:
        known, k = heap[0]
        gain = (held[k] & left).bit_count()
        if not gain:
            heappop(heap)
        elif weights[k] / gain <= known:  # a weight per element only rises, so the others are no lower
            heappop(heap)
            chosen.append(k)
            left &= ~held[k]
        else:
            heapreplace(heap, (weights[k] / gain, k))
    return chosen


def _irredundant(cover: Sequence[int], held: Sequence[int], needed: int, dear: Sequence[float]) -> list[int]:
    """Drop sets that the others make needless, dearest first."""
    cover = sorted(cover, key=lambda k: -dear[k])
    twice = _twice([held[k] for k in cover])
    kept = [k for k in cover if held[k] & needed & ~twice]
    for k in kept:
        needed &= ~held[k]
    doubtful = [k for k in cover if not held[k] & ~twice] if needed else []
    later = [0]
    for k in reversed(doubtful):
        later.append(later[-1] | held[k])
    for place, k in enumerate(doubtful):
        if needed & ~later[len(doubtful) - 1 - place]:
            kept.append(k)
            needed &= ~held[k]
    return kept
