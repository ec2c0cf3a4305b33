"""Edits of a model by hand: each gives a new model, or says in a sentence why it cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mips_core.curves.curve import Ends, Point, PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, CurveTerm, Level, LevelTerm, Term
from mips_core.curves.numbers import finite_number, number_text

SCALES = {
    "identity": "plain",
    "log": "logarithm",
    "log1p": "logarithm of 1 + x",
    "symlog1p": "logarithm, both signs",
}
"""The transforms of x in words."""

ENDS = {"flat": "stay level", "linear": "go on straight"}
"""What a curve does outside its knots, in words."""


def move_knot(
    model: AdditiveModel, feature: str, knot: int, x: float | None = None, y: float | None = None
) -> AdditiveModel:
    """Return the model with a knot moved; a change of y alone changes the curve between its neighbours only.

    Parameters
    ----------
    knot: which, from 0.
    x, y: where to, in the units of the data and of the score; None leaves it.

    Raises
    ------
    CurveError
        when there is no such knot, or x would reach a neighbour or leave the transform's domain.
    """
    term = _curve_term(model, feature)
    points = list(term.curve.points)
    _check_knot(term, knot)
    old_x, old_y = points[knot]
    new_x = old_x if x is None else finite_number(x, f"x of knot {knot + 1}")
    points[knot] = (new_x, old_y if y is None else y)
    if knot > 0 and not points[knot - 1][0] < new_x:
        raise CurveError(f"{_moving(term, knot, new_x)}: knot {knot} stands at {number_text(points[knot - 1][0])}.")
    if knot + 1 < len(points) and not new_x < points[knot + 1][0]:
        raise CurveError(f"{_moving(term, knot, new_x)}: knot {knot + 2} stands at {number_text(points[knot + 1][0])}.")
    return _with_points(model, term, points)


def add_knot(model: AdditiveModel, feature: str, x: float, y: float | None = None) -> AdditiveModel:
    """Return the model with one knot more; without ``y`` it lies on the curve, which then stays as it is.

    Raises
    ------
    CurveError
        when there is a knot at ``x`` already, or ``x`` is outside the transform's domain.
    """
    term, x = _curve_term(model, feature), finite_number(x, "x of the new knot")
    if x in term.curve.xs:
        raise CurveError(f"The curve of {feature!r} has a knot at x = {number_text(x)} already; move that one.")
    height = float(term.curve(x)) if y is None else y
    points = [point for point in term.curve.points if point[0] < x]
    return _with_points(model, term, [*points, (x, height), *term.curve.points[len(points) :]])


def delete_knot(model: AdditiveModel, feature: str, knot: int) -> AdditiveModel:
    """Return the model without a knot (from 0); CurveError when fewer than two would stay."""
    term = _curve_term(model, feature)
    _check_knot(term, knot)
    if len(term.curve.points) == 2:
        raise CurveError(f"The curve of {feature!r} has two knots left, and it needs both; add one before.")
    return _with_points(model, term, [*term.curve.points[:knot], *term.curve.points[knot + 1 :]])


def change_fx(model: AdditiveModel, feature: str, fx: str) -> AdditiveModel:
    """Return the model with the same knots joined over another transform; CurveError when it cannot take them."""
    term = _curve_term(model, feature)
    return model.with_term(replace(term, curve=PWLCurve(term.curve.points, fx, term.curve.ends)))


def change_ends(model: AdditiveModel, feature: str, ends: Ends) -> AdditiveModel:
    """Return the model whose curve goes on flat or linear outside its knots."""
    term = _curve_term(model, feature)
    return model.with_term(replace(term, curve=PWLCurve(term.curve.points, term.curve.fx, ends)))


def change_level(model: AdditiveModel, feature: str, level: Level, score: float) -> AdditiveModel:
    """Return the model with another score for a level; CurveError when the table has no such level."""
    term = _level_term(model, feature)
    if level not in dict(term.levels):
        known = ", ".join(repr(each) for each, _ in term.levels) or "none"
        raise CurveError(f"The table of {feature!r} has no level {level!r}; it has {known}.")
    levels = tuple((each, score if each == level else old) for each, old in term.levels)
    return model.with_term(replace(term, levels=levels))


def change_other(model: AdditiveModel, feature: str, score: float) -> AdditiveModel:
    """Return the model with another score for levels that were never seen."""
    return model.with_term(replace(_level_term(model, feature), other=score))


def change_missing(model: AdditiveModel, feature: str, score: float) -> AdditiveModel:
    """Return the model with another score for rows without a value of the feature."""
    return model.with_term(replace(model.term(feature), missing=score))


def change_bias(model: AdditiveModel, bias: float) -> AdditiveModel:
    """Return the model with another bias."""
    return replace(model, bias=bias)


def changes(before: AdditiveModel, after: AdditiveModel) -> tuple[str, ...]:
    """Return in words what differs, one sentence for each change; empty when nothing does."""
    found = []
    if before.task != after.task:
        found.append(f"The task is {after.task}; it was {before.task}.")
    found += _number_change("the bias", before.bias, after.bias)
    old, new = ({term.feature: term for term in model.terms} for model in (before, after))
    found += [f"{feature} is left out." for feature in old if feature not in new]
    found += [f"{feature} is new." for feature in new if feature not in old]
    for feature in new:
        if feature in old:
            found += [f"{feature}: {change}" for change in _term_changes(old[feature], new[feature])]
    shared = [feature for feature in old if feature in new]
    if shared != [feature for feature in new if feature in old]:
        found.append("The features stand in another order.")
    return tuple(found)


def _term_changes(before: Term, after: Term) -> Iterable[str]:
    if isinstance(before, CurveTerm) and isinstance(after, CurveTerm):
        yield from _point_changes(before.curve.points, after.curve.points)
        if before.curve.fx != after.curve.fx:
            yield f"the scale of x is {SCALES[after.curve.fx]}; it was {SCALES[before.curve.fx]}."
        if before.curve.ends != after.curve.ends:
            yield f"the ends {ENDS[after.curve.ends]}; before they did not."
    elif isinstance(before, LevelTerm) and isinstance(after, LevelTerm):
        yield from _level_changes(before, after)
        yield from _number_change("an unseen level", before.other, after.other)
    else:
        yield (
            "a table of levels became a curve." if isinstance(after, CurveTerm) else "a curve became a table of levels."
        )
    yield from _number_change("a missing value", before.missing, after.missing)


def _point_changes(before: tuple[Point, ...], after: tuple[Point, ...]) -> Iterable[str]:
    if len(before) == len(after):
        pairs = list(zip(before, after, strict=True))
    else:
        old, new = dict(before), dict(after)
        yield from (f"knot {_point_text((x, y))} deleted." for x, y in before if x not in new)
        yield from (f"knot {_point_text((x, y))} added." for x, y in after if x not in old)
        pairs = [((x, old[x]), (x, y)) for x, y in after if x in old]
    yield from (f"knot {_point_text(old)} moved to {_point_text(new)}." for old, new in pairs if old != new)


def _level_changes(before: LevelTerm, after: LevelTerm) -> Iterable[str]:
    old, new = dict(before.levels), dict(after.levels)
    yield from (f"level {level!r} deleted." for level in old if level not in new)
    yield from (f"level {level!r} added with {number_text(new[level])}." for level in new if level not in old)
    for level in new:
        if level in old:
            yield from _number_change(f"level {level!r}", old[level], new[level])


def _number_change(what: str, before: float, after: float) -> Iterable[str]:
    if before != after:
        yield f"{what} is {number_text(after)}; it was {number_text(before)}."


def _point_text(point: Point) -> str:
    return f"({number_text(point[0])}, {number_text(point[1])})"


def _moving(term: CurveTerm, knot: int, x: float) -> str:
    return f"Knot {knot + 1} of {term.feature!r} cannot stand at x = {number_text(x)}"


def _check_knot(term: CurveTerm, knot: int) -> None:
    count = len(term.curve.points)
    if not 0 <= knot < count:
        raise CurveError(f"The curve of {term.feature!r} has knots 1 to {count}; there is no knot {knot + 1}.")


def _with_points(model: AdditiveModel, term: CurveTerm, points: Iterable[Point]) -> AdditiveModel:
    return model.with_term(replace(term, curve=PWLCurve(points, term.curve.fx, term.curve.ends)))


def _curve_term(model: AdditiveModel, feature: str) -> CurveTerm:
    term = model.term(feature)
    if not isinstance(term, CurveTerm):
        raise CurveError(f"{feature!r} has a table of levels, not a curve; change a level's score instead.")
    return term


def _level_term(model: AdditiveModel, feature: str) -> LevelTerm:
    term = model.term(feature)
    if not isinstance(term, LevelTerm):
        raise CurveError(f"{feature!r} has a curve, not a table of levels; move a knot instead.")
    return term
