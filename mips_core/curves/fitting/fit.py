"""The fitter: weighted points in, one readable piecewise-linear curve out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from mips_core.curves.curve import Ends, PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.fitting.bins import BinnedRows, Bins, Indices, binned
from mips_core.curves.fitting.candidates import REACH, closer_candidates, coarse_candidates, values_between
from mips_core.curves.fitting.checked import sorted_rows
from mips_core.curves.fitting.levels import path_start
from mips_core.curves.fitting.placing import knot_values
from mips_core.curves.fitting.search import KnotSearch
from mips_core.curves.fitting.shapes import Shape, shape_of
from mips_core.curves.fitting.tables import segment_tables
from mips_core.curves.transforms import Floats, Transform, logarithm_for, transform_named

_READABLE = 0.0005  # share of the variance that a logarithm must explain beyond straight x
_ROUNDING_COST = 0.0005  # share of the variance that rounding may add to the squared error
_REFINED = 2  # solutions whose knots are moved between the candidates, if they explain nearly as much as the best
_NEAR = 0.01  # share of the variance that moving knots between the candidates may well bring
_WORTH_MOVING = 1e-3  # share of what is left unexplained that a round of closer candidates must explain
_ALL_SETS = 6000  # up to so many sets of knots are all tried
_FEW_VALUES = 64  # up to so many distinct x, each for several rows, knots may stand between them
_MANY_ROWS = 100  # with fewer rows they never do
_WORTH_A_PLACE = 0.0008  # share of the variance that such knots must explain
_PARTS = 6  # into which the gaps beside knots are cut then, twice
_STRAIGHT = 0.01  # a logarithm that bends the data's axis by less is not tried


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
    """Knots over one axis, as indices of bins: where they could stand, what they explain, and of which form.

    ``limits`` are the bins whose free fit explains at least as much as a fit of the wanted form.
    """

    bins: Bins
    limits: Bins
    candidates: Indices
    knots: Indices
    explained: float
    wanted: _Wanted


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
        with at most ``num_segments + 1`` knots; without ``digits`` their x are observed values, except where 100 rows
        or more repeat at most 64 distinct x (hours, ratings) and knots between them explain 0.08 % of the variance.

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
        found = _between(_best_axis(data, transform, wanted))
        curve = _curve(found)
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
    """Return the best knots over the axis that was asked for, else over the better of straight x and a logarithm.

    Every axis and form is searched among the coarse candidates; only what comes near the best there is searched finer.
    """
    if transform is not None:
        return _finest(_coarse(data.on(transform), wanted))
    coarse = _coarse(data.on(transform_named("identity")), wanted)
    total = coarse[0].bins.total
    logarithm = logarithm_for(data.lowest)
    unexplained = total - coarse[0].explained
    few = len(coarse[0].bins.t) <= wanted.knots
    if not few and unexplained > _READABLE * total and _bend(coarse[0].bins, logarithm) > _STRAIGHT:
        coarse += _coarse(data.on(logarithm), wanted)
    best = _finest(coarse)
    if best.bins.transform.name == "identity":
        return best
    straight = [each for each in coarse if each.bins.transform.name == "identity"]
    if best.explained > straight[0].explained + (_READABLE + _NEAR) * total:
        return best
    straight_best = _finest(straight)
    return best if best.explained > straight_best.explained + _READABLE * total else straight_best


def _bend(straight: Bins, transform: Transform) -> float:
    """Return how far ``transform`` moves values on an axis from 0 to 1."""
    t = transform(straight.x)
    return float(np.abs((t - t[0]) / (t[-1] - t[0]) - straight.t).max())


def _coarse(bins: Bins, wanted: _Wanted) -> list[_Found]:
    """Return the solutions among the coarse candidates of one axis, for the forms that the shape allows, best first."""
    candidates = coarse_candidates(bins, wanted.candidates)
    if len(bins.t) <= wanted.knots and wanted.shape.is_free and not wanted.min_share:
        # a knot at every value: nothing explains more, whatever the axis
        return [_Found(bins, bins, candidates, candidates, bins.explained_by_means, wanted)]
    if not wanted.shape.is_free:
        free = _coarse(bins, replace(wanted, shape=Shape()))[0]
        for form in wanted.shape.forms:
            part = replace(wanted, shape=replace(wanted.shape, forms=(form,)))
            reached = _search(bins, bins, candidates, part).bounded(np.searchsorted(candidates, free.knots)[None])
            if reached[0] >= free.explained - 1e-12 * bins.total:
                return [replace(free, wanted=part)]
    parts = [(_limits(bins, form), replace(wanted.shape, forms=(form,))) for form in wanted.shape.forms]
    # no curve of a form explains more than the isotonic regression does
    parts.sort(key=lambda part: -part[0].explained_by_means)
    solutions: list[_Found] = []
    for limits, shape in parts:
        if solutions and limits.explained_by_means <= solutions[0].explained:
            continue
        part = replace(wanted, shape=shape)
        search = _search(bins, limits, candidates, part)
        places, explained = _solutions(search, min(wanted.knots, len(candidates)))
        solutions += [
            _Found(bins, limits, candidates, candidates[place], float(value), part)
            for place, value in zip(places, explained, strict=True)
        ]
        solutions.sort(key=lambda each: -each.explained)
    return solutions


def _limits(bins: Bins, form: str) -> Bins:
    return bins.isotonic(form == "increasing") if form in ("increasing", "decreasing") else bins


def _finest(coarse: list[_Found]) -> _Found:
    """Return the best solution once the best of ``coarse`` and those near it were moved between the candidates."""
    ranked = sorted(coarse, key=lambda each: -each.explained)
    near = [each for each in ranked[:_REFINED] if each.explained >= ranked[0].explained - _NEAR * ranked[0].bins.total]
    return _needed(max((_refined(each) for each in near), key=lambda each: each.explained))


def _refined(found: _Found) -> _Found:
    """Return a solution with its knots moved to values between the candidates, closer and closer."""
    bins = found.bins
    while len(found.candidates) < len(bins.t):
        closer = closer_candidates(len(bins.t), found.candidates, found.knots)
        search = _search(bins, found.limits, closer, found.wanted)
        places, explained = search.exchanged(np.searchsorted(closer, found.knots)[None], REACH)
        gained = float(explained[0]) - found.explained
        if gained <= 0:
            break
        found = replace(found, candidates=closer, knots=closer[places[0]], explained=float(explained[0]))
        if gained <= _WORTH_MOVING * (bins.total - found.explained):
            break
    return found


def _between(found: _Found) -> _Found:
    """Return a solution with knots between observed values where x takes few values again and again.

    Hours or ratings leave wide gaps, and a turn inside one is worth an unobserved knot if it explains enough.
    """
    bins, best = found.bins, found
    repeated = len(found.knots) < len(bins.t) <= _FEW_VALUES and bins.rows >= max(_MANY_ROWS, 2 * len(bins.t))
    if not repeated or found.limits.explained_by_means <= found.explained + _WORTH_A_PLACE * bins.total:
        return found
    for _ in range(2):
        between = values_between(best.bins, best.knots, _PARTS)
        finer, limits = best.bins.with_places(between), best.limits.with_places(between)
        everywhere = np.arange(len(finer.t))
        share = max(found.wanted.min_share, 1e-15)
        search = _search(finer, limits, everywhere, replace(found.wanted, min_share=share))
        places, explained = search.exchanged(np.searchsorted(finer.x, best.bins.x[best.knots])[None], _PARTS)
        best = replace(
            best, bins=finer, limits=limits, candidates=everywhere, knots=places[0], explained=float(explained[0])
        )
    return best if best.explained > found.explained + _WORTH_A_PLACE * bins.total else found


def _search(bins: Bins, limits: Bins, candidates: Indices, wanted: _Wanted) -> KnotSearch:
    least = wanted.min_share * float(bins.moments.weight.sum())
    tables = segment_tables(bins, candidates)
    bounds = tables if limits is bins else segment_tables(limits, candidates)
    return KnotSearch(tables, bounds, wanted.shape, bins.scale, not wanted.learn_ends, least, bins.total)


def _solutions(search: KnotSearch, knots: int) -> tuple[Indices, Floats]:
    """Return the best sets of so many knots that are found, (B, knots), and what they explain (B,), best first."""
    count = len(search.tables.t)
    if not search.required and comb(count, knots) <= _ALL_SETS:
        sets = np.array(list(combinations(range(count), knots)), dtype=np.intp)
        best = search.best_of(sets)
        if best is not None:
            return best
    return search.exchanged(_starts(search, knots))


def _starts(search: KnotSearch, knots: int) -> Indices:
    """Return the sets of knots from which the exchange starts, (B, knots).

    They are the cheapest path over a grid of y, a set grown greedily, and even sets; where the shape is bounded the
    even ones are left out if there is a path, because each bounded start takes its time.
    """
    last = len(search.tables.t) - 1
    starts = [path_start(search.tables, knots, search.shape, search.scale, search.required)]
    if search.shape.is_free or starts[0] is None:
        starts.append(np.rint(np.linspace(0, last, knots)).astype(np.intp))
        if not search.required:
            starts.append(np.rint(np.linspace(0, last, knots + 2)[1:-1]).astype(np.intp))
    starts.append(search.grown((0, last) if search.required else (0,), knots))
    sets = np.array([start for start in starts if start is not None and (np.diff(start) > 0).all()])
    if len(sets):
        sets = sets[np.isfinite(search.limit(sets))]
    if len(sets):
        return sets
    return np.array([[0, last]]) if knots == 2 else _starts(search, knots - 1)


def _needed(found: _Found) -> _Found:
    """Return a solution without the knots that lower the squared error by nothing but rounding."""
    bins, knots, wanted = found.bins, found.knots, found.wanted
    while len(knots) > 2:
        candidates = np.unique(np.concatenate(([0], knots, [len(bins.t) - 1])))
        search = _search(bins, bins, candidates, wanted)
        places = np.searchsorted(candidates, knots)
        fewer = np.array([np.delete(places, each) for each in range(len(places))])
        if not wanted.learn_ends:
            fewer = fewer[1:-1]
        explained = search.value(fewer)
        if explained.max() < search.value(places[None])[0] - 1e-12 * bins.total:
            break
        knots = candidates[fewer[int(np.argmax(explained))]]
    return replace(found, knots=knots)


def _curve(found: _Found) -> PWLCurve:
    bins = found.bins
    y = knot_values(bins, found.knots, found.wanted.shape)
    if np.all(y == y[0]):
        return PWLCurve([(bins.x[0], y[0]), (bins.x[-1], y[0])], ends=found.wanted.ends)
    return PWLCurve(list(zip(bins.x[found.knots], y, strict=True)), bins.transform.name, found.wanted.ends)


def _rounded(curve: PWLCurve, digits: int, found: _Found) -> PWLCurve:
    """Return the curve with as few digits from ``digits`` on as cost little and keep the bounds on slopes."""
    bins, shape = found.bins, found.wanted.shape
    exact = curve(bins.x)
    for each in range(digits, 17):
        rounded = curve.round_to_sig_figs(each)
        slopes = rounded.slopes()
        added = float(bins.moments.weight @ (exact - rounded(bins.x)) ** 2)
        if added <= _ROUNDING_COST * bins.total and ((slopes >= shape.min_slope) & (slopes <= shape.max_slope)).all():
            return rounded
    return curve
