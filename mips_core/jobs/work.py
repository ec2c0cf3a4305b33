"""One job on the starter's side: its process, the thread that reads its messages, and what they said."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mips_core.errors import MipsError
from mips_core.jobs.job import Job, JobState, Stop
from mips_core.jobs.messages import CANCELLED, DONE, EVENT, FAILED, KEPT, PROGRESS, decode, encode
from mips_core.jobs.record import Ordered, write_outcome
from mips_core.threads import ONE_THREAD

_MOST_EVENTS = 20_000
_MOST_EVENT_BYTES = 8 * 2**20
_LONGEST_LINE = 16 * 2**20
"""Bytes of one message; none of ours comes near it."""
_PACKAGES = Path(__file__).resolve().parents[2]


class Work:
    """A job that waits, runs or is over; all methods may be called from any thread.

    Parameters
    ----------
    job_id : its id
    order : what the process is told first: module, function, arguments, folder, environment, megabytes, record
    ordered : what is known of it besides
    seconds : that it may run, after which it is asked to stop
    grace : seconds between asking it to stop and killing it
    ended : called in the reading thread once the process is gone
    """

    def __init__(
        self,
        job_id: str,
        order: Mapping[str, Any],
        ordered: Ordered,
        *,
        seconds: float,
        grace: float,
        ended: Callable[[], None],
    ) -> None:
        self.id = job_id
        self.owner = ordered.owner
        self.folder, self._record = Path(order["folder"]), Path(order["record"])
        self._order, self._ordered, self._seconds, self._grace = order, ordered, seconds, grace
        self._ended = ended
        self._lock = threading.Lock()
        self._state = JobState.WAITING
        self._stage, self._message = "", ""
        self._fraction: float | None = None
        self._events: deque[tuple[Mapping[str, Any], int]] = deque()
        self._event_bytes = 0
        self._result: Mapping[str, Any] | None = None
        self._error = ""
        self._stop: Stop | None = None
        self._began = self._stage_began = self._over_at = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._timers: list[threading.Timer] = []

    @property
    def state(self) -> JobState:
        """How far it is."""
        return self._state

    @property
    def over_for(self) -> float:
        """Seconds since it ended."""
        return time.monotonic() - self._over_at

    def begin(self) -> None:
        """Start the process, unless it was cancelled meanwhile."""
        # The path is ours until it is told the whole of it.
        environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(_PACKAGES)}
        with self._lock:
            if self._state is not JobState.WAITING:
                return
            self._began = self._stage_began = time.monotonic()
            try:
                process = self._process = subprocess.Popen(
                    [sys.executable, "-m", "mips_core.jobs.child"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=environment,
                    # A group of its own: Ctrl-C goes to the starter alone, and a kill takes along what it started.
                    start_new_session=os.name == "posix",
                    creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
                )
            except OSError as error:  # the system has no room for another process
                self._state, self._over_at = JobState.FAILED, time.monotonic()
                self._error = f"No process could be started for this work: {error.strerror or error}. Try again later."
                self._write_outcome()
                return
            self._state = JobState.RUNNING
            self._after(self._seconds, lambda: self.stop(Stop.TIME))
        self._write(encode({**self._order, "path": list(sys.path)}))
        threading.Thread(target=self._read, args=(process,), name=f"job {self.id}", daemon=True).start()

    def stop(self, why: Stop = Stop.ASKED) -> None:
        """Ask it to stop, and kill it when it does not end in time; one that is over stays so."""
        with self._lock:
            if self._state is JobState.WAITING:
                self._state, self._over_at, self._stop = JobState.CANCELLED, time.monotonic(), why
                self._write_outcome()
            if self._state is not JobState.RUNNING or self._stop is not None:
                return
            self._stop = why
            self._after(self._grace, self.kill)
        self._write(why.encode() + b"\n")

    def kill(self, why: Stop | None = None) -> None:
        """End the process at once, with all that it has started."""
        self._stop = self._stop or why
        process = self._process
        if process is None or process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()

    def job(self, position: int) -> Job:
        """Return what is known now."""
        with self._lock:
            over = self._state not in (JobState.WAITING, JobState.RUNNING)
            now = self._over_at if over else time.monotonic()
            waiting, told = self._state is JobState.WAITING, self._ordered
            return Job(
                self.id, told.title, told.page, told.arguments, self._state, told.stages, self._stage,
                self._message, self._fraction,
                seconds=0.0 if waiting else now - self._began,
                stage_seconds=0.0 if waiting else now - self._stage_began,
                position=position if waiting else 0,
                stopping=self._stop is not None and not over,
                events=tuple(event for event, _ in self._events), result=self._result, error=self._error,
                folder=self.folder, owner=told.owner, stop=self._stop if self._state is JobState.CANCELLED else None,
            )  # fmt: skip

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something later, unless the process has ended by then."""
        timer = threading.Timer(seconds, act)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _write(self, line: bytes) -> None:
        """Send a line to the process; one that has just ended needs none."""
        assert self._process is not None
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        """Follow the messages until the process ends, in a thread of its own."""
        assert process.stdout is not None
        assert process.stdin is not None
        outcome: dict[str, Any] | None = None
        for line in iter(lambda: process.stdout.readline(_LONGEST_LINE) if process.stdout else b"", b""):
            try:
                message = decode(line)
            except ValueError:  # cut off in the middle by a kill
                continue
            if message["kind"] in (DONE, CANCELLED, FAILED):
                outcome = message
            else:
                self._take(message, len(line))
        if outcome is not None:
            # The work is over; threads or processes that it left behind are not waited for.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2.0)
        self.kill()
        code = process.wait()
        process.stdout.close()
        with contextlib.suppress(OSError):
            process.stdin.close()
        for timer in self._timers:
            timer.cancel()
        self._settle(outcome, code)
        self._ended()

    def _take(self, message: Mapping[str, Any], size: int) -> None:
        with self._lock:
            if message["kind"] == EVENT:
                event = message["event"]
                if KEPT in event:
                    self._result = event[KEPT]
                else:
                    self._events.append((event, size))
                    self._event_bytes += size
                    while len(self._events) > _MOST_EVENTS or self._event_bytes > _MOST_EVENT_BYTES:
                        self._event_bytes -= self._events.popleft()[1]
            elif message["kind"] == PROGRESS:
                if message["stage"] != self._stage:
                    self._stage, self._stage_began = message["stage"], time.monotonic()
                    self._fraction = None
                self._message = message["message"]
                if message["fraction"] is not None:  # else the share of this stage is as last told
                    self._fraction = message["fraction"]

    def _settle(self, outcome: Mapping[str, Any] | None, code: int) -> None:
        """Take over how it ended."""
        if outcome is not None and "log" in outcome:
            logging.getLogger("mips").error("%s failed\n%s", self._ordered.title, outcome["log"])
        with self._lock:
            self._over_at = time.monotonic()
            if outcome is None and self._stop is None:
                self._state = JobState.FAILED
                self._error = (
                    f"The process that did the work ended unexpectedly (exit code {code}), perhaps for lack of memory."
                )
            elif outcome is None or outcome["kind"] == CANCELLED:
                self._state = JobState.CANCELLED
            elif outcome["kind"] == FAILED:
                self._state, self._error = JobState.FAILED, outcome["error"]
            else:
                self._state = JobState.DONE
            if outcome is not None and outcome.get("result") is not None:
                self._result = outcome["result"]
            if outcome is None:  # else the process has written it
                self._write_outcome()

    def _write_outcome(self) -> None:
        """Write how it ended, for whoever comes after this server."""
        kind = FAILED if self._state is JobState.FAILED else CANCELLED
        told = {"kind": kind, "error": self._error, "result": self._result}
        try:
            write_outcome(self._record, told, self._stop, self._over_at - self._began)
        except MipsError as error:
            logging.getLogger("mips").error("How %s ended could not be written: %s", self._ordered.title, error)
