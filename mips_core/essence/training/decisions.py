"""One decision at a time: its partitions, and which decisions are copies of one another on other inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice, permutations

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.training.partition import Kind, Partition, partitions
from mips_core.essence.training.points import Points, reduced
from mips_core.progress import Monitor

_MOST_ORDERS = 720


@dataclass(frozen=True)
class Decision:
    """One label column: its points and their partitions, most promising first."""

    points: Points
    partitions: tuple[Partition, ...]

    def has_another(self, kind: Kind) -> bool:
        """Say whether there is a partition of this kind other than the one with the fewest parts."""
        return self.partition(kind).groups != self.partitions[0].groups

    def partition(self, kind: Kind) -> Partition:
        """Return the partition of this kind, or that with the fewest parts where there is none."""
        return next((each for each in self.partitions if each.kind == kind), self.partitions[0])


def decisions(x: NDArray[np.int64], labels: NDArray[np.int64], monitor: Monitor) -> list[Decision]:
    """Return a decision for each column of labels; copies of one share its partitions.

    Parameters
    ----------
    x : int64 (P, n), distinct rows
    labels : int64 (P, k)
    """
    found: list[Decision] = []
    for head in range(labels.shape[1]):
        monitor.report("train", f"Finding the subconcepts of label {head + 1} of {labels.shape[1]}")
        points = reduced(x, labels[:, head])
        copy = next((like for earlier in found if (like := _like(points, earlier.points)) is not None), None)
        if copy is None:
            found.append(Decision(points, partitions(points, monitor)))
            continue
        original = next(
            earlier
            for earlier in found
            if np.array_equal(earlier.points.coordinates, copy.coordinates)
            and np.array_equal(earlier.points.labels, copy.labels)
        )
        found.append(Decision(copy, original.partitions))
    return found


def _like(points: Points, model: Points) -> Points | None:
    """Return the same points with the coordinates in an order that makes them equal to the model's, or None.

    Rotations are tried first: a window that moves over a ring comes round with its inputs rotated.
    """
    count = points.coordinates.shape[1]
    if points.coordinates.shape != model.coordinates.shape or points.classes != model.classes:
        return None
    rotations = [tuple((k + shift) % count for k in range(count)) for shift in range(count)]
    for order in [*rotations, *islice(permutations(range(count)), _MOST_ORDERS)]:
        if not np.array_equal(points.sizes[list(order)], model.sizes):
            continue
        turned = points.coordinates[:, list(order)]
        rows = np.lexsort(turned.T[::-1])
        if np.array_equal(turned[rows], model.coordinates) and np.array_equal(points.labels[rows], model.labels):
            return replace(
                points,
                coordinates=turned[rows],
                labels=points.labels[rows],
                columns=tuple(points.columns[k] for k in order),
                members=tuple(points.members[int(r)] for r in rows),
                low=points.low[list(order)],
                high=points.high[list(order)],
            )
    return None
