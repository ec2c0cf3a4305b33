"""What the curve editor shows of one feature, as plain data for one message to the browser, and what it tells back.

The editor itself (``assets/curve_editor``) is a script that draws and drags without asking the server; so the drawing's
fixed parts are computed once for each feature, and an edited term travels alone.  Nothing in it is NaN or a NumPy
number: the first breaks the browser's reader, the second Streamlit's writer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.model import CurveTerm, LevelTerm, Task, Term
from mips_core.curves.study import FeatureFit, TeacherCurve
from mips_core.curves.transforms import Floats

Json = dict[str, Any]

MOST_VALUES = 320
"""Values of the teacher's curve that are drawn; more are gathered, neighbours first."""

MOST_SEGMENTS = 12
"""Segments that a curve may be fitted with in the editor."""

MOST_KNOTS = 200
"""Knots that a browser may send."""

SCORES = {
    "classification": "adds to the log-odds",
    "regression": "adds to the value",
    "ranking": "adds to the sort key",
}
"""What a feature's score is, by task, as the axis says it."""


def editor_view(fit: FeatureFit, distilled: Term, task: Task, unit: str = "") -> Json:
    """Return the fixed part of the editor: teacher, training rows and distilled term.

    Parameters
    ----------
    fit: the feature's fit, for its teacher.
    distilled: the feature's term in the distilled model.
    unit: of the feature's values, or "".
    """
    axis = f"{distilled.feature} ({unit})" if unit not in ("", distilled.feature) else distilled.feature
    view: Json = {"feature": distilled.feature, "axis": axis, "score": SCORES[task]}
    if isinstance(distilled, LevelTerm):
        return view | {
            "kind": "levels",
            "levels": _levels(fit.teacher, distilled),
            "distilled": term_data(distilled)["values"],
        }
    return view | {
        "kind": "curve",
        "teacher": _teacher(fit.teacher),
        "whole": bool(np.all(fit.teacher.values == np.round(fit.teacher.values.astype(np.float64)))),
        "distinct": len(fit.teacher.values),
        "most": max(1, min(MOST_SEGMENTS, len(fit.teacher.values) - 1)),
        "distilled": term_data(distilled),
    }


def term_data(term: Term) -> Json:
    """Return what can be edited of a term: knots and the score of missing values, or the score of each level.

    The last two scores of a table are those of unseen and of missing values.
    """
    if isinstance(term, LevelTerm):
        return {"values": [*(value for _, value in term.levels), term.other, term.missing]}
    curve = term.curve
    return {"knots": [list(p) for p in curve.points], "fx": curve.fx, "ends": curve.ends, "missing": term.missing}


def told_term(told: Json, now: Term) -> Term:
    """Return the term that the browser tells, of the kind of the term as it is now.

    Raises
    ------
    CurveError
        when the numbers make no term; the message names the knot.
    """
    try:
        if isinstance(now, LevelTerm):
            values = [float(value) for value in told["values"]]
            if len(values) != len(now.levels) + 2:
                raise CurveError(f"The table of {now.feature!r} has {len(now.levels)} levels; others were sent.")
            levels = tuple((level, value) for (level, _), value in zip(now.levels, values, strict=False))
            return LevelTerm(now.feature, levels, values[-2], values[-1])
        knots = list(told["knots"])
        if len(knots) > MOST_KNOTS:
            raise CurveError(f"A curve may have {MOST_KNOTS} knots here; {len(knots)} were sent.")
        return CurveTerm(now.feature, PWLCurve(knots, told["fx"], told["ends"]), float(told["missing"]))
    except CurveError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError):
        raise CurveError("What the editor sent is no curve and no table of levels; load the page again.") from None


def _teacher(teacher: TeacherCurve) -> Json:
    x, y, w = gathered(teacher.values.astype(np.float64), teacher.contributions, teacher.weights)
    return {
        "x": _short(x),
        "y": _short(y),
        "w": _short(w),
        "missing": float(f"{teacher.missing:.6g}"),
        "missing_rows": int(teacher.missing_rows),
    }


def gathered(x: Floats, y: Floats, w: Floats, most: int = MOST_VALUES) -> tuple[Floats, Floats, Floats]:
    """Return a curve of at most ``most`` values: neighbours by rank become one, at their weighted mean.

    The first and the last value stay as they are, so that the axis does.

    >>> gathered(np.arange(5.0), np.arange(5.0), np.ones(5), most=3)[0].tolist()
    [0.0, 2.0, 4.0]
    """
    if len(x) <= most:
        return x, y, w
    group = np.concatenate([[0], 1 + np.arange(len(x) - 2) * (most - 2) // (len(x) - 2), [most - 1]])
    total: Floats = np.bincount(group, w).astype(np.float64)
    return np.bincount(group, w * x) / total, np.bincount(group, w * y) / total, total


def _levels(teacher: TeacherCurve, distilled: LevelTerm) -> list[Json]:
    """Return a row for each level, for unseen levels and for missing values: name, training rows, teacher's score."""
    rows = dict(zip(map(str, teacher.values), teacher.weights.tolist(), strict=True))
    scores = dict(zip(map(str, teacher.values), teacher.contributions.tolist(), strict=True))
    named = [
        {"name": str(level), "rows": int(rows.get(str(level), 0)), "teacher": scores.get(str(level))}
        for level, _ in distilled.levels
    ]
    missing = {
        "name": "(missing)",
        "rows": int(teacher.missing_rows),
        "teacher": float(teacher.missing) if teacher.missing_rows else None,
    }
    return [*named, {"name": "(any other level)", "rows": None, "teacher": None}, missing]


def _short(values: Floats) -> list[float]:
    return [float(f"{value:.7g}") for value in values.tolist()]
