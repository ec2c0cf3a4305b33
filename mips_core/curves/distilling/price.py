"""What a wrong curve costs the prediction, and what a number in the code costs: both in nats, so that they add up.

The shortest description of the labels is the code and then the labels given the code (Rissanen 1978; the price of a
number is that of Schwarz 1978).  A curve that differs from the teacher's by d makes the labels longer to describe:

- regression and ranking: ``n/2 log(1 + mean(d^2) / noise)``, as Gaussian residuals of variance ``noise`` do;
- classification: ``n/2 mean(p (1 - p) d^2)``, the second order of the log loss around the teacher's probabilities p.

Each number in the code costs ``log(n) / 2``: a knot has two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.study import CurveSettings, LabelledData, Table, TeacherCurve
from mips_core.curves.teachers import train_teacher
from mips_core.curves.teachers.boosting import learnable_target, within_groups
from mips_core.curves.transforms import Floats
from mips_core.progress import Monitor

_LEAST_NOISE = 1e-4
"""Of the target's variance: where the teacher is never wrong, details still have a price."""
_PARTS = 3
_MOST_ROWS = 50_000
"""Of a third teacher's training: more would not change what a residual's variance is."""
_MOST_DOUBT = 0.25


@dataclass(frozen=True)
class Price:
    """The exchange rate between squared error, numbers in the code, and nats.

    Parameters
    ----------
    rows: training rows, n.
    noise: variance of the teacher's residuals, in units of the target squared (regression, ranking).
    doubt: for each feature (m,) the mean of p (1 - p) over the rows of each of its distinct values (classification).
    """

    rows: int
    noise: float = 1.0
    doubt: Mapping[str, Floats] | None = field(default=None)

    @property
    def number(self) -> float:
        """What one number in the code costs, in nats."""
        return math.log(max(self.rows, 2)) / 2

    def misfit(self, teacher: TeacherCurve, difference: Floats, missing: float = 0.0) -> float:
        """Return what a difference from the teacher's contributions costs on the training rows, in nats.

        Parameters
        ----------
        difference: (m,), at each of the feature's values.
        missing: the same where the value is missing.
        """
        squares = teacher.weights * difference * difference
        lacking = teacher.missing_rows * missing * missing
        if self.doubt is not None:
            doubt = self.doubt[teacher.feature]
            typical = float(np.average(doubt, weights=teacher.weights)) if len(doubt) else _MOST_DOUBT
            return (float(np.sum(squares * doubt)) + lacking * typical) / 2
        return self.rows / 2 * math.log1p((float(np.sum(squares)) + lacking) / self.rows / self.noise)


def price_of(
    data: LabelledData,
    training: Table,
    settings: CurveSettings,
    curves: Sequence[TeacherCurve],
    monitor: Monitor | None = None,
) -> Price:
    """Return the prices that the teacher's own errors set, on training rows that it did not see.

    A teacher that learned rows by heart is too sure of them: its residuals there would make every detail of a curve
    dear (regression), or its probabilities make every curve cheap (classification).  So the training rows are parted
    in three; each third is scored by a teacher of the other two.

    Parameters
    ----------
    curves: the teacher's curves, at whose values the doubt is looked up.
    """
    scores = _unseen_scores(data, training, settings, monitor or Monitor())
    rows = len(training)
    if data.task == "classification":
        half = np.exp(-np.abs(scores))
        doubt = half / (1 + half) ** 2
        return Price(rows, 1.0, {curve.feature: _by_value(curve, training, doubt) for curve in curves})
    target = learnable_target(data.task, training)
    if data.task == "ranking" and training.groups is not None:
        scores = within_groups(scores, training.groups)
    left = float(np.mean((target - scores) ** 2))
    return Price(rows, max(left, _LEAST_NOISE * float(np.var(target)), float(np.finfo(np.float64).tiny)))


def _unseen_scores(data: LabelledData, training: Table, settings: CurveSettings, monitor: Monitor) -> Floats:
    """Return the score of each training row by a teacher that did not see it, (rows,)."""
    parts = _parts(data, training, settings.seed)
    scores = np.empty(len(training))
    for part in range(_PARTS):
        monitor.report("teacher", "Measuring how sure the teacher is of rows that it has not seen.", part / _PARTS)
        seen, unseen = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        some = seen[:: -(-len(seen) // _MOST_ROWS)] if training.groups is None else seen[:_MOST_ROWS]
        scores[unseen] = train_teacher(data, training.rows(some), settings).scores(training.rows(unseen))
    return scores


def _parts(data: LabelledData, training: Table, seed: int) -> NDArray[np.int64]:
    """Return the part of each row, (rows,): seeded, with the classes' shares kept, and whole groups."""
    rng = np.random.default_rng(seed)
    if training.groups is not None:
        _, units = np.unique(training.groups, return_inverse=True)
        return np.asarray(rng.permutation(int(units.max()) + 1)[units] % _PARTS)
    order = rng.permutation(len(training))
    if data.task == "classification":
        order = order[np.argsort(training.target[order], kind="stable")]
    parts = np.empty(len(training), dtype=np.int64)
    parts[order] = np.arange(len(training)) % _PARTS
    return parts


def _by_value(curve: TeacherCurve, training: Table, doubt: Floats) -> Floats:
    """Return the mean ``doubt`` over the rows of each distinct value of a feature, (m,)."""
    values = training.columns[curve.feature]
    present = ~np.isnan(values) if curve.numeric else np.array([each is not None for each in values], dtype=bool)
    if curve.numeric:
        places = np.searchsorted(curve.values, values[present])
    else:
        known = {level: place for place, level in enumerate(curve.values)}
        places = np.array([known[each] for each in values[present]], dtype=np.intp)
    count = len(curve.values)
    rows = np.bincount(places, minlength=count)
    return np.asarray(np.bincount(places, weights=doubt[present], minlength=count) / np.maximum(rows, 1))
