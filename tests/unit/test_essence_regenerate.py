"""Groups written out again: the same numbers as the network, or the difference by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from essence_groups import ONE, ZERO, argmax_condensed, argmax_network, at, orientation_condensed, orientation_network

from mips_core.essence.condensed import Affine, At, Condensed, Group, Loop, Region, Span, Term
from mips_core.essence.network import EssenceNetwork, Layer
from mips_core.essence.regenerate import layer_outputs, regenerate, same_network


def _shuffled(network: EssenceNetwork, condensed: Condensed, seed: int) -> tuple[EssenceNetwork, Condensed]:
    """Return the network with the neurons of its first layer in another order, and the groups that say so."""
    order = np.random.default_rng(seed).permutation(len(network.layers[0].bias))
    first, second, *rest = network.layers
    place = np.argsort(order)
    layers = (
        Layer(first.name, first.weights[order], first.bias[order]),
        Layer(second.name, second.weights[:, order], second.bias),
        *rest,
    )
    named = {**condensed.neurons[0], "d0": tuple(int(place[k]) for k in condensed.neurons[0]["d0"])}
    return replace(network, layers=layers), replace(condensed, neurons=(named,))


@pytest.mark.parametrize("seed", range(3))
def test_neurons_may_come_in_any_order(seed: int) -> None:
    for network, condensed in (
        _shuffled(argmax_network(6), argmax_condensed(), seed),
        _shuffled(orientation_network(10), orientation_condensed(), seed),
    ):
        assert same_network(condensed, network) == ()


def test_groups_give_the_network_of_a_size_that_was_never_trained() -> None:
    for made, layer in zip(regenerate(argmax_condensed(), (9,)), argmax_network(9).layers, strict=True):
        np.testing.assert_array_equal(made.weights, layer.weights)
        np.testing.assert_array_equal(made.bias, layer.bias)


@pytest.mark.parametrize("depth", range(3))
def test_one_changed_number_is_named(depth: int) -> None:
    network = orientation_network(10)
    layers = list(network.layers)
    weights = layers[depth].weights.copy()
    weights[1, 3] += 2
    layers[depth] = replace(layers[depth], weights=weights)
    changed = same_network(orientation_condensed(), replace(network, layers=tuple(layers)))
    assert [(d.layer, d.neuron) for d in changed] == [(layers[depth].name, 1)]
    assert f"weight 3 is {weights[1, 3]}, its group says {weights[1, 3] - 2}" in changed[0].sentence


def test_a_changed_bias_a_label_and_a_forgotten_neuron_are_named() -> None:
    network, condensed = argmax_network(6), argmax_condensed()
    first, second, third = network.layers
    bias = second.bias.copy()
    bias[4] -= 1
    found = same_network(condensed, replace(network, layers=(first, replace(second, bias=bias), third)))
    assert [(d.layer, d.neuron) for d in found] == [("subconcept", 4)]
    head = replace(network.heads[0], labels=(0, 1, 2, 3, 5, 4))
    assert {d.neuron for d in same_network(condensed, replace(network, heads=(head,)))} == {4, 5}
    twice = {**condensed.neurons[0], "s0": (0, 1, 2, 3, 4, 4)}
    assert "5 of 6" in same_network(replace(condensed, neurons=(twice,)), network)[0].sentence


@pytest.mark.parametrize("shape", [(3,), (6,), (11,)])
def test_region_sums_of_argmax_are_the_outputs_of_its_neurons(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(1).integers(-3, 4, size=(200, *shape))
    for mine, theirs in zip(layer_outputs(argmax_condensed(), x), argmax_network(shape[0]).forward(x), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_region_sums_of_orientation_are_the_outputs_of_its_neurons() -> None:
    x = np.random.default_rng(2).integers(0, 2, size=(300, 10, 10))
    for mine, theirs in zip(layer_outputs(orientation_condensed(), x), orientation_network(10).forward(x), strict=True):
        np.testing.assert_array_equal(mine, theirs)
        assert set(np.unique(np.sign(theirs))) == {-1, 0, 1}  # ties are among them


def test_borders_wrap_or_are_cut() -> None:
    n = Affine(0, (("n", 1),))
    around = Region("x", (At(Affine(1, (("i", 1),), "n")),))
    beside = Region("x", (Span(Affine(-1, (("i", 1),)), Affine(2, (("i", 1),))),))
    terms = (Term(Affine(5), around), Term(ONE, beside))
    condensed = Condensed(1, ((Group("c0", 0, (Loop("i", ZERO, n),), terms, ZERO),),), ((4,),), decides=False)
    (layer,) = regenerate(condensed, (4,))
    assert layer.weights.tolist() == [[1, 6, 0, 0], [1, 1, 6, 0], [0, 1, 1, 6], [5, 0, 1, 1]]
    x = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(layer_outputs(condensed, x)[0], x @ layer.weights.T)


def test_a_group_leaves_out_its_diagonal() -> None:
    n = Affine(0, (("n", 1),))
    pairs = (Loop("i", ZERO, n), Loop("j", ZERO, n, other_than="i"))
    first = Group("d0", 0, pairs, (Term(ONE, Region("x", (at("i"),))), Term(ONE, Region("x", (at("j"),)))), ONE)
    last = Group("c0", 1, (), (Term(ONE, Region("d0", (Span(ZERO, n), Span(ZERO, n)))),), ZERO)
    condensed = Condensed(1, ((first,), (last,)), ((3,),), decides=False)
    layers = regenerate(condensed, (3,))
    assert layers[0].weights.tolist() == [[1, 1, 0], [1, 0, 1], [1, 1, 0], [0, 1, 1], [1, 0, 1], [0, 1, 1]]
    assert layers[1].weights.tolist() == [[1] * 6]
