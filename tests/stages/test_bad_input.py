"""Every kind of bad input ends in one sentence, exit code 2, an empty stdout, and nothing written."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from command_line import assert_refused, mips
from safetensors.numpy import load_file, save_file
from small_networks import Arrays, parity_rnn, running_total

from mips_core.resources import shipped_network

TENSORS: Arrays = {
    "hmlp.mlp.0.weight": np.ones((4, 5)),
    "hmlp.mlp.0.bias": np.zeros(4),
    "ymlp.mlp.0.weight": np.ones((1, 4)),
    "ymlp.mlp.0.bias": np.zeros(1),
}


class Trap:
    """Would leave a mark in the current folder if it were ever unpickled."""

    def __reduce__(self):
        return os.mkdir, ("sprung",)


def text(words: str):
    return lambda path: path.write_text(words, encoding="utf-8")


def raw(data: bytes):
    return lambda path: path.write_bytes(data)


def arrays(**named):
    return lambda path: np.savez(path, **named)


def tensors(**changed):
    return lambda path: save_file({**TENSORS, **changed}, path)


def torch_file(value):
    def write(path: Path) -> None:
        import torch

        torch.save(value, path)

    return write


def shipped(end: int | None = None, **card):
    """Write the shipped parity network, cut off at ``end`` bytes, or with other facts in its card."""

    def write(path: Path) -> None:
        source = shipped_network("Parity_All")
        if not card:
            path.write_bytes(source.read_bytes()[:end])
            return
        data = source.read_bytes()
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        facts = {**json.loads(header["__metadata__"]["card"]), **card}
        save_file(load_file(source), path, metadata={"card": json.dumps(facts)})

    return write


CASES = [
    ("empty.csv", text(""), ["empty"]),
    ("header.csv", text("x,y\n"), ["no rows"]),
    ("lengths.csv", text("x,y\n1 0,1 0\n0 1 1,0 1\n"), ["line 3", "3 steps", "2"]),
    ("steps.csv", text("x,y\n0;1 1;1,0 1\n0;1 1,0 1\n"), ["line 3", "component"]),
    ("widths.csv", text("x,y\n0;1 1;1,0 1\n0 1,0 1\n"), ["line 3", "component"]),
    ("fraction.csv", text("x,y\n0 1.5,0 1\n"), ["1.5", "whole"]),
    ("nan.csv", text("x,y\n0 nan,0 1\n"), ["nan"]),
    ("words.csv", text("x,y\n0 up,0 1\n"), ["'up'"]),
    ("huge.csv", text("x,y\n0 99999999999999999999,0 1\n"), ["64-bit"]),
    ("binary.csv", raw(b"\x00\xff" * 50), ["not a text file"]),
    ("beyond_floats.csv", text("x,y\n" + "".join(f"{i} 9223372036854775807,0 1\n" for i in range(5))), ["2**53"]),
    ("contradiction.csv", text("x,y\n0 1 0,0 1 1\n0 1 1,0 0 1\n1 1,0 1\n"), ["contradicts", "rows 1 and 2", "step 2"]),
    ("one_row.csv", text("x,y\n0 1 0,0 1 1\n"), ["1 different input sequence", "at least 3"]),
    ("all_equal.csv", text("x,y\n" + "0 1 0,0 1 1\n" * 20), ["1 different input sequence"]),
    ("no_rows.npz", arrays(x=np.zeros((0, 5), int), y=np.zeros((0, 5), int)), ["empty"]),
    ("steps.npz", arrays(x=np.zeros((3, 5), int), y=np.zeros((3, 4), int)), ["5 steps"]),
    ("rows.npz", arrays(x=np.zeros((3, 5), int), y=np.zeros((4, 5), int)), ["3 rows"]),
    ("nan.npz", arrays(x=np.array([[0.0, np.nan]]), y=np.zeros((1, 2))), ["nan"]),
    ("fraction.npz", arrays(x=np.array([[0.0, 0.5]]), y=np.zeros((1, 2))), ["0.5"]),
    ("objects.npz", arrays(x=np.array([[1], [2, 3]], dtype=object), y=np.zeros((2, 2))), ["never loaded"]),
    ("x_only.npz", arrays(x=np.zeros((5, 5), int)), ["no recurrent layer", "x"]),
    ("other.npz", arrays(a=np.zeros(3), b=np.ones((2, 2))), ["no recurrent layer", "a, b"]),
    ("not_a_zip.npz", raw(b"PK\x03\x04 and no more"), ["archive"]),
    ("cut.safetensors", shipped(2000), ["whole safetensors"]),
    ("cut_early.safetensors", shipped(4), ["whole safetensors"]),
    ("nothing.safetensors", raw(b""), ["whole safetensors"]),
    ("newer.safetensors", shipped(version=99), ["version 99", "Update"]),
    ("no_size.safetensors", shipped(hidden_size="many"), ["card"]),
    ("endless.safetensors", shipped(length=10**12), ["1,000,000,000,000"]),
    ("wide.safetensors", shipped(inputs=[[0, 10**30]]), ["2**53"]),
    ("shape.safetensors", tensors(**{"hmlp.mlp.0.bias": np.zeros(3)}), ["hmlp.mlp.0.bias", "(3,)"]),
    ("infinite.safetensors", tensors(**{"hmlp.mlp.0.bias": np.full(4, np.inf)}), ["hmlp.mlp.0.bias", "infinite"]),
    ("no_range.safetensors", tensors(), ["--inputs LOW:HIGH"]),
    ("pickle.safetensors", raw(pickle.dumps(Trap())), ["pickle", "never read"]),
    ("pickle.npz", raw(pickle.dumps(Trap())), ["archive"]),
    ("pickle.pkl", raw(pickle.dumps(Trap())), ["pickle"]),
    ("pickle.pt", raw(pickle.dumps(Trap())), ["weights only"]),
    ("code.pt", torch_file({"rnn.weight_ih_l0": Trap()}), ["weights only"]),
    ("list.pt", torch_file([1, 2]), ["no state dict"]),
    ("notes.txt", text("hello"), [".safetensors"]),
    ("no_ending", text("hello"), [".safetensors"]),
    ("array.npy", lambda path: np.save(path, np.zeros(3)), [".safetensors"]),
    ("folder.csv", Path.mkdir, ["folder"]),
    ("folder.safetensors", Path.mkdir, ["folder"]),
    ("folder", Path.mkdir, ["folder"]),
]


@pytest.mark.parametrize(("name", "write", "words"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_bad_files(name: str, write, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    write(tmp_path / name)
    before = sorted(tmp_path.rglob("*"))
    assert_refused(mips("distill", tmp_path / name, "--out", tmp_path / "deep" / "run", "--budget", 5), *words)
    assert_refused(mips("distill", tmp_path / name, "--json", "--budget", 5), *words)
    assert sorted(tmp_path.rglob("*")) == before


def test_bidirectional_networks_are_refused_with_the_reason(tmp_path: Path) -> None:
    both = parity_rnn()
    both |= {f"{name}_reverse": value for name, value in both.items() if name.startswith("rnn.")}
    np.savez(tmp_path / "both.npz", **both)
    assert_refused(mips("distill", tmp_path / "both.npz", "--inputs", "0:2"), "bidirectional", "still to come")


WORDS = [
    (["distill"], ["SOURCE"]),
    (["distill", "--all", "Parity_All"], ["--all"]),
    (["distill", "Party_All"], ["Party_All", "Did you mean Parity_All?"]),
    (["distill", "parity all"], ["Did you mean Parity_All?"]),
    (["distill", ""], ["source"]),
    (["distill", "missing.csv"], ["no file missing.csv"]),
    (["distill", "missing.npz"], ["no file missing.npz"]),
    (["distill", "missing.safetensors"], ["no file missing.safetensors"]),
    (["distill", "nowhere/network.pt"], ["no file nowhere/network.pt"]),
    (["distill", "n" * 5000], ["no task"]),
    (["distill", "n" * 5000 + ".csv"], ["Cannot read"]),
    (["distill", "Parity_All", "--budget", "0"], ["--budget", "'0'"]),
    (["distill", "Parity_All", "--budget", "-3"], ["--budget"]),
    (["distill", "Parity_All", "--budget", "nan"], ["--budget"]),
    (["distill", "Parity_All", "--seed", "-1"], ["--seed"]),
    (["distill", "Parity_All", "--length", "0"], ["--length"]),
    (["distill", "Parity_All", "--length", "7"], ["length 10, not 7"]),
    (["distill", "Parity_All", "--inputs", "0:3"], ["0:2, not 0:3"]),
    (["distill", "Parity_All", "--inputs", "2:2"], ["empty"]),
    (["distill", "Parity_All", "--inputs", "two"], ["LOW:HIGH"]),
    (["distill", "Parity_All", "--inputs", "-1:"], ["LOW:HIGH"]),
    (["distill", "Parity_All", "--out", ""], ["--out"]),
    (["distill", "Parity_All", "and", "more"], ["and more"]),
    (["distill", "--nonsense"], ["--nonsense"]),
    (["verify", "Parity_All"], ["PROGRAM"]),
    (["verify", "Parity_All", "missing.py"], ["no file missing.py"]),
    (["verify", "Parity_All", "."], ["folder"]),
    (["verify", "Party_All", "missing.py"], ["Parity_All"]),
    (["train"], ["--all"]),
    (["train", "--all", "Parity_All"], ["--all"]),
    (["train", "Party_All"], ["Parity_All"]),
    (["train", "missing.csv"], ["no file missing.csv"]),
    (["train", "Parity_All", "--workers", "0"], ["--workers"]),
    (["tasks", "Party_All"], ["Parity_All"]),
    (["explore", "--port", "99999"], ["port"]),
    (["undo"], ["'undo'"]),
]


@pytest.mark.parametrize(("words", "expected"), WORDS, ids=[" ".join(w)[:40] for w, _ in WORDS])
def test_bad_words(words: list[str], expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert_refused(mips(*words), *expected)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--inputs", "0:2,0:3"], ["2"]),
        (["--inputs", "0:99999999999999999999"], ["2**53"]),
        (["--inputs", "0:2", "--length", "1000000000"], ["1,000,000,000"]),
        (["--inputs", "0:2", "--fresh"], ["already"]),
        (["--inputs", "0:2", "--encoding", "two-hot"], ["--encoding"]),
        ([], ["--inputs LOW:HIGH"]),
    ],
)
def test_bad_options_of_a_network_without_a_card(options: list[str], words: list[str], tmp_path: Path) -> None:
    assert_refused(mips("distill", running_total(tmp_path / "sum.npz"), *options), *words)


@pytest.mark.parametrize("place", ["file/run", "file", "/proc/mips/run", "n" * 300])
def test_unwritable_folders_are_told_before_the_work(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mips_core.cli.distill.distill", lambda *_, **__: pytest.fail("the work had begun"))
    assert_refused(mips("distill", "Parity_All", "--out", place), "folder")
    assert_refused(mips("train", "Bitwise_Not", "--out", place), "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
