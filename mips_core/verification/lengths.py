"""Accuracy against length: how far network, machine and program stay right, up to 100 times the trained length."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.encoding import OVERFLOW
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.verification.compared import DATA, NETWORK, Compared
from mips_core.verification.matrix import cells_of

TIMES = (1, 2, 5, 10, 20, 50, 100)
"""Lengths that are tried, in trained lengths."""
MOST, FEWEST = 1024, 8
SECONDS = 0.15
"""Seconds of one core for each length: the number of sequences follows from it, and is said."""


@dataclass(frozen=True)
class LengthPoint:
    """How right one of the four is at one length.

    Parameters
    ----------
    name, against : who is judged, and by whom
    times, steps : the length, in trained lengths and in steps
    sequences, right : how many sequences there are, and on how many every output is right
    outputs, right_outputs : the same for single outputs
    overflowed : sequences on which the network's numbers outgrew every integer
    """

    name: str
    against: str
    times: int
    steps: int
    sequences: int
    right: int
    outputs: int
    right_outputs: int
    overflowed: int = 0

    @property
    def share(self) -> float:
        """Share of sequences that are right throughout, in [0, 1]."""
        return self.right / self.sequences if self.sequences else 1.0

    @property
    def output_share(self) -> float:
        """Share of outputs that are right, in [0, 1]."""
        return self.right_outputs / self.outputs if self.outputs else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "name": self.name, "against": self.against, "times": self.times, "steps": self.steps,
            "sequences": self.sequences, "right": self.right, "outputs": self.outputs,
            "right_outputs": self.right_outputs, "overflowed": self.overflowed,
        }  # fmt: skip


@dataclass(frozen=True)
class Lengths:
    """Accuracy at all lengths that could be judged.

    Parameters
    ----------
    points : one for each of the judged and each length
    stopped : why longer sequences could not be judged, "" when all were
    """

    points: tuple[LengthPoint, ...]
    stopped: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Who is judged, in order."""
        return tuple(dict.fromkeys(point.name for point in self.points))

    def of(self, name: str) -> list[LengthPoint]:
        """Return the points of one of the judged, by length."""
        return [point for point in self.points if point.name == name]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"points": [point.to_dict() for point in self.points], "stopped": self.stopped}


def accuracy_by_length(
    compared: Compared, *, times: tuple[int, ...] = TIMES, seconds: float = SECONDS, sequences: int | None = None,
    seed: int = 0, monitor: Monitor | None = None,
) -> Lengths:  # fmt: skip
    """Judge network, machine and program on random sequences of growing length.

    They are judged by the task's rule, or by the network where there is no rule: recorded rows say nothing beyond
    their own length.

    Parameters
    ----------
    times : lengths, in trained lengths
    seconds : for each length; a few sequences are timed first, and as many follow as fit
    sequences : this many at every length instead

    Raises
    ------
    Cancelled
        when the monitor's caller asks to stop.
    """
    watch = monitor or Monitor()
    points: list[LengthPoint] = []
    for number, factor in enumerate(times):
        steps = factor * compared.length
        watch.report("lengths", f"Following sequences of {steps:,} steps ({factor}x)", number / len(times))
        try:
            points += _at(compared, factor, steps, seconds, sequences, np.random.default_rng([seed, 21, number]))
        except BadInputError as error:  # a rule whose outputs leave the 64-bit integers
            return Lengths(tuple(points), str(error))
    return Lengths(tuple(points))


def _at(
    compared: Compared, factor: int, steps: int, seconds: float, sequences: int | None, rng: np.random.Generator
) -> list[LengthPoint]:
    before = time.thread_time()  # not the clock on the wall: other work on the machine is no reason to try less
    found = _judged(compared, compared.draw(sequences or FEWEST, steps, rng), factor)
    more = int(min(MOST, FEWEST * (seconds / max(time.thread_time() - before, 1e-4) - 1.0)))
    if sequences is None and more >= FEWEST:
        rest = _judged(compared, compared.draw(more, steps, rng), factor)
        found = [_together(a, b) for a, b in zip(found, rest, strict=True)]
    return found


def _judged(compared: Compared, x: IntArray, factor: int) -> list[LengthPoint]:
    outputs = compared.outputs(x)
    judge = DATA if DATA in outputs else NETWORK
    lost = (outputs[NETWORK].values == OVERFLOW).any(axis=(1, 2))
    return [
        LengthPoint(
            c.right, judge, factor, x.shape[1], c.sequences, c.agree, c.outputs, c.equal,
            int(lost.sum()) if NETWORK in (c.left, c.right) else 0,
        )
        for c in cells_of(outputs, x, factor)
        if c.left == judge
    ]  # fmt: skip


def _together(a: LengthPoint, b: LengthPoint) -> LengthPoint:
    return LengthPoint(
        a.name, a.against, a.times, a.steps, a.sequences + b.sequences, a.right + b.right, a.outputs + b.outputs,
        a.right_outputs + b.right_outputs, a.overflowed + b.overflowed,
    )  # fmt: skip
