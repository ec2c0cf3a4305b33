"""The last strokes on a model: terms that are 0 on average, few digits, and the bias that then fits best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.distilling.rounding import BIAS_SHARE, rounded_curve, rounded_levels, rounded_number
from mips_core.curves.missing import is_missing
from mips_core.curves.model import AdditiveModel, CurveTerm, Term, term_values
from mips_core.curves.study import CurveSettings, Table, TeacherCurve
from mips_core.curves.transforms import Floats

_MISSING_SHARE = 1e-3
"""Rounding may move the value for missing data by this share of a term's range."""


def centred(model: AdditiveModel, training: Table) -> AdditiveModel:
    """Return the same scores with terms that add 0 on average over the training rows, and the bias that takes it.

    What no training row tells of, a level never seen or a missing value where none was missing, goes on to add 0.
    """
    terms, bias = [], model.bias
    for term in model.terms:
        values = training.columns[term.feature]
        mean = float(np.mean(term_values(term, values)))
        bias += mean
        terms.append(_shifted(term, -mean, any(map(is_missing, values))))
    return replace(model, terms=tuple(terms), bias=bias)


def rounded_terms(model: AdditiveModel, curves: Mapping[str, TeacherCurve], digits: int | None) -> AdditiveModel:
    """Return the model with terms of few digits, as many as cost nothing over the training rows."""
    return replace(model, terms=tuple(_rounded(term, curves[term.feature], digits) for term in model.terms))


def with_bias(model: AdditiveModel, training: Table, scores: Floats, settings: CurveSettings) -> AdditiveModel:
    """Return the model with the bias of least squared error, rounded; it takes what left-out features add on average.

    Parameters
    ----------
    scores: (rows,) float64, the teacher's, of the training rows; the goal unless the curves were fitted to labels.
        A classifier that was fitted to labels keeps its bias, the one of least log loss.
    """
    bias = model.bias
    if settings.refit != "labels" or model.task != "classification":
        goal = training.target if settings.refit == "labels" else scores
        bias = float(np.mean(goal - replace(model, bias=0.0).scores(training.columns)))
    allowed = BIAS_SHARE * float(np.std(scores)) if model.terms else abs(bias)
    return replace(model, bias=rounded_number(bias, settings.digits, allowed))


def _shifted(term: Term, by: float, lacking: bool) -> Term:
    missing = term.missing + by * lacking
    if isinstance(term, CurveTerm):
        curve = PWLCurve([(x, y + by) for x, y in term.curve.points], term.curve.fx, term.curve.ends)
        return replace(term, curve=curve, missing=missing)
    return replace(term, levels=tuple((level, y + by) for level, y in term.levels), missing=missing)


def _rounded(term: Term, teacher: TeacherCurve, digits: int | None) -> Term:
    if isinstance(term, CurveTerm):
        curve = rounded_curve(term.curve, digits, teacher)
        allowed = _MISSING_SHARE * float(np.ptp(curve.ys))
        return replace(term, curve=curve, missing=rounded_number(term.missing, digits, allowed))
    table = rounded_levels(term, digits, teacher)
    allowed = _MISSING_SHARE * float(np.ptp([y for _, y in table.levels]))
    return replace(table, missing=rounded_number(term.missing, digits, allowed))
