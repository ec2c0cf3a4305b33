"""Hidden states as points, coloured by what the machine says about them."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.views.hidden_state_figure import hidden_state_figure, reading_figure
from mips_core.views.hidden_states import principal_axes, state_rows, straight_reading, unit_axes
from mips_core.views.palette import MOST_STYLES, state_name
from mips_core.views.sequences import count_text
from pages.parts import data, words
from pages.parts.downloads import download_row
from pages.parts.frame import head, in_python, teach
from pages.parts.picker import choose_run, choose_step, show_claim, type_sequence
from pages.parts.sidebar import path_of

head("Hidden states", words.PURPOSE["states"])
left, right = st.columns([1, 2], gap="medium")
with left:
    run = choose_run()
with right:
    x = type_sequence(run)
show_claim(run)
path_of(run)

network, machine = run.network, run.machine
finite = isinstance(machine, MealyMachine)
size = network.state_size
variable, selected = 0, None
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    options = ["principal axes"] + (["hidden units"] if size > 1 else [])
    basis = options[0]
    if len(options) > 1:
        basis = st.segmented_control("Look along", options, default=options[0], required=True, key="basis")
    dimension = "2-D"
    if size >= 3:
        dimension = st.segmented_control("Space", ["2-D", "3-D"], default="2-D", required=True, key="space")
    if finite and machine.states > 1:
        names = [None, *range(machine.states)]
        selected = st.selectbox(
            "Highlight", names, key="highlight", format_func=lambda s: "all states" if s is None else state_name(s),
            width=170,
        )  # fmt: skip
    elif machine is not None and not finite and machine.order > 1:
        names = [v.name for v in machine.state]
        variable = names.index(st.selectbox("Colour by", names, key=f"colour_{run.name}", width=170))
    follow = st.toggle("Follow the sequence", key="follow")

count = min(size, 3 if dimension == "3-D" else 2)
cloud = data.cloud(run, variable)
if basis == "hidden units":
    labels = [f"hidden unit {i + 1}" for i in range(size)]
    chosen = st.multiselect(
        "Units to look at", labels, default=labels[:count], max_selections=count, key=f"units_{run.name}_{count}"
    )
    units = tuple(labels.index(c) for c in chosen) or (0,)
    axes = unit_axes(size, units)
else:
    axes = principal_axes(cloud.states, count)

step, path = 0, None
if follow:
    step = choose_step(len(x))
    path = data.stepped(run, x).hidden
states = machine.states if finite else None
figure = hidden_state_figure(cloud, axes, states=states, selected=selected, path=path, step=step)
what = f"gathered in {count_text(machine.states, 'state')}" if finite else f"coloured by {cloud.label}"
st.plotly_chart(figure, key="cloud", alt=f"{count_text(len(cloud.states), 'hidden state')} {what}.")
st.caption(
    f"{count_text(len(cloud.states), 'hidden state')} of a network with {count_text(size, 'hidden number')}, along "
    f"{data.SEQUENCES} sequences of length {run.report['length']}. Point at one to see the inputs that led to it."
)

if finite and machine.states > MOST_STYLES:
    st.caption(words.MANY_STATES)

if finite:
    st.subheader("How far apart are the states?", anchor=False, divider="gray")
    st.dataframe(state_rows(cloud), hide_index=True, height="auto" if machine.states <= 12 else 430)
elif machine is not None and machine.order:
    st.subheader("Can the integer be read off?", anchor=False, divider="gray")
    readings = straight_reading(cloud)
    one, two = st.columns([3, 2], gap="medium")
    with one:
        st.plotly_chart(
            reading_figure(readings, cloud.label), key="reading",
            alt=f"The integer {cloud.label} against its reading; largest error {readings.worst:.2g}.",
        )  # fmt: skip
    with two:
        st.metric("Readings that round to the integer", f"{readings.share:.1%}")
        st.metric("Largest error", f"{readings.worst:.2g}")
        st.caption(
            f"The best straight-line map from {count_text(size, 'hidden number')} to **{cloud.label}**, "
            "fitted by least squares to the points above."
        )

if machine is None:
    teach(words.SEES["states_none"])
elif finite:
    teach(words.SEES["states_finite" if machine.states > 1 else "states_memoryless"])
else:
    kind = "states_history" if machine.histories else "states_integer" if machine.order else "states_memoryless"
    teach(words.SEES[kind])
drawn = (
    f'x = get("{run.name}").sample({data.SEQUENCES}, rng=rng)'
    if run.report.get("task")
    else f"x = rng.integers({[r.low for r in data.inputs_of(run)]}, {[r.high for r in data.inputs_of(run)]}, "
    f"size=({data.SEQUENCES}, {run.report['length']}, {len(data.inputs_of(run))}))"
)
in_python(
    "from mips_core.runs import open_run\n"
    "from mips_core.views.hidden_states import collect, principal_axes\n"
    "from mips_core.views.hidden_state_figure import hidden_state_figure\n"
    f"{'from mips_core.tasks import get' + chr(10) if run.report.get('task') else ''}import numpy as np\n\n"
    f'run = open_run("{run.id}")\nrng = np.random.default_rng(0)\n'
    f"{drawn}\n"
    "cloud = collect(run.network, run.machine, x)\n"
    "hidden_state_figure(cloud, principal_axes(cloud.states, 2)).show()",
    f"{data.distill_command(run)} --out run",
)
download_row(run)
