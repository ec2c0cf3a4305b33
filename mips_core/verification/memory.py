"""Where a network keeps each state of its machine: evidence from hidden states for what goes wrong on a word.

On words of the trained length that network and machine answer alike, each hidden state belongs to the state that the
machine is in.  These *places* tell, on any other word, which state the network's memory is nearest, and how far it has
left all places of a state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.machines.mealy import MealyMachine
from mips_core.networks.protocol import FloatArray, Network
from mips_core.stepping import IntArray, Trace, trace
from mips_core.wording import plural

PLACES_PER_STATE = 40
"""Hidden states that are kept of each machine state."""
MOST_PLACES = 2000
_BLOCK = 2**21  # distances at a time


@dataclass(frozen=True, eq=False)
class Places:
    """Hidden states seen at the trained length, with the machine state of each.

    Parameters
    ----------
    states : float64 (R, d)
    labels : int64 (R,), machine states
    gap : least distance between places of two different states; the distances of :meth:`distance` are shares of half
        of it, so that from 1 on a hidden state may be nearer another state's.  With one state: the extent of the cloud.
    """

    states: FloatArray
    labels: IntArray
    gap: float

    def distances(self, hidden: FloatArray, labels: IntArray) -> tuple[FloatArray, IntArray]:
        """Return how far hidden states (P, d) are from the places of given states (P,), and the nearest state of all.

        Distances are in halves of the gap; infinite where a hidden state is no number, or its state has no place.
        """
        own = np.full(len(hidden), np.inf)
        nearest = np.full(len(hidden), -1, dtype=np.int64)
        usable = np.isfinite(hidden).all(axis=1) & (np.abs(hidden) < 1e150).all(axis=1)
        rows = np.flatnonzero(usable)
        for begin in range(0, len(rows), max(1, _BLOCK // max(1, len(self.states)))):
            block = rows[begin : begin + max(1, _BLOCK // max(1, len(self.states)))]
            squares = _squared_distances(hidden[block], self.states)
            nearest[block] = self.labels[squares.argmin(axis=1)]
            other = self.labels != labels[block, None]
            own[block] = np.sqrt(np.where(other, np.inf, squares).min(axis=1))
        return own / (self.gap / 2), nearest

    def of(self, state: int) -> FloatArray:
        """Return the places of one machine state, (r, d)."""
        return self.states[self.labels == state]


def places_of(network: Network, machine: MealyMachine, x: IntArray) -> Places:
    """Gather the places from words (N, T, D_in) of the machine's alphabet, each up to its first difference."""
    seen, followed = trace(network, x), trace(machine, x)
    same = (seen.outputs == followed.outputs).all(axis=2)
    agreed = np.concatenate([np.ones((len(x), 1), dtype=np.bool_), np.logical_and.accumulate(same, axis=1)], axis=1)
    hidden, labels = seen.states[agreed], followed.states[agreed]
    finite = np.isfinite(hidden).all(axis=1)
    hidden, labels = hidden[finite], labels[finite].astype(np.int64)
    kept = _some_of_each(labels, np.random.default_rng(0))
    hidden, labels = hidden[kept], labels[kept]
    return Places(hidden, labels, _gap(hidden, labels))


def machine_fault(
    network: Network, machine: MealyMachine, places: Places | None, seen: Trace, step: int
) -> tuple[bool, str]:
    """Tell a wrong entry of a machine's table from states that do not fit the network's memory.

    Parameters
    ----------
    places : where the network keeps each state, or None when nothing is known of that
    seen : the network on one word
    step : the first step at which the machine differs, from 0

    Returns
    -------
    whether the entry is wrong (else the states are), and the evidence in a sentence
    """
    x, hidden = seen.inputs[0], seen.states[0]
    states = trace(machine, x[None]).states[0]
    here, text = int(states[step]), machine.input_text(int(machine.indices(x[step])))
    if places is None:
        return False, f"At step {step + 1} the machine's state S{here} does not give the network's output."
    distance, nearest = places.distances(hidden[: step + 1], states[: step + 1])
    apart = np.flatnonzero((nearest != states[: step + 1]) & (distance > 1.0))
    if len(apart):
        k = int(apart[0])
        return False, (
            f"After {plural(k, 'step')} the network's memory is nearest the places of S{nearest[k]}, but the machine "
            f"is in S{states[k]}."
        )
    own = places.of(here)
    if not len(own):
        return False, f"No memory of S{here} was met in words of the trained length."
    _, answers = network.step(own, np.repeat(x[step][None], len(own), axis=0))
    same = (answers == seen.outputs[0, step]).all(axis=1)
    if same.all():
        return True, (
            f"The table's entry for S{here} on {text} is contradicted by the network from all {len(own)} memories of "
            "that state that were tried."
        )
    if not same.any():
        return False, (
            f"The network's memory is nearest the places of S{here}, where the machine is, but behaves like a state "
            f"that the machine lacks: on {text} the network gives this from none of {plural(len(own), 'place')}."
        )
    return False, (
        f"The machine takes memories for one state, S{here}, that behave differently: on {text} the network answers as "
        f"here from {int(same.sum())} of {len(own)} of them."
    )


def _some_of_each(labels: IntArray, rng: np.random.Generator) -> IntArray:
    """Return positions of at most :data:`PLACES_PER_STATE` points of each label, :data:`MOST_PLACES` in all."""
    order = rng.permutation(len(labels))
    states = np.unique(labels)
    most = max(1, min(PLACES_PER_STATE, MOST_PLACES // max(1, len(states))))
    return np.concatenate([order[labels[order] == state][:most] for state in states])


def _gap(hidden: FloatArray, labels: IntArray) -> float:
    squares = _squared_distances(hidden, hidden)
    different = labels[:, None] != labels
    found = np.sqrt(squares[different].min()) if different.any() else np.sqrt(squares.max(initial=0.0))
    return max(float(found), 1e-9)


def _squared_distances(a: FloatArray, b: FloatArray) -> NDArray[np.float64]:
    """Return |a_i - b_j|^2, shape (len(a), len(b))."""
    centre = b.mean(axis=0)
    a, b = a - centre, b - centre
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.maximum(squares, 0.0)
