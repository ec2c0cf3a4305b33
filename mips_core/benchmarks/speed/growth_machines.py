"""How work on machines grows with their states and symbols."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.contestant import OURS, Judgement
from mips_core.benchmarks.speed.growth import Growth, measure_growth
from mips_core.benchmarks.speed.learning import OurLearner
from mips_core.benchmarks.speed.machine_kinds import image, minimal_machine, with_copies
from mips_core.machines import MealyMachine, equivalent, label_states, minimise, shortest_difference
from mips_core.machines.learning import learn_machine
from mips_core.progress import Monitor
from mips_core.stepping import outputs_of

CAP = 60.0
_STATES = 1_000
"""States where symbols grow."""

_SYMBOLS = 2
"""Symbols where states grow."""

_SEQUENCES, _LENGTH = 1_000, 100
"""Sequences of a walk and their steps."""


@dataclass(frozen=True)
class MachineStage:
    """One thing done with a machine.

    Parameters
    ----------
    what : one of :data:`WHAT`
    kind : of machine; see :func:`~mips_core.benchmarks.speed.machine_kinds.minimal_machine`
    states, symbols : its size
    """

    what: str
    kind: str
    states: int
    symbols: int
    name: str = OURS

    def prepare(self) -> Any:
        """Return the input."""
        copies = 2 if self.what == "minimise" else 1
        machine = minimal_machine(self.kind, self.states // copies, symbols=self.symbols)
        again = with_copies(machine, copies, seed=1)  # renumbered
        if self.what == "walk":
            words = np.random.default_rng(0).integers(self.symbols, size=(_SEQUENCES, _LENGTH, 1))
            return machine, words
        if self.what == "differ":  # in the state that is met last
            output = again.output.copy()
            output[_met_last(again)] += 1
            again = replace(again, output=output)
        return machine, again

    def run(self, prepared: Any) -> Any:
        """Do it."""
        machine, other = prepared
        if self.what == "minimise":
            return minimise(other)
        if self.what == "walk":
            return label_states(machine, other)
        if self.what == "differ":
            return shortest_difference(machine, other)
        return equivalent(machine, other)

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """Test what can be tested without doing it again."""
        machine, other = prepared
        if self.what == "minimise":
            right = output.states == machine.states and not image(other, output)
        elif self.what == "walk":
            state = np.full(len(output), machine.start_state)
            right = bool((output[:, 0] == state).all())
            for t in range(other.shape[1]):
                state = machine.next_state[state, other[:, t, 0]]
                right = right and np.array_equal(output[:, t + 1], state)
        elif self.what == "differ":
            right = output is not None and bool(_last(machine, output) != _last(other, output))
        else:
            right = output is True
        return Judgement(right, {}, "" if right else "the result is wrong")


@dataclass(frozen=True)
class Extraction:
    """Learning what a network computes that gives back the symbol of two steps ago: n symbols, n * n states.

    Parameters
    ----------
    symbols : n
    """

    symbols: int
    name: str = OURS

    def prepare(self) -> Any:
        """Return the shipped network for symbols of 0 to 99."""
        from mips_core.networks import load_network
        from mips_core.resources import shipped_network

        return load_network(shipped_network("Prev2"))

    def run(self, prepared: Any) -> Any:
        """Learn."""
        symbols = np.arange(self.symbols)[:, None]
        rng = np.random.default_rng(0)
        return learn_machine(prepared, symbols, length=10, rng=rng, max_states=100_000, max_steps=10**9)

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """Count the states."""
        states = output.machine.states if output.closed else 0
        return Judgement(states == self.symbols**2, {"steps": output.steps}, f"{states:,} states")


def growth(*, quick: bool, monitor: Monitor) -> Iterator[Growth]:
    """Measure states from 10 to 10^6 and symbols from 2 to 1000."""
    states = [10**k for k in (range(1, 5) if quick else range(1, 7))]
    symbols = [2, 10, 100] if quick else [2, 10, 100, 300, 1_000]
    fixed = f"{_SYMBOLS} symbols"
    for stage, what, kind in _STAGES:
        yield measure_growth(
            stage, "states", fixed, states, partial(_by_states, what, kind), cap=CAP, monitor=monitor, why=_CACHES,
        )  # fmt: skip
    for stage, what, kind in _STAGES:
        if kind == "random":
            yield measure_growth(
                stage, "symbols", f"{_STATES:,} states", symbols, partial(_by_symbols, what), cap=CAP,
                monitor=monitor, why=_CACHES,
            )  # fmt: skip
    yield measure_growth(
        "learn a random machine from a teacher", "states", fixed, states[:5],
        lambda size: OurLearner("random", size, 0), cap=CAP, monitor=monitor, why=_CACHES,
    )  # fmt: skip
    sides = [10, 18, 32] if quick else [10, 18, 32, 56, 100]
    by_transitions = {n**3: n for n in sides}
    yield measure_growth(
        "extract a machine from a network", "transitions", "Prev2 over n symbols: n^2 states", list(by_transitions),
        lambda size: Extraction(by_transitions[size]), cap=CAP, monitor=monitor, why=_CACHES,
    )  # fmt: skip


_CACHES = "n log n steps, of which each that jumps through memory takes longer once the machine outgrows the caches"

_STAGES = (
    ("minimise a random machine", "minimise", "random"),
    ("minimise a counter", "minimise", "counter"),
    ("minimise a lock", "minimise", "lock"),
    ("prove two machines equivalent", "equivalent", "random"),
    ("find a shortest difference", "differ", "random"),
    (f"walk {_SEQUENCES:,} sequences of {_LENGTH} steps", "walk", "random"),
)


def _by_states(what: str, kind: str, states: int) -> MachineStage:
    return MachineStage(what, kind, states, _SYMBOLS)


def _by_symbols(what: str, symbols: int) -> MachineStage:
    return MachineStage(what, "random", _STATES, symbols)


def _met_last(machine: MealyMachine) -> int:
    """Return the state that a breadth-first walk meets last."""
    from mips_core.machines.minimise import walk_order

    return int(walk_order(machine.next_state, machine.start_state)[-1])


def _last(machine: MealyMachine, word: Any) -> int:
    """Return the first number of the output on a word's last symbol."""
    return int(outputs_of(machine, word[None])[0, -1, 0])
