"""Route 2: a finite state machine by query learning, then formulas over its tables."""

from __future__ import annotations

import numpy as np

from mips_core.distillation.candidate import ENTRY, Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import SYMBOL_LIMIT, Subject
from mips_core.machines.learning import Hypothesis, candidate_machines, learn_machine
from mips_core.machines.mealy import MealyMachine
from mips_core.programs import Program, table_program
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import explain_machine

NAME = "query learning + formula search"
STATE_LIMIT = 400
"""Machines with more states than this are left to the integer routes."""
LEARNING = 0.6
"""Share of the time for asking the network; the rest is kept for formulas."""
EXPLAINING = 6.0
"""Most seconds for the formulas of one machine, a third of it for those with more than :data:`LARGE` states."""
LARGE = 64
WORTH_EXPLAINING = 0.5
"""Least share of probe sequences on which a machine must be right to be written as a program."""


def finite_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Learn the Mealy machine from the network's behaviour and explain its tables by a formula or a table."""
    if subject.symbols is None:
        return RouteOutcome((), f"The input alphabet has more than {SYMBOL_LIMIT:,} symbols.")
    monitor.report("extract", f"Asking the network about {len(subject.symbols)} input symbols")
    clock = Stopwatch()
    learning = learn_machine(
        subject.network,
        subject.symbols,
        length=subject.length,
        rng=np.random.default_rng(0),
        max_states=STATE_LIMIT,
        monitor=monitor.limited(LEARNING * monitor.remaining),
        sequences=probe.short,
    ).with_words(subject.network.card.input_words, subject.network.card.output_words)
    hypotheses, share = _promising(learning.hypotheses, probe)
    if share < 1.0:
        # Query learning believes every answer; a vote finds the machine that an imperfect network mostly follows.
        monitor.report("extract", "Voting for a machine, since the network's answers contradict one another")
        voted = candidate_machines(
            subject.network,
            subject.symbols,
            length=subject.length,
            rng=np.random.default_rng(1),
            monitor=monitor.limited(3.0),
            learning=learning,
        )
        hypotheses, share = _promising(voted, probe)
    extracted = clock.seconds
    reason = learning.reason if learning.error is None else str(learning.error)
    if not hypotheses:
        return RouteOutcome((), reason)
    candidates = []
    for hypothesis in hypotheses:
        clock = Stopwatch()
        machine = hypothesis.machine.with_words(subject.network.card.input_words, subject.network.card.output_words)
        monitor.report("regress", f"Looking for formulas over {machine.states} states")
        candidates.append(_explain(machine, extracted, monitor, clock))
        if probe.score(candidates[-1].program).sure:
            break
    return RouteOutcome(tuple(candidates), reason)


def _promising(hypotheses: tuple[Hypothesis, ...], probe: Probe) -> tuple[list[Hypothesis], float]:
    """Return the machines most worth explaining with the best agreement, a share of sequences in [0, 1].

    The smallest of those that agree best comes first; then the smallest of those that agree nearly as well for their
    size, and the next best.

    The early, coarse machines matter: on an imperfect network they are often the machine that it
    learned, while later ones also model its errors.
    """

    def quality(hypothesis: Hypothesis) -> float:
        share = probe.data_share(hypothesis.machine)
        if share is not None:
            return share
        return probe.network_share(hypothesis.machine)

    ranked = sorted(((quality(h), h) for h in hypotheses), key=lambda pair: (-pair[0], pair[1].machine.states))
    if not ranked:
        return [], 0.0
    best = ranked[0][0]

    def lack(pair: tuple[float, Hypothesis]) -> float:
        return ENTRY * pair[1].machine.output.size * 2 - pair[0]

    frugal = min(ranked, key=lack)
    chosen = [ranked[0], frugal, *ranked[1:2]] if best < 1.0 else [ranked[0], frugal]
    kept = {id(h): h for share, h in chosen if share >= WORTH_EXPLAINING}
    return list(kept.values()), best


def _explain(machine: MealyMachine, extracted: float, monitor: Monitor, clock: Stopwatch) -> Candidate:
    states = f"{machine.states} state" + ("s" if machine.states != 1 else "")
    seconds = EXPLAINING if machine.states <= LARGE else EXPLAINING / 3  # large tables take few labellings anyway
    # A formula over the numbers of words would say something about the alphabet: words are looked up.
    formulas = None if machine.has_words else explain_machine(machine, monitor=monitor.limited(seconds))
    if formulas is None:
        note = f"exact transition table of the minimal machine ({states})"
        return Candidate(NAME, machine, table_program(machine, note), note, states, extracted, clock.seconds)
    note = f"minimal machine with {states}, {formulas.note}"
    program = Program(formulas.system, formulas.method, note)
    return Candidate(NAME, machine, program, note, states, extracted, clock.seconds)
