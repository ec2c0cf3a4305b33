"""A finished study with other fits of its features, e.g. with other numbers of segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mips_core.curves.distilling.rounding import BIAS_SHARE, rounded_number
from mips_core.curves.distilling.terms import adds_something
from mips_core.curves.model import AdditiveModel, term_values
from mips_core.curves.study import CurveStudy, FeatureFit

_NOTHING = 1e-3
"""A bias below this share of the scores' spread is none: those of rankings, whose scores are 0 on average."""


def with_fits(study: CurveStudy, fits: Sequence[FeatureFit]) -> CurveStudy:
    """Return the study with other fits of the same features, as if it had been distilled so.

    What comes out constant is left out of the model; the bias is the one of least squared difference from the teacher
    over the training rows.  Nobody has compared an emitted module with the new model.
    """
    bias = study.teacher_bias + sum(_mean_difference(fit) for fit in fits)
    spread = float(np.std(study.teacher_scores)) if len(study.teacher_scores) else 0.0
    bias = 0.0 if abs(bias) < _NOTHING * spread else rounded_number(bias, study.settings.digits, BIAS_SHARE * spread)
    model = AdditiveModel(tuple(fit.term for fit in fits if adds_something(fit)), bias, study.data.task)
    return replace(study, fits=tuple(fits), model=model, verification=None)


def _mean_difference(fit: FeatureFit) -> float:
    """Return by how much the teacher's contribution exceeds the term's, on average over the training rows."""
    teacher, term = fit.teacher, fit.term
    rows = float(np.sum(teacher.weights)) + teacher.missing_rows
    if not rows:
        return 0.0
    off = float(np.sum(teacher.weights * (teacher.contributions - term_values(term, teacher.values))))
    return (off + teacher.missing_rows * (teacher.missing - term.missing)) / rows
