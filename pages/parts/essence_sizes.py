"""Sizes far beyond those taught: right answers and time of the code, beside other models; measured on demand."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mips_core.essence.stored import StoredEssence
from mips_core.essence.tasks import registry
from mips_core.essence.work import MEASURING, measure_size
from mips_core.jobs import Job, JobState
from mips_core.views.essence_scaling import (
    Point,
    accuracy_figure,
    kinds_of,
    of_kind,
    scaling_alt,
    scaling_points,
    scaling_rows,
    seconds_figure,
    size_sentences,
    size_text,
    sizes_of,
)
from pages.parts import working
from pages.parts.fold import fold
from pages.parts.plain import plain
from pages.parts.words import essence as words

PAGE = "essence"
_MOST_ACROSS, _MOST_FORMULA = 1_200, (150, 1_500)
_SIZE, _CHOSEN_FOR = "essence_size", "essence_size_for"
_QUIET = {"displayModeBar": False}


def show_sizes(stored: StoredEssence, job: Job | None) -> None:
    """Show curves, a slider over the sizes, and what a job measured."""
    if stored.name not in registry.names():
        _own(stored)
        return
    fresh = _measured(stored, job)
    rows = [*stored.report["scaling"], *fresh.get("scaling", ())]
    models = [*stored.baselines, *fresh.get("baselines", ())]
    st.markdown(" ".join([words.LARGER_TEXT, words.MODELS_TEXT if models else "", words.CASES.get(stored.reading, "")]))
    points = scaling_points({"scaling": rows}, models)
    if points:
        _choose_size(stored, job if fresh else None, sizes_of(points))
        _curves(points)
    else:
        st.info(words.NO_SCALING, icon=":material/info:")
    _measure(stored, job)


def _own(stored: StoredEssence) -> None:
    """Say how right the code is on the samples of a visitor's own file: nobody told answers at other sizes."""
    rows = stored.report["scaling"]
    every = bool(rows) and all(row["correct"] == row["cases"] for row in rows)
    st.info(words.OWN_RIGHT if every else words.OWN_UNKNOWN, icon=":material/info:")
    lines = [
        f"- Size {size_text(row['size'])}: right on {row['correct']:,} of {row['cases']:,} samples" for row in rows
    ]
    st.markdown("\n".join(lines))


def _choose_size(stored: StoredEssence, job: Job | None, sizes: list[str]) -> None:
    """Put the slider to what was just measured, else to the largest size; later it stays where the reader moves it."""
    mark = (stored.name, "" if job is None else job.id)
    measured = "" if job is None else size_text(job.arguments["size"])
    if st.session_state.get(_CHOSEN_FOR) != mark or st.session_state.get(_SIZE) not in sizes:
        st.session_state[_SIZE] = measured if measured in sizes else sizes[-1]
        st.session_state[_CHOSEN_FOR] = mark


@st.fragment
def _curves(points: list[Point]) -> None:
    every, kinds, sizes = points, kinds_of(points), sizes_of(points)
    if kinds:
        kind = st.segmented_control("Test inputs", kinds, default=kinds[0], key="essence_kind", required=True)
        points = of_kind(points, str(kind))
    if len(sizes) > 1:
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown("**Right answers**")
            st.plotly_chart(accuracy_figure(points), key="essence_right", alt=scaling_alt(points), config=_QUIET)
        if any(point.seconds for point in points):
            with right:
                st.markdown("**Time for one case**")
                st.plotly_chart(
                    seconds_figure(points), key="essence_seconds", config=_QUIET,
                    alt="Time for one case over the size, on logarithmic scales. The table has the numbers.",
                )  # fmt: skip
        size = st.select_slider("Size of the input", sizes, key=_SIZE)
    else:
        size = sizes[0]
    st.markdown("\n".join(f"- {line}" for line in size_sentences(points, size)))
    fold("All sizes as a table", "sizes_table", "table", lambda: st.dataframe(scaling_rows(every), hide_index=True))


def _measure(stored: StoredEssence, job: Job | None) -> None:
    """Offer to measure one size now, and follow that."""
    judge = registry.get(stored.name).judge
    mine = job is not None and job.arguments.get("task") == stored.name
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        axes = {1: ("Size",), 2: ("Rows", "Columns")}[len(judge.smallest)]
        names = ("Variables", "Clauses") if stored.reading == "clauses" else axes
        known = [size for size, _ in judge.quick]
        most = _most(stored, known[0])
        size = tuple(
            st.number_input(
                name,
                least,
                largest,
                min(middle, largest),
                step=judge.step,
                key=f"measure_{stored.name}_{axis}",
                width=140,
            )
            for axis, (name, least, largest, middle) in enumerate(
                zip(names, judge.smallest, most, known[1], strict=True)
            )
        )
        if st.button(
            words.MEASURE, icon=":material/timer:", key="measure", help=words.MEASURE_HELP,
            disabled=job is not None and not job.over,
        ):  # fmt: skip
            working.start(
                measure_size, {"task": stored.name, "size": list(size), "seed": 0}, page=PAGE,
                title="Measuring at one size", stages=MEASURING,
            )  # fmt: skip
            st.rerun()
    if mine and job is not None:
        over = working.watch(job.id)
        if over is not None and not job.over:  # it ended while this page was made
            st.rerun()
        if job.state is JobState.FAILED:
            st.error(plain(job.error), icon=":material/error:")
        elif job.state is JobState.CANCELLED:
            st.info(words.NOT_MEASURED, icon=":material/stop_circle:")


def _most(stored: StoredEssence, taught: tuple[int, ...]) -> tuple[int, ...]:
    """Return the largest size that is measured while somebody waits: a thousand times as many numbers, or what fits."""
    if stored.reading == "clauses":
        return _MOST_FORMULA
    return (1000 * taught[0],) if len(taught) == 1 else (_MOST_ACROSS,) * 2


def _measured(stored: StoredEssence, job: Job | None) -> Mapping[str, Any]:
    """Return what a job of these data measured, or nothing."""
    if job is None or job.arguments.get("task") != stored.name or job.state is not JobState.DONE:
        return {}
    return job.result or {}
