"""The guided tour: six steps from a task to a proof on one run, with a question at each that the page checks."""

import streamlit as st

from pages.parts import data
from pages.parts.address import keep, restore
from pages.parts.downloads import download_row
from pages.parts.frame import head, in_python, teach
from pages.parts.tour import STEPS, answered, choose_tour
from pages.parts.words import story as words

COUNT = len(STEPS)


def go(step: int) -> None:
    """Go to a step of the tour, from 1."""
    st.session_state["part"] = step


head("Guided tour", words.PURPOSE)
run = choose_tour(data.shipped().values())
if run is None:
    st.info(words.NOTHING, icon=":material/info:")
    st.stop()

right = answered(run)
if restore("part", 1, int) not in range(1, COUNT + 1):
    st.session_state["part"] = 1
part = st.segmented_control(
    "Step", range(1, COUNT + 1), key="part", required=True, width="stretch",
    format_func=lambda n: f"{n} {words.TITLES[n - 1]}{' ✓' if n in right else ''}",
)  # fmt: skip
keep("part", part)
st.progress(len(right) / COUNT, text=f"{len(right)} of {COUNT} questions answered")
STEPS[part - 1](run)

with st.container(horizontal=True, horizontal_alignment="distribute"):
    st.button(
        "Back", icon=":material/chevron_left:", on_click=go, args=(part - 1,), disabled=part == 1, key="tour_back"
    )
    st.button(
        f"Next: {words.TITLES[part]}" if part < COUNT else "Next", icon=":material/chevron_right:",
        icon_position="right", on_click=go, args=(part + 1,), disabled=part == COUNT, key="tour_next",
        type="primary" if part in right else "secondary",
    )  # fmt: skip
if len(right) == COUNT:
    st.success(words.ALL_RIGHT, icon=":material/school:")

teach(words.SEES)
in_python(data.program_call(run, data.example(run)), data.distill_command(run))
download_row(run)
