"""Where each line of the program comes from."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.programs.program import Program
from mips_core.runs import Run
from mips_core.verification.provenance import Provenance
from mips_core.views.provenance_lines import ORIGIN_CSS, case_rows, code_rows, codes_sentence, origins_html
from mips_core.views.sequences import count_text
from pages.parts import program_data
from pages.parts.fold import fold
from pages.parts.words import program as words

SIGNS = {"done": ":material/check:", "failed": ":material/close:", "skipped": ":material/remove:"}
_MOST_CASES = 2000


def origins_section(run: Run) -> None:
    """Show for each line its kind and the cases that it explains, then which values stand for which states."""
    program, machine = run.program, run.machine
    assert program is not None
    found = program_data.provenance(run)
    other = "the network's machine" if isinstance(machine, MealyMachine) else "the network"
    route = (run.report.get("route") or {}).get("name")
    how = words.METHODS[str(program.method)]
    st.markdown(f"**{how}.**" + (f" The way that found it: *{route}*." if route else ""))
    st.markdown(words.ORIGIN.format(other=other) if found.counted else words.NOT_COUNTED)
    st.html(f"<style>{ORIGIN_CSS}</style>{origins_html(program, found)}")
    if isinstance(machine, MealyMachine) and found.codes:
        st.markdown(f"**Which values stand for which states.** {codes_sentence(found)}")
        if found.variables:
            rows = code_rows(found, machine)
            st.dataframe(rows, hide_index=True, height="content" if len(rows) <= 10 else 380, key="codes")
        fold("Every case: each state with each input", "cases", "table", lambda: _cases(program, found, machine))
    elif found.variables:
        st.markdown(words.READ_OFF)
        rows = [
            {
                "variable": each.name,
                "read off rightly": f"{each.right:,} of {each.cases:,} hidden states",
                "largest error": f"{each.error:.3g}",
            }
            for each in program_data.read_off(run)
        ]
        st.dataframe(rows, hide_index=True, key="readings")


def _cases(program: Program, found: Provenance, machine: MealyMachine) -> None:
    rows = case_rows(program, found, machine, _MOST_CASES)
    st.dataframe(rows, hide_index=True, key="case_table")
    left = len(found.codes) * len(machine.symbols) - len(rows)
    if left > 0:
        st.caption(f"{left:,} more cases were counted and are not listed.")


def stages_list(run: Run) -> None:
    """Show the ways that were tried, in order, each with what it found or why it failed."""
    st.markdown("The ways that were tried, in order, each with what it found or why it failed.")
    for stage in run.report.get("stages", []):
        sign, column = SIGNS.get(stage["status"], SIGNS["skipped"]), f"**{stage['stage']}**"
        st.markdown(f"{sign} {column} ({stage['status']}, {stage['seconds']:.1f} s): {stage['reason']}")
    seconds = run.report.get("seconds", {})
    if seconds:
        parts = [f"{name} {value:.1f} s" for name, value in seconds.items() if name != "total" and value]
        st.caption(f"Time: {', '.join(parts)}; {seconds.get('total', 0):.1f} s in all.")


def size_caption(run: Run) -> str:
    """Say how large the program is."""
    program = run.program
    assert program is not None
    if program.system.tables:
        return f"Its size: {program.size_text}."
    return f"Its formulas hold {count_text(program.nodes, 'node')}: names, numbers and operators."
