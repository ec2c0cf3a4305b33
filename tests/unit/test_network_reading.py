"""What is said of a network file: its tensors and their parts, the network, what is wrong and where."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import safetensors.numpy
import torch
from small_networks import Arrays
from torch import nn

from mips_core.networks import load_network, network_bytes
from mips_core.networks.check_run import check_run
from mips_core.networks.options import NetworkOptions
from mips_core.networks.reading import AUTHORS, OURS, PYTORCH, NetworkReading, describe_network
from mips_core.resources import shipped_network
from mips_core.tasks import Integers
from mips_core.views.arrays_svg import arrays_svg, shapes_of
from mips_core.views.network_reading import check_rows, fact_rows, suggested_ranges, summary, tensor_rows

BIT = (Integers(0, 2),)


class Model(nn.Module):
    def __init__(self, cell: type[nn.RNNBase], *, layers: int = 1, readout: nn.Module | None = None, rows: int = 0):
        super().__init__()
        torch.manual_seed(0)
        if rows:
            self.embedding = nn.Embedding(rows, 2)
        self.rnn = cell(2, 4, num_layers=layers)
        self.head = readout or nn.Linear(4, 3)


def arrays_of(model: nn.Module) -> Arrays:
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}


def npz(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def authors(hidden: int = 3, inputs: int = 1) -> Arrays:
    rng = np.random.default_rng(0)
    return {
        "hmlp.mlp.0.weight": rng.normal(size=(hidden, hidden + inputs)),
        "hmlp.mlp.0.bias": np.zeros(hidden),
        "ymlp.mlp.0.weight": rng.normal(size=(1, hidden)),
        "ymlp.mlp.0.bias": np.zeros(1),
    }


def part(reading: NetworkReading, name: str) -> str:
    return next(tensor.role for tensor in reading.tensors if tensor.name == name)


@pytest.mark.parametrize(("cell", "gates"), [(nn.RNN, 1), (nn.GRU, 3), (nn.LSTM, 4)])
@pytest.mark.parametrize("ending", [".npz", ".pt", ".safetensors"])
def test_pytorch_cells(cell: type[nn.RNNBase], gates: int, ending: str) -> None:
    model = Model(cell)
    if ending == ".pt":
        buffer = io.BytesIO()
        torch.save(model.state_dict(), buffer)
        data = buffer.getvalue()
    else:
        data = npz(arrays_of(model)) if ending == ".npz" else safetensors.numpy.save(arrays_of(model))
    reading = describe_network(data, f"w{ending}", NetworkOptions(inputs=BIT))
    assert reading.problem is None
    assert reading.layout == PYTORCH
    assert part(reading, "rnn.weight_ih_l0") == "input weights (W_hx)"
    assert part(reading, "rnn.weight_hh_l0") == "recurrent weights (W_hh)"
    assert part(reading, "head.weight") == "readout weights (W_y)"
    assert reading.reads == "one-hot: an indicator for each of 2 symbols"
    assert reading.writes == "argmax: the symbol with the highest score, of 3"
    assert summary(reading).startswith(f"PyTorch's {cell.__name__}")
    shapes = shapes_of(reading.network)
    assert (shapes.w_hh, shapes.w_hx, shapes.b, shapes.w_y) == (
        f"{4 * gates} × 4",
        f"{4 * gates} × 2",
        f"{4 * gates}",
        "3 × 4",
    )


def test_layers_embedding_and_a_deeper_readout_are_told_apart() -> None:
    readout = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 2))
    reading = describe_network(npz(arrays_of(Model(nn.GRU, layers=2, readout=readout, rows=7))), "w.npz")
    assert reading.problem is None
    assert reading.inputs == (Integers(0, 7),)  # an embedding says itself what may go in
    assert part(reading, "embedding.weight") == "embedding, a row for each symbol"
    assert part(reading, "rnn.weight_hh_l1") == "recurrent weights (W_hh), layer 2 of 2"
    assert part(reading, "head.0.weight") == "readout weights (W_y), layer 1 of 2"
    assert part(reading, "head.2.bias") == "readout bias, layer 2 of 2"
    notes = " ".join(shapes_of(reading.network).notes)
    assert "An embedding of 7 rows" in notes
    assert "Layer 1 of 2 is drawn" in notes
    assert "The readout goes on for 1 more layer after W_y." in notes


def test_the_authors_layout_needs_the_range_of_its_inputs() -> None:
    data = npz(authors())
    reading = describe_network(data, "model.npz")
    assert reading.layout == AUTHORS
    assert reading.problem is None
    assert reading.inputs is None
    assert suggested_ranges(reading) == ""
    assert {"what": "inputs that occur", "found": "not known yet", "from": "nothing in the file"} in fact_rows(reading)
    told = describe_network(data, "model.npz", NetworkOptions(inputs=(Integers(-5, 6),)))
    assert told.inputs == (Integers(-5, 6),)
    assert told.writes == "rounded: a score becomes the nearest integer"
    assert part(told, "hmlp.mlp.0.weight") == "hidden MLP weights (W_hh beside W_hx)"
    assert shapes_of(told.network).w_hx == "3 × 1"


def test_a_file_of_our_own_says_everything_itself() -> None:
    data = shipped_network("Parity_All").read_bytes()
    reading = describe_network(data, "Parity_All.safetensors")
    assert reading.layout == OURS
    assert reading.inputs == BIT
    assert all(tensor.role != "not understood" for tensor in reading.tensors)
    assert next(row["from"] for row in fact_rows(reading) if row["what"] == "inputs that occur") == "the card"
    assert network_bytes(reading.network) == network_bytes(load_network(shipped_network("Parity_All")))


@pytest.mark.parametrize(
    ("change", "faulty", "words"),
    [
        ({"head.weight": np.ones((3, 5))}, "head.weight", ["(3, 5)", "(any, 4)"]),
        ({"rnn.weight_hh_l0": np.ones((12, 5))}, "rnn.weight_hh_l0", ["(12, 5)", "(15, 5) for gru"]),
        ({"rnn.bias_hh_l0": np.ones(11)}, "rnn.bias_hh_l0", ["(11,)", "(12,)"]),
        ({"head.weight": np.full((3, 4), np.nan)}, "head.weight", ["12 values", "finite"]),
        ({"head.weight": np.ones((3, 4), dtype=int)}, "head.weight", ["int64", "floats"]),
        ({"scale": np.ones((2, 2, 2))}, "scale", ["(2, 2, 2)", "not understood"]),
    ],
)
def test_the_tensor_at_fault_is_marked(change: Arrays, faulty: str, words: list[str]) -> None:
    reading = describe_network(npz(arrays_of(Model(nn.GRU)) | change), "w.npz")
    assert reading.network is None
    assert all(word in reading.problem for word in words)
    assert [tensor.name for tensor in reading.tensors if tensor.at_fault] == [faulty]
    assert [row["tensor"] for row in tensor_rows(reading) if row[""]] == [faulty]
    assert len(reading.tensors) == len(arrays_of(Model(nn.GRU)) | change)


def test_a_range_that_fits_no_reading_keeps_the_parts() -> None:
    reading = describe_network(
        npz(arrays_of(Model(nn.GRU))), "w.npz", NetworkOptions(inputs=(Integers(0, 9),), encoding="one-hot")
    )
    assert reading.network is None
    assert "0:9" in reading.problem
    assert reading.layout == PYTORCH
    assert part(reading, "rnn.weight_hh_l0") == "recurrent weights (W_hh)"


def test_a_file_that_cannot_be_opened_has_no_tensors() -> None:
    reading = describe_network(b"\x80\x04.", "w.pkl")
    assert (reading.tensors, reading.network, reading.layout) == ((), None, None)
    assert "pickle" in reading.problem


def test_readings_are_plain_json() -> None:
    for data, name in ((npz(authors()), "a.npz"), (npz(authors(hidden=0)), "b.npz"), (b"", "c.pt")):
        told = describe_network(data, name).to_dict()
        assert json.loads(json.dumps(told, allow_nan=False)) == told
        assert told["format"] == "mips-network-reading"


def test_options_survive_json() -> None:
    options = NetworkOptions(inputs=(Integers(-1, 3), Integers(0, 2)), outputs="round", length=12)
    assert NetworkOptions.from_dict(json.loads(json.dumps(options.to_dict()))) == options
    assert NetworkOptions().to_dict() == {}


def test_layers_wider_than_one_suggest_a_one_hot_range() -> None:
    assert suggested_ranges(describe_network(npz(arrays_of(Model(nn.LSTM))), "w.npz")) == "0:2"


def test_a_check_run_gives_what_the_network_gives() -> None:
    network = load_network(shipped_network("Parity_All"))
    checked = check_run(network, BIT)
    assert len(checked) == 10
    for each in checked:
        assert np.array_equal(each.y, np.cumsum(each.x, axis=0) % 2)
        assert -10 < each.low < each.high < 10
        assert not each.broken
    assert check_rows(checked, (None,), (None,))[0]["inputs"] == " ".join(map(str, checked[0].x[:, 0]))


def test_a_check_run_that_outgrows_all_numbers_says_so() -> None:
    arrays = authors(hidden=1)
    arrays["hmlp.mlp.0.weight"] = np.array([[1e200, 1.0]])
    arrays["ymlp.mlp.0.weight"] = np.array([[1.0]])
    reading = describe_network(npz(arrays), "a.npz", NetworkOptions(inputs=(Integers(1, 3),)))
    checked = check_run(reading.network, reading.inputs)
    assert all(each.broken for each in checked)
    assert "overflow" in check_rows(checked, (None,), (None,))[0]["outputs"]


def test_the_drawing_says_in_words_what_it_shows() -> None:
    empty = arrays_svg()
    assert 'role="img"' in empty
    assert "d × d" in empty
    reading = describe_network(npz(authors(hidden=2)), "a.npz", NetworkOptions(inputs=BIT))
    drawn = arrays_svg(shapes_of(reading.network))
    assert "W_hh, 2 × 2" in drawn
    assert "no activation" in drawn
    assert "rounded" in drawn
