"""What a page costs the server, beside a page with nothing but a title.

No contest: an empty page is the floor of whatever Streamlit shows.  The ratio tells the weight of a page in a way that
can be compared between machines.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, versioned
from mips_core.benchmarks.speed.pages import RUN, by_name
from mips_core.benchmarks.speed.process import Sides
from mips_core.errors import MipsError
from mips_core.explorer_server import serve, serve_script
from mips_core.progress import Monitor
from mips_core.resources import explorer_folder

SECTION = "page_runs"
CAP = 60.0
_EMPTY = 'import streamlit as st\n\nst.title("Nothing")\n'


@dataclass(frozen=True)
class Opening:
    """A new visitor's first run of a page, over Streamlit's own protocol; the server has shown the page before.

    Parameters
    ----------
    name : who
    server : address of the running server
    page : address of the page on it
    """

    name: str
    server: str
    page: str

    def prepare(self) -> Any:
        """Connect as a browser tab does, without asking for anything yet."""
        _shown(self.server, self.page)
        return _viewer(self.server)

    def run(self, prepared: Any) -> str:
        """Ask for the page and receive all of it; return what went wrong."""
        try:
            prepared.open(self.page, {"task": RUN} if self.page else None)
        except MipsError as error:
            return str(error)
        return ""

    def judge(self, prepared: Any, output: str) -> Judgement:
        """Whether it came without an error."""
        return Judgement(not output, reason=output, here=False)


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Open every page of the explorer; nothing is drawn, so ``seed`` changes nothing."""
    empty = f"an empty page of {versioned('streamlit')}"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "empty.py"
        script.write_text(_EMPTY, encoding="utf-8")
        shutil.copytree(explorer_folder() / ".streamlit", script.parent / ".streamlit")  # with our server's settings
        with serve() as explorer, serve_script(script) as other, Sides() as sides:
            for page in _pages(explorer.address)[: 2 if quick else None]:
                contestants: list[Contestant] = [
                    Opening(OURS, explorer.address, page), Opening(empty, other.address, "")
                ]  # fmt: skip
                yield compare(
                    SECTION, f"the page {page or 'gallery'}", contestants, cap=CAP, monitor=monitor,
                    repeats=2 if quick else 5, sides=sides,
                )  # fmt: skip


def _viewer(server: str) -> Any:
    return by_name("pages.measure.viewer").Viewer(server)


def _pages(server: str) -> tuple[str, ...]:
    with _viewer(server) as viewer:
        viewer.open("")
        found: tuple[str, ...] = viewer.pages
    return found


@lru_cache
def _shown(server: str, page: str) -> None:
    """Have the server import and keep what all visitors of a page share."""
    with _viewer(server) as viewer:
        viewer.open(page, {"task": RUN} if page else None)
