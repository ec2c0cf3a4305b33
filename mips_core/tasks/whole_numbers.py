"""Turning an array from outside into int64 without changing a single number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray

LIMIT = 2**63

_TOO_LARGE = "data must fit signed 64-bit integers, so scale it down."


def whole_numbers(values: NDArray[Any], name: str) -> IntArray:
    """Return ``values`` as int64; Booleans become 0 and 1, floats must be whole numbers.

    Parameters
    ----------
    values : array of Booleans, integers or floats, any shape
    name : what messages call the array, e.g. "x"

    Raises
    ------
    BadInputError
        when an entry is NaN, infinite, not whole or beyond 64 bits (the message says
        where), or the dtype holds no numbers.

    Examples
    --------
    >>> whole_numbers(np.array([1.0, 2.5]), "y")
    Traceback (most recent call last):
    mips_core.errors.BadInputError: y[1] is 2.5; data must be whole numbers, so round or scale it first.
    """
    kind = values.dtype.kind
    if kind in "ib":
        return values.astype(np.int64)
    if kind == "u":
        _refuse(values, values > np.uint64(LIMIT - 1), name, _TOO_LARGE)
        return values.astype(np.int64)
    if kind == "f":
        finite = np.isfinite(values)
        _refuse(values, ~finite, name, "data must be whole numbers, so remove or replace it.")
        _refuse(values, values != np.rint(values), name, "data must be whole numbers, so round or scale it first.")
        wide = values.astype(np.result_type(values.dtype, np.float64))  # float16 cannot hold the limit
        outside = (wide >= LIMIT) | (wide < -LIMIT)
        _refuse(values, outside, name, _TOO_LARGE)
        return values.astype(np.int64)
    raise BadInputError(f"{name} holds {_words(values.dtype)}; data must be integers. Save it as an integer array.")


def position(name: str, index: Sequence[Any]) -> str:
    """Write an index the way NumPy does: x[3, 0]."""
    return f"{name}[{', '.join(str(int(i)) for i in index)}]" if len(index) else name


def _refuse(values: NDArray[Any], bad: NDArray[Any], name: str, advice: str) -> None:
    if bad.any():
        index = np.argwhere(bad)[0]
        raise BadInputError(f"{position(name, index)} is {values[tuple(index)]}; {advice}")


def _words(dtype: np.dtype[Any]) -> str:
    names = {"U": "text", "S": "bytes", "O": "Python objects", "c": "complex numbers", "M": "dates", "m": "durations"}
    return names.get(dtype.kind, f"values of type {dtype}")
