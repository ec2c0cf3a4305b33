"""What the page of hidden states asks the core for, kept between reruns."""

from collections.abc import Mapping
from dataclasses import replace

import plotly.graph_objects as go
import streamlit as st

from mips_core.runs import Run
from mips_core.states.lattice_evidence import LatticeSearch, find_lattice
from mips_core.states.normal_view import NormalView, normal_view
from mips_core.stepping import IntArray
from mips_core.views.colouring import Colouring
from mips_core.views.hidden_state_figure import Emphasis, hidden_state_figure, prefix_texts
from mips_core.views.hidden_states import Axes, state_rows
from mips_core.views.lattice_figure import Overlay, coordinate_names
from mips_core.views.samples import inputs_of, sample
from mips_core.views.state_analysis import StateAnalysis, analyse_states
from mips_core.views.tolerance_figure import tolerance_figure
from pages.parts.data import SEQUENCES
from pages.parts.run_key import BY_FOLDER


@st.cache_resource(
    max_entries=32, show_spinner="Running the network and grouping its hidden states", hash_funcs=BY_FOLDER
)
def analysis(run: Run) -> StateAnalysis:
    """Return the hidden states over sampled sequences of the trained length, with their clusters."""
    return analyse_states(run.network, run.machine, sample(run, SEQUENCES, int(run.report["length"]), seed=0))


@st.cache_resource(max_entries=32, show_spinner="Bringing the hidden states to normal form", hash_funcs=BY_FOLDER)
def normal(run: Run) -> NormalView:
    """Return the normal form of the network, or of its hidden states."""
    cloud = analysis(run).cloud
    return normal_view(run.network, cloud.inputs, cloud.states)


@st.cache_resource(max_entries=32, show_spinner="Looking for a lattice", hash_funcs=BY_FOLDER)
def lattice(run: Run) -> LatticeSearch:
    """Return the lattice that the hidden states lie on, or what came nearest."""
    cloud = analysis(run).cloud
    search = find_lattice(run.network, cloud.states, inputs_of(run))
    return search if search.found is None else replace(search, found=coordinate_names(search.found, cloud.variables))


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def picture(run: Run, axes: Axes, colours: Colouring, emphasis: Emphasis, overlay: Overlay | None) -> go.Figure:
    """Return the points as seen along some axes."""
    found = analysis(run)
    return hidden_state_figure(
        found.cloud, axes, colours, drawn=found.drawn, emphasis=emphasis, lattice=overlay, texts=texts(run)
    )


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_FOLDER)
def closeness(run: Run, tolerance: float, states: int | None) -> go.Figure:
    """Return clusters and conflicts against the tolerance."""
    found = analysis(run)
    return tolerance_figure(found.curve, tolerance, states, found.noun)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_FOLDER)
def texts(run: Run) -> Mapping[int, str]:
    """Return the inputs that led to each drawn point, as they are shown when it is pointed at."""
    return prefix_texts(analysis(run).cloud, analysis(run).drawn)


@st.cache_resource(max_entries=32, show_spinner="Measuring the gaps between the states", hash_funcs=BY_FOLDER)
def gaps(run: Run) -> Mapping[str, list[str | int | float]]:
    """Return the table of states, with their places and gaps."""
    return state_rows(analysis(run).cloud)


@st.cache_resource(max_entries=256, show_spinner=False, hash_funcs=BY_FOLDER)
def clusters(run: Run, tolerance: float) -> IntArray:
    """Return the cluster of each point at a tolerance."""
    return analysis(run).links.labels(tolerance)
