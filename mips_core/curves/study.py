"""The result of a distillation: teacher, curves, model, and the held-out rows on which they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.model import AdditiveModel, Task, Term
from mips_core.curves.transforms import Floats

Mono = bool | Literal["increasing", "decreasing"]
Refit = Literal["none", "teacher", "labels"]


@dataclass(frozen=True)
class RejectedRow:
    """A row of a file that could not be used: ``line`` counts from 1 and includes the header."""

    line: int
    reason: str


@dataclass(frozen=True)
class ColumnType:
    """How a column of a file is read: as numbers, as levels, or not at all, with the reason in words."""

    name: str
    kind: Literal["number", "levels", "left out"]
    reason: str


@dataclass(frozen=True)
class Table:
    """Rows for learning or judging.

    Parameters
    ----------
    columns: features by name, all of equal length: float64 with NaN for missing, or object arrays of text with None.
    target: (rows,) float64: 0 or 1 (classification), the value (regression), graded relevance >= 0 (ranking).
    groups: (rows,) int64 group of each row (ranking), else None.
    lines: (rows,) int64 line of each row in its file, from 1 with the header; 0.. where there is no file.
    """

    columns: Mapping[str, NDArray[Any]]
    target: Floats
    groups: NDArray[np.int64] | None = None
    lines: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.target)

    def rows(self, chosen: NDArray[Any]) -> Table:
        """Return the rows that an index or Boolean array chooses, in its order."""
        return Table(
            {name: values[chosen] for name, values in self.columns.items()},
            self.target[chosen],
            None if self.groups is None else self.groups[chosen],
            None if self.lines is None else self.lines[chosen],
        )


@dataclass(frozen=True)
class LabelledData:
    """A table with what is said about it: ``task``, the target's and the group's names, types, and rejected rows.

    ``classes`` are the two texts of a binary target (negative, positive); empty otherwise.
    """

    name: str
    table: Table
    task: Task
    target: str
    group: str | None = None
    classes: tuple[str, ...] = ()
    types: tuple[ColumnType, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TeacherCurve:
    """What the teacher adds for one feature, over the training rows, one entry for each distinct value.

    Parameters
    ----------
    values: (m,) rising float64 (numeric) or object array of levels.
    contributions: (m,) float64, what the teacher adds there.
    weights: (m,) float64, training rows with this value.
    missing: what it adds where the value is missing; 0.0 where no training row lacked it.
    missing_rows: training rows without a value.
    """

    feature: str
    numeric: bool
    values: NDArray[Any]
    contributions: Floats
    weights: Floats
    missing: float = 0.0
    missing_rows: int = 0

    @property
    def variance(self) -> float:
        """The variance that this feature's contribution has over the training rows."""
        if not len(self.values):
            return 0.0
        mean = np.average(self.contributions, weights=self.weights)
        return float(np.average((self.contributions - mean) ** 2, weights=self.weights))


@dataclass(frozen=True)
class FeatureFit:
    """One feature distilled: the teacher's curve, the term that stands for it, and what that leaves unexplained.

    ``unexplained`` is the weighted mean squared difference divided by the teacher curve's variance (0 when constant);
    ``reason`` says in words why it has so many segments.
    """

    teacher: TeacherCurve
    term: Term
    mono: Mono
    unexplained: float
    reason: str = ""

    @property
    def segments(self) -> int:
        """Straight pieces of the curve; 0 for a constant curve and for a table of levels."""
        curve = getattr(self.term, "curve", None)
        return 0 if curve is None or curve.is_constant else curve.segments


@dataclass(frozen=True)
class CurveSettings:
    """How a model is distilled; ``segments`` None chooses for each feature by description length, up to ``most``."""

    segments: int | None = None
    most: int = 5
    mono: Mapping[str, Mono] = field(default_factory=dict)
    digits: int | None = 4
    min_share: float = 0.005
    refit: Refit = "none"
    teacher: str = "boosting"
    held_out: float = 0.25
    seed: int = 0


@dataclass(frozen=True)
class Verification:
    """How the emitted module compares with the model it was emitted from.

    Parameters
    ----------
    rows: training and held-out rows on which both were asked, all there are.
    largest: the largest difference of a score.
    scale: the largest score that the model's numbers allow; differences are judged relative to it.
    """

    rows: int
    largest: float
    scale: float

    @property
    def relative(self) -> float:
        """The largest difference as a share of the scale; 0 where the scale is 0."""
        return self.largest / self.scale if self.scale else self.largest


@dataclass(frozen=True)
class CurveStudy:
    """Everything that a distillation found.

    Parameters
    ----------
    teacher_name: the trainer in words.
    teacher_scores: (held-out rows,) float64, the teacher's own score.
    teacher_bias: the teacher's bias; with the teacher curves it gives the teacher's score on training rows.
    fits: one for each feature of the data, in the order of the table's columns.
    model: the distilled model; its terms are those of the fits in their order, without those left out as constant.
    held_out: rows that neither teacher nor curves have seen.
    training_rows: how many rows they have seen.
    seconds: by stage: "read", "teacher", "curves", "verify".
    verification: the emitted module against the model on all rows; None for a model that was changed by hand.
    """

    data: LabelledData
    settings: CurveSettings
    teacher_name: str
    teacher_bias: float
    teacher_scores: Floats
    fits: tuple[FeatureFit, ...]
    model: AdditiveModel
    held_out: Table
    training_rows: int
    seconds: Mapping[str, float] = field(default_factory=dict)
    verification: Verification | None = None

    @property
    def left_out(self) -> tuple[str, ...]:
        """The features that the model does not look at, in the order of the fits."""
        return tuple(fit.teacher.feature for fit in self.fits if fit.teacher.feature not in self.model.features)
