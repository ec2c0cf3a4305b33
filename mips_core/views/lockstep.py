"""Network, machine, program and truth side by side over one sequence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import MipsError
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.protocol import Network
from mips_core.programs.program import Program
from mips_core.stepping import IntArray, first_difference, trace
from mips_core.tasks.vocabulary import Words
from mips_core.views.sequences import step_text

NETWORK, MACHINE, PROGRAM, TRUTH = "network", "machine", "program", "truth"
ROWS = (NETWORK, MACHINE, PROGRAM, TRUTH)


@dataclass(frozen=True, eq=False)
class LockStep:
    """Everything that the four did on one sequence.

    Parameters
    ----------
    inputs : int64 (T, D_in)
    outputs : by name ("network", "machine", "program", "truth"), int64 (T, D_out); absent ones are left out
    missing : by name, why one is absent
    hidden : float64 (T + 1, d), the network's hidden states
    scores : float64 (T, K), the network's outputs before rounding
    machine_states : int64 (T + 1,) for a finite machine, else None
    variables : names of the program's variables
    values : int64 (T + 1, variables), their values
    input_words, output_words : the vocabularies of columns that are words
    """

    inputs: IntArray
    outputs: Mapping[str, IntArray]
    missing: Mapping[str, str]
    hidden: NDArray[np.float64]
    scores: NDArray[np.float64]
    machine_states: IntArray | None = None
    variables: tuple[str, ...] = ()
    values: IntArray = field(default_factory=lambda: np.empty((0, 0), dtype=np.int64))
    input_words: Words = ()
    output_words: Words = ()

    @property
    def length(self) -> int:
        """Number of steps."""
        return len(self.inputs)

    def input_text(self, t: int) -> str:
        """Write the input of a step (from 0)."""
        return step_text(self.inputs[t], self.input_words)

    def output_text(self, name: str, t: int) -> str:
        """Write what one of the four gave at a step (from 0)."""
        return step_text(self.outputs[name][t], self.output_words)

    @property
    def rounds(self) -> bool:
        """Whether the network's outputs are its scores, rounded."""
        return self.scores.shape[1] == self.outputs[NETWORK].shape[1]

    def agreements(self) -> list[Agreement]:
        """Return who agrees with whom, for every pair that is there."""
        return [Agreement(a, b, *self._compare(a, b)) for a, b in combinations(self.outputs, 2)]

    def only(self, *names: str) -> LockStep:
        """Return the same run with only some of the four."""
        return replace(self, outputs={name: y for name, y in self.outputs.items() if name in names})

    def _compare(self, a: str, b: str) -> tuple[int, int, int | None]:
        equal = (self.outputs[a] == self.outputs[b]).all(axis=1)
        found = first_difference(self.outputs[a][None], self.outputs[b][None])
        return int(equal.sum()), self.length, None if found is None else found[1] + 1

    def odd_ones(self, step: int) -> tuple[str, ...]:
        """Return who stands apart at ``step`` (from 0): all that differ from the most common output."""
        rows = {name: tuple(values[step].tolist()) for name, values in self.outputs.items()}
        votes = list(rows.values())
        # a tie goes to the first in the order network, machine, program, truth
        usual = max(dict.fromkeys(votes), key=votes.count) if votes else ()
        return tuple(name for name, row in rows.items() if row != usual)


@dataclass(frozen=True)
class Agreement:
    """How far ``a`` and ``b`` agree: equal steps of all, and the first step (from 1) at which they differ."""

    a: str
    b: str
    equal: int
    steps: int
    first: int | None

    @property
    def sentence(self) -> str:
        """Say it in words."""
        if self.first is None:
            return f"{self.a} and {self.b} agree on all {self.steps} steps"
        return f"{self.a} and {self.b} differ first at step {self.first}, on {self.steps - self.equal} of {self.steps}"


def lock_step(
    network: Network,
    machine: MealyMachine | IntegerSystem | None,
    program: Program | None,
    truth: Callable[[IntArray], IntArray] | None,
    x: IntArray,
) -> LockStep:
    """Run all four over inputs ``x`` (T, D_in); one that cannot run on them says why and is left out.

    Parameters
    ----------
    network, machine, program : parts of a run
    truth : exact outputs (N, T, D_out) for inputs (N, T, D_in), or None where no truth is known
    """
    batch = x[None]
    ran = trace(network, batch)
    hidden = ran.states[0]
    outputs = {NETWORK: ran.outputs[0]}
    missing: dict[str, str] = {}
    scores = network.readout(hidden[1:]) if len(x) else np.empty((0, network.output_width))
    machine_states: IntArray | None = None
    variables: tuple[str, ...] = ()
    values: IntArray = np.empty((len(x) + 1, 0), dtype=np.int64)
    if machine is None:
        missing[MACHINE] = "No machine was found for this network."
    else:
        try:
            followed = trace(machine, batch)
            outputs[MACHINE] = followed.outputs[0]
            machine_states = followed.states[0] if isinstance(machine, MealyMachine) else None
        except MipsError as error:
            missing[MACHINE] = str(error)
    if program is None:
        missing[PROGRAM] = "No program was found for this network."
    else:
        try:
            computed = trace(program, batch)
            outputs[PROGRAM], values = computed.outputs[0], computed.states[0]
            variables = tuple(variable.name for variable in program.system.state)
            values = values[:, : len(variables)]
        except (MipsError, KeyError) as error:  # a table program has no entry for an input outside its alphabet
            missing[PROGRAM] = str(error) if isinstance(error, MipsError) else "The program's table lacks this input."
    if truth is None:
        missing[TRUTH] = (
            "The rule is not known: the network was trained on recordings."
            if network.card.data
            else "The task's rule is not known: the network came from a file."
        )
    else:
        try:
            outputs[TRUTH] = truth(batch)[0]
        except MipsError as error:
            missing[TRUTH] = str(error)
    words = network.card.input_words, network.card.output_words
    return LockStep(x, outputs, missing, hidden, scores, machine_states, variables, values, *words)
