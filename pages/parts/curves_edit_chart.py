"""The curve editor's component: it draws and drags in the browser, and tells the server what an edit ended with."""

import zlib
from functools import lru_cache
from typing import Any

import streamlit as st

from mips_core.curves.errors import CurveError
from mips_core.curves.model import CurveTerm, Term
from mips_core.curves.study import CurveStudy, FeatureFit, Mono
from mips_core.resources import asset
from mips_core.views.curve_editor import MOST_SEGMENTS, editor_view, term_data, told_term
from mips_core.views.curve_editor_terms import distilled_term
from mips_core.views.curve_editor_words import edit_words
from pages.parts.curves_edit_fit import refit
from pages.parts.curves_edit_state import change, current_model, mono_of, redo, undo
from pages.parts.plain import plain
from pages.parts.words import curves_edit as words

KEY = "curve_editor"
_MEMORY, _REFUSED = "curve_editor_asked", "curve_editor_refused"
_SCRIPTS = ("scale", "knots", "chart", "table", "levels", "options", "editor", "mount")
MONO: dict[Mono, str] = {False: "free", "increasing": "increasing", "decreasing": "decreasing", True: "better"}
"""Directions as the editor calls them."""


@lru_cache(maxsize=1)
def _component() -> Any:
    """Register the component once for the process; script and style are files, joined in order."""
    script = "\n".join(asset("curve_editor", f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS)
    style = asset("curve_editor", "editor.css").read_text(encoding="utf-8")
    return st.components.v2.component(
        "mips_curve_editor", html='<div class="curve-editor"></div>', css=style, js=script
    )  # fmt: skip


def chart(study_key: str, study: CurveStudy, fit: FeatureFit) -> None:
    """Show one feature of the edited model to be edited."""
    feature = fit.teacher.feature
    name = _identity(study_key, study, feature)
    term = current_model(study_key, study).term(feature)
    mono = MONO[mono_of(study_key, study, feature)]
    asked = _asked(name, {"term": term_data(term), "mono": mono}, mounted=KEY in st.session_state)
    _component()(
        key=KEY,
        data={"id": name, "view": _view(name, study, fit), "asked": asked},
        on_edited_change=lambda: _edited(study_key, study),
        on_refit_change=lambda: _refit(study_key, study),
        on_history_change=lambda: _history(study_key),
    )
    refused: str | None = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        st.error(f"{words.REFUSED} {plain(refused)}", icon=":material/block:")


@st.cache_resource(max_entries=64, show_spinner=False)
def _view(name: str, _study: CurveStudy, _fit: FeatureFit) -> dict[str, Any]:
    feature = _fit.teacher.feature
    return editor_view(_fit, distilled_term(_study, feature), _study.data.task, _study.data.units.get(feature, ""))


def _identity(study_key: str, study: CurveStudy, feature: str) -> str:
    """Name what is edited: another distilled curve of the same feature is another one."""
    return f"{study_key} {feature} {zlib.crc32(repr(distilled_term(study, feature)).encode('utf-8')):08x}"


def _asked(name: str, wanted: dict[str, Any], *, mounted: bool) -> dict[str, Any]:
    """Return the term and direction that the editor shall show, as last time unless others than the editor changed it.

    What the editor itself told is not sent back, so a late answer never overwrites what was done since.  ``heard`` is
    the editor's last edit that this answer knows of.
    """
    last = st.session_state.get(_MEMORY)
    known = last is not None and mounted and last["name"] == name
    heard = 0 if last is None else last["heard"]
    if not known or last["now"] != wanted:
        number = 0 if last is None else last["asked"]["n"] + 1
        last = {"name": name, "asked": {"n": number, "heard": heard, **wanted}}
    st.session_state[_MEMORY] = {**last, "heard": heard, "now": wanted}
    asked: dict[str, Any] = last["asked"]
    return asked


def take_edit(study_key: str, study: CurveStudy, told: dict[str, Any]) -> None:
    """Take over what the editor tells: the feature's whole term as it is now there.

    It may still be about the feature that was shown before, and is then taken over too.
    """
    term = _named(study_key, study, told)
    if term is None:
        return
    model = current_model(study_key, study)
    try:
        edited = model.with_term(told_term(told["term"], term))
    except CurveError as error:
        st.session_state[_REFUSED] = str(error)
        _heard(told, None)  # so that the editor is asked to go back
    else:
        change(study_key, edited, edit_words(model, edited))
        _heard(told, told["term"])


def take_refit(study_key: str, study: CurveStudy, told: dict[str, Any]) -> None:
    """Fit a feature's curve again, as the editor asks; what comes out is sent to it."""
    feature = told["feature"]
    term = _named(study_key, study, told)
    mono = next((each for each, name in MONO.items() if name == told["mono"]), None)
    if isinstance(term, CurveTerm) and mono is not None:
        refit(study_key, study, feature, min(MOST_SEGMENTS, max(1, int(told["segments"]))), mono)
    _heard(told, None)


def _named(study_key: str, study: CurveStudy, told: dict[str, Any]) -> Term | None:
    """Return the term that the editor tells about, or None where it is of another study."""
    model, feature = current_model(study_key, study), told["feature"]
    if feature not in model.features or told["id"] != _identity(study_key, study, feature):
        return None
    return model.term(feature)


def _heard(told: dict[str, Any], shown: dict[str, Any] | None) -> None:
    """Note the editor's last word, and the term it shows; where that is not the model's, it is asked to follow."""
    memory = st.session_state.get(_MEMORY)
    if memory is not None:
        memory["heard"] = int(told["turn"])
        if memory["name"] == told["id"]:
            memory["now"] = None if shown is None or memory["now"] is None else {**memory["now"], "term": shown}


def _told(event: str) -> dict[str, Any] | None:
    told: dict[str, Any] | None = (st.session_state.get(KEY) or {}).get(event)
    return told


def _edited(study_key: str, study: CurveStudy) -> None:
    told = _told("edited")
    if told is not None:
        take_edit(study_key, study, told)


def _refit(study_key: str, study: CurveStudy) -> None:
    told = _told("refit")
    if told is not None:
        take_refit(study_key, study, told)


def _history(study_key: str) -> None:
    told = _told("history")
    if told is not None:
        (redo if told["what"] == "redo" else undo)(study_key)
