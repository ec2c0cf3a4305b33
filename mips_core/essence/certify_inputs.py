"""Inputs on which a network is compared with its code: all of them where they are few, else chosen to be hard.

Hard are inputs close to where something changes: a neuron's sum near 0, a decision about to turn, a tie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.network import EssenceNetwork

Array = NDArray[Any]

MOST = 2**16
"""Up to so many inputs are all tried."""

_DENSITIES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9)
_STARTS = 4
"""Inputs from which one neuron's sum is driven to 0."""
_CLIMBED = 400
"""Neurons of a layer that are climbed for, evenly chosen among more."""
_PATH_STEPS = 64
"""Inputs on the way from one taught input to another."""


_AIMS, _CLIMBS, _CHANGES = 6, 12, 16
"""Neurons of the later layers and decisions that are climbed for, steps of it, changes tried at each."""
_NEAREST = 8
"""Neurons of a layer for which the input of a walk with the smallest sum is kept."""


def are_few(shape: tuple[int, ...], values: Sequence[int] | None) -> bool:
    """Whether all inputs of a size over an alphabet are compared."""
    return values is not None and len(values) ** int(np.prod(shape)) <= MOST


def all_inputs(shape: tuple[int, ...], values: Sequence[int] | None) -> Array | None:
    """Return every input over an alphabet, (N, *shape) in the order of the numbers they write; None when too many.

    Parameters
    ----------
    values : the alphabet, integers in a row; None where inputs are any numbers

    >>> all_inputs((2,), (0, 1)).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    if values is None or not are_few(shape, values):
        return None
    places = int(np.prod(shape))
    numbers = np.arange(len(values) ** places)[:, None] // len(values) ** np.arange(places)[::-1] % len(values)
    return (values[0] + numbers).reshape(-1, *shape)


def hard_inputs(
    network: EssenceNetwork,
    taught: Array,
    count: int,
    generator: np.random.Generator,
    values: Sequence[int] | None,
    check: Callable[[], None] = lambda: None,
) -> Array:
    """Return ``count`` inputs or a few less (equal ones are dropped): taught, random, and close to a change.

    Parameters
    ----------
    taught : (N, *shape) the inputs that the network was taught
    values : the alphabet, integers in a row; None where inputs are any numbers: these get denominators of 1024, so that
        sums stay exact
    check : called now and then; may raise to stop
    """
    shape, width = network.input_shape, int(np.prod(network.input_shape))
    rows = taught.reshape(len(taught), -1)
    parts = [_some(rows, count // 4, generator), _flipped(rows, count // 8, generator, values)]
    random = _random(width, count // 2, generator, values)
    check()
    parts.append(_some(_climbed(network, np.concatenate([rows, random]), generator, values), count // 4, generator))
    check()
    parts += _at_changes(network, rows, count // 4, generator, check)
    parts += _climbed_later(network, np.concatenate([rows, random]), generator, values, check)
    parts.append(random)
    found = _distinct(parts)
    while len(found) < count:
        check()
        more = _distinct([found, _random(width, count - len(found), generator, values)])
        if len(more) == len(found):
            break
        found = more
    return found[:count].reshape(-1, *shape)


def _distinct(parts: Iterable[Array]) -> Array:
    """Join rows, leaving out what came before; the order stays."""
    joined = np.concatenate(list(parts))
    _, first = np.unique(joined, axis=0, return_index=True)
    return joined[np.sort(first)]


def _some(rows: Array, count: int, generator: np.random.Generator) -> Array:
    if len(rows) <= count:
        return rows
    return rows[np.sort(generator.choice(len(rows), count, replace=False))]


def _random(width: int, count: int, generator: np.random.Generator, values: Sequence[int] | None) -> Array:
    """Return random rows: over two values at several densities; of numbers some small integers, so that ties occur."""
    if values is None:
        real = np.round(generator.normal(size=(count - count // 2, width)) * 1024) / 1024
        spread = generator.integers(1, 4, size=(count // 2, 1))
        small = np.round(generator.uniform(-1, 1, size=(count // 2, width)) * spread)
        return np.concatenate([real, small])
    if len(values) < 2:
        return np.full((count, width), values[0])
    share = generator.choice(_DENSITIES, size=(count, 1))
    other = generator.integers(values[0] + 1, values[-1] + 1, size=(count, width))
    return np.where(generator.random((count, width)) < share, other, values[0])


def _flipped(rows: Array, count: int, generator: np.random.Generator, values: Sequence[int] | None) -> Array:
    """Return taught inputs with one to three places changed."""
    chosen = rows[generator.integers(0, len(rows), size=count)].astype(np.float64 if values is None else np.int64)
    for _ in range(3):
        place = generator.integers(0, rows.shape[1], size=count)
        now = np.arange(count), place
        turn = generator.random(count) < 0.7
        chosen[now] = np.where(turn, _other(chosen[now], generator, values), chosen[now])
    return chosen


def _other(now: Array, generator: np.random.Generator, values: Sequence[int] | None) -> Array:
    """Return another value for each."""
    if values is None:
        return now + generator.integers(1, 3, size=now.shape) * generator.choice([-1, 1], size=now.shape)
    if len(values) < 2:
        return now
    step = generator.integers(1, len(values), size=now.shape)
    return values[0] + (now - values[0] + step) % len(values)


def _climbed(
    network: EssenceNetwork, starts: Array, generator: np.random.Generator, values: Sequence[int] | None
) -> Array:
    """Drive the sum of each neuron of the first layer towards 0 by changing single places, from several starts."""
    layer = network.layers[0]
    chosen = np.unique(np.linspace(0, len(layer.bias) - 1, min(_CLIMBED, len(layer.bias))).astype(int))
    weights = np.repeat(layer.weights[chosen], _STARTS, axis=0)
    bias = np.repeat(layer.bias[chosen], _STARTS)
    x = starts[generator.integers(0, len(starts), size=len(bias))].copy()
    rows = np.arange(len(x))
    low, high = (-2, 2) if values is None else (values[0], values[-1])
    for _ in range(x.shape[1]):
        total = (weights * x).sum(axis=1) + bias
        turned = np.where(x == low, high, low)
        after = np.abs(total[:, None] + weights * (turned - x))
        best = after.argmin(axis=1)
        better = after[rows, best] < np.abs(total)
        if not better.any():
            break
        x[rows[better], best[better]] = turned[rows[better], best[better]]
    return x


def _climbed_later(
    network: EssenceNetwork,
    starts: Array,
    generator: np.random.Generator,
    values: Sequence[int] | None,
    check: Callable[[], None],
) -> list[Array]:
    """Drive sums of the later layers, and the lead of the highest score, towards 0 by changing single places.

    For each of a few neurons and decisions, some random changes are tried at a time and the best is taken.
    """
    hidden = [(k, n) for k, layer in enumerate(network.layers[1:-1], start=1) for n in range(len(layer.bias))]
    aims: list[tuple[int, tuple[int, ...]]] = [
        (hidden[int(k)][0], (hidden[int(k)][1],))
        for k in np.sort(generator.permutation(len(hidden))[:_AIMS])
    ]  # fmt: skip
    last = len(network.layers) - 1
    heads = [head.neurons for head in network.heads if len(head.neurons) > 1]
    aims += [(last, heads[int(k)]) for k in np.sort(generator.permutation(len(heads))[:_AIMS])]
    if not aims:
        return []
    x = starts[generator.integers(0, len(starts), size=len(aims))]
    best = _distances(network, x[:, None], aims)[:, 0]
    found = [x]
    for _ in range(_CLIMBS):
        check()
        changed = np.repeat(x[:, None], _CHANGES, axis=1)
        place = generator.integers(0, x.shape[1], size=changed.shape[:2])
        now = (*np.indices(place.shape), place)
        changed[now] = _other(changed[now], generator, values)
        after = _distances(network, changed, aims)
        nearest = after.argmin(axis=1)
        rows = np.flatnonzero(after[np.arange(len(x)), nearest] < best)
        if len(rows):
            x = x.copy()
            x[rows], best[rows] = changed[rows, nearest[rows]], after[rows, nearest[rows]]
            found.append(x[rows])
    return found


def _distances(network: EssenceNetwork, x: Array, aims: Sequence[tuple[int, tuple[int, ...]]]) -> Array:
    """Return how far each aim is from 0 on its own inputs: (aims, C, inputs) -> (aims, C)."""
    count = x.shape[1]
    outputs = network.forward(x.reshape(-1, *network.input_shape))
    found = np.zeros(x.shape[:2])
    for row, (depth, neurons) in enumerate(aims):
        mine = slice(row * count, (row + 1) * count)
        if len(neurons) == 1:
            layer = network.layers[depth]
            found[row] = np.abs(outputs[depth - 1][mine] @ layer.weights[neurons[0]] + layer.bias[neurons[0]])
        else:
            top = np.sort(outputs[depth][mine][:, list(neurons)], axis=1)
            found[row] = top[:, -1] - top[:, -2]
    return found


def _at_changes(
    network: EssenceNetwork, rows: Array, count: int, generator: np.random.Generator, check: Callable[[], None]
) -> list[Array]:
    """Walk from one taught input to another, place by place, and keep both sides of each change of what is said.

    Of each walk also kept are the inputs at which the sums of the later layers are nearest to 0.
    """
    found: list[Array] = []
    kept = 0
    for _ in range(max(1, count // 16)):
        if kept >= count or len(rows) < 2:
            break
        check()
        one, other = rows[generator.choice(len(rows), 2, replace=False)]
        places = np.flatnonzero(one != other)
        walk = np.repeat(one[None], len(places) + 1, axis=0)
        for step, place in enumerate(generator.permutation(places), start=1):
            walk[step:, place] = other[place]
        if len(walk) > _PATH_STEPS:
            first = int(generator.integers(0, len(walk) - _PATH_STEPS))
            walk = walk[first : first + _PATH_STEPS]
        part = walk[_changing(network, walk, generator)]
        found.append(part)
        kept += len(part)
    return found


def _changing(network: EssenceNetwork, walk: Array, generator: np.random.Generator) -> NDArray[np.intp]:
    """Return the numbers of the inputs of a walk that lie beside a change of a later layer, or nearest to one."""
    outputs = network.forward(walk.reshape(-1, *network.input_shape))
    marked = np.zeros(len(walk), dtype=bool)
    scores = outputs[-1]
    for head in network.heads or ():
        mine = scores[:, list(head.neurons)]
        top = np.sort(mine, axis=1)
        marked[np.argmin(top[:, -1] - top[:, -2]) if mine.shape[1] > 1 else 0] = True
        said = mine.argmax(axis=1)
        _mark(marked, said[1:] != said[:-1])
    for values, layer in zip(outputs[:-2], network.layers[1:-1], strict=True):
        sums = np.abs(layer.sums(values))
        marked[generator.permutation(sums.argmin(axis=0))[:_NEAREST]] = True
    for signs in outputs[1:-1]:
        _mark(marked, (signs[1:] != signs[:-1]).any(axis=1))
    return np.flatnonzero(marked)


def _mark(marked: NDArray[np.bool_], changes: NDArray[np.bool_]) -> None:
    marked[1:] |= changes
    marked[:-1] |= changes
