"""The four that are compared with one another: data, network, machine and program, run on the same words.

"Data" is the task's rule, which answers any word, or else the recorded rows, which answer themselves only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import MipsError
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import Machine
from mips_core.networks.protocol import Network
from mips_core.programs.program import Program
from mips_core.stepping import IntArray
from mips_core.tasks import get
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.exhaustive import all_symbols
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Task, uniform
from mips_core.verification.outputs import Outputs, network_outputs, program_outputs

DATA, NETWORK, MACHINE, PROGRAM = "data", "network", "machine", "program"
ALL = (DATA, NETWORK, MACHINE, PROGRAM)
NO_ENTRY = "no entry"
"""The word for a machine that was given an input which its table does not have."""
_EXACT = 2**62
"""Integers beyond this are not compared with an integer system: it counts in 64 bits and may have wrapped."""


@dataclass(frozen=True, eq=False)
class Compared:
    """What is compared; absent ones are None.

    Parameters
    ----------
    network : the trained network
    machine, program : what was distilled from it
    inputs : integers that may occur, one range per input
    length : the trained length (1x), in steps
    task : its rule answers every word
    recorded : rows of a data file, whose outputs are known for these rows only
    """

    network: Network
    machine: Machine | None
    program: Program | None
    inputs: tuple[Integers, ...]
    length: int
    task: Task | None = None
    recorded: Dataset | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return those of "data", "network", "machine" and "program" that are there, in this order."""
        there = {
            DATA: self.task is not None or self.recorded is not None,
            NETWORK: True,
            MACHINE: self.machine is not None,
            PROGRAM: self.program is not None,
        }
        return tuple(name for name in ALL if there[name])

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return every pair of those that are there."""
        return tuple(combinations(self.names, 2))

    @cached_property
    def symbols(self) -> IntArray | None:
        """Input symbols that may occur, int64 (X, D_in), or None when they are too many to list."""
        if self.recorded is not None:
            return self.recorded.symbols
        if self.task is None and isinstance(self.machine, MealyMachine):
            return self.machine.symbols  # a network from a file may read only some combinations
        return all_symbols(self.inputs)

    def draw(self, count: int, length: int, rng: np.random.Generator) -> IntArray:
        """Draw words, int64 (count, length, D_in): as the task does, else uniformly over the symbols."""
        if self.task is not None:
            return self.task.sample(count, length=length, rng=rng)
        if self.symbols is not None:
            return self.symbols[rng.integers(len(self.symbols), size=(count, length))]
        return uniform(self.inputs)(count, length, rng)

    def outputs(self, x: IntArray, lengths: IntArray | None = None, y: IntArray | None = None) -> dict[str, Outputs]:
        """Run all that are there on words (N, T, D_in).

        Parameters
        ----------
        lengths : steps of each word, int64 (N,), where they vary; later ones never count
        y : recorded outputs, int64 (N, T, D_out); without them only a task answers for the data
        """
        found: dict[str, Outputs] = {}
        truth = y if y is not None else None if self.task is None else self.task.apply(x)
        if truth is not None:
            found[DATA] = Outputs(truth, np.ones(truth.shape[:2], dtype=np.bool_))
        found[NETWORK] = network_outputs(self.network, x)
        if self.machine is not None:
            found[MACHINE] = machine_outputs(self.machine, x)
        if self.program is not None:
            found[PROGRAM] = program_outputs(self.program, x, lengths)
            if self.machine is not None and not isinstance(self.machine, MealyMachine):
                found[MACHINE] = _within_64_bits(found[MACHINE], found[PROGRAM])
        return found

    def recorded_rows(self, most: int) -> tuple[IntArray, IntArray, IntArray]:
        """Return inputs (N, T, D_in), outputs (N, T, D_out) and lengths (N,) of at most ``most`` recorded rows."""
        assert self.recorded is not None
        rows = self.recorded
        if rows.n > most:
            rows = rows.take(np.sort(np.random.default_rng(0).permutation(rows.n)[:most]))
        return rows.known_x, rows.y, rows.lengths


def compared_of(
    report: Mapping[str, Any],
    network: Network,
    machine: Machine | None,
    program: Program | None,
    recorded: Dataset | None = None,
) -> Compared:
    """Put together what a report speaks of; the rule of its task counts as data, else the recorded rows.

    Parameters
    ----------
    report : the contents of ``report.json``
    """
    inputs = tuple(Integers(int(low), int(high)) for low, high in report["inputs"])
    task = get(report["task"]) if report.get("task") else None
    rows = recorded if task is None else None
    return Compared(network, machine, program, inputs, max(1, int(report["length"])), task, rows)


def affordable_words(steps: int, parameters: int, wanted: int, seconds: float) -> int:
    """Return how many words of ``steps`` steps a network with so many weights reads in about ``seconds`` of one core.

    It hangs on the sizes only, never on the clock, so that the same call checks the same words on any machine.
    """
    products = max(parameters, _OVERHEAD) * max(1, steps)
    return max(16, min(wanted, int(seconds * _PRODUCTS_A_SECOND / products)))


_PRODUCTS_A_SECOND = 8e8  # multiplications of a network on one core, measured
_OVERHEAD = 500  # a small network costs about as much as one with so many weights, with machine and program beside it


def machine_outputs(machine: Machine, x: IntArray) -> Outputs:
    """Return the outputs of a machine on words (N, T, D_in); an input that its table lacks is a fault at that step."""
    if not isinstance(machine, MealyMachine):
        return network_outputs(machine, x)
    try:
        return network_outputs(machine, x)
    except MipsError:
        known = np.array([[tuple(step) in machine.symbol_index for step in row] for row in x.tolist()], dtype=np.bool_)
    found = network_outputs(machine, np.where(known[:, :, None], x, machine.symbols[0]))
    faults = {int(row): (int(np.argmin(known[row])), NO_ENTRY) for row in np.flatnonzero(~known.all(axis=1))}
    return replace(found, faults=faults)


def _within_64_bits(machine: Outputs, program: Outputs) -> Outputs:
    """Return the machine's outputs with the program's where those outgrow what an integer system counts in.

    Both are the same equations; the program counts in Python integers, the machine in 64 bits.
    """
    outgrown: NDArray[np.bool_] = ~program.valid | (np.abs(program.values) > _EXACT).any(axis=2)
    if not outgrown.any():
        return machine
    after = np.logical_or.accumulate(outgrown, axis=1)
    return Outputs(
        np.where(after[:, :, None], program.values, machine.values), np.where(after, program.valid, machine.valid)
    )
