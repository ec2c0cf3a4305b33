"""Jobs within their bounds, and jobs that outlive the server that started them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import job_functions
import pytest
from watched_jobs import alive, finished, until

from mips_core.errors import BadInputError
from mips_core.jobs import JobLimits, JobRegistry, JobState, Stop


@pytest.fixture
def make(tmp_path: Path) -> Iterator[object]:
    """Make registries on one folder, as servers that come one after the other do."""
    made = []

    def registry(**limits: float) -> JobRegistry:
        made.append(JobRegistry(tmp_path / "jobs", JobLimits(grace=0.5, **limits)))  # type: ignore[arg-type]
        return made[-1]

    yield registry
    for each in made:
        each.close()


def test_work_that_takes_too_long_is_stopped_or_killed_and_keeps_its_best(make) -> None:  # type: ignore[no-untyped-def]
    registry = make(seconds=5.0, running=2)  # the processes must have begun by then, also on a busy machine
    jobs = [registry.start(work, title="?") for work in (job_functions.climb, job_functions.insist)]
    listens, is_deaf = (finished(registry, job) for job in jobs)
    assert (listens.state, listens.stop) == (JobState.CANCELLED, Stop.TIME)
    assert listens.result is not None
    assert listens.result["best"] > 3
    assert 5.0 <= listens.seconds < 30.0
    assert (is_deaf.state, is_deaf.stop) == (JobState.CANCELLED, Stop.TIME)
    assert is_deaf.result is not None
    assert is_deaf.result["best"] == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux bounds a process's own data")
@pytest.mark.parametrize("how", ["one", "many", "torch"])
def test_work_that_needs_too_much_memory_is_one_sentence(make, how: str) -> None:  # type: ignore[no-untyped-def]
    registry = make(megabytes=600)
    job = finished(registry, registry.start(job_functions.devour, {"how": how}, title="?"))
    assert job.state is JobState.FAILED
    assert job.error == "The work needed more than the 600 MB of memory that a job may use here, and was stopped."


def test_a_process_that_the_system_kills_is_one_sentence_and_what_it_kept_is_there(make) -> None:  # type: ignore[no-untyped-def]
    registry = make()
    job = until(registry, registry.start(job_functions.insist, title="?"), lambda j: bool(j.events))
    os.kill(registry._works[job.id]._process.pid, signal.SIGKILL)
    job = finished(registry, job)
    assert job.state is JobState.FAILED
    assert "exit code -9" in job.error
    assert job.result is not None
    assert job.result["best"] == 2
    later = make().job(job.id)
    assert (later.state, later.error, later.result["best"]) == (JobState.FAILED, job.error, 2)
    add = registry.start(job_functions.add, {"a": 1, "b": 1}, title="?")  # the registry goes on
    assert finished(registry, add).result == {"sum": 2}


def test_a_job_that_is_done_is_found_by_the_next_server(make) -> None:  # type: ignore[no-untyped-def]
    registry = make()
    job = finished(
        registry,
        registry.start(
            job_functions.add, {"a": 2, "b": 3}, title="Adding", page="train", stages={"add": "Add"}, owner="me",
            files={"data.csv": b"1,2"},
        ),
    )  # fmt: skip
    registry.close()
    found = make().job(job.id)
    assert (found.state, found.result, found.stop) == (JobState.DONE, {"sum": 5}, None)
    assert (found.title, found.page, found.owner) == ("Adding", "train", "me")
    assert (dict(found.arguments), dict(found.stages)) == ({"a": 2, "b": 3}, {"add": "Add"})
    assert (found.folder / "data.csv").read_bytes() == b"1,2"
    assert found.over


def test_jobs_that_ran_or_waited_when_the_server_ended_are_interrupted(make) -> None:  # type: ignore[no-untyped-def]
    registry = make(running=1)
    runs = until(registry, registry.start(job_functions.insist, title="?"), lambda j: bool(j.events))
    waits = registry.start(job_functions.add, {"a": 1, "b": 1}, title="?")
    assert make().job(runs.id) is None  # as long as its server lives, no other one speaks of it
    registry.close()
    found = make().job(runs.id)
    assert (found.state, found.stop, found.result["best"]) == (JobState.CANCELLED, Stop.SERVER, 2)
    found = make().job(waits.id)
    assert (found.state, found.stop, found.result) == (JobState.CANCELLED, Stop.SERVER, None)


SERVER = """
import sys, time
sys.path.insert(0, sys.argv[1])
import job_functions
from pathlib import Path
from mips_core.jobs import JobRegistry
registry = JobRegistry(Path(sys.argv[2]))
job = registry.start(getattr(job_functions, sys.argv[3]), title="?")
while not registry.job(job.id).events:
    time.sleep(0.01)
print(job.id, registry._works[job.id]._process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_killed_leaves_no_process_and_its_jobs_are_found(make, tmp_path: Path, how: int) -> None:  # type: ignore[no-untyped-def]
    helpers = str(Path(job_functions.__file__).parent)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, helpers, str(tmp_path / "jobs"), "climb"], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        job_id, pid = server.stdout.readline().split()
        registry = make()
        assert registry.job(job_id) is None
        server.send_signal(how)
        server.wait(60)
    finally:  # a server that goes on would be reported in the middle of another test
        server.kill()
        server.wait()
        server.stdout.close()
    assert registry.job(job_id).stop is Stop.SERVER
    end = time.monotonic() + 60
    while alive(int(pid)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(int(pid))
    assert registry.job(job_id).state is JobState.CANCELLED


def test_one_owner_has_one_job_running_and_few_waiting(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    registry = make(of_one_owner=2)
    never = {"file": str(tmp_path / "never")}
    mine = [registry.start(job_functions.wait_for, never, title="?", owner="a") for _ in range(2)]
    with pytest.raises(BadInputError, match="2 jobs of yours run or wait already"):
        registry.start(job_functions.wait_for, never, title="?", owner="a")
    other = registry.start(job_functions.wait_for, never, title="?", owner="b")
    states = [registry.job(job.id).state for job in (*mine, other)]
    assert states == [JobState.RUNNING, JobState.WAITING, JobState.RUNNING]  # b does not wait for a's second
    registry.cancel(mine[0].id)
    until(registry, mine[1], lambda job: job.state is JobState.RUNNING)


def test_what_a_job_is_handed_and_what_it_tells_are_bounded(make) -> None:  # type: ignore[no-untyped-def]
    registry = make(order_megabytes=1)
    with pytest.raises(BadInputError, match="at most 1 MB"):
        registry.start(job_functions.describe, title="?", files={"data.csv": bytes(2**20)})
    job = finished(registry, registry.start(job_functions.chatter, {"events": 40, "size": 2**20}, title="?"))
    assert job.state is JobState.DONE
    assert len(job.events) == 7  # the newest that go into 8 MB
    assert job.events[-1]["number"] == 39


@pytest.mark.parametrize("name", ["../../etc", "a" * 12, "", ".", "x/y", "a" * 13, "servers"])
def test_an_id_is_never_a_path(make, name: str) -> None:  # type: ignore[no-untyped-def]
    assert make().job(name) is None


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"format": "mips-job", "version": 1}', b'{"kind": 3}'])
@pytest.mark.parametrize("file", ["job.json", "outcome.json", "kept.json"])
def test_a_damaged_record_is_no_job_and_harms_nothing(make, damage: bytes, file: str) -> None:  # type: ignore[no-untyped-def]
    registry = make()
    job = finished(registry, registry.start(job_functions.add, {"a": 1, "b": 1}, title="?"))
    registry.close()
    (job.folder.parent / file).write_bytes(damage)
    assert make().job(job.id) is None
    registry = make(kept=0)
    finished(registry, registry.start(job_functions.add, {"a": 1, "b": 1}, title="?"))


def test_old_jobs_go_with_their_files(make) -> None:  # type: ignore[no-untyped-def]
    registry = make()
    job = finished(registry, registry.start(job_functions.add, {"a": 1, "b": 1}, title="?"))
    registry.close()
    other = make()
    os.utime(job.folder.parent, (0, 0))
    gone, lives = (job.folder.parents[1] / "servers" / name for name in ("0" * 16, other._records._server))
    gone.touch()
    os.utime(gone, (0, 0))
    finished(other, other.start(job_functions.add, {"a": 1, "b": 1}, title="?"))
    os.utime(lives, (0, 0))
    finished(other, other.start(job_functions.add, {"a": 1, "b": 1}, title="?"))
    assert not job.folder.exists()
    assert other.job(job.id) is None
    assert not gone.exists()
    assert lives.exists()


def test_the_environment_is_that_of_one_job(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    registry = make()
    job = registry.start(job_functions.where, title="?", environment={"MIPS_HOME": str(tmp_path / "elsewhere")})
    assert finished(registry, job).result == {"home": str(tmp_path / "elsewhere")}
    assert json.loads((job.folder.parent / "job.json").read_text())["owner"] == ""
