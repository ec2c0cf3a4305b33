"""Sweeps on the page "Your runs": start one, watch those that run, and look at those that are over."""

from pathlib import Path

import streamlit as st

from mips_core.errors import MipsError
from mips_core.hosting import hosting
from mips_core.jobs import Job, JobState
from mips_core.runs.training import PRESETS
from mips_core.sweeps.job import STAGES, sweep_tasks
from mips_core.sweeps.record import RUNNING, Sweeps, SweepState
from mips_core.tasks import names
from mips_core.views.csv_text import csv_text
from mips_core.views.sweep_grid import sweep_columns, sweep_grid_html, sweep_text
from mips_core.wording import plural
from pages.parts.address import keep_unusual, prepare
from pages.parts.plain import plain
from pages.parts.visitor import visitor
from pages.parts.words import sweeps as words
from pages.parts.working import current, known, leave, start, watch

PAGE = "runs"
LOOK = 2.0
"""Seconds between two looks at a sweep that another program runs."""

MOST_SEEDS = 20
_CHOSEN = "sweep"


def show_sweeps() -> None:
    """Show all of it; on a server with visitors, who share its processors, there are no sweeps."""
    if hosting().public:
        return
    st.subheader("Sweeps", anchor=False, divider="gray")
    job = current(PAGE)
    if job is not None and not job.over:
        watch(job.id, _show_job)
        return
    if job is not None and job.state is JobState.FAILED:
        st.error(plain(job.error), icon=":material/error:")
    found = _states(str(_sweeps().folder), _sweeps().changed())
    if found:
        _show_one(found)
    else:
        st.markdown(words.WHAT)
    _order()


def _sweeps() -> Sweeps:
    return Sweeps(visitor().home / "sweeps")


@st.cache_resource(max_entries=4, show_spinner="Reading the sweeps")
def _states(folder: str, changed: tuple[tuple[str, float], ...]) -> tuple[SweepState, ...]:
    """Return all sweeps as they were at the last change."""
    return Sweeps(Path(folder)).states()


def _show_job(job: Job) -> None:
    """Show how far the sweep of a job is, below its progress."""
    identifier = (job.result or {}).get("sweep")
    if identifier is not None:
        _show(_sweeps().state(identifier))


def _show_one(found: tuple[SweepState, ...]) -> None:
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
            _follow(chosen)
        else:
            watch(job.id, _show_job)
        return
    _heading(state)
    _show(state)
    with st.expander("All its units", icon=":material/table_rows:"):
        columns = sweep_columns(state)
        st.dataframe(columns, hide_index=True)
        st.download_button(
            "Units (.csv)", lambda: csv_text(columns), f"sweep_{state.id}.csv", "text/csv", on_click="ignore",
            icon=":material/download:",
        )  # fmt: skip
    st.button("Take it off the list", icon=":material/close:", help=words.FORGET_HELP, on_click=_forget, args=(chosen,))


@st.fragment(run_every=LOOK)
def _follow(identifier: str) -> None:
    """Show a sweep that another program runs, until it ends."""
    try:
        state = _sweeps().state(identifier)
    except MipsError:  # taken off the list meanwhile
        st.rerun()
    if state.state != RUNNING:
        st.rerun()
    _heading(state)
    totals = state.totals
    st.progress(totals.over / totals.units)
    _show(state)


def _heading(state: SweepState) -> None:
    st.markdown(f"**{plain(state.title)}** {words.STATES[state.state]}.")
    if state.error:
        st.error(plain(words.FAILED.format(error=state.error)), icon=":material/error:")


def _show(state: SweepState) -> None:
    st.markdown(plain(sweep_text(state)))
    st.html(sweep_grid_html(state))
    if state.state != RUNNING and state.totals.over < len(state.units):
        st.caption("On the command line it goes on with:")
        st.code(f"mips sweep --resume {state.id}", language="bash")


def _forget(identifier: str) -> None:
    _sweeps().forget(identifier)
    leave(PAGE)


def _order() -> None:
    """Offer to start one."""
    with st.expander("Start a sweep", icon=":material/apps:"):
        st.markdown(words.WHAT)
        tasks = names()
        every = st.checkbox(f"Every task, all {len(tasks)}", key="sweep_all")
        chosen = list(tasks) if every else st.multiselect("Tasks", tasks, key="sweep_names", placeholder="choose some")
        with st.container(horizontal=True, gap="medium"):
            seeds = st.number_input("Seeds", 1, MOST_SEEDS, 3, key="sweep_seeds", help=words.SEEDS_HELP, width=130)
            times = {preset.name: preset.budget for preset in PRESETS}
            time = st.segmented_control(
                "How much time for each", list(times), required=True, default=PRESETS[0].name, key="sweep_time",
                help=words.BUDGET_HELP,
            )  # fmt: skip
        budget = times[str(time)]
        st.caption(words.UNITS.format(units=plural(len(chosen) * int(seeds), "unit")) if chosen else words.NO_TASK)
        listed = "all" if every else ",".join(chosen) or "Sum_All,Prev1"
        st.code(words.COMMAND.format(tasks=listed, seeds=seeds, budget=f"{budget:g}"), language="bash")
        if st.button("Start the sweep", icon=":material/play_arrow:", disabled=not chosen, key="sweep_start"):
            title = f"Sweep of {words.ALL if every else plural(len(chosen), 'task')}, {plural(int(seeds), 'seed')}"
            arguments = {"tasks": chosen, "seeds": list(range(int(seeds))), "budget": budget}
            start(sweep_tasks, arguments, page=PAGE, title=title, stages=STAGES)
            st.rerun()
