"""Words over few symbols, which tell two things apart where random words over a large alphabet do not.

A sum over numbers from 0 to 99 soon is large and stays so on random words; what a bound on it does is seen after one
number and then zeros.  On a large alphabet neither random words nor the list of all short ones hold such a word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.exhaustive import WORD_LIMIT, longest_length
from mips_core.tasks.integers import Integers

DEEP = 4
"""Where all words of this length can be listed, they hold those over few symbols too."""
_KINDS = 3
_NEAR_ZERO = (-1, 0, 1)

Symbols = Callable[[int], IntArray]
"""Draws so many symbols, int64 (N, D_in)."""


def lists_go_deep(symbols: int, length: int, *, limit: int = WORD_LIMIT) -> bool:
    """Return whether the list of all short words, at most ``limit``, reaches ``length`` or at least :data:`DEEP` steps.

    >>> lists_go_deep(2, 10), lists_go_deep(10, 10), lists_go_deep(100, 10), lists_go_deep(100, 2)
    (True, True, False, True)
    """
    return longest_length(symbols, limit=limit, longest=length) >= min(DEEP, length)


def few_symbol_words(favourites: IntArray, drawn: Symbols, n: int, length: int, rng: np.random.Generator) -> IntArray:
    """Draw words of three kinds, a third of each: constant, one symbol after a random prefix, up to four symbols mixed.

    Parameters
    ----------
    favourites : symbols that occur more often than others, int64 (F, D_in), F > 0
    drawn : draws any symbols
    n, length : number of words, and steps of each

    Returns
    -------
    int64, shape (n, length, D_in)
    """
    width = favourites.shape[1]
    palette = drawn(4 * n).reshape(n, 4, width)
    chosen = rng.random((n, 4)) < 0.5
    palette[chosen] = favourites[rng.integers(len(favourites), size=int(chosen.sum()))]
    kind = np.arange(n) % _KINDS
    which = np.zeros((n, length), dtype=np.int64)  # place in the row's palette
    mixed = np.flatnonzero(kind == 2)
    which[mixed] = (rng.random((len(mixed), length)) * rng.integers(2, 5, size=(len(mixed), 1))).astype(np.int64)
    words = palette[np.arange(n)[:, None], which]
    after = np.flatnonzero(kind == 1)
    prefix = np.arange(length) < rng.integers(1, max(2, length), size=(len(after), 1))
    words[after] = np.where(prefix[:, :, None], drawn(len(after) * length).reshape(-1, length, width), words[after])
    return words


def telling_words(
    inputs: Sequence[Integers], symbols: IntArray | None, n: int, length: int, rng: np.random.Generator
) -> IntArray:
    """Draw words over few symbols: the extremes, 0, 1 and -1 where they may occur, and a few that are drawn.

    Parameters
    ----------
    inputs : integers that may occur, one range per input
    symbols : symbols that may occur, int64 (X, D_in), where not every combination of ``inputs`` does

    Returns
    -------
    int64, shape (n, length, D_in)
    """
    values = [sorted({r.low, r.high - 1, *(v for v in _NEAR_ZERO if r.low <= v < r.high)}) for r in inputs]
    if symbols is not None:
        known = symbols
        near = np.all([np.isin(known[:, i], column) for i, column in enumerate(values)], axis=0)
        favourites = known[near] if near.any() else known
        return few_symbol_words(favourites, lambda k: known[rng.integers(len(known), size=k)], n, length, rng)
    low, high = np.array([r.low for r in inputs]), np.array([r.high for r in inputs])
    favourites = np.stack([rng.choice(column, size=4 * n) for column in values], axis=1).astype(np.int64)

    def drawn(k: int) -> IntArray:
        return rng.integers(low, high, size=(k, len(inputs)), dtype=np.int64)

    return few_symbol_words(favourites, drawn, n, length, rng)
