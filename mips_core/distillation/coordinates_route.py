"""Route 3: integer coordinates of the hidden state, then a formula for each coordinate and output.

For networks whose transition is affine the coordinates move exactly linearly
(reachability basis); for others the integer autoencoder proposes coordinates and
regression has to find each update.
"""

from __future__ import annotations

import numpy as np

from mips_core.distillation.candidate import Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import Subject
from mips_core.errors import MipsError
from mips_core.expressions import Expression, Variable
from mips_core.machines.integer_system import IntegerSystem, StateVariable, input_names, pruned
from mips_core.networks import MlpNetwork
from mips_core.networks.encoding import Rounded
from mips_core.networks.protocol import FloatArray
from mips_core.programs import Program
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import Method, combined, explain_if_function, simplify_lookups
from mips_core.regression.piecewise import piecewise_formula
from mips_core.states.krylov import integer_coordinates
from mips_core.states.lattice import integer_code
from mips_core.states.linear_regions import has_linear_regions, readout_slopes
from mips_core.stepping import IntArray, trace

AFFINE_NAME = "integer coordinates of an affine transition"
LATTICE_NAME = "integer autoencoder + formula search"
SAMPLE = 256
"""Probe words whose hidden states are looked at."""
LARGEST_DIMENSION = 4
"""More coordinates than this are not searched: the formulas would be longer than a table."""


def affine_coordinates_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Find integer coordinates that move linearly, then explain the outputs by a formula of them."""
    network = subject.network
    if not isinstance(network, MlpNetwork) or not network.is_transition_affine:
        return RouteOutcome((), "The transition of the network is not affine.")
    monitor.report("extract", "Looking for integer coordinates of the hidden state")
    clock = Stopwatch()
    words = probe.short[:SAMPLE]
    try:
        coordinates = integer_coordinates(network, inputs=subject.inputs, monitor=monitor)
    except MipsError as error:
        return RouteOutcome((), str(error))
    extracted = clock.seconds
    names = list(coordinates.names)
    codes = coordinates.run(words)
    rising = None
    if has_linear_regions(network.readout_layers, network.activation) and isinstance(network.decoding, Rounded):
        after = (codes[:, 1:].reshape(-1, len(names)) @ coordinates.basis) + coordinates.offset
        rising = readout_slopes(network, after) @ coordinates.basis.T
    outputs = _explain_outputs(subject, probe, words, codes, names, monitor, rising)
    if outputs is None:
        return RouteOutcome((), f"Integer coordinates of order {coordinates.order}, but no formula for the outputs.")
    formulas, methods = outputs
    inputs = input_names(subject.network.input_width)
    renamed = {name: Variable(f"new_{name}") for name in names}
    system = IntegerSystem(
        inputs,
        tuple(
            StateVariable(name, start, Variable(f"new_{name}"))
            for name, start in zip(names, coordinates.start, strict=True)
        ),
        tuple(formula.substitute(renamed) for formula in formulas),
        tuple((f"new_{name}", update) for name, update in zip(names, coordinates.updates(inputs, names), strict=True)),
    )
    system = pruned(system)
    if system.tables and subject.symbols is not None:
        system, replaced = simplify_lookups(system, subject.symbols, monitor=monitor, budget=3.0)
        methods = [*methods, replaced] if replaced is not None else methods
    note = f"integer coordinates of order {coordinates.order} and a formula for the output"
    return _outcome(AFFINE_NAME, system, methods, note, extracted, clock.seconds - extracted)


def lattice_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Fit integer codes to the hidden states, then explain each coordinate's update and the outputs."""
    network = subject.network
    if network.state_size > 64:
        return RouteOutcome((), f"The hidden state has {network.state_size} numbers; a lattice is searched up to 64.")
    monitor.report("extract", "Fitting a lattice to the hidden states")
    clock = Stopwatch()
    words = probe.short[:SAMPLE]
    states = trace(network, words).states  # (N, T + 1, d)
    try:
        code = integer_code(
            states.reshape(-1, network.state_size),
            rng=np.random.default_rng(0),
            most=LARGEST_DIMENSION,
            monitor=monitor,
        )
    except MipsError as error:
        return RouteOutcome((), str(error))
    codes = code.codes.reshape(*states.shape[:2], -1)
    extracted = clock.seconds
    names = [f"z{i + 1}" for i in range(codes.shape[2])]
    inputs = input_names(subject.network.input_width)
    before = {name: codes[:, :-1, i].ravel() for i, name in enumerate(names)}
    columns = before | {name: words[:, :, i].ravel() for i, name in enumerate(inputs)}
    updates: list[Expression] = []
    methods: list[Method] = []
    for i, name in enumerate(names):
        monitor.report("regress", f"Looking for the update of coordinate {name}")
        formula = explain_if_function(columns, codes[:, 1:, i].ravel(), monitor=monitor.limited(3.0))
        if formula is None:
            return RouteOutcome((), f"A lattice of {len(names)} dimensions, but no formula for the update of {name}.")
        updates.append(formula.expression)
        methods.append(formula.method)
    outputs = _explain_outputs(subject, probe, words, codes, names, monitor)
    if outputs is None:
        return RouteOutcome((), f"A lattice of {len(names)} dimensions, but no formula for the outputs.")
    renamed = {name: Variable(f"new_{name}") for name in names}
    system = IntegerSystem(
        inputs,
        tuple(StateVariable(name, int(codes[0, 0, i]), Variable(f"new_{name}")) for i, name in enumerate(names)),
        tuple(formula.substitute(renamed) for formula in outputs[0]),
        tuple((f"new_{name}", update) for name, update in zip(names, updates, strict=True)),
    )
    note = f"integer autoencoder ({code.variant}, {len(names)} dimensions) and formulas"
    return _outcome(LATTICE_NAME, pruned(system), methods + outputs[1], note, extracted, clock.seconds - extracted)


def _explain_outputs(
    subject: Subject,
    probe: Probe,
    words: IntArray,
    codes: IntArray,
    names: list[str],
    monitor: Monitor,
    slopes: FloatArray | None = None,
) -> tuple[list[Expression], list[Method]] | None:
    """Explain each output by the coordinates after the update; None when one resists.

    ``slopes`` (rows, outputs, coordinates), where the readout is piecewise linear, spare the search.
    """
    columns = {name: codes[:, 1:, i].ravel() for i, name in enumerate(names)}
    formulas, methods = [], []
    for i in range(subject.network.output_width):
        monitor.report("regress", "Looking for a formula of the output")
        target = probe.network_short[: len(words), :, i].ravel()
        formula = None if slopes is None else piecewise_formula(columns, target, slopes[:, i])
        formula = formula or explain_if_function(columns, target, monitor=monitor.limited(4.0))
        if formula is None:
            return None
        formulas.append(formula.expression)
        methods.append(formula.method)
    return formulas, methods


def _outcome(
    name: str, system: IntegerSystem, methods: list[Method], note: str, extract: float, regress: float
) -> RouteOutcome:
    program = Program(system, combined([*methods, Method.LINEAR]), note)
    return RouteOutcome(
        (Candidate(name, system, program, note, f"integer coordinates, order {system.order}", extract, regress),), note
    )
