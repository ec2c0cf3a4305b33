"""Runs that their owner shares by a link: whoever has the link may look, nobody can guess it, and it can be taken back.

The run's folder holds its token; beside the folders of all visitors, a file of the token's name says which run it
means.  A link opens a run as long as both are there and agree, so taking the token away ends it for good.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import replace
from pathlib import Path

from mips_core.errors import BadInputError, MipsError
from mips_core.files import make_folder, read_json, write_json
from mips_core.resources import user_folder
from mips_core.runs.information import is_own_id, read_information
from mips_core.runs.run import Run, load_run

FORMAT, VERSION = "mips-share", 1
FILE = "share.json"
_FOLDER = "shared"
_ADDRESS = re.compile(r"shared\.([A-Za-z0-9_-]{22})")
_PLACE = re.compile(r"(?:visitors/[0-9a-f]{32}/)?runs/([a-z0-9-]+)")


def is_shared_address(text: str) -> bool:
    """Whether ``text`` has the form in which an address names a shared run."""
    return _ADDRESS.fullmatch(text) is not None


def share(run: Run) -> str:
    """Share one of the user's own runs; return what an address says to mean it, also when it was shared before.

    Raises
    ------
    BadInputError
        when it cannot be written down, or the run lies elsewhere.
    """
    before = shared_as(run)
    if before is not None:
        return before
    token = secrets.token_urlsafe(16)
    try:
        place = run.folder.resolve().relative_to(user_folder().resolve()).as_posix()
    except ValueError:
        raise BadInputError(f"{run.folder} is none of the runs that are kept here; only those can be shared.") from None
    make_folder(user_folder() / _FOLDER)
    write_json(_entry(token), {"format": FORMAT, "version": VERSION, "run": place})
    write_json(run.folder / FILE, {"format": FORMAT, "version": VERSION, "token": token})
    return f"shared.{token}"


def unshare(run: Run) -> None:
    """Take the link to a run back; from now on it opens nothing.

    Raises
    ------
    BadInputError
        when the link cannot be removed.
    """
    address = shared_as(run)
    try:
        (run.folder / FILE).unlink(missing_ok=True)
        if address is not None:
            _entry(address.removeprefix("shared.")).unlink(missing_ok=True)
    except OSError as error:
        raise BadInputError(f"The link could not be taken back: {error.strerror or error}. Try again.") from None


def shared_as(run: Run) -> str | None:
    """Return what an address says to mean a run that is shared, or None."""
    token = _token(run.folder)
    return None if token is None else f"shared.{token}"


def shared_folder(address: str) -> Path:
    """Return the folder of the run that an address means.

    Raises
    ------
    BadInputError
        when nothing is shared under that address (any more).
    """
    found = _ADDRESS.fullmatch(address)
    if found is not None:
        token = found[1]
        try:
            place = str(read_json(_entry(token), FORMAT, VERSION).get("run"))
        except MipsError:
            place = ""
        known = _PLACE.fullmatch(place)
        folder = user_folder() / place
        if known is not None and is_own_id(known[1]) and not folder.is_symlink():
            held = _token(folder)
            if held is not None and hmac.compare_digest(held, token):
                return folder
    raise BadInputError("This run is not shared any more, or the link is not complete.")


def open_shared(address: str) -> Run:
    """Open the run that an address means; it is called by that address, so that links from it work for others too.

    Raises
    ------
    BadInputError
        when nothing is shared under that address (any more), or the run cannot be read.
    """
    folder = shared_folder(address)
    return replace(load_run(folder), information=read_information(folder), shared_as=address)


def _token(folder: Path) -> str | None:
    try:
        token = str(read_json(folder / FILE, FORMAT, VERSION).get("token"))
    except MipsError:  # not shared, or damaged, which opens nothing either
        return None
    return token if is_shared_address(f"shared.{token}") else None


def _entry(token: str) -> Path:
    return user_folder() / _FOLDER / f"{token}.json"
