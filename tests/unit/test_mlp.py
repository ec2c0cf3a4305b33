from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.networks import OVERFLOW, AffineMap, Card, MlpNetwork, Network, OneHotInput, RawInput, Rounded
from mips_core.stepping import outputs_of, trace
from mips_core.tasks.integers import Integers


def random_network(seed, d=3, width=2, outputs=2, depths=(2, 2), activation="relu", encoding=None):
    rng = np.random.default_rng(seed)
    encoding = encoding or RawInput(width)

    def layers(sizes):
        return tuple(AffineMap(rng.normal(size=(b, a)) / a, rng.normal(size=b)) for a, b in pairwise(sizes))

    hidden = layers([d + encoding.size, *[5] * (depths[0] - 1), d])
    readout = layers([d, *[4] * (depths[1] - 1), outputs])
    card = Card("mlp", encoding.width, outputs, d)
    return MlpNetwork(card, encoding, Rounded(outputs), hidden, readout, activation, rng.normal(size=d))


def scores_of(network, x):
    state, scores = network.start(len(x)), []
    for t in range(x.shape[1]):
        state = network.advance(state, x[:, t])
        scores.append(network.readout(state))
    return np.stack(scores, axis=1)


X = np.random.default_rng(9).integers(-3, 4, size=(6, 8, 2))


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "leaky_relu", "identity"])
@pytest.mark.parametrize("depths", [(1, 1), (2, 1), (3, 3)])
def test_same_function_as_the_authors_module_in_torch(activation, depths):
    network = random_network(1, depths=depths, activation=activation)
    function = {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "leaky_relu": torch.nn.functional.leaky_relu,
        "identity": lambda z: z,
    }[activation]

    def mlp(layers, z):
        for index, layer in enumerate(layers):
            z = torch.nn.functional.linear(z, torch.tensor(layer.weight), torch.tensor(layer.bias))
            z = function(z) if index < len(layers) - 1 else z
        return z

    h = torch.tensor(network.start(len(X)))
    for t in range(X.shape[1]):
        h = mlp(network.hidden, torch.cat([h, torch.tensor(X[:, t]).double()], dim=1))
        expected = mlp(network.readout_layers, h).numpy()
        assert np.allclose(scores_of(network, X)[:, t], expected, rtol=0, atol=1e-12)


def test_follows_the_protocol_and_counts_parameters():
    network = random_network(0)
    assert isinstance(network, Network)
    assert network.parameters == (5 * 5 + 5) + (3 * 5 + 3) + (4 * 3 + 4) + (2 * 4 + 2)
    assert network.start(4).shape == (4, 3)
    state, y = network.step(network.start(6), X[:, 0])
    assert state.shape == (6, 3)
    assert y.shape == (6, 2)
    assert y.dtype == np.int64


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([(1, 1), (2, 1), (1, 2), (3, 2)]))
def test_change_of_basis_and_permutation_keep_the_function(seed, depths):
    network = random_network(seed, depths=depths, activation="tanh")
    rng = np.random.default_rng(seed)
    basis = np.linalg.qr(rng.normal(size=(3, 3)))[0] * rng.uniform(0.2, 5, size=3)
    moved = network.change_basis(basis)
    assert np.allclose(scores_of(moved, X), scores_of(network, X), atol=1e-9)
    assert np.allclose(trace(moved, X).states, trace(network, X).states @ basis.T, atol=1e-9)
    order = rng.permutation(3)
    shuffled = network.permute_hidden(order)
    assert np.allclose(scores_of(shuffled, X), scores_of(network, X), atol=1e-12)
    assert np.allclose(trace(shuffled, X).states, trace(network, X).states[..., order], atol=1e-12)


@pytest.mark.parametrize(("depths", "activation"), [((1, 1), "relu"), ((3, 2), "identity")])
def test_affine_parts_give_the_same_states_and_scores(depths, activation):
    network = random_network(4, depths=depths, activation=activation)
    assert network.is_transition_affine
    assert network.is_readout_affine
    A, B, b = network.affine_transition()
    C, c = network.affine_readout()
    h = network.start(6)
    after = network.advance(h, X[:, 0])
    assert np.allclose(after, h @ A.T + X[:, 0] @ B.T + b, atol=1e-12)
    assert np.allclose(network.readout(after), after @ C.T + c, atol=1e-12)


def test_affine_parts_of_a_deep_network_are_refused():
    network = random_network(4)
    assert not network.is_transition_affine
    assert not network.is_readout_affine
    with pytest.raises(BadInputError, match="relu"):
        network.affine_transition()
    with pytest.raises(BadInputError, match="relu"):
        network.affine_readout()


def test_one_hot_input_uses_the_columns_after_the_hidden_ones():
    network = random_network(2, encoding=OneHotInput((Integers(-3, 4), Integers(-3, 4))))
    h = network.start(6)
    u = np.hstack([h, network.encoding.encode(X[:, 0])])
    inner = np.maximum(u @ network.hidden[0].weight.T + network.hidden[0].bias, 0)
    assert np.allclose(network.advance(h, X[:, 0]), network.hidden[1](inner), atol=1e-12)


def test_a_state_that_blows_up_is_silent_and_marked():
    grow = AffineMap(np.array([[1e200, 1.0]]), np.zeros(1))
    network = MlpNetwork(Card("linear", 1, 1, 1), RawInput(1), Rounded(1), (grow,), (AffineMap(np.eye(1), np.ones(1)),))
    outputs = outputs_of(network, np.ones((1, 6, 1), dtype=np.int64))[0, :, 0]
    assert outputs[0] == 2
    assert (outputs[1:] == OVERFLOW).all()
    both = AffineMap(np.array([[1e200, -1e200, 1.0], [1e200, 1e200, 1.0]]), np.zeros(2))
    card = Card("linear", 1, 1, 2)
    network = MlpNetwork(card, RawInput(1), Rounded(1), (both,), (AffineMap(np.ones((1, 2)), np.zeros(1)),))
    assert outputs_of(network, np.ones((1, 6, 1), dtype=np.int64))[0, -1, 0] == OVERFLOW


@pytest.mark.parametrize("matrix", [np.zeros((3, 3)), np.eye(2)])
def test_change_of_basis_must_be_invertible(matrix):
    with pytest.raises(BadInputError, match="change of basis"):
        random_network(0).change_basis(matrix)


def test_no_permutation_is_refused():
    with pytest.raises(BadInputError, match="permutation"):
        random_network(0).permute_hidden([0, 0, 1])


@pytest.mark.parametrize(
    ("hidden", "readout", "start", "named"),
    [
        ([(2, 4)], [(1, 2)], 0, r"hidden\.0\.weight.*\(any, 3\)"),
        ([(5, 3), (2, 4)], [(1, 2)], 0, r"hidden\.1\.weight.*\(any, 5\)"),
        ([(2, 3)], [(1, 3)], 0, r"readout\.0\.weight.*\(any, 2\)"),
        ([(2, 3)], [(2, 2)], 0, r"readout\.0\.weight.*\(1, 2\)"),
        ([(2, 3)], [(1, 2)], 3, "start_state"),
        ([], [(1, 2)], 0, "hidden MLP has no layers"),
        ([(2, 3)], [], 0, "readout has no layers"),
    ],
)
def test_shapes_that_do_not_fit_are_named(hidden, readout, start, named):
    def zeros(shapes):
        return tuple(AffineMap(np.zeros(shape), np.zeros(shape[0])) for shape in shapes)

    with pytest.raises(BadInputError, match=named):
        MlpNetwork(
            Card("mlp", 1, 1, 2), RawInput(1), Rounded(1), zeros(hidden), zeros(readout), start_state=np.zeros(start)
        )


def test_unknown_activation_and_contradicting_card_are_refused():
    layers = (AffineMap(np.zeros((2, 3)), np.zeros(2)),), (AffineMap(np.zeros((1, 2)), np.zeros(1)),)
    with pytest.raises(BadInputError, match="swish"):
        MlpNetwork(Card("mlp", 1, 1, 2), RawInput(1), Rounded(1), *layers, activation="swish")
    with pytest.raises(BadInputError, match="card"):
        MlpNetwork(Card("mlp", 1, 1, 7), RawInput(1), Rounded(1), *layers)
