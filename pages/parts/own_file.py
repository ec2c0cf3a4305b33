"""The one file that a visitor has open: uploaded, or an example that ships."""

import hashlib
import sys
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import streamlit as st

from mips_core.distillation.data_reading import DataReading, describe_data
from mips_core.distillation.examples import EXAMPLES, ExampleFile, example_file
from mips_core.hosting import hosting
from mips_core.networks.options import NetworkOptions
from mips_core.networks.reading import NetworkReading, describe_network
from mips_core.tasks.readers import is_dataset
from pages.parts.address import followed, forget, write
from pages.parts.clickable import clickable
from pages.parts.plain import plain
from pages.parts.words import own as words
from pages.parts.working import leave

PAGE = "own"
SETTINGS = (
    "own_inputs", "own_encoding", "own_outputs", "own_nonlinearity", "own_activation", "own_length",
    "own_label_free", "own_seed", "own_budget",
)  # fmt: skip
"""What may be chosen about a file, as it stands in the address."""

_KEPT, _ROUND, _ADDRESS = "own_file", "own_uploads", "example"


@dataclass(frozen=True)
class OpenFile:
    """A file in memory; equal contents under one name are the same file.

    Parameters
    ----------
    example : the example that it is, or None for an upload
    """

    name: str
    digest: str
    data: bytes = field(repr=False, compare=False)
    example: ExampleFile | None = None

    @property
    def is_data(self) -> bool:
        """Whether it is a data file rather than a network."""
        return is_dataset(self.data, self.name)

    @property
    def has_known_ending(self) -> bool:
        """Whether its name ends as a network's or a data file's does."""
        return Path(self.name).suffix.lower() in (".safetensors", ".npz", ".pt", ".pth", ".csv")

    @property
    def shell_path(self) -> str:
        """The path that a command takes: examples lie below the explorer's folder, uploads wherever they came from."""
        return self.name if self.example is None else "/".join(self.example.path.parts[-3:])


def choose_file() -> OpenFile | None:
    """Show the upload and the examples; return the file that is open, or None."""
    _follow_link()
    file: OpenFile | None = st.session_state.get(_KEPT)
    write(_ADDRESS, file.name if file is not None and file.example is not None else None)
    key = f"own_upload_{st.session_state.setdefault(_ROUND, 0)}"
    most = hosting().upload_megabytes
    uploaded = st.file_uploader(
        words.UPLOAD.format(megabytes=most), key=key, max_upload_size=most,
        on_change=_take_upload, args=(key,), help=words.UPLOAD_HELP,
    )  # fmt: skip
    if file is not None and uploaded is None:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            what = "Example" if file.example is not None else "Open"
            st.markdown(f"{what}: **{plain(file.name)}**, {len(file.data):,} bytes", width="content")
            st.button("Close", icon=":material/close:", on_click=close_file, key="own_close", type="tertiary")
    with st.expander("Start from an example", icon=":material/lightbulb:", expanded=file is None):
        clickable(f'<div class="grid">{"".join(map(_card, EXAMPLES))}</div>', "own_examples", _open_example)
        st.caption("The same files to take away:")
        with st.container(horizontal=True, gap="small"):
            for example in EXAMPLES:
                st.download_button(
                    example.file, example.path.read_bytes, example.file, on_click="ignore", type="tertiary",
                    icon=":material/download:", key=f"own_download_{example.file}",
                )  # fmt: skip
    if file is not None and file.example is None:
        st.caption(words.ADDRESS)
    return file


def close_file() -> None:
    """Close the file and forget what was chosen about it; for callbacks."""
    _put(None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def network_reading(file: OpenFile, options: NetworkOptions) -> NetworkReading:
    """Read a network file; the first PyTorch file of a server also loads PyTorch."""
    loads = Path(file.name).suffix.lower() in (".pt", ".pth") and "torch" not in sys.modules
    with st.spinner(words.LOADING_PYTORCH if loads else words.READING, show_time=loads):
        return _network_reading(file, options)


def data_reading(file: OpenFile) -> DataReading:
    """Read a data file."""
    with st.spinner(words.READING_ROWS.format(megabytes=len(file.data) / 2**20), show_time=True):
        return _data_reading(file)


@st.cache_resource(max_entries=12, ttl=3600, show_spinner=False)
def _network_reading(file: OpenFile, options: NetworkOptions) -> NetworkReading:
    return describe_network(file.data, file.name, options)


@st.cache_resource(max_entries=6, ttl=3600, show_spinner=False)
def _data_reading(file: OpenFile) -> DataReading:
    return describe_data(file.data, file.name)


def _follow_link() -> None:
    """Open the example that a link names."""
    if not followed(_ADDRESS):
        return
    asked = st.query_params[_ADDRESS]
    example = example_file(asked)
    if example is None:
        write(_ADDRESS, None)
        st.warning(f"No example is called {plain(asked[:60])}. Choose one below.", icon=":material/search_off:")
        return
    had_one = _KEPT in st.session_state
    _put(_read_example(example), fresh=had_one)  # what a link says about its example stays


def _open_example(name: str) -> None:
    example = example_file(name)
    if example is not None:
        _put(_read_example(example))
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _take_upload(key: str) -> None:
    uploaded = st.session_state.get(key)
    _put(None if uploaded is None else _opened(uploaded.name, uploaded.getvalue()))


def _put(file: OpenFile | None, *, fresh: bool = True) -> None:
    """Make a file the open one; ``fresh`` drops what was chosen about the one before, and lets go of its job."""
    st.session_state.pop(_KEPT, None)
    if file is not None:
        st.session_state[_KEPT] = file
    if fresh:
        forget(*SETTINGS)
        leave(PAGE)


def _read_example(example: ExampleFile) -> OpenFile:
    return _opened(example.file, example.path.read_bytes(), example)


def _opened(name: str, data: bytes, example: ExampleFile | None = None) -> OpenFile:
    return OpenFile(name, hashlib.sha256(data).hexdigest(), data, example)


def _card(example: ExampleFile) -> str:
    return (
        f'<a class="card" href="own?example={escape(example.file)}" data-value="{escape(example.file)}">'
        f'<div class="top"><h3>{escape(example.title)}</h3><span class="word">{escape(example.kind)}</span></div>'
        f'<div class="text">{escape(example.sentence)}</div>'
        f'<div class="facts">{escape(example.form)} · {escape(example.path.suffix)}</div></a>'
    )
