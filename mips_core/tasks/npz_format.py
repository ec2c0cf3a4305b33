"""Data as ``.npz``: arrays ``x`` and ``y`` of shape (N, T) or (N, T, D), and optionally ``lengths`` (N,).

The arrays hold integers, or text where symbols are words; columns of integers then stand as text beside them.

Nothing in the file is trusted: the archive is read by hand so that sizes are
checked before memory is taken, and pickled objects are never loaded.  On hostile
bytes zipfile and NumPy's header parser raise a dozen kinds of exception, from
BadZipFile to TokenError; all of them mean "damaged" to a reader, so they are
caught together, around single calls.
"""

from __future__ import annotations

import io
import math
import os
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.files import write_bytes
from mips_core.stepping import IntArray
from mips_core.tasks.dataset import MAX_NUMBERS, Dataset, make_dataset
from mips_core.tasks.vocabulary import Words, has_words

MAX_BYTES = 2**30
"""Most bytes that the arrays of one file may take once unpacked (1 GiB)."""


def parse_npz(data: bytes, name: str) -> Dataset:
    """Read the bytes of an ``.npz`` file.

    Raises
    ------
    BadInputError
        when it is no complete archive, lacks x or y, holds objects or what is neither whole
        numbers nor words, unpacks to more than :data:`MAX_BYTES`, or its shapes do not fit.
    """
    arrays = _read_arrays(data, name)
    return make_dataset(arrays["x"], arrays["y"], arrays.get("lengths"), name)


def npz_names(data: bytes) -> frozenset[str]:
    """Return the names of the arrays in an ``.npz``; empty when it is no archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(entry.removesuffix(".npy") for entry in archive.namelist())
    except Exception:  # see the note on hostile bytes above
        return frozenset()


def npz_bytes(dataset: Dataset) -> bytes:
    """Write a data set as ``.npz`` bytes, as :func:`parse_npz` reads them."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        x=_array(dataset.x, dataset.input_words),
        y=_array(dataset.y, dataset.output_words),
        lengths=dataset.lengths,
    )
    return buffer.getvalue()


def _array(values: IntArray, words: Words) -> NDArray[Any]:
    """Return the integers as they are, or all columns as text when one of them holds words."""
    if not has_words(words):
        return values
    columns = [
        values[:, :, i].astype(str) if vocabulary is None else np.array(vocabulary.words)[values[:, :, i]]
        for i, vocabulary in enumerate(words)
    ]
    return np.stack(columns, axis=2)


def write_npz(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    """Write a data set to an ``.npz`` file in one step; see :func:`mips_core.files.write_bytes`."""
    write_bytes(path, npz_bytes(dataset))


def _read_arrays(data: bytes, name: str) -> dict[str, NDArray[Any]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:  # see the note on hostile bytes above
        raise BadInputError(
            f"{name} is not a complete .npz file; write it again with numpy.savez(file, x=..., y=...)."
        ) from None
    with archive:
        entries = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        for wanted in ("x", "y"):
            if wanted not in entries:
                held = ", ".join(repr(entry[:40]) for entry in sorted(entries)[:8]) or "nothing"
                raise BadInputError(f"{name} has no array {wanted!r} (it holds {held}); data need both x and y.")
        chosen = {key: entries[key] for key in ("x", "y", "lengths") if key in entries}
        total = sum(info.file_size for info in chosen.values())
        if total > MAX_BYTES:
            raise BadInputError(
                f"{name} unpacks to {total:,} bytes; at most {MAX_BYTES:,} are read, so use fewer rows."
            )
        return {key: _read_array(archive, info, f"{name}: {key}") for key, info in chosen.items()}


def _read_array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str) -> NDArray[Any]:
    """Read one array after checking what its header promises against the size that the archive states."""
    try:
        with archive.open(info) as handle:
            shape, dtype = _header(handle)
            stored = info.file_size - handle.tell()
    except Exception:  # see the note on hostile bytes above
        raise BadInputError(f"{where} is damaged; write the file again with numpy.savez(file, x=..., y=...).") from None
    if dtype.hasobject:
        raise BadInputError(
            f"{where} holds pickled Python objects, which are never loaded; save a plain integer array instead."
        )
    needed = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or stored != needed:
        raise BadInputError(
            f"{where} claims shape {shape} but {stored:,} bytes are stored; write the file again with numpy.savez."
        )
    if math.prod(shape) > MAX_NUMBERS:
        raise BadInputError(
            f"{where} has {math.prod(shape):,} numbers; at most {MAX_NUMBERS:,} are read, so use fewer rows."
        )
    try:
        with archive.open(info) as handle:
            array: NDArray[Any] = np.lib.format.read_array(handle, allow_pickle=False)
            handle.read()  # to the end, so that the checksum is compared
    except Exception:  # see the note on hostile bytes above
        raise BadInputError(f"{where} is damaged; write the file again with numpy.savez(file, x=..., y=...).") from None
    return array


def _header(handle: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    version = np.lib.format.read_magic(handle)
    if version == (1, 0):
        shape, _, dtype = np.lib.format.read_array_header_1_0(handle)
    elif version == (2, 0):
        shape, _, dtype = np.lib.format.read_array_header_2_0(handle)
    else:  # version 3 exists for records with non-Latin field names, which are no integers anyway
        raise ValueError(f"array format {version}")
    return shape, dtype
