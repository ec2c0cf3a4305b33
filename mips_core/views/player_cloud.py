"""The hidden states' part of what the player shows: a cloud of points, small enough to travel with each sequence."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.views.hidden_states import Axes, Cloud, principal_axes
from mips_core.views.palette import MOST_STYLES, state_style

FloatArray = NDArray[np.float64]

_UNITS = 16_000
"""Half the extent of the cloud on each axis, in the units that travel; paths may lead further."""

_FURTHEST = 2**31 - 1
_GRID = 24  # cells on each axis when the fullest place of a state is searched


@dataclass(frozen=True, eq=False)
class Places:
    """A cloud as plain data, and the map that places further hidden states in it.

    Parameters
    ----------
    axes : from where the hidden states are looked at
    centre, extent : float64 (k,), of the placed points
    timeline : whether there is one axis only, so that the other one is the number of steps read
    part : the plain data
    """

    axes: Axes
    centre: FloatArray
    extent: FloatArray
    timeline: bool
    part: dict[str, Any]

    def path(self, hidden: FloatArray) -> list[list[int]]:
        """Place the hidden states (T + 1, d) of a sequence, in the units of the cloud."""
        placed = _placed(self.axes, hidden, np.arange(len(hidden)), self.timeline)
        scaled = np.clip((placed - self.centre) / self.extent * _UNITS, -_FURTHEST, _FURTHEST)
        rows: list[list[int]] = np.rint(scaled).astype(np.int64).tolist()
        return rows


def places_of(cloud: Cloud, states: int | None = None) -> Places:
    """Return a cloud for the player, on up to three principal axes.

    Points travel as int16 in base64, what they carry (machine state, or a shade of 0 to 255) as uint16.

    Parameters
    ----------
    states : number of states of the finite machine; fixes names, colours and shapes
    """
    axes = principal_axes(cloud.states, min(3, cloud.states.shape[1]))
    timeline = len(axes.names) == 1
    points = _placed(axes, cloud.states, cloud.steps, timeline)
    low, high = points.min(axis=0), points.max(axis=0)
    centre, extent = (low + high) / 2, np.maximum((high - low) / 2, 1e-9)
    if not timeline:
        extent = np.maximum(extent, extent.max() * 1e-3)  # an axis of rounding noise is not blown up
    units = np.rint((points - centre) / extent * _UNITS).astype("<i2")
    low_value, high_value = int(cloud.values.min()), int(cloud.values.max())
    shades = cloud.values if cloud.finite else _shades(cloud.values)
    part: dict[str, Any] = {
        "count": len(points),
        "axes": len(centre),
        "units": _UNITS,
        "shape": (extent / extent.max()).round(4).tolist(),
        "points": base64.b64encode(units.tobytes()).decode(),
        "carried": base64.b64encode(shades.astype("<u2").tobytes()).decode(),
        "finite": cloud.finite,
        "label": cloud.label,
        "range": [low_value, high_value],
        "names": ["steps read", axes.names[0]] if timeline else list(axes.names),
        "timeline": timeline,
        "styles": [],
        "titles": [],
    }
    if cloud.finite and states is not None and states <= MOST_STYLES:
        styles = [state_style(s, states) for s in range(states)]
        part["styles"] = [[style.name, style.colour, style.shape] for style in styles]
        part["titles"] = _titles(units.astype(np.float64), cloud.values)
    return Places(axes, centre, extent, timeline, part)


def _placed(axes: Axes, states: FloatArray, steps: NDArray[np.int64], timeline: bool) -> FloatArray:
    placed = axes(states)
    return np.column_stack([steps, placed]) if timeline else placed


def _shades(values: NDArray[np.int64]) -> NDArray[np.int64]:
    low, high = float(values.min()), float(values.max())
    return np.rint((values - low) / max(high - low, 1.0) * 255).astype(np.int64)


def _titles(units: FloatArray, values: NDArray[np.int64]) -> list[list[int]]:
    """Return [state, place...] for each state: the middle of the cell that holds most of its points."""
    found = []
    for value in np.unique(values).tolist():
        own = units[values == value]
        cells = np.floor((own + _UNITS) / (2 * _UNITS) * _GRID).astype(np.int64)
        _, number, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
        middle = own[number.reshape(-1) == counts.argmax()].mean(axis=0)
        found.append([value, *np.rint(middle).astype(np.int64).tolist()])
    return found
