"""A visitor's own table: read, its columns chosen, distilled by a job, and shown like a preset."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from mips_core.curves.measured import Measures, read_measures
from mips_core.curves.stored import read_study
from mips_core.curves.study import CurveStudy, LabelledData
from mips_core.curves.table import read_table
from mips_core.curves.table.columns import Column
from mips_core.curves.table.csv_reading import read_csv
from mips_core.curves.work import DISTILLING, RESULT, UPLOAD, distill_table
from mips_core.errors import MipsError
from mips_core.hosting import hosting
from mips_core.jobs import Job, JobState
from mips_core.views.curve_table import rejected_rows, type_rows
from mips_core.views.sequences import count_text
from pages.parts import working
from pages.parts.curves_choice import AUTOMATIC, MOST_SEGMENTS, Found
from pages.parts.plain import plain
from pages.parts.visitor import say_limits
from pages.parts.words import curves as words

PAGE = "curves"


def own_table(job: Job | None) -> Found | None:
    """Show the upload or what became of it; return the result, if there is one."""
    if job is not None:
        return _finished(job)
    say_limits()
    most = hosting().upload_megabytes
    file = st.file_uploader(
        words.UPLOAD.format(megabytes=most), type=["csv", "tsv", "txt"], key="curves_upload", max_upload_size=most,
        help=words.UPLOAD_HELP,
    )  # fmt: skip
    if file is None:
        st.markdown(words.UPLOAD_TEXT)
        return None
    content = file.getvalue()
    try:
        columns = _columns(sha256(content).hexdigest(), content, file.name)
    except MipsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.markdown(words.UPLOAD_TEXT)
        return None
    _order(content, file.name, columns)
    return None


def _order(content: bytes, name: str, columns: tuple[Column, ...]) -> None:
    """Ask what the table is about, show how it is read, and offer to distil it."""
    names = [column.name for column in columns]
    st.markdown(f"**{plain(name)}**: {count_text(len(names), 'column')}.")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        target = st.selectbox(
            words.TARGET, names, index=len(names) - 1, key="curves_target", help=words.TARGET_HELP, width=240
        )  # fmt: skip
        task = st.selectbox(
            words.TASK, list(words.TASKS), key="curves_task", format_func=words.TASKS.__getitem__, width=190
        )  # fmt: skip
        group = None
        if task == "ranking":
            others = [each for each in names if each != target]
            group = st.selectbox(words.GROUP, others, key="curves_group", help=words.GROUP_HELP, index=None, width=200)
    if task == "ranking" and group is None:
        st.info(words.NO_GROUP, icon=":material/info:")
        return
    try:
        data = _read(sha256(content).hexdigest(), content, name, target, task, group)
    except MipsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    _show_read(data)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        options = [AUTOMATIC, *map(str, range(1, MOST_SEGMENTS + 1))]
        segments = st.selectbox(words.SETTINGS, options, key="curves_segments", help=words.SETTINGS_HELP, width=190)
        numeric = [each.name for each in data.types if each.kind == "number"]
        mono = st.multiselect(words.MONOTONE, numeric, key="curves_mono", help=words.MONOTONE_HELP, width=420)
    if st.button(words.DISTIL, type="primary", icon=":material/science:", key="curves_distil"):
        order: dict[str, Any] = {
            "name": name, "target": target, "task": task, "group": group, "mono": mono,
            "segments": None if segments == AUTOMATIC else int(segments),
        }  # fmt: skip
        working.start(
            distill_table, order, page=PAGE, title=f"Distilling {name}", stages=DISTILLING, files={UPLOAD: content}
        )
        st.rerun()


def _show_read(data: LabelledData) -> None:
    """Show how each column is read, and which rows are not."""
    rows = count_text(len(data.table), "usable row")
    left = sum(each.kind == "left out" for each in data.types)
    features = count_text(len(data.types) - left, "feature")
    st.markdown(f"Task: **{data.task}** of *{plain(data.target)}*. {rows}, {features}.")
    types, rejected = st.columns([3, 2], gap="medium")
    with types:
        st.markdown(f"**{words.TYPES}**")
        st.dataframe(type_rows(data), hide_index=True)
    with rejected:
        st.markdown(f"**{words.REJECTED}**: {len(data.rejected):,}")
        if data.rejected:
            st.dataframe(rejected_rows(data), hide_index=True)
        else:
            st.markdown(words.NONE_REJECTED)


def _finished(job: Job) -> Found | None:
    """Follow the job; return its result once it is there."""
    over = working.watch(job.id)
    if over is None:
        return None
    name = str(job.arguments["name"])
    found = None
    if over.state is JobState.FAILED:
        st.error(plain(over.error), icon=":material/error:")
    elif over.state is JobState.CANCELLED or over.result is None:
        st.info(words.CANCELLED, icon=":material/stop_circle:")
    else:
        try:
            study, measures = _result(str(over.folder))
        except MipsError as error:
            st.error(plain(str(error)), icon=":material/error:")
        else:
            found = Found(f"job {job.id}", name, study, bundled=False, measures=measures)
            _show_read(study.data)
    st.button(words.AGAIN, icon=":material/restart_alt:", on_click=working.leave, args=(PAGE,), key="curves_again")
    return found


@st.cache_resource(max_entries=4, ttl=3600, show_spinner="Reading the file")
def _columns(digest: str, _content: bytes, name: str) -> tuple[Column, ...]:
    return read_csv(_content, name).columns


@st.cache_resource(max_entries=8, ttl=3600, show_spinner="Reading rows and columns")
def _read(digest: str, _content: bytes, name: str, target: str, task: str | None, group: str | None) -> LabelledData:
    return read_table(_content, target, task, group, name)


@st.cache_resource(max_entries=8, ttl=3600, show_spinner="Reading the result")
def _result(folder: str) -> tuple[CurveStudy, Measures | None]:
    place = Path(folder) / RESULT
    return read_study(place), read_measures(place)
