"""Choices that live in the address as well as in the session, and follow the reader from page to page.

Streamlit's own binding (``bind="query-params"``) ties a parameter to one page: it drops the
parameter when the reader goes on to another page that binds it too, even from a link that names it
(tried with 1.67).  The three choices that all pages share are therefore written here.

The browser learns of what we write with the answer: until then, and on a slow line that is long, each request brings
the address of before.  A link that is followed always runs the whole page, so where a fragment runs alone, what we have
written counts and not the address.

What is written here makes a step in the browser's history, all that one run of a page writes together at best; what
Streamlit's binding writes takes the place of the step before (tried with 1.67).  So a choice that "Back" is to undo, a
page of a list or a view, is written here, once in a run; and where the reader goes back, nothing makes a new step.
"""

from collections.abc import Callable, Collection
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_KEPT = "kept"
_WRITTEN = "written to the address"


def _asked(name: str) -> str | None:
    """Return what the address asks for; None where it may be older than what was written."""
    return None if _fragment_alone() and name in _written() else st.query_params.get(name)


def _fragment_alone() -> bool:
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def restore(name: str, usual: Any, read: Callable[[str], Any] = str) -> Any:
    """Give the widget ``name``, which comes next, its value, and return it.

    A value in the address counts when we did not write it ourselves: a link was followed, or the
    reader went back.  Otherwise the widget keeps what was chosen last, on whatever page.  A value
    that cannot be read (ValueError) counts as none.
    """
    kept: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    asked = _asked(name)
    value = usual
    try:
        if asked is not None and asked != kept.get(name):
            value = read(asked)
        elif name in st.session_state:
            value = st.session_state[name]
        elif name in kept:
            value = read(kept[name])
    except ValueError:
        value = usual
    st.session_state[name] = value
    return value


def prepare(name: str, usual: Any, options: Collection[Any], read: Callable[[str], Any] = str) -> None:
    """Give the widget ``name``, which comes next, its value (see :func:`restore`); one not on offer counts as none."""
    if restore(name, usual, read) not in options:
        st.session_state[name] = usual


def forget_if_back(*names: str) -> None:
    """Drop choices that stand in the address unless they are as usual, where the reader went back to one without them.

    Otherwise an address without them asks for nothing, and they stay; call it before :func:`prepare`.
    """
    context = get_script_run_ctx()
    if context is not None and context.is_history_navigation:
        forget(*(name for name in names if name not in st.query_params))


def keep_unusual(name: str, value: Any, usual: Any) -> None:
    """Write a choice to the address, unless it is what it is without one."""
    write(name, None if value == usual else str(value))


def forget_other_run(run_id: str, *names: str) -> None:
    """Drop choices that were made for another run, unless a link brings its own; call it before their widgets."""
    memory = f"run of {names[0]}"
    before = st.session_state.get(memory)
    st.session_state[memory] = run_id
    if before not in (None, run_id):
        forget(*(name for name in names if not followed(name)))


def followed(*names: str) -> bool:
    """Tell whether the address names these choices otherwise than we last wrote them.

    Then a link was followed, or the reader went back; an address without any of them asks for nothing.
    """
    kept: dict[str, str] = st.session_state.get(_KEPT, {})
    now = {name: _asked(name) for name in names}
    return any(now.values()) and now != {name: kept.get(name) for name in names}


def last(name: str) -> str | None:
    """Return what was last written for a choice, on whatever page."""
    kept: dict[str, str] = st.session_state.get(_KEPT, {})
    return kept.get(name)


def keep(name: str, value: Any) -> None:
    """Write the value of a widget to the address and to the session; None is left out of both."""
    if value is None:
        forget(name)
    else:
        write(name, str(value))


def write(name: str, text: str | None) -> None:
    """Write a choice to the address, or take it out, and leave the widget of that name alone."""
    kept: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    if text is None:
        kept.pop(name, None)
    else:
        kept[name] = text
    written = _written()
    written[name] = text
    for each, value in (written if _fragment_alone() else {name: text}).items():
        if value is None:
            st.query_params.pop(each, None)
        elif st.query_params.get(each) != value:
            st.query_params[each] = value


def _written() -> dict[str, str | None]:
    """Return what was written while this page has been shown; written together, as the address of a run may be old."""
    context = get_script_run_ctx()
    page = None if context is None else context.page_script_hash
    if st.session_state.get(_WRITTEN, (None,))[0] != page:
        st.session_state[_WRITTEN] = page, {}
    written: dict[str, str | None] = st.session_state[_WRITTEN][1]
    return written


def forget(*names: str) -> None:
    """Drop choices, so that their widgets go back to what is usual."""
    for name in names:
        write(name, None)
        st.session_state.pop(name, None)
