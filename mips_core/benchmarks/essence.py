"""Deep Distilling measured: all tasks, random networks, changed programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mips_core.benchmarks.conditions import Conditions
from mips_core.benchmarks.essence_mutants import CAUGHT, EQUAL, MISSED, Mutant, Subject, make_mutants
from mips_core.benchmarks.essence_networks import perturbed, random_network
from mips_core.errors import NoRegularStructureError
from mips_core.essence.data import EssenceData
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.pipeline import distill_essence, distill_networks, examination_of
from mips_core.essence.result import EssenceResult
from mips_core.essence.tasks import EssenceTask, get, scaling
from mips_core.progress import Monitor

NETWORKS = 200
MUTANTS = 100
BAR = 0.95
"""Share of the counted mutants that must be caught."""

LOSSLESS, REFUSED, MISMATCH = "lossless", "refused", "mismatch"
_ASKED = 1000
"""Inputs compared for a random network whose inputs are too many for all."""


@dataclass(frozen=True)
class TaskRow:
    """One task.

    Parameters
    ----------
    task : its name
    neurons, numbers : of the network
    lines : of the program; None without one
    kind, checked, mismatches : of the certificate
    train, condense, verify : seconds
    cases, correct : judged at larger sizes, all together
    reason : why there is no program
    """

    task: str
    neurons: int = 0
    numbers: int = 0
    lines: int | None = None
    kind: str = ""
    checked: int = 0
    mismatches: int = 0
    train: float = 0.0
    condense: float = 0.0
    verify: float = 0.0
    cases: int = 0
    correct: int = 0
    reason: str = ""

    @property
    def seconds(self) -> float:
        """Of training, condensing and verifying."""
        return self.train + self.condense + self.verify


@dataclass(frozen=True)
class NetworkRow:
    """One random network.

    Parameters
    ----------
    seed : of the network
    name : how it was made
    outcome : "lossless", "refused" or "mismatch" (which must not occur)
    lines : of the program, where there is one
    words : the reason or the mismatch
    """

    seed: int
    name: str
    outcome: str
    lines: int | None
    words: str


@dataclass(frozen=True)
class EssenceBenchmark:
    """All that was measured.

    Parameters
    ----------
    rows : the tasks
    networks : the random networks, then those with one number changed
    mutants : the changed programs
    seed : of networks, changes and inputs
    conditions : where and when
    """

    rows: tuple[TaskRow, ...]
    networks: tuple[NetworkRow, ...]
    mutants: tuple[Mutant, ...]
    seed: int
    conditions: Conditions

    @property
    def caught(self) -> float | None:
        """Share of the mutants that differ from their program and were caught; None without any."""
        verdicts = Counter(mutant.verdict for mutant in self.mutants)
        counted = verdicts[CAUGHT] + verdicts[MISSED]
        return verdicts[CAUGHT] / counted if counted else None

    @property
    def passed(self) -> bool:
        """Whether all tasks are lossless, no random network has a mismatch, and enough mutants were caught."""
        tasks = all(row.lines is not None and not row.mismatches for row in self.rows)
        networks = all(row.outcome != MISMATCH for row in self.networks)
        return tasks and networks and (self.caught is None or self.caught >= BAR)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        outcomes = Counter(row.outcome for row in self.networks)
        verdicts = Counter(mutant.verdict for mutant in self.mutants)
        return {
            "format": "mips-essence-benchmark",
            "version": 1,
            "seed": self.seed,
            "conditions": asdict(self.conditions),
            "tasks": [asdict(row) for row in self.rows],
            "networks": {each: outcomes[each] for each in (LOSSLESS, REFUSED, MISMATCH)},
            "network_rows": [asdict(row) for row in self.networks],
            "mutants": {each: verdicts[each] for each in (CAUGHT, EQUAL, MISSED)},
            "mutant_rows": [mutant.to_dict() for mutant in self.mutants],
        }


def run_tasks(
    chosen: Sequence[str], *, seed: int = 0, judge: bool = True, monitor: Monitor | None = None
) -> Iterator[tuple[TaskRow, EssenceResult | None]]:
    """Distil and judge tasks.

    Parameters
    ----------
    judge : judge the programs at larger sizes too
    """
    for name in chosen:
        task = get(name)
        try:
            result = distill_essence(task.data(), seed=seed, monitor=monitor)
        except NoRegularStructureError as error:
            yield TaskRow(name, reason=str(error)), None
            continue
        yield _row(task, result, seed, judge), result


def _row(task: EssenceTask, result: EssenceResult, seed: int, judge: bool) -> TaskRow:
    found = result.losslessness
    judged = scaling(task, result.program.function, seed=seed) if judge and task.takes == result.reading else ()
    return TaskRow(
        task.name,
        result.network.neurons,
        result.network.numbers,
        result.program.lines,
        found.kind,
        found.checked,
        found.mismatches + sum(each.mismatches for each in (*found.per_layer, found.elsewhere)),
        result.seconds.train,
        result.seconds.condense,
        result.seconds.verify,
        sum(each.cases for each in judged),
        sum(each.correct for each in judged),
    )


def subject_of(name: str, result: EssenceResult, *, cases: int, seed: int) -> Subject:
    """Return a result's program as one to change."""
    return Subject(
        name,
        result.program.source,
        result.program.function,
        result.reading,
        result.condensed.axes,
        result.values.are_bits,
        examination_of(result, cases=cases, seed=seed),
    )


def run_networks(
    count: int, *, seed: int = 0, changed: bool = True, monitor: Monitor | None = None
) -> Iterator[NetworkRow]:
    """Condense, write and certify random networks; every eighth has one number ``changed``."""
    for number in range(seed, seed + count):
        made = random_network(number)
        networks, name = made.networks, made.name
        if changed and number % 8 == 0:
            generator = np.random.default_rng([number, 1])
            networks, name = (perturbed(networks[0], generator), *networks[1:]), f"{name}, one number changed"
        yield network_row(number, name, networks, made.data, monitor)


def network_row(
    seed: int, name: str, networks: Sequence[EssenceNetwork], data: EssenceData, monitor: Monitor | None = None
) -> NetworkRow:
    """Return what came of one network."""
    try:
        result = distill_networks(networks, data, reading="whole", cases=_ASKED, seed=seed, monitor=monitor)
    except NoRegularStructureError as error:
        # Programs of several sizes are put together as a guess, which all inputs of each size then judge.
        mismatch = any("mismatches" in each and "size by size" not in each for each in error.tried)
        return NetworkRow(seed, name, MISMATCH if mismatch else REFUSED, None, "; ".join(error.tried))
    return NetworkRow(seed, name, LOSSLESS, result.program.lines, result.losslessness.sentence)


def run_mutants(
    subjects: Sequence[Subject], count: int, *, seed: int = 0, monitor: Monitor | None = None
) -> Iterator[Mutant]:
    """Judge mutants of programs by turns."""
    watch = monitor or Monitor()
    for mutant in make_mutants(subjects, count, seed):
        watch.report("mutants", f"{mutant.task}: {mutant.verdict}")
        yield mutant
