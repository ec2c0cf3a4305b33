"""The fitter: weighted points in, one readable piecewise-linear curve out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mips_core.curves.curve import Ends, PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.fitting.bins import BinnedRows, binned
from mips_core.curves.fitting.checked import sorted_rows
from mips_core.curves.fitting.knots import Found, Wanted, best_knots
from mips_core.curves.fitting.placing import knot_values
from mips_core.curves.fitting.shapes import Shape, shape_of
from mips_core.curves.numbers import EXACT_DIGITS, fewest_digits, share_of_rows, whole_number
from mips_core.curves.transforms import transform_named

_ROUNDING_COST = 0.0005  # share of the variance that rounding may add to the squared error


def fit_pwl(
    x: ArrayLike,
    y: ArrayLike,
    w: ArrayLike | None = None,
    num_segments: int = 3,
    num_samples: int = 100,
    mono: bool | str = False,
    min_slope: float | None = None,
    max_slope: float | None = None,
    fx: str | None = None,
    learn_ends: bool = True,
    *,
    ends: Ends = "flat",
    min_share: float = 0.0,
    digits: int | None = None,
) -> PWLCurve:
    """Return the piecewise-linear curve with few segments that is nearest to weighted points.

    The method is that of Ravina et al. 2021, "Distilling Interpretable Models into Human-Readable Code", section 4:
    exact condensation of the rows, least squares at fixed knots, greedy growth and exchange of knots.  Beyond it:
    several starts, both axes tried, knots moved between the candidates, all trials of a step in one batch.

    Parameters
    ----------
    x, y: (rows,) the points.
    w: (rows,) weights of the squared error, above zero; None for equal weights.
    num_segments: straight pieces between knots, at least 1; fewer where more would not lower the error.
    num_samples: how many observed values are candidates for knots in the first round.
    mono: ``False``, ``True`` (the better direction), ``"increasing"``, ``"decreasing"``, ``"bitonic"``
        (turns at most once), ``"bitonic_concave_down"`` (up, then down) or ``"bitonic_concave_up"``.
    min_slope, max_slope: bounds on each segment's slope, in y per unit of transformed x.
    fx: the axis in which lines are straight; None tries straight x and the logarithm that suits the data, and takes the
        logarithm only where it explains at least 0.05 % of the variance more.
    learn_ends: False puts the outer knots at the least and the greatest x.
    ends: what the curve does outside its knots; ``"linear"`` puts the outer knots at the least and the greatest x.
    min_share: the share of all weight that each segment must hold at least, from 0 to 1.
    digits: significant digits of the knots; more where rounding to them would add more than 0.05 % of the variance to
        the squared error or break a bound. None leaves the knots at observed values, exactly.

    Returns
    -------
    PWLCurve
        with at most ``num_segments + 1`` knots; without ``digits`` their x are observed values, except where these
        leave wide gaps (at most 64 distinct x with several y each, as hours or ratings, or the ends of heavy tails) and
        knots inside explain 0.08 % of the variance more.

    Raises
    ------
    CurveError
        (a ``ValueError``) for data that cannot be fitted, naming the row, and for options out of range.
    """
    shape = shape_of(mono, min_slope, max_slope)
    transform = None if fx is None else transform_named(fx)
    _check_options(num_segments, num_samples, learn_ends, ends, min_share, digits)
    rows = sorted_rows(x, y, w)
    wanted = Wanted(num_segments + 1, num_samples, shape, ends, learn_ends and ends == "flat", min_share)
    # a trial knot that the rows do not pin down may divide by nothing; such trials are told and never chosen
    with np.errstate(all="ignore"):
        data = binned(rows)
        if transform is not None and not data.lowest > transform.above:
            raise CurveError(f'fx="{fx}" needs x above {transform.above:g}; the least x is {data.lowest:g}.')
        level = data.variance == 0 and shape.min_slope <= 0 <= shape.max_slope
        if level or not data.spreads_on(transform or transform_named("identity")):
            return _constant(data, shape, fx or "identity", ends)
        found = best_knots(data, transform, wanted)
        curve = _curve(found)
        return curve if digits is None else _rounded(curve, digits, found)


def _check_options(segments: Any, samples: Any, learn_ends: Any, ends: Any, min_share: Any, digits: Any) -> None:
    whole_number(segments, "num_segments", 1)
    whole_number(samples, "num_samples", 2)
    if digits is not None:
        whole_number(digits, "digits", 1)
    if not isinstance(learn_ends, bool | np.bool_):
        raise CurveError(f"learn_ends is {learn_ends!r}; it must be True or False.")
    share_of_rows(min_share, "min_share")
    if not isinstance(ends, str) or ends not in ("flat", "linear"):
        raise CurveError(f'ends is {ends!r}; it must be "flat" or "linear".')


def _constant(data: BinnedRows, shape: Shape, fx: str, ends: Ends) -> PWLCurve:
    """Return the curve of constant y, or of one distinct x, where only the bounds on slopes say more."""
    low, high, axis = data.lowest, float(data.rows.x[-1]), transform_named(fx)
    if low == high:
        low = min(high - 1, float(np.nextafter(high, -np.inf)))
        if not low > axis.above:
            low = (axis.above + high) / 2
    slope = min(max(0.0, shape.min_slope), shape.max_slope)
    fall = slope * float(np.diff(axis([low, high]))[0]) if slope else 0.0
    return PWLCurve([(low, data.mean - fall), (high, data.mean)], fx, ends)


def _curve(found: Found) -> PWLCurve:
    bins = found.bins
    y = knot_values(bins, found.knots, found.wanted.shape)
    if np.all(y == y[0]):
        return PWLCurve([(bins.x[0], y[0]), (bins.x[-1], y[0])], ends=found.wanted.ends)
    return PWLCurve(list(zip(bins.x[found.knots], y, strict=True)), bins.transform.name, found.wanted.ends)


def _rounded(curve: PWLCurve, digits: int, found: Found) -> PWLCurve:
    """Return the curve with as few digits from ``digits`` on as cost little and keep the bounds on slopes."""
    bins, shape = found.bins, found.wanted.shape
    exact = curve(bins.x)

    def cost(rounded: PWLCurve) -> float:
        slopes = rounded.slopes()
        if not ((slopes >= shape.min_slope) & (slopes <= shape.max_slope)).all():
            return np.inf
        return float(bins.moments.weight @ (exact - rounded(bins.x)) ** 2) - _ROUNDING_COST * bins.total

    return fewest_digits(digits, lambda count: curve if count >= EXACT_DIGITS else curve.round_to_sig_figs(count), cost)
