"""A visitor's own data file: read, distilled by a job, and shown like a preset, or refused with what was tried."""

from hashlib import sha256
from pathlib import Path

import streamlit as st

from mips_core.errors import MipsError
from mips_core.essence.data import EssenceData
from mips_core.essence.stored import StoredEssence, read_stored
from mips_core.essence.tasks.files import parse_data
from mips_core.essence.work import DISTILLING, RESULT, UPLOAD, distill_file
from mips_core.files import read_bytes
from mips_core.hosting import hosting
from mips_core.jobs import Job, JobState
from mips_core.views.sequences import count_text
from pages.parts import working
from pages.parts.essence_sizes import PAGE
from pages.parts.plain import plain
from pages.parts.visitor import say_limits
from pages.parts.words import essence as words


def own_data(job: Job | None) -> StoredEssence | None:
    """Show the upload or what became of it; return the result, if there is one."""
    if job is not None and "name" in job.arguments:
        return _finished(job)
    say_limits()
    most = hosting().upload_megabytes
    file = st.file_uploader(
        words.UPLOAD.format(megabytes=most), type=["npz"], key="essence_upload", max_upload_size=most,
        help=words.UPLOAD_HELP,
    )  # fmt: skip
    if file is None:
        st.markdown(words.UPLOAD_TEXT)
        return None
    content = file.getvalue()
    try:
        data = _parsed(sha256(content).hexdigest(), content, file.name)
    except MipsError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.markdown(words.UPLOAD_TEXT)
        return None
    sizes = "; ".join(
        f"{count_text(len(samples.x), 'sample')} of {' × '.join(map(str, samples.input_shape))}"
        for samples in data.samples
    )
    st.markdown(f"**{plain(file.name)}**: {sizes}.")
    if st.button(words.DISTIL, type="primary", icon=":material/science:", key="essence_distil"):
        working.start(
            distill_file, {"name": file.name}, page=PAGE, title=f"Distilling {file.name}", stages=DISTILLING,
            files={UPLOAD: content},
        )  # fmt: skip
        st.rerun()
    return None


def _finished(job: Job) -> StoredEssence | None:
    """Follow the job; return its result once it is there."""
    name = str(job.arguments["name"])
    over = working.watch(job.id)
    if over is None:
        return None
    st.markdown(f"**{plain(name)}**")
    found = None
    if over.state is JobState.FAILED:
        st.error(plain(over.error), icon=":material/error:")
    elif over.state is JobState.CANCELLED or over.result is None:
        st.info(words.CANCELLED, icon=":material/stop_circle:")
    elif over.result["refused"]:
        st.warning(words.REFUSED.format(reason=plain(over.result["refused"])), icon=":material/grid_off:")
        st.markdown(f"**{words.TRIED}**\n" + "\n".join(f"- {plain(line)}" for line in over.result["tried"]))
    else:
        found = _result(str(over.folder), name)
    st.button(words.AGAIN, icon=":material/restart_alt:", on_click=working.leave, args=(PAGE,), key="essence_again")
    return found


@st.cache_resource(max_entries=8, ttl=3600, show_spinner="Reading the file")
def _parsed(digest: str, _content: bytes, name: str) -> EssenceData:
    return parse_data(_content, name)


@st.cache_resource(max_entries=16, ttl=3600, show_spinner="Reading the result")
def _result(folder: str, name: str) -> StoredEssence:
    place = Path(folder)
    return read_stored(place, RESULT, parse_data(read_bytes(place / UPLOAD), name))
