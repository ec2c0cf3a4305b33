"""Networks without any structure: what is written equals them on every input."""

from __future__ import annotations

import numpy as np
import pytest
from essence_written import all_inputs, as_groups, differences

from mips_core.errors import NoRegularStructureError
from mips_core.essence.network import EssenceNetwork, Head, Layer
from mips_core.essence.writing import InputValues, write


def _random(seed: int, depth: int, several: bool = False) -> EssenceNetwork:
    """Return small integer weights, some of them 0, so that ties and neurons at 0 are common."""
    generator = np.random.default_rng(seed)
    widths = [int(generator.integers(2, 6)) for _ in range(depth)]
    labels = 2 if several else int(generator.integers(2, 5))
    outputs = labels * 2 if several else labels
    layers = []
    for number, width in enumerate([*widths[1:], outputs]):
        weights = generator.integers(-2, 3, (width, widths[number]))
        layers.append(Layer(f"layer {number + 1}", weights, generator.integers(-2, 3, width)))
    heads = tuple(Head(tuple(range(k, k + labels)), tuple(range(labels))) for k in range(0, outputs, labels))
    return EssenceNetwork((widths[0],), tuple(layers), heads, several)


@pytest.mark.parametrize("values", [(0, 1), (-1, 0, 1)])
@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize("seed", range(12))
def test_a_program_equals_its_network_on_every_input(seed: int, depth: int, values: tuple[int, ...]) -> None:
    network = _random(seed, depth)
    condensed = as_groups(network)
    written = write(condensed, "whole", InputValues(min(values), max(values)), "A test.")
    assert differences(written, condensed, all_inputs(values, network.input_shape[0])) == []


@pytest.mark.parametrize("seed", range(12))
def test_several_decisions_are_a_list(seed: int) -> None:
    network = _random(seed, 3, several=True)
    condensed = as_groups(network)
    written = write(condensed, "whole", InputValues(), "A test.")
    assert differences(written, condensed, all_inputs((0, 1), network.input_shape[0])) == []


@pytest.mark.parametrize("seed", range(12))
def test_inputs_that_are_no_whole_numbers_are_compared_as_they_are(seed: int) -> None:
    network = _random(seed, 3)
    condensed = as_groups(network)
    written = write(condensed, "whole", InputValues(-np.inf, np.inf, whole=False), "A test.")
    x = all_inputs((-1, 0, 1), network.input_shape[0])
    halves = np.random.default_rng(seed).integers(-6, 7, (200, network.input_shape[0])) / 2
    assert differences(written, condensed, x) == []
    assert differences(written, condensed, halves) == []


@pytest.mark.parametrize("seed", range(6))
def test_whole_numbers_may_have_no_bounds(seed: int) -> None:
    network = _random(seed, 3)
    condensed = as_groups(network)
    written = write(condensed, "whole", InputValues(-np.inf, np.inf), "A test.")
    assert differences(written, condensed, all_inputs((-5, 0, 1, 3), network.input_shape[0])) == []


@pytest.mark.parametrize("seed", range(8))
def test_scores_are_returned_as_they_are(seed: int) -> None:
    decided = _random(seed, 3)
    condensed = as_groups(EssenceNetwork(decided.input_shape, decided.layers, ()))
    written = write(condensed, "whole", InputValues(), "A test.")
    assert differences(written, condensed, all_inputs((0, 1), decided.input_shape[0])) == []


def test_many_unrelated_neurons_are_refused_with_what_was_tried() -> None:
    generator = np.random.default_rng(5)
    layers = (
        Layer("differentia", generator.integers(-3, 4, (20, 12)), generator.integers(-3, 4, 20)),
        Layer("subconcept", generator.integers(-3, 4, (12, 20)), generator.integers(-3, 4, 12)),
        Layer("concept", generator.integers(-3, 4, (2, 12)), np.zeros(2, dtype=np.int64)),
    )
    condensed = as_groups(EssenceNetwork((12,), layers, (Head((0, 1), (0, 1)),)))
    with pytest.raises(NoRegularStructureError, match="20 neurons that follow no loop") as refused:
        write(condensed, "whole", InputValues(), "A test.")
    assert len(refused.value.tried) >= 2


def test_a_sum_of_many_unrelated_numbers_is_refused() -> None:
    weights = np.array([[1, -2, 3, 5, -7, 11, 13, -17, 19]])
    layers = (
        Layer("differentia", weights, np.array([4])),
        Layer("concept", np.array([[1], [-1]]), np.zeros(2, dtype=np.int64)),
    )
    condensed = as_groups(EssenceNetwork((9,), layers, (Head((0, 1), (0, 1)),)))
    with pytest.raises(NoRegularStructureError, match="9 unrelated numbers"):
        write(condensed, "whole", InputValues(), "A test.")
