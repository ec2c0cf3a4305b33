"""Sequences to show or try a run on: its task's example, or drawn as its inputs allow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.runs import Run
from mips_core.stepping import IntArray
from mips_core.tasks import Integers, Task, get
from mips_core.tasks.vocabulary import Words
from mips_core.views.lockstep import LockStep, lock_step
from mips_core.views.sequences import LONGEST


def task_of(run: Run) -> Task | None:
    """Return the benchmark task of a run, if it has one."""
    name = run.report.get("task")
    return get(name) if name else None


def inputs_of(run: Run) -> tuple[Integers, ...]:
    """Return which integers may occur, one range per input."""
    return tuple(Integers(low, high) for low, high in run.report["inputs"])


def words_of(run: Run) -> Words:
    """Return the vocabularies of inputs that are words."""
    return run.network.card.input_words if run.report.get("words") else ()


def sample(run: Run, count: int, length: int, seed: int) -> IntArray:
    """Draw input sequences (count, length, D_in) as the task does, or uniformly where there is no task."""
    rng = np.random.default_rng(seed)
    length = min(length, LONGEST)
    task = task_of(run)
    if task is not None:
        return task.sample(count, length=length, rng=rng)
    if isinstance(run.machine, MealyMachine):  # a network from a file may read only some combinations
        return run.machine.symbols[rng.integers(len(run.machine.symbols), size=(count, length))]
    ranges = inputs_of(run)
    return rng.integers([r.low for r in ranges], [r.high for r in ranges], size=(count, length, len(ranges)))


def example(run: Run) -> IntArray:
    """Return the sequence (T, D_in) that is shown first: the task's example, else a sample."""
    task = task_of(run)
    return task.example if task is not None else sample(run, 1, int(run.report["length"]), seed=1)[0]


def stepped(run: Run, x: IntArray) -> LockStep:
    """Return what network, machine, program and truth do on one sequence (T, D_in)."""
    task = task_of(run)
    truth: Callable[[IntArray], IntArray] | None = task.apply if task is not None else None
    return lock_step(run.network, run.machine, run.program, truth, x)
