"""``mips bench essence``."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import assert_refused, mips


def test_tasks_networks_and_changes_are_counted(tmp_path: Path) -> None:
    out = tmp_path / "essence.json"
    said = mips("bench", "essence", "--only", "eca-30,argmax", "--networks", "8", "--mutants", "16", "--out", out)
    assert said.code == 0, said
    assert "tasks with a lossless program        2 of 2" in said.out
    assert "elementary rules exact               1 of 1" in said.out
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [row["task"] for row in found["tasks"]] == ["eca-30", "argmax"]
    assert all(row["mismatches"] == 0 < row["checked"] for row in found["tasks"])
    assert all(row["correct"] == row["cases"] > 0 for row in found["tasks"])
    assert sum(found["networks"].values()) == len(found["network_rows"]) == 8
    assert found["networks"]["mismatch"] == 0
    mutants = found["mutants"]
    assert mutants["caught"] + mutants["missed"] == 16
    assert mutants["caught"] >= 15
    assert {row["task"] for row in found["mutant_rows"]} == {"eca-30", "argmax"}
    assert all("the network says" in row["words"] or "f(" in row["words"] for row in found["mutant_rows"])


def test_what_is_not_there_is_one_sentence() -> None:
    assert_refused(mips("bench", "essence", "--only", "eca-256"), "eca-256")
