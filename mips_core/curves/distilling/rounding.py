"""Fewer digits where they cost nothing: a table of levels, a bias, or a curve that was changed after its fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.model import LevelTerm
from mips_core.curves.numbers import EXACT_DIGITS, fewest_digits, significant
from mips_core.curves.study import TeacherCurve

ALLOWED_GROWTH = 1e-3
"""By how much rounding may raise a squared error, as a share of the variance of what is rounded."""
BIAS_SHARE = 0.01
"""Rounding may move a bias by this share of the scores' spread: 0.01 % of their variance."""


def rounded_number(value: float, digits: int | None, allowed: float) -> float:
    """Return ``value`` with the fewest digits that move it by at most ``allowed``."""
    return fewest_digits(digits, lambda count: significant(value, count), lambda near: abs(near - value) - allowed)


def rounded_curve(curve: PWLCurve, digits: int | None, teacher: TeacherCurve) -> PWLCurve:
    """Return a curve with the fewest digits that keep it, over the training rows, within the allowed growth."""
    exact = curve(teacher.values)
    allowed = ALLOWED_GROWTH * float(np.average((exact - exact.mean()) ** 2, weights=teacher.weights))
    return fewest_digits(
        digits,
        lambda count: curve if count >= EXACT_DIGITS else curve.round_to_sig_figs(count),
        lambda near: float(np.average((near(teacher.values) - exact) ** 2, weights=teacher.weights)) - allowed,
    )


def rounded_levels(term: LevelTerm, digits: int | None, teacher: TeacherCurve) -> LevelTerm:
    """Return a table of levels with the fewest digits that keep it within the allowed growth, and so on."""
    exact = np.array([value for _, value in term.levels])
    allowed = ALLOWED_GROWTH * float(np.average((exact - exact.mean()) ** 2, weights=teacher.weights))

    def rounded(count: int) -> LevelTerm:
        if count >= EXACT_DIGITS:
            return term
        return replace(term, levels=tuple((level, significant(value, count)) for level, value in term.levels))

    def cost(near: LevelTerm) -> float:
        off = np.array([value for _, value in near.levels]) - exact
        return float(np.average(off * off, weights=teacher.weights)) - allowed

    return fewest_digits(digits, rounded, cost)
