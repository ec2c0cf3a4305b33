"""Data as ``.npz``: arrays ``x`` and ``y`` of shape (N, T) or (N, T, D), and optionally ``lengths`` (N,).

The arrays hold integers, or text where symbols are words; columns of integers then stand as text beside them.

Nothing in the file is trusted; :mod:`mips_core.npz` says how that is done.
"""

from __future__ import annotations

import io
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.files import write_bytes
from mips_core.npz import read_arrays
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
    arrays = read_arrays(data, name, ("x", "y"), ("lengths",), most=MAX_NUMBERS, most_bytes=MAX_BYTES)
    return make_dataset(arrays["x"], arrays["y"], arrays.get("lengths"), name)


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
