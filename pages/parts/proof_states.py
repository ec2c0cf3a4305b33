"""The closed set on a page: the picture that grows with a slider, its table, and one step worked out."""

import numpy as np
import streamlit as st

from mips_core.runs import Run
from mips_core.views.csv_text import csv_text
from mips_core.views.proof_arithmetic import layer_columns, nearest_sentence, rounding_columns, whole_number_columns
from mips_core.views.proof_states import GridStates, cell_text, depth_counts, grid_name, state_columns
from mips_core.views.proof_states_figure import growth_sentence, states_alt, states_figure
from mips_core.views.proof_words import name_of
from pages.parts import proof_data
from pages.parts.address import forget_other_run, keep_unusual, prepare
from pages.parts.fold import fold
from pages.parts.stored_proofs import stored_proofs
from pages.parts.words import proof as words

_ROWS = 500
_CHART = "grid_states"


@st.fragment
def show_states(run: Run) -> None:
    """Show the picture with its slider; moving it runs this part alone."""
    picture = proof_data.picture(run)
    if picture.states is None or picture.places is None or picture.network is None:
        st.info(words.PICTURE_NONE[picture.why].format(seconds=proof_data.TRIAL_SECONDS), icon=":material/info:")
        _show_weights(run)
        return
    found = picture.states
    if picture.trial:
        st.caption(
            words.PICTURE_TRIAL.format(cell=cell_text(found.places), name=name_of(stored_proofs(run).as_trained))
        )
    forget_other_run(run.id, "depth", "symbol", "place")
    deepest = int(found.depth.max())
    left, right = st.columns([3, 2], gap="medium")
    with left:
        depth = _depth(deepest)
    with right:
        symbol = _symbol(found)
    _follow_click()
    chosen = _chosen(found)
    figure = states_figure(found, picture.places, depth=depth, symbol=symbol, chosen=chosen)
    st.markdown(growth_sentence(found, depth))
    st.plotly_chart(
        figure, key=_CHART, alt=states_alt(found, depth, symbol), on_select="rerun", selection_mode="points"
    )
    st.caption(words.POINT)
    fold("One step worked out", "step", "calculate", lambda: _arithmetic(picture, symbol))
    fold(f"All {len(found.cells):,} places", "places", "table", lambda: _table(run, found))


def _show_weights(run: Run) -> None:
    """Show the weights of a changed network whose steps are linear: the numbers that the proof counts with."""
    changed = stored_proofs(run).changed
    if changed is None or changed.problem:
        return
    columns = whole_number_columns(changed.network)
    if columns is not None:
        st.markdown(words.WEIGHTS)
        st.dataframe(columns, hide_index=True, height="auto" if len(columns["new"]) <= 9 else 350)


def _depth(deepest: int) -> int:
    if deepest == 0:
        return 0
    prepare("depth", deepest, range(deepest + 1), int)
    depth = st.slider("Steps of the walk", 0, deepest, key="depth", help=words.DEPTH_HELP)
    keep_unusual("depth", depth, deepest)
    return int(depth)


def _symbol(found: GridStates) -> int:
    prepare("symbol", 0, range(len(found.symbols)), int)
    symbol = st.selectbox(
        "Arrows on the input", range(len(found.symbols)), key="symbol", format_func=found.symbol_text,
        help=words.SYMBOL_HELP,
    )  # fmt: skip
    keep_unusual("symbol", symbol, 0)
    return int(symbol)


def _follow_click() -> None:
    """Take over a point that was clicked, once."""
    points = ((st.session_state.get(_CHART) or {}).get("selection") or {}).get("points") or []
    now = next((p["customdata"] for p in points if p.get("customdata") is not None), None)
    now = now[0] if isinstance(now, list) else now
    if now is not None and now != st.session_state.get("clicked_place"):
        st.session_state["place"] = int(now)
    st.session_state["clicked_place"] = now


def _chosen(found: GridStates) -> int:
    prepare("place", 0, range(len(found.cells)), int)
    keep_unusual("place", st.session_state["place"], 0)
    return int(st.session_state["place"])


def _arithmetic(picture: proof_data.Picture, symbol: int) -> None:
    found, network = picture.states, picture.network
    assert found is not None
    assert network is not None
    prepare("place", 0, range(len(found.cells)), int)
    place = st.number_input(
        f"Place, from {grid_name(0)} to {grid_name(len(found.cells) - 1)}", 0, len(found.cells) - 1, key="place", step=1
    )
    keep_unusual("place", place, 0)
    state, x = found.hidden[place], found.symbols[symbol]
    end = int(found.following[place, symbol])
    st.markdown(words.ARITHMETIC.format(start=grid_name(place), symbol=found.symbol_text(symbol), end=grid_name(end)))
    terms = layer_columns(network, state, x)
    if terms is not None:
        st.caption("The first layer: weights times the hidden state, weights times the input, and the bias.")
        st.dataframe(terms, hide_index=True, height=260)
    st.caption("Every hidden unit: as computed, in cells of the grid, and rounded.")
    st.dataframe(rounding_columns(network, state, x), hide_index=True)
    st.markdown(nearest_sentence(network, state, x))


def _table(run: Run, found: GridStates) -> None:
    counts = depth_counts(found)
    text = ", ".join(f"{count:,} at {step}" for step, count in enumerate(counts[:12].tolist()))
    st.caption(f"New places by step: {text}{', …' if len(counts) > 12 else ''}. The most is {int(np.max(counts)):,}.")
    st.dataframe(state_columns(found, _ROWS), hide_index=True, height=420)
    if len(found.cells) > _ROWS:
        st.caption(f"The first {_ROWS:,} of {len(found.cells):,} are shown; the file has all.")
    st.download_button(
        "Places (.csv)", lambda: csv_text(state_columns(found)), f"{run.file_name}_places.csv", "text/csv",
        on_click="ignore", icon=":material/download:", key="download_places",
    )  # fmt: skip
