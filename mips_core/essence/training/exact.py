"""The least number of subconcepts of few points, by branch and bound.

A set that can be separated from another can be separated from each part of it, so a group that fails against another
never recovers: the search puts point after point into a group and gives up a branch at the first pair that fails.
"""

from __future__ import annotations

from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group, OutOfTimeError, Separability

MOST_POINTS = 24
"""Above this many points the search is not begun."""

MOST_STEPS = 4000
"""Placements of a point that are tried before the search is given up."""


class _Exhausted(Exception):
    """More placements than allowed."""


def minimum_partition(points: Points, oracle: Separability, below: int) -> tuple[list[Group] | None, bool]:
    """Return a partition with the fewest groups, if it has fewer than ``below``, and whether the search was complete.

    Parameters
    ----------
    points : at most :data:`MOST_POINTS` for a search; more are refused as incomplete
    oracle : over the same points
    below : number of groups of a partition that is known already

    Returns
    -------
    groups (ascending points each) or None where fewer than ``below`` groups do not do, and True when that is proved
    """
    if len(points.labels) > MOST_POINTS:
        return None, False
    steps = [MOST_STEPS]
    order = _interleaved(points)
    for size in range(len(points.classes), below):
        try:
            found = _place(points, oracle, order, 0, [], size, steps)
        except (_Exhausted, OutOfTimeError):
            return None, False
        if found is not None:
            return found, True
    return None, True


def _interleaved(points: Points) -> list[int]:
    """Return the points so that the classes take turns: conflicts show early."""
    queues = [list(points.of_class(label)) for label in points.classes]
    longest = max(len(queue) for queue in queues)
    return [queue[k] for k in range(longest) for queue in queues if k < len(queue)]


def _place(
    points: Points,
    oracle: Separability,
    order: list[int],
    at: int,
    groups: list[Group],
    size: int,
    steps: list[int],
) -> list[Group] | None:
    """Put the points from ``order[at]`` on into at most ``size`` groups, every pair of classes separable."""
    if at == len(order):
        return groups
    steps[0] -= 1
    if steps[0] < 0:
        raise _Exhausted
    point = order[at]
    label = points.labels[point]
    others = [group for group in groups if points.labels[group[0]] != label]
    options = [k for k, group in enumerate(groups) if points.labels[group[0]] == label]
    if len(groups) < size:
        options.append(len(groups))
    for k in options:
        grown = tuple(sorted((*groups[k], point))) if k < len(groups) else (point,)
        if all(oracle.separable(grown, other) for other in others):
            found = _place(points, oracle, order, at + 1, [*groups[:k], grown, *groups[k + 1 :]], size, steps)
            if found is not None:
                return found
    return None
