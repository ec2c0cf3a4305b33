"""Everything that hangs on one study; a choice or an edit runs this part of the page alone."""

from functools import partial

import streamlit as st

from mips_core.curves.study import LabelledData
from mips_core.errors import MipsError
from mips_core.views.curve_grid import by_share, feature_of
from pages.parts import curves_data
from pages.parts.curves_calls import calls, downloads
from pages.parts.curves_choice import Found, chosen_feature, fitting, show_feature
from pages.parts.curves_code import code_panel
from pages.parts.curves_edit import editor
from pages.parts.curves_edit_state import current_model
from pages.parts.curves_overview import show_grid, show_segments, show_strip
from pages.parts.curves_rows import show_levels, show_rows
from pages.parts.frame import guarded, in_python, teach
from pages.parts.plain import plain
from pages.parts.words import curves as words


def preset(name: str) -> Found | None:
    """Return a study that ships; errors are shown."""
    try:
        return curves_data.shipped(name)
    except MipsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None


@st.fragment
def show_study(base: Found) -> None:
    """Show a study: strip, features, segments, editor, code, rows, levels, and what to take away."""
    guarded(partial(_show, base))


def _show(base: Found) -> None:
    asked = fitting(base)
    found = curves_data.fitted(base, asked)
    study = found.study
    model = current_model(found.key, study)
    features = [feature_of(fit) for fit in by_share(study.fits)]
    feature = chosen_feature(features)
    st.markdown(_what(study.data))
    show_strip(found, model)
    teach(words.SEES)
    st.subheader(words.FEATURES, anchor=False, divider="gray")
    st.markdown(words.FEATURES_TEXT)
    show_grid(found, model, feature)
    st.subheader(words.SEGMENTS, anchor=False, divider="gray")
    show_segments(base, asked)
    st.subheader(words.EDITOR, anchor=False, divider="gray")
    show_feature(features)
    editor(found.key, study, feature)
    st.subheader(words.CODE, anchor=False, divider="gray")
    code_panel(found.key, study)
    st.subheader(words.ROWS, anchor=False, divider="gray")
    show_rows(found, model)
    show_levels(found, model)
    with st.container(width=740):
        st.markdown(words.HONEST)
    in_python(*calls(base, asked))
    if model != study.model:
        st.caption(words.EDITED_FILES)
    downloads(found, model, base)


def _what(data: LabelledData) -> str:
    """Say what the score means."""
    positive = data.classes[1] if data.classes else "1"
    told = words.WHAT[data.task]
    return told.format(positive=plain(positive), target=plain(data.target), group=plain(data.group or "group"))
