"""``mips essence``: from data to certified code, or the reason why there is none."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import assert_refused, environment, mips

from mips_core.essence.network_file import network_bytes, parse_networks
from mips_core.essence.tasks import get, write_data


def loaded(source: str) -> Callable[..., Any]:
    space: dict[str, Any] = {}
    exec(compile(source, "<program>", "exec"), space)
    function: Callable[..., Any] = space["f"]
    return function


def test_a_rule_is_told_as_code_with_its_claim_and_its_scaling() -> None:
    said = mips("essence", "eca-30")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Code against network: 0 mismatches in each layer and at the output on 8 inputs (all).")
    assert "def f(cells):" in said.out
    rows = [row.split() for row in said.out.splitlines() if "100 %" in row]
    assert len(rows) >= 2


def test_the_object_says_everything_that_was_promised() -> None:
    found = mips("essence", "life", "--json").json
    assert found["task"] == "life"
    assert found["network"]["inputs"] == 9
    assert found["network"]["neurons"] == 7
    assert found["network"]["numbers"] == 9 * 2 + 2 + 2 * 3 + 3 + 3 * 2 + 2
    source = found["program"]["source"]
    tree = ast.parse(source)
    assert found["program"]["function"] == [node.name for node in tree.body if isinstance(node, ast.FunctionDef)][-1]
    code = [line for line in source.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert 0 < found["program"]["lines"] <= len(code)
    lossless = found["losslessness"]
    assert (lossless["kind"], lossless["checked"], lossless["mismatches"]) == ("exhaustive", 512, 0)
    assert lossless["per_layer"] == [
        {"layer": layer, "checked": 512, "mismatches": 0} for layer in ("differentia", "subconcept", "concept")
    ]
    assert all({"size", "cases", "correct", "seconds"} <= set(row) for row in found["scaling"])
    assert all(row["cases"] == row["correct"] > 0 for row in found["scaling"])
    assert set(found["seconds"]) == {"train", "condense", "verify"}
    blinker = [[0] * 5, [0] * 5, [0, 1, 1, 1, 0], [0] * 5, [0] * 5]
    assert loaded(source)(blinker) == [list(row) for row in zip(*blinker, strict=True)]


@pytest.mark.parametrize("task", ["eca-110", "argmax", "prefix-or", "majority-grid"])
def test_the_same_data_from_a_file_give_the_same_code(task: str, tmp_path: Path) -> None:
    assert mips("essence", task, "--data", tmp_path / "unnamed.npz").code == 0
    own = mips("essence", task, "--json", "--cases", "10").json
    other = mips("essence", tmp_path / "unnamed.npz", "--json").json
    assert own["program"] == other["program"]
    assert own["losslessness"] == other["losslessness"]
    assert other["task"] == "unnamed.npz"
    assert all(row["correct"] == row["cases"] for row in other["scaling"])
    for name in (task, "unnamed", tmp_path.name):
        assert name not in own["program"]["source"]


def test_twice_is_the_same(tmp_path: Path) -> None:
    first, second = (mips("essence", "eca-110", "--json").json for _ in range(2))
    for found in (first, second):
        del found["seconds"]
        for row in found["scaling"]:
            del row["seconds"]
    assert first == second


def test_the_folder_holds_program_network_and_report(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    said = mips("essence", "argmax", "--json", "--out", out, "--sizes", "60,6", "--cases", "20")
    assert sorted(path.name for path in out.iterdir()) == ["network.safetensors", "program.py", "report.json"]
    assert (out / "report.json").read_text(encoding="utf-8").strip() == said.out.strip()
    source = (out / "program.py").read_text(encoding="utf-8")
    assert source == said.json["program"]["source"]
    assert [row["size"] for row in said.json["scaling"]] == [60, 6]
    networks = parse_networks((out / "network.safetensors").read_bytes(), "network.safetensors")
    assert [network.input_shape for network in networks] == [s.input_shape for s in get("argmax").data().samples]
    function = loaded(source)
    x = np.random.default_rng(0).integers(-2, 3, size=(200, 6))
    assert [function(row) for row in x.tolist()] == networks[0].decide(x)
    assert None in networks[0].decide(x)


def _at_random(path: Path, seed: int) -> Path:
    generator = np.random.default_rng(seed)
    x = (np.arange(2**6)[:, None] >> np.arange(6)) & 1
    np.savez(path, x=x, y=generator.integers(0, 2, size=len(x)))
    return path


@pytest.mark.parametrize("seed", range(2))
def test_labels_at_random_have_no_regular_structure(seed: int, tmp_path: Path) -> None:
    data = _at_random(tmp_path / "noise.npz", seed)
    out = tmp_path / "out"
    said = mips("essence", data, "--json", "--out", out)
    assert said.code == 3
    assert said.json["program"] is None
    assert len(said.json["tried"]) > 0
    assert said.err.count("\n") == 1
    assert "regular structure" in said.err
    assert not out.exists()
    told = mips("essence", data)
    assert (told.code, told.out) == (3, "")
    assert "tried: " in told.err


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    assert_refused(mips("essence", "lfie"), "life")
    assert_refused(mips("essence", tmp_path / "none.npz"), "none.npz")
    assert_refused(mips("essence", "life", "--reading", "clauses"), "clauses")
    assert_refused(mips("essence", "argmax", "--sizes", "six"), "six")
    assert_refused(mips("essence", "argmax", "--sizes", "0"), "0")
    assert_refused(mips("essence", "argmax", "--cases", "0"), "--cases")
    (tmp_path / "text.npz").write_text("no archive")
    assert_refused(mips("essence", tmp_path / "text.npz"), "text.npz")
    twice = tmp_path / "twice.npz"
    np.savez(twice, x=[[0, 1], [0, 1]], y=[0, 1])
    assert_refused(mips("essence", twice, "--json"), "Rows 1 and 2")
    write_data(get("eca-30").data(), tmp_path / "rule.npz")
    assert_refused(mips("essence", tmp_path / "rule.npz", "--sizes", "60"), "--sizes needs a task")
    assert_refused(mips("essence", "eca-30", "--data", tmp_path / "rule.txt"), ".npz")


def test_neither_torch_nor_streamlit_is_imported() -> None:
    code = (
        "import sys; from mips_core.cli import main; assert main(['essence', 'eca-30', '--json']) == 0; "
        "assert not {'torch', 'streamlit', 'sympy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_network_from_a_file_is_distilled_and_a_changed_weight_is_refused(tmp_path: Path) -> None:
    made = mips("essence", "argmax", "--json", "--out", str(tmp_path / "out")).json
    path = tmp_path / "out" / "network.safetensors"
    again = mips("essence", "argmax", "--network", str(path), "--json").json
    assert again["program"]["source"] == made["program"]["source"]
    networks = list(parse_networks(path.read_bytes(), "network"))
    weights = networks[0].layers[0].weights.copy()
    weights[3, 1] += 1
    first = replace(networks[0].layers[0], weights=weights)
    networks[0] = replace(networks[0], layers=(first, *networks[0].layers[1:]))
    path.write_bytes(network_bytes(networks))
    changed = mips("essence", "argmax", "--network", str(path), "--json")
    assert changed.code == 3
    assert changed.json["program"] is None
    assert_refused(mips("essence", "life", "--network", str(path)), "give the data that fit")
