"""What callers give as a table: checked, and as 64-bit integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.whole_numbers import whole_numbers


def given_table(columns: Mapping[str, IntArray], target: IntArray) -> tuple[dict[str, IntArray], IntArray]:
    """Return columns and target as int64 arrays of one length; truth values become 0 and 1.

    Parameters
    ----------
    columns : variable name -> whole numbers, shape (R,)
    target : whole numbers, shape (R,)

    Raises
    ------
    BadInputError
        when a column has another shape than the target, the target is no list, it has several values and there are
        no columns, or a value is no whole number of 64 bits.
    """
    wanted = _integers(target, "target")
    if wanted.ndim != 1:
        raise BadInputError(f"The target has shape {wanted.shape}; it must be one list of whole numbers.")
    table = {name: _integers(values, f"columns[{name!r}]") for name, values in columns.items()}
    if not table and len(wanted) and (wanted != wanted[0]).any():
        raise BadInputError("The table has no columns, and its target is not always the same; give a column.")
    for name, values in table.items():
        if values.shape != wanted.shape:
            raise BadInputError(
                f"Column {name!r} has shape {values.shape}, the target {wanted.shape}; make them equal."
            )
    return table, wanted


def given_budget(seconds: float) -> float:
    """Return the seconds that a caller allows.

    Raises
    ------
    BadInputError
        when it is no number, or negative.
    """
    if not seconds >= 0:
        raise BadInputError(f"The budget is {seconds} seconds; give a number of seconds that is not negative.")
    return seconds


def contradiction(columns: Sequence[IntArray], target: IntArray) -> tuple[int, int] | None:
    """Return two rows with equal columns and different targets, or None.

    >>> contradiction([np.array([0, 1, 0])], np.array([5, 6, 7]))
    (0, 2)

    Parameters
    ----------
    columns : int64, shape (R,) each
    target : int64, shape (R,)
    """
    drawn = np.random.Generator(np.random.PCG64(20240530)).integers(-(2**63), 2**63 - 1, len(columns)) | 1
    keys = np.zeros(len(target), dtype=np.int64)
    for values, factor in zip(columns, drawn, strict=True):
        keys = keys + values * factor  # modulo 2^64
    order = np.argsort(keys, kind="stable")
    one, two = order[:-1], order[1:]
    for at in np.flatnonzero((keys[one] == keys[two]) & (target[one] != target[two])).tolist():
        rows = int(one[at]), int(two[at])
        if all(values[rows[0]] == values[rows[1]] for values in columns):
            return rows
    return None


def given_bits(columns: Mapping[str, IntArray], target: IntArray) -> tuple[dict[str, IntArray], IntArray]:
    """Return columns and target of 0 and 1 as int64 arrays.

    Raises
    ------
    BadInputError
        as :func:`given_table` does, or when there are no columns, or another value than 0 and 1.
    """
    table, wanted = given_table(columns, target)
    if not table:  # the target is always the same
        raise BadInputError("A truth table needs at least one column.")
    for name, values in (("the target", wanted), *((f"column {name!r}", values) for name, values in table.items())):
        other = np.flatnonzero((values != 0) & (values != 1))
        if len(other):
            raise BadInputError(f"Row {other[0]} of {name} is {values[other[0]]}; a truth table holds only 0 and 1.")
    return table, wanted


def _integers(values: IntArray, name: str) -> IntArray:
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different length
        raise BadInputError(f"{name} is no array of whole numbers.") from None
    return array if array.dtype == np.int64 else whole_numbers(array, name)
