"""Folding a part of the prefix tree into a machine under construction, with a journal to take it back.

States of the machine are nodes of the tree.  To merge a node ``b`` with a state ``r`` is to
say that everything recorded after ``b`` could as well have been recorded after ``r``: the tree
below ``b`` is laid over the machine from ``r`` on, level by level, and evidence on the same edge is added up.
What the machine had no edge for is taken over as it is.  (State merging with folding: Oncina and Garcia 1992;
Lang, Pearlmutter and Price 1998.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.machines.traces.prefix_tree import NONE, PrefixTree
from mips_core.stepping import IntArray
from mips_core.tasks.chance import chance_of_more

Place = IntArray | tuple[IntArray, IntArray]

CERTAIN = 3
"""An output recorded at least this often on an edge, and by a clear majority, is no accident."""

CELL_LEVEL = 1e-6
TOTAL_LEVEL = 1e-5
"""Chance, for one edge and for a whole merge, at which differences are no longer put down to wrong recordings."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Result of a merge that was tried.

    Parameters
    ----------
    contradicted : the evidence speaks against it
    compared : edges of the machine on which evidence could be compared
    taken_over : symbol and output of the edges that the machine did not have yet, int64 (n, 2)
    """

    contradicted: bool
    compared: int
    taken_over: IntArray


class Folding:
    """A machine under construction over the nodes of a prefix tree.

    Parameters
    ----------
    tree : the recorded evidence; it is not changed
    noise : share of recorded outputs that are wrong, in [0, 1); 0 lets a single difference forbid a merge
    """

    def __init__(self, tree: PrefixTree, noise: float) -> None:
        self.noise = noise
        self.edge = tree.edge.copy()
        self.output = tree.output.copy()
        self.hits = tree.hits.copy()
        self.misses = tree.misses.copy()
        self.target = np.arange(1, len(tree.output) + 1)
        self._journal: list[tuple[np.ndarray, Place, np.ndarray]] = []

    def visits(self, edge: IntArray) -> IntArray:
        """Return how often edges were recorded."""
        return self.hits[edge] + self.misses[edge]

    def differs_at_once(self, edge: int, state: int) -> bool:
        """Tell whether one more step already forbids a merge; False where only :meth:`merge` can tell."""
        if self.noise > 0.0:
            return False
        here, there = self.edge[self.target[edge]], self.edge[state]
        return bool(((here != NONE) & (there != NONE) & (self.output[here] != self.output[there])).any())

    def merge(self, edge: int, state: int) -> Fold:
        """Let ``edge`` lead to ``state`` and fold what was recorded after it; :meth:`undo` takes it back."""
        self._journal = []
        below = self.target[edge]
        self._set(self.target, np.array([edge]), np.array([state]))
        nodes, states = np.array([below]), np.array([state])
        compared, differing, trials = 0, 0, 0
        taken: list[IntArray] = []
        while len(nodes):
            lower = self.edge[nodes]
            place, symbol = np.nonzero(lower != NONE)
            lower, onto = lower[place, symbol], states[place]
            upper = self.edge[onto, symbol]
            # Where the machine has no edge yet the first one that comes is taken over, with all that hangs below it.
            free = np.flatnonzero(upper == NONE)
            if len(free):
                _, first = np.unique(onto[free] * self.edge.shape[1] + symbol[free], return_index=True)
                new = free[first]
                self._set(self.edge, (onto[new], symbol[new]), lower[new])
                taken.append(np.column_stack([symbol[new], self.output[lower[new]]]))
                upper = self.edge[onto, symbol]
                laid = upper != lower
                lower, upper = lower[laid], upper[laid]
            if len(lower) == 0:
                break
            found = self._add(upper, lower)
            if found is None:
                return Fold(True, compared, np.zeros((0, 2), dtype=np.int64))
            compared += found[0]
            differing += found[1]
            trials += found[2]
            if differing and float(chance_of_more(differing, trials, min(0.5, 2 * self.noise))) < TOTAL_LEVEL:
                return Fold(True, compared, np.zeros((0, 2), dtype=np.int64))
            nodes, states = self.target[lower], self.target[upper]
        rows = np.concatenate(taken) if taken else np.zeros((0, 2), dtype=np.int64)
        return Fold(False, compared, rows)

    def undo(self) -> None:
        """Take the last merge back."""
        for array, where, old in reversed(self._journal):
            array[where] = old
        self._journal = []

    def _set(self, array: np.ndarray, where: Place, values: np.ndarray) -> None:
        self._journal.append((array, where, array[where].copy()))
        array[where] = values

    def _add(self, upper: IntArray, lower: IntArray) -> tuple[int, int, int] | None:
        """Add the evidence of edges ``lower`` to that of edges ``upper``; None where they contradict each other.

        Otherwise returns edges compared, differing outputs, and recordings that could have differed.
        """
        if self.noise == 0.0:
            if (self.output[lower] != self.output[upper]).any():
                return None
            cells, place = np.unique(upper, return_inverse=True)
            more = np.bincount(place, weights=self.hits[lower]).astype(np.int64)
            self._set(self.hits, cells, self.hits[cells] + more)
            return len(cells), 0, 0
        return self._add_noisy(upper, lower)

    def _add_noisy(self, upper: IntArray, lower: IntArray) -> tuple[int, int, int] | None:
        cells, place = np.unique(upper, return_inverse=True)
        differs = self.output[lower] != self.output[upper]
        sure_below = (self.hits[lower] >= CERTAIN) & (self.hits[lower] > 3 * self.misses[lower])
        sure_above = (self.hits[upper] >= CERTAIN) & (self.hits[upper] > 3 * self.misses[upper])
        if (differs & sure_below & sure_above).any():
            return None
        outputs = int(self.output.max()) + 1
        # Votes of both sides for each output of each cell.
        kinds, kind = np.unique(
            np.concatenate(
                [place * outputs + self.output[lower], np.arange(len(cells)) * outputs + self.output[cells]]
            ),
            return_inverse=True,
        )
        weight = np.concatenate([self.hits[lower], self.hits[cells]])
        votes = np.bincount(kind, weights=weight).astype(np.int64)
        total = np.bincount(kinds // outputs, weights=votes).astype(np.int64)
        best = np.zeros(len(cells), dtype=np.int64)
        np.maximum.at(best, kinds // outputs, votes)
        winner = np.zeros(len(cells), dtype=np.int64)
        leading = votes == best[kinds // outputs]
        winner[(kinds // outputs)[leading][::-1]] = (kinds % outputs)[leading][::-1]
        # Recordings of edges taken once or twice are trials; those taken more often have their own misses inside.
        few = np.minimum(self.visits(lower), CERTAIN - 1)
        trials = np.bincount(place, weights=few).astype(np.int64) + np.minimum(self.visits(cells), CERTAIN - 1)
        minority = total - best
        if (chance_of_more(minority, np.maximum(trials, minority), min(0.5, 2 * self.noise)) < CELL_LEVEL).any():
            return None
        inside = np.bincount(place, weights=self.misses[lower]).astype(np.int64) + self.misses[cells]
        self._set(self.output, cells, winner)
        self._set(self.hits, cells, best)
        self._set(self.misses, cells, inside + minority)
        return len(cells), int(minority.sum()), int(np.maximum(trials, minority).sum())
