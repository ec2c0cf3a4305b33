"""Calls of the page "Curves" to the core that are worth keeping between reruns."""

import time
from dataclasses import replace
from functools import lru_cache

import streamlit as st

from mips_core.curves.again import with_fits
from mips_core.curves.distilling.features import fit_feature
from mips_core.curves.distilling.measures import SegmentsPoint
from mips_core.curves.measured import Measures, read_measures
from mips_core.curves.metrics import score_metrics
from mips_core.curves.model import AdditiveModel
from mips_core.curves.module import module_source
from mips_core.curves.spread import chance_spread
from mips_core.curves.stored import shipped_folder, shipped_study
from mips_core.curves.study import CurveStudy, FeatureFit
from mips_core.curves.transforms import Floats
from mips_core.programs.loops.program import lines_of_code
from mips_core.views.curve_metrics import Scored
from pages.parts.curves_choice import MOST_SEGMENTS, Fitting, Found
from pages.parts.plain import plain
from pages.parts.words import curves as words

_SCORES = "curve_scores"
_PATIENCE = 0.4
"""Seconds of fitting before the page says what it is doing."""
_KEPT = 4
"""Models of a session whose scores are kept: distilled, edited, and those before."""


def fitted(found: Found, fitting: Fitting) -> Found:
    """Return the study with all curves fitted as asked; only what was never fitted so is fitted now."""
    if fitting.is_usual:
        return found
    fits, place, begun = [], st.empty(), time.monotonic()
    for index, old in enumerate(found.study.fits):
        if time.monotonic() - begun > _PATIENCE:  # a click meanwhile takes effect here, and what is fitted stays known
            place.progress(index / _count(found), text=words.FITTING.format(feature=plain(old.teacher.feature)))
        fits.append(_fit(found.key, index, fitting.segments, fitting.monotone, found.study))
    place.empty()
    key = f"{found.key} segments={fitting.segments} monotone={fitting.monotone}"
    return replace(found, key=key, study=with_fits(found.study, fits))


def _count(found: Found) -> int:
    return len(found.study.fits)


@st.cache_resource(max_entries=4096, show_spinner=False)
def _fit(key: str, index: int, segments: int | None, monotone: bool, _study: CurveStudy) -> FeatureFit:
    """Return one feature fitted; None segments keep as many as it has."""
    old = _study.fits[index]
    mono = old.teacher.numeric and (monotone or old.mono)
    if segments is not None:
        return fit_feature(old.teacher, segments, mono, _study.settings)
    return fit_feature(old.teacher, old.segments, mono, _study.settings) if mono and old.segments else old


@st.cache_resource(max_entries=16, show_spinner="Reading the stored result")
def shipped(name: str) -> Found:
    """Return a study that ships, with what was measured about it."""
    study = shipped_study(name)
    return Found(f"preset {name}", name, study, bundled=True, measures=read_measures(shipped_folder() / name))


def known_points(found: Found) -> dict[tuple[int, bool], SegmentsPoint]:
    """Return the points of the chart that are known; new ones are put into the same dictionary."""
    return _points(found.key, found.measures)


@st.cache_resource(max_entries=64, show_spinner=False)
def _points(key: str, _measures: Measures | None) -> dict[tuple[int, bool], SegmentsPoint]:
    points = () if _measures is None else _measures.segments
    return {(point.segments, point.mono): point for point in points if point.segments <= MOST_SEGMENTS}


def compute_some(found: Found, segments: int, mono: bool, until: float) -> bool:
    """Work on the metric with so many segments each until a moment of the monotonic clock; return whether it is known.

    At least one feature is fitted, so that repeated calls come to an end.
    """
    for index in range(_count(found)):
        _fit(found.key, index, segments, mono, found.study)
        if time.monotonic() > until and index + 1 < _count(found):
            return False
    study = fitted(found, Fitting(segments, mono)).study
    metrics = _metrics(study, study.model.scores(study.held_out.columns))
    known_points(found)[segments, mono] = SegmentsPoint(segments, mono, metrics)
    return True


def lines(model: AdditiveModel) -> int:
    """Return how many lines of code a model is."""
    return lines_of_code(source(model, ""))


@lru_cache(maxsize=64)
def source(model: AdditiveModel, about: str) -> str:
    """Return the text of a model's module."""
    return module_source(model, about)


def scores(key: str, study: CurveStudy, model: AdditiveModel) -> Floats:
    """Return a model's scores on the held-out rows; those of the last few models are kept."""
    kept: dict[tuple[str, AdditiveModel], Floats] = st.session_state.setdefault(_SCORES, {})
    if (key, model) not in kept:
        while len(kept) >= _KEPT:
            kept.pop(next(iter(kept)))
        kept[key, model] = model.scores(study.held_out.columns)
    return kept[key, model]


def judged(key: str, study: CurveStudy, model: AdditiveModel, who: str, *, chance: bool = False) -> Scored:
    """Return how good a model is on the held-out rows; with ``chance`` how far that is from others by chance alone."""
    said = scores(key, study, model)
    others = {"teacher": study.teacher_scores} if chance else {}
    if chance and who == "edited":
        others["distilled"] = scores(key, study, study.model)
    spreads = {name: _spread(key, repr(model), name, said, other, study) for name, other in others.items()}
    return Scored(who, _metrics(study, said), {name: each for name, each in spreads.items() if each is not None})


@st.cache_data(max_entries=256, show_spinner=False)
def _spread(key: str, model: str, name: str, _said: Floats, _other: Floats, _study: CurveStudy) -> float | None:
    held_out = _study.held_out
    return chance_spread(_study.data.task, held_out.target, _said, _other, held_out.groups)


def judged_teacher(study: CurveStudy) -> Scored:
    """Return how good the teacher is on the held-out rows."""
    return Scored("teacher", _metrics(study, study.teacher_scores))


def main_of_teacher(study: CurveStudy) -> float:
    """Return the teacher's main metric; NaN where it is not defined on the held-out rows."""
    scored = judged_teacher(study)
    return scored.metrics[scored.main]


def _metrics(study: CurveStudy, values: Floats) -> dict[str, float]:
    return score_metrics(study.data.task, study.held_out.target, values, study.held_out.groups)
