"""Hidden states as they are and in normal form: clusters, lattice, and the inputs that lead to chosen points."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.views.colouring import colouring
from pages.parts import data, states_data
from pages.parts.address import forget_other_run
from pages.parts.downloads import download_row
from pages.parts.frame import head, in_python, teach
from pages.parts.picker import choose_run, show_claim, type_sequence
from pages.parts.player import player
from pages.parts.sidebar import path_of
from pages.parts.states_choice import read_choice
from pages.parts.states_closeness import show_closeness
from pages.parts.states_details import show_details, show_training
from pages.parts.states_pictures import show_pictures
from pages.parts.states_settings import OF_THE_RUN, choose_settings
from pages.parts.states_table import points_file, show_strip, show_table
from pages.parts.words import hidden_states as words

head("Hidden states", words.PURPOSE)
left, right = st.columns([1, 2], gap="medium")
with left:
    run = choose_run()
with right:
    x = type_sequence(run)
show_claim(run)
path_of(run)
forget_other_run(run.id, *OF_THE_RUN)

found = states_data.analysis(run)
lattice = states_data.lattice(run).found
choice = read_choice(run, found.cloud)
settings = choose_settings(found.cloud, lattice, len(x))
step, path = 0, None
if settings.follow:
    player(run, x, panels=("tape", "states"), key="states_player")
    step, path = min(len(x), max(0, int(st.session_state["t"]))), data.stepped(run, x).hidden

pictures, table = st.container(), st.container()
tolerance, clusters = show_closeness(run)
machine = run.machine
states = machine.states if isinstance(machine, MealyMachine) else None
colours = colouring(found.cloud, settings.colour, clusters, states)
with pictures:
    show_pictures(run, settings, colours, choice, path, step)
with table:
    if isinstance(machine, MealyMachine):
        show_strip(machine, found, choice)
    show_table(run, found, clusters, choice)
show_details(run, settings)
show_training(run)

teach(words.sees(machine))
in_python(
    "from mips_core.runs import open_run\n"
    "from mips_core.states.clusters import single_linkage\n"
    "from mips_core.views.hidden_state_figure import hidden_state_figure\n"
    "from mips_core.views.hidden_states import collect, principal_axes\n"
    "from mips_core.views.samples import sample\n\n"
    f'run = open_run("{run.id}")\n'
    f"x = sample(run, {data.SEQUENCES}, {int(run.report['length'])}, seed=0)\n"
    "cloud = collect(run.network, run.machine, x)\n"
    f"clusters = single_linkage(cloud.states).labels({tolerance:g})\n"
    f'print(len(cloud.states), "hidden states in", clusters.max() + 1, "clusters")\n'
    "hidden_state_figure(cloud, principal_axes(cloud.states, 2)).show()",
    f"{data.distill_command(run)} --out run",
)
download_row(run, more=[points_file(run, found, clusters, choice)])
