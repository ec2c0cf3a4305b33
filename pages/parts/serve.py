"""The server of the explorer: ``python -m pages.parts.serve --port 8501``; ``mips explore`` starts it.

Streamlit is told beforehand that the pages are those of ``app.py``.  Until ``app.py`` has run once, it takes the files
in ``pages/`` for the pages of the app: somebody who comes to a fresh server by a link to a page is told that there is
no such page (seen with 1.67; a link to the gallery works).  Nothing public says otherwise.

And what the pages need is imported before the server answers, not while the first visitor waits.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import pkgutil

from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App

import mips_core.views
from mips_core.hosting import hosting, remove_abandoned
from mips_core.resources import explorer_folder
from pages.parts.upload_room import UploadRoom
from pages.parts.visitor_cookie import VisitorCookie

BESIDE = ("networkx", "plotly.graph_objects", "scipy.cluster.hierarchy", "scipy.spatial", "sympy", "mips_core.runs")
"""What pages import beside our views, or these only when they need it."""


def import_views() -> None:
    """Import whatever draws the pages."""
    views = (f"mips_core.views.{module.name}" for module in pkgutil.iter_modules(mips_core.views.__path__))
    for name in (*BESIDE, *views):
        importlib.import_module(name)


def main() -> None:
    """Serve until stopped; what a server with visitors does otherwise is decided by :mod:`mips_core.hosting`."""
    parser = argparse.ArgumentParser(description="the server of the explorer")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--browser", action="store_true", help="open a browser window")
    options = parser.parse_args()
    allowed = hosting()
    if allowed.public:
        remove_abandoned()
    PagesManager.uses_pages_directory = False
    import_views()
    gc.collect()
    gc.freeze()  # what was imported stays, and is not looked through at each collection
    middleware = [Middleware(UploadRoom, allowed.held_megabytes)]
    if allowed.public:
        middleware.append(Middleware(VisitorCookie))
    app = App(explorer_folder() / "app.py", middleware=middleware)
    settings = {
        "server.port": options.port,
        "server.address": options.address,
        "server.headless": not options.browser,
        "server.fileWatcherType": "none",
        "server.maxUploadSize": allowed.upload_megabytes,
        "browser.gatherUsageStats": False,
    }
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a server is stopped
        app.run(config=settings)


if __name__ == "__main__":
    main()
