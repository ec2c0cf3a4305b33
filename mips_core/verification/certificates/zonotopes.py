"""Sets of hidden states as they pass through a network, for the search for regions.

A set is c + sum u_g G_g + [-e, e] with all |u_g| <= 1, one for each row of a batch.  What is found with these is only a
proposal: rounding errors are left out here, and the checker does its own, outward-rounded arithmetic.  Lines along
activations are those of Singh et al. 2018, "Fast and effective robustness certification".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.networks.cells import CellLayer, CellNetwork
from mips_core.networks.encoding import Argmax, Rounded
from mips_core.networks.layers import ACTIVATIONS
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.stepping import IntArray

StoredNetwork = MlpNetwork | CellNetwork


@dataclass(frozen=True, eq=False)
class Zonotopes:
    """A batch of sets.

    Parameters
    ----------
    centre : float64 (N, m)
    generators : float64 (N, g, m); sets that are combined share their generators
    error : float64 (N, m), what each coordinate may be off besides
    """

    centre: FloatArray
    generators: FloatArray
    error: FloatArray

    @property
    def radius(self) -> FloatArray:
        """How far each coordinate can be from the centre, (N, m)."""
        return np.abs(self.generators).sum(axis=1) + self.error

    def __len__(self) -> int:
        return len(self.centre)

    def take(self, rows: IntArray) -> Zonotopes:
        """Return some sets of the batch."""
        return Zonotopes(self.centre[rows], self.generators[rows], self.error[rows])

    def cut(self, begin: int, end: int) -> Zonotopes:
        """Return some coordinates."""
        return Zonotopes(self.centre[:, begin:end], self.generators[..., begin:end], self.error[:, begin:end])

    def affine(self, layer: AffineMap) -> Zonotopes:
        """Return the image under z -> z W^T + b."""
        weight = layer.weight.T
        return Zonotopes(self.centre @ weight + layer.bias, self.generators @ weight, self.error @ np.abs(weight))

    def shifted(self, by: FloatArray) -> Zonotopes:
        """Return the sets moved by ``by`` (N, m)."""
        return Zonotopes(self.centre + by, self.generators, self.error)

    def __add__(self, other: Zonotopes) -> Zonotopes:
        return Zonotopes(
            self.centre + other.centre, self.generators + other.generators, self.error + other.error
        )  # fmt: skip

    def __mul__(self, other: Zonotopes) -> Zonotopes:
        generators = self.centre[:, None] * other.generators + other.centre[:, None] * self.generators
        error = np.abs(self.centre) * other.error + np.abs(other.centre) * self.error + self.radius * other.radius
        return Zonotopes(self.centre * other.centre, generators, error)

    def activated(self, name: str) -> Zonotopes:
        """Return sets that hold the activation of all of these."""
        slope, middle, off = _line(self.centre, self.radius, name)
        return Zonotopes(slope * self.centre + middle, slope[:, None] * self.generators, slope * self.error + off)

    def activated_after(self, shifts: FloatArray, name: str) -> Zonotopes:
        """Return what :meth:`activated` gives for each set moved by each of ``shifts`` (X, m), set after set."""
        centre = (self.centre[:, None] + shifts).reshape(-1, shifts.shape[1])
        slope, middle, off = _line(centre, np.repeat(self.radius, len(shifts), axis=0), name)
        each = slope.reshape(len(self), len(shifts), 1, -1)
        generators = (each * self.generators[:, None]).reshape(-1, *self.generators.shape[1:])
        error = slope * np.repeat(self.error, len(shifts), axis=0) + off
        return Zonotopes(slope * centre + middle, generators, error)

    def widened(self) -> Zonotopes:
        """Return the same sets with each coordinate's error as a generator of its own."""
        size = self.error.shape[1]
        boxes = self.error[:, :, None] * np.eye(size)
        return Zonotopes(self.centre, np.concatenate([self.generators, boxes], axis=1), np.zeros_like(self.error))


def _line(centre: FloatArray, radius: FloatArray, name: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return slope, height and distance of a line from which an activation is at most that far on these intervals."""
    low, high = centre - radius, centre + radius
    bottom, top = ACTIVATIONS[name](low), ACTIVATIONS[name](high)
    if name in ("tanh", "sigmoid"):  # what is left above the least steep line grows from end to end
        slopes = (1 - bottom**2, 1 - top**2) if name == "tanh" else (bottom * (1 - bottom), top * (1 - top))
        slope, crossing = np.minimum(*slopes), np.zeros(centre.shape, dtype=bool)
    else:
        slope = np.where(high > low, (top - bottom) / np.where(high > low, high - low, 1.0), 0.0)
        crossing = (low < 0) & (high > 0)
    first, second = bottom - slope * low, top - slope * high
    third = np.where(crossing, 0.0, first)
    least, most = np.minimum(np.minimum(first, second), third), np.maximum(np.maximum(first, second), third)
    return slope, (least + most) / 2, (most - least) / 2


def joined(parts: Sequence[Zonotopes], *, coordinates: bool = False) -> Zonotopes:
    """Put batches behind one another, or the coordinates of sets that share their generators side by side."""
    axis = -1 if coordinates else 0
    return Zonotopes(
        np.concatenate([part.centre for part in parts], axis),
        np.concatenate([part.generators for part in parts], axis),
        np.concatenate([part.error for part in parts], axis),
    )


def successors(network: StoredNetwork, sets: Zonotopes, entry: FloatArray) -> Zonotopes:
    """Return sets that hold the successors of hidden states on each of the encoded inputs ``entry`` (X, E).

    They stand set after set: first those of the first set on all inputs.
    """
    if isinstance(network, MlpNetwork):
        first, size = network.hidden[0], network.state_size
        inner = sets.affine(AffineMap(first.weight[:, :size], first.bias))
        shifts = entry @ first.weight[:, size:].T
        if len(network.hidden) > 1:
            inner = inner.activated_after(shifts, network.activation).affine(network.hidden[1])
            return _through(inner, network.hidden[2:], network.activation)
        return inner.take(np.repeat(np.arange(len(sets)), len(entry))).shifted(np.tile(shifts, (len(sets), 1)))
    sets, entry = sets.take(np.repeat(np.arange(len(sets)), len(entry))), np.tile(entry, (len(sets), 1))
    done: list[Zonotopes] = []
    none = np.zeros((len(entry), 1, entry.shape[1]))
    below, place = Zonotopes(entry, none, np.zeros_like(entry)), 0
    for layer in network.layers:
        width = layer.hidden_size * (2 if network.cell == "lstm" else 1)
        new = _cell(network, layer, below, sets.cut(place, place + width))
        done.append(new)
        below, place = new.cut(0, layer.hidden_size), place + width
    return joined(done, coordinates=True)


def _cell(network: CellNetwork, layer: CellLayer, below: Zonotopes, old: Zonotopes) -> Zonotopes:
    d = layer.hidden_size
    hidden = old.cut(0, d)
    given = below.affine(AffineMap(layer.weight_ih, layer.bias_ih))
    own = hidden.affine(AffineMap(layer.weight_hh, layer.bias_hh))
    both = given + own
    if network.cell == "rnn":
        return both.activated(network.nonlinearity)
    if network.cell == "gru":
        reset, keep = both.cut(0, d).activated("sigmoid"), both.cut(d, 2 * d).activated("sigmoid")
        new = (given.cut(2 * d, 3 * d) + reset * own.cut(2 * d, 3 * d)).activated("tanh")
        return keep.affine(AffineMap(-np.eye(d), np.ones(d))) * new + keep * hidden
    enter, forget, leave = (both.cut(k * d, (k + 1) * d).activated("sigmoid") for k in (0, 1, 3))
    memory = forget * old.cut(d, 2 * d) + enter * both.cut(2 * d, 3 * d).activated("tanh")
    return joined([leave * memory.activated("tanh"), memory], coordinates=True)


def margins(network: StoredNetwork, sets: Zonotopes, wanted: IntArray) -> FloatArray:
    """Return how far all scores of each set are from giving another output than ``wanted`` (N, D_out), float64 (N,)."""
    if isinstance(network, CellNetwork):
        size = network.layers[-1].hidden_size
        end = network.state_size - (size if network.cell == "lstm" else 0)
        sets = sets.cut(end - size, end)
    scores = _through(sets.affine(network.readout_layers[0]), network.readout_layers[1:], network.activation)
    if isinstance(network.decoding, Rounded):
        return (0.5 - np.abs(scores.centre - wanted) - scores.radius).min(axis=1)
    return _ahead(network.decoding, scores, wanted)


def _ahead(decoding: Argmax, scores: Zonotopes, wanted: IntArray) -> FloatArray:
    rows, place = np.arange(len(scores)), 0
    least = np.full(len(scores), np.inf)
    for column, integers in enumerate(decoding.ranges):
        block = scores.cut(place, place + len(integers))
        best = np.clip(wanted[:, column] - integers.low, 0, len(integers) - 1)
        off = np.abs(block.generators[rows, :, best][:, :, None] - block.generators).sum(axis=1)
        gap = block.centre[rows, best][:, None] - block.centre - off - block.error[rows, best][:, None] - block.error
        gap[rows, best] = np.inf
        known = wanted[:, column] == best + integers.low
        least, place = np.where(known, np.minimum(least, gap.min(axis=1)), -np.inf), place + len(integers)
    return least


def _through(sets: Zonotopes, layers: Sequence[AffineMap], activation: str) -> Zonotopes:
    for layer in layers:
        sets = sets.activated(activation).affine(layer)
    return sets
