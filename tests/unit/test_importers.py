"""Networks as PyTorch users and the MIPS authors save them, read back and compared with torch."""

import io
import pickle
import zipfile

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from mips_core.errors import BadInputError, MipsError, UnsupportedNetworkError
from mips_core.networks import (
    Argmax,
    EmbeddingInput,
    OneHotInput,
    RawInput,
    Rounded,
    archives,
    load_network,
    read_network,
    save_network,
)
from mips_core.tasks.integers import Integers

X = np.random.default_rng(0).integers(0, 5, size=(6, 8, 1))
BIT, FIVE = Integers(0, 2), Integers(0, 5)


class Tagger(nn.Module):
    """A network as users write them: perhaps an embedding, recurrent layers, a readout."""

    def __init__(self, cell, size, d=4, scores=3, layers=1, bias=True, embedding=None, readout=None, **options):
        super().__init__()
        if embedding:
            self.embedding = nn.Embedding(embedding, size)
        self.encoder = nn.ModuleDict({"core": cell(size, d, num_layers=layers, bias=bias, batch_first=True, **options)})
        self.dropout = nn.Dropout(0.1)
        self.head = readout or nn.Linear(d, scores)

    def forward(self, z):
        if hasattr(self, "embedding"):
            z = self.embedding(z)
        return self.head(self.encoder["core"](z)[0])


def made(*args, seed=0, **options):
    torch.manual_seed(seed)
    return Tagger(*args, **options).double().eval()


def save(state, path):
    if path.suffix == ".npz":
        np.savez(path, **{name: tensor.numpy() for name, tensor in state.items()})
    elif path.suffix == ".safetensors":
        safetensors.torch.save_file({name: tensor.contiguous() for name, tensor in state.items()}, path)
    else:
        torch.save(state, path)
    return path


def scores_of(network, x):
    state, scores = network.start(len(x)), []
    for t in range(x.shape[1]):
        state = network.advance(state, x[:, t])
        scores.append(network.readout(state))
    return np.stack(scores, axis=1)


def assert_same(network, module, z, x=X, atol=1e-12):
    with torch.no_grad():
        expected = module(z).numpy()
    assert np.allclose(scores_of(network, x), expected, rtol=0, atol=atol)


def one_hot(x, n):
    return nn.functional.one_hot(torch.tensor(x[..., 0]), n).double()


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".pt", ".pth"])
@pytest.mark.parametrize("cell", [nn.RNN, nn.GRU, nn.LSTM])
@pytest.mark.parametrize(("layers", "bias"), [(1, True), (3, True), (2, False)])
def test_pytorch_cells_with_one_hot_input(cell, suffix, layers, bias, tmp_path):
    module = made(cell, 5, layers=layers, bias=bias)
    path = save(module.state_dict(), tmp_path / f"weights{suffix}")
    network = read_network(path, inputs=FIVE, length=12)
    assert_same(network, module, one_hot(X, 5))
    assert network.card.cell == cell.__name__.lower()
    assert network.card.inputs == (FIVE,)
    assert network.card.length == 12
    assert network.encoding == OneHotInput((FIVE,))
    assert network.decoding == Argmax((Integers(0, 3),))


def test_an_imported_network_survives_our_own_format(tmp_path):
    path = save(made(nn.LSTM, 5, layers=2).state_dict(), tmp_path / "weights.pt")
    network = read_network(path, inputs=(FIVE,))
    save_network(network, tmp_path / "ours.safetensors")
    assert np.array_equal(scores_of(load_network(tmp_path / "ours.safetensors"), X), scores_of(network, X))
    assert load_network(tmp_path / "ours.safetensors").card == network.card


def test_plain_rnn_with_relu_must_be_told(tmp_path):
    module = made(nn.RNN, 1, scores=1, nonlinearity="relu")
    network = read_network(save(module.state_dict(), tmp_path / "w.pt"), inputs=FIVE, nonlinearity="relu")
    assert_same(network, module, torch.tensor(X).double())
    assert network.encoding == RawInput(1)
    assert network.decoding == Rounded(1)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_readout_of_several_layers(activation, tmp_path):
    between = {"relu": nn.ReLU, "tanh": nn.Tanh}[activation]
    readout = nn.Sequential(nn.Linear(4, 7), between(), nn.Linear(7, 7), between(), nn.Linear(7, 2))
    module = made(nn.GRU, 1, readout=readout)
    network = read_network(save(module.state_dict(), tmp_path / "w.safetensors"), activation=activation)
    assert_same(network, module, torch.tensor(X).double())
    assert network.card.inputs is None


def test_readout_of_more_than_ten_places_is_ordered_by_number(tmp_path):
    readout = nn.Sequential(*[m for _ in range(6) for m in (nn.Linear(4, 4), nn.ReLU())], nn.Linear(4, 2))
    module = made(nn.GRU, 1, readout=readout)
    assert_same(read_network(save(module.state_dict(), tmp_path / "w.safetensors")), module, torch.tensor(X).double())


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_embedding_input(suffix, tmp_path):
    module = made(nn.LSTM, 3, embedding=5, layers=2)
    path = save(module.state_dict(), tmp_path / f"w{suffix}")
    network = read_network(path)
    assert isinstance(network.encoding, EmbeddingInput)
    assert network.card.inputs == (FIVE,)
    assert_same(network, module, torch.tensor(X[..., 0]))
    shifted = read_network(path, inputs=Integers(-2, 3))
    assert_same(shifted, module, torch.tensor(X[..., 0]), x=X - 2)
    inside = read_network(path, inputs=Integers(1, 4))
    assert inside.card.inputs == (Integers(1, 4),)
    assert_same(inside, module, torch.tensor(X[..., 0]))
    with pytest.raises(BadInputError, match=r"5 rows.*0:7"):
        read_network(path, inputs=Integers(0, 7))


def test_two_symbols_per_step_share_one_embedding(tmp_path):
    class Pair(Tagger):
        def forward(self, z):
            return self.head(self.encoder["core"](self.embedding(z).flatten(2))[0])

    torch.manual_seed(0)
    module = Pair(nn.GRU, 6, embedding=5).double()
    module.embedding = nn.Embedding(5, 3).double()
    network = read_network(save(module.state_dict(), tmp_path / "w.npz"))
    x = np.random.default_rng(1).integers(0, 5, size=(4, 6, 2))
    assert network.input_width == 2
    assert_same(network, module, torch.tensor(x), x=x)


def renamed(state, **changes):
    for old, new in changes.items():
        state = {name.replace(old, new): tensor for name, tensor in state.items()}
    return state


@pytest.mark.parametrize(
    "changes",
    [
        {"encoder.core.": "", "head.": "fc."},
        {"encoder.core.": "module.lstm.", "head.": "module.out."},
        {"encoder.core.": "model.encoder.gru.", "head.": "model.decoder."},
        {"encoder.core.": "{}.", "head.": ""},
    ],
)
def test_any_names_around_the_tensors_will_do(changes, tmp_path):
    module = made(nn.GRU, 5)
    path = save(renamed(module.state_dict(), **changes), tmp_path / "w.safetensors")
    assert_same(read_network(path, inputs=FIVE), module, one_hot(X, 5))


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_embedding_without_a_telling_name_is_found_by_shape(suffix, tmp_path):
    module = made(nn.GRU, 3, embedding=5)
    path = save(renamed(module.state_dict(), embedding="tokens"), tmp_path / f"w{suffix}")
    assert_same(read_network(path), module, torch.tensor(X[..., 0]))


def test_embedding_of_the_hidden_size_is_told_by_its_place(tmp_path):
    module = made(nn.GRU, 4, embedding=4, d=4, readout=nn.Linear(4, 4, bias=False))
    state = renamed(module.state_dict(), embedding="tokens")
    x = X % 4
    assert_same(read_network(save(state, tmp_path / "w.pt")), module, torch.tensor(x[..., 0]), x=x)
    with pytest.raises(UnsupportedNetworkError, match="leaves open"):
        read_network(save(state, tmp_path / "w.safetensors"))


@pytest.mark.parametrize("cell", [nn.RNNCell, nn.GRUCell, nn.LSTMCell])
def test_single_cells_and_stacks_of_them(cell, tmp_path):
    torch.manual_seed(0)
    first, second, head = cell(1, 3).double(), cell(3, 4).double(), nn.Linear(4, 1).double()
    holder = nn.ModuleDict({"upper": second, "lower": first, "head": head})  # defined in the wrong order
    network = read_network(save(holder.state_dict(), tmp_path / "w.pt"))

    def run(z):
        a = b = None
        scores = []
        for t in range(z.shape[1]):
            a = first(z[:, t], a)
            b = second(a[0] if isinstance(a, tuple) else a, b)
            scores.append(head(b[0] if isinstance(b, tuple) else b))
        return torch.stack(scores, dim=1)

    assert_same(network, run, torch.tensor(X).double())
    alone = nn.ModuleDict({"cell": first, "head": nn.Linear(3, 1).double()})
    assert read_network(save(alone.state_dict(), tmp_path / "alone.pt")).card.hidden_size == 3


@pytest.mark.parametrize("nest", ["state_dict", "model_state_dict", "model"])
def test_checkpoints_keep_the_state_dict_inside(nest, tmp_path):
    module = made(nn.GRU, 5)
    optimizer = torch.optim.Adam(module.parameters())
    checkpoint = {"epoch": 3, nest: module.state_dict(), "optimizer": optimizer.state_dict()}
    path = tmp_path / "checkpoint.pt"
    torch.save(checkpoint, path)
    assert_same(read_network(path, inputs=FIVE), module, one_hot(X, 5))
    torch.save(checkpoint, path, _use_new_zipfile_serialization=False)
    assert_same(read_network(path, inputs=FIVE), module, one_hot(X, 5))


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_narrow_floats_are_widened_exactly(dtype, suffix, tmp_path):
    module = made(nn.GRU, 5).to(dtype)
    path = save(module.state_dict(), tmp_path / f"w{suffix}")
    network = read_network(path, inputs=FIVE)
    assert_same(network, module.double(), one_hot(X, 5))


# ---- the MIPS authors' layout


def authors(seed=0, d=3, m=1, scores=1, depths=(1, 1), width=6):
    rng = np.random.default_rng(seed)
    arrays = {}
    for which, size_in, size_out, depth in (("h", d + m, d, depths[0]), ("y", d, scores, depths[1])):
        sizes = [size_in, *[width] * (depth - 1), size_out]
        for k in range(depth):
            arrays[f"{which}mlp.mlp.{2 * k}.weight"] = rng.normal(size=(sizes[k + 1], sizes[k])).astype(np.float32) / 2
            arrays[f"{which}mlp.mlp.{2 * k}.bias"] = rng.normal(size=sizes[k + 1]).astype(np.float32)
    return arrays


def npz(arrays, tmp_path):
    path = tmp_path / "model.npz"
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("depths", [(1, 1), (2, 1), (3, 2), (7, 1)])
def test_authors_layout_takes_hidden_first_and_no_activation_last(depths, activation, tmp_path):
    arrays = authors(depths=depths, m=2, scores=2)
    network = read_network(npz(arrays, tmp_path), inputs=FIVE, activation=activation)
    function = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[activation]

    def mlp(which, depth, z):
        for k in range(depth):
            z = z @ arrays[f"{which}mlp.mlp.{2 * k}.weight"].T.astype(float) + arrays[f"{which}mlp.mlp.{2 * k}.bias"]
            z = function(z) if k < depth - 1 else z
        return z

    x = np.random.default_rng(1).integers(0, 5, size=(6, 8, 2))
    h, expected = np.zeros((6, 3)), []
    for t in range(8):
        h = mlp("h", depths[0], np.hstack([h, x[:, t]]))
        expected.append(mlp("y", depths[1], h))
    assert np.allclose(scores_of(network, x), np.stack(expected, axis=1), rtol=0, atol=1e-12)
    assert network.encoding == RawInput(2)
    assert network.decoding == Rounded(2)
    assert network.card.inputs == (FIVE, FIVE)
    assert network.card.cell == ("linear" if depths == (1, 1) else "mlp")


def test_authors_layout_is_raw_for_two_bits_and_one_hot_for_more_symbols(tmp_path):
    assert read_network(npz(authors(m=2), tmp_path), inputs=BIT).encoding == RawInput(2)
    assert read_network(npz(authors(m=3), tmp_path), inputs=BIT).encoding == RawInput(3)
    network = read_network(npz(authors(m=5, scores=4), tmp_path), inputs=FIVE)
    assert network.encoding == OneHotInput((FIVE,))
    assert network.decoding == Argmax((Integers(0, 4),))
    assert read_network(npz(authors(m=5), tmp_path), inputs=FIVE, encoding="raw").encoding == RawInput(5)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda a: a.pop("hmlp.mlp.0.bias"), r"hmlp\.mlp\.0\.bias"),
        (lambda a: a.pop("hmlp.mlp.2.weight"), r"hmlp\.mlp\.2\.weight"),
        (lambda a: [a.pop("ymlp.mlp.0.weight"), a.pop("ymlp.mlp.0.bias")], r"ymlp\.mlp\.0\.weight"),
        (lambda a: [a.pop("hmlp.mlp.0.weight"), a.pop("hmlp.mlp.0.bias")], r"layers \[2\] of hmlp"),
        (lambda a: a.update({"ymlp.mlp.0.weight": np.zeros((1, 4))}), r"ymlp\.mlp\.0\.weight.*\(1, 4\).*\(any, 3\)"),
        (lambda a: a.update({"hmlp.mlp.2.weight": np.zeros((3, 5))}), r"hmlp\.mlp\.2\.weight.*\(3, 5\).*\(any, 6\)"),
        (lambda a: a.update({"hmlp.mlp.0.weight": np.zeros((6, 3))}), r"hmlp\.mlp\.0\.weight.*\(any, at least 4\)"),
        (lambda a: a.update({"hmlp.mlp.0.weight": np.zeros(24)}), r"hmlp\.mlp\.0\.weight.*\(24,\)"),
        (lambda a: a.update({"hmlp.mlp.0.bias": np.zeros(7)}), r"hmlp\.mlp\.0\.bias.*\(7,\).*\(6,\)"),
        (lambda a: a.update({"ymlp.mlp.0.bias": np.array([np.nan])}), r"ymlp\.mlp\.0\.bias.*NaN"),
        (lambda a: a.update({"ymlp.mlp.0.bias": np.array([1])}), r"ymlp\.mlp\.0\.bias.*int64"),
        (lambda a: a.update({"ymlp.mlp.0.weight": np.zeros((0, 3))}), r"ymlp\.mlp\.0\.weight.*\(0, 3\)"),
        (lambda a: a.update({"norm.weight": np.zeros(3)}), r"norm\.weight"),
        (lambda a: a.update({"b.hmlp.mlp.0.weight": np.zeros((6, 4))}), "more than one network"),
    ],
)
def test_wrong_tensors_of_the_authors_layout_are_named(change, named, tmp_path):
    arrays = authors(depths=(2, 1))
    change(arrays)
    with pytest.raises(BadInputError, match=named):
        read_network(npz(arrays, tmp_path))


# ---- which integers go in and out


def test_inputs_that_fit_no_reading_name_both(tmp_path):
    path = save(made(nn.GRU, 6).state_dict(), tmp_path / "w.pt")
    with pytest.raises(BadInputError, match=r"6 numbers.*5 one-hot symbols of 0:5.*raw"):
        read_network(path, inputs=FIVE)
    with pytest.raises(BadInputError, match="3 raw inputs"):
        read_network(path, inputs=(FIVE,) * 3)
    assert read_network(path, inputs=FIVE, encoding="raw").encoding == RawInput(6)
    assert read_network(path, inputs=BIT, encoding="one-hot").encoding == OneHotInput((BIT,) * 3)
    assert read_network(path, inputs=(Integers(1, 5), BIT)).encoding == OneHotInput((Integers(1, 5), BIT))
    assert read_network(path, inputs=(BIT,) * 6).encoding == RawInput(6)
    assert read_network(path, encoding="one-hot").card.inputs == (Integers(0, 6),)
    assert read_network(path).encoding == RawInput(6)
    with pytest.raises(BadInputError, match="2 ranges"):
        read_network(path, inputs=(BIT, BIT), encoding="raw")
    with pytest.raises(BadInputError, match="morse"):
        read_network(path, encoding="morse")
    with pytest.raises(BadInputError, match="2\\*\\*53"):
        read_network(path, inputs=Integers(0, 2**60))
    with pytest.raises(BadInputError, match="length 0"):
        read_network(path, length=0)


def test_two_raw_inputs_share_one_range(tmp_path):
    network = read_network(save(made(nn.GRU, 2).state_dict(), tmp_path / "w.pt"), inputs=FIVE)
    assert network.encoding == RawInput(2)
    assert network.card.inputs == (FIVE, FIVE)


def test_outputs_can_be_named(tmp_path):
    module = made(nn.GRU, 5, scores=2)
    path = save(module.state_dict(), tmp_path / "w.pt")
    assert read_network(path, inputs=FIVE).decoding == Argmax((BIT,))
    assert read_network(path, inputs=FIVE, outputs="round").decoding == Rounded(2)
    bits = read_network(path, inputs=FIVE, outputs="threshold")
    with torch.no_grad():
        expected = (torch.sigmoid(module(one_hot(X, 5))) > 0.5).numpy()
    assert bits.output_width == 2
    assert np.array_equal(bits.decode(scores_of(bits, X).reshape(48, 4)), expected.reshape(48, 2))
    with pytest.raises(BadInputError, match="softmax"):
        read_network(path, outputs="softmax")
    one = save(made(nn.GRU, 5, scores=1).state_dict(), tmp_path / "one.pt")
    with pytest.raises(BadInputError, match="one score"):
        read_network(one, outputs="argmax")


# ---- what cannot be explored, with the reason


def with_extra(**extra):
    return {**made(nn.GRU, 5).state_dict(), **extra}


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (lambda: made(nn.LSTM, 5, bidirectional=True, readout=nn.Linear(8, 2)).state_dict(), "bidirectional"),
        (lambda: made(nn.LSTM, 5, proj_size=2, readout=nn.Linear(2, 2)).state_dict(), "proj_size"),
        (lambda: nn.TransformerEncoderLayer(4, 2).state_dict(), "attention"),
        (lambda: nn.Sequential(nn.Conv1d(1, 2, 3), nn.Linear(2, 2)).state_dict(), "no recurrent layer"),
        (lambda: nn.Linear(2, 2).state_dict(), "no recurrent layer"),
        (lambda: nn.GRU(2, 2).state_dict(), "no readout"),
        (lambda: with_extra(**{"norm.weight": torch.ones(4), "norm.bias": torch.ones(4)}), r"norm\.weight \(4,\)"),
        (lambda: with_extra(**{"conv.weight": torch.ones(4, 4, 3)}), "convolution"),
        (lambda: with_extra(h0=torch.zeros(4)), "h0"),
        (lambda: with_extra(**{"bn.running_mean": torch.zeros(4)}), "batch normalisation"),
        (lambda: with_extra(**{"emb.weight": torch.ones(5, 5), "pos_emb.weight": torch.ones(9, 5)}), "one embedding"),
        (lambda: with_extra(**{"embed.weight": torch.zeros(5, 5), "embed.bias": torch.zeros(5)}), "embed.weight"),
        (lambda: with_extra(**{"decoder.weight_ih": torch.ones(12, 4), "decoder.weight_hh": torch.ones(12, 4)}),
         "encoder and decoder"),
        (lambda: renamed(nn.ModuleDict({"gru": nn.GRU(1, 4), "dense": nn.Linear(4, 4), "classes": nn.Linear(4, 4)})
                         .state_dict()), "order of"),
    ],
)  # fmt: skip
def test_unsupported_networks_are_refused_with_the_reason(state, reason, tmp_path):
    path = save(state(), tmp_path / "w.safetensors")
    with pytest.raises(UnsupportedNetworkError, match=reason):
        read_network(path)


@pytest.mark.parametrize(
    ("name", "value", "named"),
    [
        ("encoder.core.weight_hh_l0", torch.zeros(11, 4), r"weight_hh_l0.*\(11, 4\).*\(12, 4\) for gru"),
        ("encoder.core.weight_hh_l0", torch.zeros(12), r"weight_hh_l0.*\(12,\)"),
        ("encoder.core.weight_ih_l0", torch.zeros(9, 5), r"weight_ih_l0.*\(9, 5\).*\(12, any\)"),
        ("encoder.core.weight_ih_l1", torch.zeros(12, 3), r"weight_ih_l1.*\(12, 3\).*\(12, 4\)"),
        ("encoder.core.weight_hh_l1", torch.zeros(4, 4), r"weight_hh_l1.*\(4, 4\).*\(12, 4\)"),
        ("encoder.core.bias_hh_l1", torch.zeros(4), r"bias_hh_l1.*\(4,\).*\(12,\)"),
        ("encoder.core.bias_hh_l1", None, "bias_hh_l1"),
        ("encoder.core.weight_ih_l0", None, "weight_ih_l0"),
        ("encoder.core.weight_hh_l1", torch.full((12, 4), torch.nan), r"weight_hh_l1.*48 values"),
        ("encoder.core.weight_hh_l1", torch.zeros(12, 4, dtype=torch.int8), r"weight_hh_l1.*int8"),
        ("encoder.core.weight_hh_l1", torch.zeros(12, 0), r"weight_hh_l1.*\(12, 0\)"),
        ("encoder.core.weight_ih_l3", torch.zeros(12, 4), "_l3"),
        ("head.weight", torch.zeros(3, 5), r"head\.weight.*\(3, 5\).*\(any, 4\)"),
        ("head.bias", torch.zeros(2), r"head\.bias.*\(2,\).*\(3,\)"),
        ("head.weight", None, r"head\.weight"),
        ("embedding.weight", torch.zeros(5, 3), r"embedding\.weight.*\(5, 3\).*\(any, 5\)"),
    ],
)
def test_wrong_tensors_of_pytorch_cells_are_named(name, value, named, tmp_path):
    state = made(nn.GRU, 5, layers=2).state_dict()
    state[name] = value
    state = {k: v for k, v in state.items() if v is not None}
    for suffix in (".pt", ".safetensors"):
        with pytest.raises(BadInputError, match=named):
            read_network(save(state, tmp_path / f"w{suffix}"))


# ---- files that cannot be read


def refused(data, name, match, tmp_path, error=BadInputError):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(error, match=match):
        read_network(path)


def zipped(**entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Bomb:
    def __reduce__(self):
        return (print, ("this must never be printed",))


def test_pickles_are_never_opened(tmp_path, capsys):
    refused(pickle.dumps(Bomb()), "w.pkl", "pickle", tmp_path)
    refused(pickle.dumps(Bomb()), "w.safetensors", "pickle", tmp_path)
    refused(pickle.dumps(Bomb()), "w.npz", "not an .npz archive", tmp_path)
    for new in (True, False):
        buffer = io.BytesIO()
        torch.save({"a": Bomb()}, buffer, _use_new_zipfile_serialization=new)
        refused(buffer.getvalue(), "w.pt", "more than tensors", tmp_path)
    refused(pickle.dumps(Bomb()), "w.pt", "more than tensors", tmp_path)
    buffer = io.BytesIO()
    np.savez(buffer, a=np.array([Bomb()], dtype=object))
    refused(buffer.getvalue(), "w.npz", "never", tmp_path)
    assert "never be printed" not in capsys.readouterr().out


def test_whole_modules_and_torchscript_are_refused(tmp_path):
    buffer = io.BytesIO()
    torch.save(nn.GRU(1, 2), buffer)
    refused(buffer.getvalue(), "w.pt", r"torch\.nn\.modules\.rnn\.GRU.*state_dict", tmp_path)
    archive = zipped(**{"m/data.pkl": b"", "m/constants.pkl": b"", "m/code/__torch__.py": b"", "m/version": b"3"})
    refused(archive, "w.pt", "TorchScript", tmp_path, UnsupportedNetworkError)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".pt"])
def test_damaged_files_are_refused(suffix, tmp_path):
    data = save(made(nn.GRU, 5).state_dict(), tmp_path / f"good{suffix}").read_bytes()
    for cut in (0, 1, 7, 30, len(data) // 2, len(data) - 1):
        refused(data[:cut], f"cut{suffix}", "whole|cut off|damaged", tmp_path)
    refused(b"not a network at all, only text" * 20, f"text{suffix}", "whole|cut off", tmp_path)
    with pytest.raises(BadInputError, match="no file"):
        read_network(tmp_path / f"missing{suffix}")
    with pytest.raises(BadInputError, match="folder"):
        read_network(tmp_path)
    refused(data, "network.bin", "known endings", tmp_path)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".pt"])
def test_flipped_bytes_give_a_network_or_a_clear_error(suffix, tmp_path):
    path = save(made(nn.GRU, 3, embedding=5).float().state_dict(), tmp_path / f"good{suffix}")
    good, rng = path.read_bytes(), np.random.default_rng(0)
    refusals: list[str] = []
    for _ in range(200):
        data = bytearray(good)
        # Names and sizes stand at the two ends of an archive.
        place = rng.integers(0, 1000, size=3) * rng.choice([-1, 1])
        for at in place % len(data):
            data[at] = rng.integers(0, 256)
        path.write_bytes(bytes(data))
        try:
            read_network(path)
        except MipsError as error:
            refusals.append(str(error))
    assert len(refusals) > 50
    assert all(f"good{suffix}" in text or "tensor" in text for text in refusals)


def test_files_without_a_state_dict_are_refused(tmp_path):
    for value, match in (([1, 2], "a list"), ({"epoch": 3}, "epoch"), ({}, "nothing"), (torch.zeros(2), "a Tensor")):
        buffer = io.BytesIO()
        torch.save(value, buffer)
        refused(buffer.getvalue(), "w.pt", match, tmp_path)
    refused(zipped(), "w.npz", "no tensors", tmp_path)
    buffer = io.BytesIO()
    torch.save({"a": torch.zeros(2, 2).to_sparse()}, buffer)
    refused(buffer.getvalue(), "w.pt", "no plain array", tmp_path)


def test_enormous_files_are_refused_before_memory_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 2**16)
    refused(zipped(**{"a.npy": b"\0" * (2**16 + 1)}), "w.npz", "unpacks to 65,537", tmp_path)
    refused(zipped(**{"a/data.pkl": b"\0" * (2**16 + 1)}), "w.pt", "unpacks to 65,537", tmp_path)
    buffer = io.BytesIO()
    torch.save({"a": torch.zeros(1).expand(10**6, 10**6)}, buffer)  # one number, stretched
    refused(buffer.getvalue(), "w.pt", "1,000,000,000,000 numbers", tmp_path)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)})
    refused(zipped(**{"a.npy": header.getvalue()}), "w.npz", "claims shape", tmp_path)


def test_foreign_metadata_is_not_taken_for_a_card(tmp_path):
    module = made(nn.GRU, 5)
    path = tmp_path / "w.safetensors"
    safetensors.torch.save_file(module.state_dict(), path, metadata={"inputs": "0:3", "format": "pt"})
    assert read_network(path).card.inputs is None
