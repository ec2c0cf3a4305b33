"""The ways back, what was edited, and what the curve is now."""

import streamlit as st

from mips_core.curves.model import CurveTerm
from mips_core.curves.study import CurveStudy, FeatureFit
from mips_core.views.curve_editor_terms import distilled_term
from mips_core.views.curve_editor_words import direction_of
from mips_core.views.curve_grid import unexplained_by, unexplained_text
from mips_core.views.sequences import count_text
from pages.parts.curves_edit_state import changes, current_model, fits_in_link, next_undone, redo, reset, undo
from pages.parts.fold import fold
from pages.parts.plain import plain
from pages.parts.words import curves_edit as words


def ways_back(study_key: str, study: CurveStudy, feature: str) -> None:
    """Show undo, redo and reset."""
    model, done, undone = current_model(study_key, study), changes(study_key), next_undone(study_key)
    own = feature not in model.features or model.term(feature) == distilled_term(study, feature)
    with st.container(horizontal=True, gap="small"):
        st.button("Undo", icon=":material/undo:", key="curve_undo", on_click=undo, args=(study_key,),
                  disabled=not done, help=plain(done[-1]) if done else None)  # fmt: skip
        st.button("Redo", icon=":material/redo:", key="curve_redo", on_click=redo, args=(study_key,),
                  disabled=undone is None, help=plain(undone) if undone else None)  # fmt: skip
        st.button("Reset this feature", icon=":material/restart_alt:", key="curve_reset", on_click=reset,
                  args=(study_key, feature), disabled=own)  # fmt: skip
        st.button("Reset all", icon=":material/delete_sweep:", key="curve_reset_all", on_click=reset,
                  args=(study_key,), disabled=model == study.model)  # fmt: skip
    if done:
        st.caption(f"Last edit: {plain(done[-1])}")


def list_of_edits(study_key: str, study: CurveStudy) -> None:
    """Say what was edited, and whether a link holds it."""
    done = changes(study_key)
    if not done:
        st.caption(words.NO_EDITS)
        return
    st.caption(words.LINKED if fits_in_link(study_key, study) else words.SESSION_ONLY)
    lines = "\n".join(f"{number}. {plain(each)}" for number, each in enumerate(done, 1))
    fold(f"{count_text(len(done), 'edit')}, in order", "curve_edits_list", "history", lambda: st.markdown(lines))


def curve_facts(study_key: str, study: CurveStudy, fit: FeatureFit) -> None:
    """Say how a feature's curve runs, and what it leaves of the teacher's."""
    term = current_model(study_key, study).term(fit.teacher.feature)
    assert isinstance(term, CurveTerm)
    left = unexplained_by(fit, term)
    st.caption(
        f"{count_text(term.curve.segments, 'segment')}; the curve {words.DIRECTIONS[direction_of(term.curve)]}. It "
        f"leaves {unexplained_text(left)} of the teacher's variance unexplained."
    )
