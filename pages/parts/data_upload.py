"""A data file that somebody brought: what was read and what is wrong. Pages that train on data share it."""

import streamlit as st

from mips_core.distillation.data_reading import DataReading
from mips_core.views.data_reading import column_rows, contradiction_rows, first_rows, size_text
from mips_core.views.sequences import count_text
from pages.parts.plain import plain
from pages.parts.words import own as words


def show_data(reading: DataReading) -> bool:
    """Show what was read in a data file; return whether a network can be trained on it."""
    if reading.data is None:
        st.error(plain(reading.problem or ""), icon=":material/error:")
        st.markdown(words.DATA_FORMAT)
        return False
    if reading.problem is not None:
        st.error(plain(reading.problem), icon=":material/error:")
    st.markdown(f"**{plain(reading.name)}**: {size_text(reading)}")
    st.dataframe(column_rows(reading), hide_index=True)
    found = contradiction_rows(reading)
    if found:
        total = reading.contradictions.count if reading.contradictions is not None else len(found)
        shown = f", of which the first {len(found)} are shown" if total > len(found) else ""
        st.markdown(f"**Contradictory rows:** {count_text(total, 'output')}{shown}.")
        st.dataframe(found, hide_index=True)
    for warning in reading.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    with st.expander("First rows", icon=":material/table_rows:", expanded=True):
        st.dataframe(first_rows(reading), hide_index=True)
    return reading.problem is None
