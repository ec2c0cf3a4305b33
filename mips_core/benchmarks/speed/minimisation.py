"""Minimising machines of 10 to 100,000 states, of which every second one is too many, against AALpy's ``minimize``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, importable
from mips_core.benchmarks.speed.machine_kinds import image, minimal_machine, with_copies
from mips_core.benchmarks.speed.peer_aalpy import MISSING, PACKAGE, from_aalpy, name_of, to_aalpy
from mips_core.benchmarks.speed.process import Sides
from mips_core.machines import MealyMachine, minimise
from mips_core.progress import Monitor

SECTION = "minimisation"
CAP = 60.0
KINDS = ("random", "counter", "lock")
SIZES = (10, 100, 1_000, 10_000, 100_000)
_COPIES = 2


@dataclass(frozen=True)
class OurMinimiser:
    """Ours."""

    kind: str
    states: int
    seed: int
    name: str = OURS

    def machine(self) -> MealyMachine:
        """Return the machine with copies."""
        return with_copies(minimal_machine(self.kind, self.states // _COPIES, seed=self.seed), _COPIES, seed=self.seed)

    def prepare(self) -> tuple[MealyMachine, Any]:
        """Return the machine, to judge by, and to minimise."""
        machine = self.machine()
        return machine, machine

    def run(self, prepared: tuple[MealyMachine, Any]) -> Any:
        """Minimise."""
        return minimise(prepared[1])

    def judge(self, prepared: tuple[MealyMachine, Any], output: Any) -> Judgement:
        """Count the states and compare the behaviour."""
        return self.judged(prepared[0], output)

    def judged(self, machine: MealyMachine, small: MealyMachine) -> Judgement:
        """Walk both machines together: as many states as there must be, and the same outputs on every word."""
        wanted = self.states // _COPIES
        reason = f"{small.states:,} states instead of {wanted:,}" if small.states != wanted else image(machine, small)
        return Judgement(not reason, {"states": small.states}, reason)


@dataclass(frozen=True)
class TheirMinimiser(OurMinimiser):
    """AALpy's, in place."""

    def prepare(self) -> tuple[MealyMachine, Any]:
        """Return the machine, to judge by, and as AALpy's."""
        machine = self.machine()
        return machine, to_aalpy(machine)

    def run(self, prepared: tuple[MealyMachine, Any]) -> Any:
        """Minimise."""
        prepared[1].minimize()
        return prepared[1]

    def judge(self, prepared: tuple[MealyMachine, Any], output: Any) -> Judgement:
        """Count the states and compare the behaviour."""
        return self.judged(prepared[0], from_aalpy(output, prepared[0].symbols))


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Measure every kind at every size; once AALpy was ended at a size it is not asked about larger ones."""
    theirs = name_of("minimize")
    with Sides() as sides:
        for kind in KINDS[:2] if quick else KINDS:
            absent = {} if importable(PACKAGE) else {theirs: MISSING}
            for states in SIZES[:2] if quick else SIZES:
                contestants: list[Contestant] = [OurMinimiser(kind, states, seed)]
                if theirs not in absent:
                    contestants.append(TheirMinimiser(kind, states, seed, theirs))
                found = compare(
                    SECTION, f"{kind}, {states:,} states", contestants,
                    cap=CAP, monitor=monitor, absent=absent, sides=sides,
                )  # fmt: skip
                absent |= {peer.name: f"not done at {states:,} states" for peer in found.peers if peer.capped}
                yield found
