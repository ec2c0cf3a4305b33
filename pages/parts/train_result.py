"""What came of a training: the runs, what is still wrong, what was kept on Cancel, and how it went."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from mips_core.errors import MipsError
from mips_core.jobs import Job, JobState
from mips_core.networks.snapshots import FILE
from mips_core.runs import Run
from mips_core.runs.from_file import UPLOAD
from mips_core.runs.training import DISTIL_STAGES, KEPT_FILE, PRESETS, distil_kept
from mips_core.views.gallery import address
from mips_core.views.imperfect import imperfect_sentences
from mips_core.views.sequences import share_text
from mips_core.views.training import length_name
from pages.parts.picker import show_claim
from pages.parts.plain import plain
from pages.parts.train_form import PAGE, Order, begin, choose_again
from pages.parts.training_film import kept_film, show_film, stored_film
from pages.parts.visitor import own_store
from pages.parts.words import train as words
from pages.parts.working import leave, start

NEARLY_ALL = 0.99
"""Share of held-out sequences from which a network counts as trained, as for ``mips train``."""

_LINKS = (
    ("pages/player_view.py", "Lock-step", ":material/play_circle:"),
    ("pages/hidden_states.py", "Hidden states", ":material/scatter_plot:"),
    ("pages/state_machine.py", "State machine", ":material/account_tree:"),
    ("pages/program_view.py", "Program", ":material/code:"),
    ("pages/compare_view.py", "Compare", ":material/compare_arrows:"),
    ("pages/runs_view.py", "Your runs", ":material/folder_open:"),
)


def show_result(job: Job, order: Order) -> None:
    """Show a job that is over."""
    if job.state is JobState.FAILED:
        st.error(plain(job.error), icon=":material/error:")
    result = job.result or {"runs": [], "kept": None}
    if job.state is JobState.CANCELLED:
        _show_kept(job, result.get("kept"), order)
    runs = list(result["runs"])
    if runs:
        _show_runs(runs, order, stopped="seeds" not in job.arguments)
    st.button(
        "Set up another training", icon=":material/restart_alt:", on_click=_set_up_again, args=(order,),
        key="train_again",
    )  # fmt: skip


def _set_up_again(order: Order) -> None:
    leave(PAGE)
    choose_again(order)


def _show_kept(job: Job, kept: Mapping[str, Any] | None, order: Order) -> None:
    """Say what a stopped training left, and offer to distil it."""
    if kept is None:
        st.info(words.NOTHING_KEPT, icon=":material/stop_circle:")
        return
    st.info(
        words.KEPT.format(
            rung=kept["rung"], hidden=kept["hidden"], steps=f"{kept['steps']:,}", seed=kept["seed"],
            share=_share(kept["accuracy"]),
        ),
        icon=":material/stop_circle:",
    )  # fmt: skip
    files = {name: (job.folder / name) for name in (KEPT_FILE, FILE, UPLOAD)}
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "Weights (.safetensors)", files[KEPT_FILE].read_bytes, f"{Path(order.name).stem}.safetensors",
            "application/octet-stream", on_click="ignore", icon=":material/download:", key="kept_weights",
        )  # fmt: skip
        if st.button("Distil what there is", icon=":material/science:", type="primary", key="kept_distil"):
            arguments = {k: v for k, v in order.arguments.items() if k != "seeds"}
            start(
                distil_kept, {**arguments, "seed": kept["seed"]}, page=PAGE, stages=DISTIL_STAGES,
                title=f"Distilling what training on {order.name} left",
                files={name: path.read_bytes() for name, path in files.items() if path.is_file()},
            )  # fmt: skip
            st.rerun()
    shown = kept_film(job.folder)
    if shown is not None:
        st.subheader("How far it came", anchor=False, divider="gray")
        show_film(shown, f"film_{job.id}")


def _show_runs(runs: list[Mapping[str, Any]], order: Order, *, stopped: bool) -> None:
    """Show the stored runs, one tab each; ``stopped`` says that the reader ended the training."""
    if len(runs) == 1:
        _show_run(runs[0], order, stopped)
        return
    st.markdown(f"**{len(runs)} runs** are stored, one for each seed.")
    st.dataframe([_row(facts) for facts in runs], hide_index=True)
    tabs = st.tabs([f"Seed {facts['seed']}" for facts in runs])
    for tab, facts in zip(tabs, runs, strict=True):
        with tab:
            _show_run(facts, order, stopped)


def _row(facts: Mapping[str, Any]) -> dict[str, str]:
    by_length = zip(facts["lengths"], facts["by_length"], strict=True)
    return {
        "seed": str(facts["seed"]), "architecture": str(facts["rung"]), "held-out right": _share(facts["accuracy"]),
        **{words.FIRST.format(length_name(length, facts["lengths"])): _share(share) for length, share in by_length},
    }  # fmt: skip


def _show_run(facts: Mapping[str, Any], order: Order, stopped: bool) -> None:
    """Show one run: how good its network is, what was taken out, where to go on, and how it was trained."""
    try:
        run = own_store().run(facts["run"])
    except MipsError as error:
        st.warning(plain(str(error)), icon=":material/delete:")
        return
    _show_learning(facts, order, stopped)
    show_claim(run)
    imperfect = imperfect_sentences(run.report)
    if imperfect:
        st.markdown(imperfect)
    if run.program is not None:
        long = run.program.source.count("\n") > 40
        st.code(run.program.source, language="python", height=420 if long else "content")
    with st.container(horizontal=True, gap="small"):
        for page, label, icon in _LINKS:
            st.page_link(page, label=label, icon=icon, query_params=address(run))
    _show_training(run, f"film_{run.id}")


def _show_training(run: Run, key: str) -> None:
    st.subheader("How it came about", anchor=False, divider="gray")
    shown = stored_film(run)
    if shown is None:
        st.caption(words.NO_FILM)
    else:
        show_film(shown, key)


def _show_learning(facts: Mapping[str, Any], order: Order, stopped: bool) -> None:
    """Say how well the task was learnt, at which lengths not, and what to do then."""
    accuracy = facts["accuracy"]
    failing = [
        f"{_share(share)} right for the first {length_name(length, facts['lengths'])}"
        for length, share in zip(facts["lengths"], facts["by_length"], strict=True)
        if share < 1.0
    ]
    # A network that was kept in the middle of training was counted in one way only.
    counted = words.ONLY_COUNT if stopped else words.SECOND_COUNT
    second = f" {counted.format(', '.join(failing))}" if failing else ""
    text = f"*{facts['rung']}*, {facts['hidden']} hidden units, seed {facts['seed']}."
    if accuracy is not None and accuracy == 1.0:
        st.success(f"{words.LEARNT}{second} {text}", icon=":material/check_circle:")
        return
    learnt = accuracy is not None and accuracy >= NEARLY_ALL
    share = "" if accuracy is None or (stopped and second) else f" {words.FIRST_COUNT.format(_share(accuracy))}"
    sentence = words.STOPPED if stopped else words.NEARLY if learnt else words.NOT_LEARNT
    icon = ":material/stop_circle:" if stopped else ":material/warning:"
    st.warning(f"{sentence}{share}{second} {text} {words.LAST}", icon=icon)
    _offer_again(order, facts["seed"])


def _offer_again(order: Order, seed: int) -> None:
    """Offer another seed, and more time."""
    longer = next((preset for preset in PRESETS if preset.budget > order.preset.budget), None)
    with st.container(horizontal=True, gap="small"):
        if st.button(f"Try seed {seed + 1}", icon=":material/casino:", key=f"again_seed_{seed}"):
            _again(replace(order, seeds=(seed + 1,)))
        if longer is not None and st.button(
            f"Give it {longer.budget:.0f} seconds", icon=":material/more_time:", key=f"again_longer_{seed}"
        ):
            _again(replace(order, preset=longer, seeds=(seed,)))


def _again(order: Order) -> None:
    begin(order)
    st.rerun()


def _share(value: float | None) -> str:
    return "unknown" if value is None else share_text(value)
