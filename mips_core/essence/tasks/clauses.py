"""Data of the MAX-SAT policy: one clause at a time, and how sure it makes the next variable's value."""

from __future__ import annotations

import numpy as np

from mips_core.essence.data import EssenceData, Samples

MUST = 1.0
"""Wish of a clause that only this variable can still satisfy."""

OTHER = 0.99
"""Probability of the value that a clause does not wish, when other variables can still satisfy it."""


def max_sat_data() -> EssenceData:
    """Return the lessons for v variables and m clauses, at (v, m) = (5, 50), (3, 8) and (4, 12).

    An input is 2v by m: rows are the literals x, not x of the variable to set, then those of the others; columns are
    clauses.  y is (P(true), P(false)).
    """
    return EssenceData(tuple(_lessons(v, m) for v, m in ((5, 50), (3, 8), (4, 12))), name="max-sat")


def _lessons(variables: int, clauses: int) -> Samples:
    """Return unit clauses, then clauses with one more literal: (2m (2v - 1), 2v, m)."""
    inputs, wishes = [], []
    for other in (None, *range(2, 2 * variables)):
        for sign in (0, 1):
            for clause in range(clauses):
                lesson = np.zeros((2 * variables, clauses), dtype=np.int64)
                lesson[sign, clause] = 1
                if other is not None:
                    lesson[other, clause] = 1
                unwished = 0.0 if other is None else OTHER
                inputs.append(lesson)
                wishes.append((MUST, unwished) if sign == 0 else (unwished, MUST))
    return Samples(np.array(inputs), np.array(wishes))
