"""The row of files that a person takes away."""

from functools import partial

import streamlit as st

from mips_core.machines.dot_machine import to_dot
from mips_core.machines.drawing import to_drawing
from mips_core.machines.mealy import MealyMachine
from mips_core.resources import shipped_network
from mips_core.runs import Run
from pages.parts import data


def download_row(run: Run) -> None:
    """Offer every file of a run that exists."""
    st.subheader("Take it with you", anchor=False, divider="gray")
    folder, task = run.folder, run.report.get("task")
    network = folder / "network.safetensors"
    if not network.exists() and task:
        network = shipped_network(task)
    files = [
        ("Program", folder / "program.py", "text/x-python", f"{run.name}.py"),
        ("Machine", folder / "machine.json", "application/json", f"{run.name}_machine.json"),
        ("Weights", network, "application/octet-stream", f"{run.name}.safetensors"),
    ]
    machine = run.machine
    with st.container(horizontal=True, gap="small"):
        for label, path, mime, name in files:
            if path.exists():
                ending = name.rsplit(".", 1)[1]
                st.download_button(
                    f"{label} (.{ending})", path.read_bytes, name, mime, on_click="ignore", icon=":material/download:",
                    key=f"download_{label}",
                )  # fmt: skip
        if isinstance(machine, MealyMachine):
            for label, write, name in (("Machine", to_dot, run.name), ("Drawing", to_drawing, f"{run.name}_drawing")):
                st.download_button(
                    f"{label} (.dot)", partial(write, machine), f"{name}.dot", "text/vnd.graphviz", on_click="ignore",
                    icon=":material/download:", key=f"download_{label}_dot",
                )  # fmt: skip
            st.download_button(
                "Drawing (.svg)", lambda: data.picture(run, None, None, None, False).svg, f"{run.name}.svg",
                "image/svg+xml", on_click="ignore", icon=":material/download:", key="download_svg",
            )  # fmt: skip
        st.download_button(
            "Report (.json)", data.report_text(run), f"{run.name}_report.json", "application/json", on_click="ignore",
            icon=":material/download:", key="download_report",
        )  # fmt: skip
