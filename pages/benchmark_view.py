"""What was measured: all tasks beside the paper's results, our speed beside other tools, and how costs grow."""

import streamlit as st

from pages.parts.benchmark_growth import show_growth
from pages.parts.benchmark_speed import show_speed
from pages.parts.benchmark_tasks import OPENED, show_tasks
from pages.parts.frame import guarded, head
from pages.parts.words import benchmark as words

opened = st.session_state.pop(OPENED, None)
if opened is not None:
    st.switch_page("pages/program_view.py", query_params={"task": opened})

head("Benchmark", words.PURPOSE)
shows = dict(zip(words.VIEWS, (show_tasks, show_speed, show_growth), strict=True))
asked = st.query_params.get("measured", "")
meant = next((name for name in shows if name.casefold() == asked.casefold()), asked)
if meant != asked:  # typed by hand, while Streamlit takes an option only as it is written
    st.switch_page("pages/benchmark_view.py", query_params={**st.query_params.to_dict(), "measured": meant})
view = st.segmented_control(
    "What was measured", words.VIEWS, default=words.VIEWS[0], key="measured", bind="query-params", required=True,
    label_visibility="collapsed",
)  # fmt: skip
guarded(shows[view])
