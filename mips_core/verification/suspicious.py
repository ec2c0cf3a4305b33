"""Recorded outputs that a program says are wrong, and whether they look like scattered recording errors.

A program that is right on all but a few recorded outputs is either right, and those were recorded wrongly, or it misses
something.  What it misses shows in some situation again and again; recording errors do not know the situation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Recorded = int | str | list[int] | list[str]
"""One step's output as plain JSON: an integer or a word, or a list where there are several outputs."""


@dataclass(frozen=True)
class SuspiciousOutput:
    """One recorded output that the program contradicts.

    Parameters
    ----------
    row : row of the data, counted from 1; the header line of a CSV file does not count
    step : step of that row, counted from 1
    given : the recorded output of that step
    program : what the program gives there instead
    """

    row: int
    step: int
    given: Recorded
    program: Recorded

    def to_dict(self) -> dict[str, Any]:
        """Return the plain dictionary that goes into a report."""
        return {"row": self.row, "step": self.step, "given": self.given, "program": self.program}
