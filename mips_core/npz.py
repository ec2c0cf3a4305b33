"""Arrays in ``.npz`` archives from anywhere, read so that nothing in them is trusted.

What a header promises is checked against the size that the archive states before memory is taken, and pickled objects
are never loaded.  On hostile bytes zipfile and NumPy's header parser raise a dozen kinds of exception, from BadZipFile
to TokenError; all of them mean "damaged" to a reader, so they are caught together, around single calls.
"""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError


def npz_names(data: bytes) -> frozenset[str]:
    """Return the names of the arrays in an ``.npz``; empty when it is no archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(entry.removesuffix(".npy") for entry in archive.namelist())
    except Exception:  # see the note on hostile bytes above
        return frozenset()


def read_arrays(
    data: bytes, name: str, needed: Sequence[str], optional: Sequence[str], *, most: int, most_bytes: int
) -> dict[str, NDArray[Any]]:
    """Read arrays of an ``.npz`` by name; others in it are left alone.

    Parameters
    ----------
    data : what the file holds
    name : what to call the file in errors
    needed, optional : names of arrays
    most : numbers that each array may have
    most_bytes : bytes that the wanted arrays may take together once unpacked

    Raises
    ------
    BadInputError
        when it is no complete archive, lacks a needed array, unpacks to more than ``most_bytes``, or an array cannot be
        read; see :func:`read_entry`.
    """
    again = "numpy.savez(file, x=..., y=...)"
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:  # see the note on hostile bytes above
        raise BadInputError(f"{name} is not a complete .npz file; write it again with {again}.") from None
    with archive:
        entries = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        if len(entries) < len(archive.infolist()):
            raise BadInputError(f"{name} holds two arrays of one name; write it again with {again}.")
        for wanted in needed:
            if wanted not in entries:
                held = ", ".join(repr(entry[:40]) for entry in sorted(entries)[:8]) or "nothing"
                both = " and ".join(needed)
                raise BadInputError(f"{name} has no array {wanted!r} (it holds {held}); data need both {both}.")
        chosen = {key: entries[key] for key in (*needed, *optional) if key in entries}
        total = sum(info.file_size for info in chosen.values())
        if total > most_bytes:
            raise BadInputError(
                f"{name} unpacks to {total:,} bytes; at most {most_bytes:,} are read, so use fewer rows."
            )
        return {
            key: read_entry(archive, info, f"{name}: {key}", most=most, again=again) for key, info in chosen.items()
        }


def read_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, *, most: int, again: str) -> NDArray[Any]:
    """Read one array.

    Parameters
    ----------
    where : what to call it in errors
    most : numbers that it may have
    again : how to write the file anew, for errors

    Raises
    ------
    BadInputError
        when it is damaged, holds objects, has more numbers than allowed, or its header lies about its size.
    """
    try:
        with archive.open(info) as handle:
            shape, dtype = _header(handle)
            stored = info.file_size - handle.tell()
    except Exception:  # see the note on hostile bytes above
        raise BadInputError(f"{where} is damaged; write the file again with {again}.") from None
    if dtype.hasobject:
        raise BadInputError(f"{where} holds pickled Python objects, which are never loaded; save plain arrays.")
    if min(shape, default=0) < 0 or stored != math.prod(shape) * dtype.itemsize:
        raise BadInputError(
            f"{where} claims shape {shape} but {stored:,} bytes are stored; write the file again with numpy.savez."
        )
    if math.prod(shape) > most:
        raise BadInputError(f"{where} has {math.prod(shape):,} numbers; at most {most:,} are read.")
    try:
        with archive.open(info) as handle:
            array: NDArray[Any] = np.lib.format.read_array(handle, allow_pickle=False)
            handle.read()  # to the end, so that the checksum is compared
    except Exception:  # see the note on hostile bytes above
        raise BadInputError(f"{where} is damaged; write the file again with {again}.") from None
    return array


def _header(handle: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(handle)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy warns of odd headers; what matters is checked by the caller
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(handle)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(handle)
        else:  # version 3 exists for records with non-Latin field names, which are no numbers anyway
            raise ValueError(f"array format {version}")
    return shape, dtype
