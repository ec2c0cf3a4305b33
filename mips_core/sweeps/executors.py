"""Who does the work of a sweep: this process, or workers (:mod:`mips_core.sweeps.dask_workers`)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from mips_core.progress import Monitor, Progress
from mips_core.sweeps.plan import Unit
from mips_core.sweeps.work import Work, do_unit, prepare


@dataclass(frozen=True)
class Done:
    """How the work on one unit ended.

    Parameters
    ----------
    work : what came out; None when every worker that began it was lost
    reason : why there is none, in words
    attempts : how often it was begun
    worker : who finished it
    """

    unit: Unit
    work: Work | None
    reason: str = ""
    attempts: int = 1
    worker: str = ""


class Executor(Protocol):
    """Takes units and hands out what became of them, in any order."""

    @property
    def title(self) -> str:
        """Who does the work, in words."""

    @property
    def workers(self) -> int:
        """How many units are worked on at once."""

    @property
    def capacity(self) -> int:
        """How many units it is worth having handed in at once."""

    @property
    def lost(self) -> int:
        """How many workers were lost so far."""

    def submit(self, unit: Unit, content: bytes | None) -> None:
        """Take a unit, with the content of its file."""

    def finished(self, seconds: float) -> list[Done]:
        """Return what has ended, after at most about so many seconds; may be none.

        Raises
        ------
        MipsError
            when nobody is left who works.
        Cancelled
            when the work was stopped.
        """

    def running(self) -> tuple[Unit, ...]:
        """Return the units that are being worked on now."""

    def close(self) -> None:
        """End all work that is not finished, and let go of what was started for it."""


class InThisProcess:
    """Does one unit after another, here.

    Parameters
    ----------
    monitor : told of the progress of each unit; may stop the work
    """

    title = "this process"
    workers = capacity = 1
    lost = 0

    def __init__(self, monitor: Monitor | None = None) -> None:
        self._monitor = monitor or Monitor()
        self._waiting: deque[tuple[Unit, bytes | None]] = deque()
        prepare()

    def submit(self, unit: Unit, content: bytes | None) -> None:
        """Take a unit, with the content of its file."""
        self._waiting.append((unit, content))

    def finished(self, seconds: float) -> list[Done]:
        """Do the unit that has waited longest, however long that takes."""
        if not self._waiting:
            return []
        unit, content = self._waiting[0]

        def tell(progress: Progress) -> None:
            self._monitor.progress(Progress("sweep", f"{unit.name}: {progress.message}"))

        work = do_unit(unit, content, progress=tell, stop=self._monitor.stop)
        self._waiting.popleft()
        return [Done(unit, work, worker=self.title)]

    def running(self) -> tuple[Unit, ...]:
        """Return the unit that comes next, and is being worked on while :meth:`finished` is called."""
        return tuple(unit for unit, _ in list(self._waiting)[:1])

    def close(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
