"""In which order states stand on a circle, so that few of the straight lines between them cross."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

_LONG = 0.02  # cost of each place that a line passes over; a crossing costs 1
_MANY = 24  # states beyond which two passes must do


def circle_order(states: int, links: IntArray) -> IntArray:
    """Swap pairs on the circle while that lowers crossings, then the length of the lines; return states by place.

    Parameters
    ----------
    states : number of states
    links : pairs of different states, int64 (L, 2), each once
    """
    joined = np.zeros((states, states))
    joined[links[:, 0], links[:, 1]] = joined[links[:, 1], links[:, 0]] = 1.0
    circle = _Circle(joined)
    for _ in range(4 if states <= _MANY else 2):
        improved = False
        for one in range(states):
            other = one + 1
            while len(better := np.flatnonzero(circle.costs_of_swaps(one)[other:] < circle.cost - 1e-9)):
                other += int(better[0])
                circle.swap(one, other)
                other, improved = other + 1, True
        if not improved:
            break
    return np.argsort(circle.place)


class _Circle:
    """States at places, and what a swap of any two would change; counts are whole numbers in float64, for speed.

    Let the states at the places p and q change, whose neighbours, but for each other, stand at P and Q.  Their lines
    then begin at the other place, so they are crossed by what a line from there is crossed by.  Lines of the two that
    cross each other are told apart by side: let d be 1 at places in P alone, -1 at places in Q alone.  Then there are
    fewer crossings by the sum of d d' over pairs of places on one side of p and q, and over those on the other.  Such
    a sum over pairs is half of what the square of the sum is above the sum of the squares.
    """

    def __init__(self, joined: FloatArray) -> None:
        """Put state s at place s, where ``joined`` is 1 for two states with a line between them, else 0."""
        states = len(joined)
        self.place = np.arange(states)  # by state
        self.joined = joined  # by places
        apart = np.abs(np.subtract.outer(np.arange(states), np.arange(states)))
        self.span = np.minimum(apart, states - apart).astype(np.float64)
        self._below = np.tri(states, k=-1, dtype=bool)
        self._look()

    def costs_of_swaps(self, state: int) -> FloatArray:
        """Return the cost after a swap of a state with each other one, by the other's number."""
        found: FloatArray = self._costs[self.place[state], self.place]
        return found

    def swap(self, one: int, other: int) -> None:
        """Swap two states."""
        places = self.place[[one, other]]
        self.place[[other, one]] = places
        self.joined[places] = self.joined[places[::-1]]
        self.joined[:, places] = self.joined[:, places[::-1]]
        self._look()

    def _look(self) -> None:
        """Count what the lines cost now, and after each swap, by places."""
        lines, span, states = self.joined, self.span, len(self.joined)
        upto = np.zeros((states + 1, states + 1))  # ends of lines at places before p, of those, other ends before q
        upto[1:, 1:] = lines.cumsum(axis=0).cumsum(axis=1)
        rows = np.diff(upto, axis=0)  # of the lines at p, other ends before q
        own = np.diagonal(rows)
        # of the lines at p, those whose other end is between p and q
        between = np.where(self._below, own[:, None] - rows[:, 1:], rows[:, :-1] - own[:, None])
        np.fill_diagonal(between, 0.0)
        degree = lines.sum(axis=1)
        ends, inner = upto[:, -1], np.diagonal(upto)
        crossed = (
            (ends[:-1] - inner[:-1])[None] - (ends[1:] + inner[1:])[:, None] + 2 * upto[1:, :-1] - between - between.T
        )
        crossed = np.where(self._below.T, crossed, 0.0)
        crossed += crossed.T  # how many lines a line between two places crosses
        one_side = between - between.T
        other_side = degree[:, None] - degree - one_side
        unlike = degree[:, None] + degree - 2 * (lines @ lines) - 2 * lines
        crossings = _moved(lines, crossed) - (one_side * one_side + other_side * other_side - unlike) / 2
        lengths = _moved(lines, span)
        self.crossings, self.length = float((lines * crossed).sum()) / 4, float((lines * span).sum()) / 2
        self.cost = self.crossings + _LONG * self.length
        self._costs = (self.crossings + crossings) + _LONG * (self.length + lengths)
        np.fill_diagonal(self._costs, self.cost)


def _moved(lines: FloatArray, costs: FloatArray) -> FloatArray:
    """Return by how much the cost of the lines at two places changes when each begins at the other place."""
    there, now = costs @ lines, (lines * costs).sum(axis=1)
    return there + there.T - now[:, None] - now + 2 * lines * costs
