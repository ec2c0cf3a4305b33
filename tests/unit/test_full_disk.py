"""A full disk is called full by whoever writes, and nothing is left half-written."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import job_functions
import pytest
from made_reports import parity_report

from mips_core.cli import main
from mips_core.errors import BadInputError
from mips_core.files import make_folder, write_bytes, write_files, write_json
from mips_core.jobs import JobLimits, JobRegistry, JobState
from mips_core.networks import save_network
from mips_core.report import save_report
from mips_core.runs import RunStore, share, shared_as

resource = pytest.importorskip("resource", reason="this system has no limits on the size of files")

Full = Callable[[], contextlib.AbstractContextManager[None]]
LARGE = b"x" * 100_000
SAID = r"^Cannot write .*(File too large|No space left on device).* Make room there, then try again\.$"


@contextlib.contextmanager
def too_small() -> Iterator[None]:
    """Let no file grow beyond 100 bytes: writing fails in the middle, as on a full disk, and with the same answer."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a disk of 400 kB, where this process may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this process may not make a disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


WRITERS: dict[str, Callable[[Path], object]] = {
    "bytes": lambda folder: write_bytes(folder / "old", LARGE),
    "json": lambda folder: write_json(folder / "old", {"x": "y" * 1000}),
    "files": lambda folder: write_files(folder, {"old": LARGE, "new": LARGE}, ["older"]),
    "network": lambda folder: save_network(parity_report().network, folder / "old"),
    "report": lambda folder: save_report(parity_report(), folder),
    "run": lambda folder: RunStore(folder / "runs").save(parity_report()),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_that_runs_out_of_room_says_so_and_leaves_all_as_it_was(writer: str, tmp_path: Path) -> None:
    parity_report()
    (tmp_path / "old").write_bytes(b"before")
    (tmp_path / "older").write_bytes(b"before")
    with too_small(), pytest.raises(BadInputError, match=SAID):
        WRITERS[writer](tmp_path)
    assert content(tmp_path) == {"old": b"before", "older": b"before"}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_disk_that_is_full_says_so_and_leaves_all_as_it_was(writer: str, disk: Path) -> None:
    (disk / "old").write_bytes(b"before")
    (disk / "older").write_bytes(b"before")
    with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        for size in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    filler.write(b"\0" * size)
    before = content(disk)
    with pytest.raises(BadInputError, match="No space left on device"):
        WRITERS[writer](disk)
    assert content(disk) == before
    (disk / "filler").unlink()
    WRITERS[writer](disk)  # and once there is room it works


def test_renaming_and_pinning_without_room_change_nothing(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "runs")
    run = store.save(parity_report(), "before")
    for change in (lambda: store.rename(run.id, "after"), lambda: store.pin(run.id)):
        with too_small(), pytest.raises(BadInputError, match=SAID):
            change()
    [kept] = store.runs()
    assert kept.name == "before"


def test_sharing_without_room_shares_nothing(own_home: Path) -> None:
    run = RunStore().save(parity_report())
    with too_small(), pytest.raises(BadInputError, match=SAID):
        share_large(run)
    assert shared_as(run) is None


def share_large(run: object) -> None:
    """Share with even less room than a short entry takes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    share(run)  # type: ignore[arg-type]


def test_a_job_that_cannot_be_written_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    registry = JobRegistry(tmp_path / "jobs")
    with too_small(), pytest.raises(BadInputError, match=SAID):
        registry.start(job_functions.describe, title="?", files={"data.csv": LARGE})
    assert registry.jobs() == ()
    assert [path.name for path in (tmp_path / "jobs").iterdir()] == ["servers"]
    registry.close()


def test_work_that_fills_the_disk_ends_with_the_sentence_and_the_server_goes_on(disk: Path) -> None:
    registry = JobRegistry(disk, JobLimits(grace=1.0))
    job = registry.start(job_functions.fill, title="?")
    while not job.over:
        job = registry.job(job.id) or job
    assert job.state is JobState.FAILED
    assert "No space left on device" in job.error
    assert "Make room there, then try again." in job.error
    (job.folder / "large").unlink()
    job = registry.start(job_functions.add, {"a": 1, "b": 2}, title="?")
    while not job.over:
        job = registry.job(job.id) or job
    assert job.result == {"sum": 3}
    registry.close()


def test_a_command_without_room_ends_with_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    with too_small():
        code = main(["distill", "Parity_All", "--out", str(out)])
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert code == 2
    assert "Make room there, then try again." in said
    assert content(out) == {}


def test_a_folder_is_made_or_the_reason_is_told(disk: Path) -> None:
    assert make_folder(disk / "a" / "b").is_dir()
    with pytest.raises(BadInputError, match=r"Cannot write to the folder /proc/nothing"):
        make_folder("/proc/nothing")


if sys.platform == "darwin":
    pytestmark = pytest.mark.skip(reason="files of any size are written there")
