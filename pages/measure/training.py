"""A training that goes on beside the viewers, as the Train page starts one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mips_core.benchmarks.app_load import train_without_end
from mips_core.errors import MipsError
from mips_core.jobs import JobRegistry, JobState

PATIENCE = 60.0


@dataclass
class Training:
    """What became of it; ``sentence`` is filled in at the end."""

    sentence: str = ""


@contextmanager
def training_beside() -> Iterator[Training]:
    """Train in a job of its own for as long as the block lasts; the block begins when it has begun to learn.

    Raises
    ------
    MipsError
        when the training does not begin, or ended while it was measured.
    """
    registry, training = JobRegistry(), Training()
    try:
        job = registry.start(train_without_end, title="Training beside the viewers")
        waited = time.monotonic() + PATIENCE
        while not job.message:
            job = registry.job(job.id) or job
            if job.state is JobState.FAILED or time.monotonic() > waited:
                raise MipsError(f"The training did not begin: {job.error or 'no message came'}")
            time.sleep(0.1)
        yield training
        job = registry.job(job.id) or job
        if job.state is not JobState.RUNNING:
            raise MipsError(f"The training ended while it was measured: {job.error}")
        training.sentence = f"one training ran all the time; at the end: {job.message}"
    finally:
        registry.close()
