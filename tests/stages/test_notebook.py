"""A run's notebook in Jupyter itself."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from mips_core.runs import shipped_run
from mips_core.views.notebook import notebook_text


def test_a_notebook_runs_in_jupyter(tmp_path: Path) -> None:
    """The real thing, once: a kernel executes the cells, and the package part finds the run."""
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    book = nbformat.reads(notebook_text(shipped_run("Parity_All")), as_version=4)
    nbclient.NotebookClient(book, timeout=60, kernel_name="python3").execute(cwd=str(tmp_path))
    printed = "".join(o.get("text", "") for c in book.cells if c.cell_type == "code" for o in c.outputs)
    assert "on all 25 sequences" in printed
    assert "network 1 1 1 1 0" in printed
