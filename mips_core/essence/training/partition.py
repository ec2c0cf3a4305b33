"""The subconcepts of one decision: the fewest parts such that two of different classes are linearly separable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import NoRegularStructureError
from mips_core.essence.training.exact import minimum_partition
from mips_core.essence.training.greedy import axis_tree, runs_along_projections, split_worst_pairs
from mips_core.essence.training.pieces import connected_pieces
from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group, Separability
from mips_core.progress import Monitor


@dataclass(frozen=True)
class Split:
    """One step from whole classes to subconcepts; groups are positions of points.

    Parameters
    ----------
    failed : two parts of different classes that no hyperplane separates; () where the step only refines
    part : what was split
    into : its two parts
    """

    failed: tuple[Group, ...]
    part: Group
    into: tuple[Group, Group]


@dataclass(frozen=True)
class Partition:
    """Subconcepts and how they came about.

    Parameters
    ----------
    groups : positions of points, classes ascending
    method : how the groups were found, in words
    minimal : fewer groups are proved impossible
    splits : from one part per class to the groups, in order
    tried : each way that was tried, with what came of it
    """

    groups: tuple[Group, ...]
    method: str
    minimal: bool
    splits: tuple[Split, ...]
    tried: tuple[str, ...]


def partitions(points: Points, monitor: Monitor) -> list[Partition]:
    """Return the fewest subconcepts first, then other partitions that may be more regular.

    Raises
    ------
    NoRegularStructureError : where no way ends within a sensible number of subconcepts, or in time
    """
    oracle = Separability(points.coordinates, monitor)
    cap = most_subconcepts(points)
    whole = [points.of_class(label) for label in points.classes]
    found: list[tuple[str, list[Group]]] = []
    tried: list[str] = []
    if _all_separable(points, oracle, whole):
        found.append(("each class is one part", whole))
    else:
        ways = {
            "runs of one label along a direction": lambda: runs_along_projections(points, 2 * cap),
            "splits along single inputs": lambda: axis_tree(points, oracle, 2 * cap),
            "splits of the worst pair": lambda: split_worst_pairs(points, oracle, 2 * cap),
        }
        for name, way in ways.items():
            if monitor.expired:
                tried.append(f"{name}: no time left")
                continue
            groups = way()
            tried.append(f"{name}: " + (f"{len(groups)} parts" if groups else f"more than {2 * cap} parts"))
            if groups:
                found.append((name, groups))
                found += [(f"{name}, then joined", each) for each in _merges(points, oracle, groups)]
    found.sort(key=lambda each: len(each[1]))
    below = min(len(found[0][1]) if found else cap + 1, cap + 1)
    exact, complete = minimum_partition(points, oracle, below)
    if exact:
        tried.append(f"exact search: {len(exact)} parts, the fewest possible")
        found.insert(0, ("exact search", exact))
    elif not complete:
        tried.append("exact search: not finished")
    kept = [each for each in found if len(each[1]) <= cap]
    if not kept:
        raise NoRegularStructureError(
            f"The labels need more than {cap} linearly separable parts for {len(points.labels)} distinct points: "
            "they follow no rule that is much shorter than the data.",
            tuple(tried),
        )
    pieces = connected_pieces(points, oracle)
    if pieces:
        kept.append(("inputs that the samples share", pieces))
    results: list[Partition] = []
    for name, groups in kept[:1] + [each for each in kept[1:] if each[0] in _REGULAR]:
        ordered = canonical(points, groups)
        if all(ordered != each.groups for each in results):
            fewest = complete and len(groups) == len(kept[0][1])
            splits = tuple(replay(points, oracle, ordered))
            results.append(Partition(ordered, name, fewest, splits, tuple(tried)))
    return results


_REGULAR = ("splits along single inputs", "inputs that the samples share")
"""Ways whose groups follow from the inputs alone: kept as a second choice although they may be more."""


def most_subconcepts(points: Points) -> int:
    """Return how many subconcepts are taken for a rule; labels at random need more."""
    return max(16, 2 * len(points.classes), min(len(points.labels) // 4, 40))


def canonical(points: Points, groups: list[Group]) -> tuple[Group, ...]:
    """Return groups by class, then by the coordinates that are not zero in them, then by their points."""

    def key(group: Group) -> tuple[int, tuple[int, ...], Group]:
        support = tuple(int(k) for k in np.flatnonzero(points.coordinates[list(group)].any(axis=0)))
        return int(points.labels[group[0]]), support, group

    return tuple(sorted(groups, key=key))


def _all_separable(points: Points, oracle: Separability, groups: list[Group]) -> bool:
    return all(
        points.labels[g[0]] == points.labels[h[0]] or oracle.separable(g, h)
        for i, g in enumerate(groups)
        for h in groups[i + 1 :]
    )


def _merges(points: Points, oracle: Separability, groups: list[Group]) -> list[list[Group]]:
    """Return what is left after joining parts of a class while every pair stays separable, one class order each."""
    orders = [points.classes, points.classes[::-1]]
    return [_merged(points, oracle, groups, order) for order in orders]


def _merged(points: Points, oracle: Separability, groups: list[Group], order: tuple[int, ...]) -> list[Group]:
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


def replay(points: Points, oracle: Separability, groups: tuple[Group, ...]) -> list[Split]:
    """Return steps that lead from one part per class to ``groups``; each splits one side of a pair that fails."""
    parts = [[g for g in groups if points.labels[g[0]] == label] for label in points.classes]
    steps: list[Split] = []
    while any(len(part) > 1 for part in parts):
        wholes = [tuple(sorted(p for g in part for p in g)) for part in parts]
        failing = next(
            (
                (i, j)
                for i in range(len(parts))
                for j in range(i + 1, len(parts))
                if points.labels[wholes[i][0]] != points.labels[wholes[j][0]]
                and not oracle.separable(wholes[i], wholes[j])
            ),
            (),
        )
        at = max(failing or range(len(parts)), key=lambda k: len(parts[k]))
        first, rest = parts[at][:1], parts[at][1:]
        into = (first[0], tuple(sorted(p for g in rest for p in g)))
        steps.append(Split(tuple(wholes[k] for k in failing), wholes[at], into))
        parts[at : at + 1] = [first, rest]
    return steps
