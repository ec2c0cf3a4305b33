"""The words of a run over words, and its transitions as a table."""

import streamlit as st

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.views.sequences import count_text
from mips_core.views.tables import transition_rows


def show_words(run: Run) -> None:
    """Show which words go in and come out, and each transition on a row."""
    for side, verb in (("inputs", "reads"), ("outputs", "writes")):
        for column in run.report["words"][side] or []:
            if column:
                st.markdown(f"It {verb} {count_text(len(column), 'word')}:")
                st.code(" ".join(column), language=None, wrap_lines=True)
    if isinstance(run.machine, MealyMachine):
        st.dataframe(transition_rows(run.machine), hide_index=True, height=430)
