"""A network file that is open: what was read, what may be corrected, a check run."""

import json

import streamlit as st

from mips_core.networks.check_run import check_run
from mips_core.networks.options import NetworkOptions
from mips_core.networks.reading import OURS, NetworkReading
from mips_core.views.arrays_svg import arrays_svg, shapes_of
from mips_core.views.network_reading import check_rows, fact_rows, suggested_ranges, summary, tensor_rows
from pages.parts.clickable import clickable
from pages.parts.own_file import OpenFile, network_reading
from pages.parts.own_settings import choose_options
from pages.parts.plain import plain
from pages.parts.words import own as words


def show_network(file: OpenFile) -> NetworkOptions | None:
    """Show a network file; return how to read it once it can be distilled, else None."""
    st.subheader("What was read", anchor=False, divider="gray")
    base = network_reading(file, NetworkOptions())
    if base.network is None:
        other = "" if file.has_known_ending else f" {words.DATA_ENDINGS}"
        st.error(plain(base.problem or "") + other, icon=":material/error:")
        if base.tensors:
            _show_tensors(base)
        else:
            with st.expander("What can be read", icon=":material/help:", expanded=not file.has_known_ending):
                st.markdown(words.LAYOUTS)
                st.markdown(words.DATA_FORMAT)
        _offer_report(base)
        return None
    suggested = file.example.inputs if file.example is not None else suggested_ranges(base)
    above = st.container()
    st.markdown(words.CARD_TELLS if base.layout == OURS else words.YOU_CHOOSE)
    options = choose_options(base, suggested)
    reading = base if options is None else network_reading(file, options)
    with above:
        ready = _show_reading(reading, suggested)
    _show_tensors(reading)
    if reading.network is not None and reading.inputs is not None:
        ready = _show_check(reading) and ready
    _offer_report(reading)
    return options if ready else None


def _show_reading(reading: NetworkReading, suggested: str) -> bool:
    """Show the network as facts and as a drawing; return whether it is known well enough to be distilled."""
    if reading.network is None:
        st.error(plain(reading.problem or ""), icon=":material/error:")
        return False
    facts, drawing = st.columns([1.25, 1], gap="large")
    with facts:
        st.success(plain(summary(reading)), icon=":material/check_circle:")
        if reading.inputs is None:
            st.warning(words.RANGES_MISSING, icon=":material/help:")
        elif suggested and reading.layout is not None:
            st.caption(words.RANGES_GUESSED)
        st.table([{"": row["what"], "found": row["found"], "from": row["from"]} for row in fact_rows(reading)])
    with drawing:
        shapes = shapes_of(reading.network)
        clickable(arrays_svg(shapes), key="own_arrays")
        for note in shapes.notes:
            st.caption(note)
    return reading.inputs is not None


def _show_tensors(reading: NetworkReading) -> None:
    with st.expander(
        f"All {len(reading.tensors)} tensors and their parts",
        icon=":material/dataset:",
        expanded=reading.network is None,
    ):
        st.dataframe(tensor_rows(reading), hide_index=True)


def _show_check(reading: NetworkReading) -> bool:
    """Show what the network does on ten sequences; return whether it does anything."""
    assert reading.network is not None
    assert reading.inputs is not None
    card = reading.network.card
    st.subheader("A check run on ten inputs", anchor=False, divider="gray")
    checked = check_run(reading.network, reading.inputs)
    if any(each.broken for each in checked):
        st.warning(words.BROKEN_RUN, icon=":material/warning:")
    elif len({tuple(y) for each in checked for y in each.y.tolist()}) == 1:
        st.warning(words.CONSTANT_RUN, icon=":material/warning:")
    st.dataframe(check_rows(checked, card.input_words, card.output_words), hide_index=True)
    return True


def _offer_report(reading: NetworkReading) -> None:
    st.download_button(
        "Reading report (.json)", json.dumps(reading.to_dict(), indent=1, ensure_ascii=False), "reading.json",
        "application/json", on_click="ignore", icon=":material/download:", key="own_reading",
    )  # fmt: skip
