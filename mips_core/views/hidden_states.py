"""Hidden states as a cloud of points: on which axes they are shown, and how far they keep apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.protocol import Network
from mips_core.stepping import IntArray, trace
from mips_core.tasks.vocabulary import Words
from mips_core.views.palette import state_name

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Cloud:
    """Hidden states with what the machine says about each.

    Parameters
    ----------
    states : float64 (P, d), hidden states, the start state first
    values : int64 (P,), the machine state, or the chosen integer of an integer system
    steps : int64 (P,), inputs read before; 0 for the start state
    inputs : int64 (N, T, D_in), the sequences; point 1 + n * T + t came after ``inputs[n, :t + 1]``
    finite : whether ``values`` are states of a finite machine
    label : what the values are called
    input_words : the vocabularies of inputs that are words
    """

    states: FloatArray
    values: IntArray
    steps: IntArray
    inputs: IntArray
    finite: bool
    label: str
    input_words: Words = ()

    def prefix(self, point: int) -> IntArray:
        """Return the inputs (t, D_in) that led to a point."""
        if point == 0:
            return self.inputs[0, :0]
        row, step = divmod(point - 1, self.inputs.shape[1])
        return self.inputs[row, : step + 1]


def collect(network: Network, machine: MealyMachine | IntegerSystem | None, x: IntArray, variable: int = 0) -> Cloud:
    """Run network and machine over sequences ``x`` (N, T, D_in) and pair up their states at every position.

    Without a machine the points carry the network's (first) output; with an integer system, the
    integer number ``variable``.

    Raises
    ------
    BadInputError
        when an input is not in the machine's alphabet.
    """
    seen = trace(network, x)
    hidden = np.concatenate([seen.states[:1, 0], seen.states[:, 1:].reshape(-1, network.state_size)])
    if isinstance(machine, MealyMachine):
        follow, finite, label = trace(machine, x).states, True, "state of the machine"
    elif machine is not None and machine.order:
        follow, finite = trace(machine, x).states[:, :, variable], False
        label = machine.state[variable].name
    else:
        outputs = seen.outputs[:, :, 0]
        follow, finite, label = np.concatenate([outputs[:, :1], outputs], axis=1), False, "output"
    values = np.concatenate([follow[:1, 0], follow[:, 1:].ravel()])
    steps = np.concatenate([[0], np.tile(np.arange(1, x.shape[1] + 1), len(x))])
    ok = np.isfinite(hidden).all(axis=1)
    if not ok.all():
        raise BadInputError("Some hidden states are not finite numbers and cannot be drawn; take shorter sequences.")
    return Cloud(hidden, values.astype(np.int64), steps, x, finite, label, network.card.input_words)


@dataclass(frozen=True, eq=False)
class Axes:
    """Where hidden states are looked at from: ``places = (states - centre) @ directions.T``.

    Parameters
    ----------
    centre : float64 (d,)
    directions : float64 (k, d)
    names : one for each axis
    """

    centre: FloatArray
    directions: FloatArray
    names: tuple[str, ...]

    def __call__(self, states: FloatArray) -> FloatArray:
        """Return the places (..., k) of hidden states (..., d)."""
        places: FloatArray = (states - self.centre) @ self.directions.T
        return places


def principal_axes(states: FloatArray, count: int) -> Axes:
    """Return the ``count`` directions along which the states vary most; their names give the share of the variance.

    The sign is chosen so that the largest component of each direction is positive, so that the
    same network always gives the same picture.  Fewer axes come back when there are fewer hidden units.
    """
    centre = states.mean(axis=0)
    _, spread, directions = np.linalg.svd(states - centre, full_matrices=False)
    count = min(count, len(directions))
    strongest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(len(directions)), strongest])[:, None]
    total = max(float((spread**2).sum()), 1e-300)
    names = tuple(f"principal axis {i + 1} ({_share(spread[i] ** 2 / total)})" for i in range(count))
    return Axes(centre, directions[:count], names)


def unit_axes(size: int, units: tuple[int, ...]) -> Axes:
    """Return the hidden units themselves as axes."""
    return Axes(np.zeros(size), np.eye(size)[list(units)], tuple(f"hidden unit {u + 1}" for u in units))


def _share(value: float) -> str:
    percent = 100 * float(value)
    return f"{percent:.0f} %" if percent >= 1 else f"{percent:.1g} %"


NEAR = 0.03
"""Points nearer than this share of the whole cloud's extent are in one place."""


def state_rows(cloud: Cloud) -> dict[str, list[str | int | float]]:
    """Return the columns of a table: each state with its points, its places, and the gap to the other states.

    A place is a group of points of which each is near another one (:data:`NEAR`); the gap is the
    smallest distance between a point of the state and a point of any other.
    """
    from scipy.spatial import cKDTree

    found = np.unique(cloud.values).tolist()
    extent = float(np.linalg.norm(np.ptp(cloud.states, axis=0)))
    rows: dict[str, list[str | int | float]] = {"state": [], "points": [], "places": [], "gap": [], "nearest state": []}
    for value in found:
        own = cloud.values == value
        rows["state"].append(state_name(value))
        rows["points"].append(int(own.sum()))
        rows["places"].append(_places(cloud.states[own], NEAR * extent))
        if len(found) == 1:
            rows["gap"].append(0.0)
            rows["nearest state"].append("none")
            continue
        distances, nearest = cKDTree(cloud.states[~own]).query(cloud.states[own])
        closest = int(np.argmin(distances))
        rows["gap"].append(_rounded(distances[closest]))
        rows["nearest state"].append(state_name(int(cloud.values[~own][nearest[closest]])))
    return rows


def _places(points: FloatArray, near: float) -> int:
    """Count the connected groups of points, where points at most ``near`` apart are connected."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    distinct = np.unique(np.round(points / max(near, 1e-300) * 16), axis=0) * near / 16  # far fewer, in the same places
    pairs = cKDTree(distinct).query_pairs(near, output_type="ndarray")
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(distinct),) * 2)
    return int(connected_components(links, directed=False)[0])


def _rounded(value: float) -> float:
    return float(f"{float(value):.3g}")


@dataclass(frozen=True, eq=False)
class Readings:
    """One integer read off the hidden states by the best straight-line map.

    Parameters
    ----------
    exact, read : float64 (P,), the integer and what the map gives
    worst : the largest error
    share : share of points, in [0, 1], whose reading rounds to the integer
    """

    exact: FloatArray
    read: FloatArray
    worst: float
    share: float


def straight_reading(cloud: Cloud) -> Readings:
    """Fit the integer of each point as an affine function of its hidden state, by least squares."""
    columns = np.column_stack([cloud.states, np.ones(len(cloud.states))])
    scale = np.maximum(np.abs(columns).max(axis=0), 1e-12)
    exact = cloud.values.astype(np.float64)
    weights = np.linalg.lstsq(columns / scale, exact, rcond=None)[0]
    read = columns / scale @ weights
    errors = np.abs(read - exact)
    return Readings(exact, read, float(errors.max()), float((errors < 0.5).mean()))
