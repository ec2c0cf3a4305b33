"""A machine that remembers integers: its equations, how they move, and one step worked out."""

import streamlit as st

from mips_core.errors import MipsError
from mips_core.machines.integer_system import IntegerSystem
from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.arithmetic import old_values, step_rows
from mips_core.views.lockstep import MACHINE, LockStep
from mips_core.views.values_figure import variables_figure
from pages.parts.mathematics import show_equations
from pages.parts.picker import link_to
from pages.parts.player import player


def show_system(run: Run, x: IntArray, lock: LockStep) -> int:
    """Show everything; return the current step."""
    system = run.machine
    assert isinstance(system, IntegerSystem)
    show_equations(system)
    player(run, x, panels=("tape", "machine"))
    step = min(len(x), max(0, int(st.session_state.get("t", 0))))
    if lock.variables:
        st.plotly_chart(
            variables_figure(lock, step), key="variables",
            alt=f"The remembered integers {', '.join(lock.variables)} along the sequence.",
        )  # fmt: skip
    with st.expander("This step, worked out", icon=":material/calculate:", expanded=True):
        if MACHINE in lock.missing:
            st.error(lock.missing[MACHINE], icon=":material/error:")
        elif step == 0:
            st.markdown("Nothing has been read yet. Go to a step to see its arithmetic.")
        else:
            _arithmetic(system, x, step)
    st.page_link(
        "pages/hidden_states.py", label="See how the network stores them", icon=":material/scatter_plot:",
        query_params=link_to(run),
    )  # fmt: skip
    return step


def _arithmetic(system: IntegerSystem, x: IntArray, step: int) -> None:
    try:
        rows, before = step_rows(system, x, step), old_values(system, x, step)
    except MipsError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.markdown(f"**Step {step}.** {before}")
    st.dataframe(rows, hide_index=True)
    if system.order:
        st.caption("A prime (′) marks the new value. All updates use the old values and are assigned together.")
