"""Route 2: a finite state machine by query learning, then formulas over its tables."""

from __future__ import annotations

import numpy as np

from mips_core.distillation.candidate import Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import SYMBOL_LIMIT, Subject
from mips_core.machines.mealy import MealyMachine
from mips_core.programs import Program, table_program
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import explain_machine
from mips_core.states.query import Hypothesis, learn_machine

NAME = "query learning + formula search"
STATE_LIMIT = 400
"""Machines with more states than this are left to the integer routes."""


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
        monitor=monitor,
        sequences=probe.short,
    )
    extracted = clock.seconds
    hypotheses = _promising(learning.hypotheses, probe)
    if not hypotheses:
        return RouteOutcome((), learning.reason)
    candidates = []
    for hypothesis in hypotheses:
        clock = Stopwatch()
        machine = hypothesis.machine
        monitor.report("regress", f"Looking for formulas over {machine.states} states")
        candidates.append(_explain(machine, extracted, monitor, clock))
        if probe.score(candidates[-1].program).perfect:
            break
    return RouteOutcome(tuple(candidates), learning.reason)


def _promising(hypotheses: tuple[Hypothesis, ...], probe: Probe) -> list[Hypothesis]:
    """Return the machines worth explaining: those that give the true outputs, smallest first, else the best few.

    The early, coarse machines matter: on an imperfect network they are often the machine that it
    learned, while later ones also model its errors.
    """

    def quality(hypothesis: Hypothesis) -> float:
        share = probe.data_share(hypothesis.machine)
        if share is not None:
            return share
        words = probe.short
        state = hypothesis.machine.start(len(words))
        right = np.ones(len(words), dtype=bool)
        for t in range(words.shape[1]):
            state, y = hypothesis.machine.step(state, words[:, t])
            right &= (y == probe.network_short[:, t]).all(axis=1)
        return float(right.mean())

    ranked = sorted(((quality(h), h) for h in hypotheses), key=lambda pair: (-pair[0], pair[1].machine.states))
    return [hypothesis for share, hypothesis in ranked if share >= 0.5][:2]


def _explain(machine: MealyMachine, extracted: float, monitor: Monitor, clock: Stopwatch) -> Candidate:
    states = f"{machine.states} state" + ("s" if machine.states != 1 else "")
    formulas = explain_machine(machine, monitor=monitor.limited(6.0))
    if formulas is None:
        note = f"exact transition table of the minimal machine ({states})"
        return Candidate(NAME, machine, table_program(machine, note), note, extracted, clock.seconds)
    note = f"minimal machine with {states}, {formulas.note}"
    program = Program(formulas.system, formulas.method, note)
    return Candidate(NAME, machine, program, note, extracted, clock.seconds)
