"""How the classes of a network became its subconcepts, told in samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from mips_core.essence.training import Candidate

Members = tuple[int, ...]
"""Positions of samples."""

_LOOKED_AT = 120
"""Samples of a part whose pairs are compared."""


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


def common_middle(x: NDArray[Any], one: Members, other: Members) -> tuple[Members, Members] | None:
    """Return one or two samples of each part that have the same middle: then no plane can part them.

    Parameters
    ----------
    x : (N, ...) the inputs, integers
    one, other : parts; of large ones some samples are looked at

    Returns
    -------
    None where no such pairs are found, which says nothing: more samples may be needed
    """
    flat = np.asarray(x).reshape(len(x), -1)
    few = [part[:: -(-len(part) // _LOOKED_AT)] for part in (one, other)]
    middles: dict[bytes, Members] = {}
    for a, b in combinations_with_replacement(few[0], 2):
        middles.setdefault((flat[a] + flat[b]).tobytes(), tuple(dict.fromkeys((a, b))))
    for a, b in combinations_with_replacement(few[1], 2):
        found = middles.get((flat[a] + flat[b]).tobytes())
        if found is not None:
            return found, tuple(dict.fromkeys((a, b)))
    return None


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
