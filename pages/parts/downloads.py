"""The row of files that a person takes away; what must be computed is computed when it is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from mips_core.errors import BadInputError
from mips_core.files import read_bytes
from mips_core.machines.dot_machine import to_dot
from mips_core.machines.drawing import to_drawing
from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.runs.archive import run_archive
from mips_core.views.csv_text import Columns, csv_text
from mips_core.views.html_report import html_report
from mips_core.views.notebook import notebook_text
from mips_core.views.sequences import parse_sequence
from mips_core.views.step_words import everything
from pages.parts import data

_MIMES = {
    "py": "text/x-python",
    "ipynb": "application/x-ipynb+json",
    "json": "application/json",
    "safetensors": "application/octet-stream",
    "dot": "text/vnd.graphviz",
    "svg": "image/svg+xml",
    "csv": "text/csv",
    "html": "text/html",
    "zip": "application/zip",
    "npz": "application/octet-stream",
}


@dataclass(frozen=True)
class File:
    """A file to offer: what it holds in a word, its name, and its content or what makes it."""

    label: str
    name: str
    content: str | bytes | Callable[[], str | bytes]

    @property
    def ending(self) -> str:
        """What comes after the last dot."""
        return self.name.rsplit(".", 1)[1]


def offer(files: Sequence[File]) -> None:
    """Show a button for each file, below a heading."""
    st.subheader("Take it with you", anchor=False, divider="gray")
    with st.container(horizontal=True, gap="small"):
        for file in files:
            st.download_button(
                f"{file.label} (.{file.ending})", file.content, file.name, _MIMES[file.ending], on_click="ignore",
                icon=":material/download:", key=f"download_{file.label}_{file.ending}",
            )  # fmt: skip


def table_file(name: str, table: Callable[[], Columns], label: str = "Table") -> File:
    """Return a page's own table as a file, ``name`` without its ending; the table is made when asked for."""
    return File(label, f"{name}.csv", lambda: csv_text(table()))


def download_row(run: Run, table: Callable[[], Columns] | None = None, more: Sequence[File] = ()) -> None:
    """Offer every file of a run that exists.

    Parameters
    ----------
    table : makes the columns of the page's own table; by default all that happens on the current sequence
    more : files of this page alone
    """
    name, machine = run.file_name, run.machine
    files: list[File] = []  # stored files are read at once: a run may be deleted before somebody asks for them
    if run.program is not None:
        files.append(File("Program", f"{name}.py", read_bytes(run.folder / "program.py")))
    files.append(File("Notebook", f"{name}.ipynb", partial(notebook_text, run)))
    if machine is not None:
        files.append(File("Machine", f"{name}_machine.json", read_bytes(run.folder / "machine.json")))
    if isinstance(machine, MealyMachine):
        files += [
            File("Machine", f"{name}.dot", partial(to_dot, machine)),
            File("Drawing", f"{name}_drawing.dot", partial(to_drawing, machine)),
            File("Drawing", f"{name}.svg", lambda: data.picture(run, None, None, None, False).svg),
        ]
    if run.network_file.exists():
        files.append(File("Weights", f"{name}.safetensors", read_bytes(run.network_file)))
    if table is not None:
        files.append(table_file(f"{name}_table", table))
    else:
        files += _steps(run)
    files += [
        File("Report", f"{name}_report.json", partial(data.report_text, run)),
        File("Report", f"{name}_report.html", partial(html_report, run)),
    ]
    if run.information is not None:
        files.append(File("Whole run", f"{name}.zip", partial(run_archive, run)))
    offer([*files, *more])


def _steps(run: Run) -> list[File]:
    """Return the table of the current sequence, when there is one that can be read."""
    try:
        x = parse_sequence(str(st.session_state["xs"]), data.inputs_of(run), words=data.words_of(run))
    except (BadInputError, KeyError):
        return []
    return [table_file(f"{run.file_name}_steps", lambda: everything(data.stepped(run, x)), "Steps")]
