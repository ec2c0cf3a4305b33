"""The curve editor of the page "Curves": chart, knots and levels that can be changed, and what a change does."""

import streamlit as st

from mips_core.curves.model import CurveTerm
from mips_core.curves.study import CurveStudy
from mips_core.views.curve_editor_terms import fit_of
from pages.parts.curves_edit_chart import chart
from pages.parts.curves_edit_fit import put_in
from pages.parts.curves_edit_metrics import edit_strip
from pages.parts.curves_edit_state import current_model, link_error
from pages.parts.curves_edit_tools import curve_facts, list_of_edits, ways_back
from pages.parts.plain import plain
from pages.parts.words import curves_edit as words


def editor(study_key: str, study: CurveStudy, feature: str) -> None:
    """Show one feature's curve or levels to be edited, with the metric strip, undo, redo and reset.

    Edits happen in callbacks, so :func:`pages.parts.curves_edit_state.current_model` is new before anything is drawn.
    It is no fragment of its own: call it, and all that hangs on the edited model, inside one fragment.
    """
    model = current_model(study_key, study)
    error = link_error()
    if error is not None:
        st.warning(plain(error), icon=":material/link_off:")
    edit_strip(study_key, study)
    fit = fit_of(study, feature)
    ways_back(study_key, study, feature)
    if feature not in model.features:
        st.info(words.LEFT_OUT.format(feature=plain(feature), reason=plain(fit.reason)), icon=":material/info:")
        st.button(words.PUT_IN, icon=":material/add:", key="curve_put_in", on_click=put_in,
                  args=(study_key, study, feature), disabled=not fit.teacher.variance)  # fmt: skip
        list_of_edits(study_key, study)
        return
    chart(study_key, study, fit)
    if isinstance(model.term(feature), CurveTerm):
        curve_facts(study_key, study, fit)
    list_of_edits(study_key, study)
