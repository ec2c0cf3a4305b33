"""Sweeps on real workers: the same results in one process, in workers and on a cluster, also when some are killed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sweep_work
from command_line import mips
from sweep_work import SUMS
from watched_jobs import alive, finished, until

from mips_core.errors import BadInputError
from mips_core.jobs import JobRegistry, JobState
from mips_core.runs import RunStore
from mips_core.sweeps import (
    DaskWorkers,
    Executor,
    InThisProcess,
    Outcome,
    Plan,
    Row,
    Sweeps,
    Unit,
    make_plan,
    run_sweep,
    totals_of,
)
from mips_core.sweeps.dask_workers import _failing_in_words
from mips_core.sweeps.job import STAGES, sweep_tasks

PLAN = make_plan(files=[("sums.csv", SUMS)], tasks=["Prev1"], seeds=range(2), budgets=[2.0])


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the digests of all results, as one process has them."""
    rows = list(run_sweep(PLAN, InThisProcess, RunStore(tmp_path_factory.mktemp("runs"))))
    assert {row.outcome for row in rows} == {Outcome.SOLVED}
    return _digests(rows)


def _digests(rows: list[Row]) -> dict[str, str]:
    return {row.unit.name: row.digest for row in rows}


def _swept(executor: Executor, folder: Path, victims: list[int]) -> tuple[list[Row], RunStore]:
    """Sweep, and kill a worker as soon as it is at some unit."""
    store = RunStore(folder)
    found = run_sweep(PLAN, lambda: executor, store)
    rows = [next(found)]
    os.kill(victims[0], signal.SIGKILL)
    return [*rows, *found], store


def _processes(executor: DaskWorkers) -> list[int]:
    return list(executor._client.run(os.getpid).values())


def test_local_workers_give_the_same_results_when_one_is_killed_in_the_middle(
    tmp_path: Path, alone: dict[str, str]
) -> None:
    executor = DaskWorkers(2)
    processes = _processes(executor)
    rows, store = _swept(executor, tmp_path, processes)
    assert _digests(rows) == alone
    assert executor.lost == 1
    assert max(row.attempts for row in rows) <= 2
    assert len(store.runs()) == len(PLAN.units)
    assert not any(map(alive, processes))


@contextlib.contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[int]]]:
    """Start a scheduler and workers as a user does, each a process of its own; give address and processes."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "env": environment}
    file = folder / "scheduler.json"
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    started = [subprocess.Popen([*command, "--no-dashboard", "--scheduler-file", str(file)], **quiet)]
    try:
        while not file.is_file():
            assert started[0].poll() is None
            time.sleep(0.05)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
        started += [subprocess.Popen([*command, "--no-dashboard"], **quiet) for _ in range(workers)]
        yield address, [process.pid for process in started[1:]]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_a_cluster_gives_the_same_results_when_a_worker_is_killed_in_the_middle(
    tmp_path: Path, alone: dict[str, str]
) -> None:
    with _cluster(tmp_path, 2) as (address, workers):
        executor = DaskWorkers(scheduler=address)
        executor._client.wait_for_workers(2)
        rows, store = _swept(executor, tmp_path / "runs", workers)
    assert _digests(rows) == alone
    assert executor.lost == 1
    assert len(store.runs()) == len(PLAN.units)


def test_a_unit_that_ends_its_workers_is_given_up_and_hundreds_of_others_go_on(tmp_path: Path) -> None:
    plan = Plan(tuple(Unit("Prev1", seed=seed) for seed in range(200)))
    rows = list(run_sweep(plan, lambda: DaskWorkers(2, do=sweep_work.deadly), RunStore(tmp_path)))
    failed = [row for row in rows if row.outcome is Outcome.FAILED]
    assert [row.unit.seed for row in failed] == [sweep_work.DEADLY]
    assert "3 workers ended while at it" in failed[0].reason
    assert len(rows) == len(plan.units)
    grown = totals_of(rows, units=len(plan.units)).grown_megabytes
    assert grown is not None
    assert grown < 20


def test_where_nobody_answers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mips_core.sweeps.dask_workers._STARTING", 2.0)
    with pytest.raises(BadInputError, match=r"No cluster with workers answers at tcp://127\.0\.0\.1:1 "):
        DaskWorkers(scheduler="tcp://127.0.0.1:1")
    with pytest.raises(BadInputError, match="No cluster with workers answers at nowhere"):
        DaskWorkers(scheduler="nowhere")


def test_workers_that_lack_the_package_are_said_to() -> None:
    told = "ModuleNotFoundError(\"No module named 'mips_core.sweeps'\")"  # a scheduler elsewhere sends the text alone
    with (
        pytest.raises(BadInputError, match=r"tcp://there:1 cannot work: ModuleNotFound.* Install there what"),
        _failing_in_words("tcp://there:1"),
    ):
        raise Exception(told)


def test_ctrl_c_keeps_what_is_finished_and_the_same_command_goes_on(tmp_path: Path) -> None:
    (tmp_path / "sums.csv").write_bytes(SUMS)
    command = [sys.executable, "-m", "mips_core.cli", "sweep", "--data", str(tmp_path / "sums.csv"), "--budget", "2"]
    command += ["--seeds", "3", "--workers", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert re.fullmatch(
            r"Sweep [0-9a-f]{12}: sums.csv; seeds 0 to 2; 2 s each, 3 units.\n", process.stdout.readline()
        )
        assert "solved" in process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the command and its workers
        rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "mips: Stopped.\n"
    resumed = re.search(r"mips sweep --resume [0-9a-f]{12}", rest)
    assert resumed is not None

    done = mips(*resumed.group().split()[1:], "--workers", "0", "--json")
    assert (done.code, done.err) == (0, "")
    result = done.json
    assert result["state"] == "done"
    assert result["totals"]["solved"] == 3
    assert 1 <= result["totals"]["stored"] <= 2


def test_a_job_of_the_explorer_is_stopped_and_keeps_what_is_finished(tmp_path: Path, own_home: Path) -> None:
    registry = JobRegistry(tmp_path)
    order = {"tasks": ["Prev1", "Bitwise_Not", "Current_Number", "Bit_Shift_Right"], "seeds": [0, 1], "budget": 2.0}
    job = registry.start(sweep_tasks, order, title="a sweep", stages=STAGES)
    until(registry, job, lambda now: now.over or bool((now.fraction or 0.0) > 0.1))
    (state,) = Sweeps().states()
    title = "Prev1, Bitwise_Not, Current_Number + 1 more; seeds 0 to 1; 2 s each"
    assert (state.state, state.job, state.title) == ("running", job.id, title)
    registry.cancel(job.id)
    over = finished(registry, job)
    registry.close()
    assert over.state is JobState.CANCELLED
    assert over.result == {"sweep": state.id}
    state = Sweeps().state(state.id)
    assert state.state == "stopped"
    assert 1 <= len(state.rows) == len(RunStore().runs()) < 8
    assert {row.run for row in state.rows} == {run.id for run in RunStore().runs()}
