"""Any bytes give a network or one sentence, quickly, and nothing in them is run."""

from __future__ import annotations

import collections
import io
import json
import pickle
import struct
import time
import warnings
import zipfile
from functools import cache
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from mips_core.errors import BadInputError
from mips_core.networks import CellNetwork, MlpNetwork
from mips_core.networks.archives import parse_tensors
from mips_core.networks.importers import network_of_tensors
from mips_core.networks.pytorch_pickle import MOST_INSTRUCTIONS
from mips_core.networks.tensors import MOST_HEADER_BYTES
from mips_core.resources import shipped_network
from mips_core.tasks import dataset_from_bytes

SECONDS = 1.0


def opened(data: bytes, name: str) -> MlpNetwork | CellNetwork | BadInputError:
    """Read a file as an upload is read; anything but a network or a BadInputError, or a long wait, fails the test."""
    clock = time.process_time()
    try:
        return network_of_tensors(parse_tensors(data, name))
    except BadInputError as error:
        return error
    finally:
        assert time.process_time() - clock < SECONDS


def refusal(data: bytes, name: str) -> str:
    found = opened(data, name)
    assert isinstance(found, BadInputError)
    assert str(found)
    return str(found)


def torch_bytes(value: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def zipped(entries: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # two entries of one name
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def with_header(header: str | bytes, body: bytes = b"") -> bytes:
    text = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(text)) + text + body


@cache
def good_files() -> tuple[tuple[str, bytes], ...]:
    torch.manual_seed(0)
    model = nn.ModuleDict({"emb": nn.Embedding(3, 2), "rnn": nn.GRU(2, 3), "head": nn.Linear(3, 2)})
    state = model.state_dict()
    arrays = {name: tensor.numpy() for name, tensor in state.items()}
    plain, packed = io.BytesIO(), io.BytesIO()
    np.savez(plain, **arrays)
    np.savez_compressed(packed, **arrays)
    return (
        ("new.pt", torch_bytes(state)),
        ("old.pt", torch_bytes(state, _use_new_zipfile_serialization=False)),
        ("plain.npz", plain.getvalue()),
        ("packed.npz", packed.getvalue()),
        ("foreign.safetensors", safetensors.numpy.save(arrays)),
        ("ours.safetensors", shipped_network("Parity_All").read_bytes()),
    )


@pytest.mark.parametrize("place", range(6))
def test_the_unchanged_files_are_networks(place: int) -> None:
    name, data = good_files()[place]
    assert not isinstance(opened(data, name), BadInputError)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_damage_gives_a_network_or_a_sentence(data: st.DataObject) -> None:
    name, content = data.draw(st.sampled_from(good_files()))
    places = st.integers(0, len(content))
    begin, end = data.draw(places), data.draw(places)
    kind = data.draw(st.sampled_from(["replace", "cut", "repeat", "insert"]))
    if kind == "replace":
        put = data.draw(st.binary(min_size=1, max_size=8))
        content = content[:begin] + put + content[begin + len(put) :]
    elif kind == "cut":
        content = content[:begin]
    elif kind == "repeat":
        content = content[:begin] + content[end:]
    else:
        content = content[:begin] + data.draw(st.binary(max_size=40)) + content[begin:]
    opened(content, name)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([".pt", ".pth", ".npz", ".safetensors", ".pkl", ""]))
def test_any_bytes_give_a_sentence(content: bytes, ending: str) -> None:
    refusal(content, f"file{ending}")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([10**30, -1, "gru"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", "width", "ranges", "low"]), inner)
    ),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_card_gives_a_network_or_a_sentence(data: st.DataObject) -> None:
    content = shipped_network("Base_3_Addition").read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    card = json.loads(header["__metadata__"]["card"])
    for key in data.draw(st.lists(st.sampled_from(sorted(card)), min_size=1, max_size=3)):
        card[key] = data.draw(JSON)
    header["__metadata__"]["card"] = json.dumps(card)
    opened(with_header(json.dumps(header), content[8 + size :]), "ours.safetensors")


@pytest.mark.parametrize("width", [10**18, 10**30, 0, -1])
def test_cards_with_impossible_widths_are_refused(width: int) -> None:
    content = shipped_network("Parity_All").read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    card = json.loads(header["__metadata__"]["card"]) | {"input_width": width}
    header["__metadata__"]["card"] = json.dumps(card)
    assert "inputs per step" in refusal(with_header(json.dumps(header), content[8 + size :]), "a.safetensors")


ENTRY = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
HUGE = '{"a":{"dtype":"F32","shape":[1000000000,1000000000],"data_offsets":[0,4]}}'
MANY = json.dumps({f"a{i}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for i in range(1001)})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (with_header(f'{{"a":{ENTRY},"a":{ENTRY}}}', b"\0" * 4), "two tensors called a"),
        (with_header(HUGE, b"\0" * 4), "not a whole safetensors file"),
        (struct.pack("<Q", 2**63) + b"{}", "not a whole safetensors file"),
        (with_header(MANY), "at most 1,000"),
        (with_header(b" " * (MOST_HEADER_BYTES + 1)), "has a header of"),
        (with_header(json.dumps({"n" * 201: json.loads(ENTRY)}), b"\0" * 4), "at most 200 characters"),
        (with_header(json.dumps({"a\0b": json.loads(ENTRY)}), b"\0" * 4), "printable"),
        (with_header("[" * 100_000), "not a whole safetensors file"),
        (with_header(f'{{"a":{ENTRY}'), "not a whole safetensors file"),
    ],
    ids=["twins", "huge shape", "huge header", "many", "long header", "long name", "null byte", "deep", "cut"],
)
def test_safetensors_headers_that_lie(data: bytes, words: str) -> None:
    assert words in refusal(data, "a.safetensors")


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([("a.npy", npy(np.zeros(2))), ("a.npy", npy(np.ones(3)))], "two tensors called a"),
        ([("a.npy", npy(np.zeros(2))), ("a", npy(np.ones(3)))], "two tensors called a"),
        ([(f"a{i}.npy", npy(np.zeros(1))) for i in range(1001)], "1,001 tensors"),
        ([("a.npy", npy(np.zeros(2, dtype=complex)))], "no recurrent layer"),
        ([("../../../etc/passwd.npy", npy(np.zeros(2)))], "no recurrent layer"),
    ],
    ids=["twins", "twins of two endings", "many", "complex", "a path"],
)
def test_archives_that_lie(entries: list[tuple[str, bytes]], words: str) -> None:
    assert words in refusal(zipped(entries), "a.npz")


def test_twins_in_data_are_refused() -> None:
    x = npy(np.zeros((4, 2), dtype=int))
    with pytest.raises(BadInputError, match="two arrays of one name"):
        dataset_from_bytes(zipped([("x.npy", x), ("x", x), ("y.npy", x)]), "a.npz")


class Sized:
    """Asks its reader for a gigabyte: allowed by PyTorch's weights-only reader, never needed for weights."""

    def __reduce__(self) -> tuple[Any, ...]:
        return bytearray, (2**30,)


class Mark:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("this must never be printed",)


@pytest.mark.parametrize("new", [True, False])
@pytest.mark.parametrize(("value", "named"), [(Sized(), "bytearray"), (Mark(), "print"), (nn.GRU(1, 2), "GRU")])
def test_pickles_that_build_anything_but_tensors_are_refused(
    value: Any, named: str, new: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    state = collections.OrderedDict({"rnn.weight_ih_l0": torch.zeros(3, 1), "more": value})
    text = refusal(torch_bytes(state, _use_new_zipfile_serialization=new), "w.pt")
    assert "more than tensors" in text
    assert named in text
    assert "never be printed" not in capsys.readouterr().out


def test_a_bare_pickle_is_refused_whatever_its_protocol() -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        text = refusal(pickle.dumps(Mark(), protocol=protocol), "w.pt")
        assert "more than tensors" in text
        assert "print" in text


def test_endless_pickles_are_refused() -> None:
    data = b"\x80\x02" + b"N0" * MOST_INSTRUCTIONS + b"N."
    assert "instructions" in refusal(data, "w.pt")


@pytest.mark.parametrize(
    "line",
    [b"P\\?\xc5?\n", b"S'\\?'\n", b"S'\\400'\n", b"ctorch\\?\nFloatStorage\n", b"ctorch\nFloatStorage\\?\n",
     b"(icollections\nOrdered\\x44ict\n"],
)  # fmt: skip
def test_escapes_in_the_lines_of_a_pickle_are_refused(line: bytes) -> None:
    """Python's reader of pickles warns of unknown ones, and undoes known ones where an unpickler does not."""
    assert "(a line of text with a backslash)" in refusal(b"\x80\x02" + line + b".", "old.pt")


def test_a_line_that_runs_on_into_the_weights_is_refused() -> None:
    """One byte is damaged, the end of the last pickle; the weights after it read as an unknown escape."""
    weights = torch.frombuffer(bytearray(b"\\?\xc5?\n\n\n\n"), dtype=torch.float32)
    content = torch_bytes({"weight": weights}, _use_new_zipfile_serialization=False)
    end = content.index(b"\\?\xc5?") - 9  # before the number of weights, of 8 bytes
    assert content[end : end + 1] == b"."
    assert "(a line of text with a backslash)" in refusal(content[:end] + b"P" + content[end + 1 :], "old.pt")


def test_a_text_with_a_backslash_may_stand_beside_the_weights() -> None:
    model = nn.ModuleDict({"rnn": nn.GRU(1, 3), "head": nn.Linear(3, 1)})
    checkpoint = {"state_dict": model.state_dict(), "file": r"C:\data\new"}
    for new in (True, False):
        content = torch_bytes(checkpoint, _use_new_zipfile_serialization=new)
        assert not isinstance(opened(content, "w.pt"), BadInputError)


def test_a_checkpoint_with_an_optimiser_is_read() -> None:
    model = nn.ModuleDict({"rnn": nn.LSTM(1, 3, num_layers=2), "head": nn.Linear(3, 1)})
    moments = {"step": torch.tensor(3.0), "exp_avg": torch.zeros(12, 1)}  # as Adam's state dict has them
    optimiser = {"state": {0: moments}, "param_groups": [{"lr": 1e-3, "betas": (0.9, 0.999), "params": [0]}]}
    checkpoint = {"state_dict": model.state_dict(), "optimiser": optimiser, "epoch": 3, "loss": 0.1}
    assert not isinstance(opened(torch_bytes(checkpoint), "w.pt"), BadInputError)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x,y\n" + b",".join([b"1"] * 10**6), "more than 100 columns"),
        (b"x,y\n" + b"1 0,1 0\n" * 2000 + b"1\x00 0,1 0\n", "line 2002"),
        ("x,y\ncafé,1\n".encode("latin-1"), "line 2: this is not UTF-8"),
        ("x,y\n1,1\n".encode("utf-16"), "not a text file in UTF-8"),
        (b'x,y\n"' + b'""' * 10**5, "double quote"),
    ],
    ids=["a million columns", "null byte", "latin-1", "utf-16", "quotes"],
)
def test_strange_csv_files(data: bytes, words: str) -> None:
    clock = time.process_time()
    with pytest.raises(BadInputError, match=words):
        dataset_from_bytes(data, "a.csv")
    assert time.process_time() - clock < SECONDS
