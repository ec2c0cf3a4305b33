"""A first machine from recorded sequences and the network that learned them.

States are found in the order of how much was recorded about them.  What follows the most visited open edge is
compared with every state there is (:mod:`folding`).  A new state is made where the recordings forbid every merge;
among the merges that they allow the network chooses, by the likeness of what it answers when it is resumed from
its hidden states there and here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mips_core.errors import TooManyStatesError
from mips_core.machines.traces.answers import MEMBERS, Answers
from mips_core.machines.traces.folding import Folding
from mips_core.machines.traces.prefix_tree import NONE, PrefixTree
from mips_core.machines.traces.tables import Tables
from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray


class Merging:
    """Merges the nodes of a prefix tree into the states of a machine.

    Parameters
    ----------
    tree : the recorded words
    answers : the network
    noise : share of recorded outputs that are wrong, in [0, 1)
    max_states : most states to make
    """

    def __init__(self, tree: PrefixTree, answers: Answers, *, noise: float, max_states: int) -> None:
        self._folding = Folding(tree, noise)
        self._answers = answers
        self._max_states = max_states
        self._states = [0]
        self._hidden: list[FloatArray] = [answers.start]
        self._number = {0: 0}
        self._signatures: dict[int, IntArray] = {}

    def run(self, check: Callable[[], None]) -> Tables:
        """Merge until every recorded edge leads to a state.

        Raises
        ------
        TooManyStatesError
            when more than ``max_states`` states have to be told apart.
        """
        while True:
            check()
            edge = self._most_visited()
            if edge is None:
                return self._tables()
            state, symbol, number = edge
            led = self._answers.after(self._hidden[state], symbol)
            possible = self._possible(number)
            if not possible:
                self._promote(number, led)
            else:
                self._merge(number, led, self._best(possible, led))

    def _most_visited(self) -> tuple[int, int, int] | None:
        """Return state, symbol and number of the most visited edge that leads to no state yet."""
        edges = self._folding.edge[self._states]
        s, a = np.nonzero(edges != NONE)
        numbers = edges[s, a]
        is_open = ~np.isin(self._folding.target[numbers], self._states)
        if not is_open.any():
            return None
        visits = np.where(is_open, self._folding.visits(numbers), -1)
        best = int(visits.argmax())
        return int(s[best]), int(a[best]), int(numbers[best])

    def _possible(self, number: int) -> dict[int, float]:
        """Return the states that the evidence allows, with the log-chance of what each would have to take over."""
        rates = self._rates()
        possible = {}
        for index, state in enumerate(self._states):
            fold = self._folding.merge(number, state)
            self._folding.undo()
            if not fold.contradicted:
                possible[index] = float(rates[fold.taken_over[:, 0], fold.taken_over[:, 1]].sum())
        return possible

    def _best(self, possible: dict[int, float], led: FloatArray) -> int:
        if len(possible) == 1:
            return next(iter(possible))
        mine = self._answers.signature(led)
        for index in possible:
            if index not in self._signatures:
                self._signatures[index] = self._answers.signature(self._hidden[index])
        differing = {index: int((mine != self._signatures[index]).sum()) for index in possible}
        return max(possible, key=lambda index: possible[index] - differing[index])

    def _rates(self) -> FloatArray:
        """Return the log-frequency of each output on each symbol over the states, shape (X, outputs)."""
        edges = self._folding.edge[self._states]
        counts = np.full((edges.shape[1], int(self._folding.output.max()) + 1), 0.5)
        s, a = np.nonzero(edges != NONE)
        np.add.at(counts, (a, self._folding.output[edges[s, a]]), 1.0)
        rates: FloatArray = np.log(counts / counts.sum(axis=1, keepdims=True))
        return rates

    def _promote(self, number: int, led: FloatArray) -> None:
        if len(self._states) == self._max_states:
            raise TooManyStatesError(f"More than {self._max_states} states have to be told apart.")
        node = int(self._folding.target[number])
        self._number[node] = len(self._states)
        self._states.append(node)
        self._hidden.append(led)

    def _merge(self, number: int, led: FloatArray, index: int) -> None:
        self._folding.merge(number, self._states[index])
        if len(self._hidden[index]) < MEMBERS:
            self._hidden[index] = np.concatenate([self._hidden[index], led])[:MEMBERS]
            self._signatures.pop(index, None)

    def _tables(self) -> Tables:
        edges = self._folding.edge[self._states]
        observed = edges != NONE
        next_state, output = np.zeros_like(edges), np.zeros_like(edges)
        for s, a in np.argwhere(observed):
            next_state[s, a] = self._number[int(self._folding.target[edges[s, a]])]
        output[observed] = self._folding.output[edges[observed]]
        return Tables(next_state, output)
