"""The machine inside the network: a picture that can be played, taken apart and searched, or equations."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.views.machine_svg import MOST_STATES
from pages.parts import data
from pages.parts.downloads import download_row
from pages.parts.fold import fold
from pages.parts.frame import head, in_python, teach
from pages.parts.machine_batch import batch_box, follow_row, has_batch
from pages.parts.machine_code import python_code
from pages.parts.machine_data import state_at
from pages.parts.machine_detail import compare_two, detail
from pages.parts.machine_equations import show_system
from pages.parts.machine_pictures import neighbourhood, show_moore
from pages.parts.machine_raw import show_raw
from pages.parts.machine_settings import choose_view
from pages.parts.machine_table import transition_table
from pages.parts.picker import choose_run, chosen_state, show_claim, type_sequence
from pages.parts.player import player
from pages.parts.sidebar import path_of
from pages.parts.words import machine as words

follow_row()
head("State machine", words.PURPOSE)
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
view = "minimal"
if isinstance(machine, MealyMachine):
    if "machine" in lock.missing:
        st.error(lock.missing["machine"], icon=":material/error:")
    view = choose_view()
    step = min(len(x), max(0, int(st.session_state.get("t", 0))))
    if view == "minimal":
        wide = machine.states > MOST_STATES or data.picture(run, None, None, None, False).wide
        stage, panel = (st.container(), st.container()) if wide else st.columns([5, 3], gap="large")
        with stage:
            player(run, x, panels=("tape", "machine"))
            step = min(len(x), max(0, int(st.session_state.get("t", 0))))
            current = state_at(lock, step)
            if machine.states > MOST_STATES:
                neighbourhood(run, lock, step, current)
        with panel:
            detail(run, current, wide=wide)
        picked = chosen_state(run)
        chosen = picked if picked is not None else current
        fold("Why are these states not merged further?", "apart", "call_split", lambda: compare_two(run, chosen))
    elif view == "raw":
        show_raw(run)
    else:
        show_moore(run, state_at(lock, step))
    transition_table(run, state_at(lock, step))
    teach(words.SEES[view])
else:
    step = show_system(run, x, lock)
    teach(words.SEES["history" if machine.histories else "integer" if machine.order else "memoryless"])

with st.expander("Many sequences at once", icon=":material/playlist_play:", expanded=has_batch()):
    batch_box(run)
in_python(python_code(run, x, view), f"{data.distill_command(run)} --out run")
download_row(run)
