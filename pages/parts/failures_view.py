"""Failures on a page: filters, a card for each cause, shrinking, a pinned reference, and the way into the player."""

import streamlit as st

from mips_core.errors import BadInputError
from mips_core.jobs import Job, JobState
from mips_core.runs import Run
from mips_core.runs.comparing import STAGES, look_harder
from mips_core.stepping import IntArray
from mips_core.verification.causes import Cause
from mips_core.verification.failures import SOURCES, Failure, Search, search_from_dict, tried_sentence
from mips_core.views.failure_words import (
    CAUSES,
    EXAMPLE_CSS,
    SOURCE_WORDS,
    beside,
    example_html,
    shrunk_sentence,
    table_html,
)
from mips_core.views.sequences import LONGEST, count_text, parse_sequence, sequence_text
from pages.parts import comparing, data, working
from pages.parts.address import forget, keep, restore
from pages.parts.clickable import clickable
from pages.parts.fold import fold
from pages.parts.picker import select_run
from pages.parts.plain import plain
from pages.parts.words import compare as words

_PAGE = "compare"
_OPEN = "open_failure"
_ICONS = {
    Cause.NOT_LEARNT: ("orange", ":material/school:"),
    Cause.CLUSTERING: ("violet", ":material/scatter_plot:"),
    Cause.INCOMPLETE: ("blue", ":material/grid_off:"),
    Cause.FORMULA: ("red", ":material/function:"),
    Cause.DRIFT: ("green", ":material/trending_up:"),
}
_ROWS = 40  # failures that the table shows; the file has all


def open_in_player(run: Run, x: IntArray) -> None:
    """Have the player opened on a sequence at its last step; for callbacks."""
    st.session_state[_OPEN] = {"xs": sequence_text(x, data.words_of(run)), "t": str(len(x))}


def open_asked() -> None:
    """Go to the player when a callback asked for it."""
    asked = st.session_state.pop(_OPEN, None)
    if asked is not None:
        forget("xs", "t")
        here = {name: value for name, value in st.query_params.items() if name in ("task", "run")}
        st.switch_page("pages/player_view.py", query_params={**here, **asked})


def show_failures(run: Run) -> None:
    """Show the failures of a run by cause; a harder search runs as a job."""
    if st.session_state.get("failures_of", run.id) != run.id:  # of another run than before
        forget("shrunk", "pin")
    st.session_state["failures_of"] = run.id
    search = comparing.search(run)
    job = working.current(_PAGE)
    over = None if job is None else working.watch(job.id)
    if over is not None:
        search = _from_job(run, over) or search
    _by_cause(run, search, harder=job is None or over is not None)


def _from_job(run: Run, job: Job) -> Search | None:
    """Return what a harder search of this run found, and say how it ended."""
    result = job.result
    if job.state is JobState.FAILED:
        st.error(plain(job.error), icon=":material/error:")
    if result is None or result["run"] != str(run.folder):
        return None
    search = search_from_dict(result["search"])
    stopped = "" if job.state is JobState.DONE else " It was stopped before the end."
    st.caption(words.HARDER_DONE.format(sentence=tried_sentence(search)) + stopped)
    return search


@st.fragment
def _by_cause(run: Run, search: Search, harder: bool) -> None:
    open_asked()
    present = [source for source in SOURCES if any(batch.source == source for batch in search.tried)]
    among = st.pills(
        "Found among", present, selection_mode="multi", key="among", bind="query-params",
        format_func=SOURCE_WORDS.__getitem__, help=words.AMONG_HELP,
    )  # fmt: skip
    shown = search.among(among or present)
    groups = shown.groups()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{tried_sentence(shown)}**", width="content")
        if harder:
            _look_harder(run)
    fold("What was tried", "tried", "checklist", lambda: _tried(shown))
    if not groups:
        st.info(words.NOTHING, icon=":material/check_circle:")
    else:
        pinned = _pinned(run)
        for cause, failures in groups.items():
            _card(run, cause, failures, pinned)
        _table(run, shown)
    _examples(run)


def _tried(shown: Search) -> None:
    st.dataframe(
        [
            {"what": b.what, "tried": f"{b.words:,}", "part": f"{b.parted:,}", "looked into": f"{b.judged:,}"}
            for b in shown.tried
        ],
        hide_index=True,
    )
    for note in shown.notes:
        st.caption(note)


def _look_harder(run: Run) -> None:
    if st.button("Look harder", icon=":material/search:", key="harder", help=words.HARDER_HELP):
        title = f"Looking harder at {run.name}"
        working.start(look_harder, {"run_folder": str(run.folder)}, page=_PAGE, title=title, stages=STAGES)
        st.rerun()


def _card(run: Run, cause: Cause, failures: tuple[Failure, ...], pinned: Failure | None) -> None:
    """Show one cause: what it means, its shortest example, the evidence, and what can be done with it."""
    name = cause.name.lower()
    first = failures[0]
    asked = cause.name.lower() in _shrunk()
    after = comparing.smaller(run, first) if asked and first.may_shrink else first
    with st.container(border=True):
        colour, icon = _ICONS[cause]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(str(cause), color=colour, icon=icon)
            st.markdown(f"**{count_text(len(failures), 'sequence')}** · {CAUSES[cause]}", width="content")
        _example(run, first, "Shortest example" if not asked else "Before")
        if asked and first.may_shrink:
            _example(run, after, "After shrinking")
            st.markdown(shrunk_sentence(first, after))
        st.caption(f"Evidence: {after.finding.why}")
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Open in lock-step", icon=":material/play_circle:", key=f"open_{name}", on_click=open_in_player,
                args=(run, after.x), disabled=after.length > LONGEST,
                help=words.TOO_LONG.format(longest=LONGEST) if after.length > LONGEST else None,
            )  # fmt: skip
            if not asked:
                st.button(
                    "Shrink", icon=":material/compress:", key=f"shrink_{name}", on_click=_ask_to_shrink, args=(cause,),
                    disabled=not first.may_shrink, help=words.SHRINK_HELP if first.may_shrink else words.ROW_FIXED,
                )  # fmt: skip
            is_pinned = pinned is not None and (pinned.cause, pinned.x.tobytes()) == (cause, after.x.tobytes())
            st.button(
                "Let the reference go" if is_pinned else "Pin as reference", icon=":material/push_pin:",
                key=f"pin_{name}", on_click=_pin, args=(run, None if is_pinned else after),
            )  # fmt: skip
        if pinned is not None and not is_pinned:
            st.markdown("Beside the pinned reference:")
            st.dataframe(beside(pinned, after, data.words_of(run)), hide_index=True)


def _example(run: Run, failure: Failure, title: str) -> None:
    card = run.network.card
    outputs = comparing.outputs_on(run, failure)
    table = example_html(failure, outputs, data.words_of(run), card.output_words if card.has_words else ())
    st.html(f"<style>{EXAMPLE_CSS}</style><div><strong>{title}</strong></div>{table}")


def _table(run: Run, search: Search) -> None:
    """Show the failures one by one; a row opens the player at its first difference."""
    failures = search.failures[:_ROWS]
    rest = len(search.failures) - len(failures)
    # Not a fold of ours: a chosen row runs the page, which goes to the player.
    title = f"All {count_text(len(search.failures), 'failure')}"
    with st.expander(title, icon=":material/table:", key="all_failures", bind="query-params"):

        def opened(value: str) -> None:
            open_in_player(run, failures[int(value)].x)

        clickable(table_html(failures, data.words_of(run), LONGEST), key="failures", on_chosen=opened)
        if rest:
            st.caption(f"The {rest:,} longest are in the file (.csv) below.")


def _examples(run: Run) -> None:
    """Offer shipped runs that are known to fail."""
    known = data.shipped()
    there = {name: what for name, what in words.EXAMPLES.items() if name in known and name != run.id}
    if not there:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{words.FAILING}:", width="content")
        for name, what in there.items():
            if st.button(f"{name.replace('_', ' ')} ({what})", key=f"example_{name}", type="tertiary"):
                select_run(name)
                st.rerun()


def _shrunk() -> list[str]:
    """Return the causes whose example is shown shrunk."""
    text = restore("shrunk", None)
    keep("shrunk", text)
    return [] if text is None else str(text).split(".")


def _ask_to_shrink(cause: Cause) -> None:
    st.session_state["shrunk"] = ".".join(dict.fromkeys([*_shrunk(), cause.name.lower()]))


def _pin(run: Run, failure: Failure | None) -> None:
    forget("pin")
    if failure is not None:
        st.session_state["pin"] = f"{failure.cause.name.lower()}:{sequence_text(failure.x, data.words_of(run))}"


def _pinned(run: Run) -> Failure | None:
    """Return the pinned failure, judged anew: a link may name any sequence."""
    text = restore("pin", None)
    keep("pin", text)
    if text is None:
        return None
    cause, _, sequence = str(text).partition(":")
    try:
        x = parse_sequence(sequence, data.inputs_of(run), longest=50 * LONGEST, words=data.words_of(run))
    except BadInputError:
        x = None
    found = () if x is None else comparing.failures_of(run, x)
    pinned = next((f for f in found if f.cause.name.lower() == cause), None)
    if pinned is None:
        forget("pin")
        st.caption(words.LOST_PIN)
    return pinned
