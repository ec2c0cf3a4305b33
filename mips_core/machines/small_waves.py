"""Refinement where only a handful of states change at a time: one state after the other, without array calls.

A chain of 10^6 states needs 10^6 waves, each of which renumbers one state.  An array call costs more than such a
wave, so waves with few incoming transitions are done here, in plain loops over the arrays' own memory.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mips_core.stepping import IntArray

FEW = 40
"""Incoming transitions up to which a wave is done by plain loops; array calls cost as much as about so many."""

_WORD = 2**64 - 1


class Partition(Protocol):
    """The arrays of a partition under refinement; see :class:`mips_core.machines.refine.Refinement`."""

    symbols: int
    count: int
    edges: IntArray
    begin: IntArray
    classes: IntArray
    members: IntArray
    position: IntArray
    first: IntArray
    size: IntArray
    weight: NDArray[np.uint64]
    code: NDArray[np.uint64]
    hashes: NDArray[np.uint64]


class SmallWaves:
    """Plain loops over a partition's arrays: every change is made in place, for both sides to see."""

    def __init__(self, partition: Partition) -> None:
        """Look at the arrays' memory; a number is read from a memoryview several times as fast as from an array."""
        self.partition = partition
        self.edges, self.begin = partition.edges.data, partition.begin.data
        self.weight, self.code = partition.weight.data, partition.code.data
        self.classes, self.hashes = partition.classes.data, partition.hashes.data
        self.members, self.position = partition.members.data, partition.position.data
        self.first, self.size = partition.first.data, partition.size.data

    def run(self, moved: list[int], old: list[int]) -> tuple[list[int], list[int]]:
        """Do wave after wave from the renumbered states and their old classes; return the first that is not small.

        Returns
        -------
        renumbered states and their old classes: no states when nothing changes any more
        """
        begin = self.begin
        while moved and sum([begin[state + 1] - begin[state] for state in moved]) <= FEW:
            moved, old = self._split(self._update(moved, old))
        return moved, old

    def _update(self, moved: list[int], old: list[int]) -> set[int]:
        """Correct the row hashes of the states that lead to renumbered ones; return those states."""
        edges, begin, hashes, symbols = self.edges, self.begin, self.hashes, self.partition.symbols
        touched = set()
        for state, before in zip(moved, old, strict=True):
            change = self.code[self.classes[state]] - self.code[before]
            for edge in edges[begin[state] : begin[state + 1]]:
                source, symbol = divmod(edge, symbols)
                hashes[source] = (hashes[source] + self.weight[symbol] * change) & _WORD
                touched.add(source)
        return touched

    def _split(self, touched: set[int]) -> tuple[list[int], list[int]]:
        """Split classes by the row hashes of the touched states; return the renumbered states and their old classes."""
        classes, hashes = self.classes, self.hashes
        groups: dict[int, dict[int, list[int]]] = {}
        for state in touched:
            groups.setdefault(classes[state], {}).setdefault(hashes[state], []).append(state)
        moved: list[int] = []
        old: list[int] = []
        for owner, by_hash in groups.items():
            parts = list(by_hash.values())
            rest = self.size[owner] - sum(map(len, parts))
            if not rest and len(parts) == 1:
                continue
            parts.sort(key=len)
            stays = parts.pop() if len(parts[-1]) > rest else None  # the largest part keeps the number
            if stays is not None and rest:
                parts.append(self._others(owner, {state for part in (*parts, stays) for state in part}))
            for part in parts:
                self._cut(owner, part)
                moved += part
                old += [owner] * len(part)
        return moved, old

    def _others(self, owner: int, touched: set[int]) -> list[int]:
        """Return the untouched members of a class; they are fewer than the touched ones."""
        begin = self.first[owner]
        return [state for state in self.members[begin : begin + self.size[owner]] if state not in touched]

    def _cut(self, owner: int, part: list[int]) -> None:
        """Make states of a class a class of their own: they are swapped to the end of its members."""
        members, position, partition = self.members, self.position, self.partition
        number = partition.count
        end = self.first[owner] + self.size[owner]
        for state in part:
            end -= 1
            place, other = position[state], members[end]
            members[place], position[other] = other, place
            members[end], position[state] = state, end
            self.classes[state] = number
        self.size[owner] -= len(part)
        self.first[number], self.size[number] = end, len(part)
        partition.count = number + 1
