"""Folders of runs within that of a store: made hidden and then renamed, so that each is there whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from mips_core.errors import BadInputError
from mips_core.files import cannot_write, is_full, make_folder
from mips_core.runs.information import is_own_id

HIDDEN = ".unfinished"
"""Where runs are made and removed: a folder of its own, which is quick to go through however many runs there are."""
_ABANDONED = 3600.0
"""Seconds after which nobody can still be writing or removing a hidden folder."""
_LOCK_WAIT = 10.0


def listed(folder: Path) -> list[str]:
    """Return the names of all that lies in the folder of the runs; none where there is no folder.

    Raises
    ------
    BadInputError
        when it cannot be read.
    """
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise cannot_read(folder, error) from None


def is_folder(place: Path) -> bool:
    """Whether a folder lies there, and no link to one."""
    return place.is_dir() and not place.is_symlink()


def names_in(folder: Path) -> list[str]:
    """Return the names of the folders of runs; anything else that lies there is none of ours.

    Raises
    ------
    BadInputError
        when the folder cannot be read.
    """
    return sorted(name for name in listed(folder) if is_own_id(name) and is_folder(folder / name))


def left_out(folder: Path) -> tuple[str, ...]:
    """Return the names of what holds a run and is none: folders that no id names, as copies often are, and links.

    Raises
    ------
    BadInputError
        when the folder cannot be read.
    """

    def holds_one(name: str) -> bool:
        place = folder / name
        return place.is_symlink() if is_own_id(name) else (place / "report.json").is_file()

    return tuple(sorted(name for name in listed(folder) if not name.startswith(".") and holds_one(name)))


def place_of(folder: Path, identifier: str) -> Path:
    """Return the folder of a run that exists; an id is never a path, so no other folder can be meant.

    Raises
    ------
    BadInputError
        when there is none.
    """
    place = folder / identifier if is_own_id(identifier) else None
    if place is None or not is_folder(place):
        raise BadInputError(
            f"None of your runs has the id {identifier[:60]!r}. It was deleted, or it belongs to another computer."
        )
    return place


@contextlib.contextmanager
def unfinished_run(folder: Path) -> Iterator[Path]:
    """Make a hidden folder for a new run, which is gone afterwards unless it was renamed to its place."""
    place = _hidden(folder, "saving-")
    _sweep(place.parent)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def put(unfinished: Path, folder: Path, readable: str) -> Path:
    """Rename a complete folder to its place in ``folder``: a readable name and a digest of what it holds."""
    digest = hashlib.sha256()
    for path in sorted(unfinished.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for count in range(1000):
        digest.update(str(count).encode())
        place = folder / f"{readable}-{digest.hexdigest()[:8]}"
        if put_at(unfinished, place):
            return place
    raise BadInputError(f"{folder} holds too many equal runs; delete some.")


def put_at(unfinished: Path, place: Path) -> bool:
    """Rename a complete folder to a place; False where something is already there.

    Raises
    ------
    BadInputError
        when the folder cannot be changed.
    """
    try:
        if place.exists():  # POSIX would let an empty folder be replaced
            return False
        unfinished.chmod(0o755)
        unfinished.rename(place)
    except OSError as error:
        if not place.exists():
            raise cannot_change(place.parent, error) from None
        return False
    return True


def hide(place: Path) -> Path:
    """Rename a run's folder into a hidden one, which is returned and can be removed at leisure."""
    hidden = _hidden(place.parent, "deleted-")
    try:
        place.rename(hidden / place.name)
    except OSError as error:
        raise cannot_change(place.parent, error) from None
    return hidden


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes and threads from changing runs meanwhile."""
    import filelock  # here: most who read runs never change one

    make_folder(folder)
    lock = filelock.FileLock(folder / ".lock", timeout=_LOCK_WAIT)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise BadInputError(
            f"Another process has been changing your runs for over {_LOCK_WAIT:.0f} s. Try again when it is done."
        ) from None
    except OSError as error:
        raise cannot_change(folder, error) from None
    try:
        yield
    finally:
        lock.release()


def cannot_read(folder: Path, error: OSError) -> BadInputError:
    """Return the error that says why the folder of the runs cannot be read."""
    return BadInputError(
        f"Cannot read the folder of your runs, {folder}: {error.strerror or error}. Name another one in MIPS_HOME."
    )


def cannot_change(folder: Path, error: OSError) -> BadInputError:
    """Return the error that says why the folder of the runs cannot be changed."""
    if is_full(error):
        return cannot_write(folder, error)
    return BadInputError(
        f"Cannot change the folder of your runs, {folder}: {error.strerror or error}. "
        "Name one that you may write to in MIPS_HOME."
    )


def _hidden(folder: Path, prefix: str) -> Path:
    """Make a folder that nobody lists, on the same disk."""
    try:
        (folder / HIDDEN).mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=prefix, dir=folder / HIDDEN))
    except OSError as error:
        raise cannot_change(folder, error) from None


def _sweep(hidden: Path) -> None:
    """Remove what processes that were killed left behind."""
    for path in hidden.iterdir():
        if _age(path) > _ABANDONED:
            shutil.rmtree(path, ignore_errors=True)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return 0.0
