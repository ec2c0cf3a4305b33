"""The published algorithm of curve distillation, written plainly: the yardstick of the curve fitter.

Ravina et al. 2021, section 4: equal x are fused, x is stretched by a logarithm where that raises the correlation with
y, at most ``num_samples`` knot candidates stand for all x, points between two candidates are condensed without loss,
and knots are searched greedily, then exchanged one at a time.  Every set of knots that is looked at costs one
least-squares solve.  Nothing here is used outside the benchmark and tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.transforms import TRANSFORMS, Floats, Transform, logarithm_for, transform_named

MOST_ROWS = 1_010_000
"""Above this many rows, about a million are drawn."""

_KEPT_ROWS = 1e6
_TRIMMED = 0.005
"""Share of the weight at either end of x that the correlation leaves out."""

_BETTER = 1e-6
"""By so much must a logarithm raise the correlation."""

_FINEST = 1 << 22
"""Steps of the finest grid of cumulative weight."""

_SWEEPS = 10

PlainMono = bool | Literal["increasing", "decreasing"]


def plain_fit(
    x: ArrayLike,
    y: ArrayLike,
    w: ArrayLike | None = None,
    num_segments: int = 3,
    num_samples: int = 100,
    mono: PlainMono = False,
    min_slope: float | None = None,
    max_slope: float | None = None,
    fx: str | None = None,
    learn_ends: bool = True,
) -> PWLCurve:
    """Return the curve that the published algorithm finds; parameters as of :func:`mips_core.curves.fitting.fit_pwl`.

    Raises
    ------
    CurveError
        when there are no rows, lengths differ, a number is not finite, or a weight is not positive.
    """
    x, y, w = _sorted_rows(x, y, w)
    x, y, w = _fused(x, y, w)
    transform = transform_named(fx) if fx else _chosen_transform(x, y, w)
    stretched = transform(x)
    kept = np.flatnonzero(np.diff(stretched, prepend=-np.inf) > 0)  # a logarithm may make two close x equal
    raw = x[kept]
    stretched, y, w = _fused(stretched, y, w)
    if len(raw) == 1:
        return _constant(float(raw[0]), float(y[0]))
    candidates = _candidates(stretched, w, num_samples)
    points = _condensed(stretched, y, w, candidates)
    if mono is True:
        mono = _direction(points)
    low = 0.0 if mono == "increasing" else None
    high = 0.0 if mono == "decreasing" else None
    low = min_slope if low is None else max(low, min_slope or low)
    high = max_slope if high is None else min(high, max_slope or high)
    search = _Search(points, candidates, low, high)
    knots = search.best(num_segments + 1, learn_ends)
    levels = search.solve(knots)[1]
    if np.ptp(levels) == 0:
        return _constant(float(raw[0]), float(levels[0]))
    places = np.searchsorted(stretched, candidates[list(knots)])
    return PWLCurve(zip(raw[places].tolist(), levels.tolist(), strict=True), transform.name)


def _sorted_rows(x: ArrayLike, y: ArrayLike, w: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    ws = np.ones_like(xs) if w is None else np.asarray(w, dtype=np.float64)
    if not (xs.ndim == 1 and len(xs) > 0 and xs.shape == ys.shape == ws.shape):
        raise CurveError("x, y and w must be columns of the same length, with at least one row.")
    if not (np.isfinite(xs).all() and np.isfinite(ys).all() and np.isfinite(ws).all() and (ws > 0).all()):
        raise CurveError("x, y and w must be finite, and w above 0.")
    if len(xs) > MOST_ROWS:
        drawn = np.random.default_rng(0).random(len(xs)) < _KEPT_ROWS / len(xs)
        xs, ys, ws = xs[drawn], ys[drawn], ws[drawn]
    if (xs[1:] < xs[:-1]).any():
        order = np.argsort(xs, kind="stable")
        xs, ys, ws = xs[order], ys[order], ws[order]
    return xs, ys, ws


def _fused(x: Floats, y: Floats, w: Floats) -> tuple[Floats, Floats, Floats]:
    """Replace the points of equal x by their mean with the sum of their weights; x must not fall."""
    first = np.flatnonzero(np.diff(x, prepend=-np.inf) > 0)
    if len(first) == len(x):
        return x, y, w
    sums = np.add.reduceat(w, first)
    return x[first], np.add.reduceat(w * y, first) / sums, sums


def _chosen_transform(x: Floats, y: Floats, w: Floats) -> Transform:
    """Return the logarithm that suits the x when y is closer to a straight line over it, else the identity."""
    identity, logarithm = TRANSFORMS["identity"], logarithm_for(float(x[0]))
    inside = np.diff(np.clip(np.cumsum(w) / w.sum(), _TRIMMED, 1 - _TRIMMED), prepend=_TRIMMED)
    straight = _correlation(x, y, inside)
    return logarithm if _correlation(logarithm(x), y, inside) > straight + _BETTER else identity


def _correlation(x: Floats, y: Floats, w: Floats) -> float:
    """Return the absolute weighted correlation; 0 where x or y does not vary."""
    x, y = x - np.average(x, weights=w), y - np.average(y, weights=w)
    spread = np.sqrt(np.sum(w * x * x) * np.sum(w * y * y))
    return float(abs(np.sum(w * x * y)) / spread) if spread > 0 else 0.0


def _candidates(x: Floats, w: Floats, most: int) -> Floats:
    """Return at most ``most`` of the rising ``x``: all, or those at equal steps of cumulative weight."""
    if len(x) <= most:
        return x
    weight = np.cumsum(w)

    def grid(steps: int) -> NDArray[np.intp]:
        places = np.searchsorted(weight, np.linspace(0, weight[-1], steps))
        return np.unique(np.minimum(places, len(x) - 1))

    steps, chosen = most, grid(most)
    while steps < _FINEST and len(finer := grid(2 * steps - 1)) <= most:
        steps, chosen = 2 * steps - 1, finer
    return x[chosen]


def _condensed(x: Floats, y: Floats, w: Floats, candidates: Floats) -> tuple[Floats, Floats, Floats]:
    """Return at most two points for each gap between candidates; each line keeps its squared error up to a constant."""
    gap = np.minimum(np.searchsorted(candidates, x, side="right") - 1, len(candidates) - 2)
    first = np.flatnonzero(np.diff(gap, prepend=-1))
    sizes = np.diff(first, append=len(x))
    weight = np.add.reduceat(w, first)
    centre_x = np.add.reduceat(w * x, first) / weight
    centre_y = np.add.reduceat(w * y, first) / weight
    from_x = x - np.repeat(centre_x, sizes)
    from_y = y - np.repeat(centre_y, sizes)
    left, right = -np.minimum.reduceat(from_x, first), np.maximum.reduceat(from_x, first)
    square = np.add.reduceat(w * from_x * from_x, first)
    product = np.add.reduceat(w * from_x * from_y, first)
    found = []
    for k, size in enumerate(sizes):
        if size <= 2:
            here = slice(first[k], first[k] + size)
            found += list(zip(x[here], y[here], w[here], strict=True))
        elif left[k] > 0 and right[k] > 0 and square[k] > 0:
            a, b, spread = left[k], right[k], square[k] / weight[k]
            slope = product[k] / square[k]
            for offset, share in ((-np.sqrt(spread * a / b), b / (a + b)), (np.sqrt(spread * b / a), a / (a + b))):
                found.append((centre_x[k] + offset, centre_y[k] + slope * offset, weight[k] * share))
        else:
            found.append((centre_x[k], centre_y[k], weight[k]))
    columns = np.array(found).T
    return columns[0], columns[1], columns[2]


def _direction(points: tuple[Floats, Floats, Floats]) -> Literal["increasing", "decreasing"]:
    """Return the direction in which a monotone function of any form comes closer to the points; up when equal."""
    from sklearn.isotonic import isotonic_regression

    _, y, w = points
    up, down = (
        np.sum(w * (y - isotonic_regression(y, sample_weight=w, increasing=rising)) ** 2) for rising in (True, False)
    )
    return "increasing" if up <= down else "decreasing"


class _Search:
    """Least squares for sets of knots, each solved once; ``low`` and ``high`` bound every slope."""

    def __init__(
        self, points: tuple[Floats, Floats, Floats], candidates: Floats, low: float | None, high: float | None
    ) -> None:
        self.x, y, w = points
        self.root = np.sqrt(w)
        self.y = self.root * y
        self.candidates = candidates
        self.low, self.high = low, high
        self.known: dict[tuple[int, ...], tuple[float, Floats]] = {}

    def best(self, count: int, learn_ends: bool) -> tuple[int, ...]:
        """Return the numbers of ``count`` candidates: greedily chosen, then exchanged until nothing improves."""
        last = len(self.candidates) - 1
        if last < count:
            return tuple(range(last + 1))
        required = () if learn_ends else (0, last)
        knots: tuple[int, ...] = required or (0,)
        while len(knots) < count:
            knots = self._with_one_more(knots)
        for _ in range(_SWEEPS):
            before = self.solve(knots)[0]
            for knot in (each for each in knots if each not in required):
                knots = self._with_one_more(tuple(each for each in knots if each != knot))
            if not self.solve(knots)[0] < before:
                break
        return knots

    def _with_one_more(self, knots: tuple[int, ...]) -> tuple[int, ...]:
        others = (each for each in range(len(self.candidates)) if each not in knots)
        return min((tuple(sorted((*knots, each))) for each in others), key=lambda tried: self.solve(tried)[0])

    def solve(self, knots: Sequence[int]) -> tuple[float, Floats]:
        """Return the weighted squared error and the knots' y of the best curve with these knots."""
        chosen = tuple(knots)
        if chosen not in self.known:
            self.known[chosen] = self._solved(self.candidates[list(chosen)])
        return self.known[chosen]

    def _solved(self, knots: Floats) -> tuple[float, Floats]:
        spans = np.diff(knots)
        steps = np.clip((self.x[:, None] - knots[:-1]) / spans, 0, 1)
        matrix = self.root[:, None] * np.column_stack([np.ones_like(self.x), steps])
        rises = np.linalg.lstsq(matrix, self.y, rcond=None)[0]
        low = np.full(len(knots), -np.inf)
        high = np.full(len(knots), np.inf)
        if self.low is not None:
            low[1:] = self.low * spans
        if self.high is not None:
            high[1:] = self.high * spans
        if (rises < low).any() or (rises > high).any():
            from scipy.optimize import lsq_linear

            rises = np.clip(lsq_linear(matrix, self.y, (low, high), method="bvls").x, low, high)
        return float(np.sum((matrix @ rises - self.y) ** 2)), np.cumsum(rises)


def _constant(x: float, y: float) -> PWLCurve:
    return PWLCurve([(x - max(1.0, abs(x) / 1e9), y), (x, y)])
