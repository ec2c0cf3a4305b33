"""Where a data set contradicts itself: equal inputs so far, different outputs.

A step-by-step program gives y_t from x_1..x_t, so of outputs after equal inputs at most one can be right.  A few
contradictions are recording errors; many mean that no program can give these data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.chance import chance_of_more
from mips_core.tasks.dataset import Dataset, ranked

MOST_WRONG = 0.02
"""Largest share of a data set's outputs that may be recorded wrongly."""

SURE = 1e-3
"""What is less likely than this by chance is taken for no chance."""


@dataclass(frozen=True, eq=False)
class Contradictions:
    """What the comparison of equal inputs showed.

    Parameters
    ----------
    compared : outputs whose inputs so far occur in another row as well
    places : int64, shape (K, 3): row, a row that says otherwise, and step, all from 0, of every compared output
        that is not the most frequent one after its inputs; the earliest step first
    """

    compared: int
    places: IntArray

    @property
    def count(self) -> int:
        """Least number of outputs that must be changed until nothing contradicts."""
        return len(self.places)

    @property
    def share(self) -> float:
        """Share of the compared outputs that contradict others, in [0, 1]: about the share that is wrong."""
        return self.count / self.compared if self.compared else 0.0

    @property
    def few(self) -> bool:
        """Whether :data:`MOST_WRONG` of all outputs recorded wrongly would explain so many contradictions."""
        return float(chance_of_more(self.count, self.compared, MOST_WRONG)) > SURE

    @property
    def named(self) -> str:
        """The first contradiction in words, rows and steps counted from 1; "" when there is none."""
        if self.count == 0:
            return ""
        row, other, step = (int(v) + 1 for v in self.places[0])
        first, second = sorted((row, other))
        return f"rows {first} and {second} have the same inputs up to step {step} but different outputs there"


def find_contradictions(data: Dataset) -> Contradictions:
    """Compare all outputs whose inputs so far are equal; exact (no hashing), about 0.2 s for a million numbers."""
    rows = np.arange(data.n)
    prefix = np.zeros(data.n, dtype=np.int64)  # same number = same inputs so far
    compared = 0
    places: list[IntArray] = []
    for t in range(data.length):
        alive = data.lengths[rows] > t
        rows, prefix = rows[alive], prefix[alive]
        prefix = ranked(np.column_stack([prefix, data.x[rows, t]]))
        shared = np.bincount(prefix, minlength=1)[prefix] > 1
        rows, prefix = rows[shared], prefix[shared]  # a prefix of one row can no longer contradict
        if len(rows) == 0:
            break
        compared += len(rows)
        places.append(_minorities(prefix, ranked(data.y[rows, t]), rows, t))
    return Contradictions(compared, np.concatenate([*places, np.empty((0, 3), dtype=np.int64)]))


def _minorities(prefix: IntArray, output: IntArray, rows: IntArray, step: int) -> IntArray:
    """Return (row, other row, step) of every output that is not the most frequent one of its prefix.

    Of equally frequent ones the earliest row's output counts as right.
    """
    kinds, first, kind, sizes = np.unique(
        np.column_stack([prefix, output]), axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((rows[first], -sizes, kinds[:, 0]))
    _, starts = np.unique(kinds[order, 0], return_index=True)
    best = np.zeros(int(prefix.max()) + 1, dtype=np.int64)  # the most frequent kind of each prefix
    best[kinds[order[starts], 0]] = order[starts]
    wrong = np.flatnonzero(best[prefix] != kind.ravel())
    others = rows[first[best[prefix[wrong]]]]
    return np.column_stack([rows[wrong], others, np.full(len(wrong), step)])
