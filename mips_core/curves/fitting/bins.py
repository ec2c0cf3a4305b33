"""Rows gathered into narrow bins: all that a least-squares line needs to know of them, whatever their number.

Between two knots a curve is one straight line, so the rows there matter only through six sums (Ravina et al. 2021,
appendix A, condense the same rows to two points).  We keep the sums about each bin's own centre: no cancellation, and
any coarser grouping follows from them without going back to the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.fitting.checked import SortedRows
from mips_core.curves.transforms import Floats, Transform

_MOST_BINS = 4096
_CHUNK = 1 << 17  # rows whose products are held at once

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Moments:
    """Sums over each group of rows, (groups,) float64 each.

    Parameters
    ----------
    weight: total weight.
    centre: weighted mean of t.
    spread: sum of w (t - centre)^2.
    total: sum of w y.
    slope: sum of w (t - centre) y.
    """

    weight: Floats
    centre: Floats
    spread: Floats
    total: Floats
    slope: Floats

    def gathered(self, starts: Indices) -> Moments:
        """Return the sums over runs of neighbouring groups, the k-th from ``starts[k]`` to before the next start."""
        weight = np.add.reduceat(self.weight, starts)
        total = np.add.reduceat(self.total, starts)
        centre = self.centre[starts]
        np.divide(np.add.reduceat(self.weight * self.centre, starts), weight, out=centre, where=weight > 0)
        sizes = np.diff(starts, append=len(self.weight))
        off = self.centre - np.repeat(centre, sizes)
        spread = np.add.reduceat(self.spread + self.weight * off * off, starts)
        slope = np.add.reduceat(self.slope + self.total * off, starts)
        return Moments(weight, centre, spread, total, slope)


@dataclass(frozen=True)
class Bins:
    """Rows of one data set in bins of neighbouring x, over one transformed axis.

    Parameters
    ----------
    x: (bins,) the least raw x of each bin, an observed value; the last bin holds only the greatest x.
    t: (bins,) the same on the axis of the fit: transformed, shifted and scaled to run from 0 to 1.
    scale: units of transformed x for one unit of t.
    moments: sums over each bin, y taken about ``mean``.
    mean: the weighted mean of y.
    variance: the weighted mean of (y - mean)^2.
    """

    x: Floats
    t: Floats
    scale: float
    moments: Moments
    mean: float
    variance: float
    transform: Transform

    @property
    def scattered(self) -> bool:
        """Whether rows of one bin have different y."""
        means = float((self.moments.total**2 / self.moments.weight).sum())
        return means < (1 - 1e-9) * self.total

    @property
    def total(self) -> float:
        """The weighted sum of (y - mean)^2."""
        return float(self.moments.weight.sum()) * self.variance

    @property
    def explained_by_means(self) -> float:
        """What the bins' means and the best line within each bin explain of :attr:`total`: no curve explains more."""
        each = self.moments
        within = np.divide(each.slope**2, each.spread, out=np.zeros_like(each.slope), where=each.spread > 0)
        return float((each.total**2 / each.weight).sum() + within.sum())

    def with_places(self, x: Floats) -> Bins:
        """Return the bins with empty ones added at ``x`` (n,), rising values between those observed."""
        at = np.searchsorted(self.x, x)
        ends = self.transform(self.x[[0, -1]])
        t = (self.transform(x) - ends[0]) / self.scale
        old, none = self.moments, np.zeros(len(x))
        moments = Moments(
            np.insert(old.weight, at, none),
            np.insert(old.centre, at, t),
            np.insert(old.spread, at, none),
            np.insert(old.total, at, none),
            np.insert(old.slope, at, none),
        )
        return replace(self, x=np.insert(self.x, at, x), t=np.insert(self.t, at, t), moments=moments)

    def isotonic(self, rising: bool) -> Bins:
        """Return the bins with each one's mean y replaced by the isotonic regression of the means.

        A monotone curve is at least as far from y as from this regression, plus the regression's own distance from y
        (the regression is the projection on a convex cone that holds the curve).  So the least squares of a free fit
        here are a lower limit for a monotone fit of y.
        """
        from scipy.optimize import isotonic_regression

        old = self.moments
        means = isotonic_regression(old.total / old.weight, weights=old.weight, increasing=rising).x
        return replace(self, moments=replace(old, total=old.weight * means))


@dataclass(frozen=True)
class BinnedRows:
    """Sorted rows with the row at which each bin begins, before an axis is chosen."""

    rows: SortedRows
    starts: Indices
    mean: float
    variance: float

    @property
    def lowest(self) -> float:
        """The least x."""
        return float(self.rows.x[0])

    def spreads_on(self, transform: Transform) -> bool:
        """Whether ``transform`` tells the least and the greatest x apart."""
        first, last = transform(self.rows.x[[0, -1]])
        return bool(first < last)

    def on(self, transform: Transform) -> Bins:
        """Return the bins over the axis ``transform``, whose domain must hold all x and which must spread them."""
        rows, starts = self.rows, self.starts
        ends = transform(rows.x[[0, -1]])
        scale = float(ends[1] - ends[0])
        first = transform(rows.x[starts])
        t = (first - ends[0]) / scale
        # values that the axis cannot tell apart are one place
        keep = np.concatenate(([True], t[1:] > t[:-1]))
        if not keep.all():
            return BinnedRows(rows, starts[keep], self.mean, self.variance).on(transform)
        moments = self._moments(transform, float(ends[0]), scale)
        return Bins(rows.x[starts], t, scale, moments, self.mean, self.variance, transform)

    def _moments(self, transform: Transform, origin: float, scale: float) -> Moments:
        rows, starts = self.rows, self.starts
        sizes = np.diff(starts, append=len(rows.x))
        parts = []
        begin = 0
        while begin < len(starts):
            stop = max(begin + 1, int(np.searchsorted(starts, starts[begin] + _CHUNK, side="right")))
            stop = min(stop, len(starts))
            low, high = int(starts[begin]), int(starts[stop - 1] + sizes[stop - 1])
            inner = starts[begin:stop] - low
            t = (transform(rows.x[low:high]) - origin) / scale
            y = rows.y[low:high] - self.mean
            w = np.ones(high - low) if rows.weight is None else rows.weight[low:high]
            weight = np.add.reduceat(w, inner)
            centre = np.add.reduceat(w * t, inner) / weight
            off = t - np.repeat(centre, sizes[begin:stop])
            y *= w
            w = w * off
            parts.append(
                (
                    weight,
                    centre,
                    np.add.reduceat(w * off, inner),
                    np.add.reduceat(y, inner),
                    np.add.reduceat(y * off, inner),
                )
            )
            begin = stop
        return Moments(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def binned(rows: SortedRows) -> BinnedRows:
    """Return the rows in bins: one for each distinct x, or about 4,096 of equal weight when there are more."""
    mean = float(np.average(rows.y, weights=rows.weight))
    off = rows.y - mean
    if rows.weight is None:
        variance = float(off @ off) / len(off)
    else:
        variance = float(np.einsum("i,i,i", rows.weight, off, off)) / float(rows.weight.sum())
    changes = rows.x[1:] != rows.x[:-1]
    if np.count_nonzero(changes) < _MOST_BINS:
        starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
    else:
        starts = _even_starts(rows)
    return BinnedRows(rows, starts, mean, variance)


def _even_starts(rows: SortedRows) -> Indices:
    """Return the rows at which bins begin: at even steps of weight, at even steps of x, and at both ends.

    A bin begins with the first row of its x.
    """
    x, last = rows.x, len(rows.x) - 1
    steps = np.linspace(0, 1, _MOST_BINS * 7 // 8)
    if rows.weight is None:
        by_weight = (steps * last).astype(np.intp)
    else:
        reached = np.cumsum(rows.weight)
        by_weight = np.minimum(np.searchsorted(reached, steps * reached[-1]), last)
    even = np.linspace(x[0], x[-1], _MOST_BINS // 8)
    values = np.unique(np.concatenate((x[[0, -1]], x[by_weight], even)))
    return np.unique(np.minimum(np.searchsorted(x, values), last))
