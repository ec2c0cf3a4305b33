"""The transition table of a finite machine."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.views.csv_text import csv_text
from mips_core.views.machine_svg import MOST_STATES
from mips_core.views.palette import state_name
from mips_core.views.sequences import count_text
from mips_core.views.tables import WIDEST, transition_columns, transition_rows
from pages.parts import machine_data
from pages.parts.fold import fold

_SHORT = 15  # rows that are shown without a frame of their own to scroll in


def transition_table(run: Run, current: int) -> None:
    """Show the table folded away, or open where a drawing shows a part of the machine only."""
    machine = machine_data.mealy(run)
    sizes = f"{count_text(machine.states, 'state')} by {count_text(len(machine.symbols), 'input symbol')}"
    fold(
        f"Transition table: {sizes}", "transitions", "table", lambda: _table(run, machine, current),
        expanded=machine.states > MOST_STATES,
    )  # fmt: skip


def _table(run: Run, machine: MealyMachine, current: int) -> None:
    """Show the table, the current row marked, with a search where it is long."""
    wide = len(machine.symbols) <= WIDEST
    unseen = machine.observed is not None and not machine.observed.all()
    st.caption(
        ("Each cell says *next state / output*." if wide else "One row for each state and input.")
        + f" The row of the current state, {state_name(current)}, is marked."
        + (" A ? follows what no recording shows; the network's answer stands there." if unseen and wide else "")
    )
    columns = transition_columns(machine, current)
    rows = len(columns["state"])
    if rows > _SHORT:
        asked = st.text_input("Search in the table", key="table_find", placeholder="S12", live="250ms")
        if asked and asked.strip():
            columns = _matching(columns, asked.strip())
            st.caption(f"{count_text(len(columns['state']), 'row')} of {rows:,} hold {asked.strip()!r}.")
    st.dataframe(columns, hide_index=True, height="auto" if len(columns["state"]) <= _SHORT else 460)
    st.download_button(
        "Table (.csv)", lambda: csv_text(transition_rows(machine)), f"{run.file_name}_transitions.csv", "text/csv",
        on_click="ignore", icon=":material/download:", key="download_transitions",
    )  # fmt: skip


def _matching(columns: dict[str, list[str]], text: str) -> dict[str, list[str]]:
    """Keep the rows in which some cell holds ``text`` as a word of its own, or any text that is no state's name."""
    name = text.upper()
    whole = name[:1] == "S" and name[1:].isdecimal()

    def fits(cell: str) -> bool:
        return name in cell.upper().replace("/", " ").split() if whole else text.lower() in cell.lower()

    kept = [i for i in range(len(columns["state"])) if any(fits(cells[i]) for cells in columns.values())]
    return {head: [cells[i] for i in kept] for head, cells in columns.items()}
