"""Which form of the machine the page shows; it lives in the address."""

import streamlit as st

from pages.parts.address import keep_unusual, prepare
from pages.parts.words.machine import SHOW


def choose_view() -> str:
    """Show the choice between minimal, raw and Moore machine, and return it."""
    prepare("form", "minimal", SHOW)
    view = st.segmented_control(
        "Show", list(SHOW), key="form", format_func=SHOW.__getitem__, required=True, label_visibility="collapsed"
    )
    keep_unusual("form", view, "minimal")
    return str(view)
