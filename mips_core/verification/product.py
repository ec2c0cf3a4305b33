"""Follow two things through all reachable pairs of states: a proof of equality where these are finitely many."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mips_core.progress import Stopwatch
from mips_core.stepping import IntArray, Stepper
from mips_core.verification.claims import Claim, Strength


@dataclass(frozen=True, eq=False)
class ProductSearch:
    """What a search over pairs of states found.

    Parameters
    ----------
    word : shortest input on which the outputs differ, int64 (T, D_in), or None
    closed : every reachable pair was seen, so without a word the two are equal at every length
    pairs : pairs of states seen
    depth : every word up to this length was covered
    """

    word: IntArray | None
    closed: bool
    pairs: int
    depth: int

    def claim(self, left: str, right: str) -> Claim:
        """Say what the search shows about the two things."""
        if self.word is not None:
            return Claim(Strength.DIFFERS, left, right, f"differs on a sequence of length {len(self.word)}")
        if self.closed:
            return Claim(Strength.PROVED_FOR_ALL_LENGTHS, left, right, "proved for all lengths")
        return Claim(Strength.PROVED_TO_LENGTH, left, right, f"proved up to length {self.depth}")


def search_product(
    a: Stepper, b: Stepper, symbols: IntArray, *, limit: int = 100_000, seconds: float = math.inf
) -> ProductSearch:
    """Search breadth first through pairs of states of ``a`` and ``b``, level by level and vectorised.

    States must be integer arrays: two equal rows are the same state.  A machine and a program with
    bounded variables close; one with an unbounded variable ends at ``limit`` pairs, or after ``seconds``.

    Parameters
    ----------
    symbols : input symbols, int64 (X, D_in)
    """
    level_a, level_b = a.start(1), b.start(1)
    seen = set(_keys(level_a, level_b))
    parents: list[tuple[IntArray, IntArray]] = []  # per level: index of the parent, index of the symbol
    count = len(symbols)
    clock = Stopwatch()
    while True:
        n = len(level_a)
        inputs = np.tile(symbols, (n, 1))
        next_a, out_a = a.step(np.repeat(level_a, count, axis=0), inputs)
        next_b, out_b = b.step(np.repeat(level_b, count, axis=0), inputs)
        origin = np.divmod(np.arange(n * count), count)
        wrong = np.flatnonzero((out_a != out_b).any(axis=1))
        if len(wrong):
            return ProductSearch(_word(parents, origin, int(wrong[0]), symbols), False, len(seen), len(parents))
        fresh = []
        for i, key in enumerate(_keys(next_a, next_b)):
            if key not in seen:
                seen.add(key)
                fresh.append(i)
        if not fresh:
            return ProductSearch(None, True, len(seen), len(parents) + 1)
        if len(seen) > limit or clock.seconds > seconds:
            return ProductSearch(None, False, len(seen), len(parents) + 1)
        parents.append((origin[0][fresh], origin[1][fresh]))
        level_a, level_b = next_a[fresh], next_b[fresh]


def _keys(a: np.ndarray, b: np.ndarray) -> list[bytes]:
    rows = np.column_stack([a.reshape(len(a), -1), b.reshape(len(b), -1)]).astype(np.int64)
    return [row.tobytes() for row in rows]


def _word(
    parents: list[tuple[IntArray, IntArray]], origin: tuple[IntArray, IntArray], place: int, symbols: IntArray
) -> IntArray:
    word = [int(origin[1][place])]
    node = int(origin[0][place])
    for parent, symbol in reversed(parents):
        word.append(int(symbol[node]))
        node = int(parent[node])
    return symbols[word[::-1]]
