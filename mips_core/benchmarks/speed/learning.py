"""Learning a machine from its answers, L*: ours against AALpy's L* and its classification trees (KV).

Every side has an exact teacher: it is told a word on which its machine is wrong, until there is none, by a walk over
both machines (theirs ``PerfectKnowledgeEqOracle``, ours ``first_difference``), which is in everybody's seconds.

What is not alike is told: a system of ours is asked to go on from states that it was in, as a network can be; a system
of AALpy's begins every word at the start.  Steps count accordingly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.benchmarks.speed import peer_aalpy
from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, importable
from mips_core.benchmarks.speed.machine_kinds import image, minimal_machine
from mips_core.benchmarks.speed.process import Sides
from mips_core.machines import MealyMachine
from mips_core.machines.compare import first_difference
from mips_core.machines.learning import learn_from_teacher
from mips_core.progress import Monitor
from mips_core.stepping import IntArray

SECTION = "learning"
CAP = 60.0
SIZES = {
    "random": (10, 30, 100, 1_000, 10_000, 100_000),
    "shift register": (8, 64, 1_024, 8_192, 65_536),
    "counter": (10, 30, 100, 200, 400),
    "lock": (10, 30, 100, 200, 400),
}
"""States by kind.  To tell the states of counters and locks apart takes words as long as these are large."""


@dataclass(frozen=True)
class OurLearner:
    """Ours."""

    kind: str
    states: int
    seed: int
    name: str = OURS

    def machine(self) -> MealyMachine:
        """Return the hidden machine."""
        return minimal_machine(self.kind, self.states, seed=self.seed)

    def prepare(self) -> tuple[MealyMachine, Any]:
        """Return the hidden machine, to judge by, and the system with what draws."""
        machine = self.machine()
        return machine, (machine, np.random.default_rng(self.seed))

    def run(self, prepared: tuple[MealyMachine, Any]) -> Any:
        """Learn."""
        hidden, rng = prepared[1]

        def teacher(found: MealyMachine) -> IntArray | None:
            word = first_difference(found, found.start_state, hidden, hidden.start_state)
            return None if word is None else hidden.symbols[word]

        return learn_from_teacher(hidden, hidden.symbols, teacher, rng=rng)

    def judge(self, prepared: tuple[MealyMachine, Any], output: Any) -> Judgement:
        """Compare with the hidden machine."""
        return _judged(prepared[0], output.machine, {"steps": output.steps, "rounds": output.questions})


@dataclass(frozen=True)
class TheirLearner(OurLearner):
    """AALpy's."""

    algorithm: str = "L*"

    def prepare(self) -> tuple[MealyMachine, Any]:
        """Return the hidden machine, to judge by, and AALpy's system with its teacher."""
        from aalpy.oracles import PerfectKnowledgeEqOracle
        from aalpy.SULs import AutomatonSUL

        machine = self.machine()
        hidden = peer_aalpy.to_aalpy(machine)
        system = AutomatonSUL(hidden)
        oracle = PerfectKnowledgeEqOracle(list(range(len(machine.symbols))), system, hidden)
        return machine, (system, oracle)

    def run(self, prepared: tuple[MealyMachine, Any]) -> Any:
        """Learn."""
        machine, (system, oracle) = prepared
        return peer_aalpy.learn(self.algorithm, system, oracle, len(machine.symbols), cache=False)

    def judge(self, prepared: tuple[MealyMachine, Any], output: Any) -> Judgement:
        """Compare with the hidden machine."""
        theirs, told = output
        found = peer_aalpy.from_aalpy(theirs, prepared[0].symbols)
        return _judged(prepared[0], found, peer_aalpy.facts_of(told))


def _judged(hidden: MealyMachine, found: MealyMachine, facts: dict[str, Any]) -> Judgement:
    """Compare by a walk over both machines, which is a proof."""
    reason = image(hidden, found)
    if not reason and found.states != hidden.states:
        reason = f"{found.states:,} states instead of {hidden.states:,}"
    return Judgement(not reason, {"states": found.states, **facts}, reason)


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Measure every kind at every size; once a learner was ended at a size it is not asked about larger ones."""
    names = {algorithm: peer_aalpy.name_of(algorithm) for algorithm in peer_aalpy.ALGORITHMS}
    with Sides() as sides:
        for kind, sizes in SIZES.items():
            absent = {} if importable(peer_aalpy.PACKAGE) else dict.fromkeys(names.values(), peer_aalpy.MISSING)
            for states in sizes[:2] if quick else sizes:
                contestants: list[Contestant] = [OurLearner(kind, states, seed)]
                contestants += [
                    TheirLearner(kind, states, seed, name, algorithm)
                    for algorithm, name in names.items()
                    if name not in absent
                ]
                found = compare(
                    SECTION, f"{kind}, {states:,} states", contestants,
                    cap=CAP, monitor=monitor, absent=absent, sides=sides,
                )  # fmt: skip
                absent |= {peer.name: f"not done at {states:,} states" for peer in found.peers if peer.capped}
                yield found
