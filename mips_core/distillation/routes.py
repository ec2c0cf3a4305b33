"""The routes from a network to a program, cheapest first, and the choice among what they return."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mips_core.distillation.candidate import Candidate, Probe, Route, Score
from mips_core.distillation.coordinates_route import (
    AFFINE_NAME,
    LATTICE_NAME,
    affine_coordinates_route,
    lattice_route,
)
from mips_core.distillation.finite_route import NAME as FINITE_NAME
from mips_core.distillation.finite_route import finite_route
from mips_core.distillation.history_route import NAME as HISTORY_NAME
from mips_core.distillation.history_route import history_route
from mips_core.distillation.index_route import NAME as INDEX_NAME
from mips_core.distillation.index_route import index_route
from mips_core.distillation.linear_route import NAME as LINEAR_NAME
from mips_core.distillation.linear_route import linear_route
from mips_core.distillation.regions_route import NAME as REGIONS_NAME
from mips_core.distillation.regions_route import regions_route
from mips_core.distillation.registers_route import NAME as REGISTERS_NAME
from mips_core.distillation.registers_route import registers_route
from mips_core.distillation.subject import Subject
from mips_core.distillation.trimming import trimmed
from mips_core.programs.readable import readable
from mips_core.progress import Monitor, StageResult, Stopwatch
from mips_core.regression import Method

IMPROVING = 4.0
"""Most seconds for a route when there is a formula that is right at 1x, but not on longer words."""

IMPROVING_TOGETHER = 6.0
"""Most seconds for all such routes: a network that drifts on long words has no formula that follows it there."""

TRIMMING = 2.0
"""Most seconds for leaving out parts of one program."""

ROUTES: tuple[tuple[str, Route, float], ...] = (
    (LINEAR_NAME, linear_route, 6.0),
    (AFFINE_NAME, affine_coordinates_route, 8.0),
    (REGIONS_NAME, regions_route, 4.0),
    (FINITE_NAME, finite_route, 10.0),
    (HISTORY_NAME, history_route, 10.0),
    (REGISTERS_NAME, registers_route, 10.0),
    (INDEX_NAME, index_route, 5.0),
    (LATTICE_NAME, lattice_route, 10.0),
)
"""Name, function, and the most seconds it may take; adding a method is adding a line here."""

SYMBOLIC = frozenset({FINITE_NAME})
"""Routes that only tell symbols apart; all others compute with them, which words do not allow."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The best candidate of all routes with its score, or None, and what every route said."""

    candidate: Candidate | None
    score: Score | None
    stages: tuple[StageResult, ...]
    seconds_extract: float
    seconds_regress: float


def run_routes(subject: Subject, monitor: Monitor, *, seed: int) -> Chosen:
    """Try the routes in order until one gives a formula that is right on every probe word; keep the best.

    A program that is right but only a table, or right at 1x only, or with a bound that nothing shows, does not end
    the search: a later route may say the same with a formula that holds for longer.
    """
    probe = Probe(subject, seed)
    ranked: list[tuple[Score, Candidate]] = []
    stages: list[StageResult] = []
    extract = regress = 0.0
    improving: Monitor | None = None
    for name, route, limit in ROUTES:
        if ranked and _settled(min(ranked, key=lambda pair: pair[0].key)[0]):
            stages.append(StageResult(name, "skipped", _nothing_better(subject), 0.0))
            continue
        if subject.network.card.has_words and name not in SYMBOLIC:
            stages.append(StageResult(name, "skipped", "It computes with numbers, and the symbols are words.", 0.0))
            continue
        allowed = monitor.limited(limit)
        if any(score.perfect and score.is_formula for score, _ in ranked):
            improving = improving or monitor.limited(IMPROVING_TOGETHER)
            allowed = improving.limited(min(limit, IMPROVING))
        if allowed.remaining <= 0.2:
            stages.append(StageResult(name, "skipped", "The time budget was used up.", 0.0))
            continue
        clock = Stopwatch()
        outcome = route(subject, probe, allowed)
        shortest = [trimmed(candidate, probe, monitor.limited(TRIMMING)) for candidate in outcome.candidates]
        candidates = [_reworded(candidate, subject) for candidate in shortest]
        # What is left of a bound that nothing showed may be half a bound.
        unseen = [probe.bound_unseen(candidate.program) for candidate in outcome.candidates]
        scored = [(_score(c, probe, flag), c) for c, flag in zip(candidates, unseen, strict=True)]
        ranked += scored
        spent_regressing = min(clock.seconds, sum(candidate.seconds_regress for candidate in outcome.candidates))
        regress += spent_regressing
        extract += clock.seconds - spent_regressing
        stages.append(_stage(name, outcome.reason, scored, clock.seconds))
    if not ranked:
        return Chosen(None, None, tuple(stages), extract, regress)
    score, candidate = min(ranked, key=lambda pair: pair[0].key)
    return Chosen(candidate, score, tuple(stages), extract, regress)


def _score(candidate: Candidate, probe: Probe, bound_unseen: bool) -> Score:
    score = probe.score(candidate.program)
    return replace(score, bound_unseen=score.bound_unseen or bound_unseen)


def _reworded(candidate: Candidate, subject: Subject) -> Candidate:
    """Return the candidate with its program in the form that a person would choose."""
    program = readable(candidate.program, [(r.low, r.high - 1) for r in subject.inputs], subject.symbols)
    machine = program.system if candidate.machine == candidate.program.system else candidate.machine
    return replace(candidate, program=program, machine=machine)


def _settled(score: Score) -> bool:
    if not (score.sure and score.is_formula) or score.bound_unseen:
        return False
    return score.data is not None or (score.network_long == 1.0 and score.network_telling == 1.0)


def _nothing_better(subject: Subject) -> str:
    """Say why no further route is tried: at which lengths the formula that was found is right."""
    truth, short, long = subject.chosen_by, f"{subject.length:,}", f"{5 * subject.length:,}"
    if truth is None:
        return f"An earlier route gave a formula that is the network's on every probe word of {short} and {long} steps."
    if truth.task is not None:
        return f"An earlier route gave a formula that is right on every probe word of {short} and {long} steps."
    return f"An earlier route gave a formula that is right on every row of data, of up to {short} steps."


def _stage(name: str, reason: str, scored: list[tuple[Score, Candidate]], seconds: float) -> StageResult:
    if not scored:
        return StageResult(name, "failed", reason, seconds)
    score, candidate = min(scored, key=lambda pair: pair[0].key)
    evidence = {
        "note": candidate.note,
        "method": str(candidate.program.method),
        "nodes": candidate.program.nodes,
        "agrees_with_network_1x": round(score.network, 4),
        "agrees_with_network_5x": round(score.network_long, 4),
        "agrees_with_data": None if score.data is None else round(score.data, 4),
    }
    kind = "A table" if candidate.program.method is Method.TABLE else "A formula"
    verdict = "right on every probe word at 1x" if score.perfect else "not right on every probe word"
    return StageResult(name, "done", f"{kind}, {verdict}: {candidate.note}.", seconds, evidence)
