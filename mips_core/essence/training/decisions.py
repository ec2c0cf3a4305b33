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
        for earlier in found:
            copy = _like(points, earlier.points)
            if copy is not None:
                found.append(Decision(copy, earlier.partitions))
                break
        else:
            found.append(Decision(points, partitions(points, monitor)))
    return found


def _like(points: Points, model: Points) -> Points | None:
    """Return the same points with the coordinates in an order that makes them equal to the model's, or None.

    Rotations are tried first: a window that moves over a ring comes round with its inputs rotated.
    """
    count = points.coordinates.shape[1]
    if not count:
        return None  # a label that never changes: there is nothing to order
    if points.coordinates.shape != model.coordinates.shape or points.classes != model.classes:
        return None
    own, wanted = _profiles(points), _profiles(model)
    if sorted(own) != sorted(wanted):
        return None
    rotations = [tuple((k + shift) % count for k in range(count)) for shift in range(count)]
    for order in [*rotations, *islice(permutations(range(count)), _MOST_ORDERS)]:
        if [own[k] for k in order] != wanted:
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


def _profiles(points: Points) -> list[tuple[int, ...]]:
    """Return for each coordinate what no order of points changes: its inputs, its sums of values under each label."""
    columns = points.coordinates.T
    by_label = [points.labels == label for label in points.classes]
    return [
        (int(size), *(int(moment) for mask in by_label for moment in (mask.sum(), x[mask].sum(), (x[mask] ** 2).sum())))
        for size, x in zip(points.sizes, columns, strict=True)
    ]
