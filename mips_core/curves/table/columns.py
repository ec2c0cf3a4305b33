"""One column of data: numbers, or texts as codes; which of the two is told from its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.missing import is_missing
from mips_core.curves.numbers import number_text
from mips_core.curves.transforms import Floats

NUMBER_SHARE = 0.95
"""A column holds numbers when at least this share of its cells with a value are numbers."""

UNNAMED = "(no name)"
"""What a first column without a name is called: the row numbers that many programs write there."""


@dataclass(frozen=True)
class NumberColumn:
    """Numbers.

    Parameters
    ----------
    values: (rows,) float64, NaN where the cell is missing or no number; may be infinite.
    strange: the cells that hold something else than a number, by row.
    decimal_comma: whether commas stood for decimal points.
    """

    name: str
    values: Floats
    strange: Mapping[int, str] = field(default_factory=dict)
    decimal_comma: bool = False


@dataclass(frozen=True)
class TextColumn:
    """Texts.

    Parameters
    ----------
    codes: (rows,) int32 index into ``texts``, -1 where the cell is missing.
    texts: the different texts, without spaces around them.
    """

    name: str
    codes: NDArray[np.int32]
    texts: tuple[str, ...]


Column = NumberColumn | TextColumn


def number_in(cell: str, decimal_comma: bool = False) -> float | None:
    """Return the number that a cell holds, None when it holds none.

    >>> number_in(" 1e3 "), number_in("1_000"), number_in("1,5"), number_in("1,5", decimal_comma=True)
    (1000.0, None, None, 1.5)
    """
    if decimal_comma and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def numbers_in(cells: Sequence[str], decimal_comma: bool = False) -> tuple[Floats, dict[int, str]]:
    """Return the numbers of many cells, (cells,) with NaN for missing or strange, and the strange cells by place."""
    together = "".join(cells)
    if "_" not in together:  # float() would read 1_000 as a number
        commas = decimal_comma and "," in together and "." not in together
        texts = (cell.replace(",", ".") for cell in cells) if commas else cells
        try:
            return np.fromiter(map(float, texts), dtype=np.float64, count=len(cells)), {}
        except ValueError:
            pass
    values = np.full(len(cells), np.nan)
    strange = {}
    for place, cell in enumerate(cells):
        number = number_in(cell, decimal_comma)
        if number is not None:
            values[place] = number
        elif not is_missing(cell):
            strange[place] = cell.strip()
    return values, strange


def mostly_numbers(values: Floats, strange: Mapping[int, str]) -> bool:
    """Whether what :func:`numbers_in` returned is a column of numbers; one without any value is."""
    with_value = len(strange) + int(np.count_nonzero(~np.isnan(values)))
    return len(strange) <= (1 - NUMBER_SHARE) * with_value


def column_of_texts(name: str, codes: NDArray[np.int32], cells: Sequence[str], decimal_comma: bool = False) -> Column:
    """Return a column of cells as numbers or texts, whichever it holds.

    Parameters
    ----------
    codes: (rows,) int32, for each row the index of its cell.
    cells: the different cells, as they were read.
    decimal_comma: read ``1,5`` as a number when ``1.5`` occurs nowhere in its place.
    """
    values, strange = numbers_in(cells, decimal_comma)
    counts = np.bincount(codes, minlength=len(cells)).astype(np.float64)
    gaps = np.array([is_missing(cell) for cell in cells], dtype=bool)
    odd = np.zeros(len(cells), dtype=bool)
    odd[list(strange)] = True
    with_value = counts[~gaps].sum()
    if with_value == 0 or counts[odd].sum() <= (1 - NUMBER_SHARE) * with_value:
        rows = np.flatnonzero(odd[codes])
        comma = decimal_comma and any("," in cell and not odd[place] for place, cell in enumerate(cells))
        return NumberColumn(name, values[codes], {int(row): strange[int(codes[row])] for row in rows}, comma)
    return text_column(name, codes, [None if gap else cell for cell, gap in zip(cells, gaps, strict=True)])


def text_column(name: str, codes: NDArray[np.int32], cells: Sequence[str | None]) -> TextColumn:
    """Return a column of texts; cells that differ only in spaces around them become one."""
    places: dict[str, int] = {}
    renumber = np.array(
        [-1 if cell is None else places.setdefault(cell.strip(), len(places)) for cell in cells] or [-1], dtype=np.int32
    )
    return TextColumn(name, renumber[codes], tuple(places))


def as_texts(column: Column) -> TextColumn:
    """Return a column as texts; numbers are written so that they read back exactly."""
    if isinstance(column, TextColumn):
        return column
    numbers, places = np.unique(column.values, return_inverse=True)
    codes = np.asarray(places, dtype=np.int32)
    cells: list[str | None] = [None if np.isnan(each) else number_text(each) for each in numbers.tolist()]
    for row, cell in column.strange.items():
        codes[row] = len(cells)
        cells.append(cell)
    return text_column(column.name, codes, cells)


def column_of_values(name: str, values: Any) -> Column:
    """Return a column from an array or a list in memory, of numbers, texts or anything that has a text."""
    array = np.asarray(values)
    if array.dtype.kind in "iuf":
        return NumberColumn(name, array.astype(np.float64))
    if array.dtype.kind in "mM":
        array = np.where(np.isnat(array), "", array.astype(str))
    places: dict[str, int] = {}
    codes = np.array([places.setdefault(_cell(each), len(places)) for each in array.tolist()], dtype=np.int32)
    return column_of_texts(name, codes, list(places))


def _cell(value: Any) -> str:
    """Return a value of an object array as the text that a file would hold for it."""
    if isinstance(value, str):
        return value
    if value is None or str(value) in ("<NA>", "NaT"):  # how pandas writes what is missing
        return ""
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, (bool, np.bool_)):
        return "" if value != value else number_text(float(value))
    return str(value)
