"""The paper's recurrent network: one MLP for the hidden state, one for the readout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.layers import ACTIVATIONS, apply_layers, check_layers, check_shape, compose
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.networks.recurrent import Recurrent, check_grid, check_recurrent, on_grid, read_out
from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class MlpNetwork(Recurrent):
    """h' = F([h, x]) and y = G(h'), both multi-layer perceptrons (Michaud et al. 2024, section 3.1).

    The hidden state comes FIRST in the input of F, as in the authors' code.  The
    activation stands between layers and never after the last one, so one layer is
    an affine map and the hidden state may be given any basis.

    >>> from mips_core.networks import Card, RawInput, Rounded
    >>> add = AffineMap(np.array([[1.0, 1.0]]), np.zeros(1))
    >>> same = AffineMap(np.array([[1.0]]), np.zeros(1))
    >>> total = MlpNetwork(Card("linear", 1, 1, 1), RawInput(1), Rounded(1), (add,), (same,))
    >>> total.step(total.start(1), np.array([[5]]))
    (array([[5.]]), array([[5]]))

    Parameters
    ----------
    card, encoding, decoding : see :class:`Recurrent`
    hidden : layers of F; the first takes (d + E) numbers, the last gives d
    readout_layers : layers of G; the first takes d numbers, the last gives one per score
    activation : "relu", "tanh", "sigmoid", "leaky_relu" or "identity"
    start_state : float64, shape (d,); left out, it is zero
    state_grid : the step ends by rounding the hidden state to multiples of ``2**-state_grid``; None: no rounding

    Raises
    ------
    BadInputError
        when shapes do not fit together or to the card, naming the tensor.
    """

    hidden: tuple[AffineMap, ...]
    readout_layers: tuple[AffineMap, ...]
    activation: str = "relu"
    start_state: FloatArray = field(default_factory=lambda: np.empty(0))
    state_grid: int | None = None

    def __post_init__(self) -> None:
        """Check that all shapes fit together; fill in a zero start state."""
        if not self.hidden:
            raise BadInputError("The hidden MLP has no layers; at least one is needed.")
        check_shape(f"hidden.{len(self.hidden) - 1}.weight", self.hidden[-1].weight, (None, None))
        check_layers(self.hidden, "hidden", self.state_size + self.encoding.size, self.state_size)
        check_recurrent(self, self.readout_layers, self.activation, self.state_size)
        if self.start_state.size == 0:
            object.__setattr__(self, "start_state", np.zeros(self.state_size))
        check_shape("start_state", self.start_state, (self.state_size,))
        check_grid(self.state_grid, self.start_state)

    @property
    def state_size(self) -> int:
        """Numbers in the hidden state (d)."""
        return int(self.hidden[-1].weight.shape[0])

    @property
    def maps(self) -> tuple[AffineMap, ...]:
        """The layers of both MLPs."""
        return (*self.hidden, *self.readout_layers)

    @cached_property
    def _first(self) -> tuple[FloatArray, FloatArray]:
        """The first layer's weights for h (d, out) and for x (E, out), each contiguous."""
        weight = self.hidden[0].weight.T
        d = self.state_size
        return np.ascontiguousarray(weight[:d]), np.ascontiguousarray(weight[d:])

    def start(self, batch: int) -> FloatArray:
        """Return the hidden state before the first input, shape (batch, d)."""
        return np.tile(self.start_state, (batch, 1))

    def advance(self, state: FloatArray, x: IntArray) -> FloatArray:
        """Return the hidden state after inputs ``x`` (batch, D_in), shape (batch, d)."""
        from_state, from_input = self._first
        with np.errstate(over="ignore", invalid="ignore"):
            z = state @ from_state + self.encoding.project(x, from_input) + self.hidden[0].bias
            if len(self.hidden) > 1:
                z = apply_layers(self.hidden[1:], ACTIVATIONS[self.activation](z), self.activation)
            return on_grid(z, self.state_grid)

    def readout(self, state: FloatArray) -> FloatArray:
        """Return the scores (batch, scores) that belong to a hidden state."""
        return read_out(self.readout_layers, state, self.activation)

    @property
    def is_transition_affine(self) -> bool:
        """Whether h' is an affine function of h and the encoded input."""
        return self.state_grid is None and (len(self.hidden) == 1 or self.activation == "identity")

    @property
    def is_readout_affine(self) -> bool:
        """Whether the scores are an affine function of the hidden state."""
        return len(self.readout_layers) == 1 or self.activation == "identity"

    def affine_transition(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return (A, B, b) with h' = A h + B e + b, e the encoded input; shapes (d, d), (d, E), (d,).

        Raises
        ------
        BadInputError
            when an activation stands between; ask :attr:`is_transition_affine` first.
        """
        if not self.is_transition_affine:
            found = f"has {len(self.hidden)} layers with {self.activation} between"
            if self.state_grid is not None:
                found = "rounds the hidden state to a grid"
            raise BadInputError(f"The hidden MLP {found}; an affine one is needed.")
        whole = compose(self.hidden)
        return whole.weight[:, : self.state_size], whole.weight[:, self.state_size :], whole.bias

    def affine_readout(self) -> tuple[FloatArray, FloatArray]:
        """Return (C, c) with scores = C h + c; shapes (scores, d), (scores,).

        Raises
        ------
        BadInputError
            when an activation stands between; ask :attr:`is_readout_affine` first.
        """
        if not self.is_readout_affine:
            raise BadInputError(
                f"The readout has {len(self.readout_layers)} layers with {self.activation} between; "
                "an affine one is needed."
            )
        whole = compose(self.readout_layers)
        return whole.weight, whole.bias

    def change_basis(self, matrix: FloatArray) -> MlpNetwork:
        """Return the same function with hidden state h' = S h.

        Exact up to float64 rounding, since no activation ever touches h itself; so a network with a state grid, which
        does touch h, has no other basis.

        Parameters
        ----------
        matrix : S, float64, shape (d, d), invertible

        Raises
        ------
        BadInputError
            when S has another shape or is singular, or the hidden state is rounded to a grid.
        """
        d = self.state_size
        if self.state_grid is not None:
            raise BadInputError("The hidden state is rounded to a grid, which fits one basis only.")
        check_shape("change of basis", matrix, (d, d))
        try:
            inverse = np.linalg.inv(matrix).astype(np.float64, copy=False)
        except np.linalg.LinAlgError:
            raise BadInputError("The change of basis is singular; an invertible matrix is needed.") from None
        return self._rebased(matrix, inverse)

    def permute_hidden(self, order: Sequence[int]) -> MlpNetwork:
        """Return the same function with hidden unit ``order[i]`` at place i.

        Raises
        ------
        BadInputError
            when ``order`` is not a permutation of the hidden units.
        """
        if sorted(order) != list(range(self.state_size)):
            raise BadInputError(f"{list(order)} is not a permutation of the {self.state_size} hidden units.")
        matrix: FloatArray = np.eye(self.state_size, dtype=np.float64)[np.asarray(order)]
        return self._rebased(matrix, matrix.T)

    def _rebased(self, matrix: FloatArray, inverse: FloatArray) -> MlpNetwork:
        d = self.state_size
        first = self.hidden[0]
        hidden = [AffineMap(np.hstack([first.weight[:, :d] @ inverse, first.weight[:, d:]]), first.bias)]
        hidden += self.hidden[1:]
        hidden[-1] = AffineMap(matrix @ hidden[-1].weight, matrix @ hidden[-1].bias)
        reader = AffineMap(self.readout_layers[0].weight @ inverse, self.readout_layers[0].bias)
        return replace(
            self,
            hidden=tuple(hidden),
            readout_layers=(reader, *self.readout_layers[1:]),
            start_state=matrix @ self.start_state,
        )
