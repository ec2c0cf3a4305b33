"""The user's own runs: listed, opened, renamed, pinned, deleted, and two compared side by side."""

import streamlit as st

from mips_core.runs import Run, UnreadableRun
from mips_core.views.claims import verdict
from pages.parts import data
from pages.parts.frame import head

head("Your runs", "Keep what you made, and put two runs side by side.")
found = data.own_runs()
if not found:
    st.info("You have no runs of your own yet.", icon=":material/info:")
rows = [
    {
        "name": run.name,
        "made from": run.information.origin.text,
        "result": verdict(run.report),
        "made": run.information.made_text,
        "seed": run.information.seed,
        "version": run.information.mips_version,
    }
    for run in found
    if isinstance(run, Run) and run.information is not None
]
if rows:
    st.dataframe(rows, hide_index=True)
for run in found:
    if isinstance(run, UnreadableRun):
        st.warning(f"{run.name}: {run.reason}", icon=":material/broken_image:")
