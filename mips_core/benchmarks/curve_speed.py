"""How long one curve over a million rows takes on one core, and how much memory, measured in a process of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mips_core.benchmarks.curve_cases import CurveCase
from mips_core.errors import MipsError
from mips_core.process_status import linux_status
from mips_core.threads import ONE_THREAD

ROWS = 1_000_000
SECONDS = 0.3
"""Bar of the time of one curve."""

TIMES_INPUT = 4.0
"""Bar of the memory that a fit takes at its peak, in sizes of its input, which is not counted."""

_REPEATS = 5

CASES: dict[str, CurveCase] = {
    "random order": CurveCase(ROWS, 3, False, "normal x", "one wave", 0.5),
    "rising x": CurveCase(ROWS, 3, False, "even steps", "one wave", 0.5),
    "weights": CurveCase(ROWS, 3, False, "lognormal x", "a parabola", 0.5, "decades"),
    "whole numbers": CurveCase(ROWS, 5, False, "counts", "one wave", 0.5),
    "monotone, 5 segments": CurveCase(ROWS, 5, True, "exponential x", "saturation", 0.5),
    "free, 8 segments": CurveCase(ROWS, 8, False, "uniform x", "three waves", 0.5),
}
"""What is fitted, by name."""


@dataclass(frozen=True)
class SpeedRow:
    """One curve over many rows.

    Parameters
    ----------
    name : which, of :data:`CASES`
    rows : of data
    seconds : of processor time on one core, median of five fits
    megabytes : of the input, x, y and weights
    traced : peak of what Python and NumPy allocate beside the input, in sizes of the input
    resident : peak of the process's memory beside what it had with the input loaded, in sizes of the input; None where
        the system does not tell
    """

    name: str
    rows: int
    seconds: float
    megabytes: float
    traced: float
    resident: float | None

    @property
    def passed(self) -> bool:
        """Whether time and memory stay below their bars."""
        return self.seconds < SECONDS and max(self.traced, self.resident or 0.0) < TIMES_INPUT


def run_speed(*, seed: int = 0, rows: int = ROWS) -> Iterator[SpeedRow]:
    """Measure every case, each in a process that is new.

    Raises
    ------
    MipsError
        when a process fails; says how.
    """
    for name, case in CASES.items():
        drawn = replace(case, rows=rows).draw(seed)
        with tempfile.TemporaryDirectory() as folder:
            for column, values in zip(("x", "y", "w"), drawn, strict=True):
                if values is not None:
                    np.save(Path(folder) / f"{column}.npy", values)
            found = subprocess.run(
                [sys.executable, "-m", "mips_core.benchmarks.curve_speed", folder, str(case.segments), str(case.mono)],
                env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, check=False,
            )  # fmt: skip
        if found.returncode:
            raise MipsError(f"A curve of {rows:,} rows could not be measured: {found.stderr.strip()[-2000:]}")
        yield SpeedRow(name, rows, **json.loads(found.stdout))


def _measure(folder: Path, segments: int, mono: bool) -> dict[str, Any]:
    """Fit the curve of the files in ``folder``; memory first, as a process gives little back."""
    from mips_core.curves.fitting import fit_pwl

    small = CurveCase(1_000, segments, mono, "normal x", "one wave").draw(0)
    fit_pwl(*small, num_segments=segments, mono=mono)  # what is loaded at the first use is not the fit's
    x, y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
    w = np.load(folder / "w.npy") if (folder / "w.npy").exists() else None
    size = x.nbytes + y.nbytes + (0 if w is None else w.nbytes)

    before = linux_status("VmRSS")
    fit_pwl(x, y, w, num_segments=segments, mono=mono)
    peak = linux_status("VmHWM")

    tracemalloc.start()
    fit_pwl(x, y, w, num_segments=segments, mono=mono)
    traced = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    seconds = []
    for _ in range(_REPEATS):
        start = time.process_time()
        fit_pwl(x, y, w, num_segments=segments, mono=mono)
        seconds.append(time.process_time() - start)
    return {
        "seconds": statistics.median(seconds),
        "megabytes": size / 1e6,
        "traced": traced / size,
        "resident": None if before is None or peak is None else (peak - before) / size,
    }


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "True")))
