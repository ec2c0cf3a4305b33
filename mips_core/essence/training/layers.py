"""From subconcepts to neurons: differentiae between them, subconcept neurons that read those, concept neurons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.training.margin import between_points, differentia
from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group
from mips_core.progress import Monitor

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Differentiae:
    """The differentia neurons of one decision.

    Parameters
    ----------
    pairs : for each neuron the positions (a, b) of the first two subconcepts that it tells apart, a < b; it is
        positive on a
    told : for each pair (a, b) of subconcepts of two classes (a, b, neuron, sign): sign times the neuron is positive
        on a.  Pairs that the same hyperplane separates share a neuron
    weights, bias : int64 (D, c), on the coordinates of the points, and int64 (D,)
    error : the greatest rounding error of a weight, in units of the largest of its neuron
    """

    pairs: tuple[tuple[int, int], ...]
    told: tuple[tuple[int, int, int, int], ...]
    weights: Integers
    bias: Integers
    error: float


def differentia_layer(points: Points, groups: tuple[Group, ...], monitor: Monitor) -> Differentiae:
    """Return neurons that tell each pair of subconcepts of two classes apart."""
    labels = [points.labels[group[0]] for group in groups]
    pairs = tuple((a, b) for a in range(len(groups)) for b in range(a + 1, len(groups)) if labels[a] != labels[b])
    weights = np.zeros((len(pairs), points.coordinates.shape[1]), dtype=np.int64)
    bias = np.zeros(len(pairs), dtype=np.int64)
    single = np.array([k for k, (a, b) in enumerate(pairs) if len(groups[a]) == len(groups[b]) == 1], dtype=np.int64)
    if single.size:
        ends = np.array([(groups[pairs[k][0]][0], groups[pairs[k][1]][0]) for k in single])
        weights[single], bias[single] = between_points(
            points.coordinates[ends[:, 0]], points.coordinates[ends[:, 1]], points.sizes
        )
    error = 0.0
    for k, (a, b) in enumerate(pairs):
        if len(groups[a]) == len(groups[b]) == 1:
            continue
        monitor.check()
        neuron = differentia(
            points.coordinates[list(groups[a])],
            points.coordinates[list(groups[b])],
            points.sizes,
            points.low,
            points.high,
        )
        weights[k], bias[k] = neuron.weights, neuron.bias
        error = max(error, neuron.error)
    return _shared(pairs, weights, bias, error)


def _shared(pairs: tuple[tuple[int, int], ...], weights: Integers, bias: Integers, error: float) -> Differentiae:
    """Return each neuron once: equal ones, and one that is the negative of another, are the first of them."""
    places: dict[tuple[int, ...], int] = {}
    told: list[tuple[int, int, int, int]] = []
    kept: list[int] = []
    for k, (a, b) in enumerate(pairs):
        numbers = (*weights[k].tolist(), int(bias[k]))
        negative = tuple(-number for number in numbers)
        sign = -1 if negative in places and numbers not in places else 1
        neuron = places.setdefault(negative if sign < 0 else numbers, len(kept))
        if neuron == len(kept):
            kept.append(k)
        told.append((a, b, neuron, sign))
    return Differentiae(tuple(pairs[k] for k in kept), tuple(told), weights[kept], bias[kept], error)


def lifted(points: Points, weights: Integers, inputs: int) -> Integers:
    """Return weights on the inputs: each input has that of its coordinate, free inputs have 0."""
    wide = np.zeros((len(weights), inputs), dtype=np.int64)
    for k, columns in enumerate(points.columns):
        wide[:, list(columns)] = weights[:, [k]]
    return wide


def all_agree(differentiae: Differentiae, subconcepts: int) -> tuple[Integers, Integers]:
    """Return subconcept neurons that are 1 where all own differentiae say so, else -1; 1 where there are none.

    Returns
    -------
    weights int64 (S, D), bias int64 (S,)
    """
    weights = np.zeros((subconcepts, len(differentiae.pairs)), dtype=np.int64)
    for a, b, neuron, sign in differentiae.told:
        weights[a, neuron], weights[b, neuron] = 2 * sign, -2 * sign
    return weights, 1 - np.abs(weights).sum(axis=1)


def weighed(
    points: Points, groups: tuple[Group, ...], signs: Integers, monitor: Monitor
) -> tuple[Integers, Integers, float] | None:
    """Return subconcept neurons of greatest margin between their points' differentiae and those of other classes.

    Parameters
    ----------
    signs : int64 (P, D): the outputs of the differentiae at each point

    Returns
    -------
    weights int64 (S, D), bias int64 (S,), the greatest rounding error; None where a neuron could not be proved
    """
    count = signs.shape[1]
    weights = np.zeros((len(groups), count), dtype=np.int64)
    bias = np.zeros(len(groups), dtype=np.int64)
    error = 0.0
    for s, group in enumerate(groups):
        monitor.check()
        own = np.unique(signs[list(group)], axis=0)
        others = np.unique(signs[points.labels != points.labels[group[0]]], axis=0)
        if not len(others):
            bias[s] = 1
            continue
        patterns, home = np.unique(np.vstack([own, others]), axis=1, return_inverse=True)
        home = home.reshape(-1)
        sizes = np.bincount(home).astype(np.int64)
        neuron = differentia(patterns[: len(own)] * sizes, patterns[len(own) :] * sizes, sizes, -sizes, sizes)
        if not neuron.proved:
            return None
        weights[s], bias[s], error = neuron.weights[home], neuron.bias, max(error, neuron.error)
    return weights, bias, error
