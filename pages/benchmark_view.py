"""What was measured: all tasks beside the paper's results, our speed beside other tools, and how costs grow."""

import streamlit as st

from pages.parts.address import forget_if_back, keep_unusual, prepare
from pages.parts.benchmark_growth import show_growth
from pages.parts.benchmark_speed import show_speed
from pages.parts.benchmark_tasks import OPENED, show_tasks
from pages.parts.frame import guarded, head
from pages.parts.words import benchmark as words

_VIEW = "measured"


def _named(text: str) -> str:
    """Return the view that an address names, which may be typed by hand."""
    return next((name for name in words.VIEWS if name.casefold() == text.casefold()), text)


opened = st.session_state.pop(OPENED, None)
if opened is not None:
    st.switch_page("pages/program_view.py", query_params={"task": opened})

head("Benchmark", words.PURPOSE)
shows = dict(zip(words.VIEWS, (show_tasks, show_speed, show_growth), strict=True))
forget_if_back(_VIEW)
prepare(_VIEW, words.VIEWS[0], words.VIEWS, _named)
view = st.segmented_control("What was measured", words.VIEWS, key=_VIEW, required=True, label_visibility="collapsed")
keep_unusual(_VIEW, view, words.VIEWS[0])
guarded(shows[view])
