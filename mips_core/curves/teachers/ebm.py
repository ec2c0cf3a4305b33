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
from mips_core.curves.teachers.teacher import Trained, varying
from mips_core.curves.transforms import Floats

NAME = "explainable boosting machine (interpret-core)"


def explainable_boosting(data: LabelledData, training: Table, seed: int = 0) -> Trained:
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
    names = varying(training)
    classify = data.task == "classification"
    kind = glassbox.ExplainableBoostingClassifier if classify else glassbox.ExplainableBoostingRegressor
    model = kind(
        feature_names=names,
        feature_types=[_type(training.columns[name]) for name in names],
        interactions=0,
        n_jobs=1,
        random_state=seed,
    )
    target, shift, scale = learnable_target(data.task, training)
    with warnings.catch_warnings():  # it warns that its own pictures leave out missing values; ours show them
        warnings.filterwarnings("ignore", message="Missing values detected", category=UserWarning)
        model.fit(_cells(training, names), target.astype(np.int64) if classify else target)
    ask = model.decision_function if classify else model.predict
    return Trained(
        NAME,
        shift + scale * float(np.ravel(model.intercept_)[0]),
        _Terms(model, names, scale),
        lambda table: shift + scale * np.asarray(ask(_cells(table, names)), dtype=np.float64),
    )


def _type(values: Any) -> str:
    return "continuous" if values.dtype.kind == "f" else "nominal"


def _cells(table: Table, names: list[str]) -> Any:
    """Return some features as one object array, (rows, features): numbers, texts and None."""
    cells = np.empty((len(table), len(names)), dtype=object)
    for place, name in enumerate(names):
        cells[:, place] = table.columns[name]
    return cells


@dataclass(frozen=True)
class _Terms:
    """What each feature adds, by the machine's own account."""

    model: Any
    names: list[str]
    scale: float

    def __call__(self, table: Table) -> Mapping[str, Floats]:
        terms = self.scale * np.asarray(self.model.eval_terms(_cells(table, self.names)), dtype=np.float64)
        return {self.names[feature]: terms[:, place] for place, (feature,) in enumerate(self.model.term_features_)}
