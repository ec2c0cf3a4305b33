"""Programs of strangers take turns, so that what they use together is bounded, whoever sent them.

Who checks a program with several runs takes one turn for all of them: then it waits once.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator

from mips_core.errors import ProgramStoppedError

AT_ONCE = max(4, 2 * (os.cpu_count() or 1))
"""Turns that are taken at one time."""
LONGEST_WAIT = 60.0
"""Seconds that somebody waits for a turn."""

_TURNS = threading.BoundedSemaphore(AT_ONCE)
_HELD = threading.local()


@contextlib.contextmanager
def turn() -> Iterator[float]:
    """Wait for a turn and hold it; yield the seconds waited, 0 where this thread holds one already.

    Raises
    ------
    ProgramStoppedError
        when others held all turns for too long.
    """
    if getattr(_HELD, "turn", False):
        yield 0.0
        return
    asked = time.monotonic()
    if not _TURNS.acquire(timeout=LONGEST_WAIT):
        raise ProgramStoppedError(f"The program did not run: {AT_ONCE} others are running. Try again in a minute.")
    _HELD.turn = True
    try:
        yield time.monotonic() - asked
    finally:
        _HELD.turn = False
        _TURNS.release()
