"""What distilling costs in accuracy: the table of the paper in its form, on data of our own.

For each of five parts of the rows, the models learn from the other four and are judged on the part; curves are fitted
to the teacher on the same training rows, without labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.benchmarks.curve_plain import plain_fit
from mips_core.curves.distilling import fit_feature
from mips_core.curves.metrics import main_metric, score_metrics
from mips_core.curves.model import CurveTerm, Task, Term, term_values
from mips_core.curves.study import CurveSettings, LabelledData, Mono, Table, TeacherCurve
from mips_core.curves.teachers import interacting_metrics, teacher_curves, train_teacher
from mips_core.curves.transforms import Floats
from mips_core.progress import Monitor

FOLDS = 5
MOST = 5
"""Segments up to which curves are fitted."""

TOLERATED: dict[Task, float] = {"classification": 0.002, "regression": 0.02, "ranking": 0.005}
"""What five segments may lose: AUC, share of the RMSE, NDCG@5."""

INTERACTING, TEACHER = "interacting", "teacher"

_T_TABLE = 2.776
"""Student's t at 97.5 % with four degrees of freedom, for the mean of five folds."""

_Fitter = Callable[[TeacherCurve, int, Mono], Term]

PAPER: dict[Task, tuple[str, dict[str, float]]] = {
    "classification": (
        "COMPAS",
        {
            INTERACTING: 0.7415, TEACHER: 0.7411,
            "1 free": 0.7404, "2 free": 0.7414, "3 free": 0.7434, "4 free": 0.7426, "5 free": 0.7426,
            "1 monotone": 0.7404, "2 monotone": 0.7414, "3 monotone": 0.7436, "4 monotone": 0.7427,
            "5 monotone": 0.7426,
        },
    ),
    "regression": (
        "FICO",
        {
            INTERACTING: 3.128, TEACHER: 3.495,
            "1 free": 3.782, "2 free": 3.617, "3 free": 3.535, "4 free": 3.504, "5 free": 3.493,
            "1 monotone": 3.781, "2 monotone": 3.713, "3 monotone": 3.690, "4 monotone": 3.690, "5 monotone": 3.695,
        },
    ),
    "ranking": (
        "MSLR-WEB30K",
        {
            INTERACTING: 0.4853, TEACHER: 0.4416,
            "1 free": 0.4313, "2 free": 0.4368, "3 free": 0.4383, "4 free": 0.4402, "5 free": 0.4398,
            "1 monotone": 0.4313, "2 monotone": 0.4342, "3 monotone": 0.4351, "4 monotone": 0.4351,
            "5 monotone": 0.4358,
        },
    ),
}  # fmt: skip
"""What Ravina et al. 2021 report on their data sets of the same task, for the same rows of the table."""


@dataclass(frozen=True)
class Score:
    """The main measure over the folds: its mean and the half-width of the 95 % interval of that mean."""

    mean: float
    half_width: float


@dataclass(frozen=True)
class AccuracyRow:
    """One model.

    Parameters
    ----------
    model : "interacting", "teacher", or curves as "3 free" and "3 monotone"
    ours : with the curves of our fitter
    plain : with those of the published algorithm written plainly; None where there are no curves, or not asked for
    paper : what the paper reports on its own data for the same task
    """

    model: str
    ours: Score
    plain: Score | None
    paper: float | None


@dataclass(frozen=True)
class AccuracyTable:
    """One data set.

    Parameters
    ----------
    data, task, metric : what is judged, and by what
    rows, features : of the data
    higher : whether more of the measure is better
    paper_data : the paper's data set for the task
    models : in the order of the paper's table
    """

    data: str
    task: Task
    metric: str
    rows: int
    features: int
    higher: bool
    paper_data: str
    models: tuple[AccuracyRow, ...]

    def score(self, model: str) -> Score:
        """Return our score of a model by its name."""
        return next(row.ours for row in self.models if row.model == model)

    @property
    def lost(self) -> float:
        """What free curves of five segments lose beside the teacher: a difference, or a share of the RMSE."""
        teacher, distilled = self.score(TEACHER).mean, self.score(f"{MOST} free").mean
        return teacher - distilled if self.higher else distilled / teacher - 1

    @property
    def passed(self) -> bool:
        """Whether that is within what is tolerated."""
        return self.lost <= TOLERATED[self.task]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "lost": self.lost, "tolerated": TOLERATED[self.task], "passed": self.passed}


def run_accuracy(
    sets: Sequence[LabelledData], *, seed: int = 0, quick: bool = False, monitor: Monitor | None = None
) -> Iterator[AccuracyTable]:
    """Return the table of each data set.

    Parameters
    ----------
    quick : free curves of our fitter only
    """
    watch = monitor or Monitor()
    for data in sets:
        yield _table(data, seed, quick, watch)


def _table(data: LabelledData, seed: int, quick: bool, monitor: Monitor) -> AccuracyTable:
    key, name, higher = main_metric(data.task)
    settings = CurveSettings(seed=seed)
    found: dict[str, list[float]] = {}
    for number, (training, held_out) in enumerate(folds(data, seed)):
        monitor.report("accuracy", f"{data.name}: fold {number + 1} of {FOLDS}", number / FOLDS)
        for model, value in _fold(data, training, held_out, settings, quick, key, monitor):
            found.setdefault(model, []).append(value)
    paper_data, paper = PAPER[data.task]
    models = tuple(
        AccuracyRow(
            model,
            _score(values),
            _score(found[f"plain {model}"]) if f"plain {model}" in found else None,
            paper.get(model),
        )
        for model, values in found.items()
        if not model.startswith("plain ")
    )
    return AccuracyTable(
        data.name, data.task, name, len(data.table), len(data.table.columns), higher, paper_data, models
    )


def _fold(
    data: LabelledData,
    training: Table,
    held_out: Table,
    settings: CurveSettings,
    quick: bool,
    key: str,
    monitor: Monitor,
) -> Iterator[tuple[str, float]]:
    """Yield each model's name and its measure on the held-out rows."""

    def judged(scores: Floats) -> float:
        return score_metrics(data.task, held_out.target, scores, held_out.groups)[key]

    yield INTERACTING, interacting_metrics(data, training, held_out, settings)[key]
    teacher = train_teacher(data, training, settings)
    yield TEACHER, judged(teacher.scores(held_out))
    curves = teacher_curves(teacher, training)

    def ours(curve: TeacherCurve, segments: int, mono: Mono) -> Term:
        return fit_feature(curve, segments, mono and curve.numeric, settings).term

    fitters: dict[str, _Fitter] = {"": ours} if quick else {"": ours, "plain ": _plain_term}
    for mono in (False,) if quick else (False, True):
        for segments in range(1, MOST + 1):
            for prefix, term_of in fitters.items():
                total = np.full(len(held_out), teacher.bias)
                for curve in curves:
                    monitor.check()
                    total += term_values(term_of(curve, segments, mono), held_out.columns[curve.feature])
                yield f"{prefix}{segments} {'monotone' if mono else 'free'}", judged(total)


def _plain_term(curve: TeacherCurve, segments: int, mono: Mono) -> Term:
    """Return what the published algorithm makes of a feature; levels and features without values as ours."""
    if not curve.numeric or not len(curve.values):
        return fit_feature(curve, segments).term
    fitted = plain_fit(curve.values, curve.contributions, curve.weights, segments, mono=mono)
    return CurveTerm(curve.feature, fitted.round_to_sig_figs(4), curve.missing)


def folds(data: LabelledData, seed: int) -> Iterator[tuple[Table, Table]]:
    """Yield training and held-out rows of each fold; classes keep their shares, groups stay whole."""
    generator = np.random.default_rng([seed, FOLDS])
    table = data.table
    fold = np.zeros(len(table), dtype=np.int64)
    if table.groups is not None:
        _, group = np.unique(table.groups, return_inverse=True)
        fold = _dealt(int(group.max()) + 1, generator)[group]
    elif data.task == "classification":
        for value in (0.0, 1.0):
            rows = np.flatnonzero(table.target == value)
            fold[rows] = _dealt(len(rows), generator)
    else:
        fold = _dealt(len(table), generator)
    for number in range(FOLDS):
        yield table.rows(fold != number), table.rows(fold == number)


def _dealt(count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return a fold for each of ``count`` things, as evenly as cards are dealt."""
    return generator.permutation(count) % FOLDS


def _score(values: Sequence[float]) -> Score:
    spread = float(np.std(values, ddof=1))
    return Score(float(np.mean(values)), _T_TABLE * spread / float(np.sqrt(len(values))))
