"""The five panels of "Deep Distilling" with their one selection; a choice runs this part of the page alone."""

from collections.abc import Callable

import streamlit as st

from mips_core.essence.regenerate import same_network
from mips_core.essence.stored import StoredEssence
from mips_core.views.essence_code import annotated_code, line_words
from mips_core.views.essence_groups import MOST_ROWS, group_words, groups_html, index_rows, slots_of
from mips_core.views.essence_matrix import matrix_alt, matrix_svg
from mips_core.views.essence_neuron import number_line, number_line_words, sum_words, sums_of, weights_image
from mips_core.views.essence_samples import labels_of, samples_html, samples_rows, subconcepts_html
from mips_core.views.essence_selection import Lit, Selection, Shown, lit_by, read_selection, subconcept_of
from mips_core.views.essence_space import space_svg, space_words
from mips_core.views.essence_style import styled
from mips_core.views.essence_words import integers_text, neuron_title, neuron_words, size_text
from mips_core.views.sequences import count_text
from pages.parts import essence_data
from pages.parts.address import followed, write
from pages.parts.clickable import clickable
from pages.parts.essence_story import show_story
from pages.parts.fold import fold
from pages.parts.plain import plain
from pages.parts.words import essence as words

_PICK, _OF = "essence_pick", "essence_pick_of"


@st.fragment
def show_panels(stored: StoredEssence) -> None:
    """Show data, subconcepts, network, groups and code, and what is chosen."""
    shown = essence_data.shown(stored)
    selection = _selection(stored, shown)
    lit = lit_by(selection, shown)
    _chosen(selection, lit, shown)
    data, parts = st.columns(2, gap="medium")
    with data, st.container(border=True):
        st.markdown(f"**{words.DATA}** · {count_text(len(shown.samples.x), 'sample')}")
        if stored.reading == "clauses":
            st.caption(words.CLAUSE_LABELS)
        _panel(samples_html(shown, lit), "essence_samples")
        fold("As a table", "samples_table", "table", lambda: st.dataframe(samples_rows(shown), hide_index=True))
    with parts, st.container(border=True):
        _subconcepts(stored, shown, lit)
    with st.container(border=True):
        _network(stored, shown, selection, lit)
    with st.container(border=True):
        _groups(shown, selection, lit)
    with st.container(border=True):
        st.markdown(f"**{words.CODE}** · {plain(_code_words(stored, shown))}")
        _panel(annotated_code(stored.source, shown, lit), "essence_code")
        if selection is not None and selection.kind == "line":
            st.caption(plain(line_words(selection.place[0], shown)) or _unowned(selection.place[0], stored))
        fold("How the groups became this code", "rewrites", "auto_fix_high", lambda: _rewrites(stored))


def choose(text: str) -> None:
    """Choose something, from a callback; choosing it again lets go of it."""
    st.session_state[_PICK] = "" if st.session_state.get(_PICK) == text else text
    write("pick", st.session_state[_PICK] or None)


def _selection(stored: StoredEssence, shown: Shown) -> Selection | None:
    """Return what is chosen: what a link names, what was chosen here, or a neuron to begin with."""
    if followed("pick"):
        st.session_state[_PICK] = st.query_params["pick"]
        write("pick", st.query_params["pick"])
        st.session_state[_OF] = stored.name
    if st.session_state.get(_OF) != stored.name:
        st.session_state[_OF] = stored.name
        st.session_state.pop(_PICK, None)
        write("pick", None)
    first = f"neuron-0-{len(shown.network.layers[0].bias) // 3}"
    return read_selection(st.session_state.setdefault(_PICK, first), shown)


def _panel(html: str, key: str) -> None:
    clickable(styled(html), key, choose)


def _chosen(selection: Selection | None, lit: Lit, shown: Shown) -> None:
    """Show the choice in words, and fields that choose by number: for the keyboard, and for what is not drawn."""
    with st.container(border=True):
        if selection is None:
            st.markdown(f"**Nothing is chosen.** {words.CHOOSE}")
        else:
            st.markdown(f"**Chosen: {plain(selection_words(selection, shown))}**. {plain(_lit_words(lit))}")
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            layers = {f"{layer.name} neuron": f"neuron-{number}" for number, layer in enumerate(shown.network.layers)}
            kinds = {"sample": "sample", "subconcept": "subconcept", **layers, "line of code": "line"}
            kind = st.selectbox("Choose a", list(kinds), key="pick_kind", width=210)
            number = st.number_input("with the number", 0, step=1, key="pick_number", width=150)
            wanted = f"{kinds[kind]}-{number}"
            there = read_selection(wanted, shown) is not None
            st.button("Choose", on_click=_put, args=(wanted,), key="pick_choose", disabled=not there,
                      icon=":material/ads_click:")  # fmt: skip
            st.button("Choose nothing", on_click=_put, args=("",), key="pick_clear", disabled=selection is None,
                      icon=":material/close:")  # fmt: skip


def _put(text: str) -> None:
    st.session_state[_PICK] = text
    write("pick", text or None)


def selection_words(selection: Selection, shown: Shown) -> str:
    """Say what is chosen."""
    if selection.kind == "sample":
        sample = selection.place[0]
        return f"sample {sample}, label {labels_of(shown)[sample]}"
    if selection.kind == "neuron":
        layer, neuron = selection.place
        return f"{neuron_title(layer, neuron, shown)}, {neuron_words(layer, neuron, shown)}"
    if selection.kind == "line":
        return f"line {selection.place[0]} of the code"
    return f"{selection.kind} {selection.name or selection.place[0]}"


def _lit_words(lit: Lit) -> str:
    counts = [
        count_text(len(lit.samples), "sample"),
        count_text(len(lit.subconcepts), "subconcept"),
        count_text(len(lit.neurons), "neuron"),
        count_text(len(lit.groups), "group"),
        f"{count_text(len(lit.lines), 'line')} of code",
    ]
    return f"With it go {', '.join(counts[:-1])} and {counts[-1]}."


def _subconcepts(stored: StoredEssence, shown: Shown, lit: Lit) -> None:
    st.markdown(f"**{words.SUBCONCEPTS}** · {count_text(len(shown.network.subconcepts), 'part')} of classes")
    drawing = space_svg(shown, lit)
    if drawing is not None:
        _panel(f'<div class="essence">{drawing}</div>', "essence_space")
        st.caption(plain(space_words(shown) or ""))
    _panel(subconcepts_html(shown, lit), "essence_subconcepts")
    fold("How the parts came about", "parts_story", "call_split", lambda: show_story(stored, shown))


def _network(stored: StoredEssence, shown: Shown, selection: Selection | None, lit: Lit) -> None:
    top, switch = st.columns([3, 2], vertical_alignment="center")
    with top:
        st.markdown(f"**{words.NETWORK}** · {plain(size_text(shown))}")
    with switch:
        order = st.segmented_control(
            "Order of the neurons", ["own order", "grouped order"], default="own order", key="order", required=True,
            bind="query-params", help=words.ORDER_HELP,
        )  # fmt: skip
    grouped = order == "grouped order"
    drawings = "".join(
        f"<figure><figcaption>{shown.network.layers[layer].name}</figcaption>"
        f"{matrix_svg(layer, shown, grouped=grouped, lit=lit, selected=selection)}</figure>"
        for layer in range(len(shown.network.layers))
    )
    _panel(f'<div class="essence matrices">{drawings}</div>', "essence_matrices")
    st.caption(words.NEURON_NUMBERS)
    layer, neuron = _neuron_in(selection, lit, shown)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{neuron_title(layer, neuron, shown).capitalize()}:** "
                    f"{plain(neuron_words(layer, neuron, shown))}")  # fmt: skip
        _panel(f'<div class="essence">{weights_image(layer, neuron, shown)}</div>', "essence_weights")
        st.caption(plain(f"Integers: {integers_text(layer, neuron, shown)}"))
    with right:
        st.markdown("**Its sum, and where it says yes**")
        sums, place, tried = sums_of(layer, neuron, shown), st.container(), None
        if layer < len(shown.network.layers) - 1 and sums.low < sums.high:
            tried = st.slider("Try a sum", sums.low, sums.high, min(max(0, sums.low), sums.high),
                              key=f"sum_{stored.name}_{layer}_{neuron}")  # fmt: skip
            st.caption(sum_words(tried))
        with place:
            _panel(f'<div class="essence">{number_line(layer, neuron, shown, selection, tried)}</div>', "essence_line")
            st.caption(plain(number_line_words(layer, neuron, shown)))
    fold("In words", "network_words", "notes", lambda: st.markdown("\n".join(
        f"- {plain(matrix_alt(k, shown, grouped=grouped))}" for k in range(len(shown.network.layers)))))  # fmt: skip


def _neuron_in(selection: Selection | None, lit: Lit, shown: Shown) -> tuple[int, int]:
    """Return the neuron whose detail is shown: the chosen one, or one that is lit, or the first."""
    if selection is not None and selection.kind == "neuron":
        return selection.place[0], selection.place[1]
    if selection is not None and selection.kind == "sample":
        own = subconcept_of(selection.place[0], shown.network)
        layer = len(shown.network.layers) - 2
        if own and (layer, own[0]) in lit.neurons:
            return layer, own[0]
    first = next(layer for layer, each in enumerate(shown.network.layers) if len(each.bias))
    return min(lit.neurons, default=(first, 0))


def _groups(shown: Shown, selection: Selection | None, lit: Lit) -> None:
    st.markdown(f"**{words.GROUPS}** · {count_text(len(shown.groups), 'group')} of like neurons")
    _panel(groups_html(shown, lit), "essence_groups")
    assert shown.condensed is not None
    unequal = same_network(shown.condensed, shown.network)
    numbers = f"{shown.network.numbers:,}"
    told = words.NOT_REGENERATED.format(words=plain(unequal[0].sentence)) if unequal else words.REGENERATED
    st.markdown(told.format(numbers=numbers))
    named = selection.name if selection is not None and selection.kind == "group" else ""
    name = named or min(lit.groups, default=shown.groups[0].name)
    fold(f"Index table of {name}", "index_table", "table", _index(name, shown), expanded=bool(named))


def _index(name: str, shown: Shown) -> Callable[[], None]:
    def show() -> None:
        group = next(each for each in shown.groups if each.name == name)
        st.markdown(plain(group_words(group, shown)))
        st.dataframe([vars(slot) for slot in slots_of(group, shown)], hide_index=True)
        rows = index_rows(group, shown)
        st.dataframe(rows[:MOST_ROWS], hide_index=True)
        if len(rows) > MOST_ROWS:
            st.caption(f"The first {MOST_ROWS} of {len(rows):,} rows.")

    return show


def _unowned(line: int, stored: StoredEssence) -> str:
    """Say what a line does that stands for no group."""
    text = stored.source.splitlines()[line - 1].lstrip()
    last = max((number for number, groups in stored.lines.items() if groups), default=0)
    return words.PREPARES if line < last and not text.startswith(("#", "def ")) else words.PASSES_ON


def _rewrites(stored: StoredEssence) -> None:
    """Show the identities on the way from groups to code, and what else was tried."""
    if stored.rewrites:
        st.markdown("\n".join(f"1. **{plain(name)}.** {plain(why)}" for name, why in stored.rewrites))
    st.markdown(f"**{words.TRIED}**\n" + "\n".join(f"- {plain(line)}" for line in stored.report["tried"]))


def _code_words(stored: StoredEssence, shown: Shown) -> str:
    lines = stored.report["program"]["lines"]
    return f"{count_text(lines, 'line')} instead of {shown.network.numbers:,} numbers; beside each, what it replaces"
