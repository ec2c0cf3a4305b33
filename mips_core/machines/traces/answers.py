"""What a network answers when it is resumed from its hidden states: likeness of states, steps never recorded."""

from __future__ import annotations

import numpy as np

from mips_core.networks.protocol import FloatArray
from mips_core.networks.recurrent import Recurrent
from mips_core.stepping import IntArray

MEMBERS = 12
"""Hidden states kept per state of the machine."""

ASKED = 3
"""Hidden states of a state that one word is asked from; their answers are averaged."""

PAIRS = 100
"""Most words of two symbols in a signature, beside all single symbols."""

LONG_WORDS, LONG = 40, 5
"""Random words in a signature, and their length."""


class Answers:
    """Asks a network about words, resumed from hidden states.

    Parameters
    ----------
    network : its scores are one per output
    symbols : int64, shape (X, D_in); the input symbols
    seed : chooses the words of a signature
    """

    def __init__(self, network: Recurrent, symbols: IntArray, *, seed: int) -> None:
        self._network = network
        self._symbols = symbols
        count = len(symbols)
        rng = np.random.default_rng([seed, 17])
        pairs = np.sort(rng.permutation(count * count)[:PAIRS])
        # Levels of words as (parent, symbol): all symbols, then pairs and the beginnings of the long words.
        first, second = np.divmod(pairs, count)
        levels = [(np.zeros(count, dtype=np.int64), np.arange(count))]
        long = rng.integers(count, size=(LONG_WORDS, LONG))
        levels.append((np.concatenate([first, long[:, 0]]), np.concatenate([second, long[:, 1]])))
        own = len(first) + np.arange(LONG_WORDS)
        for t in range(2, LONG):
            levels.append((own, long[:, t]))
            own = np.arange(LONG_WORDS)
        self._levels = levels

    @property
    def start(self) -> FloatArray:
        """The hidden state before the first input, shape (1, state size)."""
        return self._network.start(1)

    def reached(self, word: IntArray) -> FloatArray:
        """Return the hidden state after a word of symbol numbers, shape (1, state size)."""
        hidden = self.start
        for symbol in word.tolist():
            hidden = self.after(hidden, symbol)
        return hidden

    def after(self, hidden: FloatArray, symbol: int) -> FloatArray:
        """Return the hidden states after one symbol, same shape."""
        return self._network.advance(hidden, np.repeat(self._symbols[symbol : symbol + 1], len(hidden), axis=0))

    def output(self, hidden: FloatArray) -> int:
        """Return the output that the hidden states give together on the step that led to them."""
        return int(_probabilities(self._network.readout(hidden)).mean(axis=0).argmax())

    def disagreements(self, hidden: FloatArray, levels: list[tuple[IntArray, IntArray, IntArray]]) -> int:
        """Follow recorded words from ``hidden`` on and count the steps where the network answers something else.

        Parameters
        ----------
        levels : one (parent, symbol, output) per length of word, int64 (n,); parents are places in the level before
        """
        answered = self._follow(hidden, [(parent, symbol) for parent, symbol, _ in levels])
        if not levels:
            return 0
        return int((answered.argmax(axis=1) != np.concatenate([output for _, _, output in levels])).sum())

    def signature(self, hidden: FloatArray) -> IntArray:
        """Return the network's answers to a fixed set of short words after ``hidden``, int64 (words,)."""
        answered: IntArray = self._follow(hidden, self._levels).argmax(axis=1)
        return answered

    def _follow(self, hidden: FloatArray, levels: list[tuple[IntArray, IntArray]]) -> FloatArray:
        """Return the mean probabilities of the outputs of all words, level by level, shape (words, scores)."""
        state = hidden[:ASKED][None]  # (words, members, state size)
        members = state.shape[1]
        shares = []
        for parent, symbol in levels:
            flat = self._network.advance(
                state[parent].reshape(len(parent) * members, -1), np.repeat(self._symbols[symbol], members, axis=0)
            )
            shares.append(_probabilities(self._network.readout(flat)).reshape(len(parent), members, -1).mean(axis=1))
            state = flat.reshape(len(parent), members, -1)
        return np.concatenate(shares) if shares else np.zeros((0, 1))


def _probabilities(scores: FloatArray) -> FloatArray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: FloatArray = shifted / shifted.sum(axis=1, keepdims=True)
    return shares
