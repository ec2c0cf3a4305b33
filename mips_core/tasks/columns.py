"""Telling a column of words from a column of integers, by its different tokens and how often each occurs.

A column all of whose tokens are whole numbers holds integers.  It holds words when more than
half of its different tokens are no numbers, or when such tokens are common: at least
:data:`COMMON` of all and at least :data:`OFTEN` times (an output that is ``0``, ``1`` or
``error``).  Then every token of it is a word, numbers too.  Anything else is a column of
integers with a mistake in it, a letter O for a zero or a value that is missing, and the
mistake is named.  ``nan``, ``none`` and the like stand for missing numbers: they count neither way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import MOST_WORDS, Vocabulary, not_a_word
from mips_core.tasks.whole_numbers import LIMIT

COMMON = 0.05
OFTEN = 20

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_ANY_DECIMAL = re.compile(_DECIMAL.pattern.replace("{1,4}", "+"))
_MISSING = ("nan", "inf", "infinity", "none", "null", "na", "n/a")


def is_number(token: str) -> bool:
    """Return whether a token is written as a decimal number, whole or not, however large."""
    return _ANY_DECIMAL.fullmatch(token) is not None


def is_word(token: str) -> bool:
    """Return whether a token speaks for a column of words: it is no number, and no mark for a missing one."""
    return bool(token) and not is_number(token) and token.strip("+-").casefold() not in _MISSING


def read_column(
    tokens: Sequence[str], counts: IntArray, where: Callable[[int], str]
) -> tuple[IntArray, Vocabulary | None]:
    """Return a value for each different token of a column, and the vocabulary when the column holds words.

    Parameters
    ----------
    tokens : the different tokens; the first of several wrong ones is named
    counts : int64 (tokens,), how often each occurs
    where : names the place where a token first occurs, for messages

    Returns
    -------
    int64 (tokens,): the number, or the position of the word in the vocabulary; the vocabulary or None.

    Raises
    ------
    BadInputError
        when a token of a column of integers is no whole 64-bit number, or a column of
        words holds too many of them or something that is no word.
    """
    words = np.array([is_word(token) for token in tokens], dtype=bool)
    numbers = sum(map(is_number, tokens))
    common = counts[words].sum()
    if words.sum() <= numbers and (common < OFTEN or common < COMMON * counts.sum()):
        return np.array([_number(token, where, i) for i, token in enumerate(tokens)], dtype=np.int64), None
    if len(tokens) > MOST_WORDS:
        raise BadInputError(
            f"{where(MOST_WORDS)} is the {MOST_WORDS + 1:,}th different word of its column; at most {MOST_WORDS:,} "
            "are read, so group rare ones."
        )
    for i, token in enumerate(tokens):
        if problem := not_a_word(token):
            shown = repr(token[:30]) if token else "nothing"
            raise BadInputError(f"{where(i)} is {shown}, which {problem}.")
    vocabulary = Vocabulary.of(tokens)
    return vocabulary.encode(tokens), vocabulary


def _number(token: str, where: Callable[[int], str], place: int) -> int:
    """Read an integer, or a decimal that is exactly whole."""
    if not _DECIMAL.fullmatch(token):
        shown = repr(token[:30]) if token else "nothing"
        raise BadInputError(f"{where(place)} is {shown}; write a whole number such as 3 or -12.")
    if _INTEGER.fullmatch(token) and len(token) <= 18:
        return int(token)
    value = Decimal(token)
    if value.copy_abs() > LIMIT or value == LIMIT:
        raise BadInputError(
            f"{where(place)} is {token[:30]}; numbers must fit signed 64-bit integers, so scale it down."
        )
    if value != value.to_integral_value():
        raise BadInputError(f"{where(place)} is {token[:30]}; data must be whole numbers, so round or scale it first.")
    return int(value)
