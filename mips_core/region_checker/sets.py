"""Sets of numbers as they pass through a network, outward-rounded: zonotopes c + sum u_g G_g + [-e, e], |u_g| <= 1.

e grows at every operation by more than the rounding errors of a network in float64, with sums in any order and tanh and
exp within 8 units in the last place, and of this computation itself, together (Higham, "Accuracy and stability of
numerical algorithms", section 3.1).  Lines along activations: Singh et al. 2018, "Fast and effective robustness
certification".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Set = tuple[np.ndarray, np.ndarray, np.ndarray]  # c (N, m), G (N, g, m), e (N, m)
Layers = list[tuple[np.ndarray, np.ndarray]]
FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "identity": lambda z: z,
    "tanh": np.tanh,
    "sigmoid": lambda z: 1 / (1 + np.exp(-np.clip(z, -700, 700))),
}


class Refused(Exception):
    """The certificate is not accepted; the message says what failed first."""


def need(fact: Any, reason: str) -> None:
    """Refuse unless ``fact`` holds."""
    if not fact:
        raise Refused(reason)


def radius(z: Set) -> np.ndarray:
    """Return how far coordinates can be from the centre, and a little more than rounding adds to that."""
    return (np.abs(z[1]).sum(1) + z[2]) * (1 + 1e-12) + 2.0**-51 * np.abs(z[0])


def cut(z: Set, begin: int, end: int) -> Set:
    """Return some coordinates."""
    return z[0][:, begin:end], z[1][..., begin:end], z[2][:, begin:end]


def widened(c: np.ndarray, g: np.ndarray, e: np.ndarray, terms: int, size: np.ndarray) -> Set:
    """Add a bound on the rounding errors of sums of ``terms`` numbers whose absolute values add up to ``size``."""
    return c, g, (e + (terms + g.shape[1] + 8) * 2.0**-51 * size) * (1 + 1e-12) + 1e-290


def affine(z: Set, w: np.ndarray, b: np.ndarray, terms: int = 0) -> Set:
    """Return the image under h -> W h + b; ``terms`` are those of a longer sum of which this may be a part."""
    size = (np.abs(z[0]) + np.abs(z[1]).sum(1) + z[2]) @ np.abs(w).T + np.abs(b)
    return widened(z[0] @ w.T + b, z[1] @ w.T, z[2] @ np.abs(w).T, w.shape[1] + terms, size)


def plus(y: Set, z: Set) -> Set:
    """Return all sums; both have the same generators, or one has a zero."""
    size = np.abs(y[0]) + np.abs(z[0]) + np.abs(y[1]).sum(1) + np.abs(z[1]).sum(1)
    return widened(y[0] + z[0], y[1] + z[1], y[2] + z[2], 1, size)


def times(y: Set, z: Set) -> Set:
    """Return a set that holds all products; both have the same generators."""
    e = np.abs(y[0]) * z[2] + np.abs(z[0]) * y[2] + radius(y) * radius(z)
    g = y[0][:, None] * z[1] + z[0][:, None] * y[1]
    return widened(y[0] * z[0], g, e, 2, (np.abs(y[0]) + radius(y)) * (np.abs(z[0]) + radius(z)))


def act(z: Set, name: str, chords: bool = True) -> Set:
    """Return a set that holds the activation of all of ``z``: a line, and how far the activation is from it.

    Without chords the set around the activated centre is as wide as all slopes allow, in proportion to ``z``.
    """
    wide, smooth = radius(z), name in ("tanh", "sigmoid")
    low, high = z[0] - wide, z[0] + wide
    if not chords:
        need(not smooth, "up to a length, activations are followed that are linear in pieces")
        flat = {"relu": 0.0, "leaky_relu": 0.01, "identity": 1.0}[name]
        least, most = np.where(low > 0, 1.0, flat), np.where(high >= 0, 1.0, flat)
        e = (least + most) / 2 * z[2] + (most - least) / 2 * wide
        return widened(FUNCTIONS[name](z[0]), ((least + most) / 2)[:, None] * z[1], e, 1, np.abs(z[0]) + wide)
    at_low, at_high = FUNCTIONS[name](low), FUNCTIONS[name](high)
    slope = (at_high - at_low) / np.maximum(high - low, 1e-290)
    if smooth:  # the least slope is at an end; what is left above a line less steep than that grows from end to end
        steep = [1 - a * a if name == "tanh" else a * (1 - a) for a in (at_low, at_high)]
        slope = np.maximum(np.minimum(*steep) * (1 - 1e-9) - 1e-14, 0)
    rest = [at_low - slope * low, at_high - slope * high]
    rest.append(rest[0] if smooth else np.where((low < 0) & (high > 0), 0.0, rest[0]))  # the others bend at 0 at most
    least, most = np.minimum.reduce(rest), np.maximum.reduce(rest)
    size = np.abs(at_low) + np.abs(at_high) + slope * (np.abs(low) + np.abs(high))
    e = slope * z[2] + (most - least) / 2
    return widened(slope * z[0] + (least + most) / 2, slope[:, None] * z[1], e, 40 if smooth else 1, size)


def chain(z: Set, layers: Layers, name: str, chords: bool = True) -> Set:
    """Apply the activation and then a layer, for each of ``layers``."""
    for w, b in layers:
        z = affine(act(z, name, chords), w, b)
    return z
