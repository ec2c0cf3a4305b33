"""The raw machine beside the minimal one, and how the one becomes the other."""

import json
from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from mips_core.machines.compare import equivalent, shortest_difference
from mips_core.machines.dot_machine import to_dot
from mips_core.machines.files import to_dict
from mips_core.machines.raw_machine import TOLERANCES, RawMachine
from mips_core.machines.rounds import tell_apart
from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.views.machine_diagram import mealy_diagram, raw_diagram, raw_name
from mips_core.views.machine_svg import MOST_STATES, Picture, diagram_svg
from mips_core.views.palette import state_name
from mips_core.views.raw_words import (
    class_name,
    class_rows,
    conflict_sentences,
    prefix_text,
    raw_sentence,
    round_rows,
    told_apart_sentences,
    too_large,
)
from mips_core.views.sequences import count_text
from pages.parts import data, machine_data
from pages.parts.address import forget, forget_other_run, keep_unusual, prepare
from pages.parts.canvas import Pane, canvas
from pages.parts.machine_pictures import offer_drawing
from pages.parts.picker import choose_state, chosen_state
from pages.parts.words import machine as words

_USUAL = "usual"
_PAIR = ("raw_one", "raw_other")


def show_raw(run: Run) -> None:
    """Show the whole comparison."""
    tolerance = _choose_tolerance()
    forget_other_run(run.id, *_PAIR)
    raw = machine_data.raw(run, tolerance)
    side = data.words_of(run), machine_data.mealy(run).output_words
    st.markdown(raw_sentence(raw) + f" The tolerance is {100 * raw.tolerance:g} % of the range of a hidden unit.")
    proof = conflict_sentences(raw, side)
    if proof and raw.holds:
        with st.expander("Not deterministic at this tolerance, but harmless: the proof", icon=":material/call_split:"):
            st.markdown("  \n".join(proof))
    elif proof:
        st.warning("**Not deterministic at this tolerance.** " + " ".join(proof), icon=":material/call_split:")
    into = machine_data.merged_into(run, tolerance)
    if raw.machine is None:
        _by_class(run, raw, into)
        return
    rounds = machine_data.rounds(run, tolerance)
    _check(run, raw)
    k = _choose_round(len(rounds) - 1)
    final = k == len(rounds) - 1 and raw.reduction is not None and _same(run, raw)
    if too_large(raw):
        _by_class(run, raw, into)
    else:
        _pictures(run, raw, into if final else rounds[k], None if final else class_name)
    sizes = int(rounds[k].max()) + 1
    st.markdown(
        f"**Round {k}**: suffixes of at most {count_text(k, 'input')} tell {sizes:,} classes apart."
        if sizes != 1
        else "**Round 0**: without any suffix, all raw states look the same. They form one class."
    )
    rows = round_rows(raw.machine, rounds, k, raw_name)
    if final:
        first = [int(np.argmax(rounds[k] == number)) for number in range(sizes)]
        rows = [{"state": state_name(int(into[s]))} | row for s, row in zip(first, rows, strict=True)]
    st.dataframe(rows, hide_index=True, height="auto" if len(rows) <= 9 else 350)
    _pair(run, raw, rounds[-1])


def _choose_tolerance() -> float | None:
    options = [_USUAL, *(f"{t:g}" for t in TOLERANCES)]
    prepare("tolerance_raw", _USUAL, options)
    chosen = st.select_slider(
        "How close counts as the same?", options, key="tolerance_raw", help=words.TOLERANCE_HELP,
        format_func=lambda t: "usual for this network" if t == _USUAL else f"{100 * float(t):g} %",
    )  # fmt: skip
    keep_unusual("tolerance_raw", chosen, _USUAL)
    return None if chosen == _USUAL else float(chosen)


def _choose_round(last: int) -> int:
    if last == 0:
        st.caption("All raw states behave the same, so no round splits anything.")
        return 0
    prepare("round", last, range(last + 1), int)
    k = st.slider("Step by step: round of partition refinement", 0, last, key="round", help=words.ROUND_HELP)
    keep_unusual("round", k, last)
    return int(k)


def _same(run: Run, raw: RawMachine) -> bool:
    return raw.machine is not None and equivalent(raw.machine, machine_data.mealy(run))


def _check(run: Run, raw: RawMachine) -> None:
    """Say whether the raw machine, minimised, is the machine that was found."""
    assert raw.machine is not None
    assert raw.reduction is not None
    if _same(run, raw):
        merged = count_text(raw.reduction.machine.states, "state")
        st.markdown(f"Merged by behaviour they are {merged}: **the same machine** as the one that was found.")
        return
    word = shortest_difference(raw.machine, machine_data.mealy(run))
    text = f" They differ first on the inputs {prefix_text(word, data.words_of(run))}." if word is not None else ""
    st.warning(
        f"Merged by behaviour they are {count_text(raw.reduction.machine.states, 'state')}, and not the machine that "
        f"was found.{text} So this tolerance does not show the network as it is.",
        icon=":material/warning:",
    )


def _pictures(run: Run, raw: RawMachine, colours: IntArray, class_of: Callable[[int], str] | None) -> None:
    picked, step_state = chosen_state(run), machine_data.mealy(run).start_state
    left = _raw_picture(run, raw, colours, class_of, picked)
    right = _minimal_picture(run, picked)
    panes = [Pane(left.svg, f"raw {run.id} {raw.tolerance}", left.alt, raw_name(0), "Raw")]
    if right is not None:
        panes.append(Pane(right.svg, f"minimal {run.id}", right.alt, str(step_state), "Minimal"))

    def choose(value: str) -> None:
        if value.startswith("R"):
            forget(*_PAIR)
            st.session_state[_PAIR[0]] = int(value[1:])
            into = int(machine_data.merged_into(run, _kept_tolerance())[int(value[1:])])
            choose_state(into)
        else:
            choose_state(int(value))

    canvas(panes, key="raw_canvas", on_chosen=choose, tallest=520)
    notes = [p.note for p in (left, right) if p is not None and p.note]
    st.caption(
        " ".join([*dict.fromkeys(notes), "Point at a state to mark what it was merged into, or from."])
        if class_of is None
        else "The letter under a name is its class in this round."
    )
    assert raw.machine is not None
    with st.container(horizontal=True, gap="small"):
        offer_drawing(left, f"{run.file_name}_raw")
        st.download_button(
            "Raw machine (.dot)", partial(to_dot, raw.machine), f"{run.file_name}_raw.dot", "text/vnd.graphviz",
            on_click="ignore", icon=":material/download:", key="download_raw_dot",
        )  # fmt: skip
        st.download_button(
            "Raw machine (.json)", lambda: json.dumps(to_dict(raw.machine)), f"{run.file_name}_raw.json",
            "application/json", on_click="ignore", icon=":material/download:", key="download_raw_json",
        )  # fmt: skip


def _kept_tolerance() -> float | None:
    kept = st.session_state.get("tolerance_raw", _USUAL)
    return None if kept == _USUAL else float(kept)


def _raw_picture(
    run: Run, raw: RawMachine, colours: IntArray, class_of: Callable[[int], str] | None, picked: int | None
) -> Picture:
    assert raw.machine is not None
    states = machine_data.mealy(run).states if class_of is None else int(colours.max()) + 1
    diagram = raw_diagram(raw.machine, colours, states, class_of or state_name)
    into = machine_data.merged_into(run, _kept_tolerance())
    chosen = np.flatnonzero(into == picked).tolist() if picked is not None else []
    prepare(_PAIR[0], 0, range(raw.states), int)
    return diagram_svg(diagram, selected=chosen, centre=int(st.session_state[_PAIR[0]]), clickable=True)


def _minimal_picture(run: Run, picked: int | None) -> Picture | None:
    machine = machine_data.mealy(run)
    if machine.states > MOST_STATES:
        return None
    chosen = [picked] if picked is not None else []
    return diagram_svg(mealy_diagram(machine), selected=chosen, centre=picked, clickable=True)


def _by_class(run: Run, raw: RawMachine, into: IntArray) -> None:
    st.caption(too_large(raw))
    st.dataframe(class_rows(raw, into, data.words_of(run)), hide_index=True)


def _pair(run: Run, raw: RawMachine, classes: IntArray) -> None:
    """Show why two raw states were merged, or what tells them apart."""
    assert raw.machine is not None
    if raw.states < 2:
        return
    st.markdown("##### May two raw states be merged?")
    names = range(raw.states)
    left, right = st.columns(2, gap="small")
    prepare(_PAIR[0], 0, names, int)
    one = left.selectbox("This one", names, key=_PAIR[0], format_func=raw_name, on_change=forget, args=(_PAIR[1],))
    keep_unusual(_PAIR[0], one, 0)
    alike = [s for s in names if s != one and classes[s] == classes[one]]
    usual = alike[0] if alike else (one + 1) % raw.states
    prepare(_PAIR[1], usual, names, int)
    other = right.selectbox("and this one", names, key=_PAIR[1], format_func=raw_name)
    keep_unusual(_PAIR[1], other, usual)
    if one == other:
        st.caption("Choose two different raw states.")
        return
    side = data.words_of(run), machine_data.mealy(run).output_words
    reach = [prefix_text(raw.prefix_symbols[raw.prefixes[s]], side[0]) for s in (one, other)]
    st.caption(f"{raw_name(one)} is reached by {reach[0]}, {raw_name(other)} by {reach[1]}.")
    for line in told_apart_sentences(tell_apart(raw.machine, one, other), raw_name(one), raw_name(other), side):
        st.markdown(line)
