"""All curves at once: the knots' y moved together toward the teacher's score, or toward the labels (optional).

A localized fit looks at one feature; where features go together, errors of their curves add up.  Here the knots' x
stay and only y, the levels' values and the values for missing data move.  A small ridge holds them near the localized
fit, which decides wherever the rows do not.  A monotone curve stays monotone: in the steps from knot to knot,
monotone means bounds at 0 (Ravina et al. 2021, section 4.3, for one curve), and bounded least squares keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.metrics import within_groups
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm, Term
from mips_core.curves.study import Mono, Table
from mips_core.curves.transforms import Floats
from mips_core.progress import Monitor

_RIDGE = 1e-3
"""Of the mean square of a column: as strong as one row in a thousand."""
_STEPS, _CLOSE = 30, 1e-10
_CHUNK = 50_000  # rows whose design is held at once


@dataclass(frozen=True)
class _Parameters:
    """The numbers of a term that move: y of the first knot and the steps after it, or the levels; then missing."""

    start: Floats
    low: Floats
    high: Floats


def refitted(
    model: AdditiveModel,
    mono: dict[str, Mono],
    training: Table,
    teacher_scores: Floats,
    toward: Literal["teacher", "labels"],
    monitor: Monitor | None = None,
) -> AdditiveModel:
    """Return the model with its y values fitted jointly on the training rows; terms are centred, the bias is exact.

    Parameters
    ----------
    mono: features whose curve must stay monotone.
    teacher_scores: (rows,) float64, of the training rows.
    toward: least squares toward the teacher's score; or least squares (regression), least squares within groups
        (ranking) or least log loss (classification) toward the labels.
    """
    parts = [_parameters(term, mono.get(term.feature, False)) for term in model.terms]
    start = np.concatenate([[model.bias], *(part.start for part in parts)])
    low = np.concatenate([[-np.inf], *(part.low for part in parts)])
    high = np.concatenate([[np.inf], *(part.high for part in parts)])
    design = _Design(model.terms, training)
    watch = monitor or Monitor()
    if toward == "labels" and model.task == "classification":
        found = _least_log_loss(design, training.target, start, low, high, watch)
    else:
        target = teacher_scores if toward == "teacher" else training.target
        groups = training.groups if toward == "labels" and model.task == "ranking" else None
        found = _least_squares(design, target, groups, start, low, high, watch)
    return _rebuilt(model, found)


class _Design:
    """The rows of the least-squares problem, made in chunks: d score / d parameter."""

    def __init__(self, terms: Sequence[Term], table: Table) -> None:
        self._terms = terms
        self._table = table
        self.rows = len(table)

    def chunks(self) -> list[slice]:
        return [slice(begin, begin + _CHUNK) for begin in range(0, self.rows, _CHUNK)]

    def at(self, rows: slice) -> Floats:
        columns = [np.ones((len(self._table.target[rows]), 1))]
        for term in self._terms:
            values = self._table.columns[term.feature][rows]
            columns.append(
                _curve_columns(term, values) if isinstance(term, CurveTerm) else _level_columns(term, values)
            )
        return np.hstack(columns)

    def scores(self, parameters: Floats) -> Floats:
        return np.concatenate([self.at(rows) @ parameters for rows in self.chunks()])


def _parameters(term: Term, mono: Mono) -> _Parameters:
    if isinstance(term, LevelTerm):
        start = np.array([*(value for _, value in term.levels), term.missing])
        return _Parameters(start, np.full(len(start), -np.inf), np.full(len(start), np.inf))
    ys = np.array(term.curve.ys)
    start = np.array([ys[0], *np.diff(ys), term.missing])
    low, high = np.full(len(start), -np.inf), np.full(len(start), np.inf)
    if mono:
        rising = mono == "increasing" or (mono is True and ys[-1] >= ys[0])
        (low if rising else high)[1 : len(ys)] = 0.0
    return _Parameters(start, low, high)


def _curve_columns(term: CurveTerm, values: Floats) -> Floats:
    """Return d term / d (first y, steps, missing) for each value, (rows, knots + 1)."""
    count = len(term.curve.points)
    lacking = np.isnan(values)
    columns = np.zeros((len(values), count + 1))
    columns[:, 0] = ~lacking
    columns[:, -1] = lacking
    for knot in range(1, count):
        ramp = PWLCurve(
            [(x, float(place >= knot)) for place, x in enumerate(term.curve.xs)], term.curve.fx, term.curve.ends
        )
        columns[:, knot] = np.where(lacking, 0.0, ramp(values))
    return columns


def _level_columns(term: LevelTerm, values: np.ndarray) -> Floats:
    """Return d term / d (levels, missing) for each value, (rows, levels + 1)."""
    places = {level: place for place, (level, _) in enumerate(term.levels)}
    count = len(places)
    columns = np.zeros((len(values), count + 1))
    for row, value in enumerate(values):
        place = count if value is None else places.get(value)
        if place is not None:
            columns[row, place] = 1.0
    return columns


def _least_squares(
    design: _Design,
    target: Floats,
    groups: np.ndarray | None,
    start: Floats,
    low: Floats,
    high: Floats,
    monitor: Monitor,
) -> Floats:
    residual = target - design.scores(start)
    gram, right = np.zeros((len(start), len(start))), np.zeros(len(start))
    if groups is not None:
        residual = within_groups(residual, groups)
    for rows in design.chunks():
        monitor.check()
        part = design.at(rows)
        gram += part.T @ part
        right += part.T @ residual[rows]
    if groups is not None:  # what a group shares does not sort it: its mean row is taken off
        _, places = np.unique(groups, return_inverse=True)
        sums = np.zeros((places.max() + 1, len(start)))
        for rows in design.chunks():
            np.add.at(sums, places[rows], design.at(rows))
        sizes = np.bincount(places)[:, None]
        gram -= sums.T @ (sums / sizes)
    return start + _bounded_step(gram, right, low - start, high - start, start * 0)


def _least_log_loss(
    design: _Design, target: Floats, start: Floats, low: Floats, high: Floats, monitor: Monitor
) -> Floats:
    """Return the parameters of least log loss plus ridge, by Newton's method with step halving."""
    found = start
    ridge = None
    value = np.inf
    for _ in range(_STEPS):
        monitor.check()
        gram, right = np.zeros((len(start), len(start))), np.zeros(len(start))
        squares = np.zeros(len(start))
        for rows in design.chunks():
            part = design.at(rows)
            p = _probability(part @ found)
            gram += part.T @ (part * (p * (1 - p))[:, None])
            right += part.T @ (target[rows] - p)
            squares += np.sum(part * part, axis=0)
        if ridge is None:
            ridge = _ridge(squares)
            value = _log_loss(design, target, found)
        step = _bounded_step(gram, right - ridge * (found - start), low - found, high - found, ridge)
        for _ in range(_STEPS):
            tried = found + step
            new = _log_loss(design, target, tried) + float(ridge @ (tried - start) ** 2) / 2
            if new <= value:
                break
            step = step / 2
        else:
            break
        gained, found, value = value - new, tried, new
        if gained <= _CLOSE * max(abs(value), 1.0):
            break
    return found


def _bounded_step(gram: Floats, right: Floats, low: Floats, high: Floats, ridge: Floats) -> Floats:
    """Return the step d within bounds of least ``d' gram d / 2 - right' d + ridge' d^2 / 2``; 0 ridge for the usual."""
    from scipy.optimize import lsq_linear

    held = ridge if ridge.any() else _ridge(np.diag(gram))
    lower = np.linalg.cholesky(gram + np.diag(held))
    bounded = np.isfinite(low) | np.isfinite(high)
    unbounded = np.linalg.solve(lower.T, np.linalg.solve(lower, right))
    if not bounded.any() or bool(np.all((unbounded >= low) & (unbounded <= high))):
        return np.asarray(unbounded)
    # lsq_linear wants low < high and a start inside: bounds of the step always hold 0
    solved = lsq_linear(lower.T, np.linalg.solve(lower, right), (low, high), method="bvls").x
    return np.clip(solved, low, high)


def _ridge(squares: Floats) -> Floats:
    return _RIDGE * squares + 1e-9 * max(float(squares.max()), 1e-300)


def _probability(scores: Floats) -> Floats:
    half = np.exp(-np.abs(scores))
    return np.where(scores >= 0, 1 / (1 + half), half / (1 + half))


def _log_loss(design: _Design, target: Floats, parameters: Floats) -> float:
    scores = design.scores(parameters)
    return float(np.sum(np.logaddexp(0.0, scores) - target * scores))


def _rebuilt(model: AdditiveModel, parameters: Floats) -> AdditiveModel:
    terms: list[Term] = []
    place = 1
    for term in model.terms:
        count = len(term.curve.points) if isinstance(term, CurveTerm) else len(term.levels)
        values, missing = parameters[place : place + count], float(parameters[place + count])
        place += count + 1
        if isinstance(term, CurveTerm):
            ys = np.cumsum(values)
            points = zip(term.curve.xs, ys.tolist(), strict=True)
            terms.append(replace(term, curve=PWLCurve(points, term.curve.fx, term.curve.ends), missing=missing))
        else:
            levels = tuple((level, float(y)) for (level, _), y in zip(term.levels, values, strict=True))
            terms.append(replace(term, levels=levels, missing=missing))
    return replace(model, terms=tuple(terms), bias=float(parameters[0]))
