"""Words as symbols: a column of data that holds words is kept as the words' positions in a sorted list.

Everything between reading a file and writing a program works on these positions, which are
integers like any other; only their order means nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

MOST_WORDS = 4096
"""Most different words that one column may hold: each is an input unit or an output class of the network."""

LONGEST_WORD = 200
"""Most characters of one word."""


@dataclass(frozen=True)
class Vocabulary:
    """The different words of one column; a word's number is its position.

    >>> coffee = Vocabulary.of(["push", "coin", "push"])
    >>> coffee.words, coffee.encode(["push", "coin"]).tolist(), coffee.decode([1, 1])
    (('coin', 'push'), [1, 0], ['push', 'push'])

    Parameters
    ----------
    words : sorted, each once

    Raises
    ------
    BadInputError
        when there are none or too many, they are not sorted and distinct, or one is no
        word: empty, longer than :data:`LONGEST_WORD`, or with spaces, ``;`` or characters
        that cannot be printed.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the words."""
        if not 1 <= len(self.words) <= MOST_WORDS:
            raise BadInputError(f"A vocabulary has {len(self.words):,} words; it may have 1 to {MOST_WORDS:,}.")
        for word in self.words:
            if problem := not_a_word(word):
                raise BadInputError(f"The word {word[:40]!r} {problem}.")
        if any(a >= b for a, b in zip(self.words[:-1], self.words[1:], strict=True)):
            raise BadInputError("The words of a vocabulary must be sorted and each stand there once.")

    @staticmethod
    def of(words: Iterable[str]) -> Vocabulary:
        """Return the vocabulary of all words that occur."""
        return Vocabulary(tuple(sorted(set(words))))

    def __len__(self) -> int:
        return len(self.words)

    @property
    def range(self) -> Integers:
        """The numbers of the words."""
        return Integers(0, len(self.words))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {word: i for i, word in enumerate(self.words)}

    def number(self, word: str, where: str = "The data") -> int:
        """Return the number of a word.

        Raises
        ------
        BadInputError
            when it is unknown; the message begins with ``where`` and suggests the nearest word.
        """
        if word in self._numbers:
            return self._numbers[word]
        near = difflib.get_close_matches(word[:LONGEST_WORD], self.words, n=1)
        known = ", ".join(self.words[:6]) + (", ..." if len(self.words) > 6 else "")
        hint = f"did you mean {near[0]}? " if near else ""
        raise BadInputError(f"{where} holds the word {word[:40]!r}; {hint}known are {known} ({len(self)} words).")

    def find(self, word: str) -> int | None:
        """Return the number of a word, or None when it is unknown."""
        return self._numbers.get(word)

    def encode(self, words: Sequence[str], where: str = "The data") -> IntArray:
        """Return the numbers of words, int64 (n,); see :meth:`number` for errors."""
        return np.array([self.number(word, where) for word in words], dtype=np.int64)

    def decode(self, numbers: Sequence[int] | IntArray) -> list[str]:
        """Return the words of numbers (n,).

        Raises
        ------
        BadInputError
            when a number belongs to no word.
        """
        found = []
        for number in np.asarray(numbers, dtype=np.int64).tolist():
            if not 0 <= number < len(self.words):
                raise BadInputError(f"There is no word number {number}; the vocabulary has {len(self)} words.")
            found.append(self.words[number])
        return found


Words = tuple[Vocabulary | None, ...]
"""One entry per column: its vocabulary, or None for a column of integers."""


def not_a_word(text: str) -> str | None:
    """Return what keeps a text from being a word ("has a space"), or None when it is one."""
    if not text:
        return "is empty"
    if len(text) > LONGEST_WORD:
        return f"has {len(text):,} characters; a word may have {LONGEST_WORD}"
    if any(character.isspace() for character in text):
        return "holds a space; write an underscore instead"
    if ";" in text:
        return "holds a semicolon, which separates the parts of a step"
    if not text.isprintable():
        return "holds a character that cannot be printed"
    return None


def value_text(value: int, vocabulary: Vocabulary | None) -> str:
    """Write one value of a column for a person: its word, or the integer.

    An integer that belongs to no word (an output that overflowed) stays an integer.
    """
    value = int(value)
    return vocabulary.words[value] if vocabulary and 0 <= value < len(vocabulary) else str(value)


def step_text(values: Sequence[int] | IntArray, words: Words) -> str:
    """Write the values of one step as data files do: ``coin``, or ``coin;3`` for two of them."""
    return ";".join(value_text(value, vocabulary) for value, vocabulary in zip(values, words, strict=True))


def plain_value(value: int, vocabulary: Vocabulary | None) -> int | str:
    """Return one value of a column as JSON and Python hold it: its word, or the integer."""
    value = int(value)
    return vocabulary.words[value] if vocabulary and 0 <= value < len(vocabulary) else value


def plain_step(values: Sequence[int] | IntArray, words: Words) -> tuple[int | str, ...]:
    """Return the values of one step as Python holds them: integers and words."""
    return tuple(plain_value(value, vocabulary) for value, vocabulary in zip(values, words, strict=True))


def numbered_step(values: Sequence[int | str], words: Words) -> tuple[int | str, ...]:
    """Return the values of one step with words as their numbers; a word that is unknown stays a word."""
    numbers = (
        value if vocabulary is None or not isinstance(value, str) else vocabulary.find(value)
        for value, vocabulary in zip(values, words, strict=True)
    )
    return tuple(value if number is None else number for value, number in zip(values, numbers, strict=True))


def has_words(words: Words) -> bool:
    """Return whether any column holds words."""
    return any(vocabulary is not None for vocabulary in words)


def words_to_json(words: Words) -> list[list[str] | None] | None:
    """Return the vocabularies of all columns as plain JSON values, None when no column holds words."""
    return [None if v is None else list(v.words) for v in words] if has_words(words) else None


def words_from_json(value: Any, width: int, where: str) -> Words:
    """Read what :func:`words_to_json` wrote.

    Raises
    ------
    BadInputError
        when it is malformed or has another number of columns than ``width``.
    """
    if value is None:
        return (None,) * width
    if not isinstance(value, list) or len(value) != width:
        raise BadInputError(f"{where} must be one list of words or null for each of the {width} columns.")
    for column in value:
        if column is not None and not (isinstance(column, list) and all(isinstance(word, str) for word in column)):
            raise BadInputError(f"{where} must hold lists of words, found {column!r:.60}.")
    return tuple(None if column is None else Vocabulary(tuple(column)) for column in value)
