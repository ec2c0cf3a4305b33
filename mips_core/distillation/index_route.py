"""Route 6: outputs as a relation between places of the whole sequence so far, by a fitted index law.

For what no fixed number of registers can remember: whether a sequence reads the same backwards, whether its halves are
equal, how many of its mirrored places agree.
"""

from __future__ import annotations

import itertools

import numpy as np

from mips_core.distillation.candidate import Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import Subject
from mips_core.expressions import Expression, Variable
from mips_core.expressions.python import to_python
from mips_core.machines.integer_system import IntegerSystem, input_names
from mips_core.programs import Program
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import Method
from mips_core.regression.formula import rank
from mips_core.regression.index_law import Answers, answers_of, find_index_laws
from mips_core.stepping import IntArray, outputs_of

NAME = "index law"
MOST_WORDS = 10_000
"""Up to this many words of the trained length all are asked; else as many are drawn."""
DRAWN = 4_000
LONGEST = 24
"""Longest trained length: pairs of places, and pairs of those, are looked at."""
ERRORS = (0.0, 0.03, 0.1)
"""Shares of the rarer outputs that the network may give wrongly."""


def index_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Measure which places of the sequence each output depends on, and fit how they move with its length."""
    if subject.network.input_width != 1:
        return RouteOutcome((), "Places are compared for one input per step only.")
    if subject.length > LONGEST:
        return RouteOutcome((), f"Places are compared in sequences of up to {LONGEST} steps.")
    clock = Stopwatch()
    monitor.report("extract", "Asking the network about whole words")
    words = _words(subject, probe)
    outputs = outputs_of(subject.network, words)
    extracted = clock.seconds
    inputs = input_names(1)
    formulas = []
    for k in range(subject.network.output_width):
        monitor.report("regress", f"Fitting an index law to output {k + 1}")
        formula = _formula(answers_of(words[:, :, 0], outputs[:, :, k]), Variable(inputs[0]), monitor)
        if formula is None:
            return RouteOutcome(
                (), f"No relation between places that move evenly with the length gives output {k + 1}."
            )
        formulas.append(formula)
    note = "index law fitted over the whole sequence so far: " + ", ".join(to_python(e) for e in formulas)
    system = IntegerSystem(inputs, (), tuple(formulas))
    program = Program(system, Method.SYMBOLIC, note)
    candidate = Candidate(NAME, system, program, note, "index law", extracted, clock.seconds - extracted)
    return RouteOutcome((candidate,), note)


def _formula(answers: Answers, source: Variable, monitor: Monitor) -> Expression | None:
    for errors in ERRORS:
        found = list(find_index_laws(answers, source, monitor=monitor, errors=errors))
        if found:
            return min(found, key=lambda e: (e.nodes, rank(e)))
    return None


def _words(subject: Subject, probe: Probe) -> IntArray:
    """Return every word of the trained length where these are few; else drawn ones, and rows of data where known."""
    symbols = subject.symbols
    if symbols is not None and len(symbols) ** subject.length <= MOST_WORDS:
        return np.array(list(itertools.product(symbols.tolist(), repeat=subject.length)), dtype=np.int64)
    rng = np.random.default_rng(0)
    return np.concatenate([probe.short, subject.draw(DRAWN, subject.length, rng), probe.rows(DRAWN)])
