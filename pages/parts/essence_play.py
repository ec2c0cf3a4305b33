"""An input of the reader's own: what code and network answer, and the code followed line by line."""

from typing import Any

import numpy as np
import streamlit as st

from mips_core.essence.asking import network_says
from mips_core.essence.stored import StoredEssence
from mips_core.programs.function_run import Trace, trace_ours
from mips_core.views.essence_answers import satisfied_words, value_html, value_text
from mips_core.views.essence_code import traced_code, variables_html
from mips_core.views.essence_style import styled
from mips_core.views.sequences import count_text
from pages.parts.address import followed, write
from pages.parts.clickable import clickable
from pages.parts.essence_inputs import MOST_STEPS, InputKind, default_text, kind_of, read_input, widest
from pages.parts.essence_paint import Stroke, cells_text, paint, painted
from pages.parts.plain import plain
from pages.parts.words import essence as words

_TEXT, _OF, _AT = "essence_input", "essence_input_of", "essence_step"


@st.fragment
def show_play(stored: StoredEssence) -> None:
    """Show the input, both answers, and the stepper; a change runs this part of the page alone."""
    kind = kind_of(stored)
    text = _text(stored, kind)
    left, right = st.columns(2, gap="large")
    with left:
        _enter(stored, kind, text)
        rule = st.number_input("Rule", 0, 255, 110, key="play_rule") if kind is InputKind.RULE_AND_ROW else None
    try:
        value = read_input(text, kind, stored)
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    arguments = [value] if rule is None else [value, int(rule)]
    with right:
        code = stored.program.function(*arguments)
        _answers(stored, kind, arguments, code)
    if kind.is_field:
        _onwards(stored, kind, arguments, code)
    _stepper(stored, arguments)


def _text(stored: StoredEssence, kind: InputKind) -> str:
    """Return the input as text: of a link, of this session, or the one to begin with."""
    if followed("input"):
        st.session_state[_TEXT], st.session_state[_OF] = st.query_params["input"], stored.name
        write("input", st.query_params["input"])
    if st.session_state.get(_OF) != stored.name:
        st.session_state[_OF] = stored.name
        st.session_state[_TEXT] = default_text(kind, stored)
        write("input", None)
    return str(st.session_state[_TEXT])


def _put(text: str, address: bool = True) -> None:
    st.session_state[_TEXT] = text
    st.session_state[_AT] = 1
    write("input", text if address and len(text) <= 1200 else None)


def _enter(stored: StoredEssence, kind: InputKind, text: str) -> None:
    """Show what the reader paints or types."""
    if not kind.is_painted:
        help_text = words.CLAUSES_HELP if kind is InputKind.CLAUSES else words.NUMBERS_HELP
        label = "Clauses" if kind is InputKind.CLAUSES else "Numbers"
        key = f"play_text_{stored.name}"
        st.text_area(label, text, key=key, help=help_text, height=150, on_change=_typed, args=(key,))
        return
    rows = _cells(stored, kind, text)
    size = len(rows[0])

    def put(strokes: list[Stroke]) -> None:  # on the cells of then: a button may have changed them first
        _put(cells_text(painted(_cells(stored, kind, str(st.session_state[_TEXT])), strokes)))

    paint(rows, f"play_cells_{stored.name}", label="Cells of the input", hint=words.PAINT_HINT, on_painted=put)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        key = f"play_size_{stored.name}_{size}"
        st.number_input(
            "Cells across", 2, widest(kind), size, key=key, width=130, on_change=_resize, args=(key, rows)
        )  # fmt: skip
        st.button("Clear", icon=":material/backspace:", key="play_clear", on_click=_put,
                  args=(cells_text([[0] * size for _ in rows]),))  # fmt: skip
        st.button("Random", icon=":material/casino:", key="play_random", on_click=_random, args=(len(rows), size))


def _cells(stored: StoredEssence, kind: InputKind, text: str) -> list[list[int]]:
    """Return the rows of cells that a text spells, or else those to begin with."""
    try:
        rows = read_input(text, kind, stored)
    except ValueError:
        rows = read_input(default_text(kind, stored), kind, stored)
    return rows if kind is InputKind.GRID or kind is InputKind.FIELD else [rows]


def _typed(key: str) -> None:
    _put(str(st.session_state[key]))


def _resize(key: str, rows: list[list[int]]) -> None:
    _put(cells_text(_resized(rows, int(st.session_state[key]), flat=len(rows) == 1)))


def _random(high: int, wide: int) -> None:
    seed = st.session_state["play_seed"] = st.session_state.get("play_seed", 0) + 1
    _put(cells_text((np.random.default_rng(seed).random((high, wide)) < 0.4).astype(int).tolist()))


def _resized(rows: list[list[int]], size: int, flat: bool) -> list[list[int]]:
    """Return cells cut or filled up with zeros at the right and below."""
    high = 1 if flat else size
    return [[rows[i][j] if i < len(rows) and j < len(rows[0]) else 0 for j in range(size)] for i in range(high)]


def _answers(stored: StoredEssence, kind: InputKind, arguments: list[Any], code: Any) -> None:
    """Show code and network beside each other."""
    said = network_says(stored.network, stored.condensed, stored.reading, arguments)
    st.markdown(f"**The code answers** {'' if kind.is_field else f'`{value_text(code)}`'}")
    if kind.is_field:
        clickable(styled(value_html(code)), "play_code")
    elif kind is InputKind.CLAUSES:
        st.markdown(f"With it {satisfied_words(arguments[0], code)}.")
    same = said == code
    st.markdown(f"**The network answers** {'the same' if kind.is_field and same else f'`{value_text(said)}`'}")
    if kind.is_field and not same:
        clickable(styled(value_html(said)), "play_network")
    st.markdown(words.AGREE if same else words.DIFFER)
    shape = np.shape(arguments[0]) if not kind.is_field and kind is not InputKind.CLAUSES else None
    if shape is not None and shape != stored.network.input_shape:
        size = f"{' × '.join(map(str, stored.network.input_shape))} inputs"
        st.caption(words.NETWORK_SIZE.format(size=size))


def _onwards(stored: StoredEssence, kind: InputKind, arguments: list[Any], code: Any) -> None:
    """Show the steps that follow: a row's as one picture, a grid's by buttons."""
    if kind is InputKind.FIELD:
        with st.container(horizontal=True, gap="small"):
            for steps, label in ((1, "Next step"), (10, "10 steps on")):
                st.button(label, icon=":material/fast_forward:" if steps > 1 else ":material/play_arrow:",
                          key=f"play_on_{steps}", on_click=_go_on, args=(stored, arguments, steps))  # fmt: skip
        return
    rows = [arguments[0], code]
    for _ in range(MOST_STEPS - 1):
        rows.append(stored.program.function(rows[-1], *arguments[1:]))
    st.markdown(f"**The next {MOST_STEPS} steps of the code**, one row each, from the top")
    clickable(styled(value_html(rows, width=560, height=420)), "play_steps")


def _go_on(stored: StoredEssence, arguments: list[Any], steps: int) -> None:
    value = arguments[0]
    for _ in range(steps):
        value = stored.program.function(value, *arguments[1:])
    _put(cells_text(value))


def _stepper(stored: StoredEssence, arguments: list[Any]) -> None:
    """Show the code with the line that runs now, and the values of its variables."""
    found = _trace(stored, arguments)
    count = len(found.steps)
    if not count:
        return
    at = min(int(st.session_state.get(_AT, 1)), count)
    st.session_state[_AT] = at
    st.markdown(f"**{words.STEPPING}**")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        moves = (("First", 1, "first_page"), ("Back", at - 1, "chevron_left"), ("Step", at + 1, "chevron_right"),
                 ("10 on", at + 10, "keyboard_double_arrow_right"), ("Last", count, "last_page"))  # fmt: skip
        for name, to, icon in moves:
            to = max(1, min(to, count))
            st.button(name, icon=f":material/{icon}:", key=f"step_{name}", on_click=_go, args=(to,), disabled=to == at)
    if count > 1:
        st.slider("Line that has just run", 1, count, key=_AT)
    at = int(st.session_state[_AT])
    line, values = found.steps[at - 1]
    before = found.steps[at - 2][1] if at > 1 else dict(zip(stored.program.parameters, arguments, strict=True))
    visits: dict[int, int] = {}
    for number, _ in found.steps[:at]:
        visits[number] = visits.get(number, 0) + 1
    left, right = st.columns([5, 3], gap="medium")
    with left:
        clickable(styled(traced_code(stored.source, line, visits)), "play_listing")
    with right:
        st.markdown(f"**After line {line}**, step {at:,} of {count:,}")
        shown = [
            (name, value_text(value), name not in before or before[name] != value) for name, value in values.items()
        ]
        clickable(styled(variables_html(shown)), "play_variables")
    if not found.complete:
        st.caption(f"Only the first {count_text(count, 'step')} are followed.")


def _go(to: int) -> None:
    st.session_state[_AT] = to


def _trace(stored: StoredEssence, arguments: list[Any]) -> Trace:
    """Return the followed run of the code on an input, kept for the session as long as both stay the same."""
    key = (stored.name, stored.source, repr(arguments))
    kept = st.session_state.get("essence_trace")
    if kept is None or kept[0] != key:
        kept = (key, trace_ours(stored.program.function, arguments))
        st.session_state["essence_trace"] = kept
    found: Trace = kept[1]
    return found
