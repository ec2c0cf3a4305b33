"""Data files that nobody described to us: one entry for both formats."""

from __future__ import annotations

import os
from pathlib import Path

from mips_core.errors import BadInputError
from mips_core.files import read_bytes
from mips_core.npz import npz_names
from mips_core.tasks.csv_format import parse_csv
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.npz_format import parse_npz

MAX_FILE_BYTES = {".csv": 64 * 2**20, ".npz": 256 * 2**20}
"""Largest file read, in bytes, by ending."""


def read_dataset(path: str | os.PathLike[str]) -> Dataset:
    """Read a ``.csv`` or ``.npz`` data file; the data set is called after the file.

    Raises
    ------
    BadInputError
        when it is missing, too large, or not usable; the message says where and what to do.
    """
    source = Path(path)
    limit = MAX_FILE_BYTES.get(source.suffix.lower(), max(MAX_FILE_BYTES.values()))
    return dataset_from_bytes(read_bytes(source, limit=limit), source.name)


def dataset_from_bytes(data: bytes, name: str) -> Dataset:
    """Read a data file that is already in memory, e.g. an upload; ``name`` tells the format by its ending.

    Raises
    ------
    BadInputError
        when the ending is neither ``.csv`` nor ``.npz``, or the contents are not usable.
    """
    suffix = Path(name).suffix.lower()
    if suffix not in MAX_FILE_BYTES:
        raise BadInputError(f"{name} does not end in .csv or .npz; save the data in one of these formats.")
    if len(data) > MAX_FILE_BYTES[suffix]:
        raise BadInputError(f"{name} has {len(data):,} bytes; at most {MAX_FILE_BYTES[suffix]:,} are read.")
    return parse_csv(data, name) if suffix == ".csv" else parse_npz(data, name)


def is_dataset_file(path: str | os.PathLike[str]) -> bool:
    """Tell data files from other sources: a ``.csv`` by its ending, an ``.npz`` by the arrays x and y in it.

    A missing ``.csv`` still counts, so that :func:`read_dataset` gives the message.  An
    ``.npz`` that is missing, damaged or without x and y does not: reading it as a network
    gives the message.
    """
    source = Path(path)
    suffix = source.suffix.lower()
    if suffix != ".npz" or not source.is_file():
        return suffix == ".csv"
    return is_dataset(read_bytes(source, limit=MAX_FILE_BYTES[".npz"]), source.name)


def is_dataset(data: bytes, name: str) -> bool:
    """Tell a data file that is already in memory from a network, as :func:`is_dataset_file` does."""
    suffix = Path(name).suffix.lower()
    return suffix == ".csv" or (suffix == ".npz" and {"x", "y"} <= npz_names(data))
