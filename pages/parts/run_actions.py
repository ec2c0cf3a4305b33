"""Rename, pin, open and delete one of the user's runs."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode, urlsplit

import streamlit as st

from mips_core.errors import MipsError
from mips_core.hosting import hosting
from mips_core.runs import Run, RunRow, UnreadableRun, share, shared_as, unshare
from mips_core.runs.information import LONGEST_NAME
from pages.parts import data
from pages.parts.address import forget, keep, last, restore
from pages.parts.picker import link_to
from pages.parts.plain import plain
from pages.parts.visitor import own_store
from pages.parts.words import hosting as hosting_words
from pages.parts.words import runs as words

_SAID, _CHOSEN = "said_about_runs", "own_run"
_PAGES = (
    ("pages/player_view.py", "Lock-step", ":material/play_circle:"),
    ("pages/hidden_states.py", "Hidden states", ":material/scatter_plot:"),
    ("pages/state_machine.py", "State machine", ":material/account_tree:"),
    ("pages/program_view.py", "Program", ":material/code:"),
    ("pages/compare_view.py", "Compare", ":material/compare_arrows:"),
)


def say_what_happened() -> None:
    """Show what the last change did, or why it could not be made; once."""
    said = st.session_state.pop(_SAID, None)
    if said is not None:
        text, worked = said
        (st.success if worked else st.error)(text, icon=":material/check:" if worked else ":material/error:")


def actions(run: Run) -> None:
    """Show everything that can be done with one run."""
    assert run.information is not None
    st.markdown(f"Open **{plain(run.name)}** in")
    with st.container(horizontal=True, gap="small"):
        for page, label, icon in _PAGES:
            st.page_link(page, label=label, icon=icon, query_params=link_to(run), width="content")
    pinned = run.information.pinned
    key = f"name_{run.id}_{run.name}"
    # A form, so that Enter renames, and leaving the field does not.
    with (
        st.form(f"rename_{run.id}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input("Name", run.name, max_chars=LONGEST_NAME, key=key, help=words.NAME_HELP)
        st.form_submit_button("Rename", icon=":material/edit:", on_click=_rename, args=(run, key))
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Unpin" if pinned else "Pin", icon=":material/keep_off:" if pinned else ":material/keep:",
            on_click=_pin, args=(run.id, not pinned), help=words.PIN_HELP,
        )  # fmt: skip
        address = shared_as(run) if hosting().public else None
        if hosting().public:
            st.button(
                "Share" if address is None else "Stop sharing",
                icon=":material/share:" if address is None else ":material/link_off:",
                on_click=_share, args=(run, address is None), help=hosting_words.SHARE_HELP, key="share_run",
            )  # fmt: skip
        if st.button("Delete", icon=":material/delete:", key="delete_run"):
            _confirm_delete(run.id, run.name)
    if address is not None:
        st.markdown(hosting_words.SHARED)
        st.code(f"{_server()}/program?{urlencode({**link_to(run), 'run': address})}", language=None, wrap_lines=True)


def unreadable(run: UnreadableRun) -> None:
    """Say why a run cannot be read, and offer to delete it."""
    st.warning(f"**{plain(run.name)}** cannot be read. {plain(run.reason)}", icon=":material/broken_image:")
    if run.folder != own_store().folder and st.button(
        f"Delete {run.name}", icon=":material/delete:", key=f"delete_{run.name}"
    ):
        _confirm_delete(run.name, run.name)


@st.dialog("Delete this run?")
def _confirm_delete(run_id: str, name: str) -> None:
    st.markdown(f"**{plain(name)}**")
    st.markdown(words.DELETE)
    with st.container(horizontal=True, gap="small"):
        gone = st.button(
            "Delete for good", type="primary", icon=":material/delete:", key="delete_for_good", on_click=_delete,
            args=(run_id, name),
        )  # fmt: skip
        if st.button("Keep it", key="keep_run") or gone:
            st.rerun()  # of the whole page, which closes the dialog


def _delete(run_id: str, name: str) -> None:
    def act() -> str:
        own_store().delete(run_id)
        if run_id in (last("run"), st.query_params.get("run")):
            forget("task", "run", "xs", "t", "state")
        if last(_CHOSEN) == run_id:
            forget(_CHOSEN)
        return f"{plain(name)} is deleted: its program, machine, network and report are gone."

    _try(act)


def _rename(run: Run, key: str) -> None:
    def act() -> str:
        name = own_store().rename(run.id, st.session_state[key]).name
        said = words.SAME_NAME if name == run.name else words.RENAMED
        others = own_store().query(name=name, limit=0).total - 1
        return said.format(plain(name)) + (f" {words.NAME_TAKEN}" if others else "")

    _try(act)


def _pin(run_id: str, pinned: bool) -> None:
    def act() -> str:
        name = own_store().pin(run_id, pinned).name
        return f"{plain(name)} is {'pinned: it comes first in every list' if pinned else 'no longer pinned'}."

    _try(act)


def _share(run: Run, shared: bool) -> None:
    def act() -> str:
        (share if shared else unshare)(own_store().run(run.id))
        return (hosting_words.NOW_SHARED if shared else hosting_words.UNSHARED).format(plain(run.name))

    _try(act)


def _server() -> str:
    """Return the address of this server as the reader's browser has it."""
    found = urlsplit(st.context.url or "")
    return f"{found.scheme}://{found.netloc}" if found.netloc else ""


def _try(act: Callable[[], str]) -> None:
    """Make a change; whether it worked or not, the page then says so."""
    try:
        st.session_state[_SAID] = (act(), True)
    except MipsError as error:
        st.session_state[_SAID] = (plain(str(error)), False)


def chosen_own(rows: Sequence[RunRow]) -> Run | None:
    """Return the run that the reader chose in the table, or by a link; before that, the one that other pages show.

    Without any of them it is the first of the rows.  The choice stands in the address and holds until another row is
    chosen, whatever rows are listed, so that no other run is renamed or deleted than the one that was chosen.  None
    where there is no run, or where the chosen one cannot be shown, which is then said.
    """
    linked = st.query_params.get("run")
    if linked is not None and _CHOSEN not in st.query_params:  # from another page, or from a message
        st.session_state[_CHOSEN] = linked
    wanted = restore(_CHOSEN, last("run")) or (rows[0].id if rows else None)
    keep(_CHOSEN, wanted)
    if wanted is None:
        return None
    st.session_state[_CHOSEN] = wanted
    found = data.own_run(wanted)
    if isinstance(found, Run):
        return found
    said = words.RUN_NOT_HERE.format(plain(wanted[:60]))
    st.info(f"{said} {words.NONE_CHOSEN}" if rows else said, icon=":material/search_off:")
    return None


def choose_own(run_id: str) -> None:
    """Note which run the reader chose in the table."""
    st.session_state[_CHOSEN] = run_id
