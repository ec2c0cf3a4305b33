"""The index of runs: the same as the folders whatever happened, whoever did it, and wherever it can be kept."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_reports import parity_report
from many_runs import many_runs

import mips_core.runs.index as index_module
from mips_core.errors import BadInputError, Cancelled
from mips_core.progress import Monitor
from mips_core.runs import RunRow, RunStore, UnreadableRun
from mips_core.runs.index_file import FILE, FOLDER, _memories
from mips_core.runs.index_query import ORDERS
from mips_core.runs.row import row_of


@pytest.fixture(autouse=True)
def no_index_in_memory() -> Iterator[None]:
    yield
    _memories.clear()


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def everything(store: RunStore) -> tuple[RunRow, ...]:
    return store.query(limit=None).rows


def from_folders(store: RunStore) -> list[str]:
    return [run.name if isinstance(run, UnreadableRun) else run.id for run in store.runs()]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    many_runs(folder, 3)
    return folder


OPERATIONS = (
    "save",
    "copy in",
    "rename",
    "pin",
    "unpin",
    "delete",
    "rm -r",
    "damage",
    "write inside",
    "list",
    "forget",
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 99)), max_size=12))
def test_after_any_changes_the_index_is_what_the_folders_make_it(template: Path, steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        store = RunStore(Path(place) / "runs")
        shutil.copytree(template, store.folder, ignore=shutil.ignore_patterns(".*"))
        for number, (what, which) in enumerate(steps):
            ids = sorted(path.name for path in store.folder.iterdir() if not path.name.startswith("."))
            chosen = ids[which % len(ids)] if ids else ""
            if what == "save":
                store.save(parity_report(), f"saved {which}")
            elif what == "copy in":
                source = sorted(path for path in template.iterdir() if not path.name.startswith("."))[which % 3]
                shutil.copytree(source, store.folder / f"copied-{number:08x}")
            elif what == "list":
                assert len(everything(store)) == len(ids)
            elif what == "forget":
                shutil.rmtree(store.folder / FOLDER, ignore_errors=True)
            elif not chosen:
                continue
            elif what == "delete":
                store.delete(chosen)
            elif what == "rm -r":
                shutil.rmtree(store.folder / chosen)
            elif what == "damage":
                (store.folder / chosen / "run.json").write_text("{")
            elif what == "write inside":
                (store.folder / chosen / "note.txt").write_text("x" * which)
            elif (store.folder / chosen / "run.json").read_text() != "{":
                if what == "rename":
                    store.rename(chosen, f"name {which}")
                else:
                    store.pin(chosen, what == "pin")
        everything(store)  # which looks at what changed inside the runs
        incremental, facets, size = everything(store), store.facets(), store.size()
        assert [row.id for row in incremental] == from_folders(store)
        assert store.rebuild() == len(incremental)
        assert everything(store) == incremental
        assert (store.facets(), store.size()) == (facets, size)
        for row in incremental:
            if row.readable:
                assert row == row_of(store.run(row.id), row.bytes)


def test_what_is_asked_for_is_what_is_found(store: RunStore) -> None:
    ids = many_runs(store.folder, 30)
    store.pin(ids[4])
    (store.folder / ids[7] / "report.json").write_text("{")
    rows = everything(store)
    assert [row.id for row in rows] == [ids[4], *(i for i in ids[::-1] if i not in (ids[4], ids[7])), ids[7]]
    assert "not valid JSON" in rows[-1].reason
    first = store.query(limit=4)
    assert (first.rows, first.total) == (rows[:4], 30)
    assert store.query(limit=4, offset=28).rows == rows[28:]
    assert store.query(limit=0).total == 30
    assert store.query(offset=100).total == 30
    assert {row.task for row in store.query(task="Sum_All").rows} == {"Sum_All"}
    assert store.query(task="Sum_All", limit=2).total == 9
    assert [row.id for row in store.query(text="NO.00012 parity").rows] == [ids[12]]
    assert store.query(text="no.00012 sum").rows == ()
    assert [row.id for row in store.query(name="Parity_All no.00012").rows] == [ids[12]]
    assert [row.id for row in store.query(pinned=True).rows] == [ids[4]]
    assert [row.id for row in store.query(readable=False).rows] == [ids[7]]
    assert store.query(succeeded=True).total == store.query(result="formula").total == 29
    assert store.row(ids[3]) == next(row for row in rows if row.id == ids[3])
    assert store.row("gone-00000000") is None
    facets = store.facets()
    assert (facets.runs, facets.pinned, facets.unreadable) == (30, 1, 1)
    assert facets.tasks == (("Div_3", 10), ("Parity_All", 10), ("Sum_All", 9))
    assert facets.bytes == store.size() == sum(row.bytes for row in rows)


@pytest.mark.parametrize("order", ORDERS)
def test_every_order_lists_each_run_once_page_by_page(store: RunStore, order: str) -> None:
    ids = many_runs(store.folder, 23)
    pages = [store.query(order=order, limit=5, offset=offset) for offset in range(0, 25, 5)]
    assert {page.total for page in pages} == {23}
    rows = [row for page in pages for row in page.rows]
    assert sorted(row.id for row in rows) == sorted(ids)
    if order == "accuracy":
        assert [row.accuracy for row in rows] == sorted((row.accuracy or 0 for row in rows), reverse=True)
    if order == "oldest":
        assert [row.id for row in rows] == ids
    with pytest.raises(BadInputError, match="is no order of runs"):
        store.query(order="1; DROP TABLE runs")


def test_text_of_any_kind_is_only_ever_text(store: RunStore) -> None:
    many_runs(store.folder, 2)
    for text in ("'", '"; DROP TABLE runs --', "%", "\ud800", "\0", "ß" * 500):
        assert store.query(text=text).total == store.query(name=text).total == store.query(task=text).total == 0
    assert store.query(text="_ %").total == 0
    assert store.query(text=" \t_ ").total == 2


WRITER = """
import sys
from mips_core.runs import RunStore
store, source, number = RunStore(sys.argv[1]), sys.argv[2], sys.argv[3]
for turn in range(10):
    run = store.adopt(source, f"writer-{number}-{turn:08x}")
    store.rename(run.id, f"writer {number} turn {turn}")
    store.query(text="writer")
    if turn % 2:
        store.delete(run.id)
"""


def test_processes_that_change_runs_at_once_leave_an_index_of_all(store: RunStore, template: Path) -> None:
    source = next(path for path in sorted(template.iterdir()) if not path.name.startswith("."))
    command = [sys.executable, "-c", WRITER, str(store.folder), str(source)]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(2)]
    while any(writer.poll() is None for writer in writers):
        assert all(row.readable for row in everything(store))
        time.sleep(0.05)
    assert [writer.returncode for writer in writers] == [0, 0]
    rows = everything(store)
    assert {row.name for row in rows} == {f"writer {k} turn {turn}" for k in range(2) for turn in range(0, 10, 2)}
    assert len(rows) == 10
    store.rebuild()
    assert everything(store) == rows


@pytest.mark.parametrize("how", ["noise", "cut", "empty", "newer", "no table", "folder", "gone"])
def test_a_broken_index_is_made_again(store: RunStore, how: str) -> None:
    many_runs(store.folder, 40)
    rows = everything(store)
    file = store.folder / FOLDER / FILE
    if how == "noise":
        file.write_bytes(os.urandom(20_000))
    elif how == "cut":
        file.write_bytes(file.read_bytes()[: 16384 * 2])
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "folder":
        file.unlink()
        file.mkdir()
    elif how == "gone":
        shutil.rmtree(file.parent)
    else:
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA user_version = 99" if how == "newer" else "DROP TABLE runs")
        connection.commit()
        connection.close()
    assert everything(store) == rows
    run = store.save(parity_report(), "after")
    assert everything(store)[0].id == run.id or run.id in {row.id for row in everything(store)}


def unwritable(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """Let every write to an index file fail as SQLite says it; root may write to any folder."""

    class Failing(sqlite3.Connection):
        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
            if sql.startswith("BEGIN") and self.place != ":memory:":
                error = sqlite3.OperationalError("no")
                error.sqlite_errorcode = code
                raise error
            return super().execute(sql, *values)

    real = sqlite3.connect

    def connect(place: str, **how: object) -> sqlite3.Connection:
        connection = real(place, factory=Failing, **how)
        connection.place = place
        return connection

    monkeypatch.setattr("mips_core.runs.index_file.sqlite3.connect", connect)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR])
def test_where_no_index_can_be_written_it_lives_in_memory(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    ids = many_runs(store.folder, 5)
    everything(store)
    unwritable(monkeypatch, code)
    shutil.rmtree(store.folder / ids[0])
    assert [row.id for row in everything(store)] == ids[:0:-1]
    reads: list[Path] = []
    monkeypatch.setattr(index_module, "_entry", reads.append)
    assert [row.id for row in everything(store)] == ids[:0:-1]
    assert reads == []


def test_a_folder_that_may_only_be_read_is_listed(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = many_runs(store.folder, 3)
    made = Path.mkdir

    def mkdir(path: Path, *how: object, **more: object) -> None:
        if path.name == FOLDER:
            raise PermissionError(13, "Permission denied")
        made(path, *how, **more)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    assert [row.id for row in everything(store)] == ids[::-1]
    assert not (store.folder / FOLDER).exists()


def test_looking_makes_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "none" / "runs")
    assert everything(store) == ()
    assert store.facets().runs == store.size() == 0
    assert list(tmp_path.iterdir()) == []


def test_a_rebuild_tells_how_far_it_is_and_can_be_stopped(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_BATCH", 10)
    many_runs(store.folder, 35)
    told = []
    assert store.rebuild(Monitor(told.append)) == 35
    assert [progress.fraction for progress in told] == pytest.approx([0, 10 / 35, 20 / 35, 30 / 35])
    with pytest.raises(Cancelled):
        store.rebuild(Monitor(stop=lambda: True))
    assert store.query().total == 35


def test_a_listing_reads_no_report_and_a_save_reads_one(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    many_runs(store.folder, 20)
    everything(store)
    reads: list[str] = []
    real = index_module.open_own
    monkeypatch.setattr(index_module, "open_own", lambda place: reads.append(place.name) or real(place))
    everything(store)
    store.query(text="no.0001")
    assert reads == []
    run = store.save(parity_report(), "new")
    everything(store)
    assert reads == [run.id]


def test_what_is_written_into_a_run_counts_for_the_size(store: RunStore) -> None:
    run = store.save(parity_report())
    before = store.size()
    (run.folder / "note.txt").write_text("x" * 1000)
    assert store.size() == before + 1000


def test_a_search_among_a_few_hundred_is_quick(store: RunStore) -> None:
    """On a loaded machine; mips bench speed measures 100,000."""
    many_runs(store.folder, 200)
    everything(store)
    times = []
    for _ in range(7):
        begin = time.process_time()
        store.query(text="no.0001", order="accuracy")
        times.append(time.process_time() - begin)
    assert sorted(times)[3] < 0.05
