"""Hidden states as a cloud of points: on which axes they are shown, and how far they keep apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    outputs : int64 (N, T, D_out), the network's outputs
    output_words : the vocabularies of outputs that are words
    variables : by name, int64 (P,), the integers that an integer system remembers
    """

    states: FloatArray
    values: IntArray
    steps: IntArray
    inputs: IntArray
    finite: bool
    label: str
    input_words: Words = ()
    outputs: IntArray = field(default_factory=lambda: np.empty((0, 0, 0), dtype=np.int64))
    output_words: Words = ()
    variables: Mapping[str, IntArray] = field(default_factory=dict)

    def output(self, point: int) -> IntArray | None:
        """Return the outputs (D_out,) on the step that led to a point; None for the start."""
        if point == 0:
            return None
        row, step = divmod(point - 1, self.inputs.shape[1])
        last: IntArray = self.outputs[row, step]
        return last

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
    hidden = _points(seen.states)
    variables: dict[str, IntArray] = {}
    if isinstance(machine, MealyMachine):
        values, finite, label = _points(trace(machine, x).states[:, :, None])[:, 0], True, "state of the machine"
    elif machine is not None and machine.order:
        found = _points(trace(machine, x).states)
        variables = {v.name: found[:, i].astype(np.int64) for i, v in enumerate(machine.state)}
        values, finite, label = found[:, variable], False, machine.state[variable].name
    else:
        outputs = seen.outputs[:, :, :1]
        values, finite, label = _points(np.concatenate([outputs[:, :1], outputs], axis=1))[:, 0], False, "output"
    steps = np.concatenate([[0], np.tile(np.arange(1, x.shape[1] + 1), len(x))])
    ok = np.isfinite(hidden).all(axis=1)
    if not ok.all():
        raise BadInputError("Some hidden states are not finite numbers and cannot be drawn; take shorter sequences.")
    card = network.card
    return Cloud(
        hidden, values.astype(np.int64), steps, x, finite, label, card.input_words, seen.outputs, card.output_words,
        variables,
    )  # fmt: skip


def _points(along: NDArray[np.generic]) -> NDArray[Any]:
    """Return the rows (1 + N T, k) of what was found along sequences (N, T + 1, k), the shared start only once."""
    return np.concatenate([along[:1, 0], along[:, 1:].reshape(-1, along.shape[2])])


def distinct_points(cloud: Cloud, place: IntArray) -> tuple[IntArray, IntArray]:
    """Return one point for each hidden state that differs, the one with the shortest prefix, and how often it was met.

    Points that the machine tells apart stay apart, even at one place.

    Parameters
    ----------
    place : int64 (P,), equal for hidden states that are equal up to rounding
    """
    order = np.lexsort((np.arange(len(place)), cloud.steps))
    pairs = np.column_stack([place, cloud.values])[order]
    _, first, met = np.unique(pairs, axis=0, return_index=True, return_counts=True)
    chosen = order[first]
    ascending = np.argsort(chosen)
    return chosen[ascending].astype(np.int64), met[ascending].astype(np.int64)


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


def named_axes(centre: FloatArray, directions: FloatArray, names: tuple[str, ...], chosen: tuple[int, ...]) -> Axes:
    """Return some axes of an affine map ``(states - centre) @ directions.T``."""
    return Axes(centre, directions[list(chosen)], tuple(names[i] for i in chosen))


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
