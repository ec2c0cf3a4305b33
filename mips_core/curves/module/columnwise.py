"""The functions of the NumPy twin of an emitted module: whole columns at once, in the same arithmetic."""

from __future__ import annotations

from mips_core.curves.module.functions import IS_MISSING

COLUMNWISE = (
    IS_MISSING
    + '''


def between(fx, a, b):
    """Return fx(b) - fx(a) for a <= b, exact also where they are close."""
    if fx == "identity":
        return b - a
    if fx == "symlog1p":
        across = np.log1p(np.maximum(-a, 0)) + np.log1p(np.maximum(b, 0))
        aside = np.log1p((b - a) / (1 + np.minimum(np.abs(a), np.abs(b))))
        return np.where((a < 0) & (b > 0), across, aside)
    return np.log1p((b - a) / (a if fx == "log" else 1 + a))


def beyond(fx, xs, ys, end, x):
    """Return what the tangent at the first (0) or last (-1) knot adds at x."""
    first = 0 if end == 0 else len(xs) - 2
    rise = (ys[first + 1] - ys[first]) / between(fx, xs[first], xs[first + 1])
    knot = xs[end]
    scale = {"identity": 1, "log": knot, "log1p": 1 + knot, "symlog1p": 1 + abs(knot)}
    away = np.minimum(x - knot, 0) if end == 0 else np.maximum(x - knot, 0)
    return ys[end] + rise / scale[fx] * away


def curve_at(values, knots, fx="identity", ends="flat", *, missing):
    """Follow straight lines between knots over fx(x), at each value."""
    x = np.asarray(values)
    if x.dtype.kind in "OUS":
        x = [np.nan if is_missing(value) else float(value) for value in x.tolist()]
    x = np.asarray(x, dtype=float)
    xs, ys = np.array(knots, dtype=float).T
    inside = np.clip(x, xs[0], xs[-1])
    right = np.clip(np.searchsorted(xs, inside, side="right"), 1, len(xs) - 1)
    a, b, low, high = xs[right - 1], xs[right], ys[right - 1], ys[right]
    y = low + (high - low) * (between(fx, a, inside) / between(fx, a, b))
    y = np.clip(y, np.minimum(low, high), np.maximum(low, high))
    y = np.where(inside == b, high, y)
    if ends == "linear":
        y = np.where(x < xs[0], beyond(fx, xs, ys, 0, x), y)
        y = np.where(x > xs[-1], beyond(fx, xs, ys, -1, x), y)
    return np.where(np.isnan(x), missing, y)


def level_at(values, levels, other, missing):
    """Return the entry of each level, or of the level that is written like it."""
    scores = []
    for value in values:
        if value not in levels and is_missing(value):
            scores.append(missing)
        else:
            scores.append(levels.get(value, levels.get(str(value).strip(), other)))
    return np.array(scores, dtype=float)


def scores(columns):
    """Return the scores of rows, (rows,), from a dictionary of arrays by feature."""
    total = np.full(len(next(iter(columns.values()), ())), float(BIAS))
    for feature, term in TERMS.items():
        at = curve_at if "knots" in term else level_at
        total = total + at(columns[feature], **term)
    return total'''
)
