"""The fitter: weighted points in, one readable piecewise-linear curve out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from mips_core.curves.curve import Ends, PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.fitting.bins import BinnedRows, Bins, Indices, binned
from mips_core.curves.fitting.candidates import REACH, closer_candidates, coarse_candidates
from mips_core.curves.fitting.checked import sorted_rows
from mips_core.curves.fitting.placing import knot_values
from mips_core.curves.fitting.search import KnotSearch
from mips_core.curves.fitting.shapes import Shape, shape_of
from mips_core.curves.fitting.tables import segment_tables
from mips_core.curves.transforms import Transform, logarithm_for, transform_named

_READABLE = 0.0005  # share of the variance that a logarithm must explain beyond straight x
_ROUNDING_COST = 0.0005  # share of the variance that rounding may add to the squared error
_REFINED = 2  # solutions whose knots are moved between the candidates
_WORTH_MOVING = 1e-6  # share of the variance that a round of closer candidates must explain more


@dataclass(frozen=True)
class _Wanted:
    """What the caller asked for, checked."""

    knots: int
    candidates: int
    shape: Shape
    ends: Ends
    learn_ends: bool
    min_share: float


@dataclass(frozen=True)
class _Found:
    """Knots over one axis: which bins, and what they leave of the variance."""

    bins: Bins
    knots: Indices
    explained: float
    shape: Shape


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
        with at most ``num_segments + 1`` knots; without ``digits`` their x are observed values.

    Raises
    ------
    CurveError
        (a ``ValueError``) for data that cannot be fitted, naming the row, and for options out of range.
    """
    shape = shape_of(mono, min_slope, max_slope)
    transform = None if fx is None else transform_named(fx)
    _check_options(num_segments, num_samples, min_share, digits, ends)
    rows = sorted_rows(x, y, w)
    wanted = _Wanted(num_segments + 1, num_samples, shape, ends, learn_ends and ends == "flat", min_share)
    with np.errstate(under="ignore"):
        data = binned(rows)
        if transform is not None and not data.lowest > transform.above:
            raise CurveError(f'fx="{fx}" needs x above {transform.above:g}; the least x is {data.lowest:g}.')
        if len(data.starts) == 1 or (data.variance == 0 and shape.min_slope <= 0 <= shape.max_slope):
            return _constant(data, shape, fx or "identity", ends)
        found = _best_axis(data, transform, wanted)
        curve = _curve(found, ends)
        return curve if digits is None else _rounded(curve, digits, found)


def _check_options(segments: int, samples: int, min_share: float, digits: int | None, ends: str) -> None:
    whole = {"num_segments": (segments, 1), "num_samples": (samples, 2)} | (
        {} if digits is None else {"digits": (digits, 1)}
    )
    for name, (value, least) in whole.items():
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise CurveError(f"{name} is {value!r}; it must be a whole number of at least {least}.")
    if not 0 <= min_share <= 1:
        raise CurveError(f"min_share is {min_share!r}; it is a share of the rows from 0 to 1.")
    if ends not in ("flat", "linear"):
        raise CurveError(f'ends is {ends!r}; it must be "flat" or "linear".')


def _constant(data: BinnedRows, shape: Shape, fx: str, ends: Ends) -> PWLCurve:
    """Return the curve of constant y, or of one distinct x, where only the bounds on slopes say more."""
    low, high = data.lowest, float(data.rows.x[-1])
    if low == high:
        low = min(high - 1, float(np.nextafter(high, -np.inf)))
        transform = transform_named(fx)
        if not low > transform.above:
            low = (transform.above + high) / 2
    slope = min(max(0.0, shape.min_slope), shape.max_slope)
    axis = transform_named(fx)
    fall = slope * float(np.diff(axis([low, high]))[0]) if slope else 0.0
    return PWLCurve([(low, data.mean - fall), (high, data.mean)], fx, ends)


def _best_axis(data: BinnedRows, transform: Transform | None, wanted: _Wanted) -> _Found:
    """Return the best knots over the axis that was asked for, else over the better of straight x and a logarithm."""
    if transform is not None:
        return _found_on(data.on(transform), wanted)
    straight = _found_on(data.on(transform_named("identity")), wanted)
    total = straight.bins.total
    if total - straight.explained <= _READABLE * total:
        return straight
    bent = _found_on(data.on(logarithm_for(data.lowest)), wanted)
    return bent if bent.explained > straight.explained + _READABLE * total else straight


def _found_on(bins: Bins, wanted: _Wanted) -> _Found:
    """Return the best knots over one axis, for the best of the forms that the shape allows."""
    parts = [(_limits(bins, form), replace(wanted.shape, forms=(form,))) for form in wanted.shape.forms]
    # no curve of a form explains more than the isotonic regression does
    parts.sort(key=lambda part: -part[0].explained_by_means)
    best: _Found | None = None
    for limits, shape in parts:
        if best is None or limits.explained_by_means > best.explained:
            found = _found_in(bins, limits, replace(wanted, shape=shape))
            if best is None or found.explained > best.explained:
                best = found
    assert best is not None
    return best


def _limits(bins: Bins, form: str) -> Bins:
    return bins.isotonic(form == "increasing") if form in ("increasing", "decreasing") else bins


def _found_in(bins: Bins, limits: Bins, wanted: _Wanted) -> _Found:
    """Return the best knots of one form: among the coarse candidates first, then between them."""
    coarse = coarse_candidates(bins, wanted.candidates)
    search = _search(bins, limits, coarse, wanted)
    places, found = search.exchanged(_starts(search, min(wanted.knots, len(coarse))))
    knots, best = coarse[places[0]], float(found[0])
    if len(coarse) < len(bins.t):
        for start in coarse[places[:_REFINED]]:
            moved, reached = _refined(bins, limits, coarse, start, wanted)
            if reached > best:
                knots, best = moved, reached
    return _Found(bins, _needed(bins, knots, wanted), best, wanted.shape)


def _refined(bins: Bins, limits: Bins, coarse: Indices, knots: Indices, wanted: _Wanted) -> tuple[Indices, float]:
    """Return ``knots`` moved to values between the candidates, closer and closer, and what they explain."""
    around, best = coarse, -np.inf
    while True:
        closer = closer_candidates(len(bins.t), around, knots)
        search = _search(bins, limits, closer, wanted)
        places, found = search.exchanged(np.searchsorted(closer, knots)[None], REACH)
        knots, gained = closer[places[0]], float(found[0]) - best
        best = max(best, float(found[0]))
        if gained <= _WORTH_MOVING * bins.total:
            return knots, best
        around = closer


def _search(bins: Bins, limits: Bins, candidates: Indices, wanted: _Wanted) -> KnotSearch:
    required = () if wanted.learn_ends else (0, len(candidates) - 1)
    least = wanted.min_share * float(bins.moments.weight.sum())
    tables = segment_tables(bins, candidates)
    bounds = tables if limits is bins else segment_tables(limits, candidates)
    return KnotSearch(tables, bounds, wanted.shape, bins.scale, required, least, bins.total)


def _starts(search: KnotSearch, knots: int) -> Indices:
    """Return the sets of knots from which the exchange starts, (B, knots): even ones, and one grown greedily.

    With bounds the even ones are first exchanged on the limits alone, which is quick.
    """
    last = len(search.tables.t) - 1
    if knots > last:
        return np.arange(last + 1)[None]
    starts = [np.linspace(0, last, knots)]
    if not search.required:
        starts.append(np.linspace(0, last, knots + 2)[1:-1])
    sets = np.unique(np.rint(starts).astype(np.intp), axis=0)
    sets = sets[np.isfinite(search.limit(sets))]
    if not search.shape.is_free and len(sets):
        free = replace(search, tables=search.limits, shape=Shape())
        sets = free.exchanged(sets)[0][:1]
    grown = search.grown(search.required or (0,), knots)
    if grown is not None:
        sets = np.concatenate((sets, grown[None]))
    if len(sets):
        return sets
    return np.array([[0, last]]) if knots == 2 else _starts(search, knots - 1)


def _needed(bins: Bins, knots: Indices, wanted: _Wanted) -> Indices:
    """Return the knots without those that lower the squared error by nothing but rounding."""
    while len(knots) > 2:
        candidates = np.unique(np.concatenate(([0], knots, [len(bins.t) - 1])))
        search = _search(bins, bins, candidates, wanted)
        places = np.searchsorted(candidates, knots)
        fewer = np.array([np.delete(places, each) for each in range(len(places))])
        if not wanted.learn_ends:
            fewer = fewer[1:-1]
        found = search.value(fewer)
        if not len(found) or found.max() < search.value(places[None])[0] - 1e-12 * bins.total:
            break
        knots = candidates[fewer[int(np.argmax(found))]]
    return knots


def _curve(found: _Found, ends: Ends) -> PWLCurve:
    bins = found.bins
    y = knot_values(bins, found.knots, found.shape)
    if np.all(y == y[0]):
        return PWLCurve([(bins.x[0], y[0]), (bins.x[-1], y[0])], ends=ends)
    return PWLCurve(list(zip(bins.x[found.knots], y, strict=True)), bins.transform.name, ends)


def _rounded(curve: PWLCurve, digits: int, found: _Found) -> PWLCurve:
    """Return the curve with as few digits from ``digits`` on as cost little and keep the bounds on slopes."""
    bins, shape = found.bins, found.shape
    exact = curve(bins.x)
    for each in range(digits, 17):
        rounded = curve.round_to_sig_figs(each)
        slopes = rounded.slopes()
        added = float(bins.moments.weight @ (exact - rounded(bins.x)) ** 2)
        if added <= _ROUNDING_COST * bins.total and ((slopes >= shape.min_slope) & (slopes <= shape.max_slope)).all():
            return rounded
    return curve
