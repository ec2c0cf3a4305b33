"""The machine inside the network: a picture that can be stepped through, or equations."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.views.machine_svg import MOST_STATES
from mips_core.views.palette import state_name
from mips_core.views.sequences import count_text
from mips_core.views.step_words import code
from mips_core.views.tables import WIDEST, arrow_rows, shortest_prefix, transition_columns
from mips_core.views.values_figure import variables_figure
from pages.parts import data, words
from pages.parts.downloads import download_row
from pages.parts.frame import head, in_python, teach
from pages.parts.machine_view import current_place, machine_picture, pick_state, picture_and_text, tape
from pages.parts.mathematics import show_equations
from pages.parts.picker import choose_run, choose_state, choose_step, chosen_state, show_claim, type_sequence
from pages.parts.sidebar import path_of

head("State machine", words.PURPOSE["machine"])
left, right = st.columns([1, 2], gap="medium")
with left:
    run = choose_run()
with right:
    x = type_sequence(run)
show_claim(run)
path_of(run)
machine = run.machine
if machine is None:
    st.warning(words.NO_MACHINE, icon=":material/block:")
    st.page_link("pages/program_view.py", label="See what was tried", icon=":material/code:")
    st.stop()

lock = data.stepped(run, x)
if isinstance(machine, MealyMachine):
    step = choose_step(len(x))
    if "machine" in lock.missing:
        st.error(lock.missing["machine"], icon=":material/error:")
    tape(lock.only("machine"), step)
    current, edge = current_place(lock, step)
    picked = chosen_state(run)
    picture, detail = picture_and_text(run)
    with picture:
        machine_picture(run, current, edge, picked)
    with detail:
        if machine.states > 20:
            pick_state(run, machine)
        state = picked if picked is not None else current
        st.markdown(f"#### {state_name(state)}" + (", the current state" if state == current else ""))
        prefix = shortest_prefix(machine, state)
        if state == machine.start_state:
            st.markdown("The **start**: here the machine waits before it has read anything.")
        elif prefix is not None:
            st.markdown(f"Shortest input that leads here: **{code(prefix)}**")
        rows = arrow_rows(machine, state)
        st.dataframe(rows, hide_index=True, height="auto" if len(rows) <= 9 else 350)
        if picked is not None and picked != current:
            st.button(
                "Back to the current state", icon=":material/my_location:",
                on_click=choose_state, args=(None,),
            )  # fmt: skip
        else:
            st.caption("Choose a state in the picture to see its arrows.")
    sizes = f"{count_text(machine.states, 'state')} by {count_text(len(machine.symbols), 'input symbol')}"
    with st.expander(f"Transition table: {sizes}", icon=":material/table:", expanded=machine.states > MOST_STATES):
        wide = len(machine.symbols) <= WIDEST
        st.caption("Each cell says *next state / output*." if wide else "One row for each state and input.")
        short = machine.states <= 15 and wide
        table = transition_columns(machine, current if short else None)
        st.dataframe(table, hide_index=True, height="auto" if short else 460)
    teach(words.SEES["machine_finite"])
else:
    show_equations(machine)
    step = choose_step(len(x))
    tape(lock.only("machine"), step)
    if lock.variables:
        st.plotly_chart(
            variables_figure(lock, step), key="variables",
            alt=f"The remembered integers {', '.join(lock.variables)} along the sequence.",
        )  # fmt: skip
    st.page_link("pages/hidden_states.py", label="See how the network stores them", icon=":material/scatter_plot:")
    kind = "machine_history" if machine.histories else "machine_integer" if machine.order else "machine_memoryless"
    teach(words.SEES[kind])

in_python(
    data.program_call(run, x)
    if data.words_of(run) and run.program is not None
    else "import numpy as np\n\nfrom mips_core.runs import open_run\nfrom mips_core.stepping import trace\n\n"
    f'machine = open_run("{run.id}").machine\n'
    f"x = np.array([{x[:8].tolist()}])\nprint(trace(machine, x).outputs)",
    f"{data.distill_command(run)} --out run",
)
download_row(run)
