"""A network at moments of its training: hidden states along a few sequences, loss, and accuracy by length.

One ``.npz`` file of plain arrays (``training.npz`` in the folder of a run).  With S moments, N sequences of at most T
steps, D_in integers per step, d hidden numbers, L lengths and M points of the loss curves it holds

============== ==================== ===========================================================================
version        int64 ()             1
rung           text ()              architecture of the network that came out, by its name in the card
steps          int64 (S,)           optimiser steps until then; the last moment is the finished network
phases         text (S,)            "start", "train", "settle" (falling rates), "correct" (counterexamples), "end"
losses         float64 (S,)         training loss, NaN where it was not measured
lengths        int64 (L,)           numbers of steps that accuracy is given for
accuracy       float64 (S, L)       share of held-out sequences, in [0, 1], that are right in so many first steps
inputs         int64 (N, T, D_in)   the sequences
mask           bool (N, T)          True at the steps that a sequence has
hidden         float (S, N, T, d)   hidden states after each step, half precision where their range allows it
curve_rungs    text (R,)            every architecture that was tried
curve_of       int64 (M,)           which of them a point of the loss curves is from
curve_steps    int64 (M,)           its optimiser steps
curve_losses   float64 (M,)         its loss
============== ==================== ===========================================================================

Nothing in it is pickled.
"""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError, FormatVersionError
from mips_core.files import read_bytes
from mips_core.npz import read_entry
from mips_core.stepping import IntArray

FILE = "training.npz"
"""Its name in the folder of a run."""

VERSION = 1
PHASES = ("start", "train", "settle", "correct", "end")

_HALF = 6e4  # what half precision can hold
_MOST_NUMBERS = 50_000_000
_MOST_BYTES = 64 * 2**20
_AGAIN = "'mips train TASK --snapshots'"


@dataclass(frozen=True, eq=False)
class LossCurves:
    """The loss of every architecture that was tried, by optimiser steps.

    Parameters
    ----------
    rungs : names of the architectures
    of : int64 (M,), the architecture of each point
    steps : int64 (M,)
    losses : float64 (M,), positive
    """

    rungs: tuple[str, ...]
    of: IntArray
    steps: IntArray
    losses: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Snapshots:
    """The moments of one training run that led to its network; the fields are described at the top of this module."""

    rung: str
    steps: IntArray
    phases: tuple[str, ...]
    losses: NDArray[np.float64]
    lengths: IntArray
    accuracy: NDArray[np.float64]
    inputs: IntArray
    mask: NDArray[np.bool_]
    hidden: NDArray[Any]
    curves: LossCurves

    @property
    def count(self) -> int:
        """How many moments there are (S)."""
        return len(self.steps)

    def points(self, moment: int) -> NDArray[np.float64]:
        """Return the hidden states of one moment as rows, float64 (P, d), sequence by sequence."""
        states: NDArray[np.float64] = self.hidden[moment][self.mask].astype(np.float64)
        return states


def snapshot_bytes(snapshots: Snapshots) -> bytes:
    """Return the contents of a ``training.npz``; the same snapshots always give the same bytes."""
    hidden = snapshots.hidden
    small = not hidden.size or float(np.abs(hidden).max()) < _HALF
    arrays = {
        "version": np.int64(VERSION),
        "rung": np.str_(snapshots.rung),
        "steps": snapshots.steps,
        "phases": np.array(snapshots.phases, dtype=np.str_),
        "losses": snapshots.losses,
        "lengths": snapshots.lengths,
        "accuracy": snapshots.accuracy,
        "inputs": snapshots.inputs,
        "mask": snapshots.mask,
        "hidden": hidden.astype(np.float16 if small else np.float32),
        "curve_rungs": np.array(snapshots.curves.rungs, dtype=np.str_),
        "curve_of": snapshots.curves.of,
        "curve_steps": snapshots.curves.steps,
        "curve_losses": snapshots.curves.losses,
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def read_snapshots(path: str | os.PathLike[str]) -> Snapshots | None:
    """Read a ``training.npz``, or return None where there is none: most runs were made without.

    Raises
    ------
    BadInputError
        when the file is damaged, or its arrays do not fit together.
    FormatVersionError
        when it was written by a newer version.
    """
    if not Path(path).is_file():
        return None
    return parse_snapshots(read_bytes(path, limit=_MOST_BYTES), str(path))


def parse_snapshots(data: bytes, where: str) -> Snapshots:
    """Return what :func:`snapshot_bytes` wrote; for errors see :func:`read_snapshots`."""
    arrays = _arrays(data, where)
    version = int(arrays["version"])
    if version > VERSION:
        raise FormatVersionError(f"{where} is of version {version}; this installation reads up to version {VERSION}.")
    count, sequences, length = len(arrays["steps"]), *arrays["mask"].shape
    lengths, points = len(arrays["lengths"]), len(arrays["curve_of"])
    fits = {
        "steps": (count,), "phases": (count,), "losses": (count,), "accuracy": (count, lengths),
        "inputs": (sequences, length, arrays["inputs"].shape[-1]),
        "hidden": (count, sequences, length, arrays["hidden"].shape[-1]),
        "curve_of": (points,), "curve_steps": (points,), "curve_losses": (points,),
    }  # fmt: skip
    for name, shape in fits.items():
        if arrays[name].shape != shape:
            raise BadInputError(f"{where}: the array {name!r} has shape {arrays[name].shape}, not {shape}.")
    rungs = tuple(map(str, arrays["curve_rungs"]))
    if count == 0 or (points and not 0 <= arrays["curve_of"].min() <= arrays["curve_of"].max() < len(rungs)):
        raise BadInputError(f"{where}: it holds no moment, or points of curves that are not listed.")
    curves = LossCurves(rungs, arrays["curve_of"], arrays["curve_steps"], arrays["curve_losses"])
    return Snapshots(
        str(arrays["rung"]), arrays["steps"], tuple(map(str, arrays["phases"])), arrays["losses"],
        arrays["lengths"], arrays["accuracy"], arrays["inputs"], arrays["mask"], arrays["hidden"], curves,
    )  # fmt: skip


_KINDS = {
    "version": ("i", 0), "rung": ("U", 0), "steps": ("i", 1), "phases": ("U", 1), "losses": ("f", 1),
    "lengths": ("i", 1), "accuracy": ("f", 2), "inputs": ("i", 3), "mask": ("b", 2), "hidden": ("f", 4),
    "curve_rungs": ("U", 1), "curve_of": ("i", 1), "curve_steps": ("i", 1), "curve_losses": ("f", 1),
}  # fmt: skip
"""Kind of number and number of axes of every array."""


def _arrays(data: bytes, where: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name, each of its kind."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise BadInputError(f"{where} is damaged; make it again with {_AGAIN}.") from None
    found: dict[str, NDArray[Any]] = {}
    with archive:
        for name, (kind, axes) in _KINDS.items():
            try:
                info = archive.getinfo(f"{name}.npy")
            except KeyError:
                raise BadInputError(f"{where} has no array {name!r}; make it again with {_AGAIN}.") from None
            array = read_entry(archive, info, f"the array {name!r} in {where}", most=_MOST_NUMBERS, again=_AGAIN)
            if array.dtype.kind != kind or array.ndim != axes:
                raise BadInputError(f"{where}: the array {name!r} is {array.ndim}-dimensional {array.dtype}.")
            found[name] = array
    return found
