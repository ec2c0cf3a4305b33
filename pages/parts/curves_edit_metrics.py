"""How good an edited model is on the held-out rows, beside the teacher, the distilled model and the last edit."""

import math

import streamlit as st

from mips_core.curves.metrics import main_metric, score_metrics
from mips_core.curves.model import AdditiveModel
from mips_core.curves.study import CurveStudy
from mips_core.views.curve_editor_strip import edit_strip_html
from pages.parts.curves_edit_state import current_model, model_before


def metrics_of(study_key: str, study: CurveStudy, model: AdditiveModel) -> dict[str, float]:
    """Return a model's measures on the study's held-out rows."""
    return _metrics(study_key, repr(model), study, model)


def edit_strip(study_key: str, study: CurveStudy) -> None:
    """Show the main measure of teacher, distilled and edited model, and what the last edit changed."""
    key = main_metric(study.data.task)[0]
    before = model_before(study_key, study)
    values = {
        "teacher": _teacher(study_key, study)[key],
        "distilled": metrics_of(study_key, study, study.model)[key],
        "edited": metrics_of(study_key, study, current_model(study_key, study))[key],
    }
    last = None if before is None else metrics_of(study_key, study, before)[key]
    if not all(map(math.isfinite, values.values())):
        st.caption("The measure is not defined on these held-out rows.")
        return
    st.html(edit_strip_html(key, values["teacher"], values["distilled"], values["edited"], last))


@st.cache_data(max_entries=512, show_spinner=False)
def _metrics(study_key: str, model_text: str, _study: CurveStudy, _model: AdditiveModel) -> dict[str, float]:
    held_out = _study.held_out
    return score_metrics(_study.data.task, held_out.target, _model.scores(held_out.columns), held_out.groups)


@st.cache_data(max_entries=64, show_spinner=False)
def _teacher(study_key: str, _study: CurveStudy) -> dict[str, float]:
    held_out = _study.held_out
    return score_metrics(_study.data.task, held_out.target, _study.teacher_scores, held_out.groups)
