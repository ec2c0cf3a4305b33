"""How integers become numbers for a network, and how its numbers become integers again.

Input encodings share ``width`` (integers per step), ``size`` (numbers per step),
``encode`` and ``project``; output decodings share ``width``, ``size`` (scores per
step) and ``decode``.  All are plain values: a network file stores them in its card.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

FloatArray = NDArray[np.float64]

OVERFLOW = int(np.iinfo(np.int64).min)
"""The integer that stands for an output which is no number or is beyond +-2**62; no rule ever produces it."""

_LARGEST = 2.0**62


@dataclass(frozen=True)
class RawInput:
    """Integers as they are, as float64.

    >>> RawInput(2).encode(np.array([[3, -1]]))
    array([[ 3., -1.]])

    Parameters
    ----------
    width : integers per step
    """

    width: int

    @property
    def size(self) -> int:
        """Numbers per step (E)."""
        return self.width

    def encode(self, x: IntArray) -> FloatArray:
        """Return the numbers (batch, E) for integers (batch, D_in)."""
        return _checked(x, self.width).astype(np.float64)

    def project(self, x: IntArray, columns: FloatArray) -> FloatArray:
        """Return ``encode(x) @ columns`` for columns of shape (E, out)."""
        return self.encode(x) @ columns


@dataclass(frozen=True)
class OneHotInput:
    """One block of indicators per input, one indicator per integer of its range.

    >>> OneHotInput((Integers(0, 3),)).encode(np.array([[2]]))
    array([[0., 0., 1.]])

    Parameters
    ----------
    ranges : the integers of each input, in order
    """

    ranges: tuple[Integers, ...]

    @property
    def width(self) -> int:
        """Integers per step (D_in)."""
        return len(self.ranges)

    @property
    def size(self) -> int:
        """Numbers per step (E)."""
        return sum(len(r) for r in self.ranges)

    @cached_property
    def _lows(self) -> IntArray:
        return np.array([r.low for r in self.ranges], dtype=np.int64)

    @cached_property
    def _counts(self) -> IntArray:
        return np.array([len(r) for r in self.ranges], dtype=np.int64)

    @cached_property
    def _offsets(self) -> IntArray:
        return np.cumsum(self._counts) - self._counts

    def positions(self, x: IntArray) -> IntArray:
        """Return which indicators are one, int64 (batch, D_in).

        Raises
        ------
        BadInputError
            when an integer lies outside the range of its input.
        """
        ids = _checked(x, self.width) - self._lows
        outside = (ids < 0) | (ids >= self._counts)
        if outside.any():
            row, column = (int(i) for i in np.argwhere(outside)[0])
            raise BadInputError(
                f"Input {column + 1} is {int(x[row, column])}, but this network knows only the integers "
                f"{self.ranges[column]} (HIGH excluded) there. Use integers from that range."
            )
        positions: IntArray = ids + self._offsets
        return positions

    def encode(self, x: IntArray) -> FloatArray:
        """Return the numbers (batch, E) for integers (batch, D_in); see :meth:`positions` for errors."""
        encoded = np.zeros((len(x), self.size))
        np.put_along_axis(encoded, self.positions(x), 1.0, axis=1)
        return encoded

    def project(self, x: IntArray, columns: FloatArray) -> FloatArray:
        """Return ``encode(x) @ columns`` for columns of shape (E, out), by looking rows up."""
        positions = self.positions(x)
        total: FloatArray = columns[positions[:, 0]]
        for column in range(1, self.width):
            total = total + columns[positions[:, column]]
        return total


@dataclass(frozen=True, eq=False)
class EmbeddingInput:
    """A learned row of numbers per integer; several inputs share the table and stand side by side.

    Parameters
    ----------
    table : float64, shape (V, e); row i belongs to the integer ``low + i``
    low : smallest integer
    width : integers per step
    """

    table: FloatArray
    low: int = 0
    width: int = 1

    @property
    def size(self) -> int:
        """Numbers per step (E = width * e)."""
        return self.width * int(self.table.shape[1])

    @property
    def range(self) -> Integers:
        """The integers that have a row."""
        return Integers(self.low, self.low + len(self.table))

    def encode(self, x: IntArray) -> FloatArray:
        """Return the numbers (batch, E) for integers (batch, D_in).

        Raises
        ------
        BadInputError
            when an integer has no row.
        """
        ids = OneHotInput((self.range,)).positions(_checked(x, self.width).reshape(-1, 1))[:, 0]
        return self.table[ids].reshape(len(x), self.size)

    def project(self, x: IntArray, columns: FloatArray) -> FloatArray:
        """Return ``encode(x) @ columns`` for columns of shape (E, out)."""
        return self.encode(x) @ columns


InputEncoding = RawInput | OneHotInput | EmbeddingInput


@dataclass(frozen=True)
class Rounded:
    """Each score is one output, rounded to the nearest integer, half to even.

    A score that is no number or lies beyond +-2**62 becomes :data:`OVERFLOW`.

    >>> Rounded(3).decode(np.array([[0.5, 1.5, np.inf]])) == [0, 2, OVERFLOW]
    array([[ True,  True,  True]])

    Parameters
    ----------
    width : integers per step
    """

    width: int

    @property
    def size(self) -> int:
        """Scores per step."""
        return self.width

    def decode(self, scores: FloatArray) -> IntArray:
        """Return integers (batch, D_out) for scores (batch, D_out)."""
        with np.errstate(invalid="ignore"):
            rounded = np.rint(scores)
            usable = np.abs(rounded) <= _LARGEST  # False for NaN
        return np.where(usable, rounded, float(OVERFLOW)).astype(np.int64)


@dataclass(frozen=True)
class Argmax:
    """Each output is the integer whose score is highest in that output's block; the first of equals wins.

    A block that holds NaN becomes :data:`OVERFLOW`.

    >>> Argmax((Integers(0, 3),)).decode(np.array([[0.1, 0.7, 0.2]]))
    array([[1]])

    Parameters
    ----------
    ranges : the integers of each output, in order; one score each
    """

    ranges: tuple[Integers, ...]

    @property
    def width(self) -> int:
        """Integers per step (D_out)."""
        return len(self.ranges)

    @property
    def size(self) -> int:
        """Scores per step."""
        return sum(len(r) for r in self.ranges)

    def decode(self, scores: FloatArray) -> IntArray:
        """Return integers (batch, D_out) for scores (batch, size)."""
        decoded = np.empty((len(scores), self.width), dtype=np.int64)
        start = 0
        for column, integers in enumerate(self.ranges):
            block = scores[:, start : start + len(integers)]
            best = np.argmax(block, axis=1) + integers.low
            decoded[:, column] = np.where(np.isnan(block).any(axis=1), OVERFLOW, best)
            start += len(integers)
        return decoded


OutputDecoding = Rounded | Argmax


def _checked(x: IntArray, width: int) -> IntArray:
    if x.ndim != 2 or x.shape[1] != width:
        raise BadInputError(f"One step has the shape {x.shape}; this network takes (sequences, {width}).")
    return x
