"""Branch and bound for set covering, by the prices of the elements.

Whatever prices are given, a cover costs their bound plus what it loses: the reduced cost of each chosen set that is
dearer than what it holds, that of each left-out set that is cheaper, and the price of each element for every time
that it is held once more.  So a branch ends as soon as it has lost what separates the bound from a known cover.
"""

from __future__ import annotations

from collections.abc import Sequence

from mips_core.regression.set_prices import Prices, bits_of


class Branching:
    """Looks for covers that cost less than a known one; costs are whole numbers.

    Parameters
    ----------
    held : sets of needed elements, none empty
    costs : of each set
    prices : of the needed elements
    nodes : after so many it ends with what it has
    """

    def __init__(self, held: Sequence[int], costs: Sequence[int], prices: Prices, nodes: int) -> None:
        self.held, self.costs, self.prices = held, costs, prices
        self.left_nodes = nodes
        self.best: list[int] | None = None
        self.holders: dict[int, int] = {}
        for k, each in enumerate(held):
            for element in bits_of(each):
                self.holders[element] = self.holders.get(element, 0) | 1 << k

    @property
    def complete(self) -> bool:
        """Whether all was looked at: without a better cover the known one is best, and one that was found is."""
        return self.left_nodes > 0

    def better(self, needed: int, known: int) -> list[int] | None:
        """Return a cover that costs less than ``known``, the cheapest unless it ended early; None without one."""
        self.known = known
        usable = sum(1 << k for k, reduced in enumerate(self.prices.reduced_costs) if reduced <= self._slack)
        self._branch([], needed, usable, 0.0)
        return self.best

    @property
    def _slack(self) -> float:
        """What a better cover may lose."""
        return self.known - 1 - self.prices.bound + 1e-6

    def _branch(self, chosen: list[int], left: int, usable: int, lost: float) -> None:
        self.left_nodes -= 1
        if not left:
            cost = sum(self.costs[k] for k in chosen)
            if cost < self.known:
                self.best, self.known = chosen, cost
            return
        fewest = min((self.holders[element] & usable for element in bits_of(left)), key=int.bit_count)
        loss = [(self._loss(k.bit_length() - 1, left), k) for k in bits_of(fewest)]
        for more, this in sorted(loss):
            if self.left_nodes <= 0 or lost > self._slack:
                return
            k = this.bit_length() - 1
            usable ^= this
            if lost + more <= self._slack:
                self._branch([*chosen, k], left & ~self.held[k], usable, lost + more)
            lost += max(0.0, -self.prices.reduced_costs[k])

    def _loss(self, k: int, left: int) -> float:
        """Return what choosing a set loses where these elements are left."""
        again = sum(self.prices.of_elements[element] for element in bits_of(self.held[k] & ~left))
        return max(0.0, self.prices.reduced_costs[k]) + again
