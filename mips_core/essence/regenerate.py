"""From groups back to neurons: the weights that a :class:`Condensed` stands for, at any size.

Grouping has lost nothing when what is written out here equals the network, number by number (:func:`same_network`).
:func:`layer_outputs` is a second way from groups to outputs that never makes the weights: it adds up regions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import INPUT, Affine, At, Axis, Condensed, Group, Region, size_values
from mips_core.essence.network import LAYER_NAMES, EssenceNetwork, Head, Layer

IntArray = NDArray[np.int64]

_LARGEST = 2**40
"""Numbers of neurons from here on are refused: sums of them are not exact in 64 bits."""


@dataclass(frozen=True)
class Difference:
    """One number in which groups and a network differ.

    Parameters
    ----------
    layer : name of the layer
    neuron : its number in the network
    words : what differs, with both values
    """

    layer: str
    neuron: int
    words: str

    @property
    def sentence(self) -> str:
        """The difference as a reader sees it."""
        return f"{self.layer} neuron {self.neuron}: {self.words}"


@dataclass(frozen=True)
class _Grid:
    """Where the entries of an array are.

    Parameters
    ----------
    start : the least index along each axis
    numbers : positions of the entries in a list of them, -1 where the array has none
    signs : 1, or -1 where an entry is read as its negative (below the diagonal of a mirrored group), 0 for none
    """

    start: tuple[int, ...]
    numbers: IntArray
    signs: IntArray

    def region(self, region: Region, values: Mapping[str, int]) -> tuple[IntArray, IntArray]:
        """Return positions and signs of the entries of a region; what lies outside the array counts nothing."""
        if len(region.axes) != self.numbers.ndim:
            raise ValueError(f"a region of {region.array} has {len(region.axes)} axes, not {self.numbers.ndim}")
        chosen = np.ix_(
            *(
                [k - low for k in _indices(axis, values, low + size) if low <= k < low + size]
                for axis, low, size in zip(region.axes, self.start, self.numbers.shape, strict=True)
            )
        )
        numbers, signs = self.numbers[chosen].ravel(), self.signs[chosen].ravel()
        return numbers[signs != 0], signs[signs != 0]


def _indices(axis: Axis, values: Mapping[str, int], stop: int) -> Sequence[int]:
    """Return the indices of a place or a span; a span with a modulus may run over the end of the axis."""
    if isinstance(axis, At):
        return (axis.index.value(values),)
    first, last = axis.start.value(values), axis.stop.value(values)
    if last <= first and (axis.start.modulus or axis.stop.modulus):
        return (*range(first, stop), *range(last))
    return range(max(first, 0), min(last, stop))


def _input_grid(shape: tuple[int, ...]) -> _Grid:
    size = int(np.prod(shape))
    numbers = np.arange(size, dtype=np.int64).reshape(shape)
    return _Grid((0,) * len(shape), numbers, np.ones_like(numbers))


def _group_grid(group: Group, places: Sequence[Mapping[str, int]], offset: int) -> _Grid:
    """Return where the outputs of a group are, its first neuron being number ``offset``."""
    axes = len(group.loops)
    if not axes:
        return _Grid((), np.array(offset, dtype=np.int64), np.array(1, dtype=np.int64))
    coordinates = np.array([[place[loop.variable] for loop in group.loops] for place in places], dtype=np.int64)
    coordinates = coordinates.reshape(len(places), axes)
    if not len(places):
        nothing = np.zeros((0,) * axes, dtype=np.int64)
        return _Grid((0,) * axes, nothing, nothing)
    both = np.concatenate([coordinates, coordinates[:, ::-1]]) if group.mirrored else coordinates
    start = both.min(axis=0)
    shape = tuple(int(size) for size in both.max(axis=0) - start + 1)
    numbers, signs = np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    entries = np.arange(offset, offset + len(places))
    if group.mirrored:
        there = tuple((coordinates[:, ::-1] - start).T)
        numbers[there], signs[there] = entries, -1
    here = tuple((coordinates - start).T)
    numbers[here], signs[here] = entries, 1
    return _Grid(tuple(int(low) for low in start), numbers, signs)


def _grids(condensed: Condensed, shape: tuple[int, ...]) -> Iterator[tuple[dict[str, _Grid], tuple[Group, ...]]]:
    """Yield for each layer where what it reads is, and its groups."""
    values = size_values(shape)
    grids = {INPUT: _input_grid(shape)}
    for groups in condensed.layers:
        yield grids, groups
        grids, offset = {}, 0
        for group in groups:
            places = list(group.places(values))
            grids[group.name] = _group_grid(group, places, offset)
            offset += len(places)


def regenerate(condensed: Condensed, shape: tuple[int, ...]) -> tuple[Layer, ...]:
    """Return the layers of the network of a size, neurons group by group in the order of :meth:`Group.places`.

    Parameters
    ----------
    shape : (n,) or (h, w), any size

    Raises
    ------
    NoRegularStructureError
        when a number is too large for exact sums.
    """
    values, width = size_values(shape), int(np.prod(shape))
    layers = []
    for depth, (grids, groups) in enumerate(_grids(condensed, shape)):
        rows: list[IntArray] = []
        biases: list[int] = []
        for group in groups:
            for place in group.places(values):
                row = np.zeros(width, dtype=np.int64)
                for term in group.terms:
                    numbers, signs = grids[term.region.array].region(term.region, place)
                    np.add.at(row, numbers, _integer(term.coefficient, place) * signs)
                rows.append(row)
                biases.append(_integer(group.bias, place))
        last = depth == len(condensed.layers) - 1
        weights = np.array(rows, dtype=np.int64).reshape(len(rows), width)
        name = LAYER_NAMES[depth - len(condensed.layers)] if len(condensed.layers) <= 3 else f"layer {depth + 1}"
        layers.append(Layer(name, weights, np.array(biases, dtype=np.int64), condensed.scale if last else 1))
        width = len(rows)
    return tuple(layers)


def network_at(condensed: Condensed, shape: tuple[int, ...]) -> EssenceNetwork:
    """Return the network that the groups stand for at any size, also one that was never trained."""
    labels: dict[int, dict[int, int]] = {}
    values = size_values(shape)
    places = [(group, place) for group in condensed.layers[-1] for place in group.places(values)]
    for neuron, (group, place) in enumerate(places):
        labels.setdefault(group.head.value(place), {})[group.label.value(place)] = neuron
    heads = tuple(
        Head(tuple(neurons[label] for label in sorted(neurons)), tuple(sorted(neurons)))
        for _, neurons in sorted(labels.items())
    )
    return EssenceNetwork(
        shape, regenerate(condensed, shape), heads if condensed.decides else (), several=condensed.several
    )


def neuron_order(condensed: Condensed, network: EssenceNetwork) -> list[IntArray]:
    """Return for each layer the numbers of the network's neurons, group by group in the order of the places.

    Raises
    ------
    ValueError
        when the network's size is none of ``condensed.sizes``.
    """
    known = condensed.neurons[condensed.sizes.index(network.input_shape)]
    return [
        np.array([number for group in groups for number in known[group.name]], dtype=np.int64)
        for groups in condensed.layers
    ]


def same_network(condensed: Condensed, network: EssenceNetwork) -> tuple[Difference, ...]:
    """Return every number in which the groups, written out, differ from a network; () means that they are equal.

    Weights, biases, scale, and which label of which head a concept neuron stands for are compared.
    """
    if len(condensed.layers) != len(network.layers):
        return (Difference("all", 0, f"{len(condensed.layers)} layers, not {len(network.layers)}"),)
    found: list[Difference] = []
    order = neuron_order(condensed, network)
    before = np.arange(network.layers[0].weights.shape[1])
    for made, layer, numbers in zip(regenerate(condensed, network.input_shape), network.layers, order, strict=True):
        if sorted(numbers) != list(range(len(layer.bias))) or len(made.bias) != len(layer.bias):
            words = f"{len(made.bias)} neurons in groups that name {len(set(numbers))} of {len(layer.bias)}"
            return (*found, Difference(layer.name, 0, words))
        if made.scale != layer.scale:
            found.append(Difference(layer.name, 0, f"scale {made.scale}, not {layer.scale}"))
        theirs = layer.weights[numbers][:, before]
        for row, column in zip(*np.nonzero(made.weights != theirs), strict=True):
            words = f"weight {before[column]} is {theirs[row, column]}, its group says {made.weights[row, column]}"
            found.append(Difference(layer.name, int(numbers[row]), words))
        for row in np.nonzero(made.bias != layer.bias[numbers])[0]:
            words = f"bias is {layer.bias[numbers[row]]}, its group says {made.bias[row]}"
            found.append(Difference(layer.name, int(numbers[row]), words))
        before = numbers
    return (*found, *_other_labels(condensed, network, order[-1]))


def _other_labels(condensed: Condensed, network: EssenceNetwork, numbers: IntArray) -> Iterator[Difference]:
    """Yield the concept neurons that stand for another label than their group says."""
    name = network.layers[-1].name
    if condensed.decides != bool(network.heads) or condensed.several != network.several:
        yield Difference(name, 0, "the outputs are of another kind than the groups say")
        return
    meant = {
        neuron: (number, label)
        for number, head in enumerate(network.heads)
        for neuron, label in zip(head.neurons, head.labels, strict=True)
    }
    values = size_values(network.input_shape)
    places = [(group, place) for group in condensed.layers[-1] for place in group.places(values)]
    for neuron, (group, place) in zip(numbers.tolist(), places, strict=True):
        said = (group.head.value(place), group.label.value(place))
        expected = meant.get(neuron) if condensed.decides else (0, neuron)
        if said != expected:
            yield Difference(name, neuron, f"stands for (head, label) {expected}, its group says {said}")


def layer_outputs(condensed: Condensed, x: NDArray[Any]) -> list[NDArray[Any]]:
    """Return the outputs of each layer, group by group in the order of the places, by adding up regions.

    Parameters
    ----------
    x : (N, *shape), any size; sums are exact for integers, and for floats as far as floats are

    Returns
    -------
    (N, neurons) arrays: signs (int8) of the hidden layers, sums times ``condensed.scale`` of the last
    """
    given = np.asarray(x)
    shape = tuple(int(size) for size in given.shape[1:])
    values: NDArray[Any] = given.reshape(len(given), -1)
    if not np.issubdtype(values.dtype, np.floating):
        values = values.astype(np.int64)
    outputs: list[NDArray[Any]] = []
    for grids, groups in _grids(condensed, shape):
        if outputs:
            values = np.sign(outputs[-1]).astype(np.int8)
            outputs[-1] = values
        sums = _RegionSums(values.T.copy())
        columns = [
            _weighted(group, place, grids, sums) for group in groups for place in group.places(size_values(shape))
        ]
        empty = np.zeros((len(given), 0), dtype=np.int64)
        outputs.append(np.stack(columns, axis=1) if columns else empty)
    return outputs


class _RegionSums:
    """Sums over regions of one layer's inputs, each made once: (inputs, N) -> (N,)."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values
        self.wide = np.float64 if np.issubdtype(values.dtype, np.floating) else np.int64
        self.known: dict[tuple[bytes, bytes], NDArray[Any]] = {}

    def of(self, numbers: IntArray, signs: IntArray) -> NDArray[Any]:
        key = (numbers.tobytes(), signs.tobytes())
        if key not in self.known:
            plus = self.values[numbers[signs > 0]].sum(axis=0, dtype=self.wide)
            self.known[key] = plus - self.values[numbers[signs < 0]].sum(axis=0, dtype=self.wide)
        return self.known[key]


def _weighted(group: Group, place: Mapping[str, int], grids: Mapping[str, _Grid], sums: _RegionSums) -> NDArray[Any]:
    total = np.full(sums.values.shape[1], _integer(group.bias, place), dtype=sums.wide)
    for term in group.terms:
        total += _integer(term.coefficient, place) * sums.of(*grids[term.region.array].region(term.region, place))
    return total


def _integer(number: Affine, place: Mapping[str, int]) -> int:
    """Return the value of a number of a group, refusing one whose sums int64 may not hold."""
    value = number.value(place)
    if abs(value) >= _LARGEST:
        raise NoRegularStructureError(f"The network needs the number {value}, which is too large for exact sums.")
    return value
