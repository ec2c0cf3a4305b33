"""Finite machines over words, possibly with transitions missing: what files of other tools hold.

Words are texts; an integer is the text it is written as, several integers per step are joined as in data files
(``1;0``).  Two such machines are compared where both have a transition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

UNDEFINED = -1
"""Stands in both tables where a machine has no transition."""

Edges = Sequence[Mapping[str, tuple[int, str]]]


@dataclass(frozen=True, eq=False)
class WordMachine:
    """A deterministic machine with words on its transitions.

    Parameters
    ----------
    inputs : the input words, distinct and sorted
    outputs : the output words, distinct
    next_state : int64, shape (S, X); :data:`UNDEFINED` where there is no transition
    output : int64, shape (S, X), positions in ``outputs``; :data:`UNDEFINED` at the same places
    start_state : index of the state before the first input
    start_output : what a Moore machine or an acceptor says before the first input; None for a Mealy machine
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    next_state: IntArray
    output: IntArray
    start_state: int = 0
    start_output: str | None = None

    @classmethod
    def of_edges(cls, edges: Edges, start_state: int, start_output: str | None = None) -> WordMachine:
        """Build the tables from {input word: (next state, output word)} per state."""
        inputs = tuple(sorted({word for row in edges for word in row}, key=word_order))
        position = {word: i for i, word in enumerate(inputs)}
        outputs: dict[str, int] = {}
        next_state = np.full((len(edges), len(inputs)), UNDEFINED, dtype=np.int64)
        output = next_state.copy()
        for s, row in enumerate(edges):
            for word, (target, answer) in row.items():
                next_state[s, position[word]] = target
                output[s, position[word]] = outputs.setdefault(answer, len(outputs))
        return cls(inputs, tuple(outputs), next_state, output, start_state, start_output)

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.next_state)

    @cached_property
    def complete(self) -> bool:
        """Every state has a transition for every input word."""
        return not bool((self.next_state == UNDEFINED).any())

    def run(self, word: Sequence[str]) -> list[str]:
        """Return the outputs on a word, up to the first transition that is missing."""
        position = {name: i for i, name in enumerate(self.inputs)}
        state, said = self.start_state, list[str]()
        for symbol in word:
            place = position.get(symbol)
            if place is None or self.next_state[state, place] == UNDEFINED:
                break
            said.append(self.outputs[self.output[state, place]])
            state = int(self.next_state[state, place])
        return said

    def completed(self, inputs: Sequence[str], outputs: Mapping[str, int]) -> MealyMachine:
        """Return the machine over these inputs, with what is missing as a state of its own that answers UNDEFINED.

        Parameters
        ----------
        inputs : input words; those that this machine does not know lead to that state as well
        outputs : the number to write for each output word
        """
        position = {name: i for i, name in enumerate(self.inputs)}
        columns = np.array([position.get(name, UNDEFINED) for name in inputs], dtype=np.int64)
        numbers = np.array([*(outputs[name] for name in self.outputs), UNDEFINED], dtype=np.int64)
        sink = self.states
        following = np.full((self.states + 1, len(inputs)), sink, dtype=np.int64)
        answers = np.full((self.states + 1, len(inputs)), UNDEFINED, dtype=np.int64)
        known = np.flatnonzero(columns >= 0)
        targets = self.next_state[:, columns[known]]
        following[:-1, known] = np.where(targets == UNDEFINED, sink, targets)
        answers[:-1, known] = numbers[self.output[:, columns[known]]]  # UNDEFINED picks the last entry
        symbols = np.arange(len(inputs), dtype=np.int64)[:, None]
        return MealyMachine(following, answers[:, :, None], symbols, self.start_state)


def word_order(word: str) -> tuple[int, int, str]:
    """Sort integers by value and before other words; a key for ``sorted``.

    >>> sorted(["b", "10", "9", "-1"], key=word_order)
    ['-1', '9', '10', 'b']
    """
    digits = word.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 20:
        return (0, int(word), word)
    return (1, 0, word)
