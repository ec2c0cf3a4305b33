"""What to train on, for how long, and from which seeds."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from mips_core.distillation.data_reading import DataReading, describe_data
from mips_core.distillation.examples import EXAMPLES
from mips_core.jobs import Job
from mips_core.runs.from_file import UPLOAD
from mips_core.runs.training import PRESETS, STAGES, Preset, train_runs
from mips_core.tasks import get, names
from mips_core.tasks.readers import is_dataset
from mips_core.views.sequences import sequence_text
from pages.parts.address import last
from pages.parts.data_upload import show_data
from pages.parts.words import own as own_words
from pages.parts.words import train as words
from pages.parts.working import start

PAGE = "train"
ROWS = 5
MOST_SEEDS = 3
_MEGABYTES = 50
_TASK, _FILE = "a benchmark task", "a data file"


@dataclass(frozen=True)
class Order:
    """What is to be trained.

    Parameters
    ----------
    task, file : a benchmark task, or the name of a data file whose contents are ``data``
    preset, seeds : time for each seed, and the seeds
    """

    task: str | None
    file: str | None
    preset: Preset
    seeds: tuple[int, ...]
    data: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """What is trained on, in words."""
        return self.task or str(self.file)

    @property
    def arguments(self) -> dict[str, Any]:
        """The order as the job takes it."""
        source = {"task": self.task} if self.task is not None else {"file": self.file}
        return {**source, "seeds": list(self.seeds), "budget": self.preset.budget}


def order_of(job: Job) -> Order:
    """Return what a job was ordered to do, so that whoever follows its link can order it again."""
    asked = job.arguments
    preset = next((p for p in PRESETS if p.budget == asked["budget"]), Preset("own", asked["budget"]))
    upload = job.folder / UPLOAD
    data = upload.read_bytes() if upload.is_file() else b""
    seeds = tuple(asked["seeds"]) if "seeds" in asked else (asked["seed"],)
    return Order(asked.get("task"), asked.get("file"), preset, seeds, data)


def begin(order: Order) -> None:
    """Start the job."""
    files = {} if order.task is not None else {UPLOAD: order.data}
    title = f"Training on {order.name}"
    start(train_runs, order.arguments, page=PAGE, title=title, stages=STAGES, files=files)


def choose() -> Order:
    """Show the choices and Start; return what is chosen, whether it was started or not."""
    source = st.segmented_control("Learn from", [_TASK, _FILE], default=_TASK, required=True, key="learn_from")
    if source == _TASK:
        task, file, data, ready = _choose_task(), None, b"", True
    else:
        task = None
        file, data, ready = _choose_file()
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        preset = _choose_preset()
    with right, st.container(horizontal=True, gap="small", vertical_alignment="top"):
        seed = st.number_input(
            "Seed", 0, 2**31 - 1, 0, key="train_seed", bind="query-params", help=words.SEED_HELP, width=130
        )
        many = st.segmented_control(
            "How many seeds", range(1, MOST_SEEDS + 1), default=1, required=True, key="train_seeds",
            help=words.SEEDS_HELP,
        )  # fmt: skip
    order = Order(task, file, preset, tuple(int(seed) + i for i in range(int(many or 1))), data)
    if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=not ready, key="train_start"):
        begin(order)
        st.rerun()
    with st.expander("What is tried, and in which order", icon=":material/stairs_2:"):
        st.markdown(words.LADDER)
    return order


def _choose_task() -> str:
    tasks = names()
    usual = last("task")
    index = tasks.index(usual) if usual in tasks else tasks.index("Parity_All")
    name = st.selectbox("Task", tasks, index=index, key="learn", bind="query-params")
    task = get(name)
    st.markdown(task.description)
    x = task.sample(ROWS, length=min(task.length, 12), rng=np.random.default_rng(5))
    y = task.apply(x)
    rows = [{"inputs": sequence_text(a), "right answers": sequence_text(b)} for a, b in zip(x, y, strict=True)]
    st.dataframe(rows, hide_index=True)
    st.caption(f"{ROWS} sequences; an answer follows every step. Training draws as many as it needs.")
    return name


def _choose_file() -> tuple[str | None, bytes, bool]:
    """Return the name and contents of a data file, and whether a network can be trained on it."""
    examples = {e.file: e for e in EXAMPLES if is_dataset(e.path.read_bytes(), e.file)}
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        uploaded = st.file_uploader(
            words.UPLOAD.format(megabytes=_MEGABYTES), type=["csv", "npz"], max_upload_size=_MEGABYTES,
            key="train_file", help=words.UPLOAD_HELP,
        )  # fmt: skip
    with right:
        example = st.selectbox(
            "or an example", list(examples), index=None, key="train_example", bind="query-params",
            disabled=uploaded is not None, placeholder="choose one",
        )  # fmt: skip
    if uploaded is not None:
        name, data = uploaded.name, uploaded.getvalue()
    elif example is not None:
        name, data = example, examples[example].path.read_bytes()
    else:
        st.info(words.NO_FILE, icon=":material/upload_file:")
        st.markdown(own_words.DATA_FORMAT)
        return None, b"", False
    return name, data, show_data(_reading(data, name))


@st.cache_resource(max_entries=6, ttl=3600, show_spinner="Reading the rows")
def _reading(data: bytes, name: str) -> DataReading:
    return describe_data(data, name)


def _choose_preset() -> Preset:
    found = {preset.name: preset for preset in PRESETS}
    name = st.segmented_control(
        "How much time", list(found), default=PRESETS[0].name, required=True, key="preset", bind="query-params",
        help=words.PRESET_HELP,
    )  # fmt: skip
    st.caption(words.PRESET_WORDS[str(name)])
    return found[str(name)]
