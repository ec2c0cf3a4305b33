"""Work for the workers of a sweep that is quick, or ends its worker."""

from __future__ import annotations

import os
import signal
import time

from mips_core.jobs.memory import held_megabytes
from mips_core.sweeps import Outcome, Row, Unit
from mips_core.sweeps.work import Work

DEADLY = 1
"""The seed whose work ends its worker."""


def quick(unit: Unit, content: bytes | None) -> Work:
    """Take 20 ms and come to a result that is not stored."""
    time.sleep(0.02)
    return Work(Row(unit, unit.address, Outcome.SOLVED, seconds=0.02, held_megabytes=held_megabytes()))


def deadly(unit: Unit, content: bytes | None) -> Work:
    """End the worker, as the system does to a process that takes too much memory, on one seed."""
    if unit.seed == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return quick(unit, content)
