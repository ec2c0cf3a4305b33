"""A network that moves in exact integers, made from a trained one, and its proof against a run's machine.

The weights are rounded in the basis of the lattice on which the hidden states lie.  A readout with an activation is
written in that basis; where it is wrong in a state that the machine reaches within the length asked for, it alone is
trained further, on states where it was found wrong, with what the machine gives as labels.  Where the machine reaches
too many states for that, the readout is replaced by one affine score for each output, with the smallest integers that
choose what the machine gives in all states of sequences as long as those that were trained on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mips_core.errors import BadInputError, NoLatticeError
from mips_core.files import json_bytes
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.records import machine_to_dict
from mips_core.networks.encoding import Argmax, Rounded
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_bytes
from mips_core.progress import Monitor, Stopwatch
from mips_core.region_checker import Refused
from mips_core.runs.run import Run
from mips_core.runs.symbols import symbols_of
from mips_core.states.integer_weights import CHANGE, IntegerWeights, with_integer_weights
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.verification.certificates.certify import DEFAULT_LENGTH
from mips_core.verification.certificates.checking import check
from mips_core.verification.certificates.integers import IntegerProof, prove_integers
from mips_core.verification.class_readout import class_readout
from mips_core.verification.lattice_walk import lattice_points
from mips_core.verification.readout_training import TrainedReadout, train_readout

STAGE = "integers"
"""Name of the stage in progress messages."""

_SHORT = 10


@dataclass(frozen=True, eq=False)
class IntegerNetwork:
    """What came of it.

    Parameters
    ----------
    network : the new network; its card says what it was made from and what was changed
    weights : how much rounding changed
    readout : how its readout was trained further, or None
    proof : against the run's machine, or why there is none
    seconds : time spent
    """

    network: MlpNetwork
    weights: IntegerWeights
    readout: TrainedReadout | None
    proof: IntegerProof | str
    seconds: float


def integer_network(run: Run, *, length: int = DEFAULT_LENGTH, monitor: Monitor | None = None) -> IntegerNetwork:
    """Make a network with integer weights from a run's, and prove that it gives what the run's machine gives.

    Parameters
    ----------
    length : sequence length to prove where the readout has an activation

    Raises
    ------
    NoLatticeError
        when the network's states lie on no lattice, or its weights there are not near integers.
    BadInputError
        when the run's machine is no integer system, its inputs are not known, or it reaches too many states.
    """
    monitor, clock, trained = monitor or Monitor(), Stopwatch(), run.network
    system = run.machine if run.machine is not None or run.program is None else run.program.system
    if not isinstance(system, IntegerSystem):
        raise BadInputError(f"The machine of {run.name} is not given by equations of integers, so it moves in none.")
    if not isinstance(trained, MlpNetwork) or trained.card.inputs is None:
        raise NoLatticeError(f"The network of {run.name} has gates, or its card does not say which inputs may occur.")
    symbols = symbols_of(run)
    monitor.report(STAGE, "Writing the network in the basis of its lattice")
    weights = with_integer_weights(trained, trained.card.inputs, monitor=monitor)
    network, readout = weights.network, None
    if len(network.readout_layers) > 1 and isinstance(network.decoding, Rounded):
        network, readout = _with_right_readout(network, system, symbols, length, monitor)
    monitor.report(STAGE, "Proving it in exact integers")
    remembered = () if run.program is None else tuple(variable.name for variable in run.program.system.state)
    rng = np.random.default_rng(0)
    proof = prove_integers(network, system, symbols, length=length, rng=rng, remembered=remembered, monitor=monitor)
    if isinstance(proof, IntegerProof) and proof.certificate["machine"] != machine_to_dict(system):
        proof = _of_machine(proof, network, system)
    return IntegerNetwork(network, weights, readout, proof, clock.seconds)


def _of_machine(proof: IntegerProof, network: MlpNetwork, system: IntegerSystem) -> IntegerProof | str:
    """Return a proof about the network's own equations if the machine is shown to do the same, else why it is not."""
    files = {"machine.json": json_bytes(machine_to_dict(system))}
    try:
        check(json_bytes(proof.certificate), network_bytes(network), files)
    except Refused as error:
        return f"integers: the machine is not shown to do what the network does: {error}"
    return proof


def _with_right_readout(
    network: MlpNetwork, system: IntegerSystem, symbols: IntArray, length: int, monitor: Monitor
) -> tuple[MlpNetwork, TrainedReadout | None]:
    """Return the network with a readout that is right in all states of a length, and how it was trained for that."""
    monitor.report(STAGE, f"Walking through the states of sequences up to length {length:,}")
    try:
        points = lattice_points(network, system, symbols, length, monitor=monitor)
    except BadInputError:
        return _with_scores(network, system, symbols, monitor), None
    found = train_readout(network, points.hidden, points.outputs, monitor=monitor)
    if found.rounds == 0:
        return network, None
    change = f"{CHANGE}, readout trained on {found.states:,} hidden states"
    return _noted(found.network, change), found


def _with_scores(network: MlpNetwork, system: IntegerSystem, symbols: IntArray, monitor: Monitor) -> MlpNetwork:
    """Return the network with one affine score for each output, or as it is where no small integers choose right."""
    points = lattice_points(network, system, symbols, network.card.length or _SHORT, monitor=monitor)
    monitor.report(STAGE, f"Looking for the smallest scores that are right in {len(points.hidden):,} hidden states")
    scores = class_readout(points.hidden, points.outputs)
    if scores is None:
        return network
    ranges = tuple(Integers(int(column.min()), int(column.max()) + 1) for column in points.outputs.T)
    made = replace(network, decoding=Argmax(ranges), readout_layers=(scores,))
    return _noted(made, f"{CHANGE}, readout replaced by a score for each output")


def _noted(network: MlpNetwork, change: str) -> MlpNetwork:
    card = network.card
    return replace(network, card=replace(card, training={**card.training, "change": change}))
