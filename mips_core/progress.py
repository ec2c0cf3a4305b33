"""Progress, cancellation and time budgets of long work.

Every stage takes one :class:`Monitor`.  A stage calls :meth:`Monitor.report` to
say what it does and :meth:`Monitor.check` often enough that a caller can stop
it; it asks :attr:`Monitor.expired` where running out of time means "return the
best so far" rather than an error.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mips_core.errors import Cancelled


@dataclass(frozen=True)
class Progress:
    """One message of a stage to whoever watches.

    Parameters
    ----------
    stage : name of the stage, as it stands in the report ("train", "extract", ...)
    message : what is being done, in words
    fraction : share of this stage that is done, in [0, 1], or None when unknown
    """

    stage: str
    message: str = ""
    fraction: float | None = None


ProgressCallback = Callable[[Progress], None]
EventCallback = Callable[[Mapping[str, Any]], None]


class Clock:
    """The system's clock, in seconds from some moment on."""

    def now(self) -> float:
        """Return the time."""
        return time.monotonic()

    def worked(self, seconds: float) -> None:
        """Take note of work that is known to take about so long; the system's clock has seen it pass."""


WALL = Clock()


class WorkClock(Clock):
    """A clock that counts work, so that whatever ends by it ends at the same place on any machine, busy or not.

    Every look at it counts as :data:`LOOK` seconds, and work whose cost is known counts as that.  Loops look once a
    round, and a round takes from 0.03 to 30 ms of one core, so that a search may take several times its seconds.  A
    search without end is ended by the system's clock all the same, and :attr:`hurried` then says so.

    Parameters
    ----------
    patience : seconds on the system's clock after which every deadline has passed, and only its time counts
    """

    LOOK = 1e-4
    _FAR = 1e9

    def __init__(self, patience: float) -> None:
        self._counted = 0.0
        self._end = time.monotonic() + patience
        self.hurried = False

    def now(self) -> float:
        """Return the seconds of work counted, this look included."""
        self._counted += self.LOOK
        late = time.monotonic() - self._end
        self.hurried = self.hurried or late > 0.0
        return self._FAR + late if self.hurried else self._counted

    def worked(self, seconds: float) -> None:
        """Count work that is known to take about so long."""
        self._counted += seconds


def _never() -> bool:
    return False


def _silent(_: Any) -> None:
    return None


@dataclass(frozen=True)
class Monitor:
    """What a stage knows of its caller: where to report, when to stop, how long it may take.

    Parameters
    ----------
    progress : called with every :class:`Progress`
    stop : returns True once the caller wants the work to end
    deadline : moment on ``clock``, in seconds; infinite by default
    events : called with what can be drawn or counted while work goes on, as plain JSON values (losses, accuracies)
    clock : what deadlines are on: the system's clock, or work that is counted
    """

    progress: ProgressCallback = _silent
    stop: Callable[[], bool] = _never
    deadline: float = float("inf")
    events: EventCallback = _silent
    clock: Clock = field(default_factory=lambda: WALL)

    def report(self, stage: str, message: str = "", fraction: float | None = None) -> None:
        """Tell the caller how far a stage is, and give it the chance to stop the work."""
        self.progress(Progress(stage, message, fraction))
        self.check()

    def check(self) -> None:
        """Raise :class:`Cancelled` when the caller asked to stop."""
        if self.stop():
            raise Cancelled("Stopped on request; what was finished before is kept.")

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.deadline - self.clock.now())

    @property
    def expired(self) -> bool:
        """True when the time is used up or the caller asked to stop."""
        return self.remaining <= 0.0 or self.stop()

    def limited(self, seconds: float) -> Monitor:
        """Return the same monitor with at most ``seconds`` from now."""
        deadline = min(self.deadline, self.clock.now() + seconds)
        return replace(self, deadline=deadline)


@dataclass(frozen=True)
class StageResult:
    """What a stage says about itself: one row in the list of routes tried.

    ``status`` is "done", "failed" or "skipped"; ``reason`` is the sentence a reader
    sees; ``evidence`` holds numbers and words that can be written as JSON.
    """

    stage: str
    status: str
    reason: str
    seconds: float
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the plain dictionary that goes into ``report.json``."""
        return {
            "stage": self.stage,
            "status": self.status,
            "reason": self.reason,
            "seconds": round(self.seconds, 4),
            "evidence": dict(self.evidence),
        }


class Stopwatch:
    """Seconds since it was made: ``clock = Stopwatch(); ...; clock.seconds``."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since construction."""
        return time.monotonic() - self._start
