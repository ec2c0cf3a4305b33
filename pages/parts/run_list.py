"""One's own runs as a list: search, filters, order and pages, all of which stand in the address."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from mips_core.errors import BadInputError, MipsError
from mips_core.runs import RunFacets, RunPage, RunRow, UnreadableRun
from mips_core.runs.index_query import ORDERS, searched_words
from mips_core.wording import plural
from pages.parts import data
from pages.parts.address import forget, forget_if_back, keep_unusual, prepare
from pages.parts.frame import more_filters
from pages.parts.plain import plain
from pages.parts.visitor import own_store, without_places
from pages.parts.words import runs as words

PAGE = 30
"""Runs on one page."""
_FEW = 8
"""Runs that need neither search nor filters."""
_UNREADABLE = 10
_MOST_KINDS = 200
_MOST_COUNTS = 10
_NUMBER, _TEXT = "runs_page", "runs_text"
_PAGERS = "pagers of runs"
_REFUSED, _SEARCHED = "a search of runs that was refused", "the last search of runs"


def facets() -> RunFacets | UnreadableRun:
    """Return how many runs of which kinds there are, or why their folder cannot be read."""
    store = own_store()
    try:
        return store.facets()
    except MipsError as error:
        return UnreadableRun(store.folder, without_places(str(error)))


def choose_filter(counted: RunFacets) -> dict[str, Any]:
    """Show a search, filters and an order where there are more than a few runs; return them as a query."""
    if counted.runs <= _FEW:
        return {}
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:  # neither the field nor the address keeps it
        st.session_state[_TEXT] = st.session_state.get(_SEARCHED, "")
    left, right = st.columns([3, 2], gap="medium")
    text = left.text_input(
        "Search", key=_TEXT, placeholder="e.g. parity, seed, formula", help=words.FIND_HELP,
        bind="query-params", on_change=_searched,
    )  # fmt: skip
    try:
        searched_words(text or "")
    except BadInputError as error:
        st.session_state[_REFUSED] = str(error)
        st.rerun()
    st.session_state[_SEARCHED] = text or ""
    if refused is not None:
        left.warning(plain(refused), icon=":material/error:")
    order = right.selectbox(
        "Order", list(ORDERS), key="runs_order", format_func=words.ORDERS.__getitem__, bind="query-params",
        on_change=_first_page,
    )  # fmt: skip
    chosen: dict[str, Any] = {"text": text or "", "order": order}
    with more_filters("runs_task", "runs_result", "runs_method"):
        columns = st.columns(3, gap="medium")
    kinds = (("task", counted.tasks), ("result", counted.results), ("method", counted.methods))
    for column, (name, found) in zip(columns, kinds, strict=True):
        # The address holds an option as it is written: a number of runs in it would make links that soon mean nothing.
        chosen[name] = column.selectbox(
            name.capitalize(), [kind for kind, _ in found[:_MOST_KINDS]], index=None, key=f"runs_{name}",
            placeholder="All", bind="query-params", help=_counts_text(found), on_change=_first_page,
        )  # fmt: skip
    return chosen


def _counts_text(found: Sequence[tuple[str, int]]) -> str:
    most = ", ".join(f"{plain(kind)} {count:,}" for kind, count in found[:_MOST_COUNTS])
    return words.MOST_RUNS.format(most) if most else words.NO_KIND


def page_of_runs(query: dict[str, Any]) -> RunPage:
    """Show which of the runs that match are listed, and the way to the others; return those."""
    total = data.own_page(**query, readable=True, limit=0).total
    pages = max(1, -(-total // PAGE))
    forget_if_back(_NUMBER)
    prepare(_NUMBER, 1, range(1, pages + 1), int)
    number = int(st.session_state[_NUMBER])
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            said = st.container(width="content")
            key = _pager(number)
            st.pagination(pages, default=number, key=key, on_change=_turn, args=(key,))
        first = PAGE * (number - 1) + 1
        last = min(total, first + PAGE - 1)
        said.caption(words.SHOWN.format(first=first, last=last, total=plural(total, "run")))
    keep_unusual(_NUMBER, number, 1)
    return data.own_page(**query, readable=True, limit=PAGE, offset=PAGE * (number - 1))


def unreadable_runs(query_rows: Sequence[RunRow]) -> tuple[list[UnreadableRun], int]:
    """Return runs that cannot be read, as far as they are shown, and how many more there are.

    Those are the ones whose report cannot be read, and those of these rows of which another part is damaged.
    """
    page = data.own_page(readable=False, limit=_UNREADABLE)
    found = [data.own_run(row.id) for row in (*query_rows, *page.rows)]
    damaged = [run for run in found if isinstance(run, UnreadableRun)]
    return damaged, page.total - len(page.rows)


def _first_page() -> None:
    forget(_NUMBER)


def _searched() -> None:
    with suppress(BadInputError):  # one that is refused changes nothing
        searched_words(st.session_state[_TEXT] or "")
        _first_page()


def _pager(number: int) -> str:
    """Return the key of the widget that turns pages: another one where the page changed otherwise, as by "Back"."""
    made = st.session_state.setdefault(_PAGERS, 0)
    if st.session_state.get(f"{_PAGERS} {made}", number) != number:
        made = st.session_state[_PAGERS] = made + 1
    return f"{_PAGERS} {made}"


def _turn(key: str) -> None:
    st.session_state[_NUMBER] = st.session_state[key]
