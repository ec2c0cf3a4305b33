"""The subconcepts of one decision: the fewest parts such that two of different classes are linearly separable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from mips_core.errors import NoRegularStructureError
from mips_core.essence.training.chance import shuffled_count
from mips_core.essence.training.exact import minimum_partition
from mips_core.essence.training.greedy import axis_tree, runs_along_projections, split_worst_pairs
from mips_core.essence.training.merging import all_separable, canonical, merged
from mips_core.essence.training.pieces import connected_pieces
from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group, OutOfTimeError, Separability
from mips_core.essence.training.splits import Split, replay
from mips_core.progress import Monitor

Kind = Literal["fewest", "cells", "pieces"]
"""Why a partition is taken: it has the fewest parts, its parts are cells between single inputs, or pieces of samples
that share inputs."""

KINDS: tuple[Kind, ...] = get_args(Kind)

_SECONDS = 20.0
"""Looking for the subconcepts of one decision goes on no longer than this."""

_MOST = 20
_MANY = 4
_LEAST_TESTED = 32
_FEWEST_TESTED = 5
_CLEARLY_FEWER = 0.8

_RUNS = "runs of one label along a direction"
_AXES = "splits along single inputs"
_PAIRS = "splits of the worst pair"


@dataclass(frozen=True)
class Partition:
    """Subconcepts and how they came about.

    Parameters
    ----------
    kind : why they are taken
    groups : positions of points, classes ascending
    method : how the groups were found, in words
    minimal : fewer groups are proved impossible
    splits : from one part per class to the groups, in order
    tried : each way that was tried, with what came of it
    """

    kind: Kind
    groups: tuple[Group, ...]
    method: str
    minimal: bool
    splits: tuple[Split, ...]
    tried: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    """Groups of one way, and the way by which they can be looked for again."""

    method: str
    groups: list[Group]
    way: str


def partitions(points: Points, monitor: Monitor) -> tuple[Partition, ...]:
    """Return the fewest subconcepts first, then other partitions that may be more regular; one of each kind.

    Raises
    ------
    NoRegularStructureError : where no way ends within a sensible number of subconcepts or in time, or the same labels
        in another order need as few
    """
    oracle = Separability(points.coordinates, monitor.limited(_SECONDS))
    most = most_subconcepts(points)
    tried: list[str] = []
    found = _search(points, oracle, most, tried)
    kept = sorted((each for each in found if len(each.groups) <= most), key=lambda each: len(each.groups))
    whole = len(points.classes)
    exact, complete = minimum_partition(points, oracle, min(len(kept[0].groups) if kept else most + 1, most + 1))
    if exact:
        tried.append(f"exact search: {len(exact)} parts, the fewest possible")
        kept.insert(0, _Found("exact search", exact, _PAIRS))
    elif not complete and (not kept or len(kept[0].groups) > whole):
        tried.append("exact search: not finished")
    pieces = connected_pieces(points, oracle)
    if not kept:
        raise NoRegularStructureError(
            f"No way was found to cut the {len(points.labels)} distinct inputs into at most {most} parts that lines "
            "separate from all parts of other labels: if the labels follow a rule, it is none of few separations.",
            tuple(tried),
        )
    if pieces is None:
        _refuse_chance(points, kept[0], monitor, tried)
    minimal = complete or len(kept[0].groups) == whole
    results = [_told(points, oracle, "fewest", kept[0].groups, kept[0].method, minimal, tried)]
    cells = next((each for each in kept if each.method == _AXES), None)
    if cells is not None:
        fewest = minimal and len(cells.groups) == len(kept[0].groups)
        results.append(_told(points, oracle, "cells", cells.groups, _AXES, fewest, tried))
    if pieces:
        fewest = minimal and len(pieces) == len(kept[0].groups)
        results.append(_told(points, oracle, "pieces", pieces, "inputs that the samples share", fewest, tried))
    return tuple(results)


def most_subconcepts(points: Points) -> int:
    """Return how many subconcepts are taken for a rule; labels at random need more.

    Points that stand for many samples each, by symmetry, may all be subconcepts: parity is such a rule.
    """
    few = max(_MOST, 2 * len(points.classes))
    count = len(points.labels)
    return max(few, count) if _MANY * count <= points.weights.sum() else few


def _search(points: Points, oracle: Separability, most: int, tried: list[str]) -> list[_Found]:
    """Return what the ways find, as it is and with parts joined; ``tried`` gets a line for each."""
    whole = [points.of_class(label) for label in points.classes]
    try:
        if all_separable(points, oracle, whole):
            tried.append(f"each class is one part: {len(whole)} parts")
            return [_Found("each class is one part", whole, _PAIRS)]
    except OutOfTimeError:
        tried.append("each class is one part: no time left")
        return []
    ways: dict[str, Callable[[], list[Group] | None]] = {
        _RUNS: lambda: runs_along_projections(points, 2 * most),
        _AXES: lambda: axis_tree(points, oracle, 2 * most),
        _PAIRS: lambda: split_worst_pairs(points, oracle, 2 * most),
    }
    found: list[_Found] = []
    for name, way in ways.items():
        try:
            groups = way()
            if groups is None:
                none = "no direction keeps the labels apart" if name == _RUNS else f"more than {2 * most} parts"
                tried.append(f"{name}: {none}")
                continue
            joined = [merged(points, oracle, groups, order) for order in (points.classes, points.classes[::-1])]
        except OutOfTimeError:
            tried.append(f"{name}: no time left")
            continue
        fewest = min(map(len, joined))
        tried.append(f"{name}: {len(groups)} parts" + (f", {fewest} when joined" if fewest < len(groups) else ""))
        found.append(_Found(name, groups, name))
        found += [_Found(f"{name}, then joined", each, name) for each in joined if len(each) < len(groups)]
    return found


def _refuse_chance(points: Points, best: _Found, monitor: Monitor, tried: list[str]) -> None:
    """Raise where the same labels in another order need about as few subconcepts: then there is no rule in them."""
    count = len(best.groups)
    if len(points.labels) < _LEAST_TESTED or count < _FEWEST_TESTED or count == len(points.classes):
        return
    way = axis_tree if best.way == _AXES else split_worst_pairs
    shuffled = shuffled_count(points, way, int(count / _CLEARLY_FEWER), monitor.limited(_SECONDS))
    if shuffled is not None:
        raise NoRegularStructureError(
            f"The labels need {count} linearly separable parts, and the same labels in another order need {shuffled}: "
            "there is no rule in them that is shorter than the data.",
            (*tried, f"labels in another order: {shuffled} parts"),
        )


def _told(
    points: Points,
    oracle: Separability,
    kind: Kind,
    groups: list[Group],
    method: str,
    minimal: bool,
    tried: list[str],
) -> Partition:
    ordered = canonical(points, groups)
    return Partition(kind, ordered, method, minimal, tuple(replay(points, oracle, ordered)), tuple(tried))
