"""Doing a sweep: what is stored already is not done again, and what is done is stored at once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import filelock

from mips_core.errors import BadInputError, Cancelled, MipsError
from mips_core.files import make_folder, read_json
from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.runs.store import RunStore
from mips_core.runs.whole import open_whole
from mips_core.sweeps.executors import Done, Executor
from mips_core.sweeps.plan import Plan, Unit
from mips_core.sweeps.record import DONE, FAILED, STOPPED, Record
from mips_core.sweeps.row import FILE, FORMAT, VERSION, Outcome, Row

STAGE = "sweep"
_WAIT = 0.25
_LOOK_ELSEWHERE = 1.0
_CLAIMS = ".claims"
_ATTEMPTS = 8
"""Ids that a unit's run may have; see :meth:`Unit.run_id`."""


def run_sweep(
    plan: Plan,
    executor: Callable[[], Executor],
    store: RunStore,
    *,
    record: Record | None = None,
    monitor: Monitor | None = None,
) -> Generator[Row, None, None]:
    """Do all units of a plan and yield what became of each, those that are stored already first.

    A unit that another process is doing at this moment, for the same store, is waited for.  However this ends, what was
    finished is stored, and the executor is closed.  A sweep that finds nobody to do its work leaves no record of
    itself, unless some of it was done before.

    Parameters
    ----------
    executor : makes the one that does the work; called only when there is work to do
    store : gets the run of every unit that came to a result
    record : told how far it is
    monitor : receives progress, and the event ``{"elsewhere": True}`` once where another process is at a unit; may stop

    Raises
    ------
    Cancelled
        when the monitor asked to stop.
    MipsError
        when a run cannot be stored, or there are no workers (any more).
    """
    sweep = _Sweep(plan, executor, store, record, monitor or Monitor())
    try:
        yield from sweep.rows()
    except (Cancelled, GeneratorExit, KeyboardInterrupt):
        sweep.end(STOPPED)
        raise
    except BaseException as error:
        sweep.end(FAILED, str(error) if isinstance(error, MipsError) else type(error).__name__)
        raise
    else:
        sweep.end(DONE)


class _Sweep:
    """One pass over a plan."""

    def __init__(
        self, plan: Plan, executor: Callable[[], Executor], store: RunStore, record: Record | None, monitor: Monitor
    ) -> None:
        self._plan, self._make, self._store = plan, executor, store
        self._executor: Executor | None = None
        self._record, self._monitor = record, monitor
        self._clock = Stopwatch()
        self._counted = self._worker_seconds = 0.0
        self._rows: list[Row] = []
        self._claims: dict[str, filelock.BaseFileLock] = {}

    def rows(self) -> Iterator[Row]:
        """Yield what became of each unit."""
        self._store.make_ready()
        pending = deque[Unit]()
        for unit in self._plan.units:
            row = _stored_row(self._store, unit)
            if row is None:
                pending.append(unit)
            else:
                yield self._take(row)
        if pending:
            executor = self._executor = self._make()
            if self._record is not None:
                self._record.update(workers_title=executor.title, workers=executor.workers)
            self._clock = Stopwatch()
            yield from self._computed(pending, executor)

    def _computed(self, pending: deque[Unit], executor: Executor) -> Iterator[Row]:
        """Yield what became of units that were not stored when this began."""
        elsewhere, looked, at_work = deque[Unit](), time.monotonic(), 0
        ended: list[Done] = []
        waited = False
        while pending or elsewhere or at_work or ended:
            self._tell()
            while pending and at_work < executor.capacity:
                unit = pending.popleft()
                if not self._claim(unit):
                    if not waited:
                        self._monitor.events({"elsewhere": True})
                    waited = True
                    elsewhere.append(unit)
                    continue
                row = _stored_row(self._store, unit)  # another process may have finished it just now
                if row is None:
                    executor.submit(unit, self._plan.files.get(unit.digest))
                    at_work += 1
                else:
                    self._release(unit)
                    yield self._take(row)
            for done in ended:  # only now: a worker that waits for the next unit has it
                row = self._kept(done)
                self._release(done.unit)
                yield self._take(row)
            ended = executor.finished(_WAIT) if at_work else []
            at_work -= len(ended)
            if elsewhere and not at_work:
                time.sleep(_WAIT)
            if elsewhere and time.monotonic() - looked > _LOOK_ELSEWHERE:
                looked = time.monotonic()
                pending.extend(elsewhere)
                elsewhere.clear()

    def end(self, state: str, error: str = "") -> None:
        """Let go of everything, and record how it ended."""
        try:
            if self._executor is not None:
                self._executor.close()
        finally:
            for lock in self._claims.values():
                lock.release()
            self._claims.clear()
            if self._record is not None and state == FAILED and self._executor is None:
                self._record.withdraw(error)
            elif self._record is not None:
                self._record.end(state, error)

    def _take(self, row: Row) -> Row:
        self._rows.append(row)
        self._tell()
        return row

    def _tell(self) -> None:
        """Report how far it is; the caller may stop here."""
        over, units = len(self._rows), len(self._plan.units)
        if self._record is not None:
            changes: dict[str, Any] = {"rows": tuple(self._rows)}
            if self._executor is not None:
                seconds, workers = self._clock.seconds, self._executor.workers
                self._worker_seconds += workers * (seconds - self._counted)  # workers come and go
                self._counted = seconds
                changes |= {
                    "running": self._executor.running(), "lost": self._executor.lost, "seconds": round(seconds, 3),
                    "workers": max(workers, self._record.state.workers),
                    "worker_seconds": round(self._worker_seconds, 3),
                }  # fmt: skip
            self._record.update(**changes)
        self._monitor.progress(Progress(STAGE, f"{over:,} of {units:,} units", over / units))
        self._monitor.check()

    def _kept(self, done: Done) -> Row:
        """Store the run of a unit that came to a result."""
        if done.work is None:
            unit = done.unit
            return Row(unit, unit.address, Outcome.FAILED, done.reason, attempts=done.attempts, worker=done.worker)
        row = replace(done.work.row, attempts=done.attempts, worker=done.worker)
        if not done.work.archive:
            return row
        for attempt in range(_ATTEMPTS):
            folder = self._store.folder / done.unit.run_id(attempt)
            if not folder.is_dir():
                self._store.adopt(done.work.archive, folder.name)
            there = _sound_row(folder)  # a damaged run stays as it is, for its owner to look at
            if there is not None and there.address == row.address:
                return replace(row, run=folder.name)
        reason = (
            f"All {_ATTEMPTS} ids that its run may have are taken, {done.unit.run_id()} and others; delete these runs."
        )
        return replace(row, outcome=Outcome.FAILED, reason=reason, run="")

    def _claim(self, unit: Unit) -> bool:
        """Keep other processes from doing a unit for the same store meanwhile; False when one is at it."""
        lock = filelock.FileLock(make_folder(self._store.folder / _CLAIMS) / unit.address)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            return False
        self._claims[unit.address] = lock
        return True

    def _release(self, unit: Unit) -> None:
        lock = self._claims.pop(unit.address)
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def _stored_row(store: RunStore, unit: Unit) -> Row | None:
    """Return the row of a unit whose run is in the store, whole."""
    for attempt in range(_ATTEMPTS):
        folder = store.folder / unit.run_id(attempt)
        if not folder.is_dir():
            return None
        row = _sound_row(folder)
        if row is not None and row.address == unit.address:
            return replace(row.as_stored(), run=folder.name)
    return None


def _sound_row(folder: Path) -> Row | None:
    """Return the row in the folder of a run; None for a run that is damaged or not one of a sweep: it is done again."""
    try:
        open_whole(folder)
        return Row.from_dict(read_json(folder / FILE, FORMAT, VERSION), str(folder / FILE))
    except BadInputError:
        return None
