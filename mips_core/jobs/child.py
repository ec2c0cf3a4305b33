"""The process of one job: ``python -m mips_core.jobs.child``, its first line of input says what to do.

It is a program of its own rather than a process of :mod:`multiprocessing`, which would run the starter's main script
again in the child; for a page that script is the whole explorer.  It ends when its input ends, so it never outlives
its starter.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from io import RawIOBase
from pathlib import Path
from typing import IO, Any

from mips_core.errors import Cancelled, MipsError
from mips_core.jobs.job import Stop
from mips_core.jobs.memory import MemoryWatch, limit_memory, needs_too_much, too_much
from mips_core.jobs.messages import CANCELLED, DONE, EVENT, FAILED, KEPT, PROGRESS, decode, encode
from mips_core.jobs.record import write_kept, write_outcome
from mips_core.progress import Monitor, Progress

_NICE = 10
"""Added to the process's niceness: whoever looks at pages goes first."""

_EVERY = 0.1
"""Seconds between two messages of progress; nobody looks more often."""

_ORPHAN_SECONDS = 5.0
"""Time that the work has to end by itself once its starter is gone."""


class _Line:
    """The way back to the starter: one message a line, from any thread.

    Of progress only the newest is sent, every tenth of a second; everything else goes at once.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._newest: Progress | None = None
        threading.Thread(target=self._tell, daemon=True).start()

    def send(self, kind: str, **content: Any) -> None:
        """Send one message; a starter that is gone hears nothing."""
        line = encode({"kind": kind, **content})
        with self._lock, contextlib.suppress(BrokenPipeError):
            self._stream.write(line)
            self._stream.flush()

    def progress(self, progress: Progress) -> None:
        """Take note of progress."""
        self._newest = progress

    def event(self, event: Mapping[str, Any]) -> None:
        """Send what can be drawn."""
        self.send(EVENT, event=dict(event))

    def _tell(self) -> None:
        told = None
        while True:
            time.sleep(_EVERY)
            newest = self._newest
            if newest is not None and newest is not told:
                told = newest
                self.send(PROGRESS, stage=newest.stage, message=newest.message, fraction=newest.fraction)


class _Stopped:
    """Whether the work is to end, and who wants it."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.why: Stop | None = None

    def stop(self, why: Stop) -> None:
        """Have the work end; the first reason counts."""
        self.why = self.why or why
        self._event.set()

    def is_set(self) -> bool:
        """Whether the work is to end."""
        return self._event.is_set()


def main() -> None:
    """Run the function that the first line of input names, and send what becomes of it."""
    # What the work, or a library in it, prints must not come between the messages.
    line = _Line(os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)
    # Without a buffer, whose lock the listening thread would hold when Python ends.
    orders = open(0, "rb", buffering=0, closefd=False)  # noqa: SIM115
    order = decode(orders.readline())
    sys.path[:] = order["path"]
    os.environ.update(order["environment"])
    if hasattr(os, "nice"):
        os.nice(_NICE)
    megabytes, record, began = order["megabytes"], Path(order["record"]), time.monotonic()
    limit_memory(megabytes)
    stopped = _Stopped()
    threading.Thread(target=_listen, args=(orders, stopped), daemon=True).start()

    def end(kind: str, **content: Any) -> None:
        """Write how it ended, which outlives the starter, and tell the starter."""
        try:
            write_outcome(record, {"kind": kind, **content}, stopped.why if kind == CANCELLED else None, seconds())
        except MipsError as error:
            content["log"] = f"{content.get('log', '')}\nThe outcome could not be written: {error}"
        line.send(kind, stop=stopped.why, **content)

    def seconds() -> float:
        return time.monotonic() - began

    def event(told: Mapping[str, Any]) -> None:
        if KEPT in told:
            write_kept(record, told[KEPT])
        line.event(told)

    def out_of_memory() -> None:
        end(FAILED, error=too_much(megabytes))
        _end_group()

    MemoryWatch(megabytes, out_of_memory)
    monitor = Monitor(progress=line.progress, stop=stopped.is_set, events=event)
    try:
        function = getattr(importlib.import_module(order["module"]), order["function"])
        result = function(folder=Path(order["folder"]), monitor=monitor, **order["arguments"])
        end(CANCELLED if stopped.is_set() else DONE, result=result)
    except Cancelled:
        end(CANCELLED, result=None)
    except MipsError as error:
        end(FAILED, error=str(error))
    except Exception as error:
        if needs_too_much(error):
            end(FAILED, error=too_much(megabytes), log=traceback.format_exc())
            return
        sentence = f"The work met an error that it did not expect ({type(error).__name__}). The log has the details."
        end(FAILED, error=sentence, log=traceback.format_exc())


def _listen(orders: RawIOBase, stopped: _Stopped) -> None:
    """Set the flag at a line that says why; when the input ends the starter is gone, and this process follows it."""
    asked = orders.readline()
    stopped.stop(Stop(asked.decode("ascii").strip()) if asked else Stop.SERVER)
    while asked:
        asked = orders.readline()
    time.sleep(_ORPHAN_SECONDS)
    _end_group()


def _end_group() -> None:
    """End this process with what it has started."""
    if os.name == "posix" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
