"""A process of its own for one contestant: it takes the time and the memory, and ends where the clock says.

Contestants take turns (:mod:`mips_core.benchmarks.speed.comparison`), so what else the machine does meets all of them
alike; each in its own process, so what one imports or leaves behind costs the others nothing.
"""

from __future__ import annotations

import contextlib
import gc
import os
import threading
import time
import traceback
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from mips_core.benchmarks.speed.contestant import Contestant, Judgement
from mips_core.errors import Cancelled, MipsError
from mips_core.parallel import settle
from mips_core.process_status import linux_status
from mips_core.progress import Monitor
from mips_core.threads import ONE_THREAD

_LEAST = 0.02
"""A run below so many seconds is repeated and its mean taken, for the clock's own sake."""

_MOST_REPEATS = 200
_LOOK = 0.25
_UNTIMED = 900.0
"""Seconds that drawing an input or judging an output may take before the machine is taken for stuck."""


@dataclass(frozen=True)
class Turn:
    """One timed run.

    Parameters
    ----------
    seconds : by the clock; of a run that was ended, the seconds it was given
    megabytes : peak of the process's memory beside what it held before the run; None where the system does not tell
    capped : it was ended because its time was over
    judgement : what came out
    """

    seconds: float
    megabytes: float | None
    capped: bool
    judgement: Judgement


class Side:
    """The process in which a contestant does its runs, one at a time; started when first needed, and after a cap."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None

    def turn(self, contestant: Contestant, *, cap: float, monitor: Monitor) -> Turn:
        """Have the contestant do its work once.

        Parameters
        ----------
        cap : seconds after which it is ended

        Raises
        ------
        Cancelled
            when the caller asked to stop.
        MipsError
            when the contestant fails by an error of its own; says which.
        """
        pipe = self._started()
        pipe.send(contestant)
        try:
            self._expect(contestant, pipe, monitor)
            if not self._wait(pipe, cap, monitor):
                self.close()
                return Turn(cap, None, True, Judgement(False, {}, f"not done after {cap:g} s"))
            self._answer(contestant, pipe)  # the clock has stopped; judging is not timed
            turn: Turn = self._expect(contestant, pipe, monitor)
        except (EOFError, ConnectionError):
            self.close()
            raise MipsError(
                f"The process of {contestant.name} ended before its work was done ({contestant})."
            ) from None
        except Cancelled:
            self.close()
            raise
        return turn

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> Connection:
        if self._pipe is None:
            # Spawned, not forked: nothing that this process has loaded is to be found there.
            context = get_context("spawn")
            self._pipe, other = context.Pipe()
            self._process = context.Process(target=_serve, args=(other,), daemon=True)
            self._process.start()
            other.close()
        return self._pipe

    def _expect(self, contestant: Contestant, pipe: Connection, monitor: Monitor) -> Any:
        """Wait for what is not timed: preparing and judging."""
        if not self._wait(pipe, _UNTIMED, monitor):
            self.close()
            raise MipsError(f"{contestant.name} took over {_UNTIMED:g} s to prepare or judge {contestant}.")
        return self._answer(contestant, pipe)

    @staticmethod
    def _wait(pipe: Connection, seconds: float, monitor: Monitor) -> bool:
        end = time.monotonic() + seconds
        while not pipe.poll(max(0.0, min(_LOOK, end - time.monotonic()))):
            monitor.check()
            if time.monotonic() >= end:
                return False
        return True

    def _answer(self, contestant: Contestant, pipe: Connection) -> Any:
        kind, content = pipe.recv()
        if kind == "failed":
            raise MipsError(f"{contestant.name} failed at {contestant}: {content}")
        return content


class Sides:
    """Processes by the contestants' names: each is made when first asked for, and all end together."""

    def __init__(self) -> None:
        self._sides: dict[str, Side] = {}

    def __getitem__(self, name: str) -> Side:
        return self._sides.setdefault(name, Side())

    def __enter__(self) -> Sides:
        return self

    def __exit__(self, *_: object) -> None:
        for side in self._sides.values():
            side.close()


def _serve(pipe: Connection) -> None:
    """Measure whatever comes, until the starter goes."""
    threading.Thread(target=_end_with_starter, daemon=True).start()
    os.environ.update(ONE_THREAD)  # for everybody, whatever the user's own setting is
    settle()
    with contextlib.suppress(EOFError):
        while True:
            contestant: Contestant = pipe.recv()
            try:
                pipe.send(("turn", _measured(contestant, pipe)))
            except MemoryError:
                pipe.send(("failed", "the memory was used up"))
            except Exception:  # whatever a peer raises is told, not swallowed
                pipe.send(("failed", traceback.format_exc(limit=-4)))


def _end_with_starter() -> None:
    """Wait for the starter to go, however it went: a run that takes for ever would otherwise go on without it."""
    starter = parent_process()
    if starter is not None:
        starter.join()
        os._exit(1)


def _measured(contestant: Contestant, pipe: Connection) -> Turn:
    prepared = contestant.prepare()
    gc.collect()
    held = _peak_forgotten()
    pipe.send(("ready", None))
    seconds, output = _timed(contestant, prepared)
    peak = linux_status("VmHWM")
    pipe.send(("timed", None))
    runs = 1
    while seconds < _LEAST and runs < _MOST_REPEATS:  # a sum over the runs so far
        again = contestant.prepare()
        more, output = _timed(contestant, again)
        seconds, runs, prepared = seconds + more, runs + 1, again
    judgement = contestant.judge(prepared, output)
    megabytes = None
    if judgement.here and held is not None and peak is not None:
        megabytes = max(0.0, (peak - held) / 2**20)
    return Turn(seconds / runs, megabytes, False, judgement)


def _timed(contestant: Contestant, prepared: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    output = contestant.run(prepared)
    return time.perf_counter() - start, output


def _peak_forgotten() -> int | None:
    """Have the system measure the peak of this process's memory from now on; return what is held now, in bytes."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
        return linux_status("VmRSS")
    return None
