"""Search for words on which a network is wrong although it is right on everything that was drawn at random.

Three ways, each finding what the others miss: all words up to some length; words that are
rarely drawn (constant, one odd symbol, few symbols); and a walk through the network's own
hidden states, one word for each cell of a grid, which comes to states that random words
hardly ever reach.  All need the rule, so they are for tasks; of a data file only the rows
are known, and those are all looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.networks.protocol import FloatArray, Network
from mips_core.stepping import IntArray, outputs_of
from mips_core.tasks.exhaustive import all_symbols, longest_length, number_of_words, words_of_length
from mips_core.tasks.integers import Integers
from mips_core.tasks.rare_words import rare_words

_WORDS = 50_000
_RARE = 2_000
_RARE_LONGER = 500
_MOST_SYMBOLS = 2_048
_LEVEL = 4_096
"""Words of one length that the walk follows."""

_CELLS = 8
"""Cells of the walk's grid per standard deviation of a hidden coordinate."""

_FOUND = 2_048

Rule = Callable[[IntArray], IntArray]


@dataclass(frozen=True, eq=False)
class Findings:
    """What a search found.

    Parameters
    ----------
    length, words, wrong : there are ``words`` words of up to ``length`` steps, and on ``wrong`` of them the last
        output is wrong
    rare, rare_wrong : words of the trained length that are rarely drawn, and on how many of them some output is wrong
    walked, walked_wrong, reach : words of the walk, those whose last output is wrong, and the longest, in steps
    shortest : steps of the shortest word on which the network is wrong, or None
    within : wrong words of up to the trained length, continued at random to it, int64 (N, T, D_in)
    beyond : wrong words of up to ``reach`` steps, continued at random to that, int64 (N, reach, D_in)
    """

    length: int
    words: int
    wrong: int
    rare: int
    rare_wrong: int
    walked: int
    walked_wrong: int
    reach: int
    shortest: int | None
    within: IntArray
    beyond: IntArray

    @property
    def clean(self) -> bool:
        """Whether nothing wrong was found up to the trained length."""
        return len(self.within) == 0

    @property
    def cost(self) -> tuple[float, float]:
        """Smaller is better: share of words found wrong up to the trained length, then beyond it."""
        inside = self.wrong / max(1, self.words) + self.rare_wrong / max(1, self.rare) + float(not self.clean)
        return inside, self.walked_wrong / max(1, self.walked)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values for the network's card."""
        return {
            "all": {"length": self.length, "words": self.words, "wrong": self.wrong},
            "rare": {"words": self.rare, "wrong": self.rare_wrong},
            "walk": {"length": self.reach, "words": self.walked, "wrong": self.walked_wrong},
            "shortest_wrong": self.shortest,
        }


def search(
    network: Network,
    rule: Rule,
    inputs: tuple[Integers, ...],
    *,
    length: int,
    reach: int,
    rng: np.random.Generator,
) -> Findings:
    """Look for words on which ``network`` differs from ``rule``.

    Parameters
    ----------
    rule : exact outputs (N, T, D_out) for inputs (N, T, D_in)
    inputs : integers that may occur, one range per input
    length : trained length, in steps
    reach : how far to look beyond it, at least ``length``
    """
    symbols = all_symbols(inputs, _MOST_SYMBOLS)
    covered, count, wrong, short = 0, 0, 0, np.empty((0, 1, len(inputs)), dtype=np.int64)
    lengths: list[int] = []
    if symbols is not None:
        covered = longest_length(len(symbols), limit=_WORDS, longest=length)
        count = number_of_words(len(symbols), covered)
        words = words_of_length(symbols, covered)
        differs = _differs(network, rule, words)
        for steps in range(1, covered + 1):
            # Words of k steps are the beginnings of every X**(longest - k)-th word of the longest.
            last = differs[:: len(symbols) ** (covered - steps), steps - 1]
            wrong += int(last.sum())
        lengths += _first(differs)
        short = words[differs.any(axis=1)]
    rare, longer = rare_words(inputs, _RARE, length, rng), rare_words(inputs, _RARE_LONGER, reach, rng)
    odd, odd_longer = _differs(network, rule, rare), _differs(network, rule, longer)
    lengths += _first(odd) + _first(odd_longer)
    walked = walked_wrong = 0
    ends: list[IntArray] = []
    if symbols is not None:
        walked, walked_wrong, ends = _walk(network, rule, symbols, rare, reach, rng)
        lengths += [len(end) for end in ends]
    near = [word for word in ends if len(word) <= length]
    within = [
        _continued(list(short), length, inputs, rng),
        rare[odd.any(axis=1)],
        _continued(near, length, inputs, rng),
    ]
    beyond = [longer[odd_longer.any(axis=1)], _continued(ends, reach, inputs, rng)]
    return Findings(
        covered, count, wrong, len(rare), int(odd.any(axis=1).sum()), walked, walked_wrong, reach,
        min(lengths, default=None), _some(within, rng), _some(beyond, rng),
    )  # fmt: skip


def _differs(network: Network, rule: Rule, words: IntArray) -> np.ndarray:
    """Return at which steps the outputs differ, bool (N, T)."""
    return (outputs_of(network, words) != rule(words)).any(axis=2)


def _first(differs: np.ndarray) -> list[int]:
    """Return the steps of the shortest wrong beginning, in a list; an empty list when nothing differs."""
    steps = np.flatnonzero(differs.any(axis=0))
    return [int(steps[0]) + 1] if len(steps) else []


def _walk(
    network: Network, rule: Rule, symbols: IntArray, usual: IntArray, reach: int, rng: np.random.Generator
) -> tuple[int, int, list[IntArray]]:
    """Walk breadth first through cells of hidden states, one word for each.

    Parameters
    ----------
    usual : words whose hidden states give the grid its scale

    Returns
    -------
    words tried, those whose last output was wrong, and some of these words
    """
    count = len(symbols)
    cell = _cell(network, usual)
    mixing = rng.integers(1, 2**62, size=network.state_size, dtype=np.int64) | 1
    words, state = np.empty((1, 0), dtype=np.int64), network.start(1)
    seen = np.empty(0, dtype=np.int64)
    tried = wrong = 0
    ends: list[IntArray] = []
    for _ in range(reach):
        most = max(1, _LEVEL // count)
        if len(words) > most:
            chosen = rng.permutation(len(words))[:most]
            words, state = words[chosen], state[chosen]
        words = np.column_stack([np.repeat(words, count, axis=0), np.tile(np.arange(count), len(words))])
        last = symbols[words[:, -1]]
        state, outputs = network.step(np.repeat(state, count, axis=0), last)
        right = (outputs == rule(symbols[words])[:, -1]).all(axis=1)
        tried, wrong = tried + len(words), wrong + int((~right).sum())
        ends += list(symbols[words[~right][: _FOUND // 16]])
        words, state = words[right], state[right]
        with np.errstate(invalid="ignore", over="ignore"):
            codes = (np.rint(state / cell).astype(np.int64) * mixing).sum(axis=1)
        codes, first = np.unique(codes, return_index=True)
        first = first[~np.isin(codes, seen)]
        seen = np.union1d(seen, codes)
        if len(first) == 0:
            break
        words, state = words[first], state[first]
    return tried, wrong, ends


def _cell(network: Network, usual: IntArray) -> FloatArray:
    """Return the sides of the grid's cells, float64 (state_size,)."""
    state, states = network.start(len(usual)), []
    for t in range(usual.shape[1]):
        state = network.advance(state, usual[:, t])
        states.append(state)
    spread = np.nan_to_num(np.concatenate(states).std(axis=0))
    # A coordinate that hardly moves must not split the grid into noise.
    return np.maximum(spread, max(float(spread.max()) / 4, 1e-9)) / _CELLS


def _continued(words: list[IntArray], length: int, inputs: tuple[Integers, ...], rng: np.random.Generator) -> IntArray:
    """Return words (steps, D_in) continued at random to ``length`` steps, int64 (N, length, D_in)."""
    low, high = [r.low for r in inputs], [r.high for r in inputs]
    out = rng.integers(low, high, size=(len(words), length, len(inputs)), dtype=np.int64)
    for row, word in zip(out, words, strict=True):
        row[: len(word)] = word
    return out


def _some(parts: list[IntArray], rng: np.random.Generator) -> IntArray:
    """Return at most as many words as one round of training can make use of, all parts mixed."""
    words = np.concatenate(parts)
    return words[rng.permutation(len(words))[:_FOUND]]
