"""Streamlit's own command line, told beforehand that the pages are those of ``app.py``.

``python -m pages.parts.serve run app.py``.  Until ``app.py`` has run once, Streamlit takes the files in ``pages/`` for
the pages of the app: somebody who comes to a fresh server by a link to a page is told that there is no such page
(seen with 1.67; a link to the gallery works).  Nothing public says otherwise.
"""

from __future__ import annotations

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    sys.exit(main())
