"""All jobs of one server: some run, the others wait for their turn, and those that are over are kept for a while."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.jobs.job import Job, JobState
from mips_core.jobs.messages import encode
from mips_core.jobs.work import Work

MOST_RUNNING = 2
MOST_WAITING = 20
MOST_KEPT = 50
KEPT_SECONDS = 3 * 3600.0
GRACE = 8.0


class JobRegistry:
    """Starts jobs, at most ``most_running`` at once, and knows how each of them is.

    Parameters
    ----------
    most_running : processes side by side
    most_waiting : jobs in the queue; more are refused
    most_kept, kept_seconds : how many jobs that are over are remembered, and how long
    grace : seconds between asking a job to stop and killing it
    """

    def __init__(
        self,
        *,
        most_running: int = MOST_RUNNING,
        most_waiting: int = MOST_WAITING,
        most_kept: int = MOST_KEPT,
        kept_seconds: float = KEPT_SECONDS,
        grace: float = GRACE,
    ) -> None:
        self.most_running, self.most_waiting = most_running, most_waiting
        self.most_kept, self.kept_seconds, self.grace = most_kept, kept_seconds, grace
        self._works: dict[str, Work] = {}
        self._lock = threading.RLock()
        self._folder = Path(tempfile.mkdtemp(prefix="mips-jobs-"))
        # When the registry goes, or Python ends, so do the processes and their files.
        self._finalizer = weakref.finalize(self, _clear, self._works, self._folder)

    def start(
        self,
        function: Callable[..., Mapping[str, Any] | None],
        arguments: Mapping[str, Any] | None = None,
        *,
        title: str,
        page: str = "",
        stages: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Job:
        """Call ``function(folder=..., monitor=..., **arguments)`` in a process of its own, at once or in turn.

        Parameters
        ----------
        function : a function of a module, not of a page; it returns plain JSON values or None
        arguments : plain JSON values
        title : what is done, in words
        page : address of the page that shows the result
        stages : what the stages are called, by the names that the work reports, in order
        files : contents of files that the work finds in its folder, by name

        Raises
        ------
        BadInputError
            when the function cannot be found by its name, an argument is no JSON value, or too many jobs wait.
        """
        module, name = function.__module__, function.__qualname__
        if not name.isidentifier() or module == "__main__" or module.split(".")[0] == "pages":
            raise BadInputError(f"{module}.{name} cannot run as a job: it must be a function of a module of the core.")
        order: dict[str, Any] = {"module": module, "function": name, "arguments": dict(arguments or {})}
        try:
            encode(order)
        except (TypeError, ValueError) as error:
            raise BadInputError(f"The arguments of {name} are not plain values ({error}).") from None
        with self._lock:
            self._forget()
            if sum(work.state is JobState.WAITING for work in self._works.values()) >= self.most_waiting:
                raise BadInputError(f"{self.most_waiting} jobs are waiting already. Try again when some are done.")
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            for file, content in (files or {}).items():
                (folder / Path(file).name).write_bytes(content)
            order["folder"] = str(folder)
            registry = weakref.ref(self)
            work = Work(order, title, page, stages or {}, lambda: _advance(registry))
            self._works[work.id] = work
        self._next()
        return work.job(self._position(work))

    def job(self, job_id: str) -> Job | None:
        """Return how a job is now, or None when it is not known (any more)."""
        work = self._works.get(job_id)
        return None if work is None else work.job(self._position(work))

    def jobs(self) -> tuple[Job, ...]:
        """Return all jobs, oldest first."""
        with self._lock:
            works = list(self._works.values())
        return tuple(work.job(self._position(work)) for work in works)

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop, and kill it when it does not; unknown ones and those that are over are left alone."""
        work = self._works.get(job_id)
        if work is not None:
            work.cancel(self.grace)

    def close(self) -> None:
        """Kill what runs and forget everything."""
        with self._lock:
            for work in self._works.values():
                work.cancel(self.grace)
            self._finalizer()

    def _position(self, work: Work) -> int:
        with self._lock:
            waiting = [each for each in self._works.values() if each.state is JobState.WAITING]
        return waiting.index(work) + 1 if work in waiting else 0

    def _next(self) -> None:
        """Start the jobs whose turn it is."""
        with self._lock:
            running = sum(work.state is JobState.RUNNING for work in self._works.values())
            waiting = [work for work in self._works.values() if work.state is JobState.WAITING]
            for work in waiting[: max(0, self.most_running - running)]:
                work.begin()

    def _forget(self) -> None:
        """Drop jobs that are long over, and the oldest of too many."""
        over = [work for work in self._works.values() if work.state not in (JobState.WAITING, JobState.RUNNING)]
        over.sort(key=lambda work: work.over_for)
        for place, work in enumerate(over):
            if place >= self.most_kept or work.over_for > self.kept_seconds:
                del self._works[work.id]
                shutil.rmtree(work.folder, ignore_errors=True)


def _advance(registry: weakref.ref[JobRegistry]) -> None:
    """Start what waits; the reading threads do not keep a registry alive."""
    alive = registry()
    if alive is not None:
        alive._next()


def _clear(works: dict[str, Work], folder: Path) -> None:
    for work in works.values():
        work.kill()
    works.clear()
    shutil.rmtree(folder, ignore_errors=True)
