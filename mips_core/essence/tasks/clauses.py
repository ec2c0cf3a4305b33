"""Data of the MAX-SAT policy: one clause at a time, and how sure it makes the next variable's value."""

from __future__ import annotations

import time

import numpy as np

from mips_core.essence.data import EssenceData, Samples
from mips_core.essence.tasks.formulas import RIVALS, assign, random_formulas, satisfied
from mips_core.essence.tasks.judging import Function, Judge, Rival, Scaling, Size, mean_of

WISHED = 1.0
"""Probability of the value that makes the clause hold."""

UNWISHED = 0.99
"""Probability of the other value, when other variables can still satisfy the clause; 0 when none can.

With it, a clause that only this variable can satisfy weighs 20 : 7.702 = 2.6 times as much as another.  Weighing it
2.5 to 3.7 times as much satisfies most of random 3-SAT clauses at 5 to 100 variables; as much as another is what the
greedy algorithm does, and obeying it in any case is worse than that (measured on 400 to 2,000 formulas).
"""


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
                unwished = 0.0 if other is None else UNWISHED
                inputs.append(lesson)
                wishes.append((WISHED, unwished) if sign == 0 else (unwished, WISHED))
    return Samples(np.array(inputs), np.array(wishes))


def max_sat_judge() -> Judge:
    """Judge a function from clauses to an assignment on random 3-SAT formulas, beside other algorithms.

    A clause is a list of signed variable numbers, an assignment a list of truth values; cases are formulas.
    """
    return Judge(
        measure=_measure,
        quick=(((5, 50), 200), ((10, 100), 200), ((100, 1_000), 200)),
        full=(((5, 50), 2_000), ((10, 100), 2_000), ((100, 1_000), 200)),
        smallest=(3, 1),
    )


def _measure(function: Function, size: Size, cases: int, rng: np.random.Generator) -> tuple[Scaling, ...]:
    variables, clauses = size
    formulas = random_formulas(max(cases, 2), variables, clauses, rng)  # one formula has no interval
    own, seconds = [], 0.0
    for formula in formulas.tolist():
        start = time.perf_counter()
        values = function(formula)
        seconds += time.perf_counter() - start
        own.append(sum(any(values[abs(x) - 1] == (x > 0) for x in clause) for clause in formula))
    rivals = []
    for name, choose in RIVALS.items():
        theirs = satisfied(formulas, assign(formulas, variables, choose, rng))
        rivals.append(Rival(name, mean_of(theirs), mean_of(np.array(own) - theirs)))
    return (
        Scaling(size, formulas.shape[0] * clauses, sum(own), seconds, satisfied=mean_of(own), rivals=tuple(rivals)),
    )
