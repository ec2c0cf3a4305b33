"""A range of integers: the alphabet of one input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.stepping import IntArray


@dataclass(frozen=True)
class Integers:
    """The integers from ``low`` up to but not including ``high``.

    Raises
    ------
    BadInputError
        when the range is empty.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low >= self.high:
            raise BadInputError(f"The range {self.low}:{self.high} is empty; LOW must be below HIGH (HIGH excluded).")

    def __len__(self) -> int:
        return self.high - self.low

    def __str__(self) -> str:
        return f"{self.low}:{self.high}"

    @property
    def values(self) -> IntArray:
        """All of them, ascending, int64."""
        return np.arange(self.low, self.high, dtype=np.int64)

    @staticmethod
    def parse(text: str) -> Integers:
        """Read "LOW:HIGH" (HIGH excluded), as on the command line.

        Raises
        ------
        BadInputError
            when the text is not two integers with a colon between, or the range is empty.
        """
        low, colon, high = text.partition(":")
        try:
            if not colon:
                raise ValueError
            return Integers(int(low), int(high))
        except ValueError:
            raise BadInputError(
                f"Cannot read the range {text!r}; write LOW:HIGH with HIGH excluded, e.g. 0:10."
            ) from None
