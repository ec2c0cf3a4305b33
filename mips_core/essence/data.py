"""What an essence neural network is taught: inputs with their labels, at one size or several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Reading = Literal["whole", "window", "rule and window", "clauses"]
"""How a person's value becomes the network's input: see :class:`EssenceData`."""

READINGS: tuple[str, ...] = get_args(Reading)


@dataclass(frozen=True)
class Samples:
    """Labelled inputs of one size.

    Parameters
    ----------
    x : (N, n) or (N, h, w); integers, or floats where inputs are real
    y : (N,) class labels, or (N, k): k labels for each input (integers), or k probabilities (floats in 0..1 of which
        some lie strictly between)
    """

    x: NDArray[Any]
    y: NDArray[Any]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(n,) or (h, w)."""
        return tuple(int(size) for size in self.x.shape[1:])

    @property
    def is_soft(self) -> bool:
        """Whether the labels are probabilities: pieces of evidence rather than classes."""
        return bool(np.any(self.y != np.round(self.y)))


@dataclass(frozen=True)
class EssenceData:
    """Samples at several sizes that follow one rule.

    Parameters
    ----------
    samples : the sizes, in the order of the file; at least one
    reading : what the distilled function takes.  ``whole``: one input as it is.  ``window``: x is a neighbourhood (an
        odd number of cells, or an odd square) and y the next value of its middle; the function takes a row or grid of
        any size with periodic borders.  ``rule and window``: the first 2^k inputs are the bits of a rule's number,
        the last k a window.  ``clauses``: x holds literals by clauses.  None: inferred from data and network
    name : what to call it in text; never decides anything
    """

    samples: tuple[Samples, ...]
    reading: Reading | None = None
    name: str = "data"
