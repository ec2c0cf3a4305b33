"""What all our recurrent networks share: card, encoding, decoding, readout and the step made of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.card import Card
from mips_core.networks.encoding import EmbeddingInput, InputEncoding, OutputDecoding
from mips_core.networks.layers import apply_layers, check_activation, check_layers
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class Recurrent(ABC):
    """Base of :class:`MlpNetwork` and :class:`CellNetwork`; it follows the :class:`Network` protocol.

    A state may grow until it is infinite or no number; that is part of the network's
    function, so it raises nothing and warns of nothing: the outputs become
    :data:`~mips_core.networks.encoding.OVERFLOW`.
    """

    card: Card
    encoding: InputEncoding
    decoding: OutputDecoding

    @property
    def input_width(self) -> int:
        """Integers per step on the input side (D_in)."""
        return self.encoding.width

    @property
    def output_width(self) -> int:
        """Integers per step on the output side (D_out)."""
        return self.decoding.width

    @property
    @abstractmethod
    def state_size(self) -> int:
        """Numbers in the flat hidden state."""

    @property
    @abstractmethod
    def maps(self) -> tuple[AffineMap, ...]:
        """All weights and biases, for counting."""

    @property
    def parameters(self) -> int:
        """Number of weights and biases, an embedding included, a start state not."""
        table = self.encoding.table.size if isinstance(self.encoding, EmbeddingInput) else 0
        return int(table) + sum(m.weight.size + m.bias.size for m in self.maps)

    @abstractmethod
    def start(self, batch: int) -> FloatArray:
        """Return the hidden state before the first input, shape (batch, state_size)."""

    @abstractmethod
    def advance(self, state: FloatArray, x: IntArray) -> FloatArray:
        """Return the hidden state after inputs ``x`` (batch, D_in), shape (batch, state_size)."""

    @abstractmethod
    def readout(self, state: FloatArray) -> FloatArray:
        """Return the scores (batch, scores) that belong to a hidden state reached by :meth:`advance`."""

    def decode(self, scores: FloatArray) -> IntArray:
        """Turn scores into integers (batch, D_out): rounding half to even, or argmax."""
        return self.decoding.decode(scores)

    def step(self, state: FloatArray, x: IntArray) -> tuple[FloatArray, IntArray]:
        """Return the next hidden state and the outputs (batch, D_out) for inputs ``x`` (batch, D_in)."""
        state = self.advance(state, x)
        return state, self.decode(self.readout(state))


FINEST_GRID, COARSEST_GRID = 40, -20
"""Most and least places of a state grid."""


def on_grid(state: FloatArray, places: int | None) -> FloatArray:
    """Round hidden states to multiples of ``2**-places``, half to even; None leaves them as they are.

    Both scalings are by powers of two, so nothing but the rounding itself changes a number.

    >>> on_grid(np.array([0.3, -0.15]), 2)
    array([ 0.25, -0.25])
    """
    return state if places is None else np.ldexp(np.rint(np.ldexp(state, places)), -places)


def check_grid(places: int | None, start: FloatArray) -> None:
    """Check a state grid, and that the start state (d,) lies on it.

    Raises
    ------
    BadInputError
        naming the number of places, or the first coordinate that does not lie on the grid.
    """
    if places is None:
        return
    if isinstance(places, bool) or not isinstance(places, int) or not COARSEST_GRID <= places <= FINEST_GRID:
        raise BadInputError(
            f"A state grid of {places!r} places is not possible; {COARSEST_GRID} to {FINEST_GRID} places are."
        )
    off = np.flatnonzero(on_grid(start, places) != start)
    if len(off):
        raise BadInputError(
            f"Coordinate {off[0]} of the start state, {start[off[0]]!r}, does not lie on the state grid, the "
            f"multiples of 2**{-places}."
        )


def check_recurrent(network: Recurrent, readout: tuple[AffineMap, ...], activation: str, hidden_size: int) -> None:
    """Check what every network must satisfy: the card's widths, a readout that fits.

    Raises
    ------
    BadInputError
        naming the tensor or the field, what was found and what is needed.
    """
    check_activation(activation)
    check_layers(readout, "readout", hidden_size, network.decoding.size)
    card = network.card
    found = (card.input_width, card.output_width, card.hidden_size)
    wanted = (network.input_width, network.output_width, hidden_size)
    if found != wanted:
        raise BadInputError(
            f"The card speaks of (inputs, outputs, hidden size) = {found}; the tensors and encodings have {wanted}."
        )
    if card.inputs is not None and len(card.inputs) != card.input_width:
        raise BadInputError(
            f"The card names {len(card.inputs)} ranges of integers for {card.input_width} inputs; one each is needed."
        )


def read_out(layers: tuple[AffineMap, ...], hidden: FloatArray, activation: str) -> FloatArray:
    """Apply the readout to hidden rows, in silence when they have grown beyond all numbers."""
    with np.errstate(over="ignore", invalid="ignore"):
        return apply_layers(layers, hidden, activation)
