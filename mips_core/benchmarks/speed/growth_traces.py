"""How running a program grows with its steps, and fitting a curve with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from mips_core.benchmarks.curve_cases import CurveCase
from mips_core.benchmarks.speed.curves import OurCurve
from mips_core.benchmarks.speed.growth import Growth, measure_growth
from mips_core.benchmarks.speed.trace import Stepped, TraceCase
from mips_core.progress import Monitor

CAP = 60.0
_LONG = 50
"""Steps of one sequence."""


def growth(*, quick: bool, monitor: Monitor) -> Iterator[Growth]:
    """Measure from a thousand to ten million."""
    sizes = [10**k for k in (range(3, 6) if quick else range(3, 8))]
    for what in ("program", "network", "machine"):
        yield measure_growth(
            f"run a {what}",
            "steps",
            f"Add_Mod_5, sequences of {_LONG} steps",
            sizes,
            partial(_stepped, what),
            cap=CAP,
            monitor=monitor,
        )
    yield measure_growth(
        "fit a curve",
        "rows",
        "3 segments",
        sizes,
        lambda rows: OurCurve(CurveCase(rows, 3, False, "normal x", "one wave", 0.5), 0),
        cap=CAP,
        monitor=monitor,
    )


def _stepped(what: str, steps: int) -> Stepped:
    return Stepped(TraceCase("Add_Mod_5", steps // _LONG, _LONG, 0), what=what)
