"""Make a failure as small as it gets while its cause stays: leave steps out, then lower symbols (delta debugging).

After Zeller and Hildebrandt, Simplifying and isolating failure-inducing input, IEEE TSE 28(2), 2002: blocks of falling
size are left out, until no single step can go.  Then each symbol is exchanged for a smaller one where that keeps the
failure.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mips_core.errors import BadInputError
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.verification.causes import Finding, Judge
from mips_core.verification.failures import Failure
from mips_core.verification.shorten import Differs, shorten

_PRODUCTS = 10**8  # multiplications of the network for one batch of smaller words
_MOST_SYMBOLS = 16  # smaller symbols tried in one place
_ROUNDS = 12


def shrink(judge: Judge, failure: Failure, monitor: Monitor | None = None) -> Failure:
    """Return a smaller failure of the same link and cause; from it no single step can go, unless it is very long.

    Raises
    ------
    BadInputError
        for a recorded row: nobody knows the right outputs of a word that was not recorded.
    Cancelled
        when the monitor's caller asks to stop.
    """
    if not failure.may_shrink:
        raise BadInputError(
            "This is a recorded row. Nobody recorded the right outputs of a smaller one, so it cannot be shrunk."
        )
    watch = monitor or Monitor()
    steps = max(2**9, min(2**15, _PRODUCTS // max(1, judge.compared.network.parameters)))

    def stays(x: IntArray) -> IntArray:
        watch.check()
        return judge.steps_of(failure.finding, x)

    word = failure.x
    for number in range(_ROUNDS):
        watch.report("shrink", f"Leaving steps out of {len(word):,}", number / _ROUNDS)
        shorter = shorten(word, stays, steps=steps)
        watch.report("shrink", f"Lowering the symbols of {len(shorter):,} steps", number / _ROUNDS)
        lower = _lowered(shorter, _smaller_symbols(judge), stays)
        if len(lower) == len(word) and (lower == word).all():
            break
        word = lower
    found = [f for f in judge.findings(word[None])[0] if _same(f, failure)]
    return replace(failure, x=word, finding=found[0], y=None) if found else failure


def _same(finding: Finding, failure: Failure) -> bool:
    asked = failure.finding
    return (finding.left, finding.right, finding.cause) == (asked.left, asked.right, asked.cause)


def _smaller_symbols(judge: Judge) -> IntArray:
    """Return symbols from the smallest up, int64 (X, D_in); of a large alphabet the first few."""
    symbols = judge.compared.symbols
    if symbols is None:
        low = np.array([r.low for r in judge.compared.inputs], dtype=np.int64)
        near = np.array([min(max(0, r.low), r.high - 1) for r in judge.compared.inputs], dtype=np.int64)
        return np.unique(np.stack([near, low]), axis=0)
    order = np.lexsort((*symbols.T[::-1], np.abs(symbols).sum(axis=1)))
    return symbols[order]


def _lowered(word: IntArray, symbols: IntArray, stays: Differs) -> IntArray:
    """Exchange single symbols for smaller ones, first to last, while the failure stays; it may end earlier by that."""
    t = 0
    while t < len(word):
        place = np.flatnonzero((symbols == word[t]).all(axis=1))
        smaller = symbols[: min(int(place[0]) if len(place) else len(symbols), _MOST_SYMBOLS)]
        if len(smaller):
            words = np.repeat(word[None], len(smaller), axis=0)
            words[:, t] = smaller
            found = stays(words)
            hits = np.flatnonzero(found >= 0)
            if len(hits):
                word = words[hits[0]][: int(found[hits[0]]) + 1]
        t += 1
    return word
