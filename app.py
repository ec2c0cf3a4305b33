"""The explorer: `streamlit run app.py`, or `mips explore`."""

import streamlit as st

from mips_core.resources import asset
from pages.parts.frame import guarded

st.set_page_config(page_title="MIPS Explorer", page_icon=str(asset("icon.svg")), layout="wide")

page = st.navigation(
    {
        "Start": [
            st.Page("pages/gallery.py", title="Gallery", icon=":material/grid_view:", default=True),
        ],
        "One network, step by step": [
            st.Page("pages/hidden_states.py", title="Hidden states", icon=":material/scatter_plot:", url_path="states"),
            st.Page(
                "pages/state_machine.py", title="State machine", icon=":material/account_tree:", url_path="machine"
            ),
            st.Page("pages/program.py", title="Program", icon=":material/code:", url_path="program"),
            st.Page("pages/compare.py", title="Compare", icon=":material/compare_arrows:", url_path="compare"),
        ],
        "Results": [
            st.Page("pages/benchmark.py", title="Benchmark", icon=":material/leaderboard:", url_path="benchmark"),
        ],
    }
)
guarded(page.run)
