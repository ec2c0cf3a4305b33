"""The machine's states as a strip, and the table of chosen points with the inputs that lead to them."""

import hashlib

import numpy as np
import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.chosen_points import MOST_STATES, first_points, lit_states, point_rows, points_columns, state_strip
from mips_core.views.colouring import STATE, colouring
from mips_core.views.state_analysis import StateAnalysis
from pages.parts import states_data
from pages.parts.clickable import clickable
from pages.parts.downloads import File, table_file
from pages.parts.states_choice import Choice, choose_row, clear, find_state, shown_points, toggle_state


def show_strip(machine: MealyMachine, found: StateAnalysis, choice: Choice) -> None:
    """Show the states of the machine; those of the chosen points light up, and choosing one lights up its points."""
    cloud = found.cloud
    colours = colouring(cloud, STATE, np.zeros(len(cloud.states), dtype=np.int64), machine.states)
    counts = lit_states(cloud, found.drawn.tolist())
    strip = state_strip(
        colours, machine.states, machine.start_state, lit_states(cloud, choice.ringed), choice.state, counts
    )
    clickable(strip, key="strip", on_chosen=lambda value: toggle_state(int(value), choice.state))
    if machine.states > MOST_STATES:
        find_state(machine, choice.state)


def show_table(run: Run, found: StateAnalysis, clusters: IntArray, choice: Choice) -> None:
    """Show a row for each chosen point; without a choice, for the first point of each state or cluster."""
    cloud = found.cloud
    first = first_points(cloud, found.drawn, cloud.values if cloud.finite else clusters)
    shown, title = shown_points(cloud, found.drawn, choice.points, choice.state, first)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{title}**" + (f" ({choice.left_out:,} more are left out)" if choice.left_out else ""))
        if choice.ringed or choice.state is not None:
            st.button("Clear", icon=":material/close:", on_click=clear, key="clear_points")
    lattice = states_data.lattice(run).found
    rows = point_rows(cloud, shown, clusters, found.met, None if lattice is None else lattice.coordinates)
    key = "points_" + hashlib.blake2s(repr(shown).encode(), digest_size=6).hexdigest()

    def take() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        choose_row(shown[rows[0]] if rows else None, cloud)

    st.dataframe(
        rows, hide_index=True, key=key, height="auto" if len(rows) <= 8 else 310,
        on_select=take, selection_mode="single-row",
        column_config={"inputs so far": st.column_config.TextColumn(pinned=True, width="medium")},
    )  # fmt: skip


def points_file(run: Run, found: StateAnalysis, clusters: IntArray, choice: Choice) -> File:
    """Return the chosen points, or else all that differ, as a file."""
    return table_file(
        f"{run.file_name}_hidden_states",
        lambda: points_columns(found.cloud, choice.points or found.drawn, clusters), "Points",
    )  # fmt: skip
