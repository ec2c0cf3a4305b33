"""Route 4: outputs as a formula of recent inputs and earlier outputs.

It looks at the network's behaviour alone, so it serves any cell: windows over
the last inputs, running totals, running extremes, and recurrences of second
order.  What is remembered is readable by construction: past inputs and past
outputs.  A network that is wrong on a few steps is forgiven when no formula gives all of its outputs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mips_core.distillation.candidate import Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import Subject
from mips_core.expressions import Expression, Variable, evaluate
from mips_core.machines.integer_system import IntegerSystem, StateVariable, input_names, pruned
from mips_core.programs import Program
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import Formula, Method, combined, explain_table
from mips_core.regression.robust import explain_mostly
from mips_core.regression.tables import is_function
from mips_core.stepping import IntArray

NAME = "history of inputs and outputs + formula search"
SHAPES = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2))
"""(past inputs, past outputs) that are tried, fewest remembered numbers first."""
FORGIVING_SHAPES = SHAPES[1:5]
"""Those that are tried again for a network that is wrong on a few steps."""
ENOUGH = 0.97
"""Share of steps on which a formula must give the outputs of such a network."""


@dataclass(frozen=True)
class _Feature:
    """One remembered channel: ``lag`` steps back, of input or output number ``channel``."""

    name: str
    channel: int
    lag: int
    is_output: bool


def history_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Explain each output by current inputs, the last inputs and the last outputs, shortest memory first."""
    clock = Stopwatch()
    tried = []
    for shape, share in (*((shape, 1.0) for shape in SHAPES), *((shape, ENOUGH) for shape in FORGIVING_SHAPES)):
        if monitor.remaining <= 0.5:
            break
        label = "{} past inputs, {} past outputs".format(*shape)
        monitor.report("regress", f"Looking for a formula of {label}")
        found = _explain(subject, probe, *shape, share, monitor.limited(2.5))
        if found is None:
            tried += [label] if share == 1.0 else []
            continue
        system, method = found
        note = f"formula of the current input and {label}"
        program = Program(system, method, note)
        if program.method is Method.TABLE:
            continue
        return RouteOutcome(
            (Candidate(NAME, system, program, note, f"order {system.order}", 0.0, clock.seconds),), note
        )
    return RouteOutcome((), "No formula over the recent history: " + "; ".join(tried) + ".")


def _features(subject: Subject, past_inputs: int, past_outputs: int) -> list[_Feature]:
    width, outputs = subject.network.input_width, subject.network.output_width
    features = []
    for lag in range(1, past_inputs + 1):
        for channel in range(width):
            suffix = "" if width == 1 else str(channel + 1)
            features.append(
                _Feature(f"previous{suffix}" if lag == 1 else f"previous{suffix}_{lag}", channel, lag, False)
            )
    for lag in range(1, past_outputs + 1):
        for channel in range(outputs):
            suffix = "" if outputs == 1 else str(channel + 1)
            features.append(_Feature(f"y{suffix}" if lag == 1 else f"y{suffix}_{lag}", channel, lag, True))
    return features


def _explain(
    subject: Subject, probe: Probe, past_inputs: int, past_outputs: int, share: float, monitor: Monitor
) -> tuple[IntegerSystem, Method] | None:
    inputs = input_names(subject.network.input_width)
    features = _features(subject, past_inputs, past_outputs)
    words, outputs = probe.short, probe.network_short
    reach = max(past_inputs, past_outputs)
    if reach >= words.shape[1]:
        return None
    columns = {name: words[:, reach:, i].ravel() for i, name in enumerate(inputs)}
    for f in features:
        source = outputs if f.is_output else words
        columns[f.name] = source[:, reach - f.lag : words.shape[1] - f.lag, f.channel].ravel()
    formulas: list[Expression] = []
    methods: list[Method] = []
    for channel in range(subject.network.output_width):
        target = outputs[:, reach:, channel].ravel()
        formula: Formula | None = None
        if share < 1.0:
            mostly = explain_mostly(columns, target, monitor=monitor, share=share)
            formula = None if mostly is None else mostly.formula
        elif is_function(list(columns.values()), target):
            formula = explain_table(columns, target, monitor=monitor)
        if formula is None:
            return None
        formulas.append(formula.expression)
        methods.append(formula.method)
    starts = _starts(features, formulas, inputs, words[:, :reach], outputs[:, :reach], share)
    if starts is None:
        return None
    return _system(inputs, features, starts, formulas), combined(methods)


def _starts(
    features: list[_Feature],
    formulas: list[Expression],
    inputs: tuple[str, ...],
    words: IntArray,
    outputs: IntArray,
    share: float,
) -> dict[str, int] | None:
    """Find what the remembered numbers hold before the first input, so that the first steps are right too."""
    used = {name for formula in formulas for name in formula.variables}
    groups = sorted({(f.channel, f.is_output) for f in features if f.name in used})
    for choice in itertools.product(_start_values(words, outputs), repeat=len(groups)):
        padding = dict(zip(groups, choice, strict=True))
        if _right(features, formulas, inputs, words, outputs, padding) >= share:
            return {f.name: padding.get((f.channel, f.is_output), 0) for f in features}
    return None


def _start_values(words: IntArray, outputs: IntArray) -> list[int]:
    if words.shape[1] == 0:
        return [0]
    extremes = {int(v) for a in (words, outputs) for v in (a.min(), a.max(), a.min() - 1, a.max() + 1)}
    return list(dict.fromkeys([0, 1, -1, *sorted(extremes, key=abs)]))


def _right(
    features: list[_Feature],
    formulas: list[Expression],
    inputs: tuple[str, ...],
    words: IntArray,
    outputs: IntArray,
    padding: dict[tuple[int, bool], int],
) -> float:
    """Return the share of words on which the formulas give the first outputs with this padding."""
    n = len(words)
    right = np.ones(n, dtype=np.bool_)
    for t in range(words.shape[1]):
        columns = {name: words[:, t, i] for i, name in enumerate(inputs)}
        for f in features:
            source = outputs if f.is_output else words
            fill = padding.get((f.channel, f.is_output), 0)
            columns[f.name] = source[:, t - f.lag, f.channel] if t >= f.lag else np.full(n, fill, dtype=np.int64)
        for channel, formula in enumerate(formulas):
            with np.errstate(divide="ignore"):
                right &= evaluate(formula, columns, n) == outputs[:, t, channel]
    return float(right.mean())


def _system(
    inputs: tuple[str, ...], features: list[_Feature], starts: dict[str, int], formulas: list[Expression]
) -> IntegerSystem:
    """Write the recurrence with its outputs as locals, so that the remembered outputs reuse them."""
    names = ["new_y"] if len(formulas) == 1 else [f"new_y{i + 1}" for i in range(len(formulas))]
    state = tuple(_memory(inputs, features, starts, names))
    outputs = tuple(Variable(name) for name in names)
    return pruned(IntegerSystem(inputs, state, outputs, tuple(zip(names, formulas, strict=True))))


def _memory(
    inputs: tuple[str, ...], features: list[_Feature], starts: dict[str, int], outputs: list[str]
) -> Iterator[StateVariable]:
    by_place = {(f.is_output, f.channel, f.lag): f.name for f in features}
    for f in features:
        newest = outputs[f.channel] if f.is_output else inputs[f.channel]
        source = newest if f.lag == 1 else by_place[f.is_output, f.channel, f.lag - 1]
        yield StateVariable(f.name, starts[f.name], Variable(source))
