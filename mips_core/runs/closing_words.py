"""The words that a network is trained on while its set of hidden states is being closed."""

from __future__ import annotations

from collections import deque

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.networks.recurrent import on_grid
from mips_core.stepping import IntArray, trace
from mips_core.verification.grid_walk import GridWalk

_KEPT = 1_024
"""Words found that are remembered; the newest take the place of the oldest."""
_ROWS = 1_024
_SHORTEST, _LONGEST = 15, 60  # steps of the sequences trained on
_FEW = 64
_USABLE = 0.9


class Words:
    """Words found wrong and words to other hidden states, continued at random and labelled by the machine.

    Parameters
    ----------
    machine : gives the right outputs; its symbols are the input symbols
    rng : draws
    """

    def __init__(self, machine: MealyMachine, rng: np.random.Generator) -> None:
        self.machine, self.rng = machine, rng
        self.added = 0
        self._wrong: deque[IntArray] = deque(maxlen=_KEPT)
        self._newest: list[IntArray] = []
        self._usual: list[IntArray] = []

    def add(self, walk: GridWalk) -> None:
        """Take over what a walk found."""
        self._newest = [self.machine.indices(word) for word in walk.words]
        self._wrong.extend(self._newest)
        self._usual = [self.machine.indices(word) for word in walk.sample]
        self.added += len(self._newest)

    @property
    def rate(self) -> float:
        """Share of the full rate to train at: less where few words are wrong, so that what is right stays right."""
        return float(np.clip((len(self._newest) / _FEW) ** 0.5, 0.2, 1.0))

    def draw(self) -> tuple[IntArray, IntArray, IntArray]:
        """Return sequences of input symbols (N, T), right outputs (N, T, D_out) and groups of equal future (N, T).

        Half of them begin with a word found wrong, a quarter with one to a hidden state met, and a quarter are random
        sequences of few different symbols.
        """
        wrong = [*self._newest, *self._wrong] or self._usual
        begun = [*self._some(wrong, _ROWS // 2), *self._some(self._usual, _ROWS // 4)]
        length = int(np.clip(max((len(word) for word in begun), default=0) + 2, _SHORTEST, _LONGEST))
        which = self._few_symbols(length)
        for row, word in zip(which, begun, strict=False):
            row[: len(word)] = word[:length]
            row[len(word) :] = self.rng.integers(len(self.machine.symbols), size=max(0, length - len(word)))
        followed = trace(self.machine, self.machine.symbols[which])
        pairs = np.concatenate([followed.states[:, 1:, None], followed.outputs], axis=2)
        _, groups = np.unique(pairs.reshape(-1, pairs.shape[2]), axis=0, return_inverse=True)
        return which, followed.outputs, groups.reshape(which.shape)

    def centres(self, network: MlpNetwork, which: IntArray, outputs: IntArray, groups: IntArray) -> FloatArray | None:
        """Return the grid state nearest to the mean hidden state of each group, float64 (G, d).

        None where the network is wrong too often: its hidden states do not tell the groups apart yet.
        """
        followed = trace(network, self.machine.symbols[which])
        right = (followed.outputs == outputs).all(axis=2)
        if right[-_ROWS // 4 :].mean() < _USABLE:  # those of few symbols only: the others begin with what is wrong
            return None
        states, flat = followed.states[:, 1:].reshape(-1, network.state_size), groups.reshape(-1)
        sums = np.zeros((int(flat.max()) + 1, network.state_size))
        np.add.at(sums, flat, states)
        return on_grid(sums / np.bincount(flat)[:, None], network.state_grid)

    def _some(self, words: list[IntArray], count: int) -> list[IntArray]:
        return [words[i] for i in self.rng.integers(len(words), size=count)] if words else []

    def _few_symbols(self, length: int) -> IntArray:
        """Return random sequences (N, length), each of one to all symbols: rare states are reached more often."""
        count = len(self.machine.symbols)
        most = np.exp(self.rng.uniform(0, np.log(count + 1), size=_ROWS)).astype(np.int64).clip(1, count)
        order = np.argsort(self.rng.random((_ROWS, count)), axis=1)
        places = self.rng.integers(0, most[:, None], size=(_ROWS, length))
        return np.take_along_axis(order, places, axis=1)
