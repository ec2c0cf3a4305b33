"""Essence neural networks: three layers of neurons that each mean something.

Differentia neurons tell one subconcept from another, subconcept neurons recognise one subconcept, concept neurons add
up the evidence for a class (Blazek and Lin 2021, "Explainable neural networks that simulate reasoning", Nature
Computational Science 1; Blazek, Venkatesh and Lin 2024, "Automated discovery of algorithms from data", Nature
Computational Science 4).  All weights are integers, so that a sum of them is
exact and a tie is a tie: a threshold neuron has the three values -1, 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAYER_NAMES = ("differentia", "subconcept", "concept")


@dataclass(frozen=True)
class Layer:
    """Neurons that read the same inputs.

    Parameters
    ----------
    name : "differentia", "subconcept" or "concept" (other names for networks of another depth)
    weights : int64 (neurons, inputs)
    bias : int64 (neurons,)
    scale : the real weights and biases are these divided by it; 1 except in a concept layer of probabilities
    """

    name: str
    weights: NDArray[np.int64]
    bias: NDArray[np.int64]
    scale: int = 1

    def sums(self, x: NDArray[Any]) -> NDArray[Any]:
        """Return the weighted sums times ``scale``: (N, inputs) -> (N, neurons); exact on integers."""
        if np.issubdtype(x.dtype, np.floating):
            return x @ self.weights.T.astype(np.float64) + self.bias
        # BLAS multiplies floats only; below 2^53 they are as exact as integers, and a hundred times faster.
        bound = np.abs(self.weights).sum(axis=1).max(initial=0) * max(1, int(np.abs(x).max(initial=0)))
        if bound + np.abs(self.bias).max(initial=0) < 2**53:
            product = x.astype(np.float64) @ self.weights.T.astype(np.float64)
            return product.astype(np.int64) + self.bias
        return x.astype(object) @ self.weights.T.astype(object) + self.bias.astype(object)


@dataclass(frozen=True)
class Subconcept:
    """A part of one class that is linearly separable from every subconcept of every other class.

    Parameters
    ----------
    head : which label column it belongs to; 0 where y is (N,) or holds probabilities
    label : the class, an integer; for probabilities the row of y, a tuple of floats
    members : positions in the samples, ascending
    """

    head: int
    label: int | tuple[float, ...]
    members: tuple[int, ...]


@dataclass(frozen=True)
class Head:
    """One decision: the label whose concept neuron alone has the highest score; None when two share it.

    Parameters
    ----------
    neurons : concept neurons, one for each label
    labels : the classes, ascending
    """

    neurons: tuple[int, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True)
class EssenceNetwork:
    """A trained network.

    Parameters
    ----------
    input_shape : (n,) or (h, w)
    layers : all but the last are threshold layers (sign), the last is linear
    heads : the decisions; () when the scores themselves are the output (labels that are probabilities)
    several : y was (N, k), so the output is a list of decisions; False: one decision
    subconcepts : what the neurons of the subconcept layer stand for, in their order; () when unknown
    differentiae : for each neuron of the first layer a pair (a, b) of subconcepts that it tells apart: positive on
        a, negative on b (it may tell others apart too); () when unknown
    mode : how subconcept neurons read differentiae, "and" or "svm"
    """

    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    heads: tuple[Head, ...]
    several: bool = False
    subconcepts: tuple[Subconcept, ...] = ()
    differentiae: tuple[tuple[int, int], ...] = ()
    mode: str = "and"

    @property
    def neurons(self) -> int:
        """Number of neurons in all layers."""
        return sum(len(layer.bias) for layer in self.layers)

    @property
    def numbers(self) -> int:
        """Number of weights and biases."""
        return sum(layer.weights.size + layer.bias.size for layer in self.layers)

    def forward(self, x: NDArray[Any]) -> list[NDArray[Any]]:
        """Return the outputs of each layer: signs (int8) of the hidden ones, sums times scale of the last.

        Parameters
        ----------
        x : (N, *input_shape)
        """
        values: NDArray[Any] = np.asarray(x).reshape(len(x), -1)
        outputs: list[NDArray[Any]] = []
        for layer in self.layers[:-1]:
            values = np.sign(layer.sums(values)).astype(np.int8)
            outputs.append(values)
        return [*outputs, self.layers[-1].sums(values)]

    def decide(self, x: NDArray[Any]) -> list[Any]:
        """Return for each input what the network says, in the form of a row of y.

        A label or None (a tie); a list of these where ``several``; a list of scores (integers, times the scale of the
        last layer) where there are no heads.
        """
        return self.said(self.forward(x)[-1])

    def said(self, scores: NDArray[Any]) -> list[Any]:
        """Return what the network says when its last layer has these outputs; see :meth:`decide`.

        Parameters
        ----------
        scores : (N, concept neurons)
        """
        if not self.heads:
            return [[int(value) for value in row] for row in scores]
        columns = [_decisions(scores[:, list(head.neurons)], head.labels) for head in self.heads]
        if not self.several:
            return columns[0]
        return [list(row) for row in zip(*columns, strict=True)]


def _decisions(scores: NDArray[Any], labels: tuple[int, ...]) -> list[int | None]:
    """Return the label of the one highest score of each row, None where there are several."""
    best = scores.max(axis=1)
    alone = (scores == best[:, None]).sum(axis=1) == 1
    winners = scores.argmax(axis=1)
    return [labels[int(w)] if ok else None for w, ok in zip(winners, alone, strict=True)]
