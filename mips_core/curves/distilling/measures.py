"""How good teacher and curves are on held-out rows, how that depends on segments, and what an edit changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mips_core.curves.distilling.ladder import Ladder
from mips_core.curves.distilling.terms import nothing, unexplained
from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import score_metrics
from mips_core.curves.model import AdditiveModel, CurveTerm, term_values
from mips_core.curves.study import CurveStudy
from mips_core.curves.teachers import interacting_metrics, split
from mips_core.curves.transforms import Floats
from mips_core.progress import Monitor, ProgressCallback


@dataclass(frozen=True)
class SegmentsPoint:
    """The metrics of a model whose curves have at most ``segments`` pieces, all of them free or all monotone."""

    segments: int
    mono: bool
    metrics: Mapping[str, float]


def study_metrics(study: CurveStudy, *, interacting: bool = False) -> dict[str, dict[str, float]]:
    """Return the metrics on held-out rows of "teacher" and "distilled".

    Parameters
    ----------
    interacting: also train and judge a model whose features may interact ("interacting"): what any additive model
        gives up, as in the first row of the paper's table.
    """
    found = {
        "teacher": _metrics(study, study.teacher_scores),
        "distilled": _metrics(study, study.model.scores(study.held_out.columns)),
    }
    if interacting:
        training, _ = split(study.data, study.settings)
        found = {"interacting": interacting_metrics(study.data, training, study.held_out, study.settings), **found}
    return found


def metric_by_segments(
    study: CurveStudy,
    most: int = 8,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[SegmentsPoint, ...]:
    """Return the held-out metrics of localized curves with 1, 2, ... segments each, free and then monotone.

    Every numeric feature gets the same number of segments, as in the paper's table; each monotone curve takes the
    direction that fits better.  Tables of levels stay; digits and least shares are those of the study, and there is no
    refit.  The curves of the study itself may have other numbers of segments.

    Raises
    ------
    Cancelled
        when ``stop`` said so.
    """
    monitor = Monitor(progress or (lambda _: None), stop or (lambda: False))
    settings = replace(study.settings, most=most)
    found = []
    steps = 2 * len(study.fits)
    columns = study.held_out.columns
    for mono in (False, True):
        totals = np.full((most, len(study.held_out)), study.teacher_bias)
        for place, fit in enumerate(study.fits):
            teacher = fit.teacher
            share = (place + mono * len(study.fits)) / max(steps, 1)
            monitor.report("segments", f"Fitting {teacher.feature}{' monotone' * mono}.", share)
            ladder = Ladder(teacher, mono and teacher.numeric, settings)
            if ladder.is_constant:
                continue
            for segments in range(1, most + 1):
                monitor.check()
                values = _added(ladder, segments, columns[teacher.feature])
                totals[segments - 1] += values
        for segments in range(1, most + 1):
            found.append(SegmentsPoint(segments, mono, _metrics(study, totals[segments - 1])))
    return tuple(found)


def with_model(study: CurveStudy, model: AdditiveModel) -> CurveStudy:
    """Return the study with another model, one that was edited by hand; its metrics follow with :func:`study_metrics`.

    The fits take over the model's terms, with what these leave unexplained.

    Raises
    ------
    CurveError
        when the model looks at a feature that the data lack, or takes numbers for levels.
    """
    columns = study.held_out.columns
    for term in model.terms:
        if term.feature not in columns:
            raise CurveError(f"The data have no feature {term.feature!r}; they have {', '.join(columns)}.")
        numeric = columns[term.feature].dtype.kind == "f"
        if numeric != isinstance(term, CurveTerm):
            kind = "numbers: it needs a curve" if numeric else "levels: it needs a table of levels"
            raise CurveError(f"The feature {term.feature!r} holds {kind}.")
    if model.task != study.data.task:
        raise CurveError(f"The model is for {model.task}, and the data are for {study.data.task}.")
    fits = []
    for fit in study.fits:
        feature = fit.teacher.feature
        term = model.term(feature) if feature in model.features else nothing(fit.teacher)
        fits.append(fit if term == fit.term else replace(fit, term=term, unexplained=unexplained(fit.teacher, term)))
    return replace(study, model=model, fits=tuple(fits), verification=None)


def _added(ladder: Ladder, segments: int, values: np.ndarray) -> Floats:
    return term_values(ladder.term(segments), values)


def _metrics(study: CurveStudy, scores: Floats) -> dict[str, float]:
    return score_metrics(study.data.task, study.held_out.target, scores, study.held_out.groups)
