"""What one prediction is made of, with the arithmetic written out, and the rows on which a model errs most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.curve import Point, PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import ndcg_by_group
from mips_core.curves.missing import is_missing
from mips_core.curves.model import AdditiveModel, CurveTerm, Task, Term, term_values
from mips_core.curves.numbers import number_text
from mips_core.curves.study import Table
from mips_core.curves.transforms import Floats


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to the score of a row.

    Parameters
    ----------
    value: what the row holds, as it was given.
    amount: what is added.
    where: the part of the curve or table in a few words, e.g. "between knots 2 and 3", "missing", "level 'a'".
    arithmetic: how the amount follows, as text; a sum with numbers where the value lies between two knots.
    knots: the two knots of the segment used; empty where none is.
    """

    feature: str
    value: Any
    amount: float
    where: str
    arithmetic: str
    knots: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The score of a row: ``bias`` and the contributions in the order of the model's terms."""

    bias: float
    contributions: tuple[Contribution, ...]
    score: float

    @property
    def by_size(self) -> tuple[Contribution, ...]:
        """The contributions, those that move the score most first; equal ones in the order of the terms."""
        return tuple(sorted(self.contributions, key=lambda each: -abs(each.amount)))

    @property
    def arithmetic(self) -> str:
        """The sum of bias and contributions as text."""
        parts = [number_text(self.bias), *(_short(each.amount) for each in self.contributions)]
        return f"{' + '.join(parts)} = {_short(self.score)}"


@dataclass(frozen=True)
class WorstRow:
    """A row on which a model errs.

    Parameters
    ----------
    row: its index in the table.
    line: its line in the file, where there is one.
    loss: squared error (regression), log loss in nats (classification), 1 - NDCG of its group (ranking).
    words: what is wrong, in a few words.
    """

    row: int
    line: int | None
    target: float
    score: float
    loss: float
    words: str


def explain_row(model: AdditiveModel, row: Mapping[str, Any]) -> Explanation:
    """Return what ``model`` does with ``row``: numbers or texts by feature, None, "" or NaN where missing.

    Raises
    ------
    CurveError
        when the row lacks a feature, or has a text where a number is needed; names the feature.
    """
    parts = []
    score = model.bias
    for term in model.terms:
        if term.feature not in row:
            raise CurveError(f"The row has no {term.feature!r}; give a value, or None for a missing one.")
        parts.append(_contribution(term, row[term.feature]))
        score += parts[-1].amount
    return Explanation(model.bias, tuple(parts), score)


def worst_rows(table: Table, target: Floats, scores: Floats, task: Task, most: int = 10) -> tuple[WorstRow, ...]:
    """Return the rows with the largest loss, worst first; equal losses in the order of the table.

    For ranking these are the groups with the least NDCG, each with the relevant row that lost most places in it: how
    far it stands below the last place that the best order could give it.  Rows of equal score count as in the worst
    order of them; of rows that lost equally, the most relevant one is told.

    Parameters
    ----------
    table: the rows, for their groups and lines.
    target, scores: (rows,) what is true and what the model says.
    most: how many to return.
    """
    if task == "ranking":
        return _worst_groups(table, target, scores, most)
    loss = np.logaddexp(0, scores) - target * scores if task == "classification" else (target - scores) ** 2
    chosen = np.argsort(-loss, kind="stable")[:most]
    return tuple(_worst(table, int(row), target, scores, float(loss[row]), task) for row in chosen)


def _contribution(term: Term, value: Any) -> Contribution:
    known = set() if isinstance(term, CurveTerm) else {level for level, _ in term.levels}
    try:
        missing = value not in known and is_missing(value)
        missing = missing or (isinstance(term, CurveTerm) and bool(np.isnan(float(value))))
        amount = float(term_values(term, np.array([value], dtype=object))[0])
    except (TypeError, ValueError, OverflowError):
        raise CurveError(
            f"The value of {term.feature!r} is {value!r}; it must be a number, or a text where the feature has levels."
        ) from None
    if missing:
        return Contribution(term.feature, value, amount, "missing", f"missing: {number_text(term.missing)}")
    if isinstance(term, CurveTerm):
        where, arithmetic, knots = _on_curve(term.curve, float(value), amount)
        return Contribution(term.feature, value, amount, where, arithmetic, knots)
    level = value if value in known else str(value).strip()
    where = f"level {level!r}" if level in known else f"level {level!r}, which was never seen"
    return Contribution(term.feature, value, amount, where, f"{where}: {number_text(amount)}")


def _on_curve(curve: PWLCurve, x: float, amount: float) -> tuple[str, str, tuple[Point, ...]]:
    """Return where on the curve ``x`` lies, the arithmetic, and the knots used."""
    points = curve.points
    for number, (at, y) in enumerate(points, 1):
        if x == at:
            return f"at knot {number}", f"knot ({number_text(at)}, {number_text(y)})", (points[number - 1],)
    if x < points[0][0] or x > points[-1][0]:
        return _outside(curve, x, amount)
    right = next(number for number, (at, _) in enumerate(points) if x < at)
    (a, low), (b, high) = points[right - 1], points[right]
    if low == high:
        return (
            f"between knots {right} and {right + 1}",
            f"flat at {number_text(low)}",
            (points[right - 1], points[right]),
        )
    part = f"{_difference(curve.fx, x, a)} / {_difference(curve.fx, b, a)}"
    text = f"{number_text(low)} + ({number_text(high)} - {number_text(low)}) * {part} = {_short(amount)}"
    return f"between knots {right} and {right + 1}", text, (points[right - 1], points[right])


def _outside(curve: PWLCurve, x: float, amount: float) -> tuple[str, str, tuple[Point, ...]]:
    is_left = x < curve.points[0][0]
    side, which, (at, y) = ("left", "first", curve.points[0]) if is_left else ("right", "last", curve.points[-1])
    where = f"{curve.ends} {side} of the {which} knot"
    if curve.ends == "flat":
        return where, f"{where} ({number_text(at)}, {number_text(y)})", ((at, y),)
    slope = curve.end_slopes()[0 if is_left else 1]
    text = f"{number_text(y)} + {_short(slope)} * ({number_text(x)} - {number_text(at)}) = {_short(amount)}"
    return where, text, curve.points[:2] if is_left else curve.points[-2:]


def _difference(fx: str, x: float, a: float) -> str:
    if fx == "identity":
        return f"({number_text(x)} - {number_text(a)})"
    return f"({fx}({number_text(x)}) - {fx}({number_text(a)}))"


def _short(value: float) -> str:
    return number_text(float(f"{value:.6g}"))


def _worst(table: Table, row: int, target: Floats, scores: Floats, loss: float, task: Task) -> WorstRow:
    if task == "classification":
        likely = 1 / (1 + np.exp(-abs(scores[row])))
        said = int(scores[row] > 0)
        words = f"says {said} with {likely:.0%}, and it is {int(target[row])}"
    else:
        off = scores[row] - target[row]
        words = f"{number_text(float(f'{abs(off):.4g}'))} too {'high' if off > 0 else 'low'}" if off else "right"
    line = None if table.lines is None else int(table.lines[row])
    return WorstRow(row, line, float(target[row]), float(scores[row]), loss, words)


def _worst_groups(table: Table, target: Floats, scores: Floats, most: int) -> tuple[WorstRow, ...]:
    if table.groups is None:
        raise CurveError("Ranking is judged within groups; none are given.")
    names, gains = ndcg_by_group(target, scores, table.groups)
    chosen = np.argsort(np.where(np.isnan(gains), np.inf, gains), kind="stable")[:most]
    return tuple(
        _displaced(table, np.flatnonzero(table.groups == names[group]), target, scores, float(gains[group]))
        for group in chosen
        if not np.isnan(gains[group])
    )


def _places(relevance: Floats, scores: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return for each row of a group how many stand above it, its last place by score, and that of the best order."""
    falling, best = np.sort(-scores), np.sort(-relevance)
    return (
        np.searchsorted(falling, -scores, side="left"),
        np.searchsorted(falling, -scores, side="right"),
        np.searchsorted(best, -relevance, side="right"),
    )


def _displaced(table: Table, rows: NDArray[np.int64], target: Floats, scores: Floats, gain: float) -> WorstRow:
    above, stands, due = _places(target[rows], scores[rows])
    lost = np.where(target[rows] > 0, stands - due, -len(rows))
    at = int(np.lexsort((scores[rows], -target[rows], -lost))[0])
    row = int(rows[at])
    group = "" if table.groups is None else f" in group {table.groups[row]}"
    place, first = f"place {stands[at]}", above[at] + 1
    if first < stands[at]:
        place = f"a tie for places {first} to {stands[at]}"
    words = f"at {place} of {len(rows)}{group}, "
    if lost[at] <= 0:
        words += "and no relevant row stands too low"
    else:
        words += "and belongs at place 1" if due[at] == 1 else f"and belongs among the first {due[at]}"
    line = None if table.lines is None else int(table.lines[row])
    return WorstRow(row, line, float(target[row]), float(scores[row]), 1 - gain, words)
