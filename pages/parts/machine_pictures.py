"""Drawings of the finite machine on its page: the neighbourhood of large ones, and the Moore machine."""

import numpy as np
import streamlit as st

from mips_core.runs import Run
from mips_core.views.csv_text import csv_text
from mips_core.views.lockstep import LockStep
from mips_core.views.machine_diagram import moore_diagram
from mips_core.views.machine_svg import MOST_STATES, Picture, diagram_svg, machine_svg
from mips_core.views.palette import state_name
from mips_core.views.sequences import count_text
from mips_core.views.step_words import listing
from mips_core.views.tables import moore_columns
from pages.parts import machine_data
from pages.parts.address import restore, write
from pages.parts.canvas import Pane, canvas
from pages.parts.machine_detail import crumbs
from pages.parts.picker import choose_state, chosen_state
from pages.parts.words import machine as words

_TRAIL = 6  # steps of the sequence that a neighbourhood shows


def offer_drawing(picture: Picture, name: str) -> None:
    """Offer a drawing that is shown as a file."""
    st.download_button(
        "This drawing (.svg)", picture.svg, f"{name}.svg", "image/svg+xml", on_click="ignore",
        icon=":material/download:", key=f"download_{name}",
    )  # fmt: skip


def neighbourhood(run: Run, lock: LockStep, step: int, current: int) -> None:
    """Show the chosen state, or else the current one, with its neighbours."""
    machine, picked = machine_data.mealy(run), chosen_state(run)
    centre = picked if picked is not None else current
    crumbs(run, centre)
    radius = _choose_radius()
    visited = lock.machine_states[: step + 1].tolist() if lock.machine_states is not None else [current]
    trail = machine_data.recent(visited, _TRAIL)
    edge = trail[-1] if trail else None
    picture = machine_svg(
        machine, current=current, edge=edge, selected=picked, clickable=True, radius=radius, trail=trail[:-1]
    )
    pane = Pane(picture.svg, f"near {run.id} {centre} {radius}", picture.alt, str(centre))
    canvas([pane], key="near_canvas", on_chosen=lambda s: choose_state(int(s)))
    st.caption(f"{picture.note} Coloured arrows are the last steps of the sequence. Choose a state to walk there.")
    offer_drawing(picture, f"{run.file_name}_near_{state_name(centre)}")


def _choose_radius() -> int:
    options = [1, 2]
    if restore("radius", 1, int) not in options:
        st.session_state["radius"] = 1
    radius = st.segmented_control(
        "Show states within", options, key="radius", required=True,
        format_func=lambda r: "1 arrow" if r == 1 else f"{r} arrows",
    )  # fmt: skip
    write("radius", None if radius == 1 else str(radius))
    return int(radius)


def show_moore(run: Run, current: int) -> None:
    """Show the equivalent Moore machine."""
    moore = machine_data.moore(run)
    if moore is None:
        st.info(
            f"As a Moore machine it would have more than {MOST_STATES} states, and a picture of that cannot be read.",
            icon=":material/info:",
        )
        return
    machine = machine_data.mealy(run)
    split = [state_name(s) for s in moore.split_states.tolist()]
    text = f"The Mealy machine has {count_text(machine.states, 'state')}, the Moore machine **{moore.states}**. "
    if split:
        shown = listing(split[:8] + ([f"{len(split) - 8} more"] if len(split) > 8 else []))
        verb = "is" if len(split) == 1 else "are"
        text += f"{shown} {verb} split, since arrows with different outputs lead there. "
    text += words.START_WITHOUT_OUTPUT if moore.silent_start else words.START_WITH_OUTPUT
    st.markdown(text)
    picked = chosen_state(run)
    chosen = np.flatnonzero(moore.origin == picked).tolist() if picked is not None else []
    picture = diagram_svg(moore_diagram(moore), selected=chosen, centre=chosen[0] if chosen else 0, clickable=True)
    pane = Pane(picture.svg, f"moore {run.id}", picture.alt, str(current))
    canvas([pane], key="moore_canvas", on_chosen=lambda s: choose_state(int(s)))
    st.caption(f"{picture.note} Above the line stands the state's name, below it the output that it shows.".strip())
    with st.container(horizontal=True, gap="small"):
        offer_drawing(picture, f"{run.file_name}_moore")
        st.download_button(
            "Moore machine (.csv)", lambda: csv_text(moore_columns(moore)), f"{run.file_name}_moore.csv", "text/csv",
            on_click="ignore", icon=":material/download:", key="download_moore_csv",
        )  # fmt: skip
