"""The two pictures of the hidden states, side by side: as they are, and in normal form."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.views.colouring import Colouring
from mips_core.views.hidden_state_figure import Emphasis
from mips_core.views.hidden_states import Axes
from mips_core.views.lattice_figure import lattice_overlay, steps_text
from mips_core.views.palette import state_name
from mips_core.views.sequences import count_text
from mips_core.views.state_analysis import StateAnalysis
from pages.parts import data, states_data
from pages.parts.states_choice import Choice, chart_key
from pages.parts.states_settings import LATTICE, Settings, normal_axes, raw_axes
from pages.parts.words import hidden_states as words


def show_pictures(
    run: Run, settings: Settings, colours: Colouring, choice: Choice, path: NDArray[np.float64] | None, step: int
) -> None:
    """Show both pictures; what is chosen in one stands out in the other as well."""
    found, lattice = states_data.analysis(run), states_data.lattice(run).found
    emphasis = Emphasis(choice.lit(found.cloud), choice.ringed, path, step)
    overlaid = lattice if settings.lattice else None

    def chart(axes: Axes, name: str, title: str) -> None:
        overlay = lattice_overlay(overlaid, axes) if overlaid is not None and overlaid.order else None
        figure = states_data.picture(run, axes, colours, emphasis, overlay)
        alt = _alt(run, found, colours, title, emphasis)
        st.plotly_chart(figure, key=chart_key(name), on_select="rerun", alt=alt)
        if overlay is not None and overlay.note:
            st.caption(overlay.note)

    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{words.RAW}**")
        chart(raw_axes(found.cloud, settings.space), "cloud_raw", words.RAW)
        st.caption(
            f"{count_text(len(found.cloud.states), 'hidden state')} of {count_text(run.network.state_size, 'number')} "
            f"each, along {data.SEQUENCES} sequences of length {found.cloud.inputs.shape[1]}; "
            f"{len(found.drawn):,} of them differ."
        )
    with right:
        st.markdown(f"**{words.NORMAL}**")
        view = states_data.normal(run)
        normal = normal_axes(view, lattice, settings.space)
        if normal is None:
            st.info(words.EQUAL, icon=":material/info:")
        else:
            chart(normal, "cloud_normal", words.NORMAL)
        if lattice is not None and st.session_state["form"] == LATTICE:
            vectors = count_text(lattice.order, "vector")
            st.caption(words.ON_LATTICE.format(vectors, steps_text(lattice.largest_error)))
        else:
            done = [words.NORMALISED[s.name] for s in view.steps if s.applied]
            st.caption(f"Done: {', '.join(done)}. {view.symmetry}" if done else view.symmetry)
    st.caption(words.HOW_TO_CHOOSE + (f" {words.GREY}" if colours.is_grey else ""))


def _alt(run: Run, found: StateAnalysis, colours: Colouring, title: str, emphasis: Emphasis) -> str:
    machine = run.machine
    text = f"{title}: {count_text(len(found.drawn), 'different hidden state')}, coloured by {colours.label}."
    if isinstance(machine, MealyMachine):
        text += f" The machine has {count_text(machine.states, 'state')}."
    if emphasis.states:
        text += f" Standing out: {', '.join(map(state_name, emphasis.states))}."
    return text + (f" {count_text(len(emphasis.points), 'point')} chosen." if emphasis.points else "")
