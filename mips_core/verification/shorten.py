"""Make a counterexample shorter by leaving steps out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mips_core.stepping import IntArray

Differs = Callable[[IntArray], IntArray]
"""Takes words (N, T, D_in) of one length, gives the first step at which each differs, or -1: int64 (N,)."""


def shorten(word: IntArray, differs: Differs, *, rounds: int = 40, steps: int = 2**16) -> IntArray:
    """Return a word on which the two things still differ, and from which, unless it is very long, no step can go.

    Parameters
    ----------
    word : int64, shape (T, D_in), on which they differ
    differs : compares the two things on a batch
    rounds : most batches to compare
    steps : most steps in a batch; of longer words, blocks are left out at evenly spaced places only
    """
    block = len(word) // 2
    for _ in range(rounds):
        if block < 1:
            break
        places_to_cut = len(word) - block + 1
        starts = np.arange(0, places_to_cut, -(-places_to_cut // max(1, steps // (len(word) - block))))
        kept = np.arange(len(word) - block)
        places = kept + np.where(kept >= starts[:, None], block, 0)  # (N, T - block)
        found = differs(word[places])
        hits = np.flatnonzero(found >= 0)
        if len(hits):
            best = hits[np.argmin(found[hits])]
            word = word[places[best]][: found[best] + 1]
            block = min(block, len(word) - 1)
        else:
            block //= 2
    return word
