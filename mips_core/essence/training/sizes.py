"""Networks of several sizes that were made in one way, with numbers that can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.network import EssenceNetwork, Layer
from mips_core.essence.training.candidates import Candidate


def ways(found: Sequence[Sequence[Candidate]]) -> list[tuple[Candidate, ...]]:
    """Return for each way of training one candidate of each size, in the order of the first size that has it.

    A size where a kind of partition is no other than that with the fewest parts takes the latter.  Ways without a
    network of their mode at some size are left out.
    """
    keys = dict.fromkeys((each.network.mode, each.kind) for candidates in found for each in candidates)
    chosen: list[tuple[Candidate, ...]] = []
    for mode, kind in sorted(keys, key=lambda key: key[0] == "svm"):
        row = [_of(candidates, mode, kind) or _of(candidates, mode, "fewest") for candidates in found]
        whole = tuple(each for each in row if each is not None)
        if len(whole) == len(found):
            chosen.append(_comparable(whole))
    return chosen


def _of(candidates: Sequence[Candidate], mode: str, kind: str) -> Candidate | None:
    return next((each for each in candidates if (each.network.mode, each.kind) == (mode, kind)), None)


def _comparable(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Return the candidates with smaller numbers in their hidden layers where that keeps sizes comparable.

    With one size each neuron is divided by the greatest common divisor of its numbers.  With several, a bias may be
    even at one size and odd at the next: a layer is halved only where that can be done at every size.
    """
    networks = [each.network for each in candidates]
    depth = min(len(network.layers) for network in networks) - 1
    for k in range(depth):
        layers = [network.layers[k] for network in networks]
        smaller = [_divided(layers[0])] if len(layers) == 1 else _halved(layers)
        networks = [_with_layer(network, k, layer) for network, layer in zip(networks, smaller, strict=True)]
    return tuple(replace(each, network=network) for each, network in zip(candidates, networks, strict=True))


def _with_layer(network: EssenceNetwork, k: int, layer: Layer) -> EssenceNetwork:
    return replace(network, layers=(*network.layers[:k], layer, *network.layers[k + 1 :]))


def _divided(layer: Layer) -> Layer:
    divisors = np.gcd(np.gcd.reduce(layer.weights, axis=1), layer.bias)
    divisors[divisors == 0] = 1
    return replace(layer, weights=layer.weights // divisors[:, None], bias=layer.bias // divisors)


def _halved(layers: list[Layer]) -> list[Layer]:
    if any(_odd(layer.weights) or _odd(layer.bias) for layer in layers):
        return layers
    return [replace(layer, weights=layer.weights // 2, bias=layer.bias // 2) for layer in layers]


def _odd(numbers: NDArray[np.int64]) -> bool:
    return bool((numbers % 2).any())
