"""Programs against the network that their groups stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import Affine, At, Condensed, Group, Region, Span, Term, size_values
from mips_core.essence.network import EssenceNetwork, Head
from mips_core.essence.regenerate import regenerate
from mips_core.essence.writing import Written


def network_of(condensed: Condensed, shape: tuple[int, ...]) -> EssenceNetwork:
    """Return the network of a size."""
    heads: dict[int, list[tuple[int, int]]] = {}
    number = 0
    for group in condensed.layers[-1]:
        for place in group.places(size_values(shape)):
            heads.setdefault(group.head.value(place), []).append((group.label.value(place), number))
            number += 1
    found = [sorted(heads[head]) for head in sorted(heads)]
    decisions = tuple(Head(tuple(n for _, n in head), tuple(label for label, _ in head)) for head in found)
    layers = regenerate(condensed, shape)
    return EssenceNetwork(shape, layers, decisions if condensed.decides else (), several=condensed.several)


def differences(written: Written, condensed: Condensed, inputs: Iterable[NDArray[Any]]) -> list[Any]:
    """Return (input, program's answer, network's answer) where they differ; whole inputs of one shape."""
    x = np.stack(list(inputs))
    said = network_of(condensed, x.shape[1:]).decide(x)
    answers = [
        (row.tolist(), written.program.function(row.tolist()), theirs) for row, theirs in zip(x, said, strict=True)
    ]
    return [each for each in answers if each[1] != each[2] or isinstance(each[1], bool)]


def all_inputs(values: tuple[int, ...], count: int) -> NDArray[np.int64]:
    """Return every list of so many values."""
    grids = np.meshgrid(*[np.array(values)] * count, indexing="ij")
    return np.stack([grid.ravel() for grid in grids], axis=1)


def as_groups(network: EssenceNetwork) -> Condensed:
    """Return a network with each neuron as a group of its own, each weight as a term."""
    axes = len(network.input_shape)
    below = [Region("x", tuple(At(Affine(int(k))) for k in place)) for place in np.ndindex(*network.input_shape)]
    layers = []
    meant = {
        neuron: (head, label)
        for head, each in enumerate(network.heads)
        for neuron, label in zip(each.neurons, each.labels, strict=True)
    }
    for depth, layer in enumerate(network.layers):
        groups = []
        for row, (weights, bias) in enumerate(zip(layer.weights, layer.bias, strict=True)):
            terms = tuple(Term(Affine(int(w)), region) for w, region in zip(weights, below, strict=True) if w)
            last = depth == len(network.layers) - 1
            head, label = meant[row] if last and meant else (0, row if last else 0)
            name = f"g{depth}_{row}"
            groups.append(Group(name, depth, (), terms, Affine(int(bias)), head=Affine(head), label=Affine(label)))
        below = [Region(group.name) for group in groups]
        layers.append(tuple(groups))
    scale = network.layers[-1].scale
    return Condensed(axes, tuple(layers), (network.input_shape,), scale, bool(network.heads), network.several)


def span(start: Affine | int, stop: Affine | int) -> Span:
    """Return a span; integers are constants."""
    return Span(*(Affine(end) if isinstance(end, int) else end for end in (start, stop)))
