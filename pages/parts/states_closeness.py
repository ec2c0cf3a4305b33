"""How close counts as the same: the slider, its clusters and conflicts, and where the machine's states are."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.states.clusters import conflicts
from mips_core.stepping import IntArray
from mips_core.views.tolerance_figure import agreement_sentence, cluster_sentences, tolerance_alt
from pages.parts import states_data
from pages.parts.states_settings import choose_tolerance


def show_closeness(run: Run) -> tuple[float, IntArray]:
    """Show slider, figure and words; return the tolerance and the cluster of each point."""
    found = states_data.analysis(run)
    st.subheader("How close counts as the same?", anchor=False, divider="gray")
    tolerance = choose_tolerance(found.curve.usual)
    clusters = states_data.clusters(run, tolerance)
    states = run.machine.states if isinstance(run.machine, MealyMachine) else found.reached
    picture, said = st.columns([3, 2], gap="large")
    with picture:
        st.plotly_chart(
            states_data.closeness(run, tolerance, states), key="tolerance_chart",
            alt=tolerance_alt(found.curve, tolerance, states, found.noun), config={"displayModeBar": False},
        )  # fmt: skip
    with said:
        st.markdown(cluster_sentences(int(clusters.max()) + 1, conflicts(clusters, found.steps), tolerance))
        if found.reached is not None:
            st.markdown(agreement_sentence(found.curve, found.reached, found.noun))
        st.caption(
            f"100 % is the whole extent of the cloud, {found.links.extent:.3g} in units of the hidden state. A "
            "conflict is a cluster that one input takes to several clusters, or that answers one input in several ways."
        )
    return tolerance, clusters
