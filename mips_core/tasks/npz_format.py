"""Data as ``.npz``: arrays ``x`` and ``y`` of shape (N, T) or (N, T, D), and optionally ``lengths`` (N,).

The arrays hold integers, or text where symbols are words; columns of integers then stand as text beside them.

Nothing in the file is trusted; :mod:`mips_core.npz` says how that is done.
"""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.files import write_bytes
from mips_core.npz import read_entry
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
    except Exception:  # hostile bytes raise anything, see mips_core.npz
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
    except Exception:  # hostile bytes raise anything, see mips_core.npz
        raise BadInputError(
            f"{name} is not a complete .npz file; write it again with numpy.savez(file, x=..., y=...)."
        ) from None
    with archive:
        entries = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        if len(entries) < len(archive.infolist()):
            raise BadInputError(
                f"{name} holds two arrays of one name; write it again with numpy.savez(file, x=..., y=...)."
            )
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
        return {
            key: read_entry(archive, info, f"{name}: {key}", most=MAX_NUMBERS, again="numpy.savez(file, x=..., y=...)")
            for key, info in chosen.items()
        }
