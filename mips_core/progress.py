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
    deadline : moment on the :func:`time.monotonic` clock, in seconds; infinite by default
    events : called with what can be drawn or counted while work goes on, as plain JSON values (losses, accuracies)
    """

    progress: ProgressCallback = _silent
    stop: Callable[[], bool] = _never
    deadline: float = float("inf")
    events: EventCallback = _silent

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
        return max(0.0, self.deadline - time.monotonic())

    @property
    def expired(self) -> bool:
        """True when the time is used up or the caller asked to stop."""
        return self.remaining <= 0.0 or self.stop()

    def limited(self, seconds: float) -> Monitor:
        """Return the same monitor with at most ``seconds`` from now."""
        deadline = min(self.deadline, time.monotonic() + seconds)
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
