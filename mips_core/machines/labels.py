"""Which state of a machine each position of a sequence is in, and how often machine and network agree."""

from __future__ import annotations

from dataclasses import dataclass

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray, Stepper, outputs_of, trace


@dataclass(frozen=True)
class Agreement:
    """On how many of the sequences two things gave the same outputs at every step."""

    sequences: int
    agree: int

    @property
    def complete(self) -> bool:
        """True when there was at least one sequence and no difference on any."""
        return 0 < self.sequences == self.agree

    @property
    def share(self) -> float:
        """Share that agrees, in [0, 1]; 0 when there was no sequence."""
        return self.agree / self.sequences if self.sequences else 0.0


def label_states(machine: MealyMachine, x: IntArray) -> IntArray:
    """Return the machine's state before, between and after inputs ``x`` (N, T, D_in), int64 (N, T + 1).

    Entry (i, t) belongs to the hidden state ``collect_states(network, x).states[i, t]``.

    Raises
    ------
    BadInputError
        when an input is not in the machine's alphabet.
    """
    states: IntArray = trace(machine, x).states
    return states


def agreement(network: Stepper, machine: Stepper, x: IntArray) -> Agreement:
    """Count on how many rows of ``x`` (N, T, D_in) both give the same outputs at every step."""
    same = (outputs_of(network, x) == outputs_of(machine, x)).all(axis=(1, 2))
    return Agreement(len(x), int(same.sum()))
