"""Make a counterexample shorter by leaving steps out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mips_core.stepping import IntArray

Differs = Callable[[IntArray], IntArray]
"""Takes words (N, T, D_in) of one length, gives the first step at which each differs, or -1: int64 (N,)."""


def shorten(word: IntArray, differs: Differs, *, rounds: int = 40) -> IntArray:
    """Return a word on which the two things still differ and from which no block of steps can be left out.

    Parameters
    ----------
    word : int64, shape (T, D_in), on which they differ
    differs : compares the two things on a batch
    rounds : most batches to compare
    """
    block = len(word) // 2
    for _ in range(rounds):
        if block < 1:
            break
        starts = np.arange(len(word) - block + 1)
        kept = np.arange(len(word) - block)
        places = kept + np.where(kept >= starts[:, None], block, 0)  # (N, T - block)
        steps = differs(word[places])
        hits = np.flatnonzero(steps >= 0)
        if len(hits):
            best = hits[np.argmin(steps[hits])]
            word = word[places[best]][: steps[best] + 1]
            block = min(block, len(word) - 1)
        else:
            block //= 2
    return word
