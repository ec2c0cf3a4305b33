"""Input sequences as a person types them, and numbers as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.encoding import OVERFLOW
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

LONGEST = 400
"""Steps that a page accepts: more cannot be read, and a link with more would be cut."""


def parse_sequence(text: str, inputs: Sequence[Integers], longest: int = LONGEST) -> IntArray:
    """Read a typed sequence, int64 (T, D_in): steps by spaces or commas, ``;`` between the integers of a step.

    Where one digit per step is all that can occur, digits may be written without spaces.

    >>> parse_sequence("1 0 1", [Integers(0, 2)]).tolist()
    [[1], [0], [1]]
    >>> parse_sequence("101", [Integers(0, 2)]).tolist()
    [[1], [0], [1]]
    >>> parse_sequence("0;1 1;1", [Integers(0, 2), Integers(0, 2)]).tolist()
    [[0, 1], [1, 1]]

    Raises
    ------
    BadInputError
        when something is no integer, a step has another number of integers, an integer cannot
        occur, or the sequence is too long; the sentence names the step.
    """
    words = re.sub(r"\s*;\s*", ";", text.replace(",", " ")).split()
    if len(inputs) == 1 and len(words) == 1 and _reads_as_digits(words[0], inputs[0]):
        words = list(words[0])
    if len(words) > longest:
        raise BadInputError(f"The sequence has {len(words)} steps; this page takes at most {longest}.")
    rows = [_step(word, number, inputs) for number, word in enumerate(words, start=1)]
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(inputs))


def sequence_text(x: IntArray) -> str:
    """Write inputs (T, D_in) as they are typed.

    >>> sequence_text(np.array([[0, 1], [1, 1]]))
    '0;1 1;1'
    """
    return " ".join(step_text(step) for step in x)


def step_text(values: IntArray) -> str:
    """Write the integers of one step; what outgrew every integer is called overflow."""
    return ";".join("overflow" if int(v) == OVERFLOW else str(int(v)) for v in values)


def range_text(inputs: Sequence[Integers]) -> str:
    """Say in words which integers may occur.

    >>> range_text([Integers(0, 2)]), range_text([Integers(0, 10), Integers(-5, 6)])
    ('0 or 1', '0 to 9; -5 to 5')
    """
    return "; ".join(dict.fromkeys(_one_range(r) for r in inputs)) if inputs else "nothing"


def count_text(count: int, noun: str) -> str:
    """Write a count in full with its noun.

    >>> count_text(4096, "sequence"), count_text(1, "state")
    ('4,096 sequences', '1 state')
    """
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _one_range(r: Integers) -> str:
    if len(r) == 1:
        return str(r.low)
    return f"{r.low} or {r.high - 1}" if len(r) == 2 else f"{r.low} to {r.high - 1}"


def _reads_as_digits(word: str, allowed: Integers) -> bool:
    return len(word) > 1 and word.isdecimal() and allowed.low >= 0 and allowed.high <= 10


def _step(word: str, number: int, inputs: Sequence[Integers]) -> list[int]:
    parts = word.split(";")
    if len(parts) != len(inputs):
        example = ";".join(str(r.low) for r in inputs)
        raise BadInputError(
            f"Step {number} is {word[:20]!r}, which has {count_text(len(parts), 'integer')}; "
            f"this network reads {len(inputs)} per step, written like {example}."
        )
    values = []
    for part, allowed in zip(parts, inputs, strict=True):
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", part):
            raise BadInputError(f"Step {number} is {word[:20]!r}; write whole numbers with spaces between the steps.")
        value = int(part)
        if not allowed.low <= value < allowed.high:
            raise BadInputError(f"Step {number} is {value}; this network reads {_one_range(allowed)}.")
        values.append(value)
    return values
