"""Mutation test: single edits of programs, machines, networks and certificates, and which of them are caught.

Mutants that are proved to do the same as what they were made from are listed, and not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mips_core.benchmarks.conditions import Conditions
from mips_core.benchmarks.mutants_judged import judge
from mips_core.benchmarks.mutants_made import KINDS, Mutant, edits_of
from mips_core.errors import BadInputError, MipsError
from mips_core.networks.fitting import one_thread
from mips_core.parallel import side_by_side
from mips_core.progress import Monitor, Stopwatch
from mips_core.resources import asset
from mips_core.runs.proofs import proofs_of
from mips_core.runs.run import Run, load_run

COUNT = 200
SECONDS = 20.0
BAR = 0.99
"""Share of the counted mutants that must be caught."""


@dataclass(frozen=True)
class MutantBenchmark:
    """All mutants that were made, in the order of their kinds.

    Parameters
    ----------
    mutants : with their verdicts
    wanted : how many were to be counted
    seed, seconds : of the edits; for each hunt and each new certificate
    conditions : where and when
    """

    mutants: tuple[Mutant, ...]
    wanted: int
    seed: int
    seconds: float
    conditions: Conditions

    def of(self, kind: str = "", verdict: str = "") -> tuple[Mutant, ...]:
        """Return the mutants of one kind, or of one verdict, or of both."""
        return tuple(m for m in self.mutants if kind in ("", m.kind) and verdict in ("", m.verdict))

    @property
    def counted(self) -> tuple[Mutant, ...]:
        """Those that do something else than the original, as far as anybody knows."""
        return tuple(m for m in self.mutants if m.verdict != "equivalent")

    @property
    def share(self) -> float | None:
        """Share of the counted mutants that were caught; None where there are none."""
        return len(self.of(verdict="caught")) / len(self.counted) if self.counted else None

    def row(self, kind: str = "") -> dict[str, int]:
        """Return the counts of one kind, or of all."""
        caught = self.of(kind, "caught")
        return {
            "made": len(self.of(kind)),
            "equivalent": len(self.of(kind, "equivalent")),
            "counted": len(caught) + len(self.of(kind, "missed")),
            "caught": len(caught),
            "by a shortest word": sum(m.word is not None for m in caught),
            "by a reason": sum(bool(m.refusal) for m in caught),
            "missed": len(self.of(kind, "missed")),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "format": "mips-mutants", "version": 1, "seed": self.seed, "seconds": self.seconds,
            "kinds": {kind: self.row(kind) for kind in KINDS}, "all": self.row(), "share": self.share, "bar": BAR,
            "runs": len({m.run for m in self.mutants}),
            "mutants": [_plain(m) for m in self.mutants], "conditions": self.conditions.to_dict(),
        }  # fmt: skip


def _plain(mutant: Mutant) -> dict[str, Any]:
    return {
        "kind": mutant.kind, "run": mutant.run, "file": mutant.file, "place": mutant.place, "before": mutant.before,
        "after": mutant.after, "verdict": mutant.verdict, "word": None if mutant.word is None else list(mutant.word),
        "refusal": mutant.refusal, "proof": mutant.proof, "seconds": round(mutant.seconds, 2),
    }  # fmt: skip


def make_mutants(
    folders: Sequence[Path] | None = None,
    *,
    kinds: Sequence[str] = KINDS,
    count: int = COUNT,
    seed: int = 0,
    seconds: float = SECONDS,
    workers: int = 1,
    monitor: Monitor | None = None,
) -> Iterator[Mutant]:
    """Make mutants and yield each with its verdict, until ``count`` are counted, equally many of each kind.

    Runs take turns in an order that the seed gives, so that no run has a second mutant of a kind before all had one.

    Parameters
    ----------
    folders : of the runs; those that ship by default
    count : mutants to be counted, over all kinds together; fewer where there are no more
    seconds : for each hunt, and for each new certificate
    workers : processes that work side by side
    """
    runs = sorted(path.parent for path in asset("runs").glob("*/report.json")) if folders is None else list(folders)
    watch = monitor or Monitor()
    for number, kind in enumerate(kinds):
        wanted = (count + number) // len(kinds)
        jobs = _jobs(runs, kind, seed, seconds)
        while wanted > 0:
            some = [job for _, job in zip(range(wanted), jobs, strict=False)]
            if not some:
                break
            for mutant in _measured(some, workers, watch):
                if mutant is not None:
                    yield mutant
                    wanted -= mutant.verdict != "equivalent"


Job = tuple[str, str, int, int, float]


def _jobs(runs: Sequence[Path], kind: str, seed: int, seconds: float) -> Iterator[Job]:
    """Yield jobs for one kind, a run after the other, as long as there are edits."""
    order = np.random.default_rng([seed, KINDS.index(kind), 37]).permutation(len(runs))
    left = [runs[i] for i in order if kind != "certificate" or _has_certificate(runs[i])]
    turn = 0
    while left:
        for folder in list(left):
            try:
                more = edits_of(load_run(folder), kind, turn, seed) is not None
            except BadInputError:
                more = False
            if more:
                yield str(folder), kind, turn, seed, seconds
            else:
                left.remove(folder)
        turn += 1


def _has_certificate(folder: Path) -> bool:
    return any(proof.certificate_path is not None for proof in proofs_of(load_run(folder)).both)


def _measured(jobs: Sequence[Job], workers: int, monitor: Monitor) -> Iterator[Mutant | None]:
    if workers > 1 and len(jobs) > 1:
        yield from side_by_side(measure_mutant, jobs, workers=workers, stage="mutants", noun="mutants", monitor=monitor)
        return
    for number, job in enumerate(jobs):
        monitor.report("mutants", f"{job[1]} of {Path(job[0]).name}", number / len(jobs))
        yield measure_mutant(*job)


def measure_mutant(folder: str, kind: str, turn: int, seed: int, seconds: float) -> Mutant | None:
    """Make one mutant of a run and judge it; None where the run's inputs cannot be gone through."""
    run: Run = load_run(folder)
    edit = edits_of(run, kind, turn, seed)
    if edit is None:
        return None
    clock = Stopwatch()
    try:
        with one_thread():
            word, refusal, proof = judge(run, kind, edit, seconds)
    except MipsError as error:
        raise MipsError(f"{run.name}, {edit.file}, {edit.place}: {error}") from None
    return Mutant(kind, run.name, edit.file, edit.place, edit.before, edit.after, word, refusal, proof, clock.seconds)
