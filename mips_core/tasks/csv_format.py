"""Data as CSV: two columns x,y; steps separated by spaces, the components of a step by ``;``.

A row for two inputs and one output: ``0;1 1;1 1;0,0 1 0``.  A row of a recorded trace:
``coin push,ok open``: components may be integers or words, each all through the file
(:mod:`mips_core.tasks.columns` tells which).  The header line ``x,y`` may be left out (with
it, the columns may also stand as ``y,x``).  Rows may differ in length; blank lines, spaces,
CRLF and a byte-order mark are fine.  A cell may stand in double quotes, and must where a
word holds a comma; within them a quote is written twice.  A number is an integer, or a
decimal that is exactly whole ("3.0", "1e3"), since spreadsheets and NumPy write those.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.files import write_text
from mips_core.stepping import IntArray
from mips_core.tasks.columns import is_word, read_column
from mips_core.tasks.dataset import MAX_NUMBERS, Dataset, make_dataset
from mips_core.tasks.vocabulary import Words, step_text

_MOST_COLUMNS = 100  # beyond it nobody needs the count

_PLAIN = re.compile(r"[0-9 ;-]*")
_CELL = re.compile(r'\s*(?:"([^"]*(?:""[^"]*)*)"\s*|([^",][^,]*)?)(,|$)')


@dataclass(frozen=True)
class _Line:
    """One row of the file: its line number and its cells x and y."""

    number: int
    cells: tuple[str, str]


@dataclass(frozen=True)
class _Side:
    """All x or all y of a file.

    Parameters
    ----------
    steps : one array (T, D) per row
    words : one entry per component
    """

    steps: list[IntArray]
    words: Words


def parse_csv(data: bytes, name: str) -> Dataset:
    """Read the text of a CSV file.

    Raises
    ------
    BadInputError
        when it is not text, holds no rows, or a row cannot be used; the message names the line.
    """
    lines = _lines(data, name)
    x, y = (_side([line.cells[side] for line in lines], "xy"[side], lines, name) for side in (0, 1))
    for line, inputs, outputs in zip(lines, x.steps, y.steps, strict=True):
        if len(inputs) != len(outputs):
            raise BadInputError(
                f"{name}, line {line.number}: x has {_count(len(inputs), 'step')} and y has {len(outputs)}; "
                "each input needs its output."
            )
    lengths = np.array([len(steps) for steps in x.steps], dtype=np.int64)
    return make_dataset(
        _padded(x.steps, lengths, name),
        _padded(y.steps, lengths, name),
        lengths,
        name,
        input_words=x.words,
        output_words=y.words,
    )


def csv_text(dataset: Dataset) -> str:
    """Write a data set as CSV with a header line, as :func:`parse_csv` reads it."""
    lines = ["x,y"]
    for x, y, length in zip(dataset.x, dataset.y, dataset.lengths.tolist(), strict=True):
        lines.append(f"{_cell(x[:length], dataset.input_words)},{_cell(y[:length], dataset.output_words)}")
    return "\n".join(lines) + "\n"


def write_csv(dataset: Dataset, path: str | os.PathLike[str]) -> None:
    """Write a data set to a CSV file in one step; see :func:`mips_core.files.write_bytes`."""
    write_text(path, csv_text(dataset))


def _cell(values: IntArray, words: Words) -> str:
    text = " ".join(step_text(step, words) for step in values.tolist())
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def _decoded(data: bytes, name: str) -> str:
    if b"\0" in data[:4096] or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadInputError(f"{name} is not a text file in UTF-8; save the data as CSV in UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInputError(f"{name}, line {line}: this is not UTF-8 text; save the data as CSV in UTF-8.") from None


def _lines(data: bytes, name: str) -> list[_Line]:
    """Split a file into its rows, the header read and left out."""
    lines: list[_Line] = []
    swapped = False
    header: int | None = None
    for number, line in enumerate(re.split(r"\r\n|\n|\r", _decoded(data, name)), start=1):
        if not line.strip():
            continue
        x, y = _cells(line, f"{name}, line {number}")
        if not lines and header is None and sorted([x.casefold(), y.casefold()]) == ["x", "y"]:
            header, swapped = number, x.casefold() == "y"
            continue
        lines.append(_Line(number, (y, x) if swapped else (x, y)))
    if not lines:
        found = "is empty" if header is None else "has a header and no rows"
        raise BadInputError(f"{name} {found}; a data file needs at least one row such as 0 1 1,0 1 0.")
    if header is None:
        _refuse_another_header(lines, name)
    return lines


def _cells(line: str, where: str) -> tuple[str, str]:
    """Split a line into its two cells, without quotes around them."""
    cells: list[str] = []
    place, comma = 0, ","
    while comma and len(cells) <= _MOST_COLUMNS:
        match = _CELL.match(line, place)
        if match is None:
            raise BadInputError(
                f"{where}: a cell begins with a double quote that does not end with the cell; "
                'write "..." around the cell and "" for a quote in it.'
            )
        quoted, plain, comma = match.groups()
        cells.append((plain or "").strip() if quoted is None else quoted.replace('""', '"').strip())
        place = match.end()
    if len(cells) != 2:
        found = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
        found = f"more than {_MOST_COLUMNS} columns" if len(cells) > _MOST_COLUMNS else found
        quotes = "; words with commas need quotes around their cell" if any(map(is_word, line.split())) else ""
        raise BadInputError(
            f"{where} has {found}; write two, x and y, with one comma between them, e.g. 0 1 1,0 1 0{quotes}."
        )
    return cells[0], cells[1]


def _refuse_another_header(lines: list[_Line], name: str) -> None:
    """Refuse a first line that can only be a header with other names than x and y.

    That is a line without numbers none of whose words occurs in another row.
    """
    first = [set(re.split(r"[\s;]+", cell)) - {""} for cell in lines[0].cells]
    if len(lines) == 1 or not all(first) or not all(map(is_word, set.union(*first))):
        return
    for line in lines[1:]:
        if any(words & set(re.split(r"[\s;]+", cell)) for words, cell in zip(first, line.cells, strict=True)):
            return
    raise BadInputError(
        f"{name}, line {lines[0].number} is {','.join(lines[0].cells)[:60]!r}; the header must be x,y, "
        "or leave it out (where this is no header, write x,y above it)."
    )


def _side(cells: list[str], letter: str, lines: list[_Line], name: str) -> _Side:
    """Read all cells of one side; every row has the same number of components per step."""
    if all(map(_PLAIN.fullmatch, cells)):
        try:
            return _plain_side(cells)
        except (ValueError, OverflowError):
            pass  # the careful way below names what is wrong
    return _any_side(cells, letter, lines, name)


def _plain_side(cells: list[str]) -> _Side:
    """Read cells of integers quickly; raises ValueError or OverflowError when something is wrong with any."""
    width = cells[0].split()[0].count(";") + 1 if cells[0].split() else 0
    steps = []
    for cell in cells:
        tokens = cell.split()
        numbers = np.array(list(map(int, cell.replace(";", " ").split())), dtype=np.int64)
        if not tokens or len(numbers) != len(tokens) * width or any(t.count(";") != width - 1 for t in tokens):
            raise ValueError(cell)
        steps.append(numbers.reshape(len(tokens), width))
    return _Side(steps, (None,) * width)


def _any_side(cells: list[str], letter: str, lines: list[_Line], name: str) -> _Side:
    """Read cells of integers and words: first as numbers of tokens, in order of appearance."""
    known: dict[str, int] = {}
    steps: list[IntArray] = []
    for line, cell in zip(lines, cells, strict=True):
        where = f"{name}, line {line.number}"
        if not cell:
            raise BadInputError(f"{where}: {letter} has no steps; write its numbers or remove the line.")
        parts = [token.split(";") for token in re.sub(r"\s*;\s*", ";", cell).split()]
        width = len(parts[0])
        for t, step in enumerate(parts, start=1):
            if "" in step:
                raise BadInputError(f"{where}: step {t} of {letter} is nothing; write a whole number or a word.")
            if len(step) != width:
                raise BadInputError(
                    f"{where}: step {t} of {letter} has {_count(len(step), 'component')} and step 1 has {width}; "
                    "every step needs the same number, with ; between them."
                )
        if steps and width != steps[0].shape[1]:
            raise BadInputError(
                f"{where}: {letter} has {_count(width, 'component')} per step and line {lines[0].number} has "
                f"{steps[0].shape[1]}; every row needs the same number, with ; between them."
            )
        steps.append(np.array([[known.setdefault(token, len(known)) for token in step] for step in parts]))
    return _with_values(steps, list(known), letter, lines, name)


def _with_values(steps: list[IntArray], tokens: list[str], letter: str, lines: list[_Line], name: str) -> _Side:
    """Replace numbers of tokens by the integers or words that they are, component by component."""
    values, words = [], []
    everything = np.concatenate(steps)  # (all steps, D)
    rows = np.repeat(np.arange(len(steps)), [len(row) for row in steps])
    starts = np.concatenate([[0], np.cumsum([len(row) for row in steps])])
    for column in everything.T:
        used, first, inverse, counts = np.unique(column, return_index=True, return_inverse=True, return_counts=True)

        def where(i: int, first: IntArray = first) -> str:
            row = int(rows[first[i]])
            return f"{name}, line {lines[row].number}: step {int(first[i] - starts[row]) + 1} of {letter}"

        found, vocabulary = read_column([tokens[i] for i in used], counts, where)
        values.append(found[inverse.reshape(-1)])
        words.append(vocabulary)
    read = np.stack(values, axis=1)
    return _Side(np.split(read, starts[1:-1]), tuple(words))


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
    values[np.arange(shape[1]) < lengths[:, None]] = np.concatenate(cells)
    return values
