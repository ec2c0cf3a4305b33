"""Training to 100 %: ours against the paper's own settings in a plain PyTorch loop, one network at a time.

The tasks are every fifth of the benchmark's 62 in the paper's order, from the fourth on: exactly twelve.  So nobody
picked them for how they turn out, and they hold additions, bits, memory, sums, absolute values, majorities, division,
modular sums and motion.

Both sides are judged alike: first by the same held-out sequences, which end training, then by 10,000 fresh ones that
neither has seen.  What ours does besides (choosing an architecture, longer sequences, searching for words on which
the network is wrong) is in its seconds; the loop is told the architecture that the authors' search found.  Importing
PyTorch takes two to three seconds of either side, and is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Judgement
from mips_core.benchmarks.speed.process import Sides
from mips_core.progress import Monitor
from mips_core.stepping import IntArray, outputs_of
from mips_core.tasks import get

SECTION = "training"
TASKS = (
    "Base_5_Addition", "Bitwise_And", "Parity_All", "Sum_Last3", "Current_Number", "Prev5", "Diff_Abs_Values",
    "Majority_0_3", "Parity_Bits_Mod2", "Div_3", "Add_Mod_5", "Newton_Freebody",
)  # fmt: skip
CAP = 120.0
"""Seconds that each side has for each task; one that is not done then counts as this many."""

JUDGED_ON = 10_000
"""Fresh sequences of the task's length, all of which must be right at every step."""

_QUICK_TASKS = ("Current_Number", "Bitwise_And")
_QUICK_CAP = 2.0


@dataclass(frozen=True)
class Ours:
    """``train`` as it is called from Python or by ``mips train``, with its usual budget."""

    task: str
    seed: int
    name: str = OURS

    def prepare(self) -> None:
        """Import PyTorch, which takes seconds and is the same for both sides."""
        import mips_core.networks.training  # noqa: F401

    def run(self, prepared: None) -> Any:
        """Return what training gave."""
        from mips_core.networks.training import train

        return train(get(self.task), seed=self.seed)

    def judge(self, prepared: None, output: Any) -> Judgement:
        """Ask the network for the outputs of fresh sequences."""
        facts = {"held-out right": output.accuracy, "architecture": output.network.card.training["rung"]}
        return judged(self.task, self.seed, facts, lambda x: outputs_of(output.network, x))


@dataclass(frozen=True)
class TorchLoop:
    """The loop of :mod:`mips_core.benchmarks.speed.peer_torch_loop`."""

    task: str
    seed: int
    name: str = "plain PyTorch loop"

    def prepare(self) -> tuple[Any, tuple[Any, ...]]:
        """Draw the sequences to train on and those to test by: the held-out ones of ours, then the paper's number."""
        from mips_core.benchmarks.speed.peer_torch_loop import TEST_SEQUENCES, TRAINING_SEQUENCES, Data
        from mips_core.networks.examples import gather

        task = get(self.task)
        rng = np.random.default_rng([self.seed, 4_096])
        train, test = (task.sample(n, rng=rng) for n in (TRAINING_SEQUENCES, TEST_SEQUENCES))
        held_out = gather(task, seed=self.seed).held_out
        tests = (Data.of(held_out.x, held_out.y), Data.of(test, task.apply(test)))
        return Data.of(train, task.apply(train)), tests

    def run(self, prepared: tuple[Any, tuple[Any, ...]]) -> Any:
        """Return the first network that passes all tests."""
        from mips_core.benchmarks.speed.peer_torch_loop import ARCHITECTURES, train_loop

        return train_loop(ARCHITECTURES[self.task], *prepared, seed=self.seed)

    def judge(self, prepared: tuple[Any, tuple[Any, ...]], output: Any) -> Judgement:
        """Ask the network for the outputs of fresh sequences."""
        from mips_core.benchmarks.speed.peer_torch_loop import Data

        facts = {"steps": output.steps, "starting points": output.starts}
        return judged(self.task, self.seed, facts, lambda x: output.network.integers(Data.of(x, x).x).numpy())


def judged(task: str, seed: int, facts: Mapping[str, Any], answer: Callable[[IntArray], IntArray]) -> Judgement:
    """Return whether all outputs on fresh sequences are right.

    Parameters
    ----------
    facts : what else is to stand beside the seconds
    answer : outputs, int64 (N, T, D_out), for inputs (N, T, D_in)
    """
    rule = get(task)
    x = rule.sample(JUDGED_ON, rng=np.random.default_rng([seed, JUDGED_ON]))
    wrong = int((answer(x) != rule.apply(x)).any(axis=(1, 2)).sum())
    told = {**facts, "wrong of 10,000 fresh sequences": wrong}
    return Judgement(wrong == 0, told, "" if wrong == 0 else f"wrong on {wrong:,} of {JUDGED_ON:,} fresh sequences")


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Measure all tasks; ``quick`` takes two that are easily learnt, and gives them little time."""
    cap = _QUICK_CAP if quick else CAP
    with Sides() as sides:  # kept from task to task: importing PyTorch anew takes longer than training
        for task in _QUICK_TASKS if quick else TASKS:
            ours, loop = Ours(task, seed), TorchLoop(task, seed)
            yield compare(SECTION, task, (ours, loop), cap=cap, monitor=monitor, sides=sides)
