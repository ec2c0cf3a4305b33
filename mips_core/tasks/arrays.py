"""Arrays from anywhere, brought into the shape of a data set or refused with the place that does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.columns import read_column
from mips_core.tasks.vocabulary import Vocabulary, Words, has_words
from mips_core.tasks.whole_numbers import position, whole_numbers


def from_text(array: NDArray[Any], mask: NDArray[np.bool_], name: str, *, flat: bool) -> tuple[IntArray, Words]:
    """Turn text (N, T, D) into integers and words, column by column; where ``mask`` (N, T) is False stands 0.

    Raises
    ------
    BadInputError
        when bytes are no UTF-8, a token fits neither kind of column, or all of them are whole numbers.
    """
    if array.dtype.kind == "S":
        try:
            array = np.char.decode(array, "utf-8")
        except UnicodeDecodeError:
            raise BadInputError(f"{name} holds bytes that are no UTF-8 text; save it as text or integers.") from None
    values = np.zeros(array.shape, dtype=np.int64)
    words: list[Vocabulary | None] = []
    places = np.argwhere(mask)  # (positions that count, 2)
    for column in range(array.shape[2]):
        used, first, inverse, counts = np.unique(
            array[:, :, column][mask], return_index=True, return_inverse=True, return_counts=True
        )

        def where(i: int, first: IntArray = first, column: int = column) -> str:
            place = places[first[i]].tolist()
            return position(name, place if flat else [*place, column])

        found, vocabulary = read_column([str(token) for token in used], counts, where)
        values[:, :, column][mask] = found[inverse.reshape(-1)]
        words.append(vocabulary)
    if not has_words(tuple(words)):
        raise BadInputError(f"{name} holds text, and all of it is whole numbers. Save it as an integer array.")
    return values, tuple(words)


def shaped(values: ArrayLike, letter: str, name: str) -> NDArray[Any]:
    """Return an array of shape (N, T, D) with N, T, D > 0, from (N, T) or (N, T, D).

    Raises
    ------
    BadInputError
        naming the array, when it is ragged, empty or of another rank.
    """
    try:
        array = np.asarray(values)
    except (ValueError, OverflowError):
        raise BadInputError(
            f"{name}: {letter} is not a rectangular array; pad the rows and give their lengths."
        ) from None
    if array.ndim not in (2, 3):
        raise BadInputError(
            f"{name}: {letter} has shape {array.shape}; it must be (rows, steps) or (rows, steps, integers per step)."
        )
    if array.size == 0:
        empty = ("rows", "steps", "integers per step")[array.shape.index(0)]
        raise BadInputError(f"{name}: {letter} has shape {array.shape}, so no {empty}; data must not be empty.")
    return array if array.ndim == 3 else array[:, :, None]


def checked_lengths(values: NDArray[Any], n: int, steps: int, name: str) -> IntArray:
    """Return lengths (n,) in 1..``steps`` as int64.

    Raises
    ------
    BadInputError
        naming the first length that does not fit.
    """
    if values.shape != (n,):
        raise BadInputError(f"{name}: lengths has shape {values.shape}; it must be ({n},), one length per row.")
    lengths = whole_numbers(values, f"{name}: lengths")
    wrong = (lengths < 1) | (lengths > steps)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise BadInputError(f"{name}: lengths[{row}] is {lengths[row]}; it must lie in 1..{steps}, the steps of x.")
    return lengths
