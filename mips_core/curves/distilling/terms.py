"""What a term says beside the teacher's curve: nothing at all, something, and how much it leaves unexplained."""

from __future__ import annotations

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.model import CurveTerm, LevelTerm, Term, term_values
from mips_core.curves.study import FeatureFit, TeacherCurve


def nothing(teacher: TeacherCurve) -> Term:
    """Return the term of a feature that is left out: it adds 0 whatever the value is."""
    if not teacher.numeric:
        return LevelTerm(teacher.feature, ())
    lowest, highest = (float(teacher.values[0]), float(teacher.values[-1])) if len(teacher.values) else (0.0, 1.0)
    if lowest == highest:
        lowest = highest - max(1.0, abs(highest) / 2)
    return CurveTerm(teacher.feature, PWLCurve([(lowest, 0.0), (highest, 0.0)]))


def varies(term: Term, teacher: TeacherCurve) -> bool:
    """Whether a term's value depends on the row; a value for missing data counts where training rows lacked some."""
    values = term.curve.ys if isinstance(term, CurveTerm) else [value for _, value in term.levels]
    return len({*values, *([term.missing] if teacher.missing_rows else [])}) > 1


def adds_something(fit: FeatureFit) -> bool:
    """Whether a fit's term depends on the row; the others are left out of the model."""
    return varies(fit.term, fit.teacher)


def unexplained(teacher: TeacherCurve, term: Term) -> float:
    """Return the weighted mean squared difference of a term from the teacher's curve, as a share of its variance."""
    variance = teacher.variance
    if not variance:
        return 0.0
    off = teacher.contributions - term_values(term, teacher.values)
    return float(np.average(off * off, weights=teacher.weights)) / variance
