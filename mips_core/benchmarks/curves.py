"""The curve fitter measured: beside the published algorithm written plainly, and beside pwlf, on the same data."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from mips_core.benchmarks.conditions import Conditions
from mips_core.benchmarks.curve_accuracy import AccuracyTable
from mips_core.benchmarks.curve_cases import CASES, CurveCase
from mips_core.benchmarks.curve_peers import PwlfWay, pwlf_fit, pwlf_installed
from mips_core.benchmarks.curve_plain import plain_fit
from mips_core.benchmarks.curve_speed import SpeedRow
from mips_core.curves.transforms import Floats

WORSE = 0.001
"""Share of the variance by which ours may leave more unexplained than another."""

PLAIN, PWLF, PWLF_FAST = "plain", "pwlf", "pwlf fast"
_WAYS: dict[str, PwlfWay] = {PWLF: "fit", PWLF_FAST: "fitfast"}
_QUICK_ROWS = 10_000
_REPEATS = 5
_FEW_REPEATS = 3
_MANY_ROWS = 100_000


@dataclass(frozen=True)
class Fit:
    """What one fitter made of one case.

    Parameters
    ----------
    unexplained : weighted squared error over all rows, as a share of the weighted variance of y
    seconds : of processor time on one core; of ours and of the plain algorithm the median of several, by turns
    """

    unexplained: float
    seconds: float


@dataclass(frozen=True)
class FitRow:
    """One case.

    Parameters
    ----------
    name, rows, segments : of the case
    fx : the transform that ours chose
    ours : our fit
    others : the other fits by name; a fitter that is not installed, not made for the case, or failed, is left out
    """

    name: str
    rows: int
    segments: int
    fx: str
    ours: Fit
    others: dict[str, Fit]

    def worse_than(self, other: str) -> float | None:
        """Return what ours leaves unexplained beyond the other (negative: less); None without it."""
        return self.ours.unexplained - self.others[other].unexplained if other in self.others else None

    def times_as_fast_as(self, other: str) -> float | None:
        """Return the other's seconds over ours; None without it."""
        return self.others[other].seconds / max(self.ours.seconds, 1e-6) if other in self.others else None

    @property
    def passed(self) -> bool:
        """Whether ours is nowhere worse by more than the bar."""
        return all(self.ours.unexplained - other.unexplained <= WORSE for other in self.others.values())

    @property
    def slower(self) -> bool:
        """Whether ours took longer than the plain algorithm."""
        return self.ours.seconds > self.others[PLAIN].seconds


@dataclass(frozen=True)
class Comparison:
    """Ours and another over all cases that both fitted.

    Parameters
    ----------
    other : its name
    cases : how many
    most, mean : what ours leaves unexplained beyond the other, at worst and on average
    worse : cases beyond the bar
    faster : cases in which ours took less time
    speed : the other's seconds over ours, geometric mean
    """

    other: str
    cases: int
    most: float
    mean: float
    worse: int
    faster: int
    speed: float


@dataclass(frozen=True)
class CurvesBenchmark:
    """All that was measured; a part that was left out is empty."""

    fits: tuple[FitRow, ...]
    speed: tuple[SpeedRow, ...]
    accuracy: tuple[AccuracyTable, ...]
    skipped: tuple[str, ...]
    seed: int
    conditions: Conditions

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Ours against each other fitter."""
        return tuple(each for name in (PLAIN, *_WAYS) if (each := _comparison(name, self.fits)) is not None)

    @property
    def passed(self) -> bool:
        """Whether every fit, every speed and every accuracy is within its bar, and ours is faster than the plain one.

        Fits of a millisecond cannot be timed one by one, so the geometric mean over the cases counts.
        """
        parts: Iterable[FitRow | SpeedRow | AccuracyTable] = (*self.fits, *self.speed, *self.accuracy)
        faster = all(each.speed > 1 for each in self.comparisons if each.other == PLAIN)
        return faster and all(each.passed for each in parts)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "format": "mips-curves-benchmark",
            "version": 1,
            "seed": self.seed,
            "conditions": asdict(self.conditions),
            "fits": [asdict(row) for row in self.fits],
            "comparisons": [asdict(each) for each in self.comparisons],
            "speed": [asdict(row) for row in self.speed],
            "accuracy": [table.to_dict() for table in self.accuracy],
            "skipped": list(self.skipped),
            "passed": self.passed,
        }


def _comparison(other: str, rows: Sequence[FitRow]) -> Comparison | None:
    both = [row for row in rows if other in row.others]
    if not both:
        return None
    beyond = [row.ours.unexplained - row.others[other].unexplained for row in both]
    ratios = [row.times_as_fast_as(other) or 0.0 for row in both]
    return Comparison(
        other, len(both), max(beyond), statistics.mean(beyond), sum(each > WORSE for each in beyond),
        sum(each > 1 for each in ratios), math.exp(statistics.mean(math.log(max(each, 1e-6)) for each in ratios)),
    )  # fmt: skip


def run_fits(
    cases: Sequence[CurveCase] = CASES, *, seed: int = 0, quick: bool = False, pwlf_seconds: float = 10.0
) -> Iterator[FitRow]:
    """Fit each case with every fitter that is there.

    Parameters
    ----------
    seed : of the data
    quick : only cases of few rows, and pwlf by descents alone
    pwlf_seconds : after so long pwlf's evolution ends with the best that it has
    """
    from threadpoolctl import threadpool_limits

    ways = {name: way for name, way in _WAYS.items() if pwlf_installed() and not (quick and way == "fit")}
    for case in cases:
        if not (quick and case.rows > _QUICK_ROWS):
            with threadpool_limits(1):
                yield fit_row(case, seed, ways, pwlf_seconds)


def fit_row(case: CurveCase, seed: int, ways: dict[str, PwlfWay], pwlf_seconds: float) -> FitRow:
    """Fit one case with all; pwlf cannot be monotone, so it is asked for free curves only."""
    from mips_core.curves.fitting import fit_pwl

    x, y, w = case.draw(seed)
    ours, plain = [], []
    for _ in range(_FEW_REPEATS if case.rows >= _MANY_ROWS else _REPEATS):
        curve, seconds = _timed(lambda: fit_pwl(x, y, w, num_segments=case.segments, mono=case.mono))
        ours.append(seconds)
        plain_curve, seconds = _timed(lambda: plain_fit(x, y, w, case.segments, mono=case.mono))
        plain.append(seconds)
    others = {PLAIN: Fit(unexplained(plain_curve(x), y, w), statistics.median(plain))}
    for name, way in () if case.mono else ways.items():
        found, seconds = _timed(partial(pwlf_fit, x, y, w, case.segments, way, seconds=pwlf_seconds))
        if found is not None:
            others[name] = Fit(unexplained(found(x), y, w), seconds)
    fitted = Fit(unexplained(curve(x), y, w), statistics.median(ours))
    return FitRow(case.name, case.rows, case.segments, curve.fx, fitted, others)


def unexplained(drawn: Floats, y: Floats, w: Floats | None) -> float:
    """Return the weighted squared error of ``drawn`` as a share of the weighted variance of y."""
    weights = np.ones_like(y) if w is None else w
    spread = np.average((y - np.average(y, weights=weights)) ** 2, weights=weights)
    return float(np.average((drawn - y) ** 2, weights=weights) / spread)


def _timed(fit: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    found = fit()
    return found, time.process_time() - start
