"""The four ways to stretch the x axis of a curve before straight lines are drawn: identity and three logarithms.

Each is strictly increasing where it is defined.  The three logarithms differ in what they accept: ``log`` needs
x > 0, ``log1p`` needs x > -1, ``symlog1p`` takes every number (sign(x) log(1 + |x|)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mips_core.curves.errors import CurveError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Transform:
    """One strictly increasing function of x.

    Parameters
    ----------
    name: how curves and code call it.
    forward: vectorised, float64 in and out; defined for ``x > above``.
    scale: by how much x grows where the transformed x grows by one (the reciprocal of the derivative), vectorised.
    steps: ``forward(b) - forward(a)`` for ``a <= b``, vectorised, without the cancellation that the difference of two
        logarithms of large, close numbers (years, timestamps) suffers.
    above: the open lower end of its domain.
    """

    name: str
    forward: Callable[[Any], Any]
    scale: Callable[[Any], Any]
    steps: Callable[[Any, Any], Any]
    above: float = -np.inf

    def __call__(self, x: ArrayLike) -> Floats:
        """Return the transformed ``x``, float64 of the same shape."""
        return np.asarray(self.forward(np.asarray(x, dtype=np.float64)), dtype=np.float64)


def _symlog1p(x: Floats) -> Floats:
    return np.copysign(np.log1p(np.abs(x)), x)


def _symlog1p_steps(a: Floats, b: Floats) -> Floats:
    across = np.log1p(np.maximum(-a, 0)) + np.log1p(np.maximum(b, 0))
    return np.where((a < 0) & (b > 0), across, np.log1p((b - a) / (1 + np.minimum(np.abs(a), np.abs(b)))))


TRANSFORMS: dict[str, Transform] = {
    each.name: each
    for each in (
        Transform("identity", lambda x: x, np.ones_like, lambda a, b: b - a),
        Transform("log", np.log, lambda x: x, lambda a, b: np.log1p((b - a) / a), above=0.0),
        Transform("log1p", np.log1p, lambda x: 1 + x, lambda a, b: np.log1p((b - a) / (1 + a)), above=-1.0),
        Transform("symlog1p", _symlog1p, lambda x: 1 + np.abs(x), _symlog1p_steps),
    )
}


def transform_named(name: str) -> Transform:
    """Return the transform called ``name``.

    Raises
    ------
    CurveError
        when there is none of this name.
    """
    try:
        return TRANSFORMS[name]
    except (KeyError, TypeError):
        raise CurveError(f'Invalid fx "{name}": it must be one of {", ".join(TRANSFORMS)}.') from None


def logarithm_for(lowest: float) -> Transform:
    """Return the logarithm that suits data whose least value is ``lowest`` (Ravina et al. 2021, section 4.2)."""
    if lowest > TRANSFORMS["log"].above:
        return TRANSFORMS["log"]
    return TRANSFORMS["log1p"] if lowest > TRANSFORMS["log1p"].above else TRANSFORMS["symlog1p"]
