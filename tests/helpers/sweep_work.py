"""Work for the workers of a sweep that is quick, or ends its worker."""

from __future__ import annotations

import os
import signal
import time

from mips_core.jobs.memory import held_megabytes
from mips_core.sweeps import Outcome, Row, Unit
from mips_core.sweeps.work import Work

SUMS = b"x,y\n" + b"".join(
    f'"{a} {b} {c}","{a} {a + b} {a + b + c}"\n'.encode() for a in range(3) for b in range(3) for c in range(3)
)
"""A file of all sequences of three numbers below 3, with their running sums."""

DEADLY = 1
"""The seed whose work ends its worker."""


def deadly(unit: Unit, content: bytes | None) -> Work:
    """Take 20 ms; on one seed end the worker, as the system does to a process that takes too much memory."""
    if unit.seed == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return Work(Row(unit, unit.address, Outcome.SOLVED, seconds=0.02, held_megabytes=held_megabytes()))
