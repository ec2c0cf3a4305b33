"""One run over the chosen sections, and what has to be known of the machine that it ran on."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from pathlib import Path

from mips_core.benchmarks.conditions import current_conditions
from mips_core.benchmarks.speed.comparison import Comparison
from mips_core.benchmarks.speed.contestant import versioned
from mips_core.benchmarks.speed.growth import SECTION as GROWTH_SECTION
from mips_core.benchmarks.speed.growth import Growth
from mips_core.benchmarks.speed.result import SpeedBenchmark
from mips_core.benchmarks.speed.sections import SECTIONS, growth_measured
from mips_core.progress import Monitor, Stopwatch

PARTS: tuple[str, ...] = (*(section.key for section in SECTIONS), GROWTH_SECTION)
"""What ``--only`` chooses from."""

_PACKAGES = (
    "numpy", "scipy", "sympy", "torch", "streamlit", "distributed", "aalpy", "gplearn", "pyeda", "pwlf", "networkx",
)  # fmt: skip


def measured(parts: Sequence[str], *, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison | Growth]:
    """Measure part by part and yield what is known as soon as it is.

    Raises
    ------
    Cancelled
        when the monitor's caller asked to stop.
    MipsError
        when our own code fails at a case.
    """
    for section in SECTIONS:
        if section.key in parts:
            yield from section.measured(quick=quick, seed=seed, monitor=monitor)
    if GROWTH_SECTION in parts:
        yield from growth_measured(quick=quick, monitor=monitor)


def finished(rows: Sequence[Comparison | Growth], *, quick: bool, seed: int, clock: Stopwatch) -> SpeedBenchmark:
    """Put what one run measured together with where it ran."""
    versions = dict(text.rsplit(" ", 1) for name in _PACKAGES if (text := versioned(name)) is not None)
    return SpeedBenchmark(
        comparisons=tuple(row for row in rows if isinstance(row, Comparison)),
        growth=tuple(row for row in rows if isinstance(row, Growth)),
        conditions=current_conditions(1),
        processor=processor(),
        packages=versions,
        seed=seed,
        quick=quick,
        seconds=clock.seconds,
    )


def processor() -> str:
    """Return the processor's name, as far as the system tells it."""
    known = Path("/proc/cpuinfo")
    if known.exists():
        for line in known.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
