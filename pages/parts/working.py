"""Long work on a page: it runs in a process of its own, its id lives in the address, and a fragment follows it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from mips_core.errors import MipsError
from mips_core.hosting import ROOM, check_all_room, hosting, remove_abandoned
from mips_core.jobs import Job, JobLimits, JobRegistry, JobState
from mips_core.resources import user_folder
from pages.parts.plain import plain
from pages.parts.visitor import own_store, visitor, without_places
from pages.parts.words import working as words

POLL = 0.5
"""Seconds between two looks at a job."""

_ADDRESS = "job"


@st.cache_resource(show_spinner=False)
def registry() -> JobRegistry:
    """Return the jobs of this server, of all its visitors; see :func:`known` for those of one."""
    allowed = hosting()
    limits = JobLimits(
        seconds=allowed.job_seconds, megabytes=allowed.job_megabytes, of_one_owner=allowed.jobs_per_visitor
    )
    return JobRegistry(user_folder() / "jobs", limits)


def known(job_id: str) -> Job | None:
    """Return a job of this visitor as it is now; of other people's jobs nobody learns that they exist."""
    job = registry().job(job_id)
    if job is None or job.owner != visitor().key:
        return None
    return replace(job, error=without_places(job.error)) if job.error else job


def cancel(job_id: str) -> None:
    """Ask a job of this visitor to stop."""
    if known(job_id) is not None:
        registry().cancel(job_id)


def start(
    function: Callable[..., Mapping[str, Any] | None],
    arguments: Mapping[str, Any],
    *,
    page: str,
    title: str,
    stages: Mapping[str, str],
    files: Mapping[str, bytes] | None = None,
) -> None:
    """Start a job (see :meth:`JobRegistry.start`) and write its id to the address; follow with ``st.rerun()``.

    Why one cannot be started, for lack of room or of a place, is said by :func:`current` at that rerun.

    Parameters
    ----------
    page : address of the page that started it and shows its result
    """
    try:
        job = _started(function, arguments, page=page, title=title, stages=stages, files=files)
    except MipsError as error:
        st.session_state[_refused(page)] = without_places(str(error))
    else:
        _remember(page, job.id)


def _started(function: Callable[..., Mapping[str, Any] | None], arguments: Mapping[str, Any], **more: Any) -> Job:
    """Start a job of this visitor, whose process stores what it makes among their runs."""
    allowed, who, store = hosting(), visitor(), own_store()
    environment = {"MIPS_HOME": str(who.home)}
    if allowed.kept_megabytes is not None:
        store.make_ready()
        remove_abandoned()
        check_all_room(allowed)
        environment[ROOM] = str(allowed.kept_megabytes)
    return registry().start(function, arguments, owner=who.key, environment=environment, **more)


def current(page: str) -> Job | None:
    """Return the job that the address names, or that this visitor last started on this page; say so when it is lost."""
    refused = st.session_state.pop(_refused(page), None)
    if refused is not None:
        st.error(plain(refused), icon=":material/error:")
    asked = st.query_params.get(_ADDRESS) or st.session_state.get(_own(page))
    if not asked:
        return None
    job = known(asked)
    if job is not None and job.page == page:
        _remember(page, job.id)
        if job.stop in words.STOPPED:
            limit = f"{hosting().job_seconds / 60:,.0f} minutes"
            st.warning(words.STOPPED[job.stop].format(limit=limit), icon=":material/timer_off:")
        return job
    leave(page)
    if job is None:
        st.warning(words.UNKNOWN, icon=":material/help:")
    else:
        st.warning(words.ELSEWHERE, icon=":material/help:")
    return None


def leave(page: str) -> None:
    """Let go of the job, which goes on; the page is as before it."""
    st.session_state.pop(_own(page), None)
    if _ADDRESS in st.query_params:
        del st.query_params[_ADDRESS]


def watch(job_id: str, show: Callable[[Job], None] | None = None, *, bar: bool = True) -> Job | None:
    """Follow a job: return it once it is over, and until then show how far it is and return None.

    The page runs again, once and as a whole, when the job ends.

    Parameters
    ----------
    show : called at every look, below the progress, with the job as it is then
    bar : show how far it is and how long it may take; False where ``show`` does
    """
    job = known(job_id)
    if job is None or job.over:
        return job
    _follow(job_id, show, bar)
    return None


@st.fragment(run_every=POLL)
def _follow(job_id: str, show: Callable[[Job], None] | None, bar: bool) -> None:
    job = known(job_id)
    if job is None or job.over:
        st.rerun()
    _progress(job, bar)
    if show is not None:
        show(job)


def _progress(job: Job, bar: bool) -> None:
    """Show stage, message, share, times, and Cancel."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(job.title)}** · {_stage(job)}", width="stretch")
            st.button(
                "Cancel", icon=":material/stop_circle:", shortcut="Esc", key=f"cancel_{job.id}", disabled=job.stopping,
                on_click=cancel, args=(job.id,), help=words.CANCEL_HELP,
            )  # fmt: skip
        if job.state is JobState.WAITING:
            return
        if job.stages:
            with st.container(key=f"stages_{job.id}"):
                st.markdown(_path(job))
        if not bar:
            st.caption(words.STOPPING if job.stopping else f"{_seconds(job.seconds)} so far")
            return
        message = words.STOPPING if job.stopping else job.message or "Starting"
        st.progress(min(1.0, max(0.0, job.fraction or 0.0)), text=message)
        left = "" if job.remaining is None else f" · at most about {_seconds(job.remaining)} left in this stage"
        st.caption(f"{_seconds(job.seconds)} so far{left}")


def _stage(job: Job) -> str:
    if job.state is JobState.WAITING:
        return words.WAITING.format(position=job.position)
    if job.stage_number == 0:
        return "starting"
    return f"stage {job.stage_number} of {len(job.stages)}: {job.stages[job.stage].lower()}"


def _path(job: Job) -> str:
    """Return all stages on one line: those before, the one now, those that come."""
    parts = []
    for place, name in enumerate(job.stages.values(), start=1):
        title = f" {name}"  # frame.py's style keeps a sign on the line of its name
        if place < job.stage_number:
            parts.append(f":gray[:material/check:{title}]")
        elif place == job.stage_number:
            parts.append(f"**:material/play_arrow:{title}**")
        else:
            parts.append(f":gray[:material/radio_button_unchecked:{title}]")
    return " &nbsp; ".join(parts)


def _seconds(value: float) -> str:
    """Write a time: ``8 s``, ``2 min 5 s``."""
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def _own(page: str) -> str:
    return f"{_ADDRESS}_{page}"


def _refused(page: str) -> str:
    return f"{_ADDRESS}_{page}_refused"


def _remember(page: str, job_id: str) -> None:
    st.session_state[_own(page)] = job_id
    if st.query_params.get(_ADDRESS) != job_id:
        st.query_params[_ADDRESS] = job_id
