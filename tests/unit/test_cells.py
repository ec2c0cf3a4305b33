import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.networks import (
    AffineMap,
    Argmax,
    Card,
    CellLayer,
    CellNetwork,
    EmbeddingInput,
    Network,
    OneHotInput,
    RawInput,
    Rounded,
)
from mips_core.networks.layers import sigmoid
from mips_core.tasks.integers import Integers

MODULES = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


def torch_module(cell, layers, size, d=4, seed=0, **options):
    torch.manual_seed(seed)
    return MODULES[cell](size, d, num_layers=layers, batch_first=True, **options).double()


def cell_network(cell, module, head, encoding, decoding, nonlinearity="tanh"):
    layers = tuple(
        CellLayer(**{name: getattr(module, f"{name}_l{k}").detach().numpy() for name in CellLayer.NAMES})
        for k in range(module.num_layers)
    )
    readout = (AffineMap(head.weight.detach().numpy(), head.bias.detach().numpy()),)
    card = Card(cell, encoding.width, decoding.width, module.hidden_size)
    return CellNetwork(card, encoding, decoding, cell, layers, readout, nonlinearity)


def scores_of(network, x):
    state, scores = network.start(len(x)), []
    for t in range(x.shape[1]):
        state = network.advance(state, x[:, t])
        scores.append(network.readout(state))
    return np.stack(scores, axis=1)


X = np.random.default_rng(3).integers(0, 5, size=(7, 9, 1))


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize(
    ("cell", "nonlinearity"), [("rnn", "tanh"), ("rnn", "relu"), ("gru", "tanh"), ("lstm", "tanh")]
)
def test_same_scores_as_torch(cell, nonlinearity, layers):
    options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
    module = torch_module(cell, layers, 5, **options)
    head = torch.nn.Linear(4, 3).double()
    encoding = OneHotInput((Integers(0, 5),))
    network = cell_network(cell, module, head, encoding, Argmax((Integers(0, 3),)), nonlinearity)
    assert isinstance(network, Network)
    with torch.no_grad():
        expected = head(module(torch.nn.functional.one_hot(torch.tensor(X[..., 0]), 5).double())[0]).numpy()
    assert np.allclose(scores_of(network, X), expected, rtol=0, atol=1e-12)
    assert network.state_size == 4 * layers * (2 if cell == "lstm" else 1)
    assert network.parameters == sum(p.numel() for p in (*module.parameters(), *head.parameters()))


def test_embedding_gives_the_same_scores_as_torch():
    module, head, table = torch_module("gru", 2, 3), torch.nn.Linear(4, 1).double(), torch.nn.Embedding(5, 3).double()
    encoding = EmbeddingInput(table.weight.detach().numpy(), low=10)
    network = cell_network("gru", module, head, encoding, Rounded(1))
    with torch.no_grad():
        expected = head(module(table(torch.tensor(X[..., 0])))[0]).numpy()
    assert np.allclose(scores_of(network, X + 10), expected, rtol=0, atol=1e-12)


def test_flat_state_of_an_lstm_holds_h_and_c_of_each_layer():
    module, head = torch_module("lstm", 2, 1), torch.nn.Linear(4, 1).double()
    network = cell_network("lstm", module, head, RawInput(1), Rounded(1))
    state = network.start(7)
    for t in range(9):
        state = network.advance(state, X[:, t])
    with torch.no_grad():
        _, (h, c) = module(torch.tensor(X).double())
    expected = np.hstack([h[0].numpy(), c[0].numpy(), h[1].numpy(), c[1].numpy()])
    assert np.allclose(state, expected, rtol=0, atol=1e-12)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(sorted(MODULES)), st.integers(1, 3))
def test_permutation_keeps_the_function(seed, cell, layers):
    module, head = torch_module(cell, layers, 1, seed=seed), torch.nn.Linear(4, 2).double()
    network = cell_network(cell, module, head, RawInput(1), Rounded(2))
    rng = np.random.default_rng(seed)
    shuffled = network.permute_hidden([rng.permutation(4) for _ in range(layers)])
    assert np.allclose(scores_of(shuffled, X), scores_of(network, X), rtol=0, atol=1e-12)


def test_permutation_needs_one_order_per_layer():
    network = cell_network("gru", torch_module("gru", 2, 1), torch.nn.Linear(4, 1).double(), RawInput(1), Rounded(1))
    with pytest.raises(BadInputError, match="permutation per layer"):
        network.permute_hidden([[0, 1, 2, 3]])


def test_sigmoid_is_exact_and_silent_at_both_ends():
    z = np.array([-np.inf, -1e308, -800.0, -1.5, 0.0, 1.5, 800.0, np.inf])
    assert np.allclose(sigmoid(z), torch.sigmoid(torch.tensor(z)).numpy(), rtol=1e-15, atol=0)


def test_saturated_and_exploding_cells_are_silent():
    for cell in MODULES:
        module, head = torch_module(cell, 2, 1), torch.nn.Linear(4, 1).double()
        for parameter in module.parameters():
            parameter.data *= 1e6
        network = cell_network(cell, module, head, RawInput(1), Rounded(1), "relu" if cell == "rnn" else "tanh")
        state = network.start(7)
        for _ in range(60):
            state, y = network.step(state, X[:, 0])
        assert y.shape == (7, 1)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"weight_hh": np.zeros((11, 4))}, r"weight_hh_l0.*\(12, 4\)"),
        ({"weight_ih": np.zeros((12, 2))}, r"weight_ih_l0.*\(12, 1\)"),
        ({"bias_ih": np.zeros(4)}, r"bias_ih_l0.*\(12,\)"),
        ({"bias_hh": np.zeros((12, 1))}, r"bias_hh_l0.*\(12,\)"),
    ],
)
def test_shapes_that_do_not_fit_are_named(change, named):
    tensors = {
        "weight_ih": np.zeros((12, 1)),
        "weight_hh": np.zeros((12, 4)),
        "bias_ih": np.zeros(12),
        "bias_hh": np.zeros(12),
    }
    layer = CellLayer(**{**tensors, **change})
    readout = (AffineMap(np.zeros((1, 4)), np.zeros(1)),)
    with pytest.raises(BadInputError, match=named):
        CellNetwork(Card("gru", 1, 1, 4), RawInput(1), Rounded(1), "gru", (layer,), readout)


def test_unknown_cell_and_nonlinearity_are_refused():
    with pytest.raises(BadInputError, match="mgu"):
        CellNetwork(Card("gru", 1, 1, 4), RawInput(1), Rounded(1), "mgu", (), ())
    with pytest.raises(BadInputError, match="sine"):
        CellNetwork(Card("rnn", 1, 1, 4), RawInput(1), Rounded(1), "rnn", (), (), "sine")
    with pytest.raises(BadInputError, match="no recurrent layer"):
        CellNetwork(Card("rnn", 1, 1, 4), RawInput(1), Rounded(1), "rnn", (), ())
