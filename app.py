"""The explorer: `mips explore` serves it (see `pages/parts/serve.py`)."""

import streamlit as st

from mips_core.resources import asset
from pages.parts.frame import guarded

st.set_page_config(page_title="MIPS Explorer", page_icon=str(asset("icon.svg")), layout="wide")

# No address is the name of a file in pages/: Streamlit would serve that file bare to a first visitor who comes
# straight to it, without this script around it.
page = st.navigation(
    {
        "Start": [
            st.Page("pages/gallery.py", title="Gallery", icon=":material/grid_view:", default=True),
            st.Page("pages/story_view.py", title="Guided tour", icon=":material/school:", url_path="tour"),
        ],
        "One network, step by step": [
            st.Page("pages/player_view.py", title="Lock-step", icon=":material/play_circle:", url_path="play"),
            st.Page("pages/hidden_states.py", title="Hidden states", icon=":material/scatter_plot:", url_path="states"),
            st.Page(
                "pages/state_machine.py", title="State machine", icon=":material/account_tree:", url_path="machine"
            ),
            st.Page("pages/program_view.py", title="Program", icon=":material/code:", url_path="program"),
            st.Page(
                "pages/compare_view.py",
                title="Compare and failures",
                icon=":material/compare_arrows:",
                url_path="compare",
            ),
            st.Page("pages/proof_view.py", title="Proof", icon=":material/verified:", url_path="proof"),
        ],
        "Make": [
            st.Page("pages/train_view.py", title="Train", icon=":material/model_training:", url_path="train"),
            st.Page("pages/own_view.py", title="Bring your own", icon=":material/upload_file:", url_path="own"),
            st.Page("pages/runs_view.py", title="Your runs", icon=":material/folder_open:", url_path="runs"),
        ],
        "Other networks": [
            st.Page("pages/essence_view.py", title="Deep Distilling", icon=":material/schema:", url_path="essence"),
            st.Page("pages/curves_view.py", title="Curves", icon=":material/show_chart:", url_path="curves"),
        ],
        "Results": [
            st.Page("pages/benchmark_view.py", title="Benchmark", icon=":material/leaderboard:", url_path="benchmark"),
        ],
        "Help": [
            st.Page("pages/guide_view.py", title="Guide and glossary", icon=":material/menu_book:", url_path="guide"),
        ],
    },
    expanded=True,  # else Streamlit folds away what comes after the twelfth page
)
guarded(page.run)
