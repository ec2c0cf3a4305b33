"""Joining parts of a class while everything stays separable, and the order in which parts are listed."""

from __future__ import annotations

import numpy as np

from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group, Separability


def canonical(points: Points, groups: list[Group]) -> tuple[Group, ...]:
    """Return groups by class, then by the coordinates that are not zero in them, then by their points."""

    def key(group: Group) -> tuple[int, tuple[int, ...], Group]:
        support = tuple(int(k) for k in np.flatnonzero(points.coordinates[list(group)].any(axis=0)))
        return int(points.labels[group[0]]), support, group

    return tuple(sorted(groups, key=key))


def all_separable(points: Points, oracle: Separability, groups: list[Group]) -> bool:
    """Say whether every two groups of different classes are separable."""
    return all(
        points.labels[g[0]] == points.labels[h[0]] or oracle.separable(g, h)
        for i, g in enumerate(groups)
        for h in groups[i + 1 :]
    )


def merged(points: Points, oracle: Separability, groups: list[Group], order: tuple[int, ...]) -> list[Group]:
    """Return what is left after joining parts of one class after another, in this order of classes."""
    current = list(canonical(points, groups))
    for label in order:
        others = [g for g in current if points.labels[g[0]] != label]
        own: list[Group] = []
        for group in (g for g in current if points.labels[g[0]] == label):
            for k, mate in enumerate(own):
                joined = tuple(sorted((*mate, *group)))
                if all(oracle.separable(joined, other) for other in others):
                    own[k] = joined
                    break
            else:
                own.append(group)
        current = [*others, *own]
    return current
