"""Runs of others that this visitor opened by a link, for as long as they are shared."""

from pathlib import Path

import streamlit as st

from mips_core.errors import MipsError
from mips_core.runs import Run, is_shared_address, open_shared
from mips_core.runs.information import FILE
from mips_core.runs.sharing import shared_folder

_OPENED = "shared_runs"


def take(address: str | None) -> None:
    """Take up a run that a link names, if it names a shared one; it stays for the visit."""
    if address is not None and is_shared_address(address):
        opened: list[str] = st.session_state.setdefault(_OPENED, [])
        if address not in opened and _opened(address) is not None:
            opened.append(address)


def shared_runs() -> dict[str, Run]:
    """Return the runs that were taken up and are still shared, by what an address calls them."""
    addresses: list[str] = st.session_state.get(_OPENED, [])
    found = {address: _opened(address) for address in addresses}
    return {address: run for address, run in found.items() if run is not None}


def _opened(address: str) -> Run | None:
    try:
        folder = shared_folder(address)
        return _run(address, str(folder), (Path(folder) / FILE).stat().st_mtime_ns)
    except (MipsError, OSError):  # taken back, deleted or damaged; the page that asked for it says so
        return None


@st.cache_resource(max_entries=64, show_spinner=False)
def _run(address: str, folder: str, changed: int) -> Run:
    return open_shared(address)
