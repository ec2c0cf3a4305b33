"""The lock-step player on a page: plays in the browser, and shares its step and its chosen state with every page."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from mips_core.errors import MipsError
from mips_core.machines.mealy import MealyMachine
from mips_core.resources import asset
from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.machine_svg import Picture
from mips_core.views.player import player_payload
from mips_core.views.player_cloud import Places, places_of
from mips_core.views.player_machine import whole_picture
from pages.parts import data
from pages.parts.address import keep, restore
from pages.parts.picker import choose_state, chosen_state
from pages.parts.run_key import BY_FOLDER

PANELS = ("tape", "states", "machine", "program", "outputs")
_SCRIPTS = ("icons", "tape", "states", "machine", "program", "outputs", "player", "mount")
_STYLES = ("frame", "panels")


@lru_cache(maxsize=1)
def _component() -> Any:
    """Register the component once for the process; script and style are files, joined in order."""
    scripts = [asset("machine", "pan_zoom.js"), *(asset("player", f"{name}.js") for name in _SCRIPTS)]
    styles = [*(asset("player", f"{name}.css") for name in _STYLES), asset("machine", "pan_zoom.css")]
    script, style = ("\n".join(file.read_text(encoding="utf-8") for file in files) for files in (scripts, styles))
    return st.components.v2.component("mips_player", html='<div class="lockstep"></div>', css=style, js=script)


@st.cache_resource(max_entries=64, show_spinner="Running the network", hash_funcs=BY_FOLDER)
def _places(run: Run) -> Places | str:
    """Return the cloud of hidden states, or the sentence that says why there is none."""
    try:
        cloud = data.cloud(run)
    except MipsError as error:
        return str(error)
    return places_of(cloud, run.machine.states if isinstance(run.machine, MealyMachine) else None)


@st.cache_resource(max_entries=64, show_spinner="Drawing the machine", hash_funcs=BY_FOLDER)
def _picture(run: Run) -> Picture | None:
    return whole_picture(run.machine) if isinstance(run.machine, MealyMachine) else None


@st.cache_resource(max_entries=128, show_spinner="Running the sequence", hash_funcs=BY_FOLDER)
def _payload(run: Run, x: IntArray) -> dict[str, Any]:
    lock = data.stepped(run, x)
    return player_payload(lock, run.machine, run.program, places=_places(run), picture=_picture(run))


def player(run: Run, x: IntArray, panels: Sequence[str] = PANELS, key: str = "player") -> None:
    """Show the player for one sequence.

    It starts at the shared step ``t`` and with the shared chosen state, and writes both: ``t`` when
    the reader pauses, jumps or rests, the state when one is chosen.  Playing itself asks nothing of the server.
    How it is looked at (speed, in space, line by line) stands in the address as ``look``, e.g. ``10 3d lines``.

    Parameters
    ----------
    x : int64 (T, D_in), the inputs
    panels : which of :data:`PANELS` to show
    key : the widget's name, unique on the page
    """
    step = min(len(x), max(0, restore("t", 0, int)))
    keep("t", step)
    state, look = chosen_state(run), restore("look", "", _known_look)
    keep("look", look or None)
    name = f"{run.folder} {panels} {x.tolist()}"
    wanted = {"t": step, "state": state, "look": look}
    asked = _asked(f"{key}_asked", name, wanted, mounted=key in st.session_state)
    _component()(
        key=key,
        data={"id": name, "view": _payload(run, x), "panels": list(panels), "asked": asked},
        on_moved_change=lambda: _moved(key),
        on_chosen_change=lambda: _chosen(key),
    )


def _known_look(text: str) -> str:
    """Keep what ``assets/player/player.js`` understands: a speed other than the usual, in space, line by line."""
    return " ".join(word for word in text.split() if word in ("1", "5", "10", "30", "3d", "lines"))


def _asked(memory: str, name: str, wanted: dict[str, Any], *, mounted: bool) -> dict[str, Any]:
    """Return where the player shall be and how it looks, as last time unless somebody else than the player changed it.

    Equal data is sent once; each change sends the whole sequence again, so what the player itself
    told is not sent back.
    """
    last = st.session_state.get(memory)
    known = last is not None and mounted and last["name"] == name
    if not known or last["now"] != wanted:
        number = 0 if last is None else last["asked"]["n"] + 1
        last = {"name": name, "asked": {"n": number, **wanted}}
    st.session_state[memory] = {**last, "now": wanted}
    asked: dict[str, Any] = last["asked"]
    return asked


def _told(key: str, event: str) -> dict[str, Any] | None:
    told: dict[str, Any] | None = (st.session_state.get(key) or {}).get(event)
    return told


def _moved(key: str) -> None:
    told = _told(key, "moved")
    if told is not None:
        now = {"t": int(told["t"]), "look": _known_look(str(told["look"]))}
        st.session_state.update(now)
        st.session_state[f"{key}_asked"]["now"] |= now


def _chosen(key: str) -> None:
    told = _told(key, "chosen")
    if told is not None:
        state = None if told["state"] is None else int(told["state"])
        choose_state(state)
        st.session_state[f"{key}_asked"]["now"] |= {"state": state}
