"""The tutorial notebook runs from its first cell to its last, and says what it says in the repository."""

from __future__ import annotations

import warnings
from pathlib import Path

import nbformat
import pytest

TUTORIAL = Path(__file__).resolve().parents[2] / "assets" / "tutorial.ipynb"


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what each cell printed or returned as text; pictures are left out."""
    return [
        "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code" and not any("image/svg+xml" in o.get("data", {}) for o in cell.outputs)
    ]


@pytest.mark.filterwarnings("ignore")  # of Jupyter's own machinery
def test_the_tutorial_runs_and_prints_what_it_shows(tmp_path: Path) -> None:
    from nbclient import NotebookClient

    shown = nbformat.read(TUTORIAL, as_version=4)
    nbformat.validate(shown)
    fresh = nbformat.read(TUTORIAL, as_version=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(fresh, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    assert printed(fresh) == printed(shown)
    pictures = [o.data["image/svg+xml"] for c in fresh.cells if c.cell_type == "code" for o in c.outputs if "data" in o
                and "image/svg+xml" in o.data]  # fmt: skip
    assert len(pictures) == 3
