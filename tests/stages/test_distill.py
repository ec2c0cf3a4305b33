"""From what users have to a program: networks without a card, other layouts, data files; and what is written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command_line import Said, mips
from safetensors.numpy import save_file
from small_networks import Arrays, authors_layout, parity_rnn, running_total

from mips_core import distill, load_run, parse_program
from mips_core.errors import BadInputError, FormatVersionError
from mips_core.files import read_json
from mips_core.machines.records import machine_from_dict
from mips_core.networks import MlpNetwork, RawInput, load_network, save_network
from mips_core.report import save_report
from mips_core.resources import shipped_network
from mips_core.stepping import outputs_of
from mips_core.tasks import get

FILES = {"program.py", "machine.json", "machine.dot", "network.safetensors", "report.json"}


def program_of(said: Said):
    return parse_program(said.json["program"]["source"])


# What is written


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> tuple[Path, Said]:
    folder = tmp_path_factory.mktemp("out") / "new" / "run"
    return folder, mips("distill", "Parity_All", "--out", folder, "--json")


def test_out_writes_five_files_that_load_again(stored: tuple[Path, Said]) -> None:
    folder, said = stored
    assert said.code == 0
    assert {path.name for path in folder.iterdir()} == FILES
    assert read_json(folder / "report.json", "mips-report", 1) == said.json
    assert (folder / "program.py").read_text(encoding="utf-8") == said.json["program"]["source"]
    program = parse_program((folder / "program.py").read_text(encoding="utf-8"))
    machine = machine_from_dict(read_json(folder / "machine.json", "mips-machine", 1))
    network = load_network(folder / "network.safetensors")
    x = get("Parity_All").sample(50, length=20, rng=np.random.default_rng(0))
    for thing in (program, machine, network):
        assert np.array_equal(outputs_of(thing, x), get("Parity_All").apply(x))
    assert (folder / "machine.dot").read_text(encoding="utf-8").startswith("digraph")
    run = load_run(folder)
    assert run.name == "Parity_All"
    assert run.program.source == said.json["program"]["source"]
    assert run.machine.states == 2
    assert run.network.parameters == said.json["network"]["parameters"]


def test_all_json_has_format_and_version_and_newer_ones_are_refused_by_name(
    stored: tuple[Path, Said], tmp_path: Path
) -> None:
    folder, _ = stored
    for name in ("report.json", "machine.json"):
        value = json.loads((folder / name).read_text(encoding="utf-8"))
        assert value["format"].startswith("mips-")
        assert type(value["version"]) is int
        (tmp_path / name).write_text(json.dumps({**value, "version": 99}), encoding="utf-8")
    with pytest.raises(FormatVersionError, match="mips-report of version 99"):
        load_run(tmp_path)
    with pytest.raises(FormatVersionError, match="mips-machine of version 99"):
        machine_from_dict(json.loads((tmp_path / "machine.json").read_text(encoding="utf-8")))


def test_the_written_network_distils_to_the_same_program(stored: tuple[Path, Said]) -> None:
    folder, said = stored
    again = mips("distill", folder / "network.safetensors", "--json")
    assert again.code == 0
    assert again.json["task"] is None
    # The comment names the source, and a network alone has no data that its program could claim to agree with.
    found, expected = (parse_program(each.json["program"]["source"]) for each in (again, said))
    assert found.system == expected.system
    assert "the data" in expected.claim
    assert "the data" not in found.claim


def test_an_earlier_run_is_replaced_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert mips("distill", "Bitwise_Not", "--out", tmp_path).code == 0
    assert mips("distill", running_total(tmp_path / "sum.npz"), "--inputs", "0:9", "--out", tmp_path).code == 0
    run = load_run(tmp_path)
    assert run.report["source"].endswith("sum.npz")
    assert run.program.source == run.report["program"]["source"]
    assert run.machine.order == 1
    assert run.network.card.task is None
    none = mips("distill", "Parity_All", "--budget", "0.01", "--out", tmp_path, "--json")
    assert none.code == 3
    assert none.json["program"] is none.json["machine"] is None
    assert load_run(tmp_path).program is load_run(tmp_path).machine is None
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", "sum.npz", "network.safetensors", "report.json"}


def test_files_of_others_are_not_removed(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("mine", encoding="utf-8")
    assert mips("distill", "Parity_All", "--budget", "0.01", "--out", tmp_path).code == 3
    assert (tmp_path / "program.py").read_text(encoding="utf-8") == "mine"


def test_a_run_is_written_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = distill("Bitwise_Not")
    (tmp_path / "network.safetensors").mkdir()
    with pytest.raises(BadInputError, match="is a folder"):
        save_report(report, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["network.safetensors"]
    folder = tmp_path / "full"
    written: list[str] = []
    write = Path.write_bytes

    def full_disk(path: Path, data: bytes) -> int:
        if path.name == "report.json":
            raise OSError(28, "No space left on device")
        written.append(path.name)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(BadInputError, match="No space left"):
        save_report(report, folder)
    assert written
    assert list(folder.iterdir()) == []


def test_a_failure_removes_only_the_folders_that_it_made(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    assert mips("distill", tmp_path / "missing.csv", "--out", tmp_path / "old" / "new" / "run").code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert list((tmp_path / "old").iterdir()) == []


# The same network in other clothes


def moved(network: MlpNetwork, seed: int = 0) -> MlpNetwork:
    """Return the same function with hidden units permuted and the hidden basis rescaled."""
    rng = np.random.default_rng(seed)
    d = network.state_size
    scale = np.diag(np.exp(rng.normal(0, 0.7, d)) * rng.choice([-1.0, 1.0], d))
    return network.permute_hidden(rng.permutation(d).tolist()).change_basis(scale)


@pytest.mark.parametrize("task", ["Parity_All", "Diff_Last2", "Evens_Counter"])
def test_a_permuted_and_rescaled_network_gives_an_equivalent_program(task: str, tmp_path: Path) -> None:
    rule = get(task)
    network = load_network(shipped_network(task))
    encoding = "raw" if isinstance(network.encoding, RawInput) else "one-hot"
    options = ["--inputs", ",".join(map(str, rule.inputs)), "--encoding", encoding, "--json"]
    np.savez(tmp_path / "plain.npz", **authors_layout(network))
    np.savez(tmp_path / "other.npz", **authors_layout(moved(network)))
    plain, other = (mips("distill", tmp_path / name, *options) for name in ("plain.npz", "other.npz"))
    assert plain.code == other.code == 0
    assert plain.json["machine"] == other.json["machine"]
    assert plain.json["program"]["method"] == other.json["program"]["method"]
    assert plain.json["program"]["nodes"] == other.json["program"]["nodes"]
    x = rule.sample(200, length=3 * rule.length, rng=np.random.default_rng(1))
    for said in (plain, other):
        assert np.array_equal(outputs_of(program_of(said), x), rule.apply(x))
    seconds = [said.json["seconds"]["total"] for said in (plain, other)]
    assert max(seconds) < 3 * min(seconds) + 1.0


def test_a_permuted_network_of_our_own_format(tmp_path: Path) -> None:
    network = load_network(shipped_network("Parity_Last3"))
    save_network(moved(network), tmp_path / "renamed.safetensors")
    said = mips("distill", tmp_path / "renamed.safetensors", "--json")
    assert said.code == 0
    assert said.json["task"] is None
    x = get("Parity_Last3").sample(200, rng=np.random.default_rng(1))
    assert np.array_equal(outputs_of(program_of(said), x), get("Parity_Last3").apply(x))


# PyTorch's layout


def write_pt(tensors: Arrays, path: Path) -> None:
    import torch

    torch.save({name: torch.from_numpy(value).float() for name, value in tensors.items()}, path)


WRITERS = {
    ".npz": lambda tensors, path: np.savez(path, **tensors),
    ".safetensors": save_file,
    ".pt": write_pt,
}


@pytest.mark.parametrize("ending", WRITERS)
def test_an_rnn_with_a_readout_of_scores(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"parity{ending}"
    WRITERS[ending](parity_rnn(), path)
    said = mips("distill", path, "--inputs", "0:2", "--length", "6", "--json")
    facts = said.json
    assert said.code == 0
    assert facts["network"]["cell"] == "rnn"
    assert facts["network"]["hidden_size"] == 2
    assert facts["machine"] == {"kind": "mealy", "states": 2, "symbols": 2}
    assert facts["length"] == 6
    assert "of length 6" in facts["verification"]["claim"]
    assert "of length 30" in facts["verification"]["claim"]
    x = np.random.default_rng(0).integers(0, 2, (20, 30, 1))
    assert np.array_equal(outputs_of(program_of(said), x), np.cumsum(x, axis=1) % 2)


def test_an_embedding_names_its_symbols_and_a_second_layer_changes_nothing(tmp_path: Path) -> None:
    tensors = parity_rnn()
    tensors["embedding.weight"] = np.array([[0.0], [1.0]])
    k = 20.0  # the second layer copies the signs of the first
    tensors["rnn.weight_ih_l1"], tensors["rnn.weight_hh_l1"] = k * np.eye(2), np.zeros((2, 2))
    tensors["rnn.bias_ih_l1"] = tensors["rnn.bias_hh_l1"] = np.zeros(2)
    np.savez(tmp_path / "two_layers.npz", **tensors)
    said = mips("distill", tmp_path / "two_layers.npz", "--json")
    assert said.code == 0
    assert said.json["inputs"] == [[0, 2]]
    assert said.json["machine"]["states"] == 2


def test_length_and_inputs_are_repeated_in_the_claim(tmp_path: Path) -> None:
    said = mips("distill", running_total(tmp_path / "sum.npz"), "--inputs", "-9:10", "--length", "4", "--json")
    assert said.code == 0
    claim = said.json["verification"]["claim"]
    assert "of length 4;" in claim
    assert "of length 20;" in claim
    assert "(inputs -9:10)" in claim


# Data files


def write_csv(path: Path, rows: list[tuple[list, list]]) -> Path:
    def cell(steps: list) -> str:
        return " ".join(";".join(map(str, s)) if isinstance(s, tuple) else str(s) for s in steps)

    path.write_text("x,y\n" + "".join(f"{cell(x)},{cell(y)}\n" for x, y in rows), encoding="utf-8")
    return path


def counting(n: int, length: int, seed: int = 0) -> list[tuple[list, list]]:
    """Return sequences of hold, up and reset with the counter modulo 3 that they drive; lengths differ."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        x, y, state = rng.integers(0, 3, int(rng.integers(2, length + 1))).tolist(), [], 0
        for move in x:
            state = (state, (state + 1) % 3, 0)[move]
            y.append(state)
        rows.append((x, y))
    return rows


def test_an_unseen_machine_from_data(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "counter.csv", counting(500, 9))
    said = mips("distill", path, "--out", tmp_path / "run", "--json")
    facts = said.json
    assert said.code == 0
    assert facts["task"] is None
    assert facts["length"] == 9
    assert facts["seconds"]["train"] > 0
    found = facts["verification"]
    held_out = found["program_vs_data"]["1x"]
    assert held_out["sequences"] == held_out["agree"] == found["network_vs_data"]["1x"]["sequences"] > 50
    assert found["program_vs_data"]["5x"] is found["network_vs_data"]["5x"] is None
    assert found["program_vs_network"]["1x"]["sequences"] == held_out["sequences"]
    assert found["program_vs_network"]["5x"]["sequences"] > 1000
    assert "held-out sequences of length up to 9" in found["claim"]
    f = load_run(tmp_path / "run").program.function
    for x, y in counting(100, 60, seed=1):
        assert f(x) == y
    assert replace(load_network(tmp_path / "run" / "network.safetensors").card, training={}).data is not None


def test_three_inputs_two_outputs_and_negative_numbers(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(-2, 3, (300, 5, 3))
    y = np.stack([x.sum(axis=2), np.roll(x[:, :, 0], 1, axis=1)], axis=2)
    y[:, 0, 1] = 0
    np.savez(tmp_path / "wide.npz", x=x, y=y)
    said = mips("distill", tmp_path / "wide.npz", "--json")
    assert said.code == 0
    assert said.json["inputs"] == [[-2, 3]] * 3
    assert said.json["program"]["method"] == "linear"
    x = rng.integers(-2, 3, (20, 40, 3))
    found = outputs_of(program_of(said), x)
    assert np.array_equal(found[:, :, 0], x.sum(axis=2))
    assert np.array_equal(found[:, 1:, 1], x[:, :-1, 0])


def test_sequences_of_one_step_and_a_symbol_that_occurs_once(tmp_path: Path) -> None:
    rows = [([value], [3 * value + 1]) for value in range(6)] * 5 + [([40], [121])]
    said = mips("distill", write_csv(tmp_path / "short.csv", rows), "--json", "--budget", "20")
    assert said.code == 0
    assert said.json["length"] == 1
    assert [program_of(said).function([value]) for value in (0, 5, 40)] == [[1], [16], [121]]


@pytest.mark.parametrize("seed", [0, 1])
def test_symbols_that_only_a_few_rows_show(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (200, 6))
    x[0, 2], x[1, 4], x[2, 0] = 8, 11, -4
    y = np.zeros_like(x)
    state = np.zeros(200, dtype=int)
    for t in range(6):  # 1 toggles, 2 resets, everything else holds
        state = np.where(x[:, t] == 1, 1 - state, np.where(x[:, t] == 2, 0, state))
        y[:, t] = state
    np.savez(tmp_path / "rare.npz", x=x, y=y)
    said = mips("distill", tmp_path / "rare.npz", "--seed", seed, "--json")
    facts = said.json
    assert said.code in (0, 3)
    assert facts["inputs"] == [[-4, 12]]
    assert facts["verification"]["network_vs_data"]["1x"]["sequences"] >= 20
    if facts["program"] is not None:
        assert "(inputs -4:12, only the 6 symbols of the data)" in facts["verification"]["claim"]
        assert program_of(said).function([1, 1, 1, 2]) == [1, 0, 1, 0]


def test_constant_outputs(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "constant.npz", x=rng.integers(0, 3, (60, 4)), y=np.full((60, 4), 7))
    said = mips("distill", tmp_path / "constant.npz", "--json")
    assert said.code == 0
    assert program_of(said).function([0, 2, 1]) == [7, 7, 7]


def test_no_time_to_train_says_so(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "counter.csv", counting(50, 6))
    said = mips("distill", path, "--budget", "0.0001")
    assert said.code == 2
    assert "--budget" in said.err
