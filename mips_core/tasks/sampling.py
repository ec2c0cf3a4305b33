"""Ways to draw input sequences other than independently and uniformly."""

from __future__ import annotations

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Draw, uniform


def distinct(inputs: tuple[Integers, ...]) -> Draw:
    """Draw uniformly, but no sequence twice as long as there are others left.

    When more sequences are asked for than exist at that length, every one of them
    comes equally often, give or take one.
    """
    free = uniform(inputs)
    per_step = int(np.prod([len(r) for r in inputs]))

    def draw(n: int, length: int, rng: np.random.Generator) -> IntArray:
        total = per_step**length
        if total <= 4 * n:  # few exist: shuffle all of them, as often as needed
            rounds = -(-n // total)
            codes = np.concatenate([rng.permutation(total) for _ in range(rounds)])[:n]
            return _decode(codes, inputs, length)
        x = free(n, length, rng)
        while len(x := _without_repeats(x)) < n:
            x = np.concatenate([x, free(n, length, rng)])
        return x[:n]

    return draw


def palindromic_prefix(n: int, length: int, rng: np.random.Generator) -> IntArray:
    """Draw bits whose first m are a palindrome, m uniform in 2..length; the rest is uniform.

    The first half of the palindrome (middle bit included) is uniform.  Below two
    steps there is nothing to mirror and the bits are uniform.
    """
    x = rng.integers(0, 2, size=(n, length, 1), dtype=np.int64)
    if length < 2:
        return x
    m = rng.integers(2, length + 1, size=(n, 1))
    place = np.arange(length)[None, :]  # (1, T)
    source = np.where(place < m, np.minimum(place, m - 1 - place), place)  # beyond m, and in the first half: itself
    return np.take_along_axis(x, source[:, :, None], axis=1)


def _without_repeats(x: IntArray) -> IntArray:
    """Keep the first of each group of equal rows, in order."""
    flat = x.reshape(len(x), x.shape[1] * x.shape[2])
    _, first = np.unique(flat, axis=0, return_index=True)
    return x[np.sort(first)]


def _decode(codes: IntArray, inputs: tuple[Integers, ...], length: int) -> IntArray:
    """Read each code as digits of mixed base: one digit per number of the sequence."""
    x = np.empty((len(codes), length, len(inputs)), dtype=np.int64)
    for t in range(length):
        for channel, allowed in enumerate(inputs):
            codes, digit = np.divmod(codes, len(allowed))
            x[:, t, channel] = allowed.low + digit
    return x
