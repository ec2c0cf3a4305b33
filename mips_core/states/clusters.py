"""Clusters of hidden states against the distance that counts as the same, and how far they behave like a machine.

Single linkage: two points are in one cluster when a chain of points joins them of which each is at most the tolerance
away from the next (Sneath 1957).  It has no random start and no number of clusters to guess, and one tree holds the
clusters at every tolerance.  A cluster that one input takes to several clusters, or that gives several answers to one
input, mixes hidden states that differ: such pairs are counted at each tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray

DECIMALS = 6
"""Points that agree to so many decimals of the largest coordinate are one point."""

TOLERANCES: tuple[float, ...] = tuple(float(f"{10.0**e:.2g}") for e in np.arange(-4, 0.01, 0.05).round(2))
"""Shares of the cloud's extent that are offered as tolerance, evenly spaced on a logarithmic scale."""


@dataclass(frozen=True, eq=False)
class SingleLinkage:
    """The tree of merges of some points.

    Parameters
    ----------
    tree : float64 (U - 1, 4), merges of the U distinct points as SciPy writes them, distances as shares of the extent
    place : int64 (P,), which distinct point each point is
    extent : length of the diagonal of the smallest box around the points, in units of the hidden state
    """

    tree: FloatArray
    place: IntArray
    extent: float

    def labels(self, tolerance: float) -> IntArray:
        """Return the cluster of each point, int64 (P,), numbered in the order of their first points."""
        from scipy.cluster.hierarchy import fcluster

        if len(self.tree) == 0:
            return np.zeros(len(self.place), dtype=np.int64)
        return _by_first(fcluster(self.tree, tolerance, criterion="distance")[self.place])

    def count(self, tolerance: float) -> int:
        """Return the number of clusters."""
        return 1 + int((self.tree[:, 2] > tolerance).sum())


def single_linkage(states: FloatArray) -> SingleLinkage:
    """Link points (P, d), P > 0, by their Euclidean distances: quadratic in the number of distinct points.

    >>> links = single_linkage(np.array([[0.0], [0.1], [1.0], [0.0]]))
    >>> links.labels(0.2), links.count(0.05), links.count(1.0)
    (array([0, 0, 1, 0]), 3, 1)
    """
    from scipy.cluster.hierarchy import linkage

    extent = float(np.linalg.norm(np.ptp(states, axis=0)))
    centred = (states - states.mean(axis=0)) / (extent or 1.0)
    found, place = np.unique(np.round(centred, DECIMALS) + 0.0, axis=0, return_inverse=True)
    tree = linkage(found, "single") if len(found) > 1 else np.zeros((0, 4))
    return SingleLinkage(tree, place.ravel().astype(np.int64), extent)


@dataclass(frozen=True, eq=False)
class PointSteps:
    """Which point followed which: point ``source[i]`` read ``symbol[i]``, gave ``answer[i]`` and became ``target[i]``.

    All int64 (K,); symbols and answers are numbered in ascending order of their integers.
    """

    source: IntArray
    target: IntArray
    symbol: IntArray
    answer: IntArray


def point_steps(inputs: IntArray, outputs: IntArray) -> PointSteps:
    """Return the steps between points that are numbered 0 for the start and 1 + n T + t after ``inputs[n, :t + 1]``.

    Parameters
    ----------
    inputs : int64 (N, T, D_in)
    outputs : int64 (N, T, D_out)
    """
    n, length = inputs.shape[:2]
    target = np.arange(1, n * length + 1)
    source = np.where((target - 1) % max(length, 1) == 0, 0, target - 1)
    return PointSteps(source, target, _numbered(inputs), _numbered(outputs))


@dataclass(frozen=True)
class Conflicts:
    """How far clusters fail to be states of a machine, counted in pairs of a cluster and an input.

    Parameters
    ----------
    pairs : pairs that were met more than once, so that a conflict could show
    moves : pairs that lead to more than one cluster
    answers : pairs that give more than one output
    """

    pairs: int
    moves: int
    answers: int


def conflicts(labels: IntArray, steps: PointSteps) -> Conflicts:
    """Count pairs of a cluster and an input that lead to several clusters, or give several outputs.

    >>> steps = PointSteps(np.array([0, 1]), np.array([1, 2]), np.array([0, 0]), np.array([0, 1]))
    >>> conflicts(np.array([0, 0, 1]), steps)
    Conflicts(pairs=1, moves=1, answers=1)
    >>> conflicts(np.array([0, 1, 2]), steps)
    Conflicts(pairs=0, moves=0, answers=0)
    """
    pairs = labels[steps.source] * (int(steps.symbol.max(initial=0)) + 1) + steps.symbol
    _, pair, met = np.unique(pairs, return_inverse=True, return_counts=True)
    return Conflicts(int((met > 1).sum()), _several(pair, labels[steps.target]), _several(pair, steps.answer))


@dataclass(frozen=True, eq=False)
class ToleranceCurve:
    """Clusters and conflicts at each of :data:`TOLERANCES`.

    Parameters
    ----------
    tolerances : float64 (K,), shares of the extent
    clusters : int64 (K,)
    moves, answers : int64 (K,), see :class:`Conflicts`
    mixed : int64 (K,), clusters that hold points of several states of the machine; None without a finite machine
    split : int64 (K,), states of the machine whose points lie in several clusters; None without a finite machine
    """

    tolerances: FloatArray
    clusters: IntArray
    moves: IntArray
    answers: IntArray
    mixed: IntArray | None = None
    split: IntArray | None = None

    @property
    def free(self) -> NDArray[np.bool_]:
        """Where clusters behave like states of a machine: no conflict at all, bool (K,)."""
        found: NDArray[np.bool_] = (self.moves == 0) & (self.answers == 0)
        return found

    @property
    def usual(self) -> float:
        """The tolerance to begin with: the middle of the coarsest run of equal clusters without any conflict.

        Where every tolerance has conflicts, the coarsest one with the fewest.
        """
        wrong = self.moves + self.answers
        last = int(np.flatnonzero(wrong == wrong.min())[-1])
        first = last
        while first > 0 and wrong[first - 1] == wrong[last] and self.clusters[first - 1] == self.clusters[last]:
            first -= 1
        return float(self.tolerances[(first + last) // 2])

    @property
    def agreeing(self) -> tuple[float, float] | None:
        """The smallest and the largest tolerance at which clusters and the machine's states are the same, or None."""
        if self.mixed is None or self.split is None:
            return None
        same = np.flatnonzero((self.mixed == 0) & (self.split == 0))
        return (float(self.tolerances[same[0]]), float(self.tolerances[same[-1]])) if len(same) else None

    @property
    def purest(self) -> float | None:
        """The largest tolerance at which no cluster mixes two states of the machine, or None."""
        pure = np.flatnonzero(self.mixed == 0) if self.mixed is not None else np.zeros(0, dtype=np.int64)
        return float(self.tolerances[pure[-1]]) if len(pure) else None


def tolerance_curve(links: SingleLinkage, steps: PointSteps, states: IntArray | None = None) -> ToleranceCurve:
    """Count clusters and conflicts at every tolerance.

    Parameters
    ----------
    states : int64 (P,), the machine's state at each point, when there is a finite machine
    """
    rows = []
    before: IntArray | None = None
    for tolerance in TOLERANCES:
        labels = links.labels(tolerance)
        if before is None or not np.array_equal(labels, before):
            found = conflicts(labels, steps)
            mixed, split = (0, 0) if states is None else (_several(labels, states), _several(states, labels))
            row = (int(labels.max()) + 1, found.moves, found.answers, mixed, split)
        rows.append(row)
        before = labels
    clusters, moves, answers, mixed_rows, split_rows = np.array(rows, dtype=np.int64).T
    shown = (mixed_rows, split_rows) if states is not None else (None, None)
    return ToleranceCurve(np.array(TOLERANCES), clusters, moves, answers, *shown)


def _several(group: IntArray, value: IntArray) -> int:
    """Count the groups in which more than one value occurs."""
    if len(group) == 0:
        return 0
    _, values = np.unique(value, return_inverse=True)
    pairs = np.unique(group.astype(np.int64) * (int(values.max()) + 1) + values)
    return int((np.unique(pairs // (int(values.max()) + 1), return_counts=True)[1] > 1).sum())


def _by_first(labels: NDArray[np.int32]) -> IntArray:
    """Number labels in the order in which they first occur."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _numbered(rows: IntArray) -> IntArray:
    """Number the distinct rows of (N, T, D), int64 (N T,)."""
    flat = rows.reshape(-1, rows.shape[2])
    if len(flat) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.unique(flat, axis=0, return_inverse=True)[1].ravel().astype(np.int64)
