"""Running the program that came out of a network, beside the network itself, on the same sequences.

Ours is the program's equations on all sequences at once.  A user would take instead the network, stepped in plain
PyTorch, or call the program's text on one sequence after the other; beside them stand our own steps of the network
and of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, versioned
from mips_core.benchmarks.speed.process import Sides
from mips_core.benchmarks.speed.training import TASKS
from mips_core.errors import BadInputError
from mips_core.progress import Monitor
from mips_core.runs import Run, shipped_run
from mips_core.stepping import IntArray, Stepper, outputs_of
from mips_core.tasks.task import uniform
from mips_core.tasks.vocabulary import has_words, numbered_step, plain_step

SECTION = "trace"
CAP = 60.0
RUNS = (*TASKS, "parcel_locker")
"""The tasks of the training section, and a GRU that learned from words."""

SEQUENCES, STEPS = 10_000, 50
_QUICK_RUNS = ("Add_Mod_5",)
_QUICK_SEQUENCES, _QUICK_STEPS = 200, 20


@dataclass(frozen=True)
class TraceCase:
    """A shipped run and the sequences that go through it.

    Parameters
    ----------
    run : its name
    sequences, steps : N and T
    seed : of the sequences
    """

    run: str
    sequences: int
    steps: int
    seed: int

    @property
    def name(self) -> str:
        """What is done, in words."""
        return f"{self.run}: {self.sequences:,} sequences of {self.steps:,} steps"

    def opened(self) -> Run:
        """Return the run."""
        return shipped_run(self.run)

    def inputs(self) -> IntArray:
        """Return the sequences, int64 (N, T, D_in): each input uniform over its range.

        Raises
        ------
        BadInputError
            when the run's card does not say which inputs may occur.
        """
        ranges = self.opened().network.card.inputs
        if ranges is None:
            raise BadInputError(f"The card of {self.run}'s network does not say which inputs may occur.")
        return uniform(ranges)(self.sequences, self.steps, np.random.default_rng(self.seed))

    def judge(self, output: IntArray) -> Judgement:
        """Say whether outputs (N, T, D_out) are the network's own, as its stored weights give them in float64."""
        wrong = (output != _outputs_of_network(self)).any(axis=2)
        facts = {"steps": self.sequences * self.steps}
        if not wrong.any():
            return Judgement(True, facts)
        return Judgement(False, facts, f"differs from the network on {int(wrong.sum()):,} of {wrong.size:,} steps")


@lru_cache(maxsize=1)
def _outputs_of_network(case: TraceCase) -> IntArray:
    return outputs_of(case.opened().network, case.inputs())


@dataclass(frozen=True)
class Stepped:
    """Something of ours, stepped on all sequences at once.

    Parameters
    ----------
    name : who
    what : "program", "machine" or "network", a property of the run
    """

    case: TraceCase
    name: str = OURS
    what: str = "program"

    def prepare(self) -> tuple[Stepper, IntArray]:
        """Open the run and draw the sequences."""
        thing = getattr(self.case.opened(), self.what)
        x = self.case.inputs()
        thing.step(thing.start(1), x[:1, 0])  # what is computed once is not the sequences'
        return thing, x

    def run(self, prepared: tuple[Stepper, IntArray]) -> IntArray:
        """Return the outputs."""
        return outputs_of(*prepared)

    def judge(self, prepared: tuple[Stepper, IntArray], output: IntArray) -> Judgement:
        """Compare with the network."""
        return self.case.judge(output)


@dataclass(frozen=True)
class TorchStepped:
    """The network in plain PyTorch, all sequences at once; PyTorch's own loop where it has a cell of this kind."""

    case: TraceCase
    name: str

    def prepare(self) -> Any:
        """Make modules of the weights, and numbers of the inputs."""
        from mips_core.benchmarks.speed.peer_torch_steps import TorchNetwork

        network: Any = self.case.opened().network
        modules = TorchNetwork(network)
        return modules, modules.encoded(self.case.inputs())

    def run(self, prepared: Any) -> IntArray:
        """Return the outputs."""
        modules, encoded = prepared
        outputs: IntArray = modules.outputs(encoded)
        return outputs

    def judge(self, prepared: Any, output: IntArray) -> Judgement:
        """Compare with the network."""
        return self.case.judge(output)


@dataclass(frozen=True)
class CalledInLoop:
    """The text that a user takes away, called on one sequence after the other."""

    case: TraceCase
    name: str = "the program's text, called in a loop"

    def prepare(self) -> Any:
        """Compile the text; write the sequences as lists, with words where the text wants words."""
        program = self.case.opened().program
        if program is None:
            raise BadInputError(f"{self.case.run} has no program.")
        lists: list[Any] = self.case.inputs().tolist()
        if has_words(program.input_words):
            lists = [[plain_step(step, program.input_words) for step in row] for row in lists]
        if program.input_width == 1:
            lists = [[step[0] for step in row] for row in lists]
        return program, program.function, lists

    def run(self, prepared: Any) -> list[Any]:
        """Return the outputs as lists."""
        _, function, lists = prepared
        return [function(row) for row in lists]

    def judge(self, prepared: Any, output: list[Any]) -> Judgement:
        """Compare with the network, words by their numbers."""
        program, _, _ = prepared
        rows = output
        if has_words(program.output_words):
            steps = [[(value,) for value in row] for row in output] if program.output_width == 1 else output
            rows = [[numbered_step(step, program.output_words) for step in row] for row in steps]
        return self.case.judge(np.array(rows, dtype=np.int64).reshape(len(rows), self.case.steps, -1))


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Measure every run."""
    sequences, steps = (_QUICK_SEQUENCES, _QUICK_STEPS) if quick else (SEQUENCES, STEPS)
    with Sides() as sides:
        for name in _QUICK_RUNS if quick else RUNS:
            case = TraceCase(name, sequences, steps, seed)
            contestants: list[Contestant] = [
                Stepped(case),
                TorchStepped(case, f"{versioned('torch')}, the network"),
                CalledInLoop(case),
                Stepped(case, "the network, our steps", "network"),
            ]
            absent = {}
            if case.opened().machine is None:
                absent["the machine, our steps"] = "this run has no machine"
            else:
                contestants.append(Stepped(case, "the machine, our steps", "machine"))
            yield compare(SECTION, case.name, contestants, cap=CAP, monitor=monitor, absent=absent, sides=sides)
