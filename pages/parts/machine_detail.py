"""The panel on one state: how to get there, how often that happens, its neighbours as links; and the search."""

import streamlit as st

from mips_core.errors import MipsError
from mips_core.machines.rounds import tell_apart
from mips_core.runs import Run
from mips_core.views.palette import state_name
from mips_core.views.raw_words import told_apart_sentences
from mips_core.views.sequences import parse_sequence
from mips_core.views.state_facts import arrows_html, crumbs_html, find_state, values_text, visits_text
from mips_core.views.step_words import code
from mips_core.views.tables import shortest_prefix
from pages.parts import data, machine_data
from pages.parts.address import forget_other_run, keep_unusual, prepare
from pages.parts.clickable import clickable
from pages.parts.picker import choose_state, chosen_state, link_to
from pages.parts.words import machine as words

_CRUMBS = 6


def find(run: Run) -> None:
    """Show the search field: the name of a state, or inputs that lead to one."""
    machine = machine_data.mealy(run)
    text = st.text_input(
        "Find a state", key="find_state", placeholder="S3, or inputs: 1 0 1", help=words.FIND_HELP,
        on_change=lambda: _find(run),
    )  # fmt: skip
    if not text or not text.strip():
        return
    state = find_state(text, machine)
    if state is not None:
        st.caption(f"{state_name(state)} is chosen.")
        return
    try:
        x = parse_sequence(text, data.inputs_of(run), words=data.words_of(run))
        st.caption(f"{code(text.strip())} leads to **{state_name(machine_data.state_after(machine, x))}**.")
    except MipsError as error:
        st.caption(f":material/search_off: {_no_state(text, machine.states) or error}")


def _no_state(text: str, states: int) -> str:
    """Return the sentence for a name that looks like a state but is none, or ""."""
    name = text.strip()
    if name[:1] in ("S", "s") and name[1:].isdecimal():
        return f"There is no state {code(name[:12])}; the machine has S0 to S{states - 1}."
    return ""


def _find(run: Run) -> None:
    text, machine = st.session_state.get("find_state") or "", machine_data.mealy(run)
    state = find_state(text, machine)
    if state is None and text.strip():
        try:
            x = parse_sequence(text, data.inputs_of(run), words=data.words_of(run))
            state = machine_data.state_after(machine, x)
        except MipsError:
            return  # the sentence stands under the field
    if state is not None:
        choose_state(state)


def detail(run: Run, current: int, *, wide: bool) -> None:
    """Show what is known about the chosen state, or else about the current one; ``wide`` uses two columns."""
    facts, arrows = st.columns(2, gap="large") if wide else (st.container(), st.container())
    with facts:
        find(run)
        state = _facts(run, current)
    with arrows:
        clickable(
            arrows_html(machine_data.mealy(run), state), key="neighbours", on_chosen=lambda s: choose_state(int(s))
        )
        _ways_on(run, state, current)


def _facts(run: Run, current: int) -> int:
    machine, picked = machine_data.mealy(run), chosen_state(run)
    state = picked if picked is not None else current
    st.markdown(f"#### {state_name(state)}" + (", the current state" if state == current else ""))
    prefix = shortest_prefix(machine, state)
    lines = []
    if state == machine.start_state:
        lines.append("The **start**: here the machine waits before it has read anything.")
    elif prefix is not None:
        lines.append(f"Shortest input that leads here: **{code(prefix)}**")
    seen = machine_data.visits(run)
    lines.append(f"Visited: {visits_text(seen, state)}.")
    held = values_text(seen, state)
    if held:
        lines.append(f"The program holds {held}.")
    st.markdown("  \n".join(lines))
    return state


def _ways_on(run: Run, state: int, current: int) -> None:
    with st.container(horizontal=True, gap="small"):
        if state != current:
            st.button(
                "Back to the current state", icon=":material/my_location:", on_click=choose_state, args=(None,),
                key="to_current",
            )  # fmt: skip
        st.page_link(
            "pages/hidden_states.py", label="Its hidden states", icon=":material/scatter_plot:",
            query_params=link_to(run) | {"state": str(state)},
        )  # fmt: skip


def crumbs(run: Run, state: int) -> None:
    """Show the states that were looked at one after the other, as links back."""
    key = f"crumbs_{run.id}"
    trail = [s for s in st.session_state.get(key, ()) if s < machine_data.mealy(run).states]
    trail = trail[: trail.index(state) + 1] if state in trail else [*trail, state][-_CRUMBS:]
    st.session_state[key] = trail
    if len(trail) > 1:
        clickable(crumbs_html(tuple(trail)), key="crumbs", on_chosen=lambda s: choose_state(int(s)))


def compare_two(run: Run, state: int) -> None:
    """Show why two states of the minimal machine are two: the shortest suffix that tells them apart."""
    machine = machine_data.mealy(run)
    if machine.states < 2:
        st.markdown("The machine has one state only: every past has the same future.")
        return
    others = [s for s in range(machine.states) if s != state]
    forget_other_run(run.id, "apart_from")
    prepare("apart_from", others[0], others, int)
    other = st.selectbox(
        f"Why is {state_name(state)} another state than", others, key="apart_from", format_func=state_name, width=260
    )
    keep_unusual("apart_from", other, others[0])
    side = data.words_of(run), machine.output_words
    found = tell_apart(machine, state, other)
    for line in told_apart_sentences(found, state_name(state), state_name(other), side):
        st.markdown(line)
