"""Where the index of runs is kept: a SQLite file in a hidden folder beside the runs, else the memory of this process.

The journal is a plain file, which network disks can do, and not the shared memory of a write-ahead log.  An index that
is broken, of another version or locked by nobody who lives is thrown away: all that it says stands in the folders too.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

FOLDER, FILE = ".index", "runs.sqlite"
_WAIT = 20.0
"""Seconds to wait for another process that writes; each writes for a fraction of one."""
_MEMORY_KEPT = 60.0
"""Seconds for which an index in memory is used before the file is tried again."""
_MOST_ATTEMPTS = 3
_CANNOT_KEEP = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOLFS,
}  # fmt: skip

T = TypeVar("T")


@dataclass
class _Memory:
    """An index in the memory of this process, for one thread at a time."""

    connection: sqlite3.Connection
    until: float
    lock: threading.RLock = field(default_factory=threading.RLock)


_memories: dict[str, _Memory] = {}
_memories_lock = threading.Lock()


@dataclass(frozen=True)
class IndexFile:
    """The place of one index.

    Parameters
    ----------
    folder : of the runs
    schema : number of the layout, which is stored in the file
    statements : SQL that makes an empty index
    """

    folder: Path
    schema: int
    statements: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / FOLDER / FILE

    def use(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what ``work`` makes of a connection; it may be called again when the index had to be thrown away."""
        if not os.path.isdir(self.folder):  # nothing to list, and nothing to be made just because somebody looked
            with contextlib.closing(self._empty()) as connection:
                return work(connection)
        memory = _memories.get(str(self.folder))
        for _ in range(_MOST_ATTEMPTS):
            if memory is not None and time.monotonic() < memory.until:
                break
            try:
                with contextlib.closing(self._connected()) as connection:
                    found = work(connection)
                _memories.pop(str(self.folder), None)
                return found
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _CANNOT_KEEP:
                    memory = self._move_to_memory()
                else:
                    self.remove()
            except OSError:
                memory = self._move_to_memory()
        memory = memory or self._move_to_memory()
        with memory.lock:
            return work(memory.connection)

    def remove(self) -> None:
        """Throw the index away."""
        with _memories_lock:
            _memories.pop(str(self.folder), None)
        for path in (self.path, self.path.with_name(f"{FILE}-journal")):
            with contextlib.suppress(OSError):
                path.unlink()

    def _connected(self) -> sqlite3.Connection:
        self.path.parent.mkdir(exist_ok=True)
        connection = _connect(str(self.path))
        try:
            if _schema(connection) == 0:
                with writing(connection):
                    if _schema(connection) == 0:  # else another process made it meanwhile
                        self._make(connection)
            if _schema(connection) != self.schema:
                raise sqlite3.DatabaseError("of another version")
        except BaseException:
            connection.close()
            raise
        return connection

    def _empty(self) -> sqlite3.Connection:
        connection = _connect(":memory:")
        self._make(connection)
        return connection

    def _make(self, connection: sqlite3.Connection) -> None:
        for statement in self.statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {self.schema}")

    def _move_to_memory(self) -> _Memory:
        """Go on in memory with what the file holds; a file that could not be kept up to date is not left there."""
        before = _memories.get(str(self.folder))
        if before is not None:
            before.until = time.monotonic() + _MEMORY_KEPT
            return before
        connection = _connect(":memory:")
        try:
            with contextlib.closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)) as stored:
                if _schema(stored) == self.schema:
                    stored.backup(connection)
        except (sqlite3.Error, ValueError):  # none, or it cannot be read: all of it stands in the folders
            connection = _connect(":memory:")
        self.remove()
        if _schema(connection) != self.schema:
            connection = self._empty()
        memory = _Memory(connection, time.monotonic() + _MEMORY_KEPT)
        with _memories_lock:
            _memories[str(self.folder)] = memory
        return memory


@contextlib.contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold the write lock; what was written is kept whole, or not at all when an error comes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _connect(place: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place, timeout=_WAIT, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA page_size = 16384")
    return connection


def _schema(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
