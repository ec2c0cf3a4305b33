"""The default teacher: gradient-boosted trees of scikit-learn in which no tree looks at two features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import within_groups
from mips_core.curves.model import Task
from mips_core.curves.study import LabelledData, Table
from mips_core.curves.teachers.steps import (
    MOST_STEPS,
    Effect,
    LevelTable,
    Steps,
    level_codes,
    step_codes,
    step_edges,
)
from mips_core.curves.teachers.teacher import EffectParts, Trained, varying
from mips_core.curves.transforms import Floats

NAME = "boosted trees without interactions (scikit-learn)"

_SMALL = 10_000  # rows below which data count as small
_BAGS = 8


@dataclass(frozen=True)
class Encoding:
    """Features as small codes for the trees: steps of numbers and levels; NaN is missing.

    Parameters
    ----------
    edges: for each numeric feature the edges between its steps.
    levels: for each other feature the code of each level.
    """

    edges: Mapping[str, Floats]
    levels: Mapping[str, Mapping[str, int]]

    @property
    def sizes(self) -> dict[str, int]:
        """How many codes each feature has; in the order of the codes' columns."""
        return {name: len(edges) + 1 for name, edges in self.edges.items()} | {
            name: len(levels) for name, levels in self.levels.items()
        }

    def codes(self, table: Table) -> Floats:
        """Return the codes, (rows, features) float64; a level that was never seen is NaN too."""
        columns = [_or_nan(step_codes(table.columns[name], edges), len(edges)) for name, edges in self.edges.items()]
        columns += [
            _or_nan(level_codes(table.columns[name], levels), len(levels)) for name, levels in self.levels.items()
        ]
        return np.column_stack(columns)


def _or_nan(codes: NDArray[np.int64], most: int) -> Floats:
    return np.where((codes >= 0) & (codes <= most), codes.astype(np.float64), np.nan)


def encoding_of(training: Table) -> Encoding:
    """Return codes for the values that the training rows hold, of the features that vary.

    Raises
    ------
    CurveError
        when a column has more than 255 levels.
    """
    edges, levels = {}, {}
    for name in varying(training):
        values = training.columns[name]
        if values.dtype.kind == "f":
            edges[name] = step_edges(values)
            continue
        seen = sorted({each for each in values.tolist() if each is not None})
        if len(seen) > MOST_STEPS:
            raise CurveError(f"The column {name!r} has {len(seen):,} levels; at most {MOST_STEPS} can be told apart.")
        levels[name] = {each: code for code, each in enumerate(seen)}
    return Encoding(edges, levels)


def boosted_trees(data: LabelledData, training: Table, seed: int = 0) -> Trained:
    """Train boosted trees without interactions, and read off exactly what each feature adds.

    Numbers are cut into at most 255 steps, midway between values.  Each feature's steps are read off by asking the
    trees about one row in which only this feature changes.  A missing value, or a level, that no training row had adds
    the mean over the training rows.

    Raises
    ------
    CurveError
        when a column has more than 255 levels.
    """
    encoding = encoding_of(training)
    codes = encoding.codes(training)
    forest = _forest(data.task, codes, training, encoding, interactions=False, seed=seed)
    effects, bias = _effects(forest, encoding, codes)
    return Trained(NAME, bias, EffectParts(effects), lambda table: forest(encoding.codes(table)))


def interacting_scores(data: LabelledData, training: Table, rows: Table, seed: int = 0) -> Floats:
    """Return the scores of ``rows`` by boosted trees that may combine features: what additivity costs is the gap."""
    encoding = encoding_of(training)
    forest = _forest(data.task, encoding.codes(training), training, encoding, interactions=True, seed=seed)
    return forest(encoding.codes(rows))


def learnable_target(task: Task, training: Table) -> tuple[Floats, float, float]:
    """Return what a teacher regresses, (rows,), and the shift and the scale that were taken out of it.

    Classes stay 0 and 1.  Numbers are brought to mean 0 and deviation 1.  For ranking it is the relevance minus the
    mean of its group, so that only differences within a group are learned (Ravina et al. 2021, section 5).
    """
    target = training.target
    if task == "classification":
        return target, 0.0, 1.0
    if task == "ranking" and training.groups is not None:
        target = within_groups(target, training.groups)
    shift, scale = float(target.mean()), float(target.std()) or 1.0
    return (target - shift) / scale, shift, scale


@dataclass(frozen=True)
class _Forest:
    """Several boosted models; the score is their mean."""

    task: Task
    models: tuple[Any, ...]
    shift: float
    scale: float

    def __call__(self, codes: Floats) -> Floats:
        """Return log-odds or values, (rows,) float64."""
        from threadpoolctl import threadpool_limits

        total = np.zeros(len(codes))
        with threadpool_limits(limits=1):
            for model in self.models:
                total += model.decision_function(codes) if self.task == "classification" else model.predict(codes)
        return self.shift + self.scale * total / len(self.models)


def _forest(
    task: Task, codes: Floats, training: Table, encoding: Encoding, *, interactions: bool, seed: int
) -> _Forest:
    """Train as many models as the size of the data allows, each stopped early on other rows.

    The settings come from five-fold comparisons on the bundled data: single splits with a large step learn small data
    best, and the mean over models that were stopped on different rows is smoother than one model.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    kind = HistGradientBoostingClassifier if task == "classification" else HistGradientBoostingRegressor
    target, shift, scale = learnable_target(task, training)
    rows = len(target)
    small = rows < _SMALL
    rarest = min(np.bincount(target.astype(np.int64))) if task == "classification" else rows
    stops = rows >= 40 and rarest >= 10  # else too few rows are left to stop by
    models = []
    with threadpool_limits(limits=1):  # the same trees on every machine, and no hanging threads in child processes
        for bag in range(int(np.clip(_BAGS * _SMALL // rows, 1, _BAGS))):
            model = kind(
                learning_rate=0.2 if small and not interactions else 0.1,
                max_iter=500 if stops else 60,
                max_leaf_nodes=8 if interactions else 2 if small else 4,
                min_samples_leaf=int(np.clip(rows // 10, 2, 10)) if small else 20,
                max_features=0.25 if small and not interactions else 1.0,
                max_bins=255,
                categorical_features=[name in encoding.levels for name in encoding.sizes],
                interaction_cst=None if interactions else "no_interactions",
                early_stopping=stops,
                validation_fraction=0.3 if small else 0.1,
                n_iter_no_change=20,
                random_state=(_BAGS * seed + bag) % (1 << 32),
            )
            models.append(model.fit(codes, target))
    return _Forest(task, tuple(models), shift, scale)


def _effects(forest: _Forest, encoding: Encoding, codes: Floats) -> tuple[dict[str, Effect], float]:
    """Return what each feature adds to the score of a row whose codes are all 0, and that row's score."""
    names = list(encoding.sizes)
    probes = [np.zeros((1, len(names)))]
    for place, size in enumerate(encoding.sizes.values()):
        own = np.zeros((size + 1, len(names)))
        own[:, place] = [*range(size), np.nan]
        probes.append(own)
    bias, *answers = np.split(forest(np.vstack(probes)), np.cumsum([len(each) for each in probes])[:-1])
    effects: dict[str, Effect] = {}
    for place, (name, answer) in enumerate(zip(names, answers, strict=True)):
        added = answer - bias
        absent = np.isnan(codes[:, place])
        known = added[codes[~absent, place].astype(np.int64)]
        missing = float(added[-1]) if absent.any() else float(known.mean())
        if name in encoding.edges:
            effects[name] = Steps(encoding.edges[name], added[:-1], missing)
        else:
            mean = float((known.sum() + missing * absent.sum()) / len(codes))
            levels = dict(zip(encoding.levels[name], added[:-1].tolist(), strict=True))
            effects[name] = LevelTable(levels, missing, mean)
    return effects, float(bias[0])
