"""Condense networks of several sizes: layer by layer into groups, then each number into a formula in the sizes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import Affine, At, Condensed, Group
from mips_core.essence.condensing.grouping import Found, group_neurons, periodic_groups, sort_terms
from mips_core.essence.condensing.neurons import RawNeuron, explained, neuron_classes, neuron_heads, neuron_labels
from mips_core.essence.condensing.sizes import SizeFit
from mips_core.essence.network import EssenceNetwork
from mips_core.progress import Monitor
from mips_core.wording import shape_text

_PREFIXES = {3: "dsc"}


def condense(networks: Sequence[EssenceNetwork], *, fixed: bool = False, monitor: Monitor | None = None) -> Condensed:
    """Find the groups, loops and formulas that networks of one kind share (Blazek et al. 2024, condensing).

    Parameters
    ----------
    networks : trained on the same rule at different sizes, the main one first; at least one
    fixed : the input has this size always (a window): all numbers stay constants; takes one network

    Returns
    -------
    Condensed
        which gives each network's weights exactly at its size.

    Raises
    ------
    NoRegularStructureError
        when the networks have different groups, or a number that follows no formula in the sizes.
    """
    monitor = monitor or Monitor()
    first = networks[0]
    if len({(len(n.layers), n.several, bool(n.heads), n.layers[-1].scale) for n in networks}) > 1:
        raise NoRegularStructureError("The networks of different sizes are of different kinds.")
    fit = SizeFit([n.input_shape for n in networks], fixed)
    below: list[list[Group]] = [[] for _ in networks]
    numbers: list[dict[str, tuple[int, ...]]] = [{} for _ in networks]
    heads = [neuron_heads(network) for network in networks]
    known: dict[str, Group] = {}
    layers: list[tuple[Group, ...]] = []
    for layer in range(len(first.layers)):
        found = []
        for size, network in enumerate(networks):
            monitor.check()
            found.append(_layer(network, layer, heads[size], below[size], numbers[size]))
        aligned = _aligned(found, first, layer, [n.input_shape for n in networks])
        names = _names(layer, len(first.layers), len(aligned))
        groups = []
        for name, alike in zip(names, aligned, strict=True):
            named = [replace(group, name=name) for group, _ in alike]
            groups.append(fit.group(named, known))
            for size, (_, members) in enumerate(alike):
                numbers[size][name] = members
        for size in range(len(networks)):
            below[size] = [replace(alike[size][0], name=name) for name, alike in zip(names, aligned, strict=True)]
        known |= {group.name: group for group in groups}
        layers.append(tuple(groups))
    return Condensed(
        axes=len(first.input_shape),
        layers=tuple(layers),
        sizes=tuple(network.input_shape for network in networks),
        scale=first.layers[-1].scale,
        decides=bool(first.heads),
        several=first.several,
        assumed=tuple(fit.assumed),
        neurons=tuple(numbers),
    )


def _layer(
    network: EssenceNetwork,
    layer: int,
    heads: Sequence[Sequence[int | None]],
    below: Sequence[Group],
    numbers: dict[str, tuple[int, ...]],
) -> list[Found]:
    """Return the groups of one layer at one size."""
    if layer == 0 and (around := periodic_groups(network, heads[0])) is not None:
        return around
    last = layer == len(network.layers) - 1
    labels = neuron_labels(network) if last else [0] * len(network.layers[layer].bias)
    classes = neuron_classes(network, layer)
    shape = network.input_shape if layer == 0 else None
    outputs = _output_shape(network) if None not in heads[layer] else None
    weights, bias = np.asarray(network.layers[layer].weights), network.layers[layer].bias

    def grouped(in_spans: bool) -> list[Found]:
        neurons = [
            RawNeuron(
                number,
                sort_terms(explained(weights[number], shape, below, numbers, in_spans)),
                int(bias[number]),
                heads[layer][number],
                labels[number],
                classes[number],
            )
            for number in range(len(bias))
        ]
        return group_neurons(neurons, layer, outputs)

    if layer > 0 or outputs is None:
        return grouped(False)
    # A prefix of one cell is a cell, that of all is the whole: read as spans they may be one formula.
    return min(grouped(False), grouped(True), key=len)


def _output_shape(network: EssenceNetwork) -> tuple[int, ...]:
    """Return the shape of the outputs: that of the input where there are as many, else a row."""
    count = len(network.heads)
    return network.input_shape if count == int(np.prod(network.input_shape)) else (count,)


def _structure(group: Group) -> Hashable:
    """Return what like groups of different sizes share."""

    def form(value: Affine) -> Hashable:
        return (value.terms, value.modulus)

    return (
        tuple((loop.variable, form(loop.start), loop.other_than) for loop in group.loops),
        tuple(
            (
                term.region.array,
                term.coefficient.constant > 0,
                tuple(
                    (form(axis.index),) if isinstance(axis, At) else (form(axis.start), form(axis.stop))
                    for axis in term.region.axes
                ),
            )
            for term in group.terms
        ),
        form(group.bias), form(group.head), form(group.label), group.mirrored,
    )  # fmt: skip


def _aligned(
    found: Sequence[list[Found]], first: EssenceNetwork, layer: int, shapes: Sequence[tuple[int, ...]]
) -> list[list[Found]]:
    """Return for each group of the first size the like group at every size, in the order of their first neurons."""
    ordered = [sorted(groups, key=lambda each: (repr(_structure(each[0])), min(each[1]))) for groups in found]
    structures = [[_structure(group) for group, _ in groups] for groups in ordered]
    for shape, other in zip(shapes, structures, strict=True):
        if other != structures[0]:
            name = first.layers[layer].name
            raise NoRegularStructureError(
                f"The {name} layer has {len(structures[0])} groups at size {shape_text(shapes[0])} and {len(other)} at "
                f"size {shape_text(shape)}, or groups of another form; no loop says both."
            )
    together = [list(alike) for alike in zip(*ordered, strict=True)]
    return sorted(together, key=lambda alike: min(alike[0][1]))


def _names(layer: int, depth: int, count: int) -> list[str]:
    prefix = _PREFIXES.get(depth, "abefgklmopqrtuv")[layer]
    return [f"{prefix}{number}" for number in range(count)]
