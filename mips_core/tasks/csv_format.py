"""Data as CSV: two columns x,y; steps separated by spaces, the components of a step by ``;``.

A row for two inputs and one output: ``0;1 1;1 1;0,1 0 1``.  The header line
``x,y`` may be left out (with it, the columns may also stand as ``y,x``).  Rows
may differ in length; blank lines, quotes around a cell, spaces, CRLF and a
byte-order mark are fine.  A number is an integer, or a decimal that is exactly
whole ("3.0", "1e3"), since spreadsheets and NumPy write those.
"""

from __future__ import annotations

import os
import re
from decimal import Decimal

import numpy as np

from mips_core.errors import BadInputError
from mips_core.files import write_text
from mips_core.stepping import IntArray
from mips_core.tasks.dataset import MAX_NUMBERS, Dataset, make_dataset
from mips_core.tasks.whole_numbers import LIMIT

_PLAIN = re.compile(r"[0-9 ;-]*")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")

Row = tuple[IntArray, IntArray]
"""x and y of one line, each of shape (T, D)."""

_NOT_NUMBERS = ("nan", "inf", "infinity", "none", "null", "na")
"""Words that stand where a number should: they deserve the message about that number, not one about the header."""


def parse_csv(data: bytes, name: str) -> Dataset:
    """Read the text of a CSV file.

    Raises
    ------
    BadInputError
        when it is not text, holds no rows, or a row cannot be used; the message names the line.
    """
    rows: list[Row] = []
    swapped = False
    first_line, first = 0, True
    for number, line in enumerate(re.split(r"\r\n|\n|\r", _decoded(data, name)), start=1):
        if not line.strip():
            continue
        where = f"{name}, line {number}"
        cells = _cells(line, where)
        if first:
            first = False
            header = _header(cells, where)
            if header is not None:
                swapped = header
                continue
        row = _row(cells[::-1] if swapped else cells, where)
        if rows:
            _same_widths(row, rows[0], where, first_line)
        else:
            first_line = number
        rows.append(row)
    if not rows:
        found = "is empty" if first else "has a header and no rows"
        raise BadInputError(f"{name} {found}; a data file needs at least one row such as 0 1 1,0 1 0.")
    lengths = np.array([len(x) for x, _ in rows], dtype=np.int64)
    padded = [_padded([row[side] for row in rows], lengths, name) for side in (0, 1)]
    return make_dataset(padded[0], padded[1], lengths, name)


def csv_text(dataset: Dataset) -> str:
    """Write a data set as CSV with a header line, as :func:`parse_csv` reads it."""
    lines = ["x,y"]
    for x, y, length in zip(dataset.x, dataset.y, dataset.lengths.tolist(), strict=True):
        lines.append(f"{_cell(x[:length])},{_cell(y[:length])}")
    return "\n".join(lines) + "\n"


def write_csv(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    """Write a data set to a CSV file in one step; see :func:`mips_core.files.write_bytes`."""
    write_text(path, csv_text(dataset))


def _cell(values: IntArray) -> str:
    return " ".join(";".join(map(str, step)) for step in values.tolist())


def _decoded(data: bytes, name: str) -> str:
    if b"\0" in data[:4096] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadInputError(f"{name} is not a text file in UTF-8; save the data as CSV in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInputError(f"{name}, line {line}: this is not UTF-8 text; save the data as CSV in UTF-8.") from None


def _cells(line: str, where: str) -> list[str]:
    """Split a line into its two cells, without quotes around them."""
    cells = [cell.strip() for cell in line.split(",")]
    if len(cells) != 2:
        found = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        raise BadInputError(f"{where} has {found}; write two, x and y, with one comma between them, e.g. 0 1 1,0 1 0.")
    unquoted = []
    for cell in cells:
        if len(cell) >= 2 and cell[0] == cell[-1] == '"':
            cell = cell[1:-1].strip()
        unquoted.append(cell)
    return unquoted


def _header(cells: list[str], where: str) -> bool | None:
    """Return whether the columns are swapped when this is the header, None when it is already data."""
    names = [cell.casefold() for cell in cells]
    if sorted(names) == ["x", "y"]:
        return names == ["y", "x"]
    words = re.split(r"[\s;]+", " ".join(names).strip())
    if any(words) and not any(_DECIMAL.fullmatch(word) or word.strip("+-") in _NOT_NUMBERS for word in words):
        raise BadInputError(f"{where} is {','.join(cells)[:60]!r}; the header must be x,y, or leave it out.")
    return None


def _row(cells: list[str], where: str) -> Row:
    x, y = (_steps(cell, letter, where) for cell, letter in zip(cells, "xy", strict=True))
    if len(x) != len(y):
        raise BadInputError(f"{where}: x has {_count(len(x), 'step')} and y has {len(y)}; each input needs its output.")
    return x, y


def _steps(cell: str, letter: str, where: str) -> IntArray:
    """Read one cell, shape (T, D); all steps have the same number of components."""
    if not cell:
        raise BadInputError(f"{where}: {letter} has no steps; write its numbers or remove the line.")
    if _PLAIN.fullmatch(cell):
        tokens = cell.split()
        width = tokens[0].count(";") + 1
        try:
            numbers = np.array(list(map(int, cell.replace(";", " ").split())), dtype=np.int64)
            if len(numbers) == len(tokens) * width and all(token.count(";") == width - 1 for token in tokens):
                return numbers.reshape(len(tokens), width)
        except (ValueError, OverflowError):
            pass  # the careful way below names the number that is wrong
    tokens = re.sub(r"\s*;\s*", ";", cell).split()
    result = [
        [_number(part, f"{where}: step {t} of {letter}") for part in token.split(";")]
        for t, token in enumerate(tokens, start=1)
    ]
    for t, step in enumerate(result, start=1):
        if len(step) != len(result[0]):
            raise BadInputError(
                f"{where}: step {t} of {letter} has {_count(len(step), 'component')} and step 1 has {len(result[0])}; "
                "every step needs the same number, with ; between them."
            )
    return np.array(result, dtype=np.int64)


def _number(token: str, where: str) -> int:
    """Read an integer, or a decimal that is exactly whole."""
    if not _DECIMAL.fullmatch(token):
        shown = repr(token[:30]) if token else "nothing"
        raise BadInputError(f"{where} is {shown}; write a whole number such as 3 or -12.")
    if _INTEGER.fullmatch(token) and len(token) <= 18:
        return int(token)
    value = Decimal(token)
    if value.copy_abs() > LIMIT or value == LIMIT:
        raise BadInputError(f"{where} is {token[:30]}; numbers must fit signed 64-bit integers, so scale it down.")
    if value != value.to_integral_value():
        raise BadInputError(f"{where} is {token[:30]}; data must be whole numbers, so round or scale it first.")
    return int(value)


def _same_widths(row: Row, first: Row, where: str, first_line: int) -> None:
    for side, letter in enumerate("xy"):
        found, expected = row[side].shape[1], first[side].shape[1]
        if found != expected:
            raise BadInputError(
                f"{where}: {letter} has {_count(found, 'component')} per step and line {first_line} has {expected}; "
                "every row needs the same number, with ; between them."
            )


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _padded(cells: list[IntArray], lengths: IntArray, name: str) -> IntArray:
    """Return int64 (N, T, D) with zeros beyond each row's length."""
    shape = (len(cells), int(lengths.max()), cells[0].shape[1])
    if shape[0] * shape[1] * shape[2] > MAX_NUMBERS:
        raise BadInputError(
            f"{name} needs {shape[0] * shape[1] * shape[2]:,} numbers once all rows are as long as the longest "
            f"({shape[1]:,} steps); at most {MAX_NUMBERS:,} are read, so split the longest rows or use fewer."
        )
    values = np.zeros(shape, dtype=np.int64)
    values[np.arange(shape[1]) < lengths[:, None]] = np.concatenate(
        [np.array(steps, dtype=np.int64) for steps in cells]
    )
    return values
