"""Whether labels follow a rule at all: in another order they must need clearly more subconcepts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mips_core.essence.training.merging import merged
from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group, OutOfTimeError, Separability
from mips_core.progress import Monitor

Way = Callable[[Points, Separability, int], list[Group] | None]

_ORDERS = 3
_BEFORE_JOINING = 3
"""How many times as many parts are followed before they are joined."""


def shuffled_count(points: Points, way: Way, most: int, monitor: Monitor) -> int | None:
    """Return how few subconcepts shuffled labels need, if that is at most ``most`` in two of three orders.

    Parameters
    ----------
    points : with the real labels
    way : how to split
    most : the number of subconcepts that shuffled labels must exceed
    monitor : with the time that this may take; without time left the answer is None

    Returns
    -------
    the larger of two counts, or None
    """
    counts: list[int] = []
    for seed in range(_ORDERS):
        labels = np.random.default_rng(seed).permutation(points.labels)
        shuffled = replace(points, labels=labels)
        oracle = Separability(points.coordinates, monitor)
        try:
            groups = way(shuffled, oracle, _BEFORE_JOINING * most)
            if groups is None:
                continue
            counts.append(
                min(len(merged(shuffled, oracle, groups, order)) for order in (points.classes, points.classes[::-1]))
            )
        except OutOfTimeError:
            break
        if sum(count <= most for count in counts) == 2:
            return max(count for count in counts if count <= most)
    return None
