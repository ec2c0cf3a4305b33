"""What a wrong curve costs the prediction, and what a number in the code costs: both in nats, so that they add up.

The shortest description of the labels is the code and then the labels given the code (Rissanen 1978; the price of a
number is that of Schwarz 1978).  Scores that differ from the teacher's by d make the labels longer to describe:

- regression and ranking: by ``n/2 log(1 + mean(d^2) / noise)``, as Gaussian residuals of variance ``noise`` are;
- classification: by the Kullback-Leibler divergence of the changed probabilities from the teacher's, summed over rows.

Each number in the code costs ``log(n) / 2``: a knot has two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.metrics import within_groups
from mips_core.curves.study import CurveSettings, LabelledData, Table, TeacherCurve
from mips_core.curves.teachers import train_teacher
from mips_core.curves.transforms import Floats
from mips_core.progress import Monitor

_LEAST_NOISE = 1e-4
"""Of the target's variance: where the teacher is never wrong, details still have a price."""
_PARTS = 3
_FEW_ROWS = 1_000
"""Up to here each third of the training rows is scored."""
_MOST_ROWS = 50_000
"""Of a third teacher's training: more would not change what a residual's variance is."""
_ASKED_ROWS = 5_000
"""Rows on which a difference is priced; with more rows, every so-many-th stands for its neighbours."""


@dataclass(frozen=True)
class Price:
    """The exchange rate between differences of scores, numbers in the code, and nats.

    Parameters
    ----------
    rows: training rows, n.
    noise: variance of the teacher's residuals on rows that it did not see, in units of the target squared.
    scores: (asked,) the teacher's log-odds for rows that it did not see (classification), else None.
    places: for each feature (asked,), which of the teacher's values a row has; after the last one for a missing value.
    """

    rows: int
    noise: float
    scores: Floats | None
    places: Mapping[str, NDArray[np.intp]]

    @property
    def number(self) -> float:
        """What one number in the code costs, in nats."""
        return math.log(max(self.rows, 2)) / 2

    def difference(self, feature: str, off: Floats) -> Floats:
        """Return for the asked rows, (asked,), a difference ``off`` (m + 1,) given by value, the last for missing."""
        return np.asarray(off[self.places[feature]])

    def nats(self, difference: Floats) -> float:
        """Return what scores that differ from the teacher's by ``difference`` (asked,) cost on all training rows."""
        if self.scores is None:
            return self.rows / 2 * math.log1p(float(np.mean(difference * difference)) / self.noise)
        half = np.exp(-np.abs(self.scores))
        sure = np.where(self.scores >= 0, 1, half) / (1 + half)
        longer = np.logaddexp(0, self.scores - difference) - np.logaddexp(0, self.scores) + sure * difference
        return self.rows * float(np.mean(np.maximum(longer, 0)))


def price_of(
    data: LabelledData,
    training: Table,
    settings: CurveSettings,
    curves: Sequence[TeacherCurve],
    monitor: Monitor | None = None,
) -> Price:
    """Return the prices that the teacher's own errors set, on training rows that it did not see.

    A teacher that learned rows by heart is too sure of them: its small residuals there would make every detail of a
    curve dear.  So the training rows are parted in three, and a third is scored by a teacher of the other two; with
    few rows, each third.

    Parameters
    ----------
    curves: the teacher's curves, at whose values differences are looked up.
    """
    unseen, scores = _unseen_scores(data, training, settings, monitor or Monitor())
    rows = len(training)
    if data.task == "classification":
        some = slice(None, None, -(-len(unseen) // _ASKED_ROWS))
        return Price(rows, 1.0, scores[some], _all_places(curves, training.rows(unseen[some])))
    target = training.target[unseen]
    if training.groups is not None:
        groups = training.groups[unseen]
        target, scores = within_groups(target, groups), within_groups(scores, groups)
    left = float(np.mean((target - scores) ** 2))
    least = max(_LEAST_NOISE * float(np.var(target)), float(np.finfo(np.float64).tiny))
    asked = np.arange(0, rows, -(-rows // _ASKED_ROWS))
    return Price(rows, max(left, least), None, _all_places(curves, training.rows(asked)))


def _unseen_scores(
    data: LabelledData, training: Table, settings: CurveSettings, monitor: Monitor
) -> tuple[NDArray[np.intp], Floats]:
    """Return some training rows, or all when they are few, and their scores by teachers that did not see them."""
    parts = _parts(data, training, settings.seed)
    rows, scores = [], []
    for part in range(_PARTS if len(training) <= _FEW_ROWS else 1):
        monitor.report("teacher", "Measuring how sure the teacher is of rows that it has not seen.")
        seen, unseen = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
        some = seen[:: -(-len(seen) // _MOST_ROWS)] if training.groups is None else seen[:_MOST_ROWS]
        rows.append(unseen)
        scores.append(_taught_scores(data, training.rows(some), training.rows(unseen), settings))
    return np.concatenate(rows), np.concatenate(scores)


def _taught_scores(data: LabelledData, seen: Table, unseen: Table, settings: CurveSettings) -> Floats:
    """Return the scores of rows by a teacher of others; where these are of one class, the log-odds of the counts."""
    ones = float(seen.target.sum())
    if data.task == "classification" and ones in (0, len(seen)):
        return np.full(len(unseen), math.log((ones + 0.5) / (len(seen) - ones + 0.5)))
    return train_teacher(data, seen, settings).scores(unseen)


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


def _all_places(curves: Sequence[TeacherCurve], rows: Table) -> dict[str, NDArray[np.intp]]:
    return {curve.feature: _places(curve, rows.columns[curve.feature]) for curve in curves}


def _places(curve: TeacherCurve, values: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return which of the teacher's values each of ``values`` is, and their number for a missing one."""
    count = len(curve.values)
    if curve.numeric:
        lacking = np.isnan(np.asarray(values, dtype=np.float64))
        return np.where(lacking, count, np.searchsorted(curve.values, values))
    known = {level: place for place, level in enumerate(curve.values)}
    return np.array([known.get(each, count) for each in values], dtype=np.intp)
