"""A bound on the memory of a job's process.

Where the system counts a process's own data (Linux: ``RLIMIT_DATA``, which leaves out what libraries merely reserve),
an allocation beyond the bound fails and the work ends with a sentence.  Beside it, and on other systems with
:mod:`resource`, a thread looks at what the process holds.  Windows has neither.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
from collections.abc import Callable
from functools import lru_cache

from mips_core.process_status import linux_status

try:
    import resource
except ImportError:  # Windows
    HAS_MEMORY_LIMIT = False
else:
    HAS_MEMORY_LIMIT = True
    _PEAK_UNIT = 1 if sys.platform == "darwin" else 1024

_EVERY = 0.5
_MEGABYTE = 2**20
_TORCH = ("can't allocate memory", "not enough memory")
"""What torch says in a RuntimeError when an allocation fails."""


def limit_memory(megabytes: int) -> None:
    """Have allocations of this process fail that take its data beyond so much, where the system can do that."""
    if HAS_MEMORY_LIMIT and sys.platform.startswith("linux"):
        bound, ceiling = megabytes * _MEGABYTE, resource.getrlimit(resource.RLIMIT_DATA)[1]
        if ceiling != resource.RLIM_INFINITY:
            bound = min(bound, ceiling)
        resource.setrlimit(resource.RLIMIT_DATA, (bound, bound))


def needs_too_much(error: Exception) -> bool:
    """Whether an error is an allocation that failed."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in _TORCH)
    )


def too_much(megabytes: int) -> str:
    """Return the sentence on work that needed more memory than it may use."""
    return f"The work needed more than the {megabytes:,} MB of memory that a job may use here, and was stopped."


def peak_megabytes() -> float:
    """Return the most that this process has held so far; 0.0 where the system does not say."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT / _MEGABYTE if HAS_MEMORY_LIMIT else 0.0


def held_megabytes() -> float:
    """Return what this process holds now, as Linux tells it, or else :func:`peak_megabytes`."""
    held = linux_status("VmRSS")
    return peak_megabytes() if held is None else held / _MEGABYTE


def give_back() -> None:
    """Drop what nothing refers to, and give memory that is free back to the system where its library can do that.

    A thread that is not the main one allocates from an area of its own, of which glibc keeps what is free: without
    this a process that does one piece of work after another holds the most of each.
    """
    gc.collect()
    trim = getattr(_library(), "malloc_trim", None)
    if trim is not None:
        trim(0)


@lru_cache(maxsize=1)
def _library() -> object:
    """Return the C library of this process, or None where it cannot be asked."""
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows
        return None


class MemoryWatch:
    """Calls ``act`` once this process has held more than so many megabytes, in a thread of its own."""

    def __init__(self, megabytes: int, act: Callable[[], None]) -> None:
        self._bytes, self._act = megabytes * _MEGABYTE, act
        if HAS_MEMORY_LIMIT:
            threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while peak_megabytes() * _MEGABYTE <= self._bytes:
            time.sleep(_EVERY)
        self._act()
