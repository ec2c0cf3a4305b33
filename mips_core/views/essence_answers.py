"""Inputs and answers of distilled code as drawings and as words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from mips_core.essence.certify import Fault
from mips_core.essence.counterexamples import Counterexample
from mips_core.views.essence_grids import input_svg
from mips_core.views.sequences import count_text

LONGEST = 160
"""Characters of a value that are shown."""


def value_html(value: Any, *, width: float = 340.0, height: float = 240.0) -> str:
    """Return a value: cells as a drawing, everything else as its text."""
    cells = _cells(value)
    if cells is not None:
        return f'<div class="essence">{input_svg(cells, width=width, height=height, largest=26)}</div>'
    return f'<div class="essence value"><code>{escape(value_text(value))}</code></div>'


def value_text(value: Any) -> str:
    """Write a value, a long one cut; None is a tie."""
    if value is None:
        return "None (a tie)"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _cells(value: Any) -> np.ndarray | None:
    """Return a row or grid of cells as an array; None for anything else."""
    if not isinstance(value, list) or not value:
        return None
    rows = value if all(isinstance(row, list) and row for row in value) else [value]
    if len({len(row) for row in rows if isinstance(row, list)}) != 1 or not all(isinstance(row, list) for row in rows):
        return None
    if not all(type(cell) in (int, bool) and cell in (0, 1) for row in rows for cell in row):
        return None
    return np.array(value, dtype=np.int64)


def clauses_text(clauses: Sequence[Sequence[int]]) -> str:
    """Write clauses as they are typed, one a line.

    >>> clauses_text([[1, -2], [3]])
    '1 -2\\n3'
    """
    return "\n".join(" ".join(map(str, clause)) for clause in clauses)


def satisfied_words(clauses: Sequence[Sequence[int]], values: Sequence[bool]) -> str:
    """Say how many clauses an assignment satisfies."""
    good = sum(any(values[abs(v) - 1] == (v > 0) for v in clause) for clause in clauses)
    return f"{good} of {count_text(len(clauses), 'clause')} hold"


def counterexample_words(found: Counterexample) -> str:
    """Say where network and code differ, or how the code failed."""
    if isinstance(found.code, Fault):
        return f"The code fails: {value_text(found.code)}. The network says {value_text(found.network)}"
    return f"The network says {value_text(found.network)}, the code {value_text(found.code)}"


def counterexample_html(found: Counterexample) -> str:
    """Return the input of a counterexample; where the answer has many parts, the place that differs is named."""
    drawn = "".join(value_html(value, width=300, height=160) for value in found.arguments)
    many = _cells(found.arguments[0]) is not None and isinstance(found.arguments[0], list)
    place = f"<p>The answers differ first at place {found.place}.</p>" if many and found.place else ""
    return f"{drawn}{place}"
