"""A feature's curve fitted to the teacher again: with other segments, or held to a direction."""

from typing import Any

import streamlit as st

from mips_core.curves.curve import Ends, PWLCurve
from mips_core.curves.model import CurveTerm
from mips_core.curves.study import CurveStudy, FeatureFit, Mono
from mips_core.views.curve_editor_terms import fit_of, with_feature
from mips_core.views.sequences import count_text
from pages.parts.curves_edit_state import change, current_model
from pages.parts.words import curves_edit as words

PUT_IN = 2
"""Segments at most of a curve that is put into the model."""


def refit(study_key: str, study: CurveStudy, feature: str, segments: int, mono: Mono) -> None:
    """Fit a feature's curve again, from a callback; its scale, its ends and the score of missing values stay."""
    fit = fit_of(study, feature)
    model = current_model(study_key, study)
    now = model.term(feature)
    assert isinstance(now, CurveTerm)
    curve = _fitted(study_key, feature, segments, mono, now.curve.fx, now.curve.ends, study, fit)
    told = f"{feature}: fitted again with {count_text(segments, 'segment')}, {words.MONO[mono]}."
    if curve.segments < segments:
        told = f"{told} {curve.segments} were enough."
    change(study_key, model.with_term(CurveTerm(feature, curve, now.missing)), told, {feature: mono})


def put_in(study_key: str, study: CurveStudy, feature: str) -> None:
    """Put a feature that the model leaves out into it, from a callback: its teacher's curve in few segments, or levels.

    As contributions are centred, the bias stays as it is.
    """
    from mips_core.curves.distilling.features import fit_feature

    fit = fit_of(study, feature)
    term = fit_feature(fit.teacher, PUT_IN, fit.mono, study.settings).term
    model = with_feature(study, current_model(study_key, study), term)
    change(study_key, model, f"{feature}: put into the model.")


@st.cache_resource(max_entries=256, show_spinner=False)
def _fitted(
    study_key: str, feature: str, segments: int, mono: Any, fx: str, ends: Ends, _study: CurveStudy, _fit: FeatureFit
) -> PWLCurve:
    from mips_core.curves.fitting import fit_pwl

    teacher, settings = _fit.teacher, _study.settings
    return fit_pwl(
        teacher.values, teacher.contributions, teacher.weights, num_segments=segments, mono=mono, fx=fx, ends=ends,
        min_share=settings.min_share, digits=settings.digits,
    )  # fmt: skip
