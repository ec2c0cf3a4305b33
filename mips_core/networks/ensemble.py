"""Several networks of one shape, trained at once as stacked matrices.

The cell is the paper's (Michaud et al. 2024, section 2): hidden state h' = F([h, x]) and
output y = G(h'), both fully connected with ReLU between layers and nothing after the
last one; no inner layers at all means that the map is affine.  Members share every
batch but start from different weights and may have different learning rates; one
``baddbmm`` per layer and step serves all of them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mips_core.networks.protocol import AffineMap, FloatArray


@dataclass(frozen=True)
class Shape:
    """Sizes of one network.

    Parameters
    ----------
    inputs : numbers per step after encoding (E)
    hidden : size of the hidden state (d)
    outputs : numbers per step before decoding (O)
    transition_widths : widths of the inner layers of F; empty means affine
    readout_widths : widths of the inner layers of G; empty means affine
    """

    inputs: int
    hidden: int
    outputs: int
    transition_widths: tuple[int, ...] = ()
    readout_widths: tuple[int, ...] = ()

    @property
    def transition(self) -> tuple[tuple[int, int], ...]:
        """(in, out) of every layer of F; the first takes [h, x], hidden state first."""
        sizes = (self.hidden + self.inputs, *self.transition_widths, self.hidden)
        return tuple(itertools.pairwise(sizes))

    @property
    def readout(self) -> tuple[tuple[int, int], ...]:
        """(in, out) of every layer of G."""
        sizes = (self.hidden, *self.readout_widths, self.outputs)
        return tuple(itertools.pairwise(sizes))

    @property
    def parameters(self) -> int:
        """Weights and biases of one member."""
        return sum((i + 1) * o for i, o in self.transition + self.readout)

    @property
    def is_affine(self) -> bool:
        """True when F and G have no inner layers."""
        return not self.transition_widths and not self.readout_widths


class Ensemble:
    """``members`` networks of one shape; ``weights`` is one tensor of shape (members, parameters).

    Parameters
    ----------
    shape : sizes of every member
    weights : shape (members, shape.parameters); rows hold (weight (in, out), bias (out,)) layer after layer
    """

    def __init__(self, shape: Shape, weights: Tensor) -> None:
        self.shape = shape
        self.weights = weights

    @staticmethod
    def initial(shape: Shape, members: int, generator: torch.Generator, dtype: torch.dtype = torch.float32) -> Ensemble:
        """Draw starting weights: uniform within 1/sqrt(fan-in); an affine F starts as 0.8 times an orthogonal matrix.

        The contraction of 0.8 lets an affine hidden state forget, so that gradients through
        time neither vanish within ten steps nor explode.
        """
        return Ensemble.drawn(shape, [generator] * members, dtype)

    @staticmethod
    def drawn(shape: Shape, generators: Sequence[torch.Generator], dtype: torch.dtype = torch.float32) -> Ensemble:
        """Draw starting weights as :meth:`initial` does, of each member by a generator of its own."""
        return Ensemble(shape, torch.stack([_draw(shape, generator) for generator in generators]).to(dtype))

    @property
    def members(self) -> int:
        """How many networks there are."""
        return int(self.weights.shape[0])

    @property
    def dtype(self) -> torch.dtype:
        """Floating point type of the weights."""
        return self.weights.dtype

    def to(self, device: torch.device) -> Ensemble:
        """Return the same members on a device."""
        return Ensemble(self.shape, self.weights.detach().to(device))

    def pick(self, rows: Sequence[int], dtype: torch.dtype | None = None) -> Ensemble:
        """Return a copy of some members, in another floating point type where one is given."""
        chosen = self.weights.detach()[list(rows)].clone()
        return Ensemble(self.shape, chosen if dtype is None else chosen.to(dtype))

    def layers(self) -> tuple[list[tuple[Tensor, Tensor]], list[tuple[Tensor, Tensor]]]:
        """Return views (weight (members, in, out), bias (members, 1, out)) of F's layers and of G's."""
        sizes = self.shape.transition + self.shape.readout
        # Split at once, not sliced: the gradient of each slice would be as large as all weights.
        parts = self.weights.split([size for pair in sizes for size in (math.prod(pair), pair[1])], dim=1)
        found = [
            (weight.view(-1, *pair), bias.view(-1, 1, pair[1]))
            for pair, weight, bias in zip(sizes, parts[::2], parts[1::2], strict=True)
        ]
        depth = len(self.shape.transition)
        return found[:depth], found[depth:]

    def states(self, x: Tensor, noise: float = 0.0, generator: torch.Generator | None = None) -> Tensor:
        """Return the hidden states (T, members, N, d) after each step of inputs ``x`` (N, T, E).

        ``noise`` is the standard deviation of Gaussian noise added to every hidden state.
        """
        transition, _ = self.layers()
        (first, bias), rest = transition[0], transition[1:]
        recurrent, driven = first.split([self.shape.hidden, self.shape.inputs], dim=1)
        # What the inputs contribute to the first layer does not depend on the state: one product for all steps.
        drive = torch.matmul(x.transpose(0, 1).unsqueeze(1), driven) + bias  # (T, members, N, width)
        state = x.new_zeros(self.members, len(x), self.shape.hidden)
        collected = []
        for entering in drive.unbind():  # not drive[t]: the gradient of each would be as large as all of drive
            state = torch.baddbmm(entering, state, recurrent)
            for weight, offset in rest:
                state = torch.baddbmm(offset, torch.relu(state), weight)
            if noise:
                drawn = torch.randn(state.shape, generator=generator, dtype=self.dtype, device=state.device)
                state = state + noise * drawn
            collected.append(state)
        return torch.stack(collected)

    def scores(self, states: Tensor) -> Tensor:
        """Return the outputs (members, T * N, O) for hidden states (T, members, N, d), time-major rows."""
        _, readout = self.layers()
        value = states.transpose(0, 1).reshape(self.members, -1, self.shape.hidden)
        for index, (weight, offset) in enumerate(readout):
            value = torch.baddbmm(offset, torch.relu(value) if index else value, weight)
        return value

    def forward(self, x: Tensor, noise: float = 0.0, generator: torch.Generator | None = None) -> Tensor:
        """Return the outputs (members, T, N, O) for encoded inputs ``x`` (N, T, E)."""
        scores = self.scores(self.states(x, noise, generator))
        return scores.view(self.members, x.shape[1], x.shape[0], self.shape.outputs)

    def maps(self, member: int) -> tuple[tuple[AffineMap, ...], tuple[AffineMap, ...]]:
        """Return F's and G's layers of one member as NumPy maps (weight (out, in), float64)."""
        transition, readout = self.layers()

        def one(weight: Tensor, bias: Tensor) -> AffineMap:
            return AffineMap(_array(weight[member]).T.copy(), _array(bias[member, 0]))

        return tuple(one(*layer) for layer in transition), tuple(one(*layer) for layer in readout)


def _draw(shape: Shape, generator: torch.Generator) -> Tensor:
    """Starting weights of one member, float64, shape (parameters,)."""
    pieces = []
    kind: dict[str, Any] = {"generator": generator, "dtype": torch.float64, "device": generator.device}
    for index, (size_in, size_out) in enumerate(shape.transition + shape.readout):
        bound = size_in**-0.5
        weight = (2 * torch.rand(size_in, size_out, **kind) - 1) * bound
        bias = (2 * torch.rand(size_out, **kind) - 1) * bound
        if index == 0 and not shape.transition_widths:
            square = torch.randn(shape.hidden, shape.hidden, **kind)
            weight[: shape.hidden] = 0.8 * torch.linalg.qr(square)[0]
            bias = torch.zeros_like(bias)
        pieces += [weight.reshape(-1), bias]
    return torch.cat(pieces)


def _array(tensor: Tensor) -> FloatArray:
    return np.array(tensor.detach().to("cpu", torch.float64).numpy())


class Adam:
    """Adam with one learning rate per member and per-member gradient clipping (Kingma & Ba 2015).

    Parameters
    ----------
    weights : leaf tensor (members, parameters) that is updated in place
    rates : learning rates, shape (members, 1)
    """

    def __init__(self, weights: Tensor, rates: Tensor, *, beta1: float = 0.9, beta2: float = 0.99) -> None:
        self.weights, self.rates = weights, rates
        self.beta1, self.beta2 = beta1, beta2
        self.mean = torch.zeros_like(weights)
        self.square = torch.zeros_like(weights)
        self.steps = 0

    def pick(self, rows: Sequence[int], weights: Tensor) -> Adam:
        """Return what goes on with some members, whose weights are now ``weights`` (rows, parameters)."""
        other = Adam(weights, self.rates[list(rows)], beta1=self.beta1, beta2=self.beta2)
        other.mean, other.square, other.steps = self.mean[list(rows)], self.square[list(rows)], self.steps
        return other

    @torch.no_grad()
    def step(self, gradient: Tensor, factor: float = 1.0, clip: float = 1.0) -> None:
        """Move against ``gradient`` (members, parameters); ``factor`` scales all rates (the schedule)."""
        self.steps += 1
        length = gradient.norm(dim=1, keepdim=True)
        gradient = gradient * (clip / length.clamp(min=clip))
        gradient = torch.nan_to_num(gradient, nan=0.0, posinf=0.0, neginf=0.0)
        self.mean.lerp_(gradient, 1 - self.beta1)
        self.square.mul_(self.beta2).addcmul_(gradient, gradient, value=1 - self.beta2)
        scale = self.rates * (factor / (1 - self.beta1**self.steps))
        root = (self.square / (1 - self.beta2**self.steps)).sqrt_().add_(1e-8)
        self.weights -= scale * self.mean / root
