"""A network as the oracle of query learning: outputs after a suffix, from any hidden state reached so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.progress import Monitor
from mips_core.stepping import IntArray, Stepper

Hidden = NDArray[Any]
_ROWS = 8192
"""Rows per call: small enough that a layer's activations stay in the processor's cache."""

_SIDE_BY_SIDE = 20_000
"""Rows up to which several suffixes are fed in one batch."""


class OutOfBudget(Exception):
    """The learner used up its time or its network steps; caught inside this package."""


@dataclass
class Oracle:
    """Asks the network in batches, counts the steps, and stops when the budget is used up.

    A hidden state is a resumption point: a question about (prefix, suffix) costs only the
    suffix.  Words are rows of symbol positions.

    Parameters
    ----------
    network : anything with the stepping protocol
    symbols : int64, shape (X, D_in)
    monitor : asked before every batch
    max_steps : network steps (rows times suffix length) that may be spent
    """

    network: Stepper
    symbols: IntArray
    monitor: Monitor
    max_steps: int
    steps: int = field(default=0)

    def start(self) -> Hidden:
        """Return the hidden state before the first input, shape (1, ...)."""
        return self.network.start(1)

    def step(self, hidden: Hidden, word: IntArray) -> tuple[Hidden, IntArray]:
        """Take one step from each hidden state (M, ...) with symbol positions (M,): next states, outputs (M, D_out)."""
        self._spend(len(hidden))
        if len(hidden) <= _ROWS:
            return self.network.step(hidden, self.symbols[word])
        return self._in_blocks(
            len(hidden), lambda block: self.network.step(hidden[block], self.symbols[word[block]])
        )  # fmt: skip

    def after(self, hidden: Hidden, suffix: IntArray) -> IntArray:
        """Return the outputs (M, D_out) on the last symbol of one suffix (K >= 1,), from each hidden state."""
        self._spend(len(hidden) * len(suffix))
        outputs = np.empty((len(hidden), self.network.output_width), dtype=np.int64)
        for block in self._blocks(len(hidden)):
            state = hidden[block]
            for symbol in self.symbols[suffix]:
                state, outputs[block] = self.network.step(state, np.tile(symbol, (len(state), 1)))
        return outputs

    def after_all(self, hidden: Hidden, suffixes: Sequence[IntArray]) -> list[IntArray]:
        """Return :meth:`after` for several suffixes; they advance side by side, which saves calls on small batches."""
        if len(hidden) * len(suffixes) > _SIDE_BY_SIDE or len(suffixes) < 2:
            return [self.after(hidden, suffix) for suffix in suffixes]
        count = len(hidden)
        order = sorted(range(len(suffixes)), key=lambda k: -len(suffixes[k]))  # longest first: the others drop out
        state = np.concatenate([hidden] * len(suffixes))
        results: list[IntArray] = [np.empty(0, dtype=np.int64)] * len(suffixes)
        active = len(order)
        for j in range(len(suffixes[order[0]])):
            while len(suffixes[order[active - 1]]) <= j:
                active -= 1
            word = np.repeat([suffixes[k][j] for k in order[:active]], count)
            state, outputs = self.step(state[: active * count], word)
            for place, k in enumerate(order[:active]):
                if len(suffixes[k]) == j + 1:
                    results[k] = outputs[place * count : (place + 1) * count]
        return results

    def run(self, words: IntArray, hidden: Hidden | None = None) -> IntArray:
        """Return all outputs (N, T, D_out) on words of symbol positions (N, T), from the start or from given states."""
        if hidden is None:
            hidden = self.network.start(len(words))
        outputs = np.empty((*words.shape, self.network.output_width), dtype=np.int64)
        for t in range(words.shape[1]):
            hidden, outputs[:, t] = self.step(hidden, words[:, t])
        return outputs

    def every(self, hidden: Hidden) -> tuple[Hidden, IntArray]:
        """Take all X symbols from each of M hidden states: next states (M, X, ...), outputs (M, X, D_out)."""
        count, alphabet = len(hidden), len(self.symbols)
        self._spend(count * alphabet)

        def answered(block: slice) -> tuple[Hidden, IntArray]:
            state, symbol = np.divmod(np.arange(block.start, block.stop), alphabet)
            return self.network.step(hidden[state], self.symbols[symbol])

        following, outputs = self._in_blocks(count * alphabet, answered)
        return (
            following.reshape(count, alphabet, *following.shape[1:]),
            outputs.reshape(count, alphabet, outputs.shape[1]),
        )

    def _spend(self, steps: int) -> None:
        """Count network steps before they are taken."""
        self.monitor.check()
        self.steps += steps
        if self.steps > self.max_steps:
            raise OutOfBudget(f"{self.max_steps:,} network steps were used up")
        if self.monitor.expired:
            raise OutOfBudget("the time was used up")

    def _blocks(self, rows: int) -> Iterator[slice]:
        """Return parts of that many rows, one at least; between them the caller may stop it."""
        for begin in range(0, max(rows, 1), _ROWS):
            if begin:
                self.monitor.check()
            yield slice(begin, min(begin + _ROWS, rows))

    def _in_blocks(self, rows: int, answered: Callable[[slice], tuple[Hidden, IntArray]]) -> tuple[Hidden, IntArray]:
        """Answer part by part, into arrays that are made once: nothing large is held twice."""
        following: Hidden | None = None
        outputs = np.empty((rows, self.network.output_width), dtype=np.int64)
        for block in self._blocks(rows):
            state, outputs[block] = answered(block)
            if following is None:
                following = np.empty((rows, *state.shape[1:]), dtype=state.dtype)
            following[block] = state
        assert following is not None  # there is at least one part
        return following, outputs
