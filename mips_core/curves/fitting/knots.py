"""Finding the knots: over which axis, among which candidates, and then between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import numpy as np

from mips_core.curves.curve import Ends
from mips_core.curves.fitting.bins import BinnedRows, Bins, Indices
from mips_core.curves.fitting.candidates import (
    REACH,
    around_knots,
    closer_candidates,
    coarse_candidates,
    values_between,
)
from mips_core.curves.fitting.levels import path_starts
from mips_core.curves.fitting.search import KnotSearch
from mips_core.curves.fitting.shapes import Shape
from mips_core.curves.fitting.tables import SegmentTables, segment_tables
from mips_core.curves.transforms import Floats, Transform, logarithm_for, transform_named

_READABLE = 0.0005  # share of the variance that a logarithm must explain beyond straight x
_REFINED = 2  # solutions whose knots are moved between the candidates, if they explain nearly as much as the best
_NEAR = 0.005  # share of the variance that moving knots between the candidates may well bring
_FAR = 0.04  # share of the variance that a longer search may well bring
_WORTH_MOVING = 1e-3  # share of what is left unexplained that a round of closer candidates must explain
_ALL_SETS = 6000  # up to so many sets of knots are all tried
_FEW_VALUES = 64  # up to so many distinct x with several y each, knots may stand between them
_WIDE_GAP = 0.25  # and between more than these in gaps that are so large a share of the axis
_WORTH_A_PLACE = 0.0008  # share of the variance that such knots must explain
_PARTS = 10  # into which the gaps beside knots are cut then
_STRAIGHT = 0.01  # a logarithm that bends the data's axis by less is not tried


@dataclass(frozen=True)
class Wanted:
    """What the caller asked for, checked."""

    knots: int
    candidates: int
    shape: Shape
    ends: Ends
    learn_ends: bool
    min_share: float


@dataclass(frozen=True)
class Found:
    """Knots over one axis, as indices of bins: where they could stand, what they explain, and of which form.

    ``limits`` are the bins whose free fit explains at least as much as a fit of the wanted form.
    """

    bins: Bins
    limits: Bins
    candidates: Indices
    knots: Indices
    explained: float
    wanted: Wanted


def best_knots(data: BinnedRows, transform: Transform | None, wanted: Wanted) -> Found:
    """Return the best knots over the axis that was asked for, else over the better of straight x and a logarithm.

    The logarithm is taken only where it explains more by a share of the variance that a reader would notice.  Every
    axis and form is searched among the coarse candidates; only what comes near the best there is searched finer.
    """
    if transform is not None:
        return _between(_finest(_coarse(data.on(transform), wanted)))
    straight = _coarse(data.on(transform_named("identity")), wanted)
    bins, known = straight[0].bins, straight[0].explained
    total, logarithm = bins.total, logarithm_for(data.lowest)
    bent: list[Found] = []
    if len(bins.t) > wanted.knots and known < (1 - _READABLE) * total and _bend(bins, logarithm) > _STRAIGHT:
        bent = _coarse(data.on(logarithm), wanted, known - _FAR * total)
    if not bent or bent[0].explained < known - _NEAR * total:
        return _between(_finest(straight))
    curved = _finest(bent)
    if curved.explained > known + (_READABLE + _NEAR) * total:
        return _between(curved)
    plain = _finest(straight)
    return _between(curved if curved.explained > plain.explained + _READABLE * total else plain)


def _bend(straight: Bins, transform: Transform) -> float:
    """Return how far ``transform`` moves values on an axis from 0 to 1."""
    t = transform(straight.x)
    return float(np.abs((t - t[0]) / (t[-1] - t[0]) - straight.t).max())


def _coarse(bins: Bins, wanted: Wanted, least: float = -np.inf) -> list[Found]:
    """Return the solutions among the coarse candidates of one axis, for the forms that the shape allows, best first.

    Parameters
    ----------
    least: what a solution must explain to be of interest; there is none if a quick look finds less.
    """
    candidates = coarse_candidates(bins, wanted.candidates)
    if len(bins.t) <= wanted.knots and wanted.shape.is_free and not wanted.min_share:
        # a knot at every value: nothing explains more, whatever the axis
        return [Found(bins, bins, candidates, candidates, bins.explained_by_means, wanted)]
    tables = segment_tables(bins, candidates)
    free = replace(wanted, shape=Shape())
    solutions = _founds(bins, bins, _search(bins, tables, tables, free), free, least)
    if wanted.shape.is_free or not solutions:
        return solutions
    # what a free fit explains is a limit for all fits within bounds, so one that keeps the bounds is the best
    for part in _parts(wanted):
        bounded = _search(bins, tables, tables, part).bounded(np.searchsorted(candidates, solutions[0].knots)[None])
        if bounded[0] >= solutions[0].explained - 1e-12 * bins.total:
            return [replace(solutions[0], wanted=part)]
    # the form whose isotonic regression explains most comes first: no curve of a form explains more than it
    forms = sorted(
        ((_limits(bins, part), part) for part in _parts(wanted)), key=lambda form: -form[0].explained_by_means
    )
    solutions = []
    for limits, part in forms:
        if not solutions or limits.explained_by_means > solutions[0].explained:
            bounds = tables if limits is bins else segment_tables(limits, candidates)
            solutions += _founds(bins, limits, _search(bins, tables, bounds, part), part)
            solutions.sort(key=lambda each: -each.explained)
    return solutions


def _parts(wanted: Wanted) -> Iterable[Wanted]:
    """Return what is wanted for each form that the shape allows, alone."""
    return [replace(wanted, shape=replace(wanted.shape, forms=(form,))) for form in wanted.shape.forms]


def _founds(bins: Bins, limits: Bins, search: KnotSearch, wanted: Wanted, least: float = -np.inf) -> list[Found]:
    """Return the solutions of a search among coarse candidates, best first."""
    places, explained = _solutions(search, min(wanted.knots, len(search.tables.t)), least)
    candidates = search.tables.bins
    return [
        Found(bins, limits, candidates, candidates[place], float(value), wanted)
        for place, value in zip(places, explained, strict=True)
    ]


def _limits(bins: Bins, wanted: Wanted) -> Bins:
    """Return the bins whose free fit limits what the one form that is wanted can explain."""
    form = wanted.shape.forms[0]
    return bins.isotonic(form == "increasing") if form in ("increasing", "decreasing") else bins


def _finest(coarse: list[Found]) -> Found:
    """Return the best solution once the best of ``coarse`` and those near it were moved between the candidates."""
    ranked = sorted(coarse, key=lambda each: -each.explained)
    near = [each for each in ranked[:_REFINED] if each.explained >= ranked[0].explained - _NEAR * ranked[0].bins.total]
    return _needed(max((_refined(each) for each in near), key=lambda each: each.explained))


def _refined(found: Found) -> Found:
    """Return a solution with its knots moved to values between the candidates, closer and closer."""
    bins = found.bins
    while len(found.candidates) < len(bins.t):
        closer = closer_candidates(len(bins.t), found.candidates, found.knots)
        search = _search_among(bins, found.limits, closer, found.wanted)
        places, explained = search.exchanged(np.searchsorted(closer, found.knots)[None], REACH)
        gained = float(explained[0]) - found.explained
        if not gained > 0:
            break
        found = replace(found, candidates=closer, knots=closer[places[0]], explained=float(explained[0]))
        if gained <= _WORTH_MOVING * (bins.total - found.explained):
            break
    return found


def _between(found: Found) -> Found:
    """Return a solution with knots between observed values where these leave wide gaps.

    Hours or ratings, seen again and again with another y, and the far ends of heavy tails do; a turn inside such a gap
    is worth an unobserved knot if it explains enough.  Nothing depends on the number of rows, so that weights are the
    same as repeated rows.
    """
    bins, knots = found.bins, found.knots
    if len(knots) < 3 or len(knots) == len(bins.t):
        return found
    least = found.explained + _WORTH_A_PLACE * bins.total
    few = len(bins.t) <= _FEW_VALUES and bins.scattered
    gaps = np.flatnonzero(np.diff(bins.t) > _WIDE_GAP) if len(bins.t) > _FEW_VALUES else np.empty(0, dtype=np.intp)
    if found.limits.explained_by_means <= least or not (few or len(gaps)):
        return found
    gaps = np.concatenate((gaps, knots - 1, knots))
    gaps = np.unique(gaps[(gaps >= 0) & (gaps < len(bins.t) - 1)])
    places = values_between(bins, gaps, _PARTS)
    finer, limits = bins.with_places(places), found.limits.with_places(places)
    start = np.searchsorted(finer.x, bins.x[knots])
    candidates = np.union1d(around_knots(len(finer.t), start, _PARTS), np.searchsorted(finer.x, places))
    share = max(found.wanted.min_share, 1e-15)  # two knots without a row between them are not pinned down
    search = _search_among(finer, limits, candidates, replace(found.wanted, min_share=share))
    better, explained = search.exchanged(np.searchsorted(candidates, start)[None])
    if explained[0] <= least:
        return found
    return replace(
        found,
        bins=finer,
        limits=limits,
        candidates=candidates,
        knots=candidates[better[0]],
        explained=float(explained[0]),
    )


def _search(bins: Bins, tables: SegmentTables, limits: SegmentTables, wanted: Wanted) -> KnotSearch:
    least = wanted.min_share * float(bins.moments.weight.sum())
    return KnotSearch(tables, limits, wanted.shape, bins.scale, not wanted.learn_ends, least, bins.total)


def _search_among(bins: Bins, limits: Bins, candidates: Indices, wanted: Wanted) -> KnotSearch:
    tables = segment_tables(bins, candidates)
    return _search(bins, tables, tables if limits is bins else segment_tables(limits, candidates), wanted)


def _solutions(search: KnotSearch, knots: int, least: float) -> tuple[Indices, Floats]:
    """Return the best sets of so many knots that are found, (B, knots), and what they explain (B,), best first.

    There are none (B = 0) if the quick ones explain less than ``least``.
    """
    count = len(search.tables.t)
    if not search.required and comb(count, knots) <= _ALL_SETS:
        sets = np.array(list(combinations(range(count), knots)), dtype=np.intp)
        best = search.best_of(sets)
        if best is not None:
            return best
    quick = _quick_starts(search, knots)
    if len(quick) and least > -np.inf:
        quick, explained = search.exchanged(quick[:1])
        if explained[0] < least:
            return quick[:0], explained[:0]
    return search.exchanged(_starts(search, knots, quick))


def _quick_starts(search: KnotSearch, knots: int) -> Indices:
    """Return the cheapest paths over a grid of y, (B, knots); one where bounds make each start take its time."""
    paths = path_starts(search.tables, knots, search.shape, search.scale, search.required)
    if len(paths):
        paths = paths[np.isfinite(search.limit(paths))]
    return paths if search.shape.is_free else paths[:1]


def _starts(search: KnotSearch, knots: int, quick: Indices) -> Indices:
    """Return the sets of knots from which the exchange starts, (B, knots): ``quick`` ones, a grown one and even ones.

    Where the shape is bounded the even ones are left out if there are quick ones: each bounded start takes its time.
    """
    last = len(search.tables.t) - 1
    starts = [search.grown((0, last) if search.required else (0,), knots), *quick]
    if search.shape.is_free or not len(quick):
        starts.append(np.rint(np.linspace(0, last, knots)).astype(np.intp))
        if not search.required:
            starts.append(np.rint(np.linspace(0, last, knots + 2)[1:-1]).astype(np.intp))
    sets = np.array([start for start in starts if start is not None and (np.diff(start) > 0).all()])
    if len(sets):
        sets = sets[np.isfinite(search.limit(sets))]
    if len(sets):
        return sets
    fewer = knots - 1
    return np.array([[0, last]]) if knots == 2 else _starts(search, fewer, _quick_starts(search, fewer))


def _needed(found: Found) -> Found:
    """Return a solution without the knots that lower the squared error by nothing but rounding."""
    bins, knots, wanted = found.bins, found.knots, found.wanted
    while len(knots) > 2:
        candidates = np.unique(np.concatenate(([0], knots, [len(bins.t) - 1])))
        search = _search_among(bins, bins, candidates, wanted)
        places = np.searchsorted(candidates, knots)
        fewer = np.array([np.delete(places, each) for each in range(len(places))])
        if not wanted.learn_ends:
            fewer = fewer[1:-1]
        explained = search.value(fewer)
        if explained.max() < search.value(places[None])[0] - 1e-12 * bins.total:
            break
        knots = candidates[fewer[int(np.argmax(explained))]]
    return replace(found, knots=knots)
