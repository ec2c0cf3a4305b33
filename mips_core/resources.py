"""Where the app, its pages and the shipped assets are.

In a checkout (also one installed with ``pip install -e``) they lie beside this
package; in a wheel they travel inside it, under ``mips_core/explorer``.  What the user
makes lies in a folder of the user's own, which ``MIPS_HOME`` may name.
"""

from __future__ import annotations

import hashlib
import os
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
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


def user_folder() -> Path:
    """Return the folder for what the user makes; it may not exist yet.

    The environment's ``MIPS_HOME`` names it; otherwise it is ``mips-explorer`` where the system keeps data of users.
    """
    home = os.environ.get("MIPS_HOME")
    if home:
        return Path(home).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "mips-explorer"


def installed_version() -> str:
    """Return the version of this package, or "(not installed)" when it only lies on the path."""
    try:
        return version("mips-explorer")
    except PackageNotFoundError:
        return "(not installed)"


_DECIDES_NOTHING = ("benchmarks", "cli", "curves", "essence", "explorer", "jobs", "shipping", "views")
"""Parts of this package that show, measure or do other things than lead from a network to its program."""


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Return 16 hex digits of the code that a network's training and its program depend on.

    A version number stays the same while code in a checkout changes; results of an older state must not be taken for
    those of the present one.
    """
    package = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).parts
        if parts[0] not in _DECIDES_NOTHING:
            digest.update("/".join(parts).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
