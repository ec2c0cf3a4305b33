"""How a run is told from others where results about it are kept between reruns."""

from collections.abc import Callable
from typing import Any

from mips_core.runs import Run

BY_FOLDER: dict[str | type, Callable[[Any], Any]] = {Run: lambda run: str(run.folder)}
"""For ``hash_funcs`` of Streamlit's caches: what lies in a run's folder never changes."""
