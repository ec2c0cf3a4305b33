"""A choice among all finished runs, however many: pinned and latest own ones, a search, and the shipped ones."""

import streamlit as st

from mips_core.errors import BadInputError
from mips_core.runs import RunRow, is_own_id
from mips_core.runs.index_query import searched_words
from mips_core.wording import plural
from pages.parts import data
from pages.parts.plain import plain
from pages.parts.shared_runs import shared_runs
from pages.parts.visitor import own_store
from pages.parts.words import runs as words

LISTED = 50
"""Own runs that a list offers without a search."""


def search_own(key: str) -> str:
    """Show a search among one's own runs where a list cannot offer all of them; return what is searched for."""
    total = data.own_page(readable=True, limit=0).total
    if total <= LISTED:
        return ""
    text = st.text_input(
        "Search your runs", key=key, placeholder=words.SEARCH_OWN.format(plural(total, "run")), help=words.SEARCH_HELP
    )
    try:
        searched_words(text)
    except BadInputError as error:
        st.warning(plain(str(error)), icon=":material/error:")
    return text


def run_labels(*chosen: str, text: str = "") -> dict[str, str]:
    """Return what a list offers, by id, with how it calls each: own ones say so, with their time; no two are alike.

    Parameters
    ----------
    chosen : ids that are offered in any case, where there are such runs
    text : own runs are those that match; without it the pinned and the latest
    """
    rows = {row.id: row for row in data.own_page(readable=True, text=text, limit=LISTED).rows}
    missing = [own_store().row(each) for each in chosen if is_own_id(each) and each not in rows]
    own = {row.id: row for row in missing if row is not None and row.readable} | rows
    labels: dict[str, str] = {}
    for run_id, name in [
        *((row.id, _own_label(row)) for row in own.values()),
        *((run.id, f"{run.name} (shared with you)") for run in shared_runs().values()),
        *((run.id, run.name) for run in data.shipped().values()),
    ]:
        labels[run_id] = name if name not in labels.values() else f"{name} {run_id[-8:]}"
    return labels


def _own_label(row: RunRow) -> str:
    return f"{row.name} (yours{', pinned' if row.pinned else ''}, {row.made_text})"
