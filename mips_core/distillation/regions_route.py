"""A route for piecewise-linear networks: integer coordinates, then updates and outputs off the exact linear regions.

Inside a linear region of the network everything is affine, and its slopes are known without any fit.  In coordinates in
which hidden states are integers the slopes are integers too, and a few pieces make a formula with abs, max and min.
"""

from __future__ import annotations

import numpy as np

from mips_core.distillation.candidate import Candidate, Probe, RouteOutcome
from mips_core.distillation.subject import Subject
from mips_core.errors import MipsError
from mips_core.expressions import Variable
from mips_core.machines.integer_system import IntegerSystem, StateVariable, input_names, pruned
from mips_core.networks import MlpNetwork
from mips_core.networks.encoding import Rounded
from mips_core.programs import Program
from mips_core.progress import Monitor, Stopwatch
from mips_core.regression import Formula, combined
from mips_core.regression.piecewise import piecewise_formula
from mips_core.states.lattice import integer_code
from mips_core.states.linear_regions import is_piecewise_linear, readout_slopes, transition_slopes
from mips_core.stepping import trace

NAME = "exact linear regions"
SAMPLE = 256
"""Probe words whose hidden states are looked at."""
LARGEST_DIMENSION = 6


def regions_route(subject: Subject, probe: Probe, monitor: Monitor) -> RouteOutcome:
    """Write each coordinate's update and each output as a formula of the pieces that the network is made of."""
    network = subject.network
    if not isinstance(network, MlpNetwork) or not is_piecewise_linear(network):
        return RouteOutcome(
            (), "The network is not piecewise linear in numbers: its inputs are symbols, or it is smooth."
        )
    if not isinstance(network.decoding, Rounded):
        return RouteOutcome((), "The outputs are classes, not numbers, so slopes say nothing about them.")
    monitor.report("extract", "Looking for integer coordinates of the hidden state")
    clock = Stopwatch()
    words = probe.short[:SAMPLE]
    seen = trace(network, words)
    states = seen.states
    try:
        code = integer_code(states.reshape(-1, network.state_size), rng=np.random.default_rng(0), monitor=monitor)
    except MipsError as error:
        return RouteOutcome((), str(error))
    codes = code.codes.reshape(*states.shape[:2], -1)
    order = codes.shape[2]
    if order > LARGEST_DIMENSION:
        return RouteOutcome((), f"The hidden states have {order} dimensions; up to {LARGEST_DIMENSION} are read.")
    extracted = clock.seconds
    monitor.report("regress", "Reading the affine pieces of the network")
    inputs = input_names(network.input_width)
    names = tuple(f"z{i + 1}" for i in range(order))
    before, after = states[:, :-1].reshape(-1, network.state_size), states[:, 1:].reshape(-1, network.state_size)
    symbols = words.reshape(-1, network.input_width)
    moving = transition_slopes(network, before, symbols)
    to_code = np.linalg.pinv(code.basis)  # (d, n): a change of the hidden state as a change of its code
    of_codes = np.einsum("dn,mde,ke->mnk", to_code, moving[:, :, : network.state_size], code.basis, optimize=True)
    of_inputs = np.einsum("dn,mde->mne", to_code, moving[:, :, network.state_size :], optimize=True)
    changes = np.concatenate([of_codes, of_inputs], axis=2)
    columns = {name: codes[:, :-1, i].ravel() for i, name in enumerate(names)}
    columns |= {name: symbols[:, i] for i, name in enumerate(inputs)}
    updates: list[Formula] = []
    for i, name in enumerate(names):
        update = piecewise_formula(columns, codes[:, 1:, i].ravel(), changes[:, i])
        if update is None:
            return RouteOutcome((), f"The pieces of the network give no formula for the update of coordinate {name}.")
        updates.append(update)
    new = {name: codes[:, 1:, i].ravel() for i, name in enumerate(names)}
    rising = readout_slopes(network, after) @ code.basis.T
    outputs: list[Formula] = []
    for i in range(network.output_width):
        output = piecewise_formula(new, seen.outputs[:, :, i].ravel(), rising[:, i])
        if output is None:
            return RouteOutcome((), f"The pieces of the readout give no formula for output {i + 1}.")
        outputs.append(output)
    renamed = {name: Variable(f"new_{name}") for name in names}
    system = pruned(
        IntegerSystem(
            inputs,
            tuple(StateVariable(name, int(codes[0, 0, i]), Variable(f"new_{name}")) for i, name in enumerate(names)),
            tuple(output.expression.substitute(renamed) for output in outputs),
            tuple((f"new_{name}", update.expression) for name, update in zip(names, updates, strict=True)),
        )
    )
    note = f"{order} integer coordinate{'s' * (order != 1)}, updates and outputs from exact linear regions"
    program = Program(system, combined([f.method for f in (*updates, *outputs)]), note)
    return RouteOutcome(
        (Candidate(NAME, system, program, note, "linear regions", extracted, clock.seconds - extracted),), note
    )
