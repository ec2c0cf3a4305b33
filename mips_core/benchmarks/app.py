"""How quick the explorer is: pages, changes of the sequence, many viewers at once, with and without a training.

The explorer is started as ``mips explore`` starts it; a second process, in ``pages/measure``, visits it as browsers
do and takes the times.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mips_core.benchmarks.conditions import Conditions, current_conditions
from mips_core.errors import MipsError
from mips_core.explorer_server import serve
from mips_core.resources import explorer_folder

VIEWERS = 20
SECONDS = 15.0
TRAININGS = 1
BARS = {
    "first useful paint": 3.0,
    "page change": 1.0,
    "change of sequence, p95": 0.3,
    "viewers and a training, p95": 2.0,
}
"""Seconds that each may take."""


@dataclass(frozen=True)
class AppBenchmark:
    """What was measured, in seconds; ``measured`` is what :mod:`pages.measure.measurements` prints.

    Parameters
    ----------
    viewers : people who step at once
    seconds : how long they do, without any training and beside it
    trainings : how many go on beside them the second time
    """

    measured: Mapping[str, Any]
    conditions: Conditions
    viewers: int
    seconds: float
    trainings: int = TRAININGS

    @property
    def figures(self) -> dict[str, float | None]:
        """The figure that stands against each of :data:`BARS`; None where none could be measured."""
        browser = self.measured["browser"]
        return {
            "first useful paint": browser.get("first paint, first visit"),
            "page change": max(browser["page change"].values()) if "page change" in browser else None,
            "change of sequence, p95": self.measured["change of sequence"]["all pages"]["p95"],
            "viewers and a training, p95": self.measured["viewers and a training"]["p95"],
        }

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            **self.measured,
            "figures": self.figures,
            "bars": BARS,
            "viewers at once": self.viewers,
            "seconds of stepping": self.seconds,
            "trainings": self.trainings,
            "conditions": self.conditions.to_dict(),
        }


def run_app_benchmark(*, viewers: int = VIEWERS, seconds: float = SECONDS, trainings: int = TRAININGS) -> AppBenchmark:
    """Start the explorer, measure it, and stop it.

    Raises
    ------
    MipsError
        when the explorer does not start, or a page shows an error.
    """
    with serve() as server:
        found = subprocess.run(
            [
                sys.executable, "-m", "pages.measure.measurements", server.address, "--process", str(server.process),
                "--viewers", str(viewers), "--seconds", str(seconds), "--trainings", str(trainings),
            ],
            cwd=explorer_folder(), capture_output=True, text=True, check=False,
        )  # fmt: skip
    if found.returncode:
        raise MipsError(f"The explorer could not be measured: {found.stderr.strip()[-2000:]}")
    return AppBenchmark(json.loads(found.stdout), current_conditions(1), viewers, seconds, trainings)
