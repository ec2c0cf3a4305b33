"""Affine layers with an activation between them and never after the last one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.protocol import AffineMap, FloatArray

LEAK = 0.01
"""Slope of "leaky_relu" below zero: PyTorch's default."""


def sigmoid(z: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-z)), which is 0 where the exponential is beyond all numbers.

    >>> sigmoid(np.array([-1e4, 0.0, 1e4]))
    array([0. , 0.5, 1. ])
    """
    result = np.negative(z)
    with np.errstate(over="ignore"):
        np.exp(result, out=result)
    result += 1.0
    return np.reciprocal(result, out=result)


ACTIVATIONS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "leaky_relu": lambda z: np.where(z > 0, z, LEAK * z),
    "identity": lambda z: z,
}


def check_activation(name: str) -> None:
    """Refuse an activation that we do not have.

    Raises
    ------
    BadInputError
        naming the known ones.
    """
    if name not in ACTIVATIONS:
        raise BadInputError(f"There is no activation {name!r}; known are {', '.join(ACTIVATIONS)}.")


def apply_layers(layers: Sequence[AffineMap], rows: FloatArray, activation: str) -> FloatArray:
    """Send rows (batch, in) through all layers, the activation between them."""
    for layer in layers[:-1]:
        rows = ACTIVATIONS[activation](layer(rows))
    return layers[-1](rows)


def compose(layers: Sequence[AffineMap]) -> AffineMap:
    """Return the one affine map that equals the layers in a row, with no activation between."""
    weight, bias = layers[0].weight, layers[0].bias
    for layer in layers[1:]:
        weight, bias = layer.weight @ weight, layer.weight @ bias + layer.bias
    return AffineMap(weight, bias)


def check_layers(layers: Sequence[AffineMap], names: str, size_in: int, size_out: int | None = None) -> None:
    """Check that layers fit together, ``names`` being how a reader knows them (say "readout").

    Raises
    ------
    BadInputError
        naming the tensor, the shape found and the shape wanted.
    """
    if not layers:
        raise BadInputError(f"The {names} has no layers; at least one is needed.")
    for index, layer in enumerate(layers):
        check_shape(f"{names}.{index}.weight", layer.weight, (None, size_in))
        rows = layer.weight.shape[0]
        if index == len(layers) - 1 and size_out is not None:
            check_shape(f"{names}.{index}.weight", layer.weight, (size_out, size_in))
        check_shape(f"{names}.{index}.bias", layer.bias, (rows,))
        size_in = rows


def check_shape(name: str, array: FloatArray, wanted: tuple[int | None, ...]) -> None:
    """Check a tensor's shape; None stands for any positive size.

    Raises
    ------
    BadInputError
        naming the tensor, the shape found and the shape wanted.
    """
    fits = array.ndim == len(wanted) and all(
        n > 0 and (w is None or n == w) for n, w in zip(array.shape, wanted, strict=True)
    )
    if not fits:
        text = ", ".join("any" if w is None else str(w) for w in wanted) + "," * (len(wanted) == 1)
        raise BadInputError(f"The tensor {name} has the shape {tuple(array.shape)}; ({text}) is needed.")
