"""A training while it goes on: losses, accuracy by length, and the hidden states as they are now."""

import streamlit as st

from mips_core.jobs import Job, JobState
from mips_core.views.sequences import count_text, share_text
from mips_core.views.training import accuracy_figure, length_name, looks, loss_figure, points_figure


def live(job: Job) -> None:
    """Draw what a training has told so far; called at every look."""
    if job.state is JobState.WAITING:
        return
    told = looks(job.events)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Training loss**, one line per architecture")
        if len(told.curves.steps):
            figure = loss_figure(told.curves, told.rung)
            rungs = ", ".join(told.curves.rungs)
            st.plotly_chart(figure, key="live_loss", alt=f"Loss on a log scale, of {rungs}.")
        else:
            st.skeleton(height=300)
    with right:
        st.markdown("**Held-out sequences right**, by length" + (f" ({told.rung})" if told.rung else ""))
        if told.steps:
            figure = accuracy_figure(told.steps, told.lengths, told.accuracy)
            now = zip(told.lengths, told.accuracy[-1], strict=True)
            text = ", ".join(f"{share_text(share)} of {length_name(length, told.lengths)}" for length, share in now)
            st.plotly_chart(figure, key="live_accuracy", alt=f"Held-out sequences right now: {text}.")
        else:
            st.skeleton(height=300)
    if told.points:
        st.markdown("**Hidden states now**, of the best network so far, by the right answer after each")
        st.plotly_chart(
            points_figure(told.points, told.labels), key="live_points",
            alt=f"{count_text(len(told.points), 'hidden state')} on their two principal axes.",
        )  # fmt: skip
