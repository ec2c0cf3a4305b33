"""AALpy as the peer of our learning and files: machines of ours as theirs, and networks as their systems."""

from __future__ import annotations

import numpy as np
from aalpy import MealyMachine as TheirMachine
from aalpy.base import SUL

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.word_machine import WordMachine
from mips_core.stepping import IntArray, Stepper
from mips_core.tasks.vocabulary import step_text


def to_aalpy(machine: MealyMachine) -> TheirMachine:
    """Return the same machine with words for symbols and outputs, as in data files."""
    names = [machine.input_text(i) for i in range(len(machine.symbols))]
    order = [machine.start_state, *(s for s in range(machine.states) if s != machine.start_state)]
    setup = {
        f"s{s}": {name: (machine.output_text(s, i), f"s{machine.next_state[s, i]}") for i, name in enumerate(names)}
        for s in order  # the first state is AALpy's start
    }
    return TheirMachine.from_state_setup(setup)


def from_aalpy(theirs: TheirMachine) -> WordMachine:
    """Return a machine of AALpy's as one over words."""
    number = {state.state_id: i for i, state in enumerate(theirs.states)}
    rows = [
        {str(a): (number[target.state_id], str(state.output_fun[a])) for a, target in state.transitions.items()}
        for state in theirs.states
    ]
    return WordMachine.of_edges(rows, number[theirs.initial_state.state_id])


class NetworkSystem(SUL):
    """Anything with our stepping protocol as a system under learning; every word is asked from the start."""

    def __init__(self, network: Stepper, symbols: IntArray) -> None:
        super().__init__()
        self.network = network
        plain = (None,) * symbols.shape[1]
        self.symbols = {step_text(row, plain): row[None] for row in symbols}
        self.state = network.start(1)

    @property
    def alphabet(self) -> list[str]:
        return list(self.symbols)

    def pre(self) -> None:
        self.state = self.network.start(1)

    def post(self) -> None:
        pass

    def step(self, letter: str) -> str:
        self.state, output = self.network.step(self.state, self.symbols[letter])
        return step_text(np.asarray(output[0]), (None,) * output.shape[1])
