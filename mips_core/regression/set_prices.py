"""Prices of elements in a set covering: the dual of its linear relaxation, by a deflected subgradient.

Held and Karp (1971), "The traveling-salesman problem and minimum spanning trees: part II"; the deflection is that of
Camerini, Fratta and Maffioli (1975).  No cover is cheaper than the sum of the prices plus the negative reduced costs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_STEPS = 60
_FEWEST_STEPS = 20
_WORK = 3_000_000
"""Pairs of a set and an element that are looked at in all steps, within the two limits above."""

_FIRST_STEP = 0.5
_SHRINK = 0.7
_PATIENCE = 5
"""Steps without a better bound after which steps become shorter."""

_INERTIA = 0.8
_TARGET = 1.5
"""The bound aimed at, in multiples of the best bound so far: a far goal makes the first steps too long."""

_CHUNK = 1 << 22
"""Bytes that are unpacked at a time."""


@dataclass(frozen=True)
class Prices:
    """What a covering's dual says.

    Parameters
    ----------
    of_elements : each needed element's, by its bit
    reduced_costs : of each set: its cost less the prices of what it holds
    """

    of_elements: Mapping[int, float]
    reduced_costs: Sequence[float]

    @cached_property
    def bound(self) -> float:
        """No cover costs less."""
        return sum(self.of_elements.values()) + sum(min(0.0, each) for each in self.reduced_costs)


def plain_prices(held: Sequence[int], costs: Sequence[int]) -> Prices:
    """Return prices that no set's cost is below, raised for one element after the other, rarest first.

    >>> plain_prices([0b01, 0b11], [1, 3]).bound
    3.0
    """
    left: list[float] = list(costs)
    holders: dict[int, list[int]] = {}
    for k, each in enumerate(held):
        for element in bits_of(each):
            holders.setdefault(element, []).append(k)
    prices = {}
    for element in sorted(holders, key=lambda element: len(holders[element])):
        prices[element] = price = min(left[k] for k in holders[element])
        for k in holders[element]:
            left[k] -= price
    return Prices(prices, left)


def bits_of(number: int) -> list[int]:
    """Return the powers of two whose sum a number is, smallest first.

    >>> bits_of(13)
    [1, 4, 8]
    """
    found = []
    while number:
        lowest = number & -number
        found.append(lowest)
        number ^= lowest
    return found


def element_prices(held: Sequence[int], costs: Sequence[int], needed: int, cost: int) -> Prices:
    """Return near-optimal prices of the needed elements.

    Parameters
    ----------
    held : sets of needed elements, none empty
    costs : of each set
    needed : the elements, all of which are held
    cost : of a cover that is known
    """
    sets, elements = _pairs(held, needed)
    starts = np.searchsorted(sets, np.arange(len(held)))
    by_element = sets[np.argsort(elements, kind="stable")]
    holders = np.bincount(elements)
    firsts = np.concatenate([[0], np.cumsum(holders)[:-1]])
    weights = np.array(costs, dtype=np.float64)
    sizes = np.bincount(sets)
    price = np.minimum.reduceat((weights / sizes)[by_element], firsts)
    step, stalled = _FIRST_STEP, 0
    bound, best, best_price = -math.inf, weights, price
    direction: NDArray[np.float64] = np.zeros(len(price))
    for _ in range(min(_STEPS, max(_FEWEST_STEPS, _WORK // len(elements)))):
        reduced = weights - np.add.reduceat(price[elements], starts)
        value = float(price.sum() + np.minimum(reduced, 0).sum())
        if value > bound:
            bound, best, best_price, stalled = value, reduced, price, 0
            if math.ceil(bound - 1e-6) >= cost:
                break
        else:
            stalled += 1
            if stalled == _PATIENCE:
                step, stalled = step * _SHRINK, 0
        direction = 1 - np.add.reduceat((reduced < 0)[by_element], firsts, dtype=np.int64) + _INERTIA * direction
        move = np.where((price == 0) & (direction < 0), 0, direction)
        length = float(move @ move)
        if length == 0:
            break
        price = np.maximum(0, price + step * (min(1.02 * cost, _TARGET * bound) - value) / length * move)
    return Prices(dict(zip(bits_of(needed), best_price.tolist(), strict=True)), best.tolist())


def _pairs(held: Sequence[int], needed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the pairs of a set and an element it holds, by set; elements are numbered among the needed ones."""
    width = (needed.bit_length() + 7) // 8
    rows = max(1, _CHUNK // (8 * width))
    number = np.cumsum(_unpacked([needed], width)) - 1
    found = []
    for first in range(0, len(held), rows):
        sets, elements = np.divmod(np.flatnonzero(_unpacked(held[first : first + rows], width)), 8 * width)
        found.append((sets + first, number[elements]))
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def _unpacked(held: Sequence[int], width: int) -> NDArray[np.bool_]:
    packed = b"".join(each.to_bytes(width, "little") for each in held)
    return np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little").view(np.bool_)
