"""Work in child processes: results, errors, stopping, the queue, and that nothing is left behind."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import job_functions
import pytest
from watched_jobs import alive, finished, until

from mips_core.errors import BadInputError
from mips_core.jobs import JobLimits, JobRegistry, JobState


@pytest.fixture
def registry() -> Iterator[JobRegistry]:
    made = JobRegistry(limits=JobLimits(grace=0.3))
    yield made
    made.close()


def test_a_result_with_its_events_comes_back(registry: JobRegistry) -> None:
    started = registry.start(job_functions.add, {"a": 2, "b": 3}, title="Adding", stages={"add": "Add"}, page="train")
    assert (started.state, started.title, started.page, started.result) == (JobState.RUNNING, "Adding", "train", None)
    job = finished(registry, started)
    assert (job.state, job.result, job.events, job.error) == (JobState.DONE, {"sum": 5}, ({"a": 2},), "")
    assert job.seconds > 0


def test_the_process_is_polite_and_knows_nothing_of_the_page(registry: JobRegistry) -> None:
    job = finished(registry, registry.start(job_functions.describe, title="?", files={"data.csv": b"x,y\n"}))
    assert job.result is not None, job.error
    assert job.result["nice"] >= 10
    assert job.result["threads"] == "1"
    assert not job.result["streamlit"]
    assert Path(job.result["main"]).parent.name == "jobs"
    assert job.result["file"] == "x,y\n"


def test_an_expected_error_is_its_sentence(registry: JobRegistry) -> None:
    job = finished(registry, registry.start(job_functions.refuse, title="?"))
    assert (job.state, job.error) == (JobState.FAILED, "Row 3 holds a word. Write a number there.")


def test_an_unexpected_error_is_one_sentence_and_a_log(registry: JobRegistry, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="mips"):
        job = finished(registry, registry.start(job_functions.stumble, title="Stumbling"))
    assert job.state is JobState.FAILED
    assert "ZeroDivisionError" in job.error
    assert "for the log" not in job.error
    assert "a detail for the log" in caplog.text


def test_a_process_that_dies_is_said_so(registry: JobRegistry) -> None:
    job = finished(registry, registry.start(job_functions.die, title="?"))
    assert job.state is JobState.FAILED
    assert "exit code 7" in job.error


def test_cancelling_keeps_the_best_so_far(registry: JobRegistry) -> None:
    job = until(registry, registry.start(job_functions.climb, title="?"), lambda j: len(j.events) >= 3)
    registry.cancel(job.id)
    job = finished(registry, job)
    assert job.state is JobState.CANCELLED
    assert job.result is not None
    assert job.result["best"] >= 3


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
def test_work_that_does_not_listen_is_killed_with_what_it_started(registry: JobRegistry) -> None:
    job = until(registry, registry.start(job_functions.insist, title="?"), lambda j: bool(j.events))
    assert job.events == ({"said": True},)
    registry.cancel(job.id)
    assert registry.job(job.id).stopping  # type: ignore[union-attr]
    job = finished(registry, job)
    assert job.state is JobState.CANCELLED
    assert job.result is not None
    assert job.result["best"] == 2
    end = time.monotonic() + 60
    while alive(job.result["other"]) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(job.result["other"])


def test_two_run_and_the_others_wait_in_order(registry: JobRegistry, tmp_path: Path) -> None:
    jobs = [registry.start(job_functions.wait_for, {"file": str(tmp_path / str(i))}, title="?") for i in range(5)]
    assert [job.state for job in jobs] == [JobState.RUNNING] * 2 + [JobState.WAITING] * 3
    assert [job.position for job in jobs] == [0, 0, 1, 2, 3]
    registry.cancel(jobs[2].id)
    assert [registry.job(j.id).position for j in jobs] == [0, 0, 0, 1, 2]  # type: ignore[union-attr]
    assert registry.job(jobs[2].id).state is JobState.CANCELLED  # type: ignore[union-attr]
    (tmp_path / "1").touch()
    until(registry, jobs[3], lambda j: j.state is JobState.RUNNING)
    assert registry.job(jobs[4].id).position == 1  # type: ignore[union-attr]


def test_too_long_a_queue_is_refused(tmp_path: Path) -> None:
    registry = JobRegistry(limits=JobLimits(running=1, waiting=1, grace=0.1))
    for _ in range(2):
        registry.start(job_functions.wait_for, {"file": str(tmp_path / "never")}, title="?")
    with pytest.raises(BadInputError, match="waiting already"):
        registry.start(job_functions.wait_for, {"file": str(tmp_path / "never")}, title="?")
    registry.close()


def test_what_cannot_run_elsewhere_is_refused_at_once(registry: JobRegistry) -> None:
    with pytest.raises(BadInputError, match="function of a module"):
        registry.start(lambda **_: None, title="?")
    with pytest.raises(BadInputError, match="plain values"):
        registry.start(job_functions.add, {"a": Path(), "b": 0}, title="?")


def test_twenty_jobs_leave_no_processes_threads_or_folders() -> None:
    before = set(threading.enumerate())
    registry = JobRegistry(limits=JobLimits(kept=3))
    files = {"data.csv": b"1"}
    jobs = [finished(registry, registry.start(job_functions.describe, title="?", files=files)) for _ in range(20)]
    assert all(job.state is JobState.DONE for job in jobs)
    assert len(registry.jobs()) <= 4
    assert registry.job(jobs[0].id) is None
    assert not jobs[0].folder.exists()
    assert jobs[-1].folder.exists()
    registry.close()
    end = time.monotonic() + 60
    while set(threading.enumerate()) - before and time.monotonic() < end:
        time.sleep(0.02)
    assert set(threading.enumerate()) <= before
    assert not jobs[-1].folder.exists()
    for job in jobs:
        assert job.result is not None
        with pytest.raises(ProcessLookupError):  # neither running nor ended without being waited for
            os.kill(job.result["pid"], 0)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
def test_a_job_ends_with_its_starter(tmp_path: Path) -> None:
    script = tmp_path / "starter.py"
    script.write_text(
        "import sys, time, os, signal\n"
        f"sys.path.insert(0, {str(Path(job_functions.__file__).parent)!r})\n"
        "import job_functions\n"
        "from mips_core.jobs import JobRegistry\n"
        "registry = JobRegistry()\n"
        "job = registry.start(job_functions.climb, title='?')\n"
        "while not registry.job(job.id).events: time.sleep(0.01)\n"
        "print(registry._works[job.id]._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    output = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False).stdout
    pid = int(output)
    end = time.monotonic() + 60
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(pid)
