"""All jobs of one server: some run, the others wait for their turn, and those that are over are kept for a while."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.jobs.job import Job, JobState, Stop
from mips_core.jobs.messages import encode
from mips_core.jobs.record import WORK, Ordered, Records
from mips_core.jobs.work import Work


@dataclass(frozen=True)
class JobLimits:
    """How much jobs may use.

    Parameters
    ----------
    running : processes side by side
    waiting : jobs in the queue; more are refused
    of_one_owner : jobs of one owner that run or wait, of which one runs; None: as many as there is room for
    seconds, megabytes : time and memory of one job
    order_megabytes : size of the files that a job is handed
    kept, kept_megabytes, kept_seconds : how many jobs that are over are kept, how much of their files, and how long
    remembered : how many of those with all that they told
    grace : seconds between asking a job to stop and killing it
    """

    running: int = 2
    waiting: int = 20
    of_one_owner: int | None = None
    seconds: float = 4 * 3600.0
    megabytes: int = 8_000
    order_megabytes: int = 200
    kept: int = 200
    kept_megabytes: int = 1_000
    kept_seconds: float = 7 * 86400.0
    remembered: int = 20
    grace: float = 8.0


class JobRegistry:
    """Starts jobs, a few at once, and knows how each of them is.

    Parameters
    ----------
    folder : where jobs are kept, also for a server that comes after this one; None: in a folder of the system's that
        goes with the registry
    limits : how much jobs may use
    """

    def __init__(self, folder: Path | None = None, limits: JobLimits | None = None) -> None:
        self.limits = limits or JobLimits()
        self._works: dict[str, Work] = {}
        self._lock = threading.RLock()
        place = Path(tempfile.mkdtemp(prefix="mips-jobs-")) if folder is None else folder
        self._records, temporary = Records(place), place if folder is None else None
        # When the registry goes, or Python ends, so do the processes, and files that nobody can find again.
        self._finalizer = weakref.finalize(self, _clear, self._works, self._records, temporary)

    def start(
        self,
        function: Callable[..., Mapping[str, Any] | None],
        arguments: Mapping[str, Any] | None = None,
        *,
        title: str,
        page: str = "",
        stages: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        owner: str = "",
        environment: Mapping[str, str] | None = None,
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
        owner : whose it is, for the limit on the jobs of one owner
        environment : environment variables of the process, beside those of this one

        Raises
        ------
        BadInputError
            when the function cannot be found by its name, an argument is no JSON value, too many jobs wait, or the
            files are too large or cannot be written.
        """
        module, name = function.__module__, function.__qualname__
        if not name.isidentifier() or module == "__main__" or module.split(".")[0] == "pages":
            raise BadInputError(f"{module}.{name} cannot run as a job: it must be a function of a module of the core.")
        order: dict[str, Any] = {
            "module": module, "function": name, "arguments": dict(arguments or {}),
            "environment": dict(environment or {}), "megabytes": self.limits.megabytes,
        }  # fmt: skip
        try:
            size = len(encode(order))
        except (TypeError, ValueError) as error:
            raise BadInputError(f"The arguments of {name} are not plain values ({error}).") from None
        size += sum(len(content) for content in (files or {}).values())
        if size > self.limits.order_megabytes * 2**20:
            raise BadInputError(
                f"The files for this work have {size:,} bytes; at most {self.limits.order_megabytes:,} MB are taken."
            )
        ordered = Ordered(title, page, owner, order["arguments"], dict(stages or {}))
        with self._lock:
            self._forget()
            self._check_queue(owner)
            job_id = self._records.order(ordered, files or {})
            record = self._records.folder / job_id
            order |= {"folder": str(record / WORK), "record": str(record)}
            registry = weakref.ref(self)
            work = self._works[job_id] = Work(
                job_id, order, ordered, seconds=self.limits.seconds, grace=self.limits.grace,
                ended=lambda: _advance(registry),
            )  # fmt: skip
        self._next()
        return work.job(self._position(work))

    def job(self, job_id: str) -> Job | None:
        """Return how a job is now, or None when it is not known (any more), or another server is at it."""
        work = self._works.get(job_id)
        return self._records.job(job_id) if work is None else work.job(self._position(work))

    def jobs(self) -> tuple[Job, ...]:
        """Return all jobs of this server, oldest first."""
        with self._lock:
            works = list(self._works.values())
        return tuple(work.job(self._position(work)) for work in works)

    def cancel(self, job_id: str) -> None:
        """Ask a job to stop, and kill it when it does not; unknown ones and those that are over are left alone."""
        work = self._works.get(job_id)
        if work is not None:
            work.stop()

    def close(self) -> None:
        """Kill what runs and forget everything; on a folder that was named, the next registry finds it again."""
        with self._lock:
            self._finalizer()

    def _check_queue(self, owner: str) -> None:
        """Refuse a job for which there is no place."""
        unfinished = [work for work in self._works.values() if work.state in (JobState.WAITING, JobState.RUNNING)]
        most = self.limits.of_one_owner
        if most is not None and sum(work.owner == owner for work in unfinished) >= most:
            raise BadInputError(
                f"{most} jobs of yours run or wait already, which is the most for one visitor here. Wait until one is "
                "done, or cancel it."
            )
        if sum(work.state is JobState.WAITING for work in unfinished) >= self.limits.waiting:
            raise BadInputError(f"{self.limits.waiting} jobs are waiting already. Try again when some are done.")

    def _position(self, work: Work) -> int:
        with self._lock:
            waiting = [each for each in self._works.values() if each.state is JobState.WAITING]
        return waiting.index(work) + 1 if work in waiting else 0

    def _next(self) -> None:
        """Start the jobs whose turn it is; where owners are limited, each has one running at most."""
        with self._lock:
            running = [work.owner for work in self._works.values() if work.state is JobState.RUNNING]
            for work in [work for work in self._works.values() if work.state is JobState.WAITING]:
                if len(running) >= self.limits.running:
                    break
                if self.limits.of_one_owner is None or work.owner not in running:
                    work.begin()
                    running += [work.owner] if work.state is JobState.RUNNING else []

    def _forget(self) -> None:
        """Drop jobs that are long over, and the oldest of too many."""
        over = [work for work in self._works.values() if work.state not in (JobState.WAITING, JobState.RUNNING)]
        over.sort(key=lambda work: work.over_for)
        gone = {work.id for work in over[self.limits.remembered :]}
        gone.update(self._records.sweep(self.limits.kept, self.limits.kept_megabytes * 2**20, self.limits.kept_seconds))
        for work in over:
            if work.id in gone:
                del self._works[work.id]


def _advance(registry: weakref.ref[JobRegistry]) -> None:
    """Start what waits; the reading threads do not keep a registry alive."""
    alive = registry()
    if alive is not None:
        alive._next()


def _clear(works: dict[str, Work], records: Records, temporary: Path | None) -> None:
    for work in works.values():
        work.kill(Stop.SERVER)
    works.clear()
    records.close()
    if temporary is not None:
        shutil.rmtree(temporary, ignore_errors=True)
