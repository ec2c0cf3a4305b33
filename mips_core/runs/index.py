"""An index of the runs in a folder, so that lists need not read them.

The folders are the truth.  Whether runs came or went without us is told by the time of their folder and by the names in
it, so only new ones are read.  What another program changes inside a run is told by its files when the run is listed.

Every change takes SQLite's write lock first and looks at the run's folder then, so that whoever writes last has seen
the last change of the files.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from mips_core.errors import MipsError
from mips_core.progress import Monitor
from mips_core.runs.index_file import IndexFile, writing
from mips_core.runs.information import is_own_id
from mips_core.runs.places import is_folder, listed
from mips_core.runs.row import RunRow, row_of
from mips_core.runs.run import UnreadableRun
from mips_core.runs.whole import FolderState, open_own, state_of

STAGE = "index"
_SCHEMA = 1
_BATCH = 250
_SETTLED = 2.0
"""Seconds after which no change has the time of one that was seen; some network disks count whole seconds."""

T = TypeVar("T")
ROW_FIELDS = tuple(field.name for field in fields(RunRow))
_COLUMNS = (*ROW_FIELDS, "rank", "folded", "search", "state")
_MAKE = (
    f"CREATE TABLE runs ({', '.join(name + ' TEXT PRIMARY KEY' * (name == 'id') for name in _COLUMNS)})",
    "CREATE INDEX listed ON runs (rank, made DESC, folded, id, task, method, result, succeeded, size, accuracy, bytes,"
    " search)",
    *(f"CREATE INDEX by_{name} ON runs ({name})" for name in ("task", "method", "result", "bytes")),
    "CREATE TABLE seen (version INTEGER, changed INTEGER)",
    # The version begins anywhere, so that no two indices that were made of one folder share one.
    "INSERT INTO seen VALUES (random() / 4, 0)",
)
PUT = f"INSERT OR REPLACE INTO runs ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_known: dict[Path, tuple[int, frozenset[str]]] = {}
"""By folder: the version of its index, and the ids in it, which take a while to read."""
_MOST_KNOWN = 64


class RunIndex:
    """The index of the runs in one folder; any number of threads and processes may use it at once.

    Parameters
    ----------
    folder : where the runs lie; it need not exist yet
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = IndexFile(folder, _SCHEMA, _MAKE)

    def read(self, work: Callable[[sqlite3.Connection], T], monitor: Monitor | None = None) -> T:
        """Return what ``work`` reads from an index in which every run that is there now stands, and no other.

        Raises
        ------
        BadInputError
            when the folder of the runs cannot be read.
        Cancelled
            when the caller asked to stop; what was noted until then is kept.
        """

        def prepared(connection: sqlite3.Connection) -> T:
            self._refresh(connection, monitor or Monitor())
            return work(connection)

        return self._file.use(prepared)

    def note(self, *identifiers: str) -> None:
        """Note what lies in the folders of these runs now, or that they are gone."""
        self._file.use(lambda connection: self._note(connection, identifiers))

    def note_changed(self, identifiers: Iterable[str] | None = None, monitor: Monitor | None = None) -> bool:
        """Note those runs whose files changed since they were noted; return whether any had.

        Parameters
        ----------
        identifiers : None takes all

        Raises
        ------
        Cancelled
            when the caller asked to stop; nothing is noted then.
        """
        watch = monitor or Monitor()

        def work(connection: sqlite3.Connection) -> bool:
            if identifiers is None:
                found = connection.execute("SELECT id, state FROM runs").fetchall()
            else:
                ask = "SELECT id, state FROM runs WHERE id = ?"
                found = [row for each in identifiers for row in connection.execute(ask, (each,))]
            changed = []
            for count, (name, state) in enumerate(found):
                if count % _BATCH == 0:
                    watch.report(STAGE, f"Looking at the files of {len(found):,} runs", count / len(found))
                    watch.check()
                if digest(state_of(self.folder / name)) != state:
                    changed.append(name)
            if changed:
                self._note(connection, changed)
            return bool(changed)

        return self._file.use(work)

    def rebuild(self, monitor: Monitor | None = None) -> int:
        """Make the index anew from the folders; return of how many runs."""
        self._file.remove()
        return self.read(lambda connection: int(connection.execute("SELECT count(*) FROM runs").fetchone()[0]), monitor)

    def version(self) -> tuple[int, int]:
        """Return a value that differs after any change of the runs that the index knows of or notices now."""

        def work(connection: sqlite3.Connection) -> tuple[int, int]:
            version, _ = _seen(connection)
            return version, _time_of(self.folder)

        return self.read(work)

    def _refresh(self, connection: sqlite3.Connection, monitor: Monitor) -> None:
        """Note which runs came and went since the last look."""
        changed, now = _time_of(self.folder), time.time_ns()
        version, seen = _seen(connection)
        if changed == seen:
            return
        names = set(listed(self.folder))
        known = self._known(connection, version)
        others = names - known
        new = sorted(name for name in others if is_own_id(name) and is_folder(self.folder / name))
        gone = frozenset() if len(names) - len(others) == len(known) else known - names
        if new or gone:
            with writing(connection):  # where this cannot be done, it is known before thousands of runs are read
                connection.execute("UPDATE seen SET changed = 0")
            self._note(connection, gone)
            rest = iter(new)
            for count in range(0, len(new), _BATCH):
                monitor.report(STAGE, f"Reading {len(new):,} runs", count / len(new))
                monitor.check()
                self._note(connection, islice(rest, _BATCH), only_new=True)
        if now - changed > _SETTLED * 1e9:
            with writing(connection):
                connection.execute("UPDATE seen SET changed = ?", (changed,))

    def _note(self, connection: sqlite3.Connection, identifiers: Iterable[str], *, only_new: bool = False) -> None:
        """Write the rows of these runs, and take out those that are gone."""
        names = list(identifiers)
        if only_new:  # another process may be at the same work
            marks = ",".join("?" * len(names))
            there = {row[0] for row in connection.execute(f"SELECT id FROM runs WHERE id IN ({marks})", names)}
            names = [name for name in names if name not in there]
        if not names:
            return
        entries = {name: _entry(self.folder / name) for name in names}
        with writing(connection):
            for name, entry in entries.items():
                now = state_of(self.folder / name)
                if (entry is None) != (not now) or (entry is not None and entry[-1] != digest(now)):
                    entries[name] = _entry(self.folder / name)  # changed while the lock was waited for
            connection.executemany(
                "DELETE FROM runs WHERE id = ?", [(name,) for name in names if entries[name] is None]
            )
            connection.executemany(PUT, [entry for entry in entries.values() if entry is not None])
            connection.execute("UPDATE seen SET version = version + 1")
            version, _ = _seen(connection)
        kept = _known.get(self.folder)
        if kept is not None and kept[0] == version - 1:
            came = [name for name in names if entries[name] is not None]
            _known[self.folder] = version, kept[1].difference(names).union(came)

    def _known(self, connection: sqlite3.Connection, version: int) -> frozenset[str]:
        kept = _known.get(self.folder)
        if kept is None or kept[0] != version:
            kept = version, frozenset(_ids(connection))
            if _seen(connection)[0] == version:  # else a change came between the two
                if len(_known) >= _MOST_KNOWN:
                    _known.clear()
                _known[self.folder] = kept
        return kept[1]


def entry_of(row: RunRow, state: str) -> tuple[Any, ...]:
    """Return what the index holds of a run, in the order of its columns.

    Parameters
    ----------
    state : of the run's files, as :func:`digest` writes them
    """
    rank = 2 if not row.readable else 0 if row.pinned else 1
    told = (row.name, row.id, row.made_from, row.method, row.result)
    search = " ".join(each for each in told if each).casefold().replace("_", " ")
    values = (*(getattr(row, name) for name in ROW_FIELDS), rank, row.name.casefold(), search, state)
    return tuple(storable(value) for value in values)


def row_from(values: Sequence[Any]) -> RunRow:
    """Return the row whose fields the index holds as ``values``, in the order of :data:`ROW_FIELDS`."""
    found = dict(zip(ROW_FIELDS, values, strict=True))
    return RunRow(**{**found, "pinned": bool(found["pinned"]), "succeeded": bool(found["succeeded"])})


def _entry(place: Path) -> tuple[Any, ...] | None:
    """Return what the index holds of the run in a folder, or None where there is no such folder."""
    state = state_of(place)
    size = sum(each[2] for each in state)
    try:
        return entry_of(row_of(open_own(place), size), digest(state))
    except MipsError as error:
        if not is_folder(place):
            return None
        return entry_of(row_of(UnreadableRun(place, str(error)), size), digest(state))


def storable(value: Any) -> Any:
    """Return a value as SQLite can hold it: no half of a character pair, no number beyond 64 bits."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    return max(-(2**63), min(2**63 - 1, value)) if isinstance(value, int) else value


def digest(state: FolderState) -> str:
    """Return what stands in the index for the files of a run, as :func:`~mips_core.runs.whole.state_of` gives them."""
    return hashlib.blake2b(repr(state).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def _ids(connection: sqlite3.Connection) -> list[str]:
    """Return all ids; as one text, which is five times as quick as row by row."""
    return (connection.execute("SELECT group_concat(id, ' ') FROM runs").fetchone()[0] or "").split()


def _seen(connection: sqlite3.Connection) -> tuple[int, int]:
    version, changed = connection.execute("SELECT version, changed FROM seen").fetchone()
    return int(version), int(changed)


def _time_of(folder: Path) -> int:
    """Return when names in a folder last changed, in nanoseconds; 0 where there is none."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
