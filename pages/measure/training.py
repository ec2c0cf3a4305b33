"""Trainings that go on beside the viewers, as the Train page starts them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mips_core.benchmarks.app_load import train_without_end
from mips_core.errors import MipsError
from mips_core.jobs import Job, JobLimits, JobRegistry, JobState

PATIENCE = 60.0


@dataclass
class Trainings:
    """What became of them; ``sentences`` is filled in at the end, one for each."""

    sentences: list[str] = field(default_factory=list)


@contextmanager
def trainings_beside(count: int) -> Iterator[Trainings]:
    """Train in jobs of their own for as long as the block lasts; the block begins when all have begun to learn.

    Raises
    ------
    MipsError
        when a training does not begin, or ended while it was measured.
    """
    registry, found = JobRegistry(limits=JobLimits(running=count)), Trainings()
    try:
        jobs = [registry.start(train_without_end, title="Training beside the viewers") for _ in range(count)]
        for job in jobs:
            _wait(registry, job)
        yield found
        for job in jobs:
            now = registry.job(job.id) or job
            if now.state is not JobState.RUNNING:
                raise MipsError(f"A training ended while it was measured: {now.error}")
            found.sentences.append(f"ran all the time; at the end: {now.message}")
    finally:
        registry.close()


def _wait(registry: JobRegistry, job: Job) -> None:
    waited = time.monotonic() + PATIENCE
    while not job.message:
        job = registry.job(job.id) or job
        if job.state is JobState.FAILED or time.monotonic() > waited:
            raise MipsError(f"A training did not begin: {job.error or 'no message came'}")
        time.sleep(0.1)
