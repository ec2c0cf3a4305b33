"""Sweeps: plans and addresses, results that are stored once, rows of errors, and what is written for onlookers."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import filelock
import pytest
from sweep_work import SUMS

import mips_core.sweeps.plan
from mips_core.errors import BadInputError, Cancelled, MipsError
from mips_core.files import make_folder
from mips_core.networks import load_network
from mips_core.networks.store import network_digest
from mips_core.progress import Monitor
from mips_core.resources import shipped_network
from mips_core.runs import RunStore
from mips_core.sweeps import InThisProcess, Outcome, Plan, Row, Sweeps, Unit, make_plan, run_sweep, totals_of
from mips_core.sweeps.executors import Done, Executor
from mips_core.sweeps.sweep import _ATTEMPTS, _CLAIMS
from mips_core.sweeps.work import Work, do_unit
from mips_core.tasks import names

NOT_TAKEN = Plan((Unit("Prev1", budget=2.0),))


def _plan(seeds: int = 1) -> Plan:
    return make_plan(files=[("sums.csv", SUMS)], seeds=range(seeds), budgets=[2.0])


class _Counted:
    """Does the work here, and counts it."""

    title, workers, capacity, lost = "a test", 2, 3, 0

    def __init__(self) -> None:
        self.waiting: list[tuple[Unit, bytes | None]] = []
        self.done: list[Unit] = []
        self.closed = False

    def submit(self, unit: Unit, content: bytes | None) -> None:
        self.waiting.append((unit, content))

    def finished(self, seconds: float) -> list[Done]:
        unit, content = self.waiting.pop()
        self.done.append(unit)
        return [Done(unit, do_unit(unit, content), attempts=2, worker="one")]

    def running(self) -> tuple[Unit, ...]:
        return tuple(unit for unit, _ in self.waiting)

    def close(self) -> None:
        self.closed = True


def _rows(plan: Plan, store: RunStore, executor: _Counted) -> list[Row]:
    return list(run_sweep(plan, lambda: executor, store))


def test_a_plan_has_every_combination_once_with_all_sources_of_a_seed_together() -> None:
    plan = make_plan(tasks=["Sum_All", "Prev1", "Sum_All"], seeds=range(2), architectures=["ladder", "relu"])
    assert len(plan.units) == 2 * 2 * 2
    assert [(unit.source, unit.seed, unit.architecture) for unit in plan.units[:3]] == [
        ("Sum_All", 0, "ladder"), ("Prev1", 0, "ladder"), ("Sum_All", 1, "ladder"),
    ]  # fmt: skip
    assert plan.title == "Sum_All, Prev1; seeds 0 to 1; 45 s each; ladder, relu"
    assert make_plan(tasks=names(), seeds=[3, 9]).title == f"all {len(names())} tasks; 2 seeds; 45 s each"
    many = make_plan(tasks=["Sum_All", "Prev1", "Prev2", "Prev3", "Prev4"], seeds=[7], budgets=[5, 2], label_free=True)
    assert many.title == "Sum_All, Prev1, Prev2 + 2 more; seed 7; 2, 5 s each; label-free"
    with pytest.raises(BadInputError, match="nothing to do"):
        make_plan(tasks=[])
    with pytest.raises(BadInputError, match=r"no architecture 'lstm'\. Architectures to choose from: ladder, linear"):
        make_plan(tasks=["Prev1"], architectures=["ladder", "lstm"])
    with pytest.raises(BadInputError, match="These are 100,001 units, and one sweep does at most 100,000"):
        make_plan(tasks=["Prev1"], seeds=range(100_001))
    with pytest.raises(BadInputError, match="is a network already"):
        make_plan(files=[("prev1.safetensors", shipped_network("Prev1").read_bytes())], architectures=["relu"])


def test_an_address_hangs_on_everything_that_decides_about_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = _plan().units[0]
    others = [
        replace(unit, seed=1), replace(unit, budget=3.0), replace(unit, architecture="relu"),
        replace(unit, label_free=True), replace(unit, digest="0" * 64),
    ]  # fmt: skip
    addresses = {each.address for each in (unit, *others)}
    assert len(addresses) == 6
    assert replace(unit).address == unit.address
    monkeypatch.setattr(mips_core.sweeps.plan, "environment", lambda: {"code": "another state"})
    assert replace(unit).address not in addresses
    assert Unit.from_dict(unit.to_dict()) == unit


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunStore, list[Row], _Counted]:
    store, executor = RunStore(tmp_path_factory.mktemp("runs")), _Counted()
    return store, _rows(_plan(2), store, executor), executor


def test_results_are_stored_as_runs_and_a_second_sweep_computes_nothing(
    swept: tuple[RunStore, list[Row], _Counted],
) -> None:
    store, rows, executor = swept
    assert executor.closed
    assert [row.outcome for row in rows] == [Outcome.SOLVED] * 2
    assert {run.id for run in store.runs()} == {row.run for row in rows}
    run = store.run(rows[0].run)
    assert run.report["source"] == "sums.csv"
    assert run.name == rows[0].unit.name == "sums.csv, seed 1, 2 s"
    run.check()

    again = _rows(_plan(3), store, second := _Counted())
    assert [unit.seed for unit in second.done] == [2]
    assert sum(row.stored for row in again) == 2
    assert {row.digest for row in again if row.stored} == {row.digest for row in rows}
    assert len(store.runs()) == 3
    assert all(row.stored for row in run_sweep(_plan(3), lambda: pytest.fail("nothing is to be done"), store))


@pytest.mark.parametrize(
    ("file", "gone"), [("sweep.json", True), ("sweep.json", False), ("run.json", False), ("network.safetensors", True)]
)
def test_a_run_that_is_damaged_is_done_again_beside_it(
    tmp_path: Path, swept: tuple[RunStore, list[Row], _Counted], file: str, gone: bool
) -> None:
    first = next(row for row in swept[1] if row.unit == _plan().units[0])
    shutil.copytree(swept[0].folder / first.run, tmp_path / first.run)
    store = RunStore(tmp_path)
    damaged = tmp_path / first.run / file
    if gone:
        damaged.unlink()
    else:
        damaged.write_bytes(b"{")
    (again,) = _rows(_plan(), store, _Counted())
    assert not again.stored
    assert again.run != first.run
    assert again.digest == first.digest
    assert damaged.exists() is not gone
    (third,) = _rows(_plan(), store, _Counted())
    assert (third.stored, third.run) == (True, again.run)


def test_a_unit_whose_ids_are_all_taken_fails_alone(tmp_path: Path) -> None:
    plan = _plan(2)
    for attempt in range(_ATTEMPTS):
        (tmp_path / plan.units[0].run_id(attempt)).mkdir()
    rows = _rows(plan, RunStore(tmp_path), _Counted())
    assert {row.unit.seed: row.outcome for row in rows} == {0: Outcome.FAILED, 1: Outcome.SOLVED}
    assert "ids that its run may have are taken" in next(row.reason for row in rows if row.unit.seed == 0)


def test_the_same_unit_gives_the_same_result_again(swept: tuple[RunStore, list[Row], _Counted]) -> None:
    row = swept[1][0]
    assert do_unit(row.unit, SUMS).row.digest == row.digest


def test_two_sweeps_at_once_do_each_unit_once(tmp_path: Path) -> None:
    store, executors, rows = RunStore(tmp_path), (_Counted(), _Counted()), ([], [])
    threads = [
        threading.Thread(target=lambda i=i: rows[i].extend(_rows(_plan(3), store, executors[i]))) for i in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(unit.seed for executor in executors for unit in executor.done) == [0, 1, 2]
    assert [{row.digest for row in found} for found in rows] == [{row.digest for row in rows[0]}] * 2
    assert len(rows[0]) == len(rows[1]) == len(store.runs()) == 3
    assert not list((tmp_path / _CLAIMS).iterdir())


def test_a_unit_that_another_process_is_at_is_told_once_and_waited_for(tmp_path: Path) -> None:
    store, plan = RunStore(tmp_path), _plan(2)
    told: list[Mapping[str, Any]] = []
    claims = make_folder(tmp_path / _CLAIMS)
    locks = [filelock.FileLock(claims / unit.address, thread_local=False) for unit in plan.units]
    for lock in locks:
        lock.acquire()

    def hear(event: Mapping[str, Any]) -> None:
        told.append(event)
        for lock in locks:
            threading.Timer(1.5, lock.release).start()

    rows = list(run_sweep(plan, _Counted, store, monitor=Monitor(events=hear)))
    assert [row.outcome for row in rows] == [Outcome.SOLVED] * 2
    assert told == [{"elsewhere": True}]


def test_a_sweep_whose_workers_never_came_leaves_what_was_there_before(tmp_path: Path) -> None:
    def nobody() -> Executor:
        raise MipsError("No worker came.")

    store, sweeps, plan = RunStore(tmp_path / "runs"), Sweeps(tmp_path / "sweeps"), _plan(2)
    with pytest.raises(MipsError, match="No worker came"):
        list(run_sweep(plan, nobody, store, record=sweeps.begin(plan)))
    assert sweeps.states() == ()
    assert not list(sweeps.folder.iterdir())

    failed = Row(plan.units[0], "a", Outcome.FAILED, "It was too much.")  # of which nothing is stored
    record = sweeps.begin(plan)
    record.update(rows=(failed,))
    record.end("stopped")
    with pytest.raises(MipsError, match="No worker came"):
        list(run_sweep(plan, nobody, store, record=sweeps.begin(plan)))
    (state,) = sweeps.states()
    assert (state.state, state.rows, state.error) == ("stopped", (failed,), "")
    record = sweeps.begin(plan)  # whoever comes next finds nobody at it
    record.end("stopped")


def test_an_error_becomes_a_row_with_its_reason_and_the_others_go_on(tmp_path: Path) -> None:
    contradicting = b'x,y\n"0 1","0 1"\n"0 1","1 1"\n"1 1","0 1"\n"1 0","0 1"\n'
    plan = make_plan(files=[("bad.csv", contradicting), ("sums.csv", SUMS)], budgets=[2.0])
    rows = list(run_sweep(plan, InThisProcess, RunStore(tmp_path)))
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.SOLVED]
    assert "bad.csv contradicts itself" in rows[0].reason
    unknown = make_plan(files=[("sums.csv", SUMS)], architectures=["delay 4"])
    (row,) = run_sweep(unknown, InThisProcess, RunStore(tmp_path))
    assert row.outcome is Outcome.FAILED
    assert "do not call for 'delay 4'" in row.reason


def test_a_network_file_is_distilled(tmp_path: Path) -> None:
    plan = make_plan(files=[("prev1.safetensors", shipped_network("Prev1").read_bytes())], budgets=[10.0])
    (row,) = run_sweep(plan, InThisProcess, store := RunStore(tmp_path))
    assert row.outcome is Outcome.SOLVED
    run = store.run(row.run)
    assert run.information is not None
    assert run.information.origin.network_file == "prev1.safetensors"
    assert run.report["network"]["digest"] == network_digest(load_network(shipped_network("Prev1")))


def test_what_is_written_tells_how_far_it_is_and_a_stop_keeps_what_is_finished(tmp_path: Path) -> None:
    store, sweeps, plan = RunStore(tmp_path / "runs"), Sweeps(tmp_path / "sweeps"), _plan(3)
    stopped = False
    record = sweeps.begin(plan)
    rows = run_sweep(plan, _Counted, store, record=record, monitor=Monitor(stop=lambda: stopped))
    next(rows)
    record._write()
    state = sweeps.state(plan.id)
    assert (state.state, len(state.rows), len(state.units)) == ("running", 1, 3)
    assert state.totals.solved == 1
    assert state.totals.again == 1
    with pytest.raises(BadInputError, match="is running"):
        sweeps.forget(plan.id)
    stopped = True
    with pytest.raises(Cancelled):
        next(rows)
    assert sweeps.state(plan.id).state == "stopped"
    assert len(store.runs()) == 1

    resumed = sweeps.plan(plan.id)
    assert resumed == plan
    rest = list(run_sweep(resumed, _Counted, store, record=sweeps.begin(resumed)))
    assert sorted(row.stored for row in rest) == [False, False, True]
    assert [state.state for state in sweeps.states()] == ["done"]
    sweeps.forget(plan.id)
    assert sweeps.states() == ()
    assert len(store.runs()) == 3


def test_the_state_of_a_process_that_died_is_stopped(tmp_path: Path) -> None:
    sweeps = Sweeps(tmp_path)
    record = sweeps.begin(NOT_TAKEN)
    assert sweeps.state(NOT_TAKEN.id).state == "running"
    record._lock.release()  # as the system does when its holder dies
    assert sweeps.state(NOT_TAKEN.id).state == "stopped"
    with pytest.raises(BadInputError, match="no sweep '0123'"):
        sweeps.state("0123")


def test_totals_count_overhead_against_all_the_time_of_all_workers() -> None:
    unit = Unit("Prev1")
    rows = [Row(unit, "", Outcome.SOLVED, seconds=9.0, attempts=2), Row(unit, "", Outcome.FAILED, seconds=9.0)]
    rows.append(Row(unit, "", Outcome.SOLVED, seconds=50.0, stored=True))
    totals = totals_of(rows, units=6, workers=2, seconds=10.0, lost=1)
    assert (totals.over, totals.solved, totals.failed, totals.stored, totals.again) == (3, 2, 1, 1, 1)
    assert totals.overhead == pytest.approx(0.1)
    assert totals.remaining == pytest.approx(18.0)  # three more take two rounds on two workers
    assert totals_of(rows, units=6, workers=2, seconds=15.0).remaining == totals.remaining
    assert totals_of(rows[2:], units=6, workers=2, seconds=15.0).remaining is None  # nothing was computed
    assert totals_of([], units=6).overhead is None
    lost_early = totals_of(rows, units=6, workers=2, seconds=15.0, worker_seconds=20.0)
    assert lost_early.overhead == pytest.approx(0.1)


def test_an_archive_without_a_result_is_not_stored() -> None:
    work = do_unit(replace(_plan().units[0], architecture="lstm"), SUMS)
    assert isinstance(work, Work)
    assert work.archive == b""
    assert work.row.seconds > 0
