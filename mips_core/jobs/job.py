"""What is known of one job at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stop(StrEnum):
    """What ended a job before its time."""

    ASKED = "asked"
    TIME = "time"
    SERVER = "server"


@dataclass(frozen=True)
class Job:
    """A job as it was when it was asked for; ask the registry again for how it is now.

    Parameters
    ----------
    id : safe in an address, and not to be guessed
    title : what it does, in words
    page : address of the page that started it, where its result is shown; "" when it belongs to none
    state : waiting, running, done, failed or cancelled; the last is any end before the work was done
    arguments : what the work was called with
    stages : what its stages are called, in order, by the names that the work reports
    stage : name of the stage that it is in, or ""
    message : what is being done, in words
    fraction : share of this stage that is done, in [0, 1], or None when unknown
    seconds : how long it has been running, without the time in the queue
    stage_seconds : how long it has been in this stage
    position : place in the queue, from 1; 0 when it is not waiting
    stopping : it was asked to stop and has not ended yet
    events : what it told so far, plain JSON values, oldest first; of very many only the newest
    result : what the work returned, or what it last kept (:func:`mips_core.jobs.keep`) when it did not return
    error : why it failed, as a sentence; "" unless it failed
    folder : the folder of the work, which goes when the job is forgotten
    owner : whose it is; "" where all is one person's
    stop : what ended it, when it is cancelled: a person, its time limit, or the end of the server that ran it
    """

    id: str
    title: str
    page: str
    arguments: Mapping[str, Any]
    state: JobState
    stages: Mapping[str, str]
    stage: str
    message: str
    fraction: float | None
    seconds: float
    stage_seconds: float
    position: int
    stopping: bool
    events: tuple[Mapping[str, Any], ...]
    result: Mapping[str, Any] | None
    error: str
    folder: Path = field(repr=False)
    owner: str = field(default="", repr=False)
    stop: Stop | None = None

    @property
    def over(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self.state not in (JobState.WAITING, JobState.RUNNING)

    @property
    def stage_number(self) -> int:
        """Place of the stage among the stages, from 1; 0 before the first and for a stage that was not announced."""
        names = list(self.stages)
        return names.index(self.stage) + 1 if self.stage in names else 0

    @property
    def remaining(self) -> float | None:
        """Estimated seconds until this stage ends, from the share that is done; None when too little is known."""
        if self.state is not JobState.RUNNING or self.fraction is None or self.fraction < 0.02:
            return None
        return self.stage_seconds * (1.0 - self.fraction) / self.fraction
