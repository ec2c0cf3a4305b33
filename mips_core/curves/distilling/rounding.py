"""Fewer digits where they cost nothing: a table of levels, a bias, or a curve that was changed after its fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.model import LevelTerm
from mips_core.curves.numbers import significant
from mips_core.curves.study import TeacherCurve

ALLOWED_GROWTH = 1e-3
"""By how much rounding may raise a squared error, as a share of the variance of what is rounded."""
EXACT_DIGITS = 17

Rounded = TypeVar("Rounded")


def fewest_digits(digits: int | None, rounded: Callable[[int], Rounded], cost: Callable[[Rounded], float]) -> Rounded:
    """Return ``rounded(d)`` for the least d from ``digits`` on whose cost is at most 0; all digits for None.

    Parameters
    ----------
    rounded: from a number of significant digits to what is rounded; exact at 17.
    cost: how far the rounded thing is beyond what is allowed.
    """
    for count in range(digits or EXACT_DIGITS, EXACT_DIGITS):
        candidate = rounded(count)
        if cost(candidate) <= 0:
            return candidate
    return rounded(EXACT_DIGITS)


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
