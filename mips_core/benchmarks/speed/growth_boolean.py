"""How two-level minimisation grows with the rows of the truth table."""

from __future__ import annotations

from collections.abc import Iterator

from mips_core.benchmarks.speed.boolean import OurMinimiser
from mips_core.benchmarks.speed.boolean_cases import BooleanCase
from mips_core.benchmarks.speed.growth import Growth, measure_growth
from mips_core.progress import Monitor

CAP = 60.0
_WHY = "all 3^n products of n inputs are looked at, which is the rows to the power 1.58"


def growth(*, quick: bool, monitor: Monitor) -> Iterator[Growth]:
    """Measure random functions, half of them ones."""
    sizes = [1 << n for n in (range(4, 8) if quick else range(4, 13))]
    yield measure_growth(
        "minimise a truth table",
        "rows",
        "random function",
        sizes,
        lambda rows: OurMinimiser(BooleanCase("random", rows.bit_length() - 1), 0),
        cap=CAP,
        monitor=monitor,
        why=_WHY,
    )
