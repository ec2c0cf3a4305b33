"""What to train on, for how long, and from which seeds."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from mips_core.distillation.data_reading import DataReading, describe_data
from mips_core.distillation.examples import EXAMPLES, example_file
from mips_core.hosting import hosting
from mips_core.jobs import Job
from mips_core.runs.from_file import UPLOAD
from mips_core.runs.training import PRESETS, STAGES, Preset, train_runs
from mips_core.tasks import get, names
from mips_core.tasks.readers import is_dataset
from mips_core.views.sequences import sequence_text
from pages.parts.address import (
    followed,
    forget,
    forget_other_run,
    keep,
    keep_unusual,
    last,
    prepare,
    restore,
    write,
)
from pages.parts.data_upload import show_data
from pages.parts.plain import plain
from pages.parts.words import own as own_words
from pages.parts.words import train as words
from pages.parts.working import start

PAGE = "train"
ROWS = 5
MOST_SEEDS = 3
_LAST_SEED = 2**31 - 1
_BEFORE = "train_file_before"
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
    linked = followed("learn_from")
    prepare("learn_from", _TASK, (_TASK, _FILE))
    source = st.segmented_control("Learn from", [_TASK, _FILE], required=True, key="learn_from")
    keep_unusual("learn_from", source, _TASK)
    if source == _TASK:
        task, file, data, ready = _choose_task(), None, b"", True
    else:
        task = None
        file, data, ready = _choose_file(linked)
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        preset = _choose_preset()
    with right, st.container(horizontal=True, gap="small", vertical_alignment="top"):
        restore("train_seed", 0, lambda text: min(_LAST_SEED, max(0, int(text))))
        seed = st.number_input("Seed", 0, _LAST_SEED, key="train_seed", help=words.SEED_HELP, width=130)
        keep_unusual("train_seed", seed, 0)
        choices = range(1, MOST_SEEDS + 1)
        prepare("train_seeds", 1, choices, int)
        many = st.segmented_control("How many seeds", choices, required=True, key="train_seeds", help=words.SEEDS_HELP)
        keep_unusual("train_seeds", many, 1)
    order = Order(task, file, preset, tuple(int(seed) + i for i in range(int(many or 1))), data)
    if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=not ready, key="train_start"):
        begin(order)
        st.rerun()
    with st.expander("What is tried, and in which order", icon=":material/stairs_2:"):
        st.markdown(words.LADDER)
    return order


def choose_again(order: Order) -> None:
    """Put an order back into the form, which comes next; for callbacks."""
    _usual_task()  # where the reader has been meanwhile no longer counts
    example = example_file(order.file) if order.file is not None else None
    is_example = example is not None and example.path.read_bytes() == order.data
    choices = {
        "learn_from": _TASK if order.task is not None else _FILE,
        "learn": order.task,
        "train_example": order.file if is_example else None,
        "preset": order.preset.name if order.preset in PRESETS else None,
        "train_seed": order.seeds[0],
        "train_seeds": len(order.seeds),
    }
    for name, value in choices.items():
        keep(name, value)
        if value is not None:
            st.session_state[name] = value
    if order.file is not None and not is_example:
        st.session_state[_BEFORE] = order.file, order.data


def _choose_task() -> str:
    tasks, usual = names(), _usual_task()
    asked = st.query_params.get("learn")
    if asked is not None and asked not in tasks:
        st.warning(words.NO_TASK.format(plain(asked[:60])), icon=":material/search_off:")
    prepare("learn", usual, tasks)
    name = st.selectbox("Task", tasks, key="learn")
    keep("learn", name)
    task = get(name)
    st.markdown(task.description)
    x = task.sample(ROWS, length=min(task.length, 12), rng=np.random.default_rng(5))
    y = task.apply(x)
    rows = [{"inputs": sequence_text(a), "right answers": sequence_text(b)} for a, b in zip(x, y, strict=True)]
    st.dataframe(rows, hide_index=True)
    st.caption(f"{ROWS} sequences; an answer follows every step. Training draws as many as it needs.")
    return name


def _usual_task() -> str:
    """Return the task that the last page showed, or a link to any page names; it drops a choice made before that."""
    tasks = names()
    asked = st.query_params.get("task")
    if asked in tasks and followed("task", "run"):
        if asked != last("task"):  # as on the other pages, what was chosen for another run need not fit
            forget(*(name for name in ("learn", "xs", "t", "state") if name not in st.query_params))
        for name in ("task", "run"):
            write(name, st.query_params.get(name))
    shown = last("task")
    usual = shown if shown is not None and shown in tasks else "Parity_All"
    forget_other_run(usual, "learn")
    return usual


def _choose_file(linked: bool) -> tuple[str | None, bytes, bool]:
    """Return the name and contents of a data file, and whether a network is to be trained on it.

    Parameters
    ----------
    linked : a link says that there is one
    """
    examples = {e.file: e for e in EXAMPLES if is_dataset(e.path.read_bytes(), e.file)}
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        most = hosting().upload_megabytes
        uploaded = st.file_uploader(
            words.UPLOAD.format(megabytes=most), type=["csv", "npz"], max_upload_size=most, key="train_file",
            help=words.UPLOAD_HELP,
        )  # fmt: skip
    with right:
        prepare("train_example", None, examples)
        example = st.selectbox(
            "or an example", list(examples), index=None, key="train_example", disabled=uploaded is not None,
            placeholder="choose one",
        )  # fmt: skip
        keep_unusual("train_example", example, None)
    before: tuple[str, bytes] | None = st.session_state.get(_BEFORE)
    if uploaded is not None:
        name, data = uploaded.name, uploaded.getvalue()
    elif example is not None:
        name, data = example, examples[example].path.read_bytes()
    elif before is not None:
        name, data = before
    else:
        st.info(words.LINKED_FILE if linked else words.NO_FILE, icon=":material/upload_file:")
        st.markdown(own_words.DATA_FORMAT)
        return None, b"", False
    if example is None or uploaded is not None:
        st.caption(own_words.ADDRESS)
    reading = _reading(data, name)
    usable = show_data(reading)
    if usable and reading.hopeless:
        return name, data, st.checkbox(own_words.HOPELESS, key="train_hopeless")
    return name, data, usable


@st.cache_resource(max_entries=6, ttl=3600, show_spinner="Reading the rows")
def _reading(data: bytes, name: str) -> DataReading:
    return describe_data(data, name)


def _choose_preset() -> Preset:
    found = {preset.name: preset for preset in PRESETS}
    prepare("preset", PRESETS[0].name, found)
    name = st.segmented_control("How much time", list(found), required=True, key="preset", help=words.PRESET_HELP)
    keep_unusual("preset", name, PRESETS[0].name)
    st.caption(words.PRESET_WORDS[str(name)])
    return found[str(name)]
