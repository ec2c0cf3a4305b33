"""``mips bench tasks`` on shipped networks: the table, the files, and taking a run up again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from command_line import assert_refused, mips

import mips_core.benchmarks.tasks
from mips_core.benchmarks import BenchmarkRow, Count, Counts, Settings, load_benchmark, run_task_benchmark
from mips_core.errors import Cancelled, UnknownTaskError
from mips_core.progress import Monitor
from mips_core.tasks import get

QUICK = ("Bitwise_Not", "Current_Number")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a row made by hand in the place of measuring; what was asked for is in the list."""
    names: list[str] = []

    def measure(name: str, settings: Settings, monitor: Monitor | None = None) -> BenchmarkRow:
        names.append(name)
        right = Counts(Count(4, 4), Count(4, 4))
        return BenchmarkRow(name, get(name).group, 10, formula="y = x", method="linear", nodes=1, program_vs_data=right)

    monkeypatch.setattr(mips_core.benchmarks.tasks, "measure", measure)
    return names


def test_table_totals_and_stored_result(tmp_path: Path) -> None:
    said = mips("bench", "tasks", "--only", ",".join(QUICK), "--out", tmp_path / "new" / "bench.json")
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[0].split()[:2] == ["task", "network"]
    assert lines[1].startswith("Bitwise_Not ")
    assert lines[1].endswith("y = 1 - x")
    assert "100 %" in lines[1]
    assert "networks right on all 10,000 fresh sequences  2 of 2" in said.out
    assert "2 solved, 0 likely" in said.out
    stored = load_benchmark(tmp_path / "new" / "bench.json")
    assert {row.task for row in stored.rows} == set(QUICK)
    assert all(row.exact and row.trained is not None and row.trained.sequences == 10_000 for row in stored.rows)
    assert stored.totals.formulas == 2


def test_json_csv_and_a_run_that_is_taken_up(tmp_path: Path, asked: list[str]) -> None:
    words = ("bench", "tasks", "--resume", tmp_path / "rows", "--only")
    first = mips(*words, QUICK[0], "--json")
    assert first.code == 0
    assert first.json["format"] == "mips-task-benchmark"
    assert first.json["kept"] == 0
    out = tmp_path / "bench.csv"
    second = mips(*words, ",".join(QUICK), "--csv", "--out", out)
    assert second.code == 0
    assert asked == list(QUICK)
    with out.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["task"] for row in rows] == ["Bitwise_Not", "Current_Number"]
    assert second.out == out.read_bytes().decode("utf-8")

    third = mips(*words, ",".join(QUICK), "--json")
    assert third.json["kept"] == 2
    assert asked == list(QUICK)


@pytest.mark.usefixtures("asked")
def test_other_settings_or_other_code_are_measured_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def kept(seed: int) -> list[bool]:
        return [row.kept for row in run_task_benchmark(QUICK[:1], seed=seed, store=tmp_path)]

    assert kept(0) == [False]
    assert kept(0) == [True]
    assert kept(1) == [False]
    monkeypatch.setattr(mips_core.benchmarks.tasks, "code_digest", lambda: "another state of the code")
    assert kept(0) == [False]


@pytest.mark.usefixtures("asked")
def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    list(run_task_benchmark(QUICK[:1], store=tmp_path))
    (path,) = tmp_path.iterdir()
    stored = json.loads(path.read_text())
    del stored["row"]["nodes"]
    path.write_text(json.dumps(stored))
    assert_refused(mips("bench", "tasks", "--only", QUICK[0], "--resume", tmp_path, "--json"), path.name, "nodes")


def test_workers_measure_side_by_side() -> None:
    rows = {row.task: row for row in run_task_benchmark(QUICK, workers=2)}
    assert {name: row.formula for name, row in rows.items()} == {"Bitwise_Not": "y = 1 - x", "Current_Number": "y = x"}
    assert all(row.exact and row.measured for row in rows.values())


@pytest.mark.usefixtures("asked")
def test_stopping_keeps_what_is_finished(tmp_path: Path) -> None:
    rows: list[object] = []
    stopped = run_task_benchmark(QUICK, store=tmp_path, monitor=Monitor(stop=lambda: bool(rows)))
    rows.append(next(stopped))
    with pytest.raises(Cancelled):
        next(stopped)
    assert [path.name.split("-")[0] for path in tmp_path.iterdir()] == [QUICK[0]]


def test_a_defect_in_one_task_is_a_row_and_exit_code_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("made for this test")

    monkeypatch.setattr(mips_core.benchmarks.tasks, "distill", broken)
    said = mips("bench", "tasks", "--only", QUICK[0], "--resume", tmp_path)
    assert said.code == 3
    assert "NOT MEASURED: ZeroDivisionError: made for this test" in said.out
    assert not list(tmp_path.iterdir())  # it is tried again next time


def test_a_network_that_is_not_learnt_is_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        raise mips_core.benchmarks.tasks.NotTrainedError("Training did not reach a network.")

    monkeypatch.setattr(mips_core.benchmarks.tasks, "distill", slow)
    said = mips("bench", "tasks", "--only", QUICK[0], "--json")
    assert said.code == 0
    assert said.json["totals"]["trained"] == 0
    assert said.json["rows"][0]["reason"] == "Training did not reach a network."


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    assert_refused(mips("bench"), "BENCHMARK")
    assert_refused(mips("bench", "tasks", "--only", "Parity_Al"), "Did you mean Parity_All?")
    assert_refused(mips("bench", "tasks", "--only", ","), "--only names no task")
    assert_refused(mips("bench", "tasks", "--json", "--csv"), "Choose one")
    assert_refused(mips("bench", "tasks", "--out", tmp_path), "name of a file")
    assert_refused(mips("bench", "tasks", "--workers", "0"), "--workers")
    with pytest.raises(UnknownTaskError):
        run_task_benchmark(["Parity_Al"])  # at once, not when the first row is asked for


def test_several_seeds_are_counted_together_and_take_networks_from_their_folders(tmp_path: Path) -> None:
    for seed in (3, 4):
        assert mips("train", "Bitwise_Not", "--no-proof", "--seed", seed, "--out", tmp_path / f"seed{seed}").code == 0
    words = ("bench", "tasks", "--only", "Bitwise_Not", "--seed", 3, "--seeds", 2, "--networks", tmp_path)
    said = mips(*words, "--out", tmp_path / "seeds.json")
    assert said.code == 0, said.err
    assert "end to end in all: 2 of 2" in said.out
    stored = json.loads((tmp_path / "seeds.json").read_text())
    assert (stored["end_to_end"], [run["settings"]["seed"] for run in stored["runs"]]) == (2, [3, 4])
    digests = {run["rows"][0]["digest"] for run in stored["runs"]}
    assert len(digests) == 2
    assert_refused(mips(*words, "--csv"), "one seed")
    assert_refused(mips(*words, "--fresh"), "Choose one of --fresh and --networks")


def test_a_network_that_the_folder_lacks_is_named(tmp_path: Path) -> None:
    said = mips("bench", "tasks", "--only", "Bitwise_Not", "--networks", tmp_path)
    assert said.code == 3
    assert "Bitwise_Not.safetensors" in said.out
