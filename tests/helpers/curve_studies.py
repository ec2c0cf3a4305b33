"""Small studies of curve distillation whose numbers are known, made without a teacher."""

from __future__ import annotations

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm, Task, Term, term_values
from mips_core.curves.study import (
    ColumnType,
    CurveSettings,
    CurveStudy,
    FeatureFit,
    LabelledData,
    RejectedRow,
    Table,
    TeacherCurve,
)

INCOME = CurveTerm("income", PWLCurve([(1, -2.0), (10, 0.0), (1000, 3.0)], "log"), missing=0.25)
AGE = CurveTerm("age", PWLCurve([(20, -1.0), (50, 1.0), (80, 0.0)]))
TOWN = LevelTerm("town", (("Bonn", 0.5), ("Kiel", -0.5)), other=0.0, missing=0.125)
FLAT = CurveTerm("flat", PWLCurve([(0, 0.0), (1, 0.0)]))
TERMS: tuple[Term, ...] = (INCOME, AGE, TOWN, FLAT)


def columns(rows: int, seed: int) -> dict[str, np.ndarray]:
    """Return features of which one has missing values and one an unseen level."""
    random = np.random.default_rng(seed)
    income = np.round(np.exp(random.uniform(0, 7, rows)), 1)
    income[::17] = np.nan
    town = np.array(["Bonn", "Kiel"], dtype=object)[random.integers(0, 2, rows)]
    town[::13] = None
    return {"income": income, "age": random.integers(18, 90, rows).astype(float), "town": town, "flat": np.ones(rows)}


def teacher_curve(term: Term, values: np.ndarray, shift: float) -> TeacherCurve:
    """Return a teacher that follows ``term`` but for a step of height ``shift`` in the middle."""
    gaps = np.array([each is None or each != each for each in values])
    there = values[~gaps]
    if isinstance(term, CurveTerm):
        distinct, counts = np.unique(there.astype(float), return_counts=True)
        contributions = term_values(term, distinct) + np.where(distinct > np.median(distinct), shift, 0.0)
        return TeacherCurve(term.feature, True, distinct, contributions, counts.astype(float), 0.25, int(gaps.sum()))
    names, counts = np.unique(there.astype(str), return_counts=True)
    distinct = names.astype(object)
    return TeacherCurve(
        term.feature, False, distinct, term_values(term, distinct), counts.astype(float), 0.125, int(gaps.sum())
    )


def fit_of(term: Term, values: np.ndarray, shift: float = 0.05) -> FeatureFit:
    """Return how ``term`` stands for the teacher of :func:`teacher_curve`."""
    teacher = teacher_curve(term, values, shift)
    difference = term_values(term, teacher.values) - teacher.contributions
    variance = teacher.variance
    unexplained = float(np.average(difference**2, weights=teacher.weights) / variance) if variance else 0.0
    return FeatureFit(teacher, term, False, unexplained, "made by hand")


def study(task: Task = "regression", rows: int = 120, terms: tuple[Term, ...] = TERMS) -> CurveStudy:
    """Return a study whose target is the model's own score with some noise."""
    training, tested = columns(3 * rows, 1), columns(rows, 2)
    model = AdditiveModel(terms, bias=0.5, task=task)
    kept = {name: tested[name] for name in model.features}
    scores = model.scores(kept)
    noise = np.random.default_rng(3).normal(0, 0.3, rows)
    target = {
        "regression": scores + noise,
        "classification": (scores + noise > 0).astype(float),
        "ranking": np.clip(np.round(scores + noise), 0, 4),
    }[task]
    groups = np.arange(rows) // 8 if task == "ranking" else None
    held_out = Table(kept, target, groups, np.arange(rows, dtype=np.int64) + 2)
    types = tuple(ColumnType(term.feature, "number" if isinstance(term, CurveTerm) else "levels", "") for term in terms)
    data = LabelledData(
        "handmade", held_out, task, "target", "query" if task == "ranking" else None,
        ("no", "yes") if task == "classification" else (), types, (RejectedRow(7, "age is 'x', not a number"),),
    )  # fmt: skip
    fits = tuple(fit_of(term, training[term.feature]) for term in terms)
    return CurveStudy(
        data, CurveSettings(), "a teacher made by hand", 0.5, scores + 0.01, fits, model, held_out, 3 * rows,
        {"read": 0.1, "teacher": 0.2, "curves": 0.3, "verify": 0.1},
    )  # fmt: skip
