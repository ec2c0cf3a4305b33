"""Changing one weight of a network, and finding an input on which network and code differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from mips_core.essence.certify import Examination, answer
from mips_core.essence.counterexamples import Counterexample, counterexample
from mips_core.essence.network import EssenceNetwork

_LOOKED_AT = 20
"""Differing inputs of which the smallest is told."""


@dataclass(frozen=True)
class WeightChange:
    """One changed weight.

    Parameters
    ----------
    layer, neuron, input : where
    before, after : its value
    """

    layer: int
    neuron: int
    input: int
    before: int
    after: int


def with_changed_weight(network: EssenceNetwork, generator: np.random.Generator) -> tuple[EssenceNetwork, WeightChange]:
    """Return a network with one weight that is not 0 of another sign, and the change."""
    filled = [k for k, each in enumerate(network.layers) if np.any(each.weights)]
    layer = int(generator.choice(filled))
    part = network.layers[layer]
    places = np.argwhere(part.weights != 0)
    neuron, column = places[int(generator.integers(len(places)))].tolist()
    weights = part.weights.copy()
    before = int(weights[neuron, column])
    weights[neuron, column] = -before
    layers = (*network.layers[:layer], replace(part, weights=weights), *network.layers[layer + 1 :])
    return replace(network, layers=layers), WeightChange(layer, neuron, column, before, -before)


def differing_input(examination: Examination, function: Callable[..., Any]) -> Counterexample | None:
    """Ask a function of our own until it differs from the network; return the smallest of the first few inputs."""
    wrong = (
        found
        for question in (*examination.asked(), *examination.elsewhere())
        if (found := counterexample(question, answer(function, question))) is not None
    )
    return min(islice(wrong, _LOOKED_AT), key=lambda each: each.size, default=None)
