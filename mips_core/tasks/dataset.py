"""A data set: sequences of integers or words with the outputs that belong to them, checked once at the edge."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.arrays import checked_lengths, from_text, shaped
from mips_core.tasks.integers import Integers
from mips_core.tasks.vocabulary import Words, has_words, words_to_json
from mips_core.tasks.whole_numbers import whole_numbers

MAX_NUMBERS = 2**26
"""Most numbers that x or y of a file may hold, once every row is padded to the longest: 512 MiB of int64."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """N sequences of inputs and outputs; make one with :func:`make_dataset`, which checks it.

    Parameters
    ----------
    x : int64, shape (N, T, D_in), inputs
    y : int64, shape (N, T, D_out), outputs
    lengths : int64, shape (N,), steps of each sequence, in 1..T; later positions are 0 and never count
    name : what a reader calls it: a task or a file name
    task : the benchmark task that it was drawn from, or None
    input_words, output_words : the vocabulary of each column that holds words, whose integers are then
        positions in it; None for a column of integers.  Left out: no column holds words.
    """

    x: IntArray
    y: IntArray
    lengths: IntArray
    name: str
    task: str | None = None
    input_words: Words = ()
    output_words: Words = ()

    def __post_init__(self) -> None:
        """Give every column its entry in the vocabularies."""
        object.__setattr__(self, "input_words", self.input_words or (None,) * self.input_width)
        object.__setattr__(self, "output_words", self.output_words or (None,) * self.output_width)

    @property
    def n(self) -> int:
        """Number of sequences."""
        return len(self.x)

    @property
    def length(self) -> int:
        """Steps of the longest sequence (1x for a data file)."""
        return self.x.shape[1]

    @property
    def input_width(self) -> int:
        """Integers per step on the input side (D_in)."""
        return self.x.shape[2]

    @property
    def output_width(self) -> int:
        """Integers per step on the output side (D_out)."""
        return self.y.shape[2]

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        """True at the positions that count, shape (N, T)."""
        return np.arange(self.length) < self.lengths[:, None]

    @cached_property
    def known_x(self) -> IntArray:
        """Inputs (N, T, D_in) with a symbol that occurs, the first one, at the positions that do not count.

        There ``x`` holds 0, which a machine or network may not know as an input.
        """
        return np.where(self.mask[:, :, None], self.x, self.x[0, 0])

    @cached_property
    def symbols(self) -> IntArray:
        """Distinct input symbols that occur, in ascending order, shape (K, D_in)."""
        seen = self.x[self.mask]
        _, first = np.unique(ranked(seen), return_index=True)  # much faster than np.unique(axis=0)
        return seen[first]

    @cached_property
    def inputs(self) -> tuple[Integers, ...]:
        """Smallest range that holds the observed values of each input; all of its words for a column of words."""
        return _ranges(self.x[self.mask], self.input_words)

    @cached_property
    def different(self) -> int:
        """Number of sequences with different inputs."""
        return len(self._groups[1])

    @cached_property
    def outputs(self) -> tuple[Integers, ...]:
        """Smallest range that holds the observed values of each output; all of its words for a column of words."""
        return _ranges(self.y[self.mask], self.output_words)

    @cached_property
    def digest(self) -> str:
        """Fingerprint of numbers and words (not of names), 16 hexadecimal digits: equal data, equal digest."""
        digest = hashlib.sha256()
        for array in (self.x, self.y, self.lengths):
            digest.update(repr(array.shape).encode())
            digest.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
        for words in (self.input_words, self.output_words):
            if has_words(words):
                digest.update(json.dumps(words_to_json(words)).encode())
        return digest.hexdigest()[:16]

    def take(self, rows: ArrayLike) -> Dataset:
        """Return the data set of these rows (indices or a Boolean mask), cut to their longest sequence.

        Raises
        ------
        BadInputError
            when no row is left.
        """
        chosen = np.asarray(rows)
        lengths = self.lengths[chosen] if chosen.size else self.lengths[:0]
        if len(lengths) == 0:
            raise BadInputError(f"No row of {self.name} was chosen; a data set needs at least one.")
        longest = int(lengths.max())
        x, y = self.x[chosen, :longest], self.y[chosen, :longest]
        return Dataset(x, y, lengths, self.name, self.task, self.input_words, self.output_words)

    def split(self, held_out: float = 0.2, *, rng: np.random.Generator) -> tuple[Dataset, Dataset]:
        """Split at random into sequences to learn from and held-out ones.

        Rows with the same inputs stay on the same side, so that nothing held out was
        ever learnt from.  Rows with a symbol that no other row to learn from shows are
        learnt from too, unless that would leave less than half of the held-out ones:
        nothing can be known about a symbol before it was seen.

        Parameters
        ----------
        held_out : share of the rows to hold out, in (0, 1); at least one row is on either side

        Raises
        ------
        BadInputError
            when the share is outside (0, 1) or all rows have the same inputs.
        """
        if not 0.0 < held_out < 1.0:
            raise BadInputError(f"The share to hold out is {held_out}; it must lie between 0 and 1, e.g. 0.2.")
        group, sizes = self._groups
        if len(sizes) < 2:
            raise BadInputError(
                f"All sequences of {self.name} have the same inputs ({self.n} rows); "
                "at least two different ones are needed to hold some out."
            )
        order = rng.permutation(len(sizes))
        filled = np.cumsum(sizes[order])
        count = int(np.searchsorted(filled, held_out * self.n)) + 1
        chosen = np.isin(group, order[: min(count, len(sizes) - 1)])
        unheard = chosen & self._shows_more_than(~chosen)
        if 2 * unheard.sum() <= chosen.sum():
            chosen &= ~unheard
        return self.take(~chosen), self.take(chosen)

    def _shows_more_than(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which sequences hold a symbol that does not occur in ``rows``, bool (N,)."""
        symbol = ranked(self.x.reshape(-1, self.input_width)).reshape(self.n, self.length)
        known = np.zeros(symbol.max() + 1, dtype=np.bool_)
        known[symbol[rows][self.mask[rows]]] = True
        shown: NDArray[np.bool_] = np.any(~known[symbol] & self.mask, axis=1)
        return shown

    @cached_property
    def _groups(self) -> tuple[IntArray, IntArray]:
        """Group number of each row, and rows per group; a group has the same inputs."""
        flat = np.column_stack([self.lengths, self.x.reshape(self.n, -1)])
        group = ranked(flat)
        return group, np.bincount(group)


def make_dataset(
    x: ArrayLike,
    y: ArrayLike,
    lengths: ArrayLike | None = None,
    name: str = "data",
    task: str | None = None,
    *,
    input_words: Words | None = None,
    output_words: Words | None = None,
) -> Dataset:
    """Check arrays from anywhere and make a data set of them.

    Parameters
    ----------
    x, y : shape (N, T) or (N, T, D); integers, Booleans, floats that hold whole numbers only, or text:
        words, or words and whole numbers in different columns of the last axis
    lengths : integers in 1..T, shape (N,); None when every sequence has T steps.  What
        stands beyond a sequence's length is ignored, whatever it is.
    name : what messages call the data
    input_words, output_words : vocabularies of columns that are given as positions of words already

    Raises
    ------
    BadInputError
        when there are no rows or steps, shapes do not fit each other, or an entry is no
        64-bit integer and no word; the message says which array and where.

    Examples
    --------
    >>> data = make_dataset([[0, 1, 1]], [[0, 1, 0]])
    >>> data.x.shape, data.inputs
    ((1, 3, 1), (Integers(low=0, high=2),))
    """
    inputs, outputs = shaped(x, "x", name), shaped(y, "y", name)
    if len(inputs) != len(outputs):
        raise BadInputError(f"{name}: x has {len(inputs)} rows and y has {len(outputs)}; each row of x needs one of y.")
    if inputs.shape[1] != outputs.shape[1]:
        raise BadInputError(
            f"{name}: x has {inputs.shape[1]} steps and y has {outputs.shape[1]}; each input needs its output."
        )
    n, steps = inputs.shape[:2]
    counts = (
        np.full(n, steps, dtype=np.int64) if lengths is None else checked_lengths(np.asarray(lengths), n, steps, name)
    )
    beyond = np.arange(steps) >= counts[:, None]
    checked, words = [], []
    for array, letter, given in ((inputs, "x", input_words), (outputs, "y", output_words)):
        flat = np.ndim(x if letter == "x" else y) == 2  # positions are named as they were given
        if array.dtype.kind in "US":
            values, found = from_text(array, ~beyond, f"{name}: {letter}", flat=flat)
        else:
            if beyond.any():
                array = np.where(beyond[:, :, None], np.zeros((), dtype=array.dtype), array)
            named = array[:, :, 0] if flat else array
            values, found = whole_numbers(named, f"{name}: {letter}").reshape(array.shape), given or ()
        checked.append(values)
        words.append(found)
    longest = int(counts.max())
    return Dataset(checked[0][:, :longest], checked[1][:, :longest], counts, name, task, words[0], words[1])


def _ranges(values: IntArray, words: Words) -> tuple[Integers, ...]:
    low, high = values.min(axis=0), values.max(axis=0)
    return tuple(
        Integers(int(a), int(b) + 1) if vocabulary is None else vocabulary.range
        for a, b, vocabulary in zip(low, high, words, strict=True)
    )


def ranked(rows: IntArray) -> IntArray:
    """Number the distinct rows from 0: equal rows, equal number."""
    order = np.lexsort(rows.T[::-1])
    ordered = rows[order]
    fresh = np.ones(len(rows), dtype=np.int64)
    fresh[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    ranks = np.empty(len(rows), dtype=np.int64)
    ranks[order] = np.cumsum(fresh) - 1
    return ranks
