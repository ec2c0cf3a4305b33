"""A first machine from recorded sequences and the network that learned them.

States are found in the order of how much was recorded about them.  What follows the most visited open edge is
compared with every state there is (:mod:`folding`).  A new state is made where the recordings forbid every merge;
among the merges that they allow the network chooses, by the likeness of what it answers when it is resumed from
its hidden states there and here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mips_core.errors import TooManyStatesError
from mips_core.machines.traces.answers import MEMBERS, Answers
from mips_core.machines.traces.folding import Folding
from mips_core.machines.traces.prefix_tree import NONE, PrefixTree
from mips_core.machines.traces.tables import Tables
from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray

NEW = -1


@dataclass(frozen=True, eq=False)
class Variation:
    """How a merging differs from the one that always takes the most visited edge and the likeliest state.

    Parameters
    ----------
    rng : draws everything that is left to chance
    spread : standard deviation of the logarithm of the factors that visits are multiplied with
    labels : int64, shape (nodes,); states of an earlier machine, by which some edges are led, or None
    loose : edges visited less often than this are led otherwise more often than not
    """

    rng: np.random.Generator
    spread: float
    labels: IntArray | None = None
    loose: float = 0.0


class Merging:
    """Merges the nodes of a prefix tree into the states of a machine.

    Parameters
    ----------
    tree : the recorded words
    answers : the network
    noise : share of recorded outputs that are wrong, in [0, 1)
    max_states : most states to make
    variation : what is left to chance; None for nothing
    """

    def __init__(
        self,
        tree: PrefixTree,
        answers: Answers,
        *,
        noise: float,
        max_states: int,
        variation: Variation | None = None,
    ) -> None:
        self._folding = Folding(tree, noise)
        self._variation = variation
        self._factors = np.ones(len(tree.output))
        if variation is not None:
            self._factors = np.exp(variation.spread * variation.rng.normal(size=len(tree.output)))
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
            chosen = self._as_before(number, possible) if possible else None
            if not possible or chosen == NEW:
                self._promote(number, led)
            else:
                self._merge(number, led, self._best(possible, led) if chosen is None else chosen)

    def _most_visited(self) -> tuple[int, int, int] | None:
        """Return state, symbol and number of the most visited edge that leads to no state yet."""
        edges = self._folding.edge[self._states]
        s, a = np.nonzero(edges != NONE)
        numbers = edges[s, a]
        is_open = ~np.isin(self._folding.target[numbers], self._states)
        if not is_open.any():
            return None
        visits = np.where(is_open, self._folding.visits(numbers) * self._factors[numbers], -1)
        best = int(visits.argmax())
        return int(s[best]), int(a[best]), int(numbers[best])

    def _possible(self, number: int) -> dict[int, float]:
        """Return the states that the evidence allows, with the log-chance of what each would have to take over."""
        rates = self._rates()
        possible = {}
        for index, state in enumerate(self._states):
            if self._folding.differs_at_once(number, state):
                continue
            fold = self._folding.merge(number, state)
            self._folding.undo()
            if not fold.contradicted:
                possible[index] = float(rates[fold.taken_over[:, 0], fold.taken_over[:, 1]].sum())
        return possible

    def _as_before(self, number: int, possible: dict[int, float]) -> int | None:
        """Return the state an earlier machine led the edge to, NEW for one not made yet, or None to choose anew."""
        variation = self._variation
        if variation is None or variation.labels is None:
            return None
        visits = int(self._folding.visits(np.array([number]))[0])
        if variation.rng.random() > visits / (visits + variation.loose):
            return None
        label = variation.labels[self._folding.target[number]]
        same = np.flatnonzero(variation.labels[self._states] == label).tolist()
        if not same:
            return NEW
        allowed = [index for index in same if index in possible]
        return allowed[0] if allowed else None

    def _best(self, possible: dict[int, float], led: FloatArray) -> int:
        if len(possible) == 1:
            return next(iter(possible))
        mine = self._answers.signature(led)
        for index in possible:
            if index not in self._signatures:
                self._signatures[index] = self._answers.signature(self._hidden[index])
        differing = {index: int((mine != self._signatures[index]).sum()) for index in possible}
        chance = dict.fromkeys(possible, 0.0)
        if self._variation is not None:
            chance = dict(zip(possible, self._variation.rng.normal(size=len(possible)).tolist(), strict=True))
        return max(possible, key=lambda index: possible[index] - differing[index] + chance[index])

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
