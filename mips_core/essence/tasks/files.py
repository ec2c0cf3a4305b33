"""Data of essence networks as ``.npz``: arrays ``x`` and ``y``, and ``x_2, y_2`` to ``x_9, y_9`` at other sizes.

``x`` is (N, n) or (N, h, w); ``y`` is (N,) or (N, k).  ``reading`` may name one of
:data:`mips_core.essence.data.READINGS`.  Nothing in the file is trusted; :mod:`mips_core.npz` says how that is done.
"""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.essence.data import READINGS, EssenceData, Reading, Samples
from mips_core.files import read_bytes, write_bytes
from mips_core.npz import npz_names, read_arrays

MAX_NUMBERS = 2**24
"""Most numbers in one array."""

MAX_BYTES = 2**28
"""Most bytes that the arrays of one file may take once unpacked (256 MiB)."""

_SIZES = range(2, 10)
_LARGEST = 2**53  # floats hold every integer up to here


def read_data(path: str | os.PathLike[str]) -> EssenceData:
    """Read an ``.npz`` file; see :func:`parse_data`."""
    return parse_data(read_bytes(path), Path(path).name)


def parse_data(data: bytes, name: str) -> EssenceData:
    """Read the bytes of an ``.npz`` file.

    Raises
    ------
    BadInputError
        when it is no complete archive, lacks x or y, an array has another shape or dtype than said above, sizes or
        kinds of labels do not fit together, or one input has two labels.
    """
    stored = npz_names(data)
    too_many = sorted(key for key in stored if re.fullmatch(r"[xy]_\d+", key) and int(key[2:]) not in _SIZES)
    if too_many:
        raise BadInputError(f"{name} holds {too_many[0]!r}; other sizes are called x_2, y_2 up to x_9, y_9.")
    others = [f"{letter}_{size}" for size in _SIZES for letter in "xy"]
    arrays = read_arrays(data, name, ("x", "y"), (*others, "reading"), most=MAX_NUMBERS, most_bytes=MAX_BYTES)
    for key in sorted(arrays.keys() & set(others)):
        partner = ("y" if key[0] == "x" else "x") + key[1:]
        if partner not in arrays:
            raise BadInputError(f"{name} holds {key} without {partner}; every size needs both.")
    suffixes = ["", *(f"_{size}" for size in _SIZES if f"x_{size}" in arrays)]
    samples = [make_samples(arrays[f"x{s}"], arrays[f"y{s}"], f"{name}: x{s}", f"{name}: y{s}") for s in suffixes]
    return make_data(samples, reading=_reading(arrays.get("reading"), name), name=name)


def data_bytes(data: EssenceData) -> bytes:
    """Return data as ``.npz`` bytes, as :func:`parse_data` reads them: the same data always give the same bytes.

    Raises
    ------
    BadInputError
        when there are more sizes than a file holds.
    """
    if len(data.samples) > 1 + len(_SIZES):
        raise BadInputError(f"{data.name} has {len(data.samples)} sizes; a file holds at most {1 + len(_SIZES)}.")
    arrays: dict[str, NDArray[Any]] = {}
    for number, samples in enumerate(data.samples, start=1):
        suffix = f"_{number}" if number > 1 else ""
        arrays[f"x{suffix}"], arrays[f"y{suffix}"] = samples.x, samples.y
    if data.reading is not None:
        arrays["reading"] = np.array(data.reading)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **cast(Any, arrays))
    return buffer.getvalue()


def write_data(data: EssenceData, path: str | os.PathLike[str]) -> None:
    """Write data to an ``.npz`` file in one step; see :func:`mips_core.files.write_bytes`."""
    write_bytes(path, data_bytes(data))


def make_data(samples: list[Samples], *, reading: Reading | None = None, name: str = "data") -> EssenceData:
    """Put samples of several sizes together.

    Raises
    ------
    BadInputError
        when there are none, sizes occur twice, or the sizes differ in their number of axes or their kind of labels.
    """
    if not samples:
        raise BadInputError(f"{name} has no samples; give at least one labelled input.")
    first = samples[0]
    for number, other in enumerate(samples[1:], start=2):
        if other.x.ndim != first.x.ndim or other.y.ndim != first.y.ndim:
            raise BadInputError(
                f"{name}: x and y have {first.x.ndim} and {first.y.ndim} axes, but x_{number} and y_{number} have "
                f"{other.x.ndim} and {other.y.ndim}; the sizes must be of one kind."
            )
        if other.is_soft != first.is_soft:
            soft, hard = ("y", f"y_{number}") if first.is_soft else (f"y_{number}", "y")
            raise BadInputError(f"{name}: {soft} holds probabilities but {hard} holds labels; give one kind.")
        if any(other.input_shape == earlier.input_shape for earlier in samples[: number - 1]):
            raise BadInputError(
                f"{name}: inputs of size {_by(other.input_shape)} occur twice; give the samples of one size together."
            )
    return EssenceData(tuple(samples), reading=reading, name=name)


def make_samples(x: NDArray[Any], y: NDArray[Any], x_name: str = "x", y_name: str = "y") -> Samples:
    """Return labelled inputs in their one form: integers as int64, real numbers and probabilities as float64.

    Parameters
    ----------
    x : (N, n) or (N, h, w), of numbers or truth values
    y : (N,) of integers, or (N, k) of integers or of probabilities
    x_name, y_name : what to call them in errors

    Raises
    ------
    BadInputError
        when a shape or a number is none of these, or one input has two labels; it names the two rows.
    """
    if x.ndim not in (2, 3) or y.ndim not in (1, 2):
        wrong, shape = (x_name, x.shape) if x.ndim not in (2, 3) else (y_name, y.shape)
        wanted = "(N, n) or (N, h, w)" if wrong == x_name else "(N,) or (N, k)"
        raise BadInputError(f"{wrong} has shape {shape}; it must be {wanted}.")
    if len(x) != len(y):
        raise BadInputError(f"{x_name} has {len(x):,} rows and {y_name} has {len(y):,}; each input needs one label.")
    for array, array_name in ((x, x_name), (y, y_name)):
        if array.size == 0:
            raise BadInputError(f"{array_name} is empty (shape {array.shape}); give at least one labelled input.")
    inputs, labels = _numbers(x, x_name), _numbers(y, y_name)
    if labels.dtype.kind == "f":
        if y.ndim == 1:
            part = labels[labels != np.round(labels)][0]
            raise BadInputError(f"{y_name} holds {part:g}; labels are integers, or (N, k) probabilities.")
        outside = labels[(labels < 0) | (labels > 1)]
        if outside.size:
            raise BadInputError(
                f"{y_name} holds fractions, so all of it must be probabilities; {outside[0]:g} is none."
            )
    _check_agreement(inputs, labels, x_name, y_name)
    return Samples(inputs, labels)


def _numbers(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Return int64 where all numbers are whole, float64 otherwise."""
    if array.dtype.kind not in "buif":
        raise BadInputError(f"{name} holds {array.dtype} values; numbers are needed.")
    if array.dtype.kind == "f":
        if not np.isfinite(array).all():
            raise BadInputError(f"{name} holds a number that is infinite or no number (NaN); give finite numbers.")
        real = array.astype(np.float64)
        if (real != np.round(real)).any():
            return np.ascontiguousarray(real) + 0.0  # -0.0 becomes 0.0
        if np.abs(real).max() > _LARGEST:
            raise BadInputError(f"{name} holds {np.abs(real).max():g}; floats beyond 2^53 are not exact integers.")
    elif array.dtype.kind == "u" and array.max() > np.iinfo(np.int64).max:
        raise BadInputError(f"{name} holds {array.max():,}; integers up to 2^63 - 1 are read.")
    return np.ascontiguousarray(array.astype(np.int64))


def _check_agreement(x: NDArray[Any], y: NDArray[Any], x_name: str, y_name: str) -> None:
    """Refuse two labels for one input; equal numbers have equal bytes here, see :func:`_numbers`."""
    earlier: dict[bytes, int] = {}
    for row, value in enumerate(x):
        first = earlier.setdefault(value.tobytes(), row)
        if first != row and (y[first] != y[row]).any():
            raise BadInputError(
                f"Rows {first + 1} and {row + 1} of {x_name} are equal, but {y_name} says {_said(y[first])} for one "
                f"and {_said(y[row])} for the other. Correct or remove one of them."
            )


def _said(label: Any) -> str:
    return str(np.asarray(label).tolist())


def _reading(stored: NDArray[Any] | None, name: str) -> Reading | None:
    if stored is None:
        return None
    word = str(stored.ravel()[0]) if stored.dtype.kind == "U" and stored.size == 1 else None
    if word not in READINGS:
        raise BadInputError(f"{name}: reading must be one of {', '.join(map(repr, READINGS))}, as one piece of text.")
    return cast(Reading, word)


def _by(shape: tuple[int, ...]) -> str:
    return " by ".join(map(str, shape))
