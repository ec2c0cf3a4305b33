"""A network with integer weights, made from a trained one.

Where the hidden states of a network with an affine transition lie on a lattice (:mod:`mips_core.states.krylov`), the
lattice is a basis in which all weights of the transition are near integers.  Rounded to them they are exact: float64
adds and multiplies integers without error up to 2**53, so nothing that training left over adds up any more.  The
rounded network is another one than the trained one, and its card says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from mips_core.errors import NoLatticeError
from mips_core.networks.encoding import Argmax, EmbeddingInput, OneHotInput, Rounded
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.networks.store import network_digest
from mips_core.progress import Monitor
from mips_core.states.coordinates import IntegerCoordinates
from mips_core.states.krylov import integer_coordinates
from mips_core.states.reachable import NEGLIGIBLE
from mips_core.stepping import trace
from mips_core.tasks.integers import Integers

MOST_CHANGE = 0.25
"""Weights of the transition that are further than this from an integer are not rounded."""

CHANGE = "integer weights"
"""What the card of a network made here says was changed."""

_NEGLIGIBLE = (NEGLIGIBLE, 1e-3, 1e-5)
_FINEST = 12
_SAMPLES = 256
_LONGER = 10
_LARGEST_SAMPLE = 1e6


@dataclass(frozen=True, eq=False)
class IntegerWeights:
    """A network with integer weights, and how far it is from the one that it was made from.

    Parameters
    ----------
    network : the new network; the weights of its transition, and of a readout of one layer, are integers
    change : largest difference that rounding made to a weight of the transition, in the new basis
    readout_change : the same for the readout; 0 where it has an activation and was only written in the new basis
    """

    network: MlpNetwork
    change: float
    readout_change: float


def has_integer_weights(network: MlpNetwork) -> bool:
    """Whether the transition is one layer of integers, and the start state as well."""
    numbers = (network.hidden[0].weight, network.hidden[0].bias, network.start_state)
    plain = len(network.hidden) == 1 and network.state_grid is None and not isinstance(network.encoding, EmbeddingInput)
    return plain and all(np.array_equal(values, np.rint(values)) for values in numbers)


def with_integer_weights(
    network: MlpNetwork, inputs: Sequence[Integers], *, monitor: Monitor | None = None
) -> IntegerWeights:
    """Write a network in the basis of the lattice of its hidden states, and round its weights to integers.

    Directions in which no input moves the state, or that no later output depends on, are left out.  A readout of one
    layer is rounded as well; scores of classes may first be multiplied by a power of two, since only their order
    counts.  A readout with an activation keeps its function, up to the rounding of float64.

    Parameters
    ----------
    inputs : the integers that may occur, one range per input

    Raises
    ------
    NoLatticeError
        when the transition is not affine, its states lie on no lattice, or rounding would change a weight by more than
        ``MOST_CHANGE`` or an output on the sampled sequences.
    """
    if isinstance(network.encoding, EmbeddingInput):
        raise NoLatticeError(
            "The inputs are embedded, so what they add to the state are products of two weights, each of which would "
            "have to be an integer. Train with one-hot inputs."
        )
    found = _coordinates(network, inputs, monitor)
    if found.order == 0:
        raise NoLatticeError("No input changes a later output, so there is no state to write with integers.")
    trained, exact, start = _transition(network, found)
    change = float(np.abs(trained - exact).max())
    if change > MOST_CHANGE:
        raise NoLatticeError(
            f"In the basis of its lattice a weight of the transition is {change:.2g} away from an integer; at most "
            f"{MOST_CHANGE} is rounded. Train the network further, or extract a finite machine instead."
        )
    first = network.readout_layers[0]
    reader = AffineMap(first.weight @ found.basis.T, first.weight @ found.offset + first.bias)
    notes = {**network.card.training, "made_from": network_digest(network), "change": CHANGE}
    made = replace(
        network,
        card=replace(network.card, hidden_size=found.order, accuracy=None, training=notes),
        hidden=(AffineMap(exact[:, :-1], exact[:, -1]),),
        readout_layers=(reader, *network.readout_layers[1:]),
        start_state=start,
    )
    return _with_integer_readout(made, inputs, change)


def _coordinates(network: MlpNetwork, inputs: Sequence[Integers], monitor: Monitor | None) -> IntegerCoordinates:
    """Return integer coordinates; what was taken for noise is looked at again where that leaves no lattice."""
    refused: NoLatticeError | None = None
    for negligible in _NEGLIGIBLE:
        try:
            return integer_coordinates(network, inputs=inputs, negligible=negligible, monitor=monitor)
        except NoLatticeError as error:
            refused = refused or error
    assert refused is not None
    raise refused


def _transition(network: MlpNetwork, found: IntegerCoordinates) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return [A B b] in coordinates of the lattice as trained, the same in integers, and the start state's code."""
    n, rows = found.order, found.recurrence.rows.astype(np.float64)
    before, entry, bias = network.affine_transition()
    turned = found.decoder.T
    moved = turned @ (before @ found.offset + bias - found.offset)
    trained = np.column_stack([turned @ before @ found.basis.T, turned @ entry, moved])
    exact = np.zeros_like(trained)
    exact[:, :n], exact[:, -1] = rows[:, :n], rows[:, -1]
    if not isinstance(network.encoding, OneHotInput):
        for i, virtual in enumerate(found.virtual):
            exact[:, n + virtual.position] += rows[:, n + i]
        return trained, exact, found.recurrence.start.astype(np.float64)
    ends = np.cumsum([0, *(len(r) for r in network.encoding.ranges)])
    for i, virtual in enumerate(found.virtual):
        values = network.encoding.ranges[virtual.position].values if virtual.values is None else virtual.values
        block = slice(n + ends[virtual.position], n + ends[virtual.position + 1])
        exact[:, block] += np.outer(rows[:, n + i], values)
    for begin, end in pairwise(ends):  # a block and the bias may exchange a constant
        shift = np.rint((trained[:, n + begin : n + end] - exact[:, n + begin : n + end]).mean(axis=1))
        exact[:, n + begin : n + end] += shift[:, None]
        exact[:, -1] -= shift
        left = (trained[:, n + begin : n + end] - exact[:, n + begin : n + end]).mean(axis=1)
        trained[:, n + begin : n + end] -= left[:, None]
        trained[:, -1] += left
    return trained, exact, found.recurrence.start.astype(np.float64)


def _with_integer_readout(made: MlpNetwork, inputs: Sequence[Integers], change: float) -> IntegerWeights:
    """Round an affine readout to integers; of scores of classes, multiplied by the least power of two that will do."""
    if not made.is_readout_affine:
        return IntegerWeights(made, change, 0.0)
    weight, bias = made.affine_readout()
    codes = _sampled(made, inputs)
    wanted = made.decode(codes @ weight.T + bias)
    places = range(_FINEST + 1) if isinstance(made.decoding, Argmax) else range(1)
    for scale in (2.0**place for place in places):
        rounded = AffineMap(np.rint(scale * weight) + 0.0, np.rint(scale * bias) + 0.0)
        if np.array_equal(made.decode(rounded(codes)), wanted):
            changes = (np.abs(scale * weight - rounded.weight).max(), np.abs(scale * bias - rounded.bias).max())
            network = replace(made, readout_layers=(rounded,))
            return IntegerWeights(network, change, float(max(changes)) / scale)
    what = "rounded outputs" if isinstance(made.decoding, Rounded) else "classes"
    raise NoLatticeError(
        f"A readout with integer weights gives other {what} on sampled sequences. Train the network further."
    )


def _sampled(network: MlpNetwork, inputs: Sequence[Integers]) -> FloatArray:
    """Return hidden states (M, d) along random sequences, of all inputs or of two: those that are not very large."""
    rng = np.random.default_rng(0)
    length = _LONGER * (network.card.length or 10)
    columns = []
    for integers in inputs:
        chosen = rng.integers(integers.low, integers.high, size=(_SAMPLES, length))
        few = rng.integers(integers.low, integers.high, size=(_SAMPLES, 2))
        turns = rng.random((_SAMPLES, length)) < rng.random((_SAMPLES, 1))
        columns += [np.vstack([chosen, np.where(turns, few[:, :1], few[:, 1:])])]
    states = trace(network, np.stack(columns, axis=2)).states[:, 1:].reshape(-1, network.state_size)
    return np.unique(states[np.abs(states).max(axis=1) <= _LARGEST_SAMPLE], axis=0)
