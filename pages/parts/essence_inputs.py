"""What a reader may give distilled code: rows and grids to paint, numbers and clauses to type."""

from enum import Enum
from typing import Any

import numpy as np

from mips_core.essence.stored import StoredEssence
from mips_core.views.essence_answers import clauses_text
from pages.parts.essence_paint import cells_text, read_cells

MOST_STEPS = 24
"""Steps of a row of cells that are drawn below it."""

_MOST_GRID, _MOST_ROW, _MOST_NUMBERS, _MOST_CLAUSES, _MOST_VARIABLES = 16, 41, 40, 30, 12
_FORMULA = [[1, 2], [-1, 3], [-2, -3], [1, -3, 4], [-4], [2, 3, -4], [-1, -2]]


class InputKind(Enum):
    """How an input is given."""

    ROW = "a row of cells that evolves"
    FIELD = "a grid of cells that evolves"
    RULE_AND_ROW = "a row of cells with a rule's number"
    BITS = "a list of 0 and 1"
    GRID = "a grid of 0 and 1"
    NUMBERS = "a list of numbers"
    NUMBER_GRID = "rows of numbers"
    CLAUSES = "clauses"

    @property
    def is_painted(self) -> bool:
        """Whether it consists of cells of 0 and 1."""
        return self not in (InputKind.NUMBERS, InputKind.NUMBER_GRID, InputKind.CLAUSES)

    @property
    def is_field(self) -> bool:
        """Whether the answer is the next input."""
        return self in (InputKind.ROW, InputKind.FIELD, InputKind.RULE_AND_ROW)


def kind_of(stored: StoredEssence) -> InputKind:
    """Return what the code of a result takes."""
    flat = len(stored.network.input_shape) == 1
    if stored.reading == "window":
        return InputKind.ROW if flat else InputKind.FIELD
    if stored.reading == "rule and window":
        return InputKind.RULE_AND_ROW
    if stored.reading == "clauses":
        return InputKind.CLAUSES
    bits = bool(np.isin(stored.samples.x, (0, 1)).all())
    if flat:
        return InputKind.BITS if bits and stored.whole else InputKind.NUMBERS
    return InputKind.GRID if bits else InputKind.NUMBER_GRID


def widest(kind: InputKind) -> int:
    """Return the most cells across."""
    return _MOST_GRID if kind in (InputKind.GRID, InputKind.FIELD) else _MOST_ROW


def default_text(kind: InputKind, stored: StoredEssence) -> str:
    """Return an input to begin with."""
    if kind in (InputKind.ROW, InputKind.RULE_AND_ROW):
        return "0" * 15 + "1" + "0" * 15
    if kind is InputKind.FIELD:  # a glider
        cells = np.zeros((10, 10), dtype=int)
        cells[(1, 2, 3, 3, 3), (2, 3, 1, 2, 3)] = 1
        return cells_text(cells.tolist())
    if kind is InputKind.CLAUSES:
        return clauses_text(_FORMULA)
    if kind is InputKind.NUMBERS:
        return "3 1 4 1.5 9 2.6 5"
    x = stored.samples.x[0]
    if kind is InputKind.GRID and min(x.shape) >= 12:  # larger than can be painted: a sloped stroke
        cells = np.zeros((14, 14), dtype=int)
        cells[np.arange(14), 5 + np.arange(14) // 4] = 1
        return cells_text(cells.tolist())
    if kind in (InputKind.GRID, InputKind.BITS):
        row = len(stored.samples.x) * 2 // 3
        return cells_text(np.atleast_2d(stored.samples.x[row]).astype(int).tolist())
    return "\n".join(" ".join(f"{value:g}" for value in line) for line in x.tolist())


def read_input(text: str, kind: InputKind, stored: StoredEssence) -> Any:
    """Read an input.

    Raises
    ------
    ValueError
        when it is none of this kind; the sentence says why.
    """
    if kind.is_painted:
        rows = read_cells(text, widest(kind))
        if kind in (InputKind.GRID, InputKind.FIELD):
            return rows
        if len(rows) != 1:
            raise ValueError("A link brought a grid where a row of cells belongs. Press Clear to begin anew.")
        return rows[0]
    lines = [_numbers(line, kind) for line in text.splitlines() if line.strip()]
    if kind is InputKind.CLAUSES:
        return _clauses(lines)
    if kind is InputKind.NUMBERS:
        numbers = [number for line in lines for number in line]
        if not 2 <= len(numbers) <= _MOST_NUMBERS:
            raise ValueError(f"Give 2 to {_MOST_NUMBERS} numbers; there are {len(numbers)}.")
        return numbers
    if not lines or len({len(line) for line in lines}) != 1 or max(len(lines), len(lines[0])) > _MOST_NUMBERS:
        raise ValueError(f"Give rows of equally many numbers, at most {_MOST_NUMBERS} by {_MOST_NUMBERS}.")
    return lines


def _numbers(line: str, kind: InputKind) -> list[Any]:
    found: list[Any] = []
    for word in line.replace(",", " ").split():
        try:
            found.append(int(word))
        except ValueError:
            try:
                number = float(word)
            except ValueError:
                raise ValueError(f"{word[:20]!r} is no number.") from None
            if kind is InputKind.CLAUSES or not np.isfinite(number):
                raise ValueError(f"{word[:20]!r} is no number that can stand here.") from None
            found.append(number)
        if abs(found[-1]) > 10**9:
            raise ValueError(f"{word[:20]} is too large; numbers go up to a billion.")
    return found


def _clauses(lines: list[list[int]]) -> list[list[int]]:
    if not 1 <= len(lines) <= _MOST_CLAUSES:
        raise ValueError(f"Give 1 to {_MOST_CLAUSES} clauses, one a line; there are {len(lines)}.")
    for number, clause in enumerate(lines, start=1):
        if any(not 1 <= abs(literal) <= _MOST_VARIABLES for literal in clause):
            raise ValueError(f"Clause {number}: variables have the numbers 1 to {_MOST_VARIABLES}.")
        if len({abs(literal) for literal in clause}) != len(clause):
            raise ValueError(f"Clause {number} names a variable twice.")
    return lines
