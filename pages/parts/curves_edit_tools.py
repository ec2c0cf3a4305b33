"""What changes a whole curve at once: its scale, its ends, and a new fit; and the ways back."""

from typing import Any

import streamlit as st

from mips_core.curves.curve import PWLCurve
from mips_core.curves.editing import change_ends, change_fx
from mips_core.curves.errors import CurveError
from mips_core.curves.model import CurveTerm
from mips_core.curves.study import CurveStudy, FeatureFit, Mono
from mips_core.curves.transforms import TRANSFORMS
from mips_core.views.curve_editor_words import direction_of, edit_words
from mips_core.views.curve_grid import unexplained_by
from mips_core.views.sequences import count_text, share_text
from pages.parts.curves_edit_chart import refuse
from pages.parts.curves_edit_state import (
    change,
    changes,
    current_model,
    fits_in_link,
    mono_of,
    next_undone,
    redo,
    reset,
    undo,
)
from pages.parts.fold import fold
from pages.parts.plain import plain
from pages.parts.words import curves_edit as words

MOST_SEGMENTS = 12
_FX, _ENDS, _MONO, _SEGMENTS = "curve_edit_fx", "curve_edit_ends", "curve_edit_mono", "curve_edit_segments"


def ways_back(study_key: str, study: CurveStudy, feature: str) -> None:
    """Show undo, redo and reset."""
    model, done, undone = current_model(study_key, study), changes(study_key), next_undone(study_key)
    own = model.term(feature) == study.model.term(feature)
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


def curve_tools(study_key: str, study: CurveStudy, fit: FeatureFit) -> None:
    """Show scale, ends, direction and number of segments of a feature's curve; each acts at once."""
    feature = fit.teacher.feature
    term = current_model(study_key, study).term(feature)
    assert isinstance(term, CurveTerm)
    curve, mono = term.curve, mono_of(study_key, study, feature)
    most = max(1, min(MOST_SEGMENTS, len(fit.teacher.values) - 1))
    now = {_FX: curve.fx, _ENDS: curve.ends, _MONO: mono, _SEGMENTS: min(most, curve.segments)}
    st.session_state.update(now)  # what is shown is the curve, whoever changed it
    lowest = min(curve.xs[0], float(fit.teacher.values[0]) if len(fit.teacher.values) else curve.xs[0])
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.number_input("Segments", 1, most, key=_SEGMENTS, width=130, help=words.SEGMENTS_HELP, on_change=_refit,
                        args=(study_key, study, feature))  # fmt: skip
        st.selectbox("Direction", list(words.MONO), key=_MONO, format_func=words.MONO.__getitem__, width=215,
                     help=words.MONO_HELP, on_change=_refit, args=(study_key, study, feature))  # fmt: skip
        st.selectbox(
            "Scale of x", [name for name, each in TRANSFORMS.items() if lowest > each.above or name == curve.fx],
            key=_FX, format_func=words.FX.__getitem__, width=215, help=words.FX_HELP, on_change=_redraw,
            args=(study_key, study, feature),
        )  # fmt: skip
        st.selectbox("Ends", list(words.ENDS), key=_ENDS, format_func=words.ENDS.__getitem__, width=170,
                     help=words.ENDS_HELP, on_change=_redraw, args=(study_key, study, feature))  # fmt: skip
    left = unexplained_by(fit, term)
    st.caption(
        f"{count_text(curve.segments, 'segment')}; the curve {words.DIRECTIONS[direction_of(curve)]}. It leaves "
        f"{share_text(left)} of the teacher's variance unexplained."
    )


def refit(study_key: str, study: CurveStudy, feature: str, segments: int, mono: Mono) -> None:
    """Fit a feature's curve to the teacher again, from a callback; missing values keep their score."""
    fit = next(each for each in study.fits if each.teacher.feature == feature)
    model = current_model(study_key, study)
    now = model.term(feature)
    assert isinstance(now, CurveTerm)
    curve = _fitted(study_key, feature, segments, mono, now.curve.fx, study, fit)
    new = CurveTerm(feature, curve, now.missing)
    told = f"{feature}: fitted again with {count_text(segments, 'segment')}, {words.MONO[mono]}."
    if curve.segments < segments:
        told = f"{told} {curve.segments} were enough."
    change(study_key, model.with_term(new), told, {feature: mono})


@st.cache_resource(max_entries=256, show_spinner=False)
def _fitted(
    study_key: str, feature: str, segments: int, mono: Any, fx: str, _study: CurveStudy, _fit: FeatureFit
) -> PWLCurve:
    from mips_core.curves.fitting import fit_pwl

    teacher, settings = _fit.teacher, _study.settings
    return fit_pwl(
        teacher.values, teacher.contributions, teacher.weights, num_segments=segments, mono=mono, fx=fx,
        min_share=settings.min_share, digits=settings.digits,
    )  # fmt: skip


def _refit(study_key: str, study: CurveStudy, feature: str) -> None:
    refit(study_key, study, feature, int(st.session_state[_SEGMENTS]), st.session_state[_MONO])


def _redraw(study_key: str, study: CurveStudy, feature: str) -> None:
    """Draw the same knots on another scale, or with other ends."""
    model = current_model(study_key, study)
    try:
        edited = change_fx(model, feature, st.session_state[_FX])
        edited = change_ends(edited, feature, st.session_state[_ENDS])
    except CurveError as error:
        refuse(error)
    else:
        change(study_key, edited, edit_words(model, edited))
