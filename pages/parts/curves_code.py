"""The code panel of the page "Curves": the model as a module's text, which can be edited and applied."""

from functools import lru_cache

import streamlit as st

from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel
from mips_core.curves.module import module_source
from mips_core.curves.reporting import study_about
from mips_core.curves.study import CurveStudy
from mips_core.views.code_diff import DIFF_CSS, diff_counts, diff_html, diff_rows
from mips_core.views.curve_editor_code import LONGEST, model_json, read_edited
from mips_core.views.curve_editor_words import edit_words
from mips_core.views.edit_words import caret
from pages.parts.code_editor import code_editor
from pages.parts.curves_edit_state import change, current_model, edit_next
from pages.parts.plain import plain
from pages.parts.words import curves_edit as words

_TEXT, _OF, _VERSION, _ERROR = (f"curve_code_{name}" for name in ("text", "of", "version", "error"))
_DIFF_STYLE = f"<style>{DIFF_CSS}</style>"


def code_panel(study_key: str, study: CurveStudy) -> None:
    """Show the edited model's code with an editor, the lines that changed, and downloads.

    Like :func:`pages.parts.curves_edit.editor` it changes the model in callbacks and is no fragment of its own.
    """
    distilled = source_of(study.model, study)
    _settle(study_key, study)
    st.markdown(words.CODE)
    error: CurveError | None = st.session_state[_ERROR]
    code_editor(
        st.session_state[_TEXT], st.session_state[_VERSION], "curve_code_editor", label="Code of the model",
        hint=words.CODE_HINT, bad_line=None if error is None else error.line,
        on_edit=_note, on_check=lambda text: apply(study_key, study, text),
    )  # fmt: skip
    text: str = st.session_state[_TEXT]
    applied = source_of(current_model(study_key, study), study)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Apply", type="primary", icon=":material/check:", key="curve_code_apply",
                  on_click=_apply_next, args=(study_key, study))  # fmt: skip
        st.button("Back to the model's text", icon=":material/undo:", key="curve_code_back", on_click=_put,
                  args=(applied,), disabled=text == applied)  # fmt: skip
        _downloads(study_key, study, applied)
    if error is not None:
        st.error(f"**{words.CODE_UNREAD}** {plain(str(error))}", icon=":material/block:")
        if error.line is not None:
            st.code(caret(text, error.line, error.column), language=None)
    elif text != applied:
        st.info(words.CODE_PENDING, icon=":material/edit_note:")
    rows = diff_rows(distilled, text)
    if not rows:
        st.caption(words.CODE_SAME)
        return
    gone, come = diff_counts(rows)
    st.markdown(f"**Against the distilled model:** {gone} line{'s' * (gone != 1)} out, {come} in.")
    st.html(_DIFF_STYLE + diff_html(rows))


@lru_cache(maxsize=64)
def _source(model: AdditiveModel, about: str) -> str:
    return module_source(model, about)


def source_of(model: AdditiveModel, study: CurveStudy) -> str:
    """Return the module's text of a model of this study."""
    return _source(model, study_about(study))


def _settle(study_key: str, study: CurveStudy) -> None:
    """Follow the model where it was changed elsewhere."""
    text = source_of(current_model(study_key, study), study)
    if st.session_state.get(_OF) != (study_key, text):
        st.session_state[_OF] = (study_key, text)
        _put(text)


def _put(text: str) -> None:
    st.session_state[_TEXT] = text
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1
    st.session_state[_ERROR] = None


def _note(text: str) -> None:
    st.session_state[_TEXT] = text[: LONGEST + 1]


def _apply_next(study_key: str, study: CurveStudy) -> None:
    edit_next(study_key, lambda: apply(study_key, study, st.session_state[_TEXT]))


def apply(study_key: str, study: CurveStudy, text: str) -> None:
    """Take over an edited text, or keep the error for the panel to show; from a callback."""
    _note(text)
    before = current_model(study_key, study)
    try:
        model = read_edited(text, study)
    except CurveError as error:
        st.session_state[_ERROR] = error
        return
    if model != before:
        change(study_key, model, f"In the code: {edit_words(before, model)}")
    _put(source_of(model, study))


def _downloads(study_key: str, study: CurveStudy, text: str) -> None:
    model = current_model(study_key, study)
    name = "edited_curves" if model != study.model else "curves"
    st.download_button("Code (.py)", text, f"{name}.py", "text/x-python", on_click="ignore",
                       icon=":material/download:", key="curve_code_py")  # fmt: skip
    st.download_button("Model (.json)", lambda: model_json(model), f"{name}.json", "application/json",
                       on_click="ignore", icon=":material/download:", key="curve_code_json")  # fmt: skip
