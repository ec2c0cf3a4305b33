"""Who looks at the page: the owner of this computer, or one visitor of many who must not see the others' work."""

import os

import streamlit as st

from mips_core.hosting import (
    COOKIE,
    Visitor,
    hosting,
    is_secret,
    new_secret,
    note_visit,
    owner_of_computer,
    visitor_of,
)
from mips_core.resources import explorer_folder, user_folder
from mips_core.runs import RunStore
from pages.parts.words import hosting as words

_SECRET, _NOTED = "visitor_secret", "visit_noted"


def visitor() -> Visitor:
    """Return who looks at the page.

    On a server with visitors a browser that keeps no cookie is a new visitor in every tab and after every reload.
    """
    if not hosting().public:
        return owner_of_computer()
    found = visitor_of(_secret())
    if not st.session_state.get(_NOTED):
        note_visit(found)
        st.session_state[_NOTED] = True
    return found


def own_store() -> RunStore:
    """Return the runs of whoever looks at the page."""
    return RunStore(visitor().home / "runs", megabytes=hosting().kept_megabytes)


def without_places(text: str) -> str:
    """Take the folders of a server out of what a visitor reads, to whom they mean nothing."""
    if hosting().public:
        for folder in (visitor().home / "runs", visitor().home, user_folder(), explorer_folder()):
            text = text.replace(f"{folder}{os.sep}", "").replace(str(folder), "the server's folder")
    return text


def is_remembered() -> bool:
    """Whether this visitor is known again after a reload."""
    return not hosting().public or is_secret(st.context.cookies.get(COOKIE))


def say_limits() -> None:
    """Say what a visitor may use of a shared server; nothing on one's own computer."""
    allowed = hosting()
    if not allowed.public:
        return
    said = words.LIMITS.format(
        minutes=f"{allowed.job_seconds / 60:.0f}", megabytes=f"{allowed.job_megabytes:,}",
        jobs=allowed.jobs_per_visitor, upload=allowed.upload_megabytes,
    )  # fmt: skip
    st.caption(f":material/groups: {said}")
    say_forgotten()


def say_forgotten() -> None:
    """Say so when this visitor will not be known again."""
    if not is_remembered():
        st.warning(words.NO_COOKIE, icon=":material/cookie_off:")


def _secret() -> str:
    sent = st.context.cookies.get(COOKIE)
    if is_secret(sent):
        return sent
    made: str = st.session_state.setdefault(_SECRET, new_secret())
    return made
