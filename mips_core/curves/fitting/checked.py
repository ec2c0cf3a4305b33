"""The door of the fitter: data as float64 columns in order of x, or a sentence that names the row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mips_core.curves.errors import CurveError
from mips_core.curves.numbers import number_array
from mips_core.curves.transforms import Floats

_LARGEST = 2e150  # larger weights, or distances from the middle, have squares that 64 bits barely hold
_LEXICOGRAPHIC_ROWS = 2_000  # up to here rows of equal x are put in order too, so that no sum depends on their order


@dataclass(frozen=True)
class SortedRows:
    """Rows in rising order of x: ``x`` and ``y`` (rows,) float64, and ``weight`` (rows,) or None when all are 1."""

    x: Floats
    y: Floats
    weight: Floats | None


def sorted_rows(x: ArrayLike, y: ArrayLike, w: ArrayLike | None) -> SortedRows:
    """Return the rows sorted by x.

    Parameters
    ----------
    x, y: (rows,) numbers; lists, any integer or float array, a data frame's column.
    w: (rows,) weights of the squared error, all above zero; None for all equal.

    Raises
    ------
    CurveError
        for no rows, unequal lengths, more than one dimension, something that is no number, dates, masked arrays, NaN,
        infinity, numbers more than 1e150 apart, or a weight that is not above zero; says which row, counted from 0.
    """
    columns = {"x": _column("x", x), "y": _column("y", y)}
    if w is not None:
        columns["w"] = _column("w", w)
    rows = len(columns["x"])
    for name, values in columns.items():
        if len(values) != rows:
            raise CurveError(f"{name} has {len(values)} rows and x has {rows}: they must have as many.")
    if not rows:
        raise CurveError("There are no rows: a curve needs at least one.")
    weight = columns.get("w")
    if weight is not None and not (positive := weight > 0).all():
        row = int(np.argmin(positive))
        raise CurveError(f"w[{row}] is {weight[row]:g}; a weight must be above zero. Leave the row out instead.")
    return _in_order(columns["x"], columns["y"], weight)


def _in_order(x: NDArray[Any], y: NDArray[Any], weight: NDArray[Any] | None) -> SortedRows:
    order: Any
    if len(x) <= _LEXICOGRAPHIC_ROWS:
        order = np.lexsort((y, x) if weight is None else (weight, y, x))
    elif np.all(x[1:] >= x[:-1]):
        order = slice(None)
    else:
        order = np.argsort(x)
    columns = (None if each is None else np.asarray(each[order], dtype=np.float64) for each in (x, y, weight))
    return SortedRows(*columns)  # type: ignore[arg-type]


def _column(name: str, values: Any) -> NDArray[Any]:
    """Return numbers of any type; they become float64 once they are in order, so that no more copies are held."""
    column = number_array(values, name)
    if column.ndim != 1:
        raise CurveError(f"{name} has the shape {column.shape}; it must be one column of numbers.")
    finite = np.isfinite(column)
    if not finite.all():
        row = int(np.argmin(finite))
        raise CurveError(f"{name}[{row}] is {column[row]}; all numbers must be finite. Leave such rows out.")
    # x and y may be as large as they like: only distances are squared
    middle = (float(column.max()) / 2 + float(column.min()) / 2) if name != "w" and len(column) else 0.0
    if len(column) and max(float(column.max()) - middle, middle - float(column.min())) > _LARGEST:
        row = int(np.argmax(np.abs(column.astype(np.float64) - middle)))
        raise CurveError(f"{name}[{row}] is {column[row]:g}; numbers so far apart need other units.")
    return column
