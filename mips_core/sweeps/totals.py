"""What the rows of a sweep come to."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from mips_core.sweeps.row import Outcome, Row

SETTLED = 10
"""Units after which a worker has loaded all that it needs."""


@dataclass(frozen=True)
class Totals:
    """Counts and times of a sweep.

    Parameters
    ----------
    units : of the plan
    solved, unsolved, failed : how many of them ended so
    stored : how many of these were there already
    again : how often a unit was begun again after its worker was lost
    lost : workers lost
    own_seconds : own time of all units that were computed now
    seconds : since the workers were ready
    workers : units worked on at once, at most
    worker_seconds : seconds of all workers together, each for as long as it was there
    peak_megabytes : the most that a worker's process held
    grown_megabytes : by how much a worker's process grew, at most, between its unit number :data:`SETTLED` and its
        last one; None where no worker did more units than that
    """

    units: int
    solved: int = 0
    unsolved: int = 0
    failed: int = 0
    stored: int = 0
    again: int = 0
    lost: int = 0
    own_seconds: float = 0.0
    seconds: float = 0.0
    workers: int = 0
    worker_seconds: float = 0.0
    peak_megabytes: float = 0.0
    grown_megabytes: float | None = None

    @property
    def over(self) -> int:
        """Units that have ended."""
        return self.solved + self.unsolved + self.failed

    @property
    def overhead(self) -> float | None:
        """Share of the workers' time that went into anything but units; None when nothing was computed.

        Waiting for the last unit counts, too, and work that was lost with its worker.
        """
        if self.own_seconds <= 0.0 or self.worker_seconds <= 0.0:
            return None
        return max(0.0, 1.0 - self.own_seconds / self.worker_seconds)

    @property
    def remaining(self) -> float | None:
        """Estimated seconds until the end, from the mean own time of what was computed; None when nothing was yet.

        It changes when a unit ends, and does not grow while one is waited for.
        """
        computed = self.over - self.stored
        if computed == 0 or self.own_seconds <= 0.0:
            return None
        return math.ceil((self.units - self.over) / max(1, self.workers)) * self.own_seconds / computed

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "overhead": None if self.overhead is None else round(self.overhead, 4)}


def totals_of(
    rows: Iterable[Row],
    *,
    units: int,
    workers: int = 1,
    seconds: float = 0.0,
    worker_seconds: float | None = None,
    lost: int = 0,
) -> Totals:
    """Add up what is known so far; parameters as for :class:`Totals`, where no worker came or went without seconds."""
    found = list(rows)
    computed = [row for row in found if not row.stored]
    count = {outcome: sum(row.outcome is outcome for row in found) for outcome in Outcome}
    return Totals(
        units, count[Outcome.SOLVED], count[Outcome.UNSOLVED], count[Outcome.FAILED],
        stored=len(found) - len(computed),
        again=sum(max(0, row.attempts - 1) for row in computed),
        lost=lost,
        own_seconds=round(sum(row.seconds for row in computed), 3),
        seconds=round(seconds, 3),
        workers=workers,
        worker_seconds=round(workers * seconds if worker_seconds is None else worker_seconds, 3),
        peak_megabytes=round(max((row.peak_megabytes for row in computed), default=0.0), 1),
        grown_megabytes=_growth(computed),
    )  # fmt: skip


def _growth(rows: Iterable[Row]) -> float | None:
    """Return by how many megabytes the worker that grew most grew after it had settled."""
    held: dict[str, list[float]] = {}
    for row in rows:
        if row.held_megabytes:
            held.setdefault(row.worker, []).append(row.held_megabytes)
    grown = [seen[-1] - seen[SETTLED - 1] for seen in held.values() if len(seen) > SETTLED]
    return round(max(grown), 1) if grown else None
