"""``mips compare``: what it prints, and how it ends."""

from __future__ import annotations

from pathlib import Path

from command_line import assert_refused, mips

from mips_core.networks import load_network, save_network
from mips_core.resources import asset


def test_a_run_that_is_known_to_fail_ends_with_3_and_names_causes() -> None:
    said = mips("compare", "full_counter", "--shrink", "--json")
    assert said.code == 3
    found = said.json
    assert (found["format"], found["version"], found["source"]) == ("mips-comparison", 1, "full_counter")
    (cause,) = found["search"]["causes"]
    assert cause["cause"] == "wrong formula"
    assert cause["shortest"]["left"] == "network"
    small = found["shrunk"]["wrong formula"]
    assert sum(small["inputs"]) == 601  # the counter is full at 600
    assert small["step"] == len(small["inputs"])
    points = {(p["name"], p["times"]): p for p in found["accuracy_by_length"]["points"]}
    assert points["program", 1]["right"] == points["program", 1]["sequences"]
    assert points["program", 100]["right"] == 0
    assert all(cell["agree"] == cell["sequences"] for cell in found["agreement"])


def test_a_run_without_a_fault_ends_with_0() -> None:
    said = mips("compare", "Parity_All")
    assert said.code == 0
    assert "data = network       1x     4,096 of 4,096 sequences, 40,960 of 40,960 outputs" in said.out
    assert "failures: No difference on " in said.out
    assert said.err == ""


def test_words_are_printed_as_words() -> None:
    said = mips("compare", asset("runs", "few_recordings"), "--json")
    assert said.code == 3
    causes = {each["cause"]: each for each in said.json["search"]["causes"]}
    assert {"clustering", "incomplete table"} <= set(causes)
    assert set(causes["clustering"]["shortest"]["inputs"]) <= {
        "bad", "close", "good", "open", "put", "reset", "take", "wait",
    }  # fmt: skip
    assert any(cell["length"] == "recorded rows" for cell in said.json["agreement"])


def test_a_network_file_is_distilled_first(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    save_network(load_network(asset("networks", "Parity_Last2.safetensors")), path)
    said = mips("compare", path, "--json")
    assert said.code == 0
    assert {cell["left"] for cell in said.json["agreement"]} == {"network", "machine"}


def test_what_is_no_run_and_no_source_is_refused() -> None:
    assert_refused(mips("compare", "No_Such_Run"), "No_Such_Run")
    assert_refused(mips("compare", ""), "no name")
