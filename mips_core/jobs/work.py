"""One job on the starter's side: its process, the thread that reads its messages, and what they said."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mips_core.jobs.job import Job, JobState
from mips_core.jobs.messages import CANCELLED, DONE, EVENT, FAILED, KEPT, PROGRESS, STOP, decode, encode

_MOST_EVENTS = 20_000
_PACKAGES = Path(__file__).resolve().parents[2]
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Work:
    """A job that waits, runs or is over; all methods may be called from any thread.

    Parameters
    ----------
    order : what the process is told first: module, function, arguments, folder
    title, page, stages : see :class:`Job`
    ended : called in the reading thread once the process is gone
    """

    def __init__(
        self,
        order: Mapping[str, Any],
        title: str,
        page: str,
        stages: Mapping[str, str],
        ended: Callable[[], None],
    ) -> None:
        self.id = secrets.token_urlsafe(9)
        self.folder = Path(order["folder"])
        self._order, self._title, self._page, self._stages = order, title, page, dict(stages)
        self._ended = ended
        self._lock = threading.Lock()
        self._state = JobState.WAITING
        self._stage, self._message = "", ""
        self._fraction: float | None = None
        self._events: deque[Mapping[str, Any]] = deque(maxlen=_MOST_EVENTS)
        self._result: Mapping[str, Any] | None = None
        self._error = ""
        self._stopping = False
        self._began = self._stage_began = self._over_at = time.monotonic()
        self._process: subprocess.Popen[bytes] | None = None
        self._timer: threading.Timer | None = None

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
        environment = dict(os.environ, PYTHONPATH=str(_PACKAGES))  # until it is told the whole of our path
        environment.update(dict.fromkeys(_THREADS, "1"))
        with self._lock:
            if self._state is not JobState.WAITING:
                return
            process = self._process = subprocess.Popen(
                [sys.executable, "-m", "mips_core.jobs.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                # A group of its own: Ctrl-C goes to the starter alone, and a kill takes along what the work started.
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0),
            )
            self._state = JobState.RUNNING
            self._began = self._stage_began = time.monotonic()
        self._write(encode({**self._order, "path": list(sys.path)}))
        threading.Thread(target=self._read, args=(process,), name=f"job {self.id}", daemon=True).start()

    def cancel(self, grace: float) -> None:
        """Ask it to stop, and kill it when it has not ended after ``grace`` seconds; one that is over stays so."""
        with self._lock:
            if self._state is JobState.WAITING:
                self._state, self._over_at = JobState.CANCELLED, time.monotonic()
            if self._state is not JobState.RUNNING or self._stopping:
                return
            self._stopping = True
            self._timer = threading.Timer(grace, self.kill)
            self._timer.daemon = True
            self._timer.start()
        self._write(STOP.encode() + b"\n")

    def kill(self) -> None:
        """End the process at once, with all that it has started."""
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
            now = self._over_at if self._state not in (JobState.WAITING, JobState.RUNNING) else time.monotonic()
            waiting = self._state is JobState.WAITING
            return Job(
                self.id, self._title, self._page, self._order["arguments"], self._state, self._stages, self._stage,
                self._message, self._fraction,
                seconds=0.0 if waiting else now - self._began,
                stage_seconds=0.0 if waiting else now - self._stage_began,
                position=position if waiting else 0,
                stopping=self._stopping and self._state is JobState.RUNNING,
                events=tuple(self._events), result=self._result, error=self._error, folder=self.folder,
            )  # fmt: skip

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
        for line in process.stdout:
            try:
                message = decode(line)
            except ValueError:  # cut off in the middle by a kill
                continue
            if message["kind"] in (DONE, CANCELLED, FAILED):
                outcome = message
            else:
                self._take(message)
        if outcome is not None:
            # The work is over; threads or processes that it left behind are not waited for.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(2.0)
        self.kill()
        code = process.wait()
        process.stdout.close()
        with contextlib.suppress(OSError):
            process.stdin.close()
        if self._timer is not None:
            self._timer.cancel()
        self._settle(outcome, code)
        self._ended()

    def _take(self, message: Mapping[str, Any]) -> None:
        with self._lock:
            if message["kind"] == EVENT:
                event = message["event"]
                if KEPT in event:
                    self._result = event[KEPT]
                else:
                    self._events.append(event)
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
            logging.getLogger("mips").error("%s failed\n%s", self._title, outcome["log"])
        with self._lock:
            self._over_at = time.monotonic()
            if outcome is None and not self._stopping:
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
