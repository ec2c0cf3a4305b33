"""Programs of strangers take turns, so that what they use together is bounded, whoever sent them.

Who checks a program with several runs takes one turn for all of them: then it waits once.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Iterator

from mips_core.errors import ProgramStoppedError

AT_ONCE = max(4, 2 * (os.cpu_count() or 1))
"""Turns that are taken at one time."""
LONGEST_WAIT = 60.0
"""Seconds that somebody waits for a turn."""


class Turns:
    """So many turns, handed on in the order in which they were asked for.

    A semaphore would let those who come back at once overtake those who wait.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()

    def take(self, seconds: float) -> bool:
        """Wait at most so long; return whether a turn was got."""
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(seconds):
            return True
        with self._lock:
            if called.is_set():  # it came at the last moment
                return True
            self._waiting.remove(called)
            return False

    def give_back(self) -> None:
        """Hand the turn to who has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._free += 1


_TURNS = Turns(AT_ONCE)
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
    if not _TURNS.take(LONGEST_WAIT):
        raise ProgramStoppedError(f"The program did not run: {AT_ONCE} others are running. Try again in a minute.")
    _HELD.turn = True
    try:
        yield time.monotonic() - asked
    finally:
        _HELD.turn = False
        _TURNS.give_back()
