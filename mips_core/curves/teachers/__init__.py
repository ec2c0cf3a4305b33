"""Additive teachers: the models whose contributions are distilled into curves."""

from __future__ import annotations

from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import score_metrics
from mips_core.curves.study import CurveSettings, LabelledData, Table
from mips_core.curves.teachers.boosting import boosted_trees, interacting_scores
from mips_core.curves.teachers.ebm import explainable_boosting
from mips_core.curves.teachers.splitting import split
from mips_core.curves.teachers.teacher import HasContributions, Teacher, teacher_curves, teacher_from

__all__ = [
    "TEACHERS",
    "HasContributions",
    "Teacher",
    "interacting_metrics",
    "split",
    "teacher_curves",
    "teacher_from",
    "train_teacher",
]

TEACHERS = {"boosting": boosted_trees, "ebm": explainable_boosting}
"""Trainers by the name that :class:`mips_core.curves.study.CurveSettings` uses."""


def train_teacher(data: LabelledData, training: Table, settings: CurveSettings) -> Teacher:
    """Train the additive teacher that ``settings`` names on the training rows.

    Raises
    ------
    CurveError
        when there is no teacher of this name, the package that it needs is not installed, all training rows are of one
        class, or no feature varies.
    """
    if settings.teacher not in TEACHERS:
        raise CurveError(f"There is no teacher {settings.teacher!r}; there are {', '.join(TEACHERS)}.")
    if data.task == "classification" and training.target.min() == training.target.max():
        raise CurveError("All training rows are of one class; there is nothing to learn. Give more rows of the other.")
    return TEACHERS[settings.teacher](data, training, settings.seed).teacher(training)


def interacting_metrics(
    data: LabelledData, training: Table, held_out: Table, settings: CurveSettings
) -> dict[str, float]:
    """Return the measures of boosted trees that may combine features, on the held-out rows.

    The gap to the additive teacher is what no additive model of this data can give back.
    """
    scores = interacting_scores(data, training, held_out, settings.seed)
    return score_metrics(data.task, held_out.target, scores, held_out.groups)
