"""The work on a file: a job that is followed, and the run that came of it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mips_core.errors import MipsError
from mips_core.jobs import Job, JobState
from mips_core.networks.snapshots import FILE as SNAPSHOTS_FILE
from mips_core.runs import Run
from mips_core.runs.from_file import UPLOAD
from mips_core.runs.training import DISTIL_STAGES, KEPT_FILE, distil_kept
from mips_core.views.claims import suspicious
from mips_core.views.gallery import address
from mips_core.views.imperfect import imperfect_sentences
from mips_core.views.sequences import count_text, share_text
from pages.parts.downloads import download_row
from pages.parts.own_file import PAGE
from pages.parts.picker import show_claim
from pages.parts.plain import plain
from pages.parts.train_live import live
from pages.parts.visitor import own_store
from pages.parts.words import own as words
from pages.parts.working import leave, start, watch

_PAGES = (
    ("pages/program_view.py", "Program", ":material/code:"),
    ("pages/state_machine.py", "State machine", ":material/account_tree:"),
    ("pages/hidden_states.py", "Hidden states", ":material/scatter_plot:"),
    ("pages/player_view.py", "Lock-step", ":material/play_circle:"),
    ("pages/compare_view.py", "Compare", ":material/compare_arrows:"),
    ("pages/runs_view.py", "Your runs", ":material/folder_open:"),
)


def show_job(job: Job) -> None:
    """Follow a job, and show what came of it."""
    over = watch(job.id, live if "seeds" in job.arguments else None)
    if over is None:
        return
    if over.state is JobState.FAILED:
        st.error(plain(over.error), icon=":material/error:")
    result = over.result or {"runs": [], "kept": None}
    if over.state is JobState.CANCELLED:
        _show_kept(over, result["kept"])
    for stored in result["runs"]:
        _show_run(str(stored["run"]))
    st.button("Set up another", icon=":material/restart_alt:", on_click=leave, args=(PAGE,), key="own_again")


def _show_kept(job: Job, kept: Mapping[str, Any] | None) -> None:
    """Say what a stopped job left; offer to distil the best network of a training."""
    if kept is None:
        st.info(words.CANCELLED, icon=":material/stop_circle:")
        return
    st.info(words.KEPT.format(share=share_text(kept["accuracy"])), icon=":material/stop_circle:")
    if st.button("Distil what there is", icon=":material/science:", type="primary", key="own_kept"):
        paths = [job.folder / name for name in (KEPT_FILE, SNAPSHOTS_FILE, UPLOAD)]
        start(
            distil_kept,
            {**{k: v for k, v in job.arguments.items() if k != "seeds"}, "seed": kept["seed"]},
            page=PAGE, title=f"Distilling what training on {job.arguments['file']} left", stages=DISTIL_STAGES,
            files={path.name: path.read_bytes() for path in paths if path.is_file()},
        )  # fmt: skip
        st.rerun()


def _show_run(run_id: str) -> None:
    try:
        run = own_store().run(run_id)
    except MipsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    show_claim(run)
    imperfect = imperfect_sentences(run.report)
    if imperfect:
        st.markdown(imperfect)
    if run.program is not None:
        long = run.program.source.count("\n") > 60
        st.code(run.program.source, language="python", line_numbers=True, height=560 if long else "content")
    else:
        st.warning(words.NO_PROGRAM, icon=":material/block:")
        st.markdown("\n".join(f"- **{plain(s['stage'])}**: {plain(s['reason'])}" for s in run.report.get("stages", [])))
    _show_doubts(run)
    st.markdown("**Go on with it.** The run is kept under *Your runs*.")
    with st.container(horizontal=True, gap="small"):
        for page, label, icon in _PAGES:
            st.page_link(page, label=label, icon=icon, query_params=address(run))
    download_row(run)


def _show_doubts(run: Run) -> None:
    """Show warnings about the data, and recorded outputs that the program contradicts."""
    for warning in run.report.get("warnings", []):
        st.warning(plain(warning), icon=":material/warning:")
    doubtful = suspicious(run.report)
    if doubtful:
        st.markdown(
            f"**Suspicious rows:** {count_text(len(doubtful), 'recorded output')} that the program contradicts."
        )
        st.dataframe(doubtful, hide_index=True)
