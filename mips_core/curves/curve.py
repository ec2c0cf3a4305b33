"""One piecewise-linear curve: what is drawn, printed, read back and evaluated."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from mips_core.curves.errors import CurveError
from mips_core.curves.numbers import number_array, number_text, significant, whole_number
from mips_core.curves.transforms import Floats, Transform, transform_named

Ends = Literal["flat", "linear"]
Point = tuple[float, float]


@dataclass(frozen=True, init=False)
class PWLCurve:
    """Straight lines between knots (Ravina et al. 2021, section 3), drawn over a transformed x axis.

    Parameters
    ----------
    points: at least two knots (x, y), x strictly increasing and finite, in the units of the data.
    fx: the name of the transform of x in which the lines are straight; see :mod:`mips_core.curves.transforms`.
    ends: what lies outside the knots: ``"flat"`` keeps the outer knots' y, ``"linear"`` goes on along the tangent,
        in the units of x.

    Raises
    ------
    CurveError
        for fewer than two knots, x that do not rise, numbers that are not finite, or x outside the transform's domain;
        the message names the knot.
    """

    points: tuple[Point, ...]
    fx: str
    ends: Ends

    def __init__(self, points: Iterable[Sequence[float]], fx: str = "identity", ends: Ends = "flat") -> None:
        if isinstance(points, str | np.ma.MaskedArray) or not isinstance(points, Iterable):
            raise CurveError(f"The knots of a curve are a list of pairs (x, y), not a {type(points).__name__}.")
        knots = tuple(_point(number, point) for number, point in enumerate(points, 1))
        transform = transform_named(fx)
        if not isinstance(ends, str) or ends not in ("flat", "linear"):
            raise CurveError(f'The ends of a curve are "flat" or "linear", not {ends!r}.')
        if len(knots) < 2:
            raise CurveError(f"A curve needs at least two knots; there are {len(knots)}.")
        for number, (left, right) in enumerate(itertools.pairwise(knots), 2):
            if not left[0] < right[0]:
                raise CurveError(
                    f"The x of knot {number} is {number_text(right[0])}, which is not above "
                    f"{number_text(left[0])}: the x of knots must rise."
                )
        if not knots[0][0] > transform.above:
            raise CurveError(f'fx="{fx}" needs x above {number_text(transform.above)}; knot 1 has {knots[0][0]:g}.')
        _check_distances(knots, transform, ends)
        object.__setattr__(self, "points", knots)
        object.__setattr__(self, "fx", transform.name)
        object.__setattr__(self, "ends", ends)

    @property
    def xs(self) -> tuple[float, ...]:
        """The x of the knots, rising."""
        return tuple(x for x, _ in self.points)

    @property
    def ys(self) -> tuple[float, ...]:
        """The y of the knots."""
        return tuple(y for _, y in self.points)

    @property
    def segments(self) -> int:
        """The number of straight pieces between knots."""
        return len(self.points) - 1

    @property
    def transform(self) -> Transform:
        """The transform that ``fx`` names."""
        return transform_named(self.fx)

    @property
    def is_constant(self) -> bool:
        """Whether all knots have the same y."""
        return len(set(self.ys)) == 1

    def __call__(self, x: ArrayLike) -> Floats:
        """Return the curve at ``x``: float64 of the same shape; NaN where x is NaN.

        x is clamped to the knots before it is transformed, so that a logarithm never sees what it cannot take.
        Within a segment the value is clamped to its two knots' y, so that a rising curve rises in floating point too.

        Raises
        ------
        CurveError
            when ``x`` holds something else than numbers.
        """
        values = np.asarray(number_array(x, "x"), dtype=np.float64)
        xs, ys = np.asarray(self.xs), np.asarray(self.ys)
        inside = np.clip(values, xs[0], xs[-1])
        right = np.clip(np.searchsorted(xs, inside, side="right"), 1, len(xs) - 1)
        steps = self.transform.steps
        with np.errstate(under="ignore"):
            part = steps(xs[right - 1], inside) / steps(xs[:-1], xs[1:])[right - 1]
            low, high = ys[right - 1], ys[right]
            drawn = np.clip(low + (high - low) * part, np.minimum(low, high), np.maximum(low, high))
            drawn = np.where(inside == xs[right], high, drawn)
            if self.ends == "linear":
                first, last = self.end_slopes()
                drawn = np.where(values < xs[0], ys[0] + first * np.minimum(values - xs[0], 0), drawn)
                drawn = np.where(values > xs[-1], ys[-1] + last * np.maximum(values - xs[-1], 0), drawn)
        return np.where(np.isnan(values), np.nan, drawn)[()]

    def eval(self, x: ArrayLike) -> Floats:
        """Return the curve at ``x``, as calling it does."""
        return self(x)

    def predict(self, x: ArrayLike) -> Floats:
        """Return the curve at ``x``, as calling it does."""
        return self(x)

    def slopes(self) -> Floats:
        """Return each segment's slope in y per unit of transformed x, (segments,).

        It is infinite, or NaN for equal y, between knots so close that the transformed x are the same float64.
        """
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.asarray(np.diff(self.ys) / np.diff(self.transform(self.xs)))

    def end_slopes(self) -> tuple[float, float]:
        """Return the tangents' slopes at the first and the last knot, in y per unit of x."""
        return _end_slopes(self.points, self.transform)

    def round_to_sig_figs(self, x: int, y: int | None = None) -> PWLCurve:
        """Return the curve with knots of ``x`` significant digits in x and ``y`` (else as many) in y.

        x gets more digits where two knots would coincide or leave the transform's domain.  Rounding keeps the order
        of numbers, so a monotone curve stays monotone.

        Raises
        ------
        CurveError
            when ``x`` or ``y`` is no whole number of at least 1.
        """
        x = whole_number(x, "x", 1)
        y = x if y is None else whole_number(y, "y", 1)
        above = self.transform.above
        for digits in range(x, 18):
            xs = [significant(each, digits) for each in self.xs]
            if all(left < right for left, right in itertools.pairwise(xs)) and xs[0] > above:
                break
        else:
            xs = list(self.xs)
        ys = [significant(each, y) for each in self.ys]
        return PWLCurve(list(zip(xs, ys, strict=True)), self.fx, self.ends)

    def __str__(self) -> str:
        """Return the code that rebuilds the curve exactly."""
        knots = ", ".join(f"({number_text(x)}, {number_text(y)})" for x, y in self.points)
        fx = "" if self.fx == "identity" else f', fx="{self.fx}"'
        ends = "" if self.ends == "flat" else f', ends="{self.ends}"'
        return f"PWLCurve([{knots}]{fx}{ends})"

    __repr__ = __str__

    @classmethod
    def from_string(cls, text: str) -> PWLCurve:
        """Return the curve that ``text`` is the code of; nothing is executed.

        Raises
        ------
        CurveError
            when the text is anything but ``PWLCurve(points[, fx="..."][, ends="..."])``; says where.
        """
        from mips_core.curves.reading import read_curve

        return read_curve(text)


def _end_slopes(knots: Sequence[Point], transform: Transform) -> tuple[float, float]:
    x, y = np.array([*knots[:2], *knots[-2:]], dtype=np.float64).T
    tangents = np.diff(y)[::2] / transform.steps(x[::2], x[1::2]) / transform.scale(x[[0, 3]])
    return float(tangents[0]), float(tangents[1])


def _check_distances(knots: Sequence[Point], transform: Transform, ends: Ends) -> None:
    """Refuse knots between which float64 cannot calculate."""
    xs, ys = np.array(knots, dtype=np.float64).T
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        finite = np.isfinite(transform.steps(xs[:-1], xs[1:])) & np.isfinite(np.diff(ys))
        tangents = np.isfinite(_end_slopes(knots, transform))
    if not finite.all():
        number = int(np.argmin(finite)) + 1
        raise CurveError(f"Knots {number} and {number + 1} lie too far apart for numbers of 64 bits.")
    if ends == "linear" and not tangents.all():
        which = "first" if not tangents[0] else "last"
        raise CurveError(f'The {which} segment is too steep for ends="linear": its slope is beyond 64 bits.')


def _point(number: int, point: Sequence[float]) -> Point:
    try:
        x, y = (float(each) for each in (() if isinstance(point, str) else point))
    except OverflowError:
        raise CurveError(f"Knot {number} holds a number beyond 64 bits; its numbers must be finite.") from None
    except (TypeError, ValueError):
        raise CurveError(f"Knot {number} is {point!r}; a knot is two numbers (x, y).") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise CurveError(f"Knot {number} is ({x}, {y}); its numbers must be finite.")
    return x, y
