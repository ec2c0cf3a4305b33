"""Axes of curves: from a feature's values to places in a drawing, through the curve's own transform of x."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mips_core.curves.numbers import number_text
from mips_core.curves.transforms import Floats, transform_named

_ONE_TWO_FIVE = (1.0, 2.0, 5.0)
_INVERSES: dict[str, Callable[[Floats], Floats]] = {
    "identity": np.positive,
    "log": np.exp,
    "log1p": np.expm1,
    "symlog1p": lambda places: np.copysign(np.expm1(np.abs(places)), places),
}
"""From places to values; a test holds them against the transforms."""


@dataclass(frozen=True)
class Scale:
    """An axis.

    Parameters
    ----------
    low, high : the values at its two ends, in units of the data; low < high
    start, end : where these ends are drawn, in pixels
    fx : name of the transform in which the axis is even
    """

    low: float
    high: float
    start: float
    end: float
    fx: str = "identity"

    def __call__(self, values: ArrayLike) -> Floats:
        """Return the places of values; those beyond the ends are put at the ends."""
        steps, low = transform_named(self.fx).steps, np.float64(self.low)
        inside = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        with np.errstate(under="ignore"):
            part = steps(low, inside) / steps(low, np.float64(self.high))
        return np.asarray(self.start + (self.end - self.start) * part)

    def between(self, count: int) -> Floats:
        """Return ``count`` values whose places are even, ends included, (count,)."""
        transform = transform_named(self.fx)
        ends = transform([self.low, self.high])
        wanted = np.linspace(ends[0], ends[1], count)
        return np.clip(_INVERSES[self.fx](wanted), self.low, self.high)


def span(values: Iterable[float], share: float = 0.0) -> tuple[float, float]:
    """Return the least and the largest value, moved apart by a share of their distance; never the same number twice.

    >>> span([1, 3]), span([2.0]), span([0, 10], 0.1)
    ((1.0, 3.0), (1.5, 2.5), (-1.0, 11.0))
    """
    found = np.fromiter(values, dtype=np.float64)
    low, high = float(found.min()), float(found.max())
    more = (high - low) * share
    if not high - low > 1e-12 * max(abs(low), abs(high)):
        more = abs(low) / 4 or 0.5
    return low - more, high + more


def x_scale(values: Iterable[float], fx: str, start: float, end: float) -> Scale:
    """Return the axis of a feature's values; a lone value has room on both sides within the transform's domain."""
    low, high = span(values)
    above = transform_named(fx).above
    if not low > above:
        low = above + (high - above) / 4
    return Scale(low, high, start, end, fx)


def ticks(scale: Scale, most: int) -> list[float]:
    """Return at most ``most`` round values on an axis; on a logarithmic one they are 1, 2 and 5 times powers of ten.

    >>> ticks(Scale(0, 97, 0, 1), 3), ticks(Scale(1, 1000, 0, 1, "log"), 4)
    ([0.0, 50.0], [1.0, 10.0, 100.0, 1000.0])
    """
    if scale.fx == "identity" or _narrow(scale):
        return _even_ticks(scale.low, scale.high, most)
    for factors, every in (*((_ONE_TWO_FIVE[:n], 1) for n in (3, 1)), *(((1.0,), n) for n in (2, 3, 4, 6, 10, 20))):
        found = _decades(scale, factors, every)
        if 2 <= len(found) <= most:
            return found
    return _even_ticks(scale.low, scale.high, 2)


def _narrow(scale: Scale) -> bool:
    """Tell whether an axis spans too few decades for powers of ten to mark it."""
    low, high = sorted((abs(scale.low), abs(scale.high)))
    if scale.low <= 0 <= scale.high:
        return max(low, high) < 5
    return high < 6 * low


def _even_ticks(low: float, high: float, most: int) -> list[float]:
    width = (high - low) / max(1, most - 1)
    size = 10.0 ** math.floor(math.log10(width))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        step = factor * size
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            return [float(f"{number * step:.12g}") for number in range(first, last + 1)]
    return []


def _decades(scale: Scale, factors: tuple[float, ...], every: int) -> list[float]:
    largest = max(abs(scale.low), abs(scale.high))
    least = scale.low if scale.fx == "log" else 1.0
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(largest)) + 1)
    sizes = [float(f"{f * 10.0**p:.12g}") for p in powers if p % every == 0 for f in factors]
    every_value = sorted({*sizes, *(() if scale.fx == "log" else (0.0, *(-size for size in sizes)))})
    return [value for value in every_value if scale.low <= value <= scale.high]


def tick_texts(values: Sequence[float]) -> list[str]:
    """Write the values beside an axis: short, unless short ones would be the same.

    >>> tick_texts([0, 20000]), tick_texts([1600000000, 1600100000])
    (['0', '20k'], ['1600000000', '1600100000'])
    """
    texts = [tick_text(value) for value in values]
    return texts if len(set(texts)) == len(texts) else [number_text(value) for value in values]


def tick_text(value: float) -> str:
    """Write a value beside an axis, short.

    >>> [tick_text(v) for v in (0, 20, 2000, 1500000, 0.25, -0.5, 1e-9)]
    ['0', '20', '2,000', '1.5M', '0.25', '−0.5', '1e−9']
    """
    size = abs(value)
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if unit <= size < 1000 * unit:
            text = f"{value / (1000 if letter == 'k' else unit):.4g}{letter}"
            break
    else:
        whole = float(value).is_integer() and size < 1e4
        text = f"{int(value):,}" if whole else f"{value:.4g}".replace("e-0", "e-").replace("e+", "e")
    return text.replace("-", "−")


def places_text(xs: ArrayLike, ys: ArrayLike) -> str:
    """Write points for an SVG polyline.

    >>> places_text([0, 10.25], [3, 4])
    '0,3 10.2,4'
    """
    pairs = zip(np.asarray(xs, dtype=np.float64).tolist(), np.asarray(ys, dtype=np.float64).tolist(), strict=True)
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in pairs)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
