"""Streamlit's own command line, made ready for the explorer: ``python -m pages.parts.serve run app.py``.

It is told beforehand that the pages are those of ``app.py``.  Until ``app.py`` has run once, Streamlit takes the files
in ``pages/`` for the pages of the app: somebody who comes to a fresh server by a link to a page is told that there is
no such page (seen with 1.67; a link to the gallery works).  Nothing public says otherwise.

And what the pages need is imported before the server answers, not while the first visitor waits.
"""

from __future__ import annotations

import gc
import importlib
import pkgutil
import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

import mips_core.views

BESIDE = ("networkx", "plotly.graph_objects", "scipy.cluster.hierarchy", "scipy.spatial", "sympy", "mips_core.runs")
"""What pages import beside our views, or these only when they need it."""


def import_views() -> None:
    """Import whatever draws the pages."""
    views = (f"mips_core.views.{module.name}" for module in pkgutil.iter_modules(mips_core.views.__path__))
    for name in (*BESIDE, *views):
        importlib.import_module(name)


if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    import_views()
    gc.collect()
    gc.freeze()  # what was imported stays, and is not looked through at each collection
    sys.exit(main())
