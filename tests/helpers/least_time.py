"""Processor time of something quick, which now and then meets the collector going through a whole suite's objects."""

from __future__ import annotations

import time
from collections.abc import Callable

_CALLS = 5


def least_seconds(work: Callable[[], object], bound: float) -> float:
    """Return the least processor time of up to five calls; there is another one only while none was below ``bound``."""
    least = float("inf")
    for _ in range(_CALLS):
        begin = time.process_time()
        work()
        least = min(least, time.process_time() - begin)
        if least < bound:
            break
    return least
