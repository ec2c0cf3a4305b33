"""The film of a training in the guided tour, and the question when the network knew its task."""

from __future__ import annotations

import streamlit as st

from mips_core.runs import Run
from mips_core.views.questions import reply_moment
from pages.parts.tour_questions import ask
from pages.parts.training_film import show_film, stored_film
from pages.parts.words import story as words


def show_training(run: Run) -> None:
    """Show the moments of a training with a slider, and ask from which on the network was right."""
    shown = stored_film(run)
    if shown is None:
        st.info(words.NO_FILM, icon=":material/info:")
        return
    show_film(shown, "tour")
    length = int(shown.snapshots.lengths[0])
    ask(
        run, 2, f"From which moment on is the network right on **all** held-out sequences of {length} steps?",
        lambda given: reply_moment(shown.snapshots, length, int(given)), number=0, another=False,
    )  # fmt: skip
