"""Who a server is for: one person on their own computer, or visitors who must not see one another's work.

``MIPS_PUBLIC=1`` makes it public, which ``mips explore --public`` sets.  Then every visitor has a folder of their own,
named after the digest of a secret that only their browser holds, and what one visitor may use is limited.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from mips_core.errors import BadInputError
from mips_core.resources import user_folder

PUBLIC = "MIPS_PUBLIC"
"""The environment variable that makes a server public."""

ROOM = "MIPS_HOME_MEGABYTES"
"""The environment variable that bounds what the runs in a user's folder may take."""

MEGABYTE = 2**20
COOKIE = "mips_visitor"
"""Name of the cookie that holds a visitor's secret."""
KEPT_DAYS = 30
"""Days without a visit after which what a visitor of a public server keeps is removed."""

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_VISITORS = "visitors"


@dataclass(frozen=True)
class Hosting:
    """What a server allows.

    Parameters
    ----------
    public : visitors are kept apart
    upload_megabytes : size of a file that is handed in
    held_megabytes : size of all files that open pages hold
    job_seconds, job_megabytes : time and memory of one job
    jobs_per_visitor : jobs of one visitor that run or wait, of which one runs; None: as many as the queue takes
    kept_megabytes : size of all runs that one visitor keeps; None: whatever the disk holds
    all_megabytes : size of all that visitors keep together
    """

    public: bool
    upload_megabytes: int
    held_megabytes: int
    job_seconds: float
    job_megabytes: int
    jobs_per_visitor: int | None = None
    kept_megabytes: int | None = None
    all_megabytes: int | None = None


OWN_COMPUTER = Hosting(False, upload_megabytes=50, held_megabytes=1_000, job_seconds=4 * 3600.0, job_megabytes=8_000)
SHARED_SERVER = Hosting(
    True, upload_megabytes=10, held_megabytes=500, job_seconds=600.0, job_megabytes=2_000, jobs_per_visitor=2,
    kept_megabytes=50, all_megabytes=5_000,
)  # fmt: skip


def hosting(environment: Mapping[str, str] | None = None) -> Hosting:
    """Return what this server allows, by :data:`PUBLIC` in the environment.

    Raises
    ------
    BadInputError
        when the variable is neither 1 nor 0: a server that is meant to be public must not be private by a slip.
    """
    value = (os.environ if environment is None else environment).get(PUBLIC, "")
    if value not in ("", "0", "1"):
        raise BadInputError(f"{PUBLIC} is {value[:20]!r}; set it to 1 for a server with visitors, or leave it out.")
    return SHARED_SERVER if value == "1" else OWN_COMPUTER


def kept_megabytes() -> int | None:
    """Return how much the runs in the user's folder may take: what :data:`ROOM` in the environment says, else None.

    Raises
    ------
    BadInputError
        when it is no number.
    """
    value = os.environ.get(ROOM, "")
    if value and not (value.isascii() and value.isdecimal()):
        raise BadInputError(f"{ROOM} is {value[:20]!r}; write a whole number of megabytes, or leave it out.")
    return int(value) if value else None


def new_secret() -> str:
    """Return a secret for a new visitor, 256 bits of chance."""
    return secrets.token_urlsafe(32)


def is_secret(text: object) -> TypeGuard[str]:
    """Whether ``text`` has the form of a visitor's secret."""
    return isinstance(text, str) and _SECRET.fullmatch(text) is not None


@dataclass(frozen=True)
class Visitor:
    """Somebody who uses the explorer.

    Parameters
    ----------
    key : stands for them on the server and tells nothing of their secret; "" for the owner of the computer
    home : folder of what they keep, which need not exist yet
    """

    key: str
    home: Path


def owner_of_computer() -> Visitor:
    """Return the one visitor of a server that is not public, who also uses the command line."""
    return Visitor("", user_folder())


def visitor_of(secret: str) -> Visitor:
    """Return the visitor who holds a secret (see :func:`is_secret`)."""
    key = hashlib.sha256(secret.encode("ascii")).hexdigest()[:32]
    return Visitor(key, user_folder() / _VISITORS / key)


def note_visit(visitor: Visitor) -> None:
    """Note that a visitor came, if they keep anything: for :func:`remove_abandoned`."""
    if visitor.key and visitor.home.is_dir():
        os.utime(visitor.home)


def remove_abandoned(days: float = KEPT_DAYS) -> int:
    """Remove what visitors keep who have not come for so many days; return of how many."""
    removed = 0
    for home in _homes():
        try:
            if time.time() - home.stat().st_mtime > days * 86400:
                shutil.rmtree(home)
                removed += 1
        except OSError:  # another process was quicker
            continue
    return removed


def check_all_room(allowed: Hosting) -> None:
    """Check that visitors together do not keep too much.

    Raises
    ------
    BadInputError
        when they do.
    """
    if allowed.all_megabytes is None:
        return
    kept = sum(folder_bytes(home) for home in _homes())
    if kept >= allowed.all_megabytes * MEGABYTE:
        raise BadInputError(
            f"This server keeps at most {allowed.all_megabytes:,} MB for all its visitors, and that is taken. Try "
            "again later, or use an explorer on your own computer."
        )


def folder_bytes(folder: Path) -> int:
    """Return the size of all files in a folder; what another process removes meanwhile counts nothing."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
    return total


def _homes() -> list[Path]:
    try:
        return [path for path in (user_folder() / _VISITORS).iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []
