"""Sweeps on the page "Your runs": start one, watch those that run, and look at those that are over."""

from functools import partial
from pathlib import Path

import streamlit as st

from mips_core.errors import MipsError
from mips_core.hosting import hosting
from mips_core.jobs import Job, JobState
from mips_core.runs.training import PRESETS
from mips_core.sweeps.job import STAGES, resume_sweep, sweep_tasks
from mips_core.sweeps.plan import make_plan
from mips_core.sweeps.record import FAILED, RUNNING, Sweeps, SweepState
from mips_core.tasks import names
from mips_core.views.csv_text import csv_text
from mips_core.views.sweep_grid import sweep_columns, sweep_grid_html, sweep_text
from mips_core.wording import plural
from pages.parts import data
from pages.parts.address import keep_unusual, prepare, write
from pages.parts.plain import plain
from pages.parts.visitor import visitor
from pages.parts.words import sweeps as words
from pages.parts.working import current, known, leave, start, watch

PAGE = "runs"
LOOK = 2.0
"""Seconds between two looks at a sweep that another program runs."""

MOST_SEEDS = 20
_CHOSEN = "sweep"
_TIMES = {preset.name: preset.budget for preset in PRESETS}


def show_sweeps() -> None:
    """Show all of it; on a server with visitors, who share its processors, there are no sweeps."""
    if hosting().public:
        return
    st.subheader("Sweeps", anchor=False, divider="gray")
    listed = _runs()
    job = current(PAGE)
    if job is not None and not job.over:
        watch(job.id, partial(_show_job, listed), bar=False)
        return
    found = _states(str(_sweeps().folder), _sweeps().changed())
    failed = {state.id for state in found if state.state == FAILED}
    if job is not None and job.state is JobState.FAILED and _identifier(job) not in failed:  # else its sweep says why
        st.error(plain(job.error), icon=":material/error:")
    if found:
        _show_one(found, listed)
    else:
        st.markdown(words.WHAT)
    _order()


def _sweeps() -> Sweeps:
    return Sweeps(visitor().home / "sweeps")


@st.cache_resource(max_entries=4, show_spinner="Reading the sweeps")
def _states(folder: str, changed: tuple[tuple[str, float], ...]) -> tuple[SweepState, ...]:
    """Return all sweeps as they were at the last change."""
    return Sweeps(Path(folder)).states()


def _runs() -> int:
    """Return how many runs there are."""
    return data.own_page(limit=0).total


def _identifier(job: Job) -> str | None:
    """Return the id of the sweep that a job does; None before there is one."""
    return (job.result or {}).get("sweep")


def _show_job(listed: int, job: Job) -> None:
    """Show how far the sweep of a job is, from its record alone."""
    identifier = _identifier(job)
    if identifier is not None:
        _show_running(_sweeps().state(identifier), listed)
    elif job.state is JobState.RUNNING:
        st.progress(0.0, text=job.message or words.STARTING)


def _show_running(state: SweepState, listed: int) -> None:
    """Show how far it is, and offer to list anew what the page listed when there were fewer runs."""
    totals = state.totals
    st.progress(totals.over / totals.units)
    _show(state)
    new = _runs() - listed
    if new > 0 and listed == 0:  # the page says that there are none
        st.rerun()
    if new > 0:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(words.NEW.format(runs=plural(new, "run")), width="content")
            if st.button("List them", icon=":material/refresh:", key="sweep_list"):
                st.rerun()


def _show_one(found: tuple[SweepState, ...], listed: int) -> None:
    """Show one of several sweeps; the newest, unless another one is chosen."""
    titles = {state.id: f"{state.title}, {state.started[:16].replace('T', ' ')} UTC" for state in found}
    prepare(_CHOSEN, found[0].id, titles)
    if len(found) > 1:
        st.selectbox("Which sweep", list(titles), format_func=titles.__getitem__, key=_CHOSEN)
    chosen = str(st.session_state[_CHOSEN])
    keep_unusual(_CHOSEN, chosen, found[0].id)
    state = next(state for state in found if state.id == chosen)
    if state.state == RUNNING:
        job = known(state.job)
        if job is None or job.over:  # another program's, which alone can stop it
            _follow(chosen, listed)
        else:
            watch(job.id, partial(_show_job, listed), bar=False)
        return
    _heading(state)
    _show(state)
    if _unfinished(state):
        st.caption("On the command line it goes on with:")
        st.code(f"mips sweep --resume {state.id}", language="bash")
    with st.expander("All its units", icon=":material/table_rows:"):
        columns = sweep_columns(state)
        st.dataframe(columns, hide_index=True)
        st.download_button(
            "Units (.csv)", lambda: csv_text(columns), f"sweep_{state.id}.csv", "text/csv", on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        if _unfinished(state):
            st.button("Go on", icon=":material/play_arrow:", help=words.GO_ON_HELP, on_click=_go_on, args=(state,))
        st.button(
            "Take it off the list", icon=":material/close:", help=words.FORGET_HELP, on_click=_forget, args=(chosen,)
        )


@st.fragment(run_every=LOOK)
def _follow(identifier: str, listed: int) -> None:
    """Show a sweep that another program runs, until it ends."""
    try:
        state = _sweeps().state(identifier)
    except MipsError:  # taken off the list meanwhile
        st.rerun()
    if state.state != RUNNING:
        _states.clear()  # a process that was killed has changed no file
        st.rerun()
    _heading(state)
    _show_running(state, listed)


def _heading(state: SweepState) -> None:
    st.markdown(f"**{plain(state.title)}** {words.STATES[state.state]}.")
    if state.error:
        st.error(plain(words.FAILED.format(error=state.error)), icon=":material/error:")


def _show(state: SweepState) -> None:
    st.markdown(plain(sweep_text(state)))
    st.html(sweep_grid_html(state))


def _unfinished(state: SweepState) -> bool:
    """Whether it ended before its end."""
    return state.state != RUNNING and state.totals.over < len(state.units)


def _forget(identifier: str) -> None:
    _sweeps().forget(identifier)
    leave(PAGE)


def _go_on(state: SweepState) -> None:
    title = words.JOB.format(title=state.title)
    start(resume_sweep, {"sweep": state.id}, page=PAGE, title=title, stages=STAGES)
    _select(state.id)


def _order() -> None:
    """Offer to start one."""
    with st.expander("Start a sweep", icon=":material/apps:"):
        st.markdown(words.WHAT)
        every = st.checkbox(f"Every task, all {len(names())}", key="sweep_all")
        if not every:
            st.multiselect("Tasks", names(), key="sweep_names", placeholder="choose some")
        with st.container(horizontal=True, gap="medium"):
            # Without limits of its own: the browser would keep a number beyond them to itself, and an older one start.
            # Of whole numbers alone it would keep what comes before a point or an e: 2 of 2.5, and 1 of 1e9.
            st.number_input(
                "Seeds", value=3.0, step=1.0, format="%g", key="sweep_seeds", help=words.SEEDS_HELP, width=130
            )
            st.segmented_control(
                "How much time for each", list(_TIMES), required=True, default=PRESETS[0].name, key="sweep_time",
                help=words.BUDGET_HELP,
            )  # fmt: skip
        chosen, seeds, budget = _ordered()
        possible = seeds is not None and 1 <= seeds <= MOST_SEEDS
        if seeds is None or not possible:
            wrong = st.session_state["sweep_seeds"] if seeds is None else seeds
            st.warning(words.SEEDS.format(most=MOST_SEEDS, seeds=f"{wrong:,}"), icon=":material/error:")
        else:
            st.caption(words.UNITS.format(units=plural(len(chosen) * seeds, "unit")) if chosen else words.NO_TASK)
        if seeds is not None and seeds >= 1:
            listed = "all" if every else ",".join(chosen) or "Sum_All,Prev1"
            st.code(words.COMMAND.format(tasks=listed, seeds=seeds, budget=f"{budget:g}"), language="bash")
        st.button(
            "Start the sweep", icon=":material/play_arrow:", disabled=not (chosen and possible), key="sweep_start",
            on_click=_start,
        )  # fmt: skip


def _ordered() -> tuple[list[str], int | None, float]:
    """Return tasks, number of seeds (None where it is not whole) and seconds for each, as the widgets have them now."""
    held = st.session_state
    chosen = list(names() if held["sweep_all"] else held["sweep_names"])
    seeds = float(held["sweep_seeds"])
    return chosen, int(seeds) if seeds.is_integer() else None, _TIMES[str(held["sweep_time"])]


def _start() -> None:
    """Start what is ordered, which is then the one that is shown; a number typed just before the click counts."""
    chosen, seeds, budget = _ordered()
    if not chosen or seeds is None or not 1 <= seeds <= MOST_SEEDS:
        return
    arguments = {"tasks": chosen, "seeds": list(range(seeds)), "budget": budget}
    plan = make_plan(tasks=chosen, seeds=range(seeds), budgets=[budget])
    start(sweep_tasks, arguments, page=PAGE, title=words.JOB.format(title=plan.title), stages=STAGES)
    _select(plan.id)


def _select(identifier: str) -> None:
    """Show this sweep once it is over, whichever was chosen before."""
    write(_CHOSEN, identifier)
    st.session_state[_CHOSEN] = identifier
