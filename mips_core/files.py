"""Reading and writing files so that nothing is ever half-written.

Everything that we write goes to a temporary file beside its target and is then
renamed.  All JSON carries ``format`` and ``version``: older versions load, newer
ones are refused by name.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError, FormatVersionError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def is_full(error: OSError) -> bool:
    """Whether something was not written because there is no room for it."""
    return error.errno in _FULL


def cannot_write(path: str | os.PathLike[str], error: OSError) -> BadInputError:
    """Return the error that says why something was not written, and what to do; a full disk is said to be full."""
    if is_full(error):
        return BadInputError(
            f"Cannot write {path}: {error.strerror or error}. Nothing was changed. Make room there, then try again."
        )
    return BadInputError(f"Cannot write {path}: {error.strerror or error}. Choose a folder that you may write to.")


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path`` in one step: a reader sees the old file or the new one, never half of one.

    Raises
    ------
    BadInputError
        when the folder does not exist or cannot be written.
    """
    target = Path(path)
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as handle:
            temporary = Path(handle.name)
            handle.write(data)
        temporary.chmod(0o644)
        temporary.replace(target)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise cannot_write(target, error) from None


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` as UTF-8; see :func:`write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: str | os.PathLike[str], value: Mapping[str, Any], *, compact: bool = False) -> None:
    """Write ``value`` as JSON, indented unless ``compact``; NaN and infinity are refused."""
    write_bytes(path, json_bytes(value, compact=compact))


def json_bytes(value: Mapping[str, Any], *, compact: bool = False) -> bytes:
    """Return what :func:`write_json` writes."""
    layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 1}
    return (json.dumps(value, allow_nan=False, **layout) + "\n").encode("utf-8")


def write_files(folder: str | os.PathLike[str], contents: Mapping[str, bytes], remove: Iterable[str] = ()) -> None:
    """Write several files of one folder: all are complete before the first takes its place, in the given order.

    Parameters
    ----------
    contents : file names and what goes into them; the last one takes its place after everything else is done
    remove : files that are not wanted any more

    Raises
    ------
    BadInputError
        when the folder cannot be written, or a file name is taken by a folder.
    """
    target = Path(folder)
    try:
        for name in (*contents, *remove):
            if (target / name).is_dir():
                raise BadInputError(f"{target / name} is a folder, where a file belongs. Choose another folder.")
        with tempfile.TemporaryDirectory(dir=target, prefix=".mips-") as stage:
            for name, data in contents.items():
                (Path(stage) / name).write_bytes(data)
            *others, last = contents
            for name in others:
                (Path(stage) / name).replace(target / name)
            for name in remove:
                (target / name).unlink(missing_ok=True)
            (Path(stage) / last).replace(target / last)
    except OSError as error:
        raise cannot_write(f"to the folder {target}", error) from None


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Make ``path`` and its parents, and check that files can be written there.

    Raises
    ------
    BadInputError
        when it is a file, or cannot be made or written to.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise cannot_write(f"to the folder {folder}", error) from None
    return folder


def read_bytes(path: str | os.PathLike[str], *, limit: int = 256 * 2**20) -> bytes:
    """Read a whole file of at most ``limit`` bytes.

    Raises
    ------
    BadInputError
        when the file is missing, unreadable, larger than ``limit``, or none: a folder, or a pipe or device, which may
        never end.
    """
    source = Path(path)
    try:
        if source.is_dir():
            raise BadInputError(f"{source} is a folder; a file is needed.")
        if not stat.S_ISREG(source.stat().st_mode):  # before it is opened: a pipe would wait for a writer
            raise BadInputError(f"{source} is a pipe or a device; write what it holds to a file first.")
        with source.open("rb") as handle:
            # Of the file that is open now: another one, of another size, may have taken its place since.
            size = os.fstat(handle.fileno()).st_size
            if size > limit:
                raise BadInputError(f"{source} has {size:,} bytes; at most {limit:,} are read.")
            data = handle.read(size + 1)
        if len(data) > size:
            raise BadInputError(f"{source} grew while it was read; copy it first.")
        return data
    except FileNotFoundError:
        raise BadInputError(f"There is no file {source}. Check the path.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadInputError(f"Cannot read {source}: {reason or error}.") from None


def check_format(value: Any, name: str, version: int, where: str) -> dict[str, Any]:
    """Return ``value`` if it is a dictionary of format ``name`` and at most ``version``.

    Raises
    ------
    BadInputError
        when it is something else.
    FormatVersionError
        when it was written by a newer version.
    """
    if not isinstance(value, dict) or value.get("format") != name:
        found = value.get("format") if isinstance(value, dict) else type(value).__name__
        raise BadInputError(f"{where} is not a {name} (found {found!r}).")
    found_version = value.get("version")
    if not isinstance(found_version, int) or isinstance(found_version, bool) or found_version < 1:
        raise BadInputError(f"{where}: the {name} has no valid version (found {found_version!r}).")
    if found_version > version:
        raise FormatVersionError(
            f"{where} is a {name} of version {found_version}; this installation reads up to version {version}. "
            "Update the package to read it."
        )
    return value


def read_json(path: str | os.PathLike[str], name: str, version: int) -> dict[str, Any]:
    """Read a JSON file that this package wrote and check its format and version."""
    data = read_bytes(path)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{path} is not valid JSON: {error}.") from None
    return check_format(value, name, version, str(path))
