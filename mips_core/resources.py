"""Where the app, its pages and the shipped assets are.

In a checkout (also one installed with ``pip install -e``) they lie beside this
package; in a wheel they travel inside it, under ``mips_core/explorer``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from mips_core.errors import MipsError


@lru_cache(maxsize=1)
def explorer_folder() -> Path:
    """Return the folder that holds ``app.py``, ``pages/`` and ``assets/``.

    Raises
    ------
    MipsError
        when the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "explorer", package.parent):
        if (folder / "app.py").is_file() and (folder / "assets").is_dir():
            return folder
    raise MipsError(f"The explorer's files are missing beside {package}. Install the package again.")


def asset(*parts: str) -> Path:
    """Return the path of a shipped file or folder, e.g. ``asset("networks", "Parity_All.safetensors")``."""
    return explorer_folder().joinpath("assets", *parts)


def shipped_network(task: str) -> Path:
    """Return the path of the shipped network of a task; it may not exist."""
    return asset("networks", f"{task}.safetensors")
