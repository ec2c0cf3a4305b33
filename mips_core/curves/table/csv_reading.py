"""CSV files that nobody described: delimiter, header, rows by line, and cells column by column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.errors import CurveError
from mips_core.curves.study import RejectedRow
from mips_core.curves.table.columns import (
    UNNAMED,
    Column,
    NumberColumn,
    as_texts,
    column_of_texts,
    mostly_numbers,
    number_in,
    numbers_in,
)
from mips_core.curves.transforms import Floats
from mips_core.wording import plural

MAX_BYTES = 512 * 2**20
"""Largest file read."""

MAX_COLUMNS = 1_000
MAX_NAME = 200
"""Longest name of a column, in characters."""

DELIMITERS = ",;\t"
_CHUNK = 4_096  # rows turned into columns at a time: bounds the memory that cells as Python texts take
_SAMPLE = 50  # rows from which the delimiter is told


@dataclass(frozen=True)
class CsvRows:
    """What a file holds.

    Parameters
    ----------
    columns: in the order of the file.
    lines: (rows,) int64, the line on which each row begins, from 1 with the header.
    rejected: rows that have too few or too many fields.
    """

    columns: tuple[Column, ...]
    lines: NDArray[np.int64]
    rejected: tuple[RejectedRow, ...]


def read_csv(data: bytes, name: str, as_text: Sequence[str] = ()) -> CsvRows:
    """Read a CSV file with a header line.

    Parameters
    ----------
    data: the file; UTF-8, with or without a byte-order mark.
    name: how messages call it.
    as_text: columns that are read as texts whatever they hold.

    Raises
    ------
    CurveError
        when it is too large, not UTF-8, has no usable header, or quotes that never close; says where.
    """
    if len(data) > MAX_BYTES:
        raise CurveError(f"{name} has {len(data):,} bytes; at most {MAX_BYTES:,} are read. Keep a sample of its rows.")
    _refuse_other_encodings(data, name)
    delimiter = _delimiter(data)
    source = _Source(data, name, delimiter)
    cells = [_Cells(each, wordy=each in as_text) for each in source.header]
    starts = [np.zeros(0, dtype=np.int64)]
    for lines, rows in source.chunks():
        starts.append(lines)
        for column, texts in zip(cells, zip(*rows, strict=True), strict=True):
            column.add(texts, delimiter == ";")
    columns = [each.column(delimiter == ";") for each in cells]
    again = {place: _Cells(cells[place].name, wordy=True) for place, each in enumerate(columns) if each is None}
    if again:
        for _, rows in _Source(data, name, delimiter).chunks():
            for place, each in again.items():
                each.add([row[place] for row in rows], delimiter == ";")
    settled = [each or again[place].column(delimiter == ";") for place, each in enumerate(columns)]
    return CsvRows(
        tuple(as_texts(each) if each.name in as_text else each for each in settled if each is not None),
        np.concatenate(starts),
        tuple(source.rejected),
    )


def _refuse_other_encodings(data: bytes, name: str) -> None:
    if b"\0" in data[:4096] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise CurveError(f"{name} is not a text file in UTF-8. Save it as CSV in UTF-8.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _lines_before(data[: error.start]) + 1
        raise CurveError(f"{name}, line {line}: this is not UTF-8 text. Save the file as CSV in UTF-8.") from None


def _lines_before(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def _text_lines(data: bytes) -> Iterator[str]:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")


def _delimiter(data: bytes) -> str:
    """Return the delimiter that splits most of the first rows into as many fields as the header, and more than one."""
    best, best_score = DELIMITERS[0], (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in islice(csv.reader(_text_lines(data), delimiter=delimiter), _SAMPLE) if row]
        except csv.Error:
            continue
        if not rows or len(rows[0]) < 2:
            continue
        score = (sum(len(row) == len(rows[0]) for row in rows) / len(rows), len(rows[0]))
        if score > best_score:
            best, best_score = delimiter, score
    return best


class _Source:
    """The header and the rows of a file, with the lines on which they begin; ``rejected`` fills while rows are read."""

    def __init__(self, data: bytes, name: str, delimiter: str) -> None:
        self.name = name
        self.rejected: list[RejectedRow] = []
        self._reader = csv.reader(_text_lines(data), delimiter=delimiter, strict=True)
        self._line = 1  # on which the next row begins
        for _, rows in self._blocks(1):
            if self.rejected:
                raise CurveError(f"{name}, line {self.rejected[0].line}: {self.rejected[0].reason}.")
            if any(cell.strip() for cell in rows[0]):
                self.header = _header(rows[0], name)
                return
        raise CurveError(f"{name} is empty; a line with the columns' names and at least 20 rows are needed.")

    def _blocks(self, most: int) -> Iterator[tuple[NDArray[np.int64], list[list[str]]]]:
        """Yield up to ``most`` rows at a time, each with the line on which it begins."""
        ended = False
        while not ended:
            rows: list[list[str]] = []
            stray = None
            try:
                for row in islice(self._reader, most):
                    rows.append(row)
                ended = len(rows) < most
            except csv.Error as error:
                stray = error
            if self._reader.line_num + 1 - self._line == len(rows):
                lines = np.arange(self._line, self._line + len(rows))
            else:  # some cells hold line ends
                heights = np.array([_height(row) for row in rows], dtype=np.int64)
                lines = self._line + np.cumsum(heights) - heights
            if stray is not None:
                self._reject_stray_quote(stray, int(lines[-1]) + _height(rows[-1]) if rows else self._line)
            self._line = self._reader.line_num + 1
            if rows:
                yield lines, rows

    def _reject_stray_quote(self, error: csv.Error, line: int) -> None:
        if "expected after" not in str(error):
            raise CurveError(f"{self.name}, line {line}: {_said(error)}", line=line) from None
        self.rejected.append(RejectedRow(line, "text follows a closing quote; within quotes, write a quote twice"))

    def chunks(self) -> Iterator[tuple[NDArray[np.int64], list[list[str]]]]:
        """Yield the lines and the cells of some rows at a time; blank rows are passed over, odd ones rejected."""
        width = len(self.header)
        for lines, rows in self._blocks(_CHUNK):
            good = np.array([len(row) == width for row in rows])
            if not good.all():
                for place in np.flatnonzero(~good).tolist():
                    if any(cell.strip() for cell in rows[place]):
                        reason = f"{plural(len(rows[place]), 'field')} instead of {width}"
                        self.rejected.append(RejectedRow(int(lines[place]), reason))
                lines, rows = lines[good], [row for row in rows if len(row) == width]
            if rows:
                yield lines, rows


def _height(row: list[str]) -> int:
    """Return on how many lines of the file a row stands: one more than the line ends in its cells."""
    return 1 + sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") for cell in row)


def _said(error: csv.Error) -> str:
    if "unexpected end of data" in str(error):
        return "a quote opens here or later in this row and never closes. Close it, or double it within a quoted cell."
    if "field larger" in str(error):
        return f"a cell is longer than {csv.field_size_limit():,} characters; perhaps a quote never closes."
    return f"{error}."


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    if len(header) > 2 and not header[0] and UNNAMED not in header:
        header[0] = UNNAMED
    if len(header) < 2:
        raise CurveError(
            f"{name} has one column, {header[0][:MAX_NAME]!r}. "
            "Two or more are needed, with commas, semicolons or tabs between."
        )
    if len(header) > MAX_COLUMNS:
        raise CurveError(f"{name} has {len(header):,} columns; at most {MAX_COLUMNS:,} are read.")
    if all(number_in(cell) is not None for cell in header):
        raise CurveError(f"{name} begins with numbers. Its first line must hold the columns' names.")
    for place, each in enumerate(header, 1):
        if not each:
            raise CurveError(f'Column {place} of {name} has no name (""). Name it in the first line, or take it out.')
        if len(each) > MAX_NAME:
            raise CurveError(f"The name of column {place} of {name} has {len(each):,} characters; most: {MAX_NAME}.")
    if twice := [each for each in header if header.count(each) > 1]:
        raise CurveError(f"Two columns of {name} are called {twice[0]!r}. Give each its own name.")
    return header


@dataclass
class _Cells:
    """One column while it is read: numbers as long as its first rows are numbers, else codes of texts."""

    name: str
    wordy: bool = False
    commas: bool = False
    numbers: list[Floats] = field(default_factory=list)
    strange: dict[int, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    codes: list[NDArray[np.int32]] = field(default_factory=list)
    rows: int = 0

    def add(self, cells: Sequence[str], decimal_comma: bool) -> None:
        """Take in the cells of further rows."""
        if not self.wordy:
            values, strange = numbers_in(cells, decimal_comma)
            self.commas = self.commas or (decimal_comma and any("," in cell for cell in cells))
            if not self.rows and not mostly_numbers(values, strange):
                self.wordy = True
            else:
                self.numbers.append(values)
                self.strange.update((self.rows + place, cell) for place, cell in strange.items())
        if self.wordy:
            known = self.places
            codes = (known.setdefault(cell, len(known)) for cell in cells)
            self.codes.append(np.fromiter(codes, dtype=np.int32, count=len(cells)))
        self.rows += len(cells)

    def column(self, decimal_comma: bool) -> Column | None:
        """Return the column; None when it looked like numbers at first and is not, so that its texts are not kept."""
        if self.wordy:
            return column_of_texts(self.name, np.concatenate(self.codes), list(self.places), decimal_comma)
        values = np.concatenate(self.numbers) if self.numbers else np.zeros(0)
        return (
            NumberColumn(self.name, values, self.strange, self.commas) if mostly_numbers(values, self.strange) else None
        )
