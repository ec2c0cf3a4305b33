"""A fold whose content is made only once somebody opens it; whether it is open stands in the address."""

from collections.abc import Callable

import streamlit as st


def fold(title: str, key: str, icon: str, show: Callable[[], None], *, expanded: bool = False) -> None:
    """Show a fold; opening it runs ``show`` alone, and nothing else of the page.

    What lies in Streamlit's own folds is computed, sent and drawn while they are closed.

    Parameters
    ----------
    key : the name in the address, unique on the page
    icon : a name of Google's Material Symbols, e.g. ``"table"``
    show : writes the content; it must not need the rest of the page to run again
    """
    st.fragment(_fold)(title, key, icon, show, expanded)


def _fold(title: str, key: str, icon: str, show: Callable[[], None], expanded: bool) -> None:
    box = st.expander(title, key=key, icon=f":material/{icon}:", expanded=expanded, bind="query-params")
    if box.open:
        with box:
            show()
