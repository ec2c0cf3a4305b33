"""A layer's neurons before grouping: terms over the arrays that they read, the output that they serve, their label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import INPUT, Group
from mips_core.essence.condensing.patterns import RawTerm, explain, explain_mirrored
from mips_core.essence.network import EssenceNetwork

MOST_TERMS = 16
"""More terms than this make a sum that nobody reads; the neuron counts as irregular."""


@dataclass(frozen=True)
class RawNeuron:
    """One neuron at one size.

    Parameters
    ----------
    number : its place in the layer
    terms, bias : the weighted sum
    head : the only output that depends on it; None when several do, or when there is but one
    label : the class of a concept neuron, else 0
    classes : what it tells apart (differentia) or recognises (subconcept): splits groups that have no loops otherwise
    """

    number: int
    terms: tuple[RawTerm, ...]
    bias: int
    head: int | None
    label: int
    classes: tuple[object, ...]


def neuron_heads(network: EssenceNetwork) -> list[list[int | None]]:
    """Return for each layer and neuron the output that alone depends on it, None where that is not one of several."""
    if len(network.heads) < 2:
        return [[None] * len(layer.bias) for layer in network.layers]
    users: list[set[int]] = [set() for _ in network.layers[-1].bias]
    for number, head in enumerate(network.heads):
        for neuron in head.neurons:
            users[neuron].add(number)
    heads = [users]
    for layer in reversed(network.layers[1:]):
        below: list[set[int]] = [set() for _ in range(layer.weights.shape[1])]
        for neuron, used in enumerate(np.asarray(layer.weights)):
            for source in np.flatnonzero(used):
                below[int(source)] |= heads[0][neuron]
        heads.insert(0, below)
    return [[next(iter(each)) if len(each) == 1 else None for each in layer] for layer in heads]


def neuron_labels(network: EssenceNetwork) -> list[int]:
    """Return the label of each concept neuron; its number where the outputs are scores."""
    labels = list(range(len(network.layers[-1].bias)))
    for head in network.heads:
        for neuron, label in zip(head.neurons, head.labels, strict=True):
            labels[neuron] = label
    return labels


def neuron_classes(network: EssenceNetwork, layer: int) -> list[tuple[object, ...]]:
    """Return what each neuron of a layer is about, as far as the network says so."""
    labels = [subconcept.label for subconcept in network.subconcepts]
    if layer == 0 and network.differentiae:
        return [(labels[a], labels[b]) for a, b in network.differentiae]
    if layer == 1 and labels and len(network.layers) == 3:
        return [(label,) for label in labels]
    return [()] * len(network.layers[layer].bias)


def explained(
    weights: NDArray[np.int64],
    shape: tuple[int, ...] | None,
    below: Sequence[Group],
    places: Mapping[str, tuple[int, ...]],
    in_spans: bool = False,
) -> list[RawTerm]:
    """Return the terms of one neuron.

    Parameters
    ----------
    weights : int64 (inputs,)
    shape : of the input, for neurons of the first layer; None for later ones
    below : the groups of the layer below, with their numbers at this size
    places : by group the neurons of the layer below, in the order of its places
    in_spans : write places of the input as spans of one
    """
    if shape is not None:
        return explain(INPUT, weights.reshape(shape), in_spans=in_spans)
    terms: list[RawTerm] = []
    for group in below:
        own = weights[list(places[group.name])]
        if not own.any():
            continue
        if not group.loops:
            terms.append(RawTerm(int(own[0]), group.name, ()))
            continue
        at = np.array([[values[loop.variable] for loop in group.loops] for values in group.places({})])
        size = tuple(int(size) for size in at.max(axis=0) + 1)
        if group.mirrored:
            size = (max(size), max(size))
        array = np.zeros(size, np.int64)
        counted = np.zeros(size, bool)
        array[tuple(at.T)] = own
        counted[tuple(at.T)] = True
        terms += explain_mirrored(group.name, array) if group.mirrored else explain(group.name, array, counted)
    return terms
