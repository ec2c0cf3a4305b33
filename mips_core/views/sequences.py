"""Input sequences as a person types them, and numbers and words as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.encoding import OVERFLOW
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.tasks.vocabulary import Vocabulary, Words, has_words, value_text

_MOST_WORDS = 8

LONGEST = 400
"""Steps that a page accepts: more cannot be read, and a link with more would be cut."""


def parse_sequence(text: str, inputs: Sequence[Integers], longest: int = LONGEST, *, words: Words = ()) -> IntArray:
    """Read a typed sequence, int64 (T, D_in): steps by spaces or commas, ``;`` between the values of a step.

    Where one digit per step is all that can occur, digits may be written without spaces.  Where
    some input takes words, which may hold commas, only spaces divide steps.

    >>> parse_sequence("1 0 1", [Integers(0, 2)]).tolist()
    [[1], [0], [1]]
    >>> parse_sequence("101", [Integers(0, 2)]).tolist()
    [[1], [0], [1]]
    >>> parse_sequence("0;1 1;1", [Integers(0, 2), Integers(0, 2)]).tolist()
    [[0, 1], [1, 1]]

    Raises
    ------
    BadInputError
        when something is no integer or no known word, a step has another number of values, an
        integer cannot occur, or the sequence is too long; the sentence names the step.
    """
    vocabularies = words or (None,) * len(inputs)
    steps = re.sub(r"\s*;\s*", ";", text if has_words(words) else text.replace(",", " ")).split()
    if not has_words(words) and len(inputs) == 1 and len(steps) == 1 and _reads_as_digits(steps[0], inputs[0]):
        steps = list(steps[0])
    if len(steps) > longest:
        raise BadInputError(f"The sequence has {len(steps)} steps; this page takes at most {longest}.")
    rows = [_step(step, number, inputs, vocabularies) for number, step in enumerate(steps, start=1)]
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(inputs))


def sequence_text(x: IntArray, words: Words = ()) -> str:
    """Write inputs (T, D_in) as they are typed.

    >>> sequence_text(np.array([[0, 1], [1, 1]]))
    '0;1 1;1'
    """
    return " ".join(step_text(step, words) for step in x)


def step_text(values: IntArray, words: Words = ()) -> str:
    """Write the integers or words of one step; what outgrew every integer is called overflow."""
    vocabularies = words or (None,) * len(values)
    return ";".join(
        "overflow" if int(v) == OVERFLOW else value_text(v, vocabulary)
        for v, vocabulary in zip(values, vocabularies, strict=True)
    )


def range_text(inputs: Sequence[Integers], words: Words = ()) -> str:
    """Say in words which integers or words may occur.

    >>> range_text([Integers(0, 2)]), range_text([Integers(0, 10), Integers(-5, 6)])
    ('0 or 1', '0 to 9; -5 to 5')
    """
    texts = [
        _one_range(r) if vocabulary is None else _some_words(vocabulary)
        for r, vocabulary in zip(inputs, words or (None,) * len(inputs), strict=True)
    ]
    return "; ".join(dict.fromkeys(texts)) if texts else "nothing"


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


def _some_words(vocabulary: Vocabulary) -> str:
    shown = list(vocabulary.words)
    if len(shown) > _MOST_WORDS:
        return f"one of {len(shown)} words, {', '.join(shown[:_MOST_WORDS])}, …"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _reads_as_digits(word: str, allowed: Integers) -> bool:
    return len(word) > 1 and word.isdecimal() and allowed.low >= 0 and allowed.high <= 10


def _step(word: str, number: int, inputs: Sequence[Integers], words: Words) -> list[int]:
    parts = word.split(";")
    if len(parts) != len(inputs):
        example = step_text(np.array([r.low for r in inputs]), words)
        noun = "value" if has_words(words) else "integer"
        raise BadInputError(
            f"Step {number} is {word[:20]!r}, which has {count_text(len(parts), noun)}; "
            f"this network reads {len(inputs)} per step, written like {example}."
        )
    values = []
    for part, allowed, vocabulary in zip(parts, inputs, words, strict=True):
        if vocabulary is not None:
            values.append(vocabulary.number(part, f"Step {number}"))
            continue
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", part):
            raise BadInputError(f"Step {number} is {word[:20]!r}; write whole numbers with spaces between the steps.")
        value = int(part)
        if not allowed.low <= value < allowed.high:
            raise BadInputError(f"Step {number} is {value}; this network reads {_one_range(allowed)}.")
        values.append(value)
    return values


def share_text(share: float) -> str:
    """Write a share; only what is whole is called 100 %.

    >>> share_text(1.0), share_text(0.9996), share_text(0.123)
    ('100 %', '99.9 %', '12.3 %')
    """
    return "100 %" if share == 1.0 else f"{min(99.9, 100 * share):.3g} %"
