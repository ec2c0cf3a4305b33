"""AALpy as a peer: machines of ours as theirs and back, networks as systems under learning, and its learners.

Settings, all documented ones of AALpy's: counterexamples are cut down by Rivest and Schapire's way (``rs``), its
fastest on all our machines.  Its cache of answers is on where a network answers, as it is by default, and off where a
machine in memory does: there it costs about as much again as it saves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.contestant import versioned
from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray, Stepper

PACKAGE = "aalpy"
MISSING = "not installed: pip install aalpy"
ALGORITHMS = ("L*", "KV")


def name_of(what: str) -> str:
    """Return what a contestant is called: the package with its version, and which part of it."""
    return f"{versioned(PACKAGE) or PACKAGE} {what}"


def to_aalpy(machine: MealyMachine) -> Any:
    """Return the same machine as AALpy's, over positions of symbols; outputs are tuples.

    Built from its states, each with a shortest word to it, which ``from_state_setup`` takes quadratic time to find.
    """
    from aalpy import MealyMachine as TheirMachine
    from aalpy.automata import MealyState

    following, output = machine.next_state.tolist(), machine.output.tolist()
    states = [MealyState(f"s{s}") for s in range(machine.states)]
    for s, state in enumerate(states):
        for i, target in enumerate(following[s]):
            state.transitions[i] = states[target]
            state.output_fun[i] = tuple(output[s][i])
    start = states[machine.start_state]
    start.prefix = ()
    queue = [start]
    for state in queue:
        for i, target in state.transitions.items():
            if target.prefix is None:
                target.prefix = (*state.prefix, i)
                queue.append(target)
    others = (state for state in states if state is not start)
    return TheirMachine(start, [start, *others])  # of equivalent states the first is kept


def from_aalpy(theirs: Any, symbols: IntArray) -> MealyMachine:
    """Return a machine of AALpy's over positions of ``symbols`` (X, D_in) as ours."""
    number = {id(state): s for s, state in enumerate(theirs.states)}
    count = range(len(symbols))
    following = [[number[id(state.transitions[i])] for i in count] for state in theirs.states]
    output = [[state.output_fun[i] for i in count] for state in theirs.states]
    return MealyMachine(
        np.array(following, dtype=np.int64),
        np.array(output, dtype=np.int64),
        symbols,
        number[id(theirs.initial_state)],
    )


def network_system(network: Stepper, symbols: IntArray) -> Any:
    """Return anything with our stepping protocol as a system under learning; every word is asked from the start."""
    from aalpy.base import SUL

    rows = [row[None] for row in symbols]

    class System(SUL):
        def pre(self) -> None:
            self.state = network.start(1)

        def post(self) -> None:
            """Leave it as it is: the next word begins with :meth:`pre`."""

        def step(self, letter: int) -> tuple[int, ...]:
            self.state, output = network.step(self.state, rows[letter])
            return tuple(output[0].tolist())

    return System()


def learn(algorithm: str, system: Any, oracle: Any, symbols: int, *, cache: bool) -> tuple[Any, Mapping[str, Any]]:
    """Run one of :data:`ALGORITHMS`; return AALpy's machine and what it tells about queries and steps."""
    from aalpy.learning_algs import run_KV, run_Lstar

    run = {"L*": run_Lstar, "KV": run_KV}[algorithm]
    machine, told = run(
        list(range(symbols)), system, oracle, "mealy",
        cex_processing="rs", cache_and_non_det_check=cache, return_data=True, print_level=0,
    )  # fmt: skip
    return machine, told


def facts_of(told: Mapping[str, Any]) -> dict[str, int]:
    """Return how much was asked, the search for counterexamples included."""
    return {
        "queries": told["queries_learning"] + told["queries_eq_oracle"],
        "steps": told["steps_learning"] + told["steps_eq_oracle"],
        "rounds": told["learning_rounds"],
    }
