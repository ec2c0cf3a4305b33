"""A network that moves in exact integers, made from a trained one, and its proof against a run's machine.

The weights are rounded in the basis of the lattice on which the hidden states lie.  A readout with an activation is
written in that basis; where it is wrong in a state that the machine reaches within the length asked for, it alone is
trained further, on states where it was found wrong, with what the machine gives as labels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mips_core.errors import BadInputError, NoLatticeError
from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks.encoding import Rounded
from mips_core.networks.mlp import MlpNetwork
from mips_core.progress import Monitor, Stopwatch
from mips_core.runs.run import Run
from mips_core.runs.symbols import symbols_of
from mips_core.states.integer_weights import IntegerWeights, with_integer_weights
from mips_core.stepping import IntArray
from mips_core.verification.certificates.certify import DEFAULT_LENGTH
from mips_core.verification.certificates.integers import IntegerProof, prove_integers
from mips_core.verification.lattice_walk import lattice_points
from mips_core.verification.readout_training import TrainedReadout, train_readout

STAGE = "integers"
"""Name of the stage in progress messages."""


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
    return IntegerNetwork(network, weights, readout, proof, clock.seconds)


def _with_right_readout(
    network: MlpNetwork, system: IntegerSystem, symbols: IntArray, length: int, monitor: Monitor
) -> tuple[MlpNetwork, TrainedReadout | None]:
    """Return the network with a readout that is right in all states of a length; None where it was so already."""
    monitor.report(STAGE, f"Walking through the states of sequences up to length {length:,}")
    points = lattice_points(network, system, symbols, length, monitor=monitor)
    found = train_readout(network, points.hidden, points.outputs, monitor=monitor)
    if found.rounds == 0:
        return network, None
    card = network.card
    change = f"{card.training['change']}, readout trained on {found.states:,} hidden states"
    return replace(found.network, card=replace(card, training={**card.training, "change": change})), found
