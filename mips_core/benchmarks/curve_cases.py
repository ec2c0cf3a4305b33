"""Data on which curve fitters are compared: shapes, distributions of x and weights of many kinds, drawn from a seed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from mips_core.curves.study import Mono
from mips_core.curves.transforms import TRANSFORMS, Floats

Columns = Callable[[Generator, int], Floats]
Shape = Callable[[Generator, Floats], Floats]


@dataclass(frozen=True)
class CurveCase:
    """One fit to make.

    Parameters
    ----------
    rows : of data
    segments, mono : what is asked for
    x : how x is distributed, a name of :data:`COLUMNS`
    shape : y before noise, a name of :data:`SHAPES`
    noise : standard deviation of normal noise, as a share of that of the shape (of 1 for a flat shape)
    weights : "equal", "decades" (six of them), "counts", or "one heavy row"
    """

    rows: int
    segments: int
    mono: Mono
    x: str
    shape: str
    noise: float = 0.2
    weights: str = "equal"

    @property
    def name(self) -> str:
        """What the case is, in words; no two cases have the same."""
        parts = [f"{self.shape} over {self.x}", f"{self.rows:,} rows"]
        parts += [f"weights {self.weights}"] * (self.weights != "equal") + ["no noise"] * (self.noise == 0)
        asked = f", {self.mono}" if isinstance(self.mono, str) else ", monotone" if self.mono else ""
        return f"{', '.join(parts)}; {self.segments} segment{'s' * (self.segments != 1)}{asked}"

    def draw(self, seed: int) -> tuple[Floats, Floats, Floats | None]:
        """Return x, y and weights (None for equal ones), each (rows,); the same for the same case and seed."""
        generator = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        x = COLUMNS[self.x](generator, self.rows)
        y = SHAPES[self.shape](generator, x)
        noise = generator.normal(size=self.rows)
        y = y + self.noise * (float(np.std(y)) or 1.0) * noise
        return x, y, WEIGHTS[self.weights](generator, self.rows)


def _timestamps(generator: Generator, rows: int) -> Floats:
    return 1.7e9 + np.sort(generator.integers(0, 90 * 86_400, rows)).astype(np.float64)


COLUMNS: dict[str, Columns] = {
    "even steps": lambda generator, rows: np.linspace(0.0, 10.0, rows),
    "uniform x": lambda generator, rows: generator.uniform(-3, 7, rows),
    "normal x": lambda generator, rows: generator.normal(0, 2, rows),
    "lognormal x": lambda generator, rows: generator.lognormal(1, 1.5, rows),
    "exponential x": lambda generator, rows: generator.exponential(40, rows),
    "Cauchy x": lambda generator, rows: generator.standard_cauchy(rows),
    "two clusters": lambda generator, rows: np.where(
        generator.random(rows) < 0.7, generator.normal(0, 1, rows), generator.normal(50, 2, rows)
    ),
    "ages": lambda generator, rows: np.clip(generator.normal(40, 15, rows).round(), 18, 95),
    "counts": lambda generator, rows: generator.negative_binomial(1, 0.12, rows).astype(np.float64),
    "hours": lambda generator, rows: generator.integers(0, 24, rows).astype(np.float64),
    "five values": lambda generator, rows: generator.choice([0.0, 1.0, 2.0, 4.0, 8.0], rows),
    "tenths": lambda generator, rows: generator.normal(0, 3, rows).round(1),
    "timestamps": _timestamps,
    "milliseconds": lambda generator, rows: 1.7e12 + generator.uniform(0, 3e9, rows).round(),
    "a range of 1e-12": lambda generator, rows: generator.uniform(0, 1e-12, rows),
    "1 to 1 + 1e-12": lambda generator, rows: 1 + generator.uniform(0, 1e-12, rows),
    "a range of 1e12": lambda generator, rows: generator.uniform(-1e12, 1e12, rows),
}
"""How x may be distributed."""


WEIGHTS: dict[str, Callable[[Generator, int], Floats | None]] = {
    "equal": lambda generator, rows: None,
    "decades": lambda generator, rows: 10 ** generator.uniform(-3, 3, rows),
    "counts": lambda generator, rows: generator.geometric(0.1, rows).astype(np.float64),
    "one heavy row": lambda generator, rows: np.where(np.arange(rows) == generator.integers(rows), 1e4, 1.0),
}
"""How the rows may be weighted."""


def _unit(x: Floats) -> Floats:
    """Return x on a scale on which the middle 98 % of the rows lie between 0 and 1."""
    low, high = np.quantile(x, [0.01, 0.99])
    return (x - low) / (high - low)


def _places(generator: Generator, count: int) -> Floats:
    """Return ``count`` rising places in (0, 1) that are not too close together."""
    gaps = generator.uniform(0.5, 1.5, count + 1)
    return np.cumsum(gaps)[:-1] / gaps.sum()


def _turning(generator: Generator, x: Floats) -> Floats:
    return -np.abs(_unit(x) - generator.uniform(0.3, 0.7))


def _parabola(generator: Generator, x: Floats) -> Floats:
    return (np.clip(_unit(x), -0.2, 1.2) - generator.uniform(0.3, 0.7)) ** 2


def _waves(count: float) -> Shape:
    return lambda generator, x: np.sin(2 * np.pi * (count * _unit(x) + generator.random()))


def _stairs(count: int, rising: bool) -> Shape:
    def shape(generator: Generator, x: Floats) -> Floats:
        heights = generator.uniform(0.3, 1.5, count) * (1 if rising else generator.choice([-1.0, 1.0], count))
        return np.sum(heights * (_unit(x)[:, None] > _places(generator, count)), axis=1)

    return shape


def _teeth(count: int) -> Shape:
    return lambda generator, x: (np.clip(_unit(x), 0, 1) * count + generator.random()) % 1.0


def _ramp(generator: Generator, x: Floats) -> Floats:
    left, right = _places(generator, 2)
    return np.clip((_unit(x) - left) / (right - left), 0, 1)


def _lines(knots: int, observed: bool, rising: bool = False) -> Shape:
    """Straight lines between knots that are values of x, or lie between them."""

    def shape(generator: Generator, x: Floats) -> Floats:
        values = np.unique(x)
        ranks = (_places(generator, knots) * (len(values) - 1)).astype(np.intp)
        places = values[ranks] if observed else (values[ranks] + values[ranks + 1]) / 2
        heights = generator.uniform(-1, 1, knots)
        return np.interp(x, places, np.sort(heights) if rising else heights)

    return shape


def _boosted(generator: Generator, x: Floats) -> Floats:
    """Return what boosting learns of a smooth rise and fall: many small steps at thresholds between rows."""
    values = np.unique(x)
    thresholds = np.sort(generator.choice(values, min(60, len(values)), replace=False))
    smooth = np.sin(2.5 * _unit(thresholds) + generator.uniform(-1, 1)) + 0.1 * generator.normal(size=len(thresholds))
    return smooth[np.clip(np.searchsorted(thresholds, x, side="right") - 1, 0, None)]


def _boosted_rise(generator: Generator, x: Floats) -> Floats:
    values = np.unique(x)
    thresholds = np.sort(generator.choice(values, min(40, len(values)), replace=False))
    return np.cumsum(generator.exponential(size=len(thresholds)) ** 2)[
        np.clip(np.searchsorted(thresholds, x, side="right") - 1, 0, None)
    ]


def _two_peaks(generator: Generator, x: Floats) -> Floats:
    first, second = _places(generator, 2)
    unit = _unit(x)
    return np.exp(-(((unit - first) / 0.08) ** 2)) + 0.8 * np.exp(-(((unit - second) / 0.12) ** 2))


SHAPES: dict[str, Shape] = {
    "one turning point": _turning,
    "a parabola": _parabola,
    "one wave": _waves(1),
    "three waves": _waves(3),
    "one step": _stairs(1, rising=True),
    "four steps up": _stairs(4, rising=True),
    "five steps": _stairs(5, rising=False),
    "four saw teeth": _teeth(4),
    "a ramp between plateaus": _ramp,
    "lines with knots at values": _lines(4, observed=True),
    "lines with knots between values": _lines(4, observed=False),
    "rising lines": _lines(4, observed=True, rising=True),
    "a boosted curve": _boosted,
    "a boosted rise": _boosted_rise,
    "two peaks": _two_peaks,
    "a sigmoid": lambda generator, x: 1 / (1 + np.exp(-12 * np.clip(_unit(x) - generator.uniform(0.3, 0.7), -3, 3))),
    "a falling root": lambda generator, x: -np.sqrt(x - x.min()),
    "log": lambda generator, x: np.log(x - min(0.0, x.min() - 1)),
    "log1p": lambda generator, x: TRANSFORMS["log1p"](x - x.min()),
    "symlog1p": lambda generator, x: TRANSFORMS["symlog1p"](x),
    "saturation": lambda generator, x: np.abs(x) / (np.abs(x) + np.median(np.abs(x))),
    "nothing": lambda generator, x: np.zeros_like(x),
}
"""What y may do."""

CASES: tuple[CurveCase, ...] = (
    CurveCase(100, 1, False, "uniform x", "one step", 0.1),
    CurveCase(100, 3, False, "five values", "a parabola"),
    CurveCase(100, 3, False, "even steps", "lines with knots between values", 0.0),
    CurveCase(150, 2, True, "ages", "log"),
    CurveCase(200, 2, False, "normal x", "nothing", 1.0),
    CurveCase(200, 3, False, "even steps", "lines with knots at values", 0.0),
    CurveCase(200, 4, True, "uniform x", "rising lines", 0.0),
    CurveCase(300, 2, False, "uniform x", "one wave", 0.3, "one heavy row"),
    CurveCase(300, 3, False, "exponential x", "a parabola", 3.0),
    CurveCase(442, 5, False, "tenths", "a boosted curve", 0.0, "counts"),
    CurveCase(500, 1, False, "even steps", "a ramp between plateaus", 0.05),
    CurveCase(569, 3, True, "lognormal x", "a boosted rise", 0.0),
    CurveCase(1_000, 2, False, "normal x", "one turning point", 0.1),
    CurveCase(1_000, 2, False, "a range of 1e-12", "one turning point", 0.1),
    CurveCase(1_000, 3, False, "1 to 1 + 1e-12", "one wave"),
    CurveCase(1_000, 3, False, "uniform x", "five steps", 0.3, "decades"),
    CurveCase(1_000, 2, "decreasing", "exponential x", "a falling root"),
    CurveCase(2_000, 8, False, "uniform x", "four saw teeth", 0.1),
    CurveCase(2_000, 4, False, "tenths", "one wave"),
    CurveCase(2_000, 3, False, "lognormal x", "one turning point"),
    CurveCase(3_000, 7, False, "uniform x", "three waves", 0.3),
    CurveCase(4_000, 5, False, "uniform x", "five steps", 0.1),
    CurveCase(4_000, 3, True, "normal x", "four steps up", 0.1),
    CurveCase(5_000, 3, False, "counts", "one turning point"),
    CurveCase(5_000, 2, False, "Cauchy x", "symlog1p"),
    CurveCase(5_000, 3, False, "timestamps", "one wave", 0.3),
    CurveCase(5_000, 2, False, "normal x", "one turning point", 0.0),
    CurveCase(8_645, 6, False, "hours", "two peaks"),
    CurveCase(10_000, 1, False, "lognormal x", "log"),
    CurveCase(10_000, 2, True, "five values", "saturation", 0.5),
    CurveCase(10_000, 3, True, "uniform x", "a sigmoid"),
    CurveCase(10_000, 4, False, "uniform x", "lines with knots between values", 0.0),
    CurveCase(20_000, 8, False, "timestamps", "three waves", 0.5),
    CurveCase(20_000, 4, False, "two clusters", "one wave", 0.1),
    CurveCase(30_000, 2, "increasing", "counts", "log1p", 0.5),
    CurveCase(50_000, 5, False, "lognormal x", "a boosted curve", 0.0),
    CurveCase(50_000, 3, True, "exponential x", "a boosted rise", 0.1, "counts"),
    CurveCase(100_000, 5, True, "exponential x", "saturation", 0.5, "decades"),
    CurveCase(100_000, 6, False, "uniform x", "four saw teeth", 0.5),
    CurveCase(100_000, 5, False, "a range of 1e12", "three waves", 5.0),
    CurveCase(300_000, 5, False, "ages", "two peaks", 1.0),
    CurveCase(1_000_000, 3, False, "lognormal x", "a parabola", 0.5),
    CurveCase(1_000_000, 5, True, "normal x", "a sigmoid", 1.0, "decades"),
    CurveCase(1_000_000, 4, False, "milliseconds", "two peaks", 1.0),
)
"""The benchmark's cases, smallest first."""

_ROWS = (100, 200, 500, 1_000, 3_000, 10_000, 30_000)


def fresh_case(seed: int) -> CurveCase:
    """Return a case with every choice drawn at random; with its ``draw(seed)`` a fit that nobody has looked at."""
    generator = np.random.default_rng([seed, 1])

    def one_of(choices: Iterable[str]) -> str:
        return str(generator.choice(list(choices)))

    return CurveCase(
        rows=int(generator.choice(_ROWS)),
        segments=int(generator.integers(1, 9)),
        mono=bool(generator.random() < 0.3),
        x=one_of(COLUMNS),
        shape=one_of(SHAPES),
        noise=float(generator.choice([0.0, 0.05, 0.2, 0.5, 2.0])),
        weights=str(generator.choice(list(WEIGHTS), p=[0.6, 0.15, 0.15, 0.1])),
    )
