"""Networks out of partitions: the layers of all decisions stacked, with what every neuron stands for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.network import EssenceNetwork, Head, Layer, Subconcept
from mips_core.essence.training.decisions import Decision
from mips_core.essence.training.layers import Differentiae, all_agree, differentia_layer, lifted, weighed
from mips_core.essence.training.partition import KINDS, Kind, Partition
from mips_core.progress import Monitor

Integers = NDArray[np.int64]

_WORTH_WEIGHING = 3
"""Subconcepts with fewer differentiae of their own are read the same way in both modes."""


@dataclass(frozen=True)
class Candidate:
    """A trained network and how its subconcepts came about.

    Parameters
    ----------
    network : the network
    kind : of its partitions: "fewest" parts, "cells" or "pieces"; "evidence" for soft labels.  Decisions without a
        partition of this kind have the fewest parts; where all have, there is no network of this kind
    stories : for each decision its partition; groups are positions of distinct inputs' points, see ``samples``
    samples : for each decision, for each point the samples that it stands for
    error : the greatest rounding error of a weight, in units of the largest of its neuron
    """

    network: EssenceNetwork
    kind: str
    stories: tuple[Partition, ...]
    samples: tuple[tuple[tuple[int, ...], ...], ...]
    error: float


@dataclass(frozen=True)
class _Part:
    """The neurons of one decision."""

    decision: Decision
    partition: Partition
    differentiae: Differentiae
    subconcepts: tuple[Integers, Integers]
    error: float


def candidates(
    found: list[Decision],
    rows: list[tuple[int, ...]],
    shape: tuple[int, ...],
    units: int,
    several: bool,
    monitor: Monitor,
) -> list[Candidate]:
    """Return networks for each kind of partition, the fewest parts first; those that weigh differentiae last.

    Parameters
    ----------
    found : the decisions, over the distinct inputs
    rows : for each distinct input its samples
    shape : of one input
    units : parts of one that integer inputs count
    several : whether a row of y is a list
    """
    agreeing: list[Candidate] = []
    weighing: list[Candidate] = []
    for kind in KINDS:
        if kind != "fewest" and not any(decision.has_another(kind) for decision in found):
            continue
        parts, weighed_parts = [], []
        for decision in found:
            partition = decision.partition(kind)
            layer = differentia_layer(decision.points, partition.groups, monitor)
            subconcepts = all_agree(layer, len(partition.groups))
            parts.append(_Part(decision, partition, layer, subconcepts, layer.error))
            weighed_parts.append(_weighed(parts[-1], monitor))
        agreeing.append(_stacked(parts, rows, shape, units, several, "and", kind))
        whole = [part for part in weighed_parts if part is not None]
        if len(whole) == len(parts) and any(part is not own for part, own in zip(whole, parts, strict=True)):
            weighing.append(_stacked(whole, rows, shape, units, several, "svm", kind))
    return [*agreeing, *weighing]


def _weighed(part: _Part, monitor: Monitor) -> _Part | None:
    """Return the decision with weighed differentiae; itself where that changes nothing, None where it is not proved."""
    if np.count_nonzero(part.subconcepts[0], axis=1).max(initial=0) < _WORTH_WEIGHING:
        return part
    points = part.decision.points
    signs = np.sign(points.coordinates @ part.differentiae.weights.T + part.differentiae.bias)
    layer = weighed(points, part.partition.groups, signs, monitor)
    if layer is None:
        return None
    return _Part(part.decision, part.partition, part.differentiae, layer[:2], max(part.error, layer[2]))


def _stacked(
    parts: list[_Part],
    rows: list[tuple[int, ...]],
    shape: tuple[int, ...],
    units: int,
    several: bool,
    mode: str,
    kind: Kind,
) -> Candidate:
    inputs = int(np.prod(shape))
    heads: list[Head] = []
    subconcepts: list[Subconcept] = []
    pairs: list[tuple[int, int]] = []
    votes: list[Integers] = []
    samples = []
    for number, part in enumerate(parts):
        points, groups = part.decision.points, part.partition.groups
        start = len(subconcepts)
        pairs += [(a + start, b + start) for a, b in part.differentiae.pairs]
        samples.append(tuple(tuple(sorted(r for row in each for r in rows[row])) for each in points.members))
        labels = [int(points.labels[group[0]]) for group in groups]
        subconcepts += [
            Subconcept(number, label, tuple(sorted(sample for p in group for sample in samples[-1][p])))
            for label, group in zip(labels, groups, strict=True)
        ]
        first = sum(len(head.neurons) for head in heads)
        heads.append(Head(tuple(range(first, first + len(points.classes))), points.classes))
        votes.append((np.array(points.classes)[:, None] == np.array(labels)).astype(np.int64))
    below = [
        (lifted(part.decision.points, part.differentiae.weights, inputs) * units, part.differentiae.bias)
        for part in parts
    ]
    layers = (
        Layer("differentia", np.vstack([w for w, _ in below]), np.concatenate([b for _, b in below])),
        Layer(
            "subconcept",
            _diagonal([part.subconcepts[0] for part in parts]),
            np.concatenate([part.subconcepts[1] for part in parts]),
        ),
        # With the number of subconcepts as bias, outputs -1 count nothing and outputs 1 count two.
        Layer("concept", _diagonal(votes), np.concatenate([each.sum(axis=1) for each in votes])),
    )
    network = EssenceNetwork(shape, layers, tuple(heads), several, tuple(subconcepts), tuple(pairs), mode)
    return Candidate(
        network, kind, tuple(part.partition for part in parts), tuple(samples), max(part.error for part in parts)
    )


def _diagonal(blocks: list[Integers]) -> Integers:
    """Return a matrix with the blocks along its diagonal."""
    whole = np.zeros((sum(len(b) for b in blocks), sum(b.shape[1] for b in blocks)), dtype=np.int64)
    row = column = 0
    for block in blocks:
        whole[row : row + len(block), column : column + block.shape[1]] = block
        row, column = row + len(block), column + block.shape[1]
    return whole
