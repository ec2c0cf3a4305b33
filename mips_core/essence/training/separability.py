"""Which sets of points a hyperplane separates: decided by linear programming, never by the error of a fit.

A fit that does not reach zero errors proves nothing and may run for minutes on points that cannot be separated.  A
linear program without a solution proves that there is no hyperplane.  Cheap certificates of either answer come first.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mips_core.progress import Monitor

Group = tuple[int, ...]
"""Positions of points, ascending."""

_SMALL = 40
_PERCEPTRON_ROUNDS = 60
_LIMIT_REACHED, _INFEASIBLE = 1, 2  # as scipy numbers them


class OutOfTimeError(Exception):
    """A question came after the time for the search was used up."""


class Separability:
    """Answers about pairs of groups of fixed points, remembered.

    Parameters
    ----------
    coordinates : int64 (P, c)
    monitor : asked before each new question whether to stop, and whether there is time
    """

    def __init__(self, coordinates: NDArray[np.int64], monitor: Monitor | None = None) -> None:
        self.coordinates = np.ascontiguousarray(coordinates, dtype=np.int64)
        self._monitor = monitor or Monitor()
        self._known: dict[tuple[Group, Group], bool] = {}

    def separable(self, a: Group, b: Group) -> bool:
        """Say whether some hyperplane has the points of a strictly on one side and those of b on the other.

        Raises
        ------
        OutOfTimeError : where the answer is not known and the time is used up
        """
        key = (a, b) if a < b else (b, a)
        answer = self._known.get(key)
        if answer is None:
            self.check_time()
            first, second = self.coordinates[list(key[0])], self.coordinates[list(key[1])]
            answer = separable(first, second, self._monitor.remaining)
            self._known[key] = answer
        return answer

    def check_time(self) -> None:
        """Raise :class:`OutOfTimeError` where the time is used up, and Cancelled where the caller asked to stop."""
        self._monitor.check()
        if self._monitor.expired:
            raise OutOfTimeError


def separable(a: NDArray[np.int64], b: NDArray[np.int64], seconds: float = math.inf) -> bool:
    """Say whether a hyperplane strictly separates two sets of integer points.

    Parameters
    ----------
    a, b : int64 (A, c), (B, c)
    seconds : how long a linear program may take

    Raises
    ------
    OutOfTimeError : where it took longer
    """
    if len(a) + len(b) <= _SMALL:
        return _remembered(a.tobytes(), b.tobytes(), len(a), len(b))
    return _decide(a, b, seconds)


@lru_cache(maxsize=65_536)
def _remembered(a: bytes, b: bytes, rows_a: int, rows_b: int) -> bool:
    return _decide(
        np.frombuffer(a, dtype=np.int64).reshape(rows_a, -1),
        np.frombuffer(b, dtype=np.int64).reshape(rows_b, -1),
        math.inf,
    )


def _decide(a: NDArray[np.int64], b: NDArray[np.int64], seconds: float) -> bool:
    varies = np.flatnonzero((a.min(axis=0) != b.max(axis=0)) | (a.max(axis=0) != b.min(axis=0)))
    a, b = a[:, varies], b[:, varies]
    if not varies.size:
        return False
    if (a.max(axis=0) < b.min(axis=0)).any() or (b.max(axis=0) < a.min(axis=0)).any():
        return True
    if len(a) == 1 and len(b) == 1:
        return True
    if _separates(a.mean(axis=0) - b.mean(axis=0), a, b) or _perceptron(a, b):
        return True
    if len(a) + len(b) <= _SMALL and _sums_meet(a, b):
        return False
    return _program(a, b, seconds)


def _separates(w: NDArray[np.float64], a: NDArray[np.int64], b: NDArray[np.int64]) -> bool:
    """Say whether the direction w separates, with more room than rounding could make."""
    at_a, at_b = a @ w, b @ w
    room = at_a.min() - at_b.max()
    return bool(room > 1e-9 * max(1.0, np.abs(at_a).max(), np.abs(at_b).max()))


def _perceptron(a: NDArray[np.int64], b: NDArray[np.int64]) -> bool:
    """Say whether a few rounds of the perceptron find a separating direction; it starts from least squares."""
    points = np.vstack([a, -b]).astype(np.float64)
    signs = np.concatenate([np.ones(len(a)), -np.ones(len(b))])
    rows = np.column_stack([points, signs])
    w = np.linalg.lstsq(rows, np.ones(len(rows)), rcond=None)[0]
    scale = np.abs(w).max() or 1.0
    w /= scale
    for _ in range(_PERCEPTRON_ROUNDS):
        worst = int((rows @ w).argmin())
        if _separates(w[:-1], a, b):
            return True
        w = w + rows[worst] / max(1.0, float(np.abs(rows[worst]).max()))
    return False


def _sums_meet(a: NDArray[np.int64], b: NDArray[np.int64]) -> bool:
    """Say whether two points of a have the same middle as two points of b: then no hyperplane separates them."""
    return not _pair_sums(a).isdisjoint(_pair_sums(b))


def _pair_sums(points: NDArray[np.int64]) -> set[bytes]:
    sums = points[:, None, :] + points[None, :, :]
    return {row.tobytes() for row in sums.reshape(-1, points.shape[1])}


def _program(a: NDArray[np.int64], b: NDArray[np.int64], seconds: float) -> bool:
    """Decide by linear programming: w, b with a.w + b >= 1 and b.w + b <= -1."""
    from scipy.optimize import linprog

    rows = np.vstack([np.column_stack([-a, -np.ones(len(a))]), np.column_stack([b, np.ones(len(b))])])
    answer = linprog(
        np.zeros(rows.shape[1]),
        A_ub=rows,
        b_ub=-np.ones(len(rows)),
        bounds=(None, None),
        method="highs",
        options={} if math.isinf(seconds) else {"time_limit": seconds},
    )
    if answer.status == _INFEASIBLE:
        return False
    if answer.status == _LIMIT_REACHED:
        raise OutOfTimeError
    return answer.x is not None and _separates(answer.x[:-1], a, b)
