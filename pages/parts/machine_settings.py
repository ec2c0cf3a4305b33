"""Which form of the machine the page shows; it lives in the address."""

import streamlit as st

from pages.parts.address import restore, write
from pages.parts.words.machine import SHOW


def choose_view() -> str:
    """Show the choice between minimal, raw and Moore machine, and return it."""
    if restore("form", "minimal") not in SHOW:
        st.session_state["form"] = "minimal"
    view = st.segmented_control(
        "Show", list(SHOW), key="form", format_func=SHOW.__getitem__, required=True, label_visibility="collapsed"
    )
    write("form", None if view == "minimal" else str(view))
    return str(view)
