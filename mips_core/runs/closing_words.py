"""The words that a network is trained on while its set of hidden states is being closed."""

from __future__ import annotations

from collections import deque

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.networks.grid_steps import Steps
from mips_core.networks.recurrent import on_grid
from mips_core.stepping import IntArray, outputs_of, trace
from mips_core.verification.grid_walk import GridNetwork, GridWalk

_KEPT = 1_024
"""Words found that are remembered; the newest take the place of the oldest."""
_ROWS = 1_024
_SHORTEST, _LONGEST = 15, 60  # steps of the sequences trained on
_FEW = 64
_USABLE = 0.9
"""Share of outputs that are right where hidden states tell futures apart well enough."""


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
        self._steps: Steps | None = None

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

    @property
    def sentence(self) -> str:
        """What there was to train on, in words."""
        steps = "" if self._steps is None else f" and {len(self._steps.which):,} single steps"
        return f"{self.added:,} words found wrong{steps}"

    def draw(self) -> tuple[IntArray, IntArray]:
        """Return sequences of input symbols, int64 (N, T), and the right outputs (N, T, D_out).

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
        return which, outputs_of(self.machine, self.machine.symbols[which])

    def steps(self, network: GridNetwork) -> Steps | None:
        """Return each step from each hidden state that stands for a future, to the one that stands for the next.

        All hidden states after which the machine is in one state, with one output, stand for the same: the grid state
        nearest to their mean does, as long as the network is trained.  None where the network is wrong too often: its
        hidden states do not tell futures apart yet.
        """
        if self._steps is None:
            self._steps = self._standing(network)
        return self._steps

    def _standing(self, network: GridNetwork) -> Steps | None:
        machine, which = self.machine, self._few_symbols(_SHORTEST)
        followed, wanted = (trace(thing, machine.symbols[which]) for thing in (network, machine))
        if (followed.outputs == wanted.outputs).all(axis=2).mean() < _USABLE:
            return None
        states = followed.states[:, 1:].reshape(-1, network.state_size)
        count, width = len(machine.symbols), machine.output_width
        pairs = np.concatenate([machine.next_state[..., None], machine.output], axis=2).reshape(-1, 1 + width)
        kinds, of = np.unique(pairs, axis=0, return_inverse=True)  # (G, 1 + D_out); (S X,)
        of = of.reshape(machine.states, count)
        met = of[wanted.states[:, :-1], which].reshape(-1)
        sums = np.zeros((len(kinds), network.state_size))
        np.add.at(sums, met, states)
        size = np.bincount(met, minlength=len(kinds))
        centre = on_grid(sums / np.maximum(size, 1)[:, None], network.state_grid)
        known = np.flatnonzero(size)
        before = np.concatenate([network.start(1), centre[known]])
        state = np.concatenate([[machine.start_state], kinds[known, 0]])
        who, symbol = np.repeat(np.arange(len(before)), count), np.tile(np.arange(count), len(before))
        after = of[state[who], symbol]
        kept = size[after] > 0
        return Steps(before[who][kept], centre[after][kept], symbol[kept], kinds[after][kept, 1:])

    def _some(self, words: list[IntArray], count: int) -> list[IntArray]:
        return [words[i] for i in self.rng.integers(len(words), size=count)] if words else []

    def _few_symbols(self, length: int) -> IntArray:
        """Return random sequences (N, length), each of one to all symbols: rare states are reached more often."""
        count = len(self.machine.symbols)
        most = np.exp(self.rng.uniform(0, np.log(count + 1), size=_ROWS)).astype(np.int64).clip(1, count)
        order = np.argsort(self.rng.random((_ROWS, count)), axis=1)
        places = self.rng.integers(0, most[:, None], size=(_ROWS, length))
        return np.take_along_axis(order, places, axis=1)
