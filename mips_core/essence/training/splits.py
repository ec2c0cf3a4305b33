"""The story of a partition: how whole classes were cut, and which pair of parts made each cut necessary."""

from __future__ import annotations

from dataclasses import dataclass

from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group, OutOfTimeError, Separability


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


def replay(points: Points, oracle: Separability, groups: tuple[Group, ...]) -> list[Split]:
    """Return steps that lead from one part per class to ``groups``; each splits one side of a pair that fails."""
    parts = [[g for g in groups if points.labels[g[0]] == label] for label in points.classes]
    steps: list[Split] = []
    while any(len(part) > 1 for part in parts):
        wholes = [tuple(sorted(p for g in part for p in g)) for part in parts]
        failing = _failing(points, oracle, wholes)
        at = max(failing or range(len(parts)), key=lambda k: len(parts[k]))
        first, rest = parts[at][:1], parts[at][1:]
        into = (first[0], tuple(sorted(p for g in rest for p in g)))
        steps.append(Split(tuple(wholes[k] for k in failing), wholes[at], into))
        parts[at : at + 1] = [first, rest]
    return steps


def _failing(points: Points, oracle: Separability, parts: list[Group]) -> tuple[int, ...]:
    """Return the first two parts of different classes that cannot be separated; () where there are none."""
    for i, part in enumerate(parts):
        for j in range(i + 1, len(parts)):
            if points.labels[part[0]] == points.labels[parts[j][0]]:
                continue
            try:
                if not oracle.separable(part, parts[j]):
                    return i, j
            except OutOfTimeError:
                return ()
    return ()
