"""How the classes of a network became its subconcepts, told in samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mips_core.essence.training import Candidate

Members = tuple[int, ...]
"""Positions of samples."""


@dataclass(frozen=True)
class Step:
    """One part becomes two.

    Parameters
    ----------
    failed : the two parts of different classes that no hyperplane separates; () where the step only refines
    part, into : what was split, and its two parts
    """

    failed: tuple[Members, ...]
    part: Members
    into: tuple[Members, Members]


@dataclass(frozen=True)
class Story:
    """The subconcepts of one decision.

    Parameters
    ----------
    method : how they were found, in words
    minimal : fewer are proved impossible
    steps : from one part per class to the subconcepts
    tried : each way that was tried, with what came of it
    """

    method: str
    minimal: bool
    steps: tuple[Step, ...]
    tried: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        steps = [[list(map(list, step.failed)), list(step.part), list(map(list, step.into))] for step in self.steps]
        return {"method": self.method, "minimal": self.minimal, "steps": steps, "tried": list(self.tried)}

    @staticmethod
    def from_dict(value: Mapping[str, Any]) -> Story:
        """Return what :meth:`to_dict` wrote."""
        steps = tuple(
            Step(tuple(map(tuple, failed)), tuple(part), (tuple(into[0]), tuple(into[1])))
            for failed, part, into in value["steps"]
        )
        return Story(str(value["method"]), bool(value["minimal"]), steps, tuple(value["tried"]))


def stories_of(candidate: Candidate) -> tuple[Story, ...]:
    """Return how the subconcepts of a trained network came about, one story for each decision; () for evidence."""

    def members(group: Sequence[int], points: Sequence[Members]) -> Members:
        return tuple(sorted(sample for point in group for sample in points[point]))

    return tuple(
        Story(
            partition.method,
            partition.minimal,
            tuple(
                Step(
                    tuple(members(group, points) for group in split.failed),
                    members(split.part, points),
                    (members(split.into[0], points), members(split.into[1], points)),
                )
                for split in partition.splits
            ),
            partition.tried,
        )
        for partition, points in zip(candidate.stories, candidate.samples, strict=True)
    )
