"""How a stage's cost grows with one size of its input, fitted as a power of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mips_core.benchmarks.speed.contestant import Contestant
from mips_core.benchmarks.speed.process import Side
from mips_core.errors import MipsError
from mips_core.progress import Monitor

SECTION = "growth"
_TELLING = 0.003
"""Seconds below which a fixed cost hides how the work grows."""

_TELLING_MEGABYTES = 2.0
_FEWEST = 3
_LAST = 100
"""Sizes from a hundredth of the largest one on, or the three largest if these are more, give the slope."""

N_LOG_N = 1.2
"""Slope, on log-log axes, up to which a curve is taken for n log n: over three decades the logarithm adds about 0.1."""


@dataclass(frozen=True)
class GrowthPoint:
    """One size.

    Parameters
    ----------
    size : of the input, along the axis
    seconds : by the clock
    megabytes : peak of memory beside the input; None where the system does not tell
    """

    size: int
    seconds: float
    megabytes: float | None


@dataclass(frozen=True)
class Growth:
    """One stage along one axis.

    Parameters
    ----------
    stage : what is done, e.g. "minimise a machine"
    axis : what grows, e.g. "states"
    fixed : what does not, in words, e.g. "2 symbols"
    points : by size, rising; a size whose run was ended is left out
    unmeasured : sizes that were left out, and why
    why : what explains a slope above n log n; "" where none is expected
    """

    stage: str
    axis: str
    fixed: str
    points: tuple[GrowthPoint, ...]
    unmeasured: str = ""
    why: str = ""

    @cached_property
    def slope(self) -> float | None:
        """Exponent p of seconds ~ size^p, by least squares on log-log axes; None where too little was telling.

        Small sizes, where a fixed cost counts most, would hide how the work grows: only the last sizes count, see
        :data:`_LAST`.
        """
        return _slope(_last([(p.size, p.seconds) for p in self.points if p.seconds >= _TELLING]))

    @cached_property
    def memory_slope(self) -> float | None:
        """The exponent of the memory."""
        pairs = [(p.size, p.megabytes) for p in self.points if p.megabytes is not None]
        return _slope(_last([(size, megabytes) for size, megabytes in pairs if megabytes >= _TELLING_MEGABYTES]))

    @property
    def within(self) -> bool | None:
        """Whether time grows no faster than n log n; None where no slope could be told."""
        return None if self.slope is None else self.slope <= N_LOG_N


def measure_growth(
    stage: str,
    axis: str,
    fixed: str,
    sizes: Sequence[int],
    contestant: Callable[[int], Contestant],
    *,
    cap: float,
    monitor: Monitor,
    why: str = "",
) -> Growth:
    """Measure one stage at several sizes, each in a new process; it ends at the first size that takes too long.

    Parameters
    ----------
    sizes : rising
    contestant : what is done at a size
    cap : seconds that one size may take

    Raises
    ------
    MipsError
        when the stage does not do its work; says at which size.
    Cancelled
        when the caller asked to stop.
    """
    points: list[GrowthPoint] = []
    unmeasured = ""
    for size in sizes:
        monitor.report(SECTION, f"{stage}: {size:,} {axis}")
        with Side() as side:
            turn = side.turn(contestant(size), cap=cap, monitor=monitor)
        if turn.capped:
            unmeasured = f"from {size:,} {axis} on: not done after {cap:g} s"
            break
        if not turn.judgement.solved:
            raise MipsError(f"{stage} gave a wrong result at {size:,} {axis}: {turn.judgement.reason}")
        points.append(GrowthPoint(size, turn.seconds, turn.megabytes))
    return Growth(stage, axis, fixed, tuple(points), unmeasured, why)


def _last(pairs: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """Return the pairs of the largest sizes, which rise.

    >>> _last([(1, 0.1), (10, 0.1), (100, 0.2), (1000, 2.0), (10000, 20.0)])
    [(100, 0.2), (1000, 2.0), (10000, 20.0)]
    """
    near = [pair for pair in pairs if pair[0] * _LAST >= pairs[-1][0]]
    return near if len(near) >= _FEWEST else pairs[-_FEWEST:]


def _slope(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Return the slope of log y over log x.

    >>> round(_slope([(10, 1.0), (100, 100.0), (1000, 10000.0)]), 6)
    2.0
    """
    if len(pairs) < _FEWEST:
        return None
    sizes, costs = (np.log(np.array(column, dtype=np.float64)) for column in zip(*pairs, strict=True))
    return float(np.polyfit(sizes, costs, 1)[0])
