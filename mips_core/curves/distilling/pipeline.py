"""From labelled data to code: split, teacher, one curve for each feature, a module that is compared with its model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from mips_core.curves.distilling.checking import checked_settings
from mips_core.curves.distilling.choosing import chosen_fits
from mips_core.curves.distilling.features import fit_feature
from mips_core.curves.distilling.finishing import centred, rounded_terms, with_bias
from mips_core.curves.distilling.ladder import Ladder
from mips_core.curves.distilling.price import price_of
from mips_core.curves.distilling.refit import refitted
from mips_core.curves.distilling.terms import adds_something, unexplained
from mips_core.curves.distilling.verifying import verified
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel
from mips_core.curves.study import CurveSettings, CurveStudy, FeatureFit, LabelledData, Table, TeacherCurve
from mips_core.curves.teachers import split, teacher_curves, train_teacher
from mips_core.progress import Monitor, ProgressCallback, Stopwatch


def distill_curves(
    data: LabelledData,
    settings: CurveSettings | None = None,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
) -> CurveStudy:
    """Train an additive teacher on labelled data and write it as readable curves (Ravina et al. 2021).

    The teacher and the curves see the training rows only; the held-out rows of the study judge both.  Each curve is
    fitted to its feature alone, without labels (``refit="none"``).  With ``settings.segments`` None the number of
    segments follows from description length with a ceiling on the whole, see
    :mod:`mips_core.curves.distilling.choosing`.  A curve that comes out constant is left out of the code, and so is,
    unless segments are asked for, one whose knots would cost more than they save.

    Parameters
    ----------
    progress: hears the stages "teacher", "curves" and "verify".
    stop: returns True once the work should end.

    Raises
    ------
    CurveError
        when settings do not fit the data, there are too few rows, or the emitted module is not what the model is.
    Cancelled
        when ``stop`` said so.
    """
    if not isinstance(data, LabelledData):
        raise CurveError(
            f"The data are a {type(data).__name__}; hand in labelled data, from read_table(file, target) or, for "
            "columns in memory, from mips_core.curves.table.labelled(columns, target)."
        )
    settings = checked_settings(data, settings or CurveSettings())
    monitor = Monitor(progress or (lambda _: None), stop or (lambda: False))
    clock = Stopwatch()
    monitor.report("teacher", f"Training the teacher on {len(data.table):,} rows.")
    training, held_out = split(data, settings)
    teacher = train_teacher(data, training, settings)
    curves = teacher_curves(teacher, training)
    training_scores = teacher.scores(training)
    teacher_seconds, clock = clock.seconds, Stopwatch()
    fits = _fits(data, training, curves, settings, monitor)
    model = AdditiveModel(tuple(fit.term for fit in fits if adds_something(fit)), teacher.bias, data.task)
    if settings.refit != "none" and model.terms:
        monitor.report("curves", "Moving all knots together.")
        monotone = {fit.teacher.feature: fit.mono for fit in fits}
        model = refitted(model, monotone, training, training_scores, settings.refit, monitor)
        model = rounded_terms(centred(model, training), {curve.feature: curve for curve in curves}, settings.digits)
        fits = [_with_term(fit, model) for fit in fits]
    model = with_bias(model, training, training_scores, settings)
    curve_seconds, clock = clock.seconds, Stopwatch()
    checked = verified(model, {"training": training, "held-out": held_out}, monitor)
    return CurveStudy(
        data=data,
        settings=settings,
        teacher_name=teacher.name,
        teacher_bias=float(teacher.bias),
        teacher_scores=np.asarray(teacher.scores(held_out), dtype=np.float64),
        fits=tuple(fits),
        model=model,
        held_out=held_out,
        training_rows=len(training),
        seconds={"teacher": teacher_seconds, "curves": curve_seconds, "verify": clock.seconds},
        verification=checked,
    )


def _fits(
    data: LabelledData,
    training: Table,
    curves: Sequence[TeacherCurve],
    settings: CurveSettings,
    monitor: Monitor,
) -> list[FeatureFit]:
    if settings.segments is not None:
        fits = []
        for place, curve in enumerate(curves):
            monitor.report("curves", f"Fitting {curve.feature}.", place / len(curves))
            fits.append(fit_feature(curve, settings.segments, settings.mono.get(curve.feature, False), settings))
        return fits
    price = price_of(data, training, settings, curves, monitor)
    ladders = [Ladder(curve, settings.mono.get(curve.feature, False), settings) for curve in curves]
    return chosen_fits(ladders, price, monitor)


def _with_term(fit: FeatureFit, model: AdditiveModel) -> FeatureFit:
    feature = fit.teacher.feature
    if feature not in model.features:
        return fit
    term = model.term(feature)
    return replace(fit, term=term, unexplained=unexplained(fit.teacher, term))
