"""The second teacher: interpret-core's explainable boosting machine, without interactions (Nori et al. 2019)."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.curves.errors import CurveError
from mips_core.curves.study import LabelledData, Table
from mips_core.curves.teachers.boosting import learnable_target
from mips_core.curves.teachers.steps import check_additive
from mips_core.curves.teachers.teacher import Teacher, centred_teacher
from mips_core.curves.transforms import Floats

NAME = "explainable boosting machine (interpret-core)"


def ebm_teacher(data: LabelledData, training: Table, seed: int = 0) -> Teacher:
    """Train an explainable boosting machine without interactions.

    A level that no training row had counts as the machine's own "unknown" and adds 0.

    Raises
    ------
    CurveError
        when interpret-core is not installed; says how to install it.
    """
    try:
        glassbox = importlib.import_module("interpret.glassbox")
    except ImportError:
        raise CurveError(
            "The EBM teacher needs interpret-core, which is not installed. "
            'Install it with: pip install "mips-explorer[ebm]"'
        ) from None
    classify = data.task == "classification"
    kind = glassbox.ExplainableBoostingClassifier if classify else glassbox.ExplainableBoostingRegressor
    model = kind(
        feature_names=list(training.columns),
        feature_types=[_type(values) for values in training.columns.values()],
        interactions=0,
        n_jobs=1,
        random_state=seed,
    )
    target, shift, scale = learnable_target(data.task, training)
    with warnings.catch_warnings():  # it warns that its own pictures leave out missing values; ours show them
        warnings.filterwarnings("ignore", message="Missing values detected", category=UserWarning)
        model.fit(_cells(training), target.astype(np.int64) if classify else target)
    bias = shift + scale * float(np.ravel(model.intercept_)[0])
    teacher = centred_teacher(NAME, bias, _Terms(model, scale), training)
    some = training.rows(np.arange(0, len(training), max(len(training) // 2_000, 1)))
    scores = model.decision_function(_cells(some)) if classify else model.predict(_cells(some))
    check_additive(shift + scale * np.asarray(scores, dtype=np.float64), teacher.scores(some), NAME)
    return teacher


def _type(values: Any) -> str:
    return "continuous" if values.dtype.kind == "f" else "nominal"


def _cells(table: Table) -> Any:
    """Return the features as one object array, (rows, features): numbers, texts and None."""
    cells = np.empty((len(table), len(table.columns)), dtype=object)
    for place, values in enumerate(table.columns.values()):
        cells[:, place] = values
    return cells


@dataclass(frozen=True)
class _Terms:
    """What each feature adds, by the machine's own account."""

    model: Any
    scale: float

    def __call__(self, table: Table) -> Mapping[str, Floats]:
        terms = self.model.eval_terms(_cells(table))
        names = list(table.columns)
        parts = {name: np.zeros(len(table)) for name in names}  # the machine drops a feature that is constant
        for place, (feature,) in enumerate(self.model.term_features_):
            parts[names[feature]] = self.scale * np.asarray(terms[:, place], dtype=np.float64)
        return parts
