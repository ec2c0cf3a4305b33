"""Equations on a page."""

import streamlit as st

from mips_core.expressions.history import list_name
from mips_core.machines.integer_system import IntegerSystem
from mips_core.views.equations import Equation, block_latex, equations, tables_of
from mips_core.views.sequences import count_text


@st.cache_resource(max_entries=128, show_spinner="Writing the formulas", hash_funcs={IntegerSystem: repr})
def _lines(system: IntegerSystem) -> tuple[Equation, ...]:
    return equations(system)


def show_equations(system: IntegerSystem) -> None:
    """Show start values and every formula of one step, the inputs named first."""
    lines = _lines(system)
    short = [line for line in lines if line.is_readable]
    if system.histories:
        lists = " and ".join(f"*{list_name(name)}*" for name in system.histories)
        st.markdown(f"All inputs so far are kept in {lists}: place 0 is the first, place −1 the last.")
    elif not system.order:
        st.markdown("Nothing is remembered between steps.")
    reads = ", ".join(f"*{n.lstrip('_') or 'x'}*" for n in system.inputs)
    st.markdown(f"At each step, read {reads}." + (" A prime (′) marks the new value." if system.order else ""))
    if short:
        st.latex(block_latex(short))
    if len(short) < len(lines):
        left = count_text(len(lines) - len(short), "formula")
        st.caption(f"{left} too long to be shown as mathematics; the code has all.")
    notes = []
    text = " ".join(line.right for line in lines)
    if r"\oplus" in text:
        notes.append(r"$a \oplus b$ is 1 when exactly one of the two bits is 1.")
    if r"\bmod" in text:
        notes.append(r"$a \bmod b$ is the remainder of $a$ divided by $b$.")
    if r"\lfloor" in text:
        notes.append(r"$\lfloor a \rfloor$ is $a$ rounded down.")
    if r"\left[" in text:
        notes.append(r"$[\text{condition}]$ is 1 where it holds and 0 elsewhere.")
    for name, entries in tables_of(system):
        notes.append(f"**{name}** is a table; the code lists its {count_text(entries, 'value')}.")
    for note in notes:
        st.caption(note)
