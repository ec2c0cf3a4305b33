"""Sweeps on disk: what was planned, how far it is, and who is at it; for whoever looks on, and to go on later.

One folder for each plan.  ``plan.json`` holds the units, ``files`` what they need by its digest, and ``state.json`` the
rows so far, replaced as a whole.  Who writes it holds a lock, which the system takes from a process that dies.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import filelock

from mips_core.errors import BadInputError, MipsError
from mips_core.files import make_folder, read_bytes, read_json, write_bytes, write_json
from mips_core.resources import user_folder
from mips_core.sweeps.plan import Plan, Unit
from mips_core.sweeps.row import Row
from mips_core.sweeps.totals import Totals, totals_of

FORMAT, VERSION = "mips-sweep", 1
RUNNING, DONE, STOPPED, FAILED = "running", "done", "stopped", "failed"
_ID = re.compile(r"[0-9a-f]{12}")
_PLAN, _STATE, _FILES, _LOCK = "plan.json", "state.json", "files", ".lock"
_SHARE = 0.05
"""Most of the time that may go into writing the state."""
_WRITE_EVERY = 1.0
_GLANCE = 1.0
"""Seconds in which those who only look whether a process is at a sweep have let go of it again."""


@dataclass(frozen=True)
class SweepState:
    """How far a sweep is.

    Parameters
    ----------
    id, title : of its plan
    units : all of the plan
    rows : what became of those that have ended, in this order
    running : those that are being worked on
    state : running, done, stopped or failed; one whose process died is stopped
    error : why it failed, in words
    workers_title : who does the work, in words
    workers, seconds, worker_seconds, lost : as for :class:`~mips_core.sweeps.totals.Totals`
    started, updated : moments, ISO 8601 in UTC
    job : id of the explorer's job that does it; "" when it was started elsewhere
    """

    id: str
    title: str
    units: tuple[Unit, ...]
    rows: tuple[Row, ...] = ()
    running: tuple[Unit, ...] = ()
    state: str = RUNNING
    error: str = ""
    workers_title: str = ""
    workers: int = 1
    seconds: float = 0.0
    worker_seconds: float = 0.0
    lost: int = 0
    started: str = ""
    updated: str = ""
    job: str = ""

    @property
    def totals(self) -> Totals:
        """Counts and times."""
        return totals_of(
            self.rows, units=len(self.units), workers=self.workers, seconds=self.seconds,
            worker_seconds=self.worker_seconds, lost=self.lost,
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, without the units, which stand in the plan."""
        told = {name: value for name, value in vars(self).items() if name not in ("units", "rows", "running")}
        return {
            "format": FORMAT, "version": VERSION, **told, "totals": self.totals.to_dict(),
            "running": [self.units.index(unit) for unit in self.running], "rows": [row.to_dict() for row in self.rows],
        }  # fmt: skip


class Sweeps:
    """All sweeps of one user.

    Parameters
    ----------
    folder : where they are kept; by default ``sweeps`` in the user's folder
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = user_folder() / "sweeps" if folder is None else folder

    def begin(self, plan: Plan, *, store: str = "", job: str = "") -> Record:
        """Write a plan, and return what its state is written with; for errors see :func:`make_folder`.

        Parameters
        ----------
        store : folder that gets the runs, from the root on; "" for the user's own
        job : as for :class:`SweepState`
        """
        place = make_folder(self.folder / plan.id)
        files = make_folder(place / _FILES)
        for digest, content in plan.files.items():
            write_bytes(files / digest, content)
        units = [unit.to_dict() for unit in plan.units]
        told = {"format": FORMAT, "version": VERSION, "store": store, "units": units}
        write_json(place / _PLAN, told, compact=True)
        return Record(place, SweepState(plan.id, plan.title, plan.units, job=job, started=_now(), updated=_now()))

    def plan(self, identifier: str) -> Plan:
        """Read a plan.

        Raises
        ------
        BadInputError
            when there is no sweep of that id, or it cannot be read.
        """
        place = self._place(identifier)
        units = self._units(place)
        needed = {unit.digest for unit in units if unit.digest}
        return Plan(units, {digest: read_bytes(place / _FILES / digest) for digest in sorted(needed)})

    def store(self, identifier: str) -> str:
        """Return the folder that got the runs of a sweep, "" for the user's own; for errors see :meth:`plan`."""
        return str(read_json(self._place(identifier) / _PLAN, FORMAT, VERSION).get("store", ""))

    def state(self, identifier: str) -> SweepState:
        """Read how far a sweep is; for errors see :meth:`plan`."""
        place = self._place(identifier)
        value = read_json(place / _STATE, FORMAT, VERSION)
        try:
            rows, units = tuple(Row.from_dict(row, str(place / _STATE)) for row in value["rows"]), self._units(place)
            names = ("id", "state", "error", "workers_title", "started", "updated", "job")
            state = SweepState(
                title=Plan(units).title, units=units, rows=rows, running=tuple(units[int(i)] for i in value["running"]),
                workers=int(value["workers"]), seconds=float(value["seconds"]), lost=int(value["lost"]),
                worker_seconds=float(value.get("worker_seconds", value["workers"] * value["seconds"])),
                **{name: str(value[name]) for name in names},
            )  # fmt: skip
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise BadInputError(f"{place / _STATE} is damaged: {error}.") from None
        if state.state == RUNNING and not _is_held(place):
            state = replace(state, state=STOPPED, running=())
        return state

    def states(self) -> tuple[SweepState, ...]:
        """Return all sweeps that can be read, the newest first."""
        found = []
        for place in self._places():
            try:
                found.append(self.state(place.name))
            except MipsError:  # it is being begun, or was removed a moment ago
                continue
        return tuple(sorted(found, key=lambda state: state.started, reverse=True))

    def changed(self) -> tuple[tuple[str, float], ...]:
        """Return a value that differs after any change of the files, quick to compare.

        A process that is killed changes none: that its sweep is stopped is told by :meth:`state` alone.
        """
        found = []
        for place in self._places():
            try:
                found.append((place.name, (place / _STATE).stat().st_mtime))
            except OSError:
                continue
        return tuple(sorted(found))

    def forget(self, identifier: str) -> None:
        """Remove a sweep from the list; its runs stay.

        Raises
        ------
        BadInputError
            when there is none, or it is running.
        """
        place = self._place(identifier)
        if _is_held(place):
            raise BadInputError("This sweep is running; stop it first.")
        shutil.rmtree(place, ignore_errors=True)

    def _places(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if _ID.fullmatch(path.name) and path.is_dir()]
        except OSError:
            return []

    def _place(self, identifier: str) -> Path:
        if _ID.fullmatch(identifier) is None or not (self.folder / identifier / _PLAN).is_file():
            raise BadInputError(
                f"There is no sweep {identifier[:40]!r} here; 'mips sweep --list' shows those there are."
            )
        return self.folder / identifier

    @staticmethod
    def _units(place: Path) -> tuple[Unit, ...]:
        value = read_json(place / _PLAN, FORMAT, VERSION)
        try:
            return tuple(Unit.from_dict(unit) for unit in value["units"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadInputError(f"{place / _PLAN} is damaged: {error}.") from None


class Record:
    """Writes how far a sweep is; does nothing while another process is at the same plan.

    Attributes: ``state``, as it is to be written.
    """

    def __init__(self, place: Path, state: SweepState) -> None:
        self.state = state
        self._place = place
        self._written, self._pause = float("-inf"), _WRITE_EVERY
        self._lock = filelock.FileLock(place / _LOCK)
        self._before: dict[str, Any] = {}
        try:
            self._lock.acquire(timeout=_GLANCE)
        except filelock.Timeout:
            return
        with contextlib.suppress(MipsError):  # most plans are begun once
            self._before = read_json(place / _STATE, FORMAT, VERSION)
        self._write()

    def update(self, **changes: Any) -> None:
        """Take over changes of the state; they are written at once or a moment later, with others."""
        self.state = replace(self.state, **changes, updated=_now())
        if time.monotonic() - self._written > self._pause:
            self._write()

    def end(self, state: str, error: str = "") -> None:
        """Write how it ended, and let go."""
        self.state = replace(self.state, state=state, error=error, running=(), updated=_now())
        self._write()
        self._lock.release()

    def withdraw(self, error: str) -> None:
        """Take back that it began, as nobody came to do the work, and let go; what was done before is told again."""
        self.state = replace(self.state, state=FAILED, error=error, running=(), updated=_now())
        if self._lock.is_locked:
            if self._before.get("rows"):
                write_json(self._place / _STATE, self._before, compact=True)
            elif self.state.rows:
                self._write()
            else:
                shutil.rmtree(self._place, ignore_errors=True)
        self._lock.release()

    def _write(self) -> None:
        if not self._lock.is_locked:
            return
        began = time.monotonic()
        write_json(self._place / _STATE, self.state.to_dict(), compact=True)
        self._written = time.monotonic()
        self._pause = max(_WRITE_EVERY, (self._written - began) / _SHARE)


def _is_held(place: Path) -> bool:
    """Whether a process is at the sweep."""
    lock = filelock.FileLock(place / _LOCK)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
