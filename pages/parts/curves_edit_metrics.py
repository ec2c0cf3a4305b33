"""How good an edited model is on the held-out rows, beside the teacher, the distilled model and the last edit."""

import math

import streamlit as st

from mips_core.curves.metrics import main_metric
from mips_core.curves.study import CurveStudy
from mips_core.views.curve_editor_strip import edit_strip_html
from pages.parts.curves_data import judged, judged_teacher
from pages.parts.curves_edit_state import current_model, model_before
from pages.parts.words import curves_edit as words


def edit_strip(study_key: str, study: CurveStudy) -> None:
    """Show the main measure of teacher, distilled and edited model, and what the last edit changed."""
    key = main_metric(study.data.task)[0]
    before = model_before(study_key, study)
    models = [study.model, current_model(study_key, study), *([] if before is None else [before])]
    values = [judged_teacher(study).metrics[key], *(judged(study_key, study, m, "edited").metrics[key] for m in models)]
    if all(map(math.isfinite, values)):
        teacher, distilled, edited, *last = values
        st.html(edit_strip_html(key, teacher, distilled, edited, last[0] if last else None))
    else:
        st.caption(words.NO_MEASURE)
