"""All input words up to some length, where they are few."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

WORD_LIMIT = 20_000
"""Most words that are listed."""


def all_symbols(inputs: Sequence[Integers], limit: int = WORD_LIMIT) -> IntArray | None:
    """Return every input symbol, int64 (X, D_in), sorted; None when there are more than ``limit``."""
    count = 1
    for values in inputs:
        count *= len(values)
        if count > limit:
            return None
    return np.array(list(itertools.product(*(r.values.tolist() for r in inputs))), dtype=np.int64)


def longest_length(symbols: int, *, limit: int = WORD_LIMIT, longest: int = 50) -> int:
    """Return the largest k, at most ``longest``, for which there are at most ``limit`` words of 1 to k symbols.

    >>> longest_length(2, limit=20_000), longest_length(100, limit=20_000), longest_length(30_000)
    (13, 2, 0)
    """
    length, words = 0, 0
    while length < longest and words + symbols ** (length + 1) <= limit:
        length += 1
        words += symbols**length
    return length


def number_of_words(symbols: int, length: int) -> int:
    """Return how many words of 1 to ``length`` symbols there are."""
    return sum(symbols**k for k in range(1, length + 1))


def words_of_length(symbols: IntArray, length: int) -> IntArray:
    """Return every word of exactly ``length`` symbols in lexicographic order, shape (X**length, length, D_in)."""
    count = len(symbols)
    numbers = np.arange(count**length, dtype=np.int64)[:, None]
    powers = count ** np.arange(length - 1, -1, -1, dtype=np.int64)
    return symbols[(numbers // powers) % count]
