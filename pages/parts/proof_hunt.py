"""The hunt on a page: counterexamples of the network as trained, and a network that is proved, round by round."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from mips_core.errors import MipsError
from mips_core.jobs import Job, JobState
from mips_core.runs import Run
from mips_core.runs.hunting import opponents
from mips_core.runs.proof_jobs import keep_made
from mips_core.runs.proofs import CERTIFICATE, PROVED_NETWORK
from mips_core.views.proof_rounds import rounds_alt, rounds_figure, rounds_html
from mips_core.views.proof_words import name_of
from mips_core.views.sequences import LONGEST, sequence_text
from pages.parts import data, proof_data, proof_work, working
from pages.parts.address import forget, keep_unusual, prepare
from pages.parts.clickable import clickable
from pages.parts.picker import link_to
from pages.parts.plain import plain
from pages.parts.proof_networks import open_links
from pages.parts.stored_proofs import stored_proofs
from pages.parts.words import proof as words

SECONDS = (5, 20, 60, 180)
_OPEN = "open_round"


def show_hunt(run: Run, job: Job | None) -> None:
    """Show the two ways, their settings, and what the last job found."""
    there = opponents(run)
    st.markdown(words.HUNT.format(name=name_of(stored_proofs(run).as_trained)))
    if not there:
        st.info(words.CLOSE_NONE, icon=":material/info:")
        return
    against, seconds, seed = _settings(there)
    busy, name = job is not None and not job.over, name_of(stored_proofs(run).as_trained)
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Hunt the network {name}", icon=":material/travel_explore:", key="hunt", disabled=busy,
            on_click=proof_work.begin_hunt, args=(run, against, float(seconds)),
            help=words.HUNT_HELP.format(name=name), type="primary",
        )  # fmt: skip
        st.button(
            "Make a network that can be proved", icon=":material/all_inclusive:", key="prove", help=words.PROVE_HELP,
            on_click=proof_work.begin_prove, args=(run, float(seconds), seed),
            disabled=busy or not {"machine", "program"} & set(there),
        )  # fmt: skip
    if job is not None and proof_work.kind_of(job) in (proof_work.HUNT, proof_work.PROVE):
        job = working.watch(job.id, live) or job  # right below the button that started it
    _hunted(run, proof_work.result_of(run, job, proof_work.HUNT))
    if not _proved(run, job) and not busy:
        _before(run)


def _before(run: Run) -> None:
    """Show, before anybody asks, how the stored network was made, or what rounding alone does."""
    try:
        story = stored_proofs(run).story
    except MipsError as error:
        st.error(plain(str(error)), icon=":material/broken_image:")
        story = None
    if story is not None:
        st.markdown(words.STORY.format(reason=plain(str(story["reason"]).rstrip("."))))
        show_rounds(run, story["rounds"])
        return
    rounds = [each.to_dict() for each in proof_data.trial(run)]
    if rounds:
        first = words.TRIAL_FIRST if len(rounds) == 1 else words.TRIAL_CLOSED
        told = first if rounds[-1]["closed"] else words.TRIAL_OPEN
        told = told if run.network.state_grid is None else words.TRIAL_OWN
        st.markdown(told.format(name=name_of(stored_proofs(run).as_trained)))
        show_rounds(run, rounds)


def live(job: Job) -> None:
    """Draw the rounds that a job has told of so far; called at every look."""
    rounds = rounds_of(job)
    if rounds:
        st.plotly_chart(
            rounds_figure(rounds), key="live_rounds", alt=rounds_alt(rounds), config={"displayModeBar": False}
        )
        st.caption(rounds_alt(rounds))


def rounds_of(job: Job) -> list[Mapping[str, Any]]:
    """Return the rounds that a job has told of."""
    return [event["round"] for event in job.events if "round" in event]


def open_asked() -> None:
    """Go to the player when a row asked for it."""
    asked = st.session_state.pop(_OPEN, None)
    if asked is not None:
        forget("xs", "t")
        st.switch_page("pages/player_view.py", query_params=asked)


def _settings(there: Sequence[str]) -> tuple[str, int, int]:
    left, middle, right = st.columns([4, 3, 2], gap="medium")
    usual = "data" if "data" in there else there[0]
    with left:
        prepare("against", usual, there)
        against = st.segmented_control(
            "Hunt against", [a for a in ("data", "machine", "program") if a in there], key="against", required=True,
            format_func=words.AGAINST.__getitem__,
        )  # fmt: skip
        keep_unusual("against", against, usual)
    with middle:
        prepare("seconds", 20, SECONDS, int)
        seconds = st.segmented_control(
            "At most",
            SECONDS,
            key="seconds",
            required=True,
            format_func=lambda s: f"{s} s" if s < 60 else f"{s // 60} min",
        )
        keep_unusual("seconds", seconds, 20)
    with right:
        prepare("seed", 0, range(1000), int)
        seed = st.number_input("Seed", 0, 999, key="seed", step=1, help="Of chance in hunt and training.")
        keep_unusual("seed", seed, 0)
    return str(against), int(seconds), int(seed)


def _hunted(run: Run, result: Mapping[str, Any] | None) -> None:
    if result is None:
        return
    found = result["hunt"]
    counted = f"{found['words']:,} sequences, {found['states']:,} places, {found['seconds']:.1f} s"
    if found["word"] is None:
        st.info(f"{plain(found['claim'])} {counted}.", icon=":material/search_check:")
        return
    st.warning(f"{plain(found['claim'])} {counted}.", icon=":material/warning:")
    x = np.array(found["word"], dtype=np.int64).reshape(len(found["word"]), -1)
    text = sequence_text(x, data.words_of(run))
    st.code(text, language=None, wrap_lines=True)
    open_links(run, text, len(x))


def _proved(run: Run, job: Job | None) -> bool:
    """Show what the attempt to make a network that can be proved gave; return whether there was anything to show."""
    result = proof_work.result_of(run, job, proof_work.PROVE)
    if result is None or job is None:
        return False
    reason = plain(str(result["reason"]))
    if result["claim"] is not None:
        told = words.PROVED if result["changed"] else words.PROVED_AS_IT_IS
        st.success(told.format(claim=plain(result["claim"]), reason=reason), icon=":material/verified:")
    elif job.state is JobState.CANCELLED:
        st.info(words.CANCELLED, icon=":material/stop_circle:")
    else:
        st.warning(words.OPEN.format(reason=reason), icon=":material/hourglass_disabled:")
    show_rounds(run, result["rounds"])
    if result["claim"] is not None:
        _keep(run, job)
    return True


def show_rounds(run: Run, rounds: Sequence[Mapping[str, Any]]) -> None:
    """Show rounds as a figure and as a table whose rows open in the player."""
    if not rounds:
        return
    st.plotly_chart(rounds_figure(rounds), key="rounds", alt=rounds_alt(rounds), config={"displayModeBar": False})

    def opened(value: str) -> None:
        word = rounds[int(value)]["word"]
        x = np.array(word, dtype=np.int64).reshape(len(word), -1)
        st.session_state[_OPEN] = {**link_to(run), "xs": sequence_text(x, data.words_of(run)), "t": str(len(x))}

    clickable(rounds_html(rounds, data.words_of(run), LONGEST), key="round_rows", on_chosen=opened)
    if any(r["word"] for r in rounds):
        st.caption(words.ROUNDS_OF_ANOTHER.format(name=name_of(stored_proofs(run).as_trained)))


def _keep(run: Run, job: Job) -> None:
    """Offer the new network as a file, and to keep it in an own run."""
    made, proof = job.folder / PROVED_NETWORK, job.folder / CERTIFICATE
    if not proof.is_file():
        return
    with st.container(horizontal=True, gap="small"):
        if made.is_file():
            st.download_button(
                "New network (.safetensors)", made.read_bytes(), f"{run.file_name}_proved.safetensors",
                "application/octet-stream", on_click="ignore", icon=":material/download:", key="network_made",
            )  # fmt: skip
        st.download_button(
            "Its certificate (.json)", proof.read_bytes(), f"{run.file_name}_proved.certificate.json",
            "application/json", on_click="ignore", icon=":material/download:", key="certificate_of_made",
        )  # fmt: skip
        if run.is_own:
            label = words.KEEP.format(name=name_of(stored_proofs(run).as_trained))
            st.button(
                label if made.is_file() else words.KEEP_CERTIFICATE,
                icon=":material/save:",
                key="keep_made",
                on_click=_kept,
                args=(run, job),
            )
    if not run.is_own:
        st.caption(words.READ_ONLY)
    if st.session_state.pop("kept_made", False):
        st.success(words.KEPT, icon=":material/check:")


def _kept(run: Run, job: Job) -> None:
    keep_made(run, job.folder)
    st.session_state["kept_made"] = True
