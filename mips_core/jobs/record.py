"""A job on disk: what outlives the server that started it.

One folder for each job.  ``job.json`` says what was ordered, by whom, and which server runs it; the job's process adds
``kept.json`` on the way and ``outcome.json`` at its end, each replaced as a whole; ``work`` is the folder of the work.
Nobody runs a job whose server is gone: a server holds a lock for as long as it lives, which the system takes from it.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from mips_core.errors import BadInputError, MipsError
from mips_core.files import cannot_write, make_folder, read_json, write_json
from mips_core.jobs.job import Job, JobState, Stop
from mips_core.jobs.messages import CANCELLED, DONE, FAILED

ORDERED, KEPT, OUTCOME = "job.json", "kept.json", "outcome.json"
WORK = "work"

_FORMAT, _VERSION = "mips-job", 1
_SERVERS = "servers"
_ID = re.compile(r"[A-Za-z0-9_-]{12}")
_UNFINISHED = 3600.0
"""Seconds after which nobody can still be making a folder that has no order in it."""
_STATES = {DONE: JobState.DONE, CANCELLED: JobState.CANCELLED, FAILED: JobState.FAILED}


@dataclass(frozen=True)
class Ordered:
    """What was ordered, as :data:`ORDERED` holds it; see :class:`Job` for the fields."""

    title: str
    page: str
    owner: str
    arguments: Mapping[str, Any]
    stages: Mapping[str, str]
    server: str = ""


def write_kept(folder: Path, result: Mapping[str, Any]) -> None:
    """Write what the result of the work is, should it not come to its end."""
    write_json(folder / KEPT, {"format": _FORMAT, "version": _VERSION, "result": dict(result)}, compact=True)


def write_outcome(folder: Path, outcome: Mapping[str, Any], stop: Stop | None, seconds: float) -> None:
    """Write how the work ended: the last message of its process, who stopped it, and how long it took."""
    value = {
        "format": _FORMAT, "version": _VERSION, "kind": outcome["kind"], "result": outcome.get("result"),
        "error": outcome.get("error", ""), "stop": None if stop is None else str(stop), "seconds": round(seconds, 2),
    }  # fmt: skip
    write_json(folder / OUTCOME, value, compact=True)


class Records:
    """The jobs in one folder, which several servers may share.

    Parameters
    ----------
    folder : made when the first job is ordered
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server = secrets.token_hex(8)
        self._lock: filelock.BaseFileLock | None = None

    def order(self, ordered: Ordered, files: Mapping[str, bytes]) -> str:
        """Write what is ordered and the files that the work finds in its folder; return the id of the job.

        Raises
        ------
        BadInputError
            when the folder cannot be written.
        """
        self._hold_lock()
        job_id = secrets.token_urlsafe(9)
        place = self.folder / job_id
        try:
            (place / WORK).mkdir(parents=True)
            for name, content in files.items():
                (place / WORK / Path(name).name).write_bytes(content)
            value = {"format": _FORMAT, "version": _VERSION, **vars(ordered), "server": self._server}
            write_json(place / ORDERED, value, compact=True)
        except BaseException as error:
            shutil.rmtree(place, ignore_errors=True)
            if isinstance(error, OSError):
                raise cannot_write(place, error) from None
            raise
        return job_id

    def job(self, job_id: str) -> Job | None:
        """Return a job as its files tell it; None when there is none, or another server is at it."""
        if _ID.fullmatch(job_id) is None:
            return None
        place = self.folder / job_id
        try:
            ordered = _ordered(read_json(place / ORDERED, _FORMAT, _VERSION))
            outcome = read_json(place / OUTCOME, _FORMAT, _VERSION) if (place / OUTCOME).is_file() else None
            kept = read_json(place / KEPT, _FORMAT, _VERSION)["result"] if (place / KEPT).is_file() else None
        except (MipsError, KeyError, TypeError):  # forgotten, or damaged: nothing is known of it
            return None
        if outcome is None:
            if self._is_alive(ordered.server):
                return None
            outcome = {"kind": CANCELLED, "stop": str(Stop.SERVER)}
        try:
            state, stop = _STATES[outcome["kind"]], outcome.get("stop")
            return Job(
                job_id, ordered.title, ordered.page, ordered.arguments, state, ordered.stages, "", "", None,
                seconds=float(outcome.get("seconds", 0.0)), stage_seconds=0.0, position=0, stopping=False, events=(),
                result=kept if outcome.get("result") is None else outcome["result"],
                error=str(outcome.get("error", "")), folder=place / WORK, owner=ordered.owner,
                stop=None if stop is None else Stop(stop),
            )  # fmt: skip
        except (KeyError, ValueError, TypeError):
            return None

    def sweep(self, most: int, most_bytes: int, most_seconds: float) -> tuple[str, ...]:
        """Remove jobs that are over: the oldest of too many, of too many bytes, or too old; return their ids."""
        places = []
        for place in self._places():
            with contextlib.suppress(OSError):
                places.append((place.stat().st_mtime, place))
        removed, size = [], 0
        over = [(made, place) for made, place in sorted(places, reverse=True) if self._is_over(place, made)]
        for count, (made, place) in enumerate(over):
            size += sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
            if count >= most or size > most_bytes or time.time() - made > most_seconds:
                shutil.rmtree(place, ignore_errors=True)
                removed.append(place.name)
        with contextlib.suppress(OSError):
            for lock in (self.folder / _SERVERS).iterdir():
                if time.time() - lock.stat().st_mtime > _UNFINISHED:
                    self._is_alive(lock.name)  # which removes the lock of a server that is gone
        return tuple(removed)

    def remove(self, job_id: str) -> None:
        """Remove what is stored of a job."""
        shutil.rmtree(self.folder / job_id, ignore_errors=True)

    def close(self) -> None:
        """Let go of the lock: the jobs that this server did not bring to an end are nobody's now."""
        if self._lock is not None:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)
            self._lock = None

    def _places(self) -> list[Path]:
        try:
            return [p for p in self.folder.iterdir() if _ID.fullmatch(p.name) and p.is_dir() and not p.is_symlink()]
        except OSError:
            return []

    def _is_over(self, place: Path, made: float) -> bool:
        """Whether nobody is at a job any more."""
        if (place / OUTCOME).is_file():
            return True
        try:
            return not self._is_alive(str(read_json(place / ORDERED, _FORMAT, _VERSION).get("server")))
        except MipsError:  # its order is being written, or was never
            return time.time() - made > _UNFINISHED

    def _hold_lock(self) -> None:
        if self._lock is None:
            servers = make_folder(self.folder / _SERVERS)
            lock = filelock.FileLock(servers / self._server)
            try:
                lock.acquire(timeout=0)
            except (OSError, filelock.Timeout) as error:
                raise BadInputError(f"Cannot use the folder of jobs, {self.folder}: {error}.") from None
            self._lock = lock

    def _is_alive(self, server: str) -> bool:
        """Whether the server of that name lives: then it holds its lock."""
        if server == self._server:
            return self._lock is not None
        if re.fullmatch(r"[0-9a-f]{16}", server) is None or not (self.folder / _SERVERS / server).is_file():
            return False
        lock = filelock.FileLock(self.folder / _SERVERS / server)
        try:
            lock.acquire(timeout=0)
        except (filelock.Timeout, OSError):
            return True
        lock.release()
        (self.folder / _SERVERS / server).unlink(missing_ok=True)
        return False


def _ordered(value: Mapping[str, Any]) -> Ordered:
    fields = {name: value[name] for name in ("title", "page", "owner", "arguments", "stages", "server")}
    for name, found in fields.items():
        if not isinstance(found, dict if name in ("arguments", "stages") else str):
            raise TypeError(name)
    return Ordered(**json.loads(json.dumps(fields)))
