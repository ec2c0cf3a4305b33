"""Tables of a user: any CSV file, arrays or a data frame, as labelled data with every column's type and reason."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mips_core.curves.errors import CurveError
from mips_core.curves.study import LabelledData
from mips_core.curves.table.columns import column_of_values
from mips_core.curves.table.csv_reading import MAX_BYTES, read_csv
from mips_core.curves.table.labels import label
from mips_core.errors import BadInputError
from mips_core.files import read_bytes

__all__ = ["labelled", "read_table"]


def read_table(
    path_or_bytes: str | os.PathLike[str] | bytes,
    target: str,
    task: str | None = None,
    group: str | None = None,
    name: str | None = None,
) -> LabelledData:
    """Read a CSV file that nobody described; say how each column is read, and which rows cannot be used.

    A column is numbers when at least 95 % of its cells with a value are; rows in which it holds something else are
    rejected.  Other columns are levels.  Empty columns, constant ones, and texts that differ in nearly every row are
    left out.  Empty cells and NA, N/A, NaN, null, None and ? (in any case) are missing values.

    Parameters
    ----------
    path_or_bytes: the file, or what it holds: UTF-8, a header line, commas, semicolons or tabs between cells.
    target: the column to learn.
    task: "classification", "regression" or "ranking"; None tells it from the target: two different values are
        classes (sorted; the last one is the positive class), other numbers are values.
    group: the column that says which rows are ranked against each other; makes the task ranking.
    name: how the data are called; None takes the file's name.

    Raises
    ------
    CurveError
        when the file, a name, the target or the number of usable rows do not do; says where and what to do.
    """
    if isinstance(path_or_bytes, bytes):
        data, name = path_or_bytes, name or "data"
    else:
        name = name or Path(path_or_bytes).stem
        try:
            data = read_bytes(path_or_bytes, limit=MAX_BYTES)
        except BadInputError as error:
            raise CurveError(str(error)) from None
    rows = read_csv(data, name, as_text=() if group is None else (group,))
    return label(rows.columns, rows.lines, rows.rejected, target=target, task=task, group=group, name=name)


def labelled(
    columns: Mapping[str, Any] | Any,
    target: str,
    task: str | None = None,
    group: str | None = None,
    name: str = "data",
) -> LabelledData:
    """Return labelled data from columns in memory; types, task and unusable rows are told as for a file.

    Parameters
    ----------
    columns: arrays or lists of equal length by name (the target among them), or a data frame.
    target, task, group, name: as for :func:`read_table`.  Rejected rows are counted from 0.

    Raises
    ------
    CurveError
        as :func:`read_table` does, and when columns differ in length or are no rows of single values.
    """
    if not (hasattr(columns, "columns") or hasattr(columns, "keys")):
        raise CurveError("Columns are arrays by name, such as {'age': [...], 'sick': [...]}, or a data frame.")
    names = list(getattr(columns, "columns", columns))
    if twice := [each for each in map(str, names) if list(map(str, names)).count(each) > 1]:
        raise CurveError(f"Two columns are called {twice[0]!r}. Give each its own name.")
    by_name = {str(each): columns[each] for each in names}
    arrays = {each: np.asarray(values) for each, values in by_name.items()}
    for each, array in arrays.items():
        if array.ndim != 1:
            raise CurveError(f"The column {each!r} has the shape {array.shape}; a column is one value for each row.")
    lengths = {each: len(array) for each, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        short, long = min(lengths, key=lengths.__getitem__), max(lengths, key=lengths.__getitem__)
        raise CurveError(f"The column {short!r} has {lengths[short]:,} rows and {long!r} has {lengths[long]:,}.")
    rows = next(iter(lengths.values()), 0)
    cells = [column_of_values(each, array) for each, array in arrays.items()]
    return label(cells, np.arange(rows), (), target=target, task=task, group=group, name=name)
