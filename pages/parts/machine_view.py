"""The clickable drawing of a finite machine, and where a sequence is in it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.views.lockstep import LockStep
from mips_core.views.palette import state_name
from mips_core.views.tape import tape_html
from pages.parts import data
from pages.parts.clickable import clickable
from pages.parts.picker import choose_state, chosen_state


def current_place(lock: LockStep, step: int) -> tuple[int, tuple[int, int] | None]:
    """Return the machine's state after ``step`` inputs, and the arrow that was taken to get there."""
    if lock.machine_states is None:
        return 0, None
    current = int(lock.machine_states[step])
    return current, (int(lock.machine_states[step - 1]), current) if step else None


def picture_and_text(run: Run) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return a place for the drawing and one for what is said of it: beside it, or below it where it is wide."""
    if data.picture(run, None, None, None, False).wide:  # of the start, so that steps do not move the places
        return st.container(), st.container()
    picture, text = st.columns([5, 3], gap="large")
    return picture, text


def machine_picture(run: Run, current: int, edge: tuple[int, int] | None, picked: int | None) -> None:
    """Show the drawing; a click chooses a state for all pages."""
    picture = data.picture(run, current, edge, picked, True)
    clickable(f'<div class="drawing">{picture.svg}</div>', key="machine", on_chosen=lambda s: choose_state(int(s)))
    if picture.note:
        st.caption(picture.note)


def tape(lock: LockStep, step: int) -> None:
    """Show the tape; choosing a column goes to its step."""

    def go(value: str) -> None:
        st.session_state["t"] = int(value)

    clickable(tape_html(lock, step, clickable=True), key="tape", on_chosen=go)


def pick_state(run: Run, machine: MealyMachine) -> None:
    """Show a selector of states, for machines with many."""

    st.session_state["state_box"] = chosen_state(run)
    st.selectbox(
        "Find a state", [None, *range(machine.states)], key="state_box",
        on_change=lambda: choose_state(st.session_state["state_box"]),
        format_func=lambda s: "the current one" if s is None else state_name(s), placeholder="by its name",
    )  # fmt: skip
