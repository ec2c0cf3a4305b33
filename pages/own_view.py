"""Bring your own: a network or a data file, what was read in it, and the program that comes out."""

import json

import streamlit as st

from mips_core.distillation.pipeline import DEFAULT_BUDGET
from mips_core.distillation.traces import BUDGET as TRACES_BUDGET
from mips_core.distillation.traces import are_recorded_traces
from mips_core.networks.options import NetworkOptions
from mips_core.runs.from_file import NETWORK_STAGES, UPLOAD, distill_network_file
from mips_core.runs.training import STAGES, train_runs
from mips_core.tasks import Integers
from mips_core.views.arrays_svg import arrays_svg
from mips_core.views.own_calls import data_code, data_command, network_code, network_command
from pages.parts.clickable import clickable
from pages.parts.data_upload import show_data
from pages.parts.frame import head, in_python, teach
from pages.parts.own_file import PAGE, OpenFile, choose_file, data_reading
from pages.parts.own_network import show_network
from pages.parts.own_result import show_job
from pages.parts.own_settings import choose_label_free, choose_work
from pages.parts.plain import plain
from pages.parts.visitor import say_limits
from pages.parts.words import own as words
from pages.parts.working import current, start


def nothing_open() -> None:
    """Show the four arrays, and how data look."""
    st.subheader("What a network file must hold", anchor=False, divider="gray")
    drawing, text = st.columns([1, 1.1], gap="large")
    with drawing:
        clickable(arrays_svg(), key="own_arrays")
    with text:
        st.markdown(words.LAYOUTS)
        st.markdown(words.DATA_FORMAT)
    teach(words.SEES_NONE)
    options = NetworkOptions(inputs=(Integers(0, 2),))
    path = "assets/examples/gru_ones_modulo_3.pt"
    in_python(network_code(path, options), network_command(path, options))


def network_open(file: OpenFile) -> None:
    """Show a network file and distil it."""
    options = show_network(file)
    seed, budget = 0, int(DEFAULT_BUDGET)
    if options is not None:
        st.subheader("Take the program out", anchor=False, divider="gray")
        job = current(PAGE)
        if job is not None:
            seed, budget = int(job.arguments.get("seed", 0)), int(job.arguments.get("budget", budget))
            show_job(job)
        else:
            seed, budget = choose_work(int(DEFAULT_BUDGET))
            if st.button("Distil", type="primary", icon=":material/science:", key="own_distil"):
                start(
                    distill_network_file,
                    {"name": file.name, "options": options.to_dict(), "seed": seed, "budget": float(budget)},
                    page=PAGE, title=f"Distilling {file.name}", stages=NETWORK_STAGES, files={UPLOAD: file.data},
                )  # fmt: skip
                st.rerun()
    teach(words.SEES_NETWORK)
    if options is not None:
        limit = None if budget == int(DEFAULT_BUDGET) else float(budget)
        in_python(
            network_code(file.shell_path, options),
            network_command(file.shell_path, options, seed=seed, budget=limit),
        )


def data_open(file: OpenFile) -> None:
    """Show a data file, train on it and distil."""
    st.subheader("What was read", anchor=False, divider="gray")
    reading = data_reading(file)
    usable = show_data(reading)
    st.download_button(
        "Reading report (.json)", json.dumps(reading.to_dict(), indent=1, ensure_ascii=False), "reading.json",
        "application/json", on_click="ignore", icon=":material/download:", key="own_reading",
    )  # fmt: skip
    if usable and reading.data is not None:
        usual = int(TRACES_BUDGET if are_recorded_traces(reading.data) else DEFAULT_BUDGET)
        seed, budget, label_free = 0, usual, False
        st.subheader("Train and distil", anchor=False, divider="gray")
        job = current(PAGE)
        if job is not None:
            seeds = job.arguments.get("seeds", [job.arguments.get("seed", 0)])
            seed, budget = int(seeds[0]), int(job.arguments.get("budget", usual))
            label_free = bool(job.arguments.get("label_free", False))
            show_job(job)
        else:
            seed, budget = choose_work(usual)
            label_free = choose_label_free()
            ready = not reading.hopeless or st.checkbox(words.HOPELESS, key="own_hopeless")
            if st.button(
                "Train and distil", type="primary", icon=":material/model_training:", key="own_train",
                disabled=not ready,
            ):  # fmt: skip
                start(
                    train_runs,
                    {"file": file.name, "seeds": [seed], "budget": float(budget), "label_free": label_free},
                    page=PAGE, title=f"Training on {file.name}", stages=STAGES, files={UPLOAD: file.data},
                )  # fmt: skip
                st.rerun()
        teach(words.SEES_DATA)
        asked = {"seed": seed, "budget": None if budget == usual else float(budget), "label_free": label_free}
        in_python(data_code(file.shell_path, **asked), data_command(file.shell_path, **asked))
    else:
        teach(words.SEES_DATA)


head("Bring your own", words.PURPOSE)
say_limits()
file = choose_file()
if file is None:
    job = current(PAGE)
    if job is not None:
        st.subheader(plain(job.title), anchor=False, divider="gray")
        show_job(job)
    nothing_open()
elif file.is_data:
    data_open(file)
else:
    network_open(file)
