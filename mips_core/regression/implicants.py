"""Truth tables as bit sets, and their prime implicants.

A set of minterms is one Python integer: bit k stands for the row in which variable i has the value of bit i of k.  One
instruction of long integers then treats a whole table, which up to a dozen variables leaves NumPy nothing to gain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.regression.set_prices import bits_of
from mips_core.stepping import IntArray

MOST_VARIABLES = 12
"""A table of two-level minimisation has no more: the work grows with the fourth power of two per variable."""


@dataclass(frozen=True)
class TruthTable:
    """A Boolean function of which some rows may be left open.

    Parameters
    ----------
    variables : how many, n
    ones : set of the minterms on which it is 1
    allowed : set of the minterms on which it may be 1: those of ``ones`` and the don't-cares
    """

    variables: int
    ones: int
    allowed: int

    @classmethod
    def of_values(cls, ones: NDArray[np.bool_], zeros: NDArray[np.bool_]) -> TruthTable:
        """Return the table with these rows; what is neither one nor zero is a don't-care.

        >>> TruthTable.of_values(np.array([False, True, True, False]), np.array([True, False, False, False]))
        TruthTable(variables=2, ones=6, allowed=14)

        Parameters
        ----------
        ones, zeros : bool, shape (2^n,), by minterm

        Raises
        ------
        BadInputError
            when the length is no power of two, or above 2 to the power :data:`MOST_VARIABLES`, or a row is both.
        """
        n = len(ones).bit_length() - 1
        if len(ones) != len(zeros) or len(ones) != 1 << max(n, 0) or not 0 <= n <= MOST_VARIABLES:
            raise BadInputError(
                f"A truth table has 2^n rows, n at most {MOST_VARIABLES}; these are {len(ones)} and {len(zeros)}."
            )
        if (ones & zeros).any():
            raise BadInputError(f"Row {int(np.argmax(ones & zeros))} of the truth table is both 0 and 1.")
        return cls(n, _bit_set(ones), _bit_set(~zeros))

    @classmethod
    def of_columns(cls, columns: Mapping[str, IntArray], target: IntArray) -> TruthTable:
        """Return the table of listed rows; rows that are not listed are don't-cares.

        Parameters
        ----------
        columns : variable name -> array of 0 and 1, shape (R,)
        target : array of 0 and 1, shape (R,)
        """
        places = minterms(columns)
        ones, zeros = (np.zeros(1 << len(columns), dtype=bool) for _ in range(2))
        ones[places[target == 1]] = True
        zeros[places[target == 0]] = True
        return cls.of_values(ones, zeros)


class Product(NamedTuple):
    """An and of variables and negated variables; a named tuple, as thousands are made.

    Parameters
    ----------
    free : bit i is set where variable i does not occur
    values : bit i is set where variable i occurs unnegated
    """

    free: int
    values: int

    def literals(self, variables: int) -> int:
        """Return how many variables occur, of so many."""
        return variables - self.free.bit_count()


def minterms(columns: Mapping[str, IntArray]) -> IntArray:
    """Return each row as a number: bit i is the value of column i."""
    return np.stack(list(columns.values()), axis=1) @ (1 << np.arange(len(columns), dtype=np.int64))


def prime_implicants(table: TruthTable) -> tuple[list[Product], list[int]]:
    """Return the largest products within ``allowed``, and the set of minterms of each.

    For every set of free variables the implicants are kept as the set of their least minterms: freeing one more
    variable is a shift and an and, and what an implicant with one more free variable covers is not prime.
    """
    starts = _implicants(table)
    covered = [0] * len(starts)
    for free, least in enumerate(starts):
        if least:
            for bit in bits_of(free):
                covered[free ^ bit] |= least | least << bit
    spans = {0: 1}  # free variables -> the minterms of their product with no variable unnegated
    products, sets = [], []
    for free, (least, larger) in enumerate(zip(starts, covered, strict=True)):
        left = least & ~larger
        if not left:
            continue
        span = _span(free, spans)
        while left:
            lowest = left & -left
            left ^= lowest
            values = lowest.bit_length() - 1
            products.append(Product(free, values))
            sets.append(span << values)
    return products, sets


def _implicants(table: TruthTable) -> list[int]:
    """Return by free variables the least minterms of all products within ``allowed``."""
    without = [_with_bit_unset(i, table.variables) for i in range(table.variables)]
    starts = [0] * (1 << table.variables)
    starts[0] = table.allowed
    for free in range(1, len(starts)):
        fewer = starts[free & (free - 1)]
        if fewer:
            bit = free & -free
            starts[free] = fewer & fewer >> bit & without[bit.bit_length() - 1]
    return starts


def _with_bit_unset(i: int, variables: int) -> int:
    """Return the set of the minterms in which variable i is 0."""
    block, width = (1 << (1 << i)) - 1, 2 << i
    while width < 1 << variables:
        block |= block << width
        width *= 2
    return block


def _span(free: int, known: dict[int, int]) -> int:
    span = known.get(free)
    if span is None:
        bit = free & -free
        fewer = _span(free ^ bit, known)
        span = known[free] = fewer | fewer << bit
    return span


def _bit_set(chosen: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(chosen, bitorder="little").tobytes(), "little")
