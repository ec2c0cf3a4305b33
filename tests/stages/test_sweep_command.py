"""``mips sweep`` without workers: its options, rows, files and exit codes (with workers: ``test_sweep_workers.py``)."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import filelock
import pytest
from command_line import assert_refused, mips
from sweep_work import SUMS

from mips_core.files import make_folder
from mips_core.sweeps import Sweeps, make_plan


def test_a_sweep_prints_rows_and_totals_and_the_same_again_computes_nothing(tmp_path: Path) -> None:
    data, store, out = tmp_path / "sums.csv", tmp_path / "runs", tmp_path / "result.json"
    data.write_bytes(SUMS)
    order = ["sweep", "--data", data, "--seeds", "4:5", "--architectures", "ladder,delay 4", "--budget", "2"]
    order += ["--workers", "0", "--store", store, "--out", out]
    said = mips(*order)
    assert said.code == 3
    first, solved, failed, totals, overhead = said.out.splitlines()
    assert first.endswith(": sums.csv; seed 4; 2 s each; ladder, delay 4, 2 units.")
    assert solved.split()[:6] == ["sums.csv,", "seed", "4,", "2", "s", "solved"]
    assert "These data do not call for 'delay 4'" in failed
    assert totals == "1 of 2 solved, 0 not, 1 failed; 0 were stored already."
    assert re.search(r"on 1 worker: overhead [0-9.]+%, after [0-9.]+ s to get ready\.", overhead)
    result = json.loads(out.read_text(encoding="utf-8"))
    assert [row["outcome"] for row in result["rows"]] == ["solved", "failed"]
    assert (store / result["rows"][0]["run"] / "report.json").is_file()

    (state,) = Sweeps().states()
    again = mips("sweep", "--resume", state.id, "--workers", "0", "--json")  # the folder of its runs it knows itself
    assert again.code == 3
    assert json.loads(again.out)["totals"]["stored"] == 1
    listed = mips("sweep", "--list")
    assert listed.out == f"{state.id}  done     2 of 2, 1 solved  sums.csv; seed 4; 2 s each; ladder, delay 4\n"
    assert json.loads(mips("sweep", "--list", "--json").out)["sweeps"][0]["id"] == state.id


def test_nothing_to_list_is_said() -> None:
    assert mips("sweep", "--list").out.startswith("No sweeps yet")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Name --tasks or --data"),
        (("--tasks", "Summ_All"), "Did you mean Sum_All"),
        (("--tasks", "all", "--seeds", "0"), "--seeds takes how many"),
        (("--tasks", "all", "--seeds", "5:3"), "--seeds takes how many"),
        (("--tasks", "all", "--seeds", "99999999999999999999"), "at most 100,000 seeds"),
        (("--tasks", "all", "--seeds", "30000"), "one sweep does at most 100,000"),
        (("--tasks", ""), "--tasks names no task"),
        (("--tasks", "all", "--architectures", "linear,nonsense"), "There is no architecture 'nonsense'"),
        (("--tasks", "all", "--budget", "soon"), "--budget: 'soon' is not a positive number"),
        (("--tasks", "all", "--architectures", ","), "--architectures names nothing"),
        (("--data", "missing.csv"), "There is no file missing.csv"),
        (("--resume", "0123"), "There is no sweep '0123'"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(options: tuple[str, ...], words: str) -> None:
    assert_refused(mips("sweep", *options), words)


def test_a_scheduler_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mips_core.sweeps.dask_workers._STARTING", 2.0)
    said = mips("sweep", "--tasks", "Prev1", "--scheduler", "tcp://127.0.0.1:1")
    assert_refused(said, "No cluster with workers answers at tcp://127.0.0.1:1 ")
    assert mips("sweep", "--list").out.startswith("No sweeps yet")


def test_that_another_process_has_the_rest_is_said_once(tmp_path: Path) -> None:
    data, store = tmp_path / "sums.csv", tmp_path / "runs"
    data.write_bytes(SUMS)
    plan = make_plan(files=[("sums.csv", SUMS)], seeds=range(2), budgets=[2.0])
    folder = make_folder(make_folder(store) / ".claims")
    locks = [filelock.FileLock(folder / unit.address, thread_local=False) for unit in plan.units]
    for lock in locks:
        lock.acquire()
        threading.Timer(8.0, lock.release).start()
    said = mips("sweep", "--data", data, "--seeds", 2, "--budget", "2", "--workers", "0", "--store", store)
    assert said.code == 0
    assert said.err.count("Another process is doing units of this sweep") == 1
    assert "Another process" not in said.out
