"""The one selection that all pages share: run, sequence, step and state. It lives in the URL and in the session."""

from typing import NoReturn

import streamlit as st

from mips_core.errors import BadInputError
from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run, UnreadableRun, is_own_id, is_shared_address
from mips_core.runs.proofs import claim_as_trained
from mips_core.stepping import IntArray
from mips_core.views.claims import STRAYS, counterexample, counterexample_text, headline, strays, verdict
from mips_core.views.gallery import address, showcase
from mips_core.views.ladder import brief_words, rung_of, short_words
from mips_core.views.proof_words import name_of
from mips_core.views.sequences import parse_sequence, range_text, sequence_text
from pages.parts import data, words
from pages.parts.address import followed, forget, keep, last, restore, write
from pages.parts.plain import plain
from pages.parts.run_choice import run_labels, search_own
from pages.parts.shared_runs import take
from pages.parts.stored_proofs import stored_proofs
from pages.parts.words import hosting as hosting_words

_SEARCH = "search_own"
BADGE_LOOK = {
    "formula": ("blue", ":material/function:"),
    "table": ("violet", ":material/table:"),
    "differs": ("orange", ":material/warning:"),
    "no program": ("gray", ":material/block:"),
    "cannot be read": ("gray", ":material/broken_image:"),
}


def choose_run() -> Run:
    """Show the selector of tasks and own runs; stop the page where there is nothing to choose, or no such run."""
    take(st.query_params.get("run"))
    asked = _asked()
    if asked is None:
        st.info(words.NO_RUNS, icon=":material/info:")
        st.stop()
    if data.run_with(asked) is None:
        _say_missing(asked)
    st.session_state["task"] = asked
    labels = run_labels(asked, text=st.session_state.get(_SEARCH) or "")
    chosen = st.selectbox(
        "Task or run", list(labels), key="task", format_func=labels.__getitem__, on_change=_forget_sequence
    )
    search_own(_SEARCH)
    run = data.run_with(chosen)
    if run is None:  # one that was listed and is damaged inside, or was deleted a moment ago
        _say_missing(chosen)
    for name in ("task", "run"):
        write(name, address(run).get(name))
    return run


def link_to(run: Run) -> dict[str, str]:
    """Return what an address says to mean this run, for ``query_params`` of a link to a page."""
    return address(run)


def select_run(run_id: str) -> None:
    """Choose a run by its id for all pages; for callbacks and before a change of page."""
    forget("task", "run", "xs", "t", "state")
    st.session_state["chosen_run"] = run_id


def _asked() -> str | None:
    """Return which run is asked for: by a choice made for the next page, a link, the selector, or the last page.

    None where nothing is asked for and there is no run at all.
    """
    chosen: str | None = st.session_state.pop("chosen_run", None)
    if chosen is not None:
        return chosen
    before = last("run") or last("task")
    if followed("task", "run"):
        asked = st.query_params.get("run") or st.query_params["task"]
        if before is not None and asked != before:  # the sequence of another run need not fit
            forget(*(name for name in ("xs", "t", "state") if name not in st.query_params))
        return asked
    return st.session_state.get("task") or before or _first()


def _say_missing(asked: str) -> NoReturn:
    """Say that there is no such run, or why it cannot be read, and stop the page."""
    forget("task", "run", "xs", "t", "state")
    if is_shared_address(asked):
        st.error(hosting_words.NOT_SHARED, icon=":material/link_off:")
    elif not is_own_id(asked):
        st.error(f"There is no finished run called '{plain(asked[:60])}'.", icon=":material/search_off:")
    else:
        found = data.own_run(asked)
        reason = found.reason if isinstance(found, UnreadableRun) else ""
        st.error(plain(reason or words.RUN_GONE.format(asked[:60])), icon=":material/search_off:")
        st.page_link("pages/runs_view.py", label="See your runs", icon=":material/folder_open:")
    st.page_link("pages/gallery.py", label="Choose one in the gallery", icon=":material/grid_view:")
    st.stop()


def _first() -> str | None:
    """Return the run to begin with: the gallery's worked example."""
    found = showcase(data.shipped().values())
    return found.id if found is not None else next(iter(run_labels()), None)


def _forget_sequence() -> None:
    forget("xs", "t", "state")


def show_claim(run: Run) -> None:
    """Show in one line what the run claims, and how strong that is."""
    word = verdict(run.report)
    colour, icon = BADGE_LOOK[word]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(word, color=colour, icon=icon, help=words.VERDICTS[word])
        _show_rung(run)
        if strays(run.report):
            st.badge(STRAYS, color="orange", icon=":material/warning:", help=words.STRAYS)
        if run.report.get("imperfect_network"):
            st.badge("imperfect network", color="orange", icon=":material/warning:", help=words.IMPERFECT)
        st.markdown(headline(run.report), width="content")


def _show_rung(run: Run) -> None:
    """Show where the network stands on the ladder of claims, and that another one was proved, where one was."""
    proofs = stored_proofs(run)
    claim = claim_as_trained(proofs)
    if claim is not None:
        rung = rung_of(claim)
        told = f"The network {name_of(proofs.as_trained)}: {claim.sentence[0].lower()}{claim.sentence[1:]}"
        st.badge(short_words(claim), color=rung.colour, icon=f":material/{rung.icon}:", help=f"{told} {rung.meaning}")
    changed = proofs.changed
    if changed is not None and not changed.problem and changed.claim is not None:
        st.page_link(
            "pages/proof_view.py", label=f"Changed network: {brief_words(changed.claim)}", icon=":material/verified:",
            query_params=link_to(run),
        )  # fmt: skip


def type_sequence(run: Run) -> IntArray:
    """Show the text field for the sequence and return it, int64 (T, D_in); stop the page on a mistake."""
    restore("xs", sequence_text(data.example(run), data.words_of(run)))
    reads = range_text(data.inputs_of(run), data.words_of(run))
    text = st.text_input(f"Input sequence: {reads} at each step", key="xs", help=words.SEQUENCE_HELP)
    keep("xs", text or "")
    try:
        return parse_sequence(text or "", data.inputs_of(run), words=data.words_of(run))
    except BadInputError as error:
        st.error(plain(str(error)), icon=":material/edit:")
        st.button("Back to the example", icon=":material/undo:", on_click=_forget_sequence)
        st.stop()


def chosen_state(run: Run) -> int | None:
    """Return the state of the run's finite machine that the reader chose, on whatever page, or None.

    It lives in the address like the sequence and the step, and stays chosen while the step moves.
    """
    state = restore("state", None, int)
    if state is not None and not (isinstance(run.machine, MealyMachine) and 0 <= state < run.machine.states):
        state = None
    keep("state", state)
    return state


def choose_state(state: int | None) -> None:
    """Choose a state of the machine, or none; for callbacks, before the page runs again."""
    forget("state")
    if state is not None:
        st.session_state["state"] = state


def sample_buttons(run: Run) -> None:
    """Show buttons that fill in a sequence: the example, a random one of some length, the stored counterexample."""
    base = int(run.report["length"])

    def fill(text: str, step: int = 0) -> None:
        st.session_state["xs"], st.session_state["t"] = text, step

    def draw() -> None:
        st.session_state["draws"] = st.session_state.get("draws", 0) + 1
        times = st.session_state.get("times") or 1
        x = data.sample(run, 1, base * times, seed=1000 + st.session_state["draws"])[0]
        fill(sequence_text(x, data.words_of(run)))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.segmented_control(
            "Length", [1, 2, 5], default=1, key="times", format_func=lambda k: f"{min(k * base, 400)} steps ({k}x)",
            required=True, help="1x is the length that the network was trained at.",
        )  # fmt: skip
        st.button("Random sequence", icon=":material/casino:", on_click=draw)
        text = sequence_text(data.example(run), data.words_of(run))
        st.button("Example", icon=":material/undo:", on_click=fill, args=(text,))
        found = counterexample(run.report)
        if found is not None:
            text = counterexample_text(found)
            st.button(
                "Counterexample", icon=":material/flag:", on_click=fill, args=(text, len(text.split())),
                help="The shortest input found on which program and network differ.",
            )  # fmt: skip
