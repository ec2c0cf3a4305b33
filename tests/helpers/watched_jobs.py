"""Waiting for jobs, and whether their processes live."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from mips_core.jobs import Job, JobRegistry


def until(registry: JobRegistry, job: Job, holds: Callable[[Job], bool], seconds: float = 60.0) -> Job:
    """Return the job as soon as something holds of it."""
    end = time.monotonic() + seconds
    while True:
        now = registry.job(job.id)
        assert now is not None
        if holds(now):
            return now
        assert time.monotonic() < end, now
        time.sleep(0.01)


def finished(registry: JobRegistry, job: Job) -> Job:
    return until(registry, job, lambda j: j.over)


def alive(pid: int) -> bool:
    """Return whether a process runs (one that ended and was not waited for does not)."""
    try:
        os.kill(pid, 0)
        return " Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except ProcessLookupError:
        return False
    except FileNotFoundError:  # it ended just now, or this is no Linux
        return not Path("/proc/self").exists()
