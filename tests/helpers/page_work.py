"""What several pages are tested for: their jobs end, and their first paint imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from page_text import words
from streamlit.testing.v1 import AppTest

LONGEST_JOB = 120

_FIRST_PAINT = """
import sys
from pathlib import Path
import mips_core.resources
mips_core.resources.explorer_folder = lambda: Path({folder!r})
from streamlit.testing.v1 import AppTest
sys.path.insert(0, {root!r})
at = AppTest.from_file({app!r}, default_timeout=60)
at.switch_page({page!r})
at.run()
assert not at.exception
assert at.{shown}
print(sorted({{"torch", "sklearn"}} & set(sys.modules)))
"""


def finished(at: AppTest) -> AppTest:
    """Look again until no job is running."""
    end = time.monotonic() + LONGEST_JOB
    while any(b.key and b.key.startswith("cancel_") for b in at.button):
        assert time.monotonic() < end, words(at)
        time.sleep(0.3)
        at.run()
    assert not at.exception
    return at


def heavy_imports_of_first_paint(page: str, runs_folder: Path, shown: str) -> str:
    """Paint a page once in a fresh process; it must show some ``shown``. Return which heavy libraries that imported."""
    root = Path(__file__).resolve().parents[2]
    script = _FIRST_PAINT.format(
        folder=str(runs_folder), root=str(root), app=str(root / "app.py"), page=f"pages/{page}.py", shown=shown
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()[-1]
