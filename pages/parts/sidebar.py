"""The path of a run in the sidebar: network, states, machine, program, claim, with ticks."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.views.claims import counts, verdict
from mips_core.views.run_rows import cell_name
from mips_core.views.sequences import count_text
from pages.parts.plain import plain

_TICK, _CROSS, _WARN = ":blue[:material/check_circle:]", ":gray[:material/cancel:]", ":orange[:material/warning:]"


def path_of(run: Run) -> None:
    """Write how far this run came."""
    network, machine, program = run.report["network"], run.machine, run.program
    lines = [
        (
            _TICK,
            "Network",
            f"{cell_name(network['cell'])}, {count_text(network['hidden_size'], 'hidden unit')}",
        )
    ]
    if machine is None:
        lines.append((_CROSS, "Machine", "none found"))
    elif isinstance(machine, MealyMachine):
        lines.append((_TICK, "Machine", count_text(machine.states, "state")))
    else:
        integers = count_text(machine.order, "integer") + " remembered" if machine.order else "no memory"
        lines.append((_TICK, "Machine", "all inputs remembered" if machine.histories else integers))
    if program is None:
        lines.append((_CROSS, "Program", "none found"))
    else:
        lines.append((_TICK, "Program", f"{program.method}, {program.size_text}"))
        for count in (c for c in counts(run.report) if c.pair == "program and network"):
            lines.append((_TICK if count.holds else _WARN, f"Checked, {count.length}", count.text))
    with st.sidebar:
        st.markdown(f"**{plain(run.name.replace('_', ' '))}** · {verdict(run.report)}")
        st.markdown("  \n".join(f"{sign} {what}: {value}" for sign, what, value in lines))
