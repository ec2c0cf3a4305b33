"""An operator undone, and one constant solved for below it: for a target g OP h(f, k), which k may be right?

What h has to be is known exactly on most rows, and on the others within limits: where min(g, h) is g, h is at least
that.  So every row leaves an interval for h, hence one for k, and what all rows have in common is left; a modulus
divides every difference of f and a remainder.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mips_core.stepping import IntArray

FREE = 1 << 62
"""Stands for no limit."""

Interval = tuple[IntArray, IntArray]
"""The least and the greatest number that is possible; nothing is where the least is the greater one."""


def undone(name: str, beside: IntArray, target: IntArray) -> Interval:
    """Return what h has to be for each part beside it, int64 (N, R) each.

    Parameters
    ----------
    name : one of :data:`OUTER`: h + g, h - g, "from": g - h, h * g, min(h, g), max(h, g), h // g, a comparison of h
        with g, or "": h alone
    beside : values of g, absolutely below 2^40, int64, shape (N, R)
    target : int64, shape (R,)
    """
    return _UNDO[name](beside, target)


def excluded(name: str, beside: IntArray, target: IntArray) -> IntArray:
    """Return what h must not be for each part beside it, int64 (N, R); :data:`FREE` where there is no such number."""
    if name not in ("eq", "ne"):
        return np.full(beside.shape, FREE)
    return np.where((target == 1) == (name == "eq"), FREE, beside)


def constants_between(name: str, part: IntArray, low: IntArray, high: IntArray) -> Interval:
    """Return between which numbers k lies where h(f, k) lies between ``low`` and ``high`` on all rows, int64 (N,) each.

    Of "mod" the second number is one that k divides, or :data:`FREE`.

    Parameters
    ----------
    name : one of :data:`INNER`: f + k, "from": k - f, f * k, min(f, k), max(f, k), f % k, f // k, f < k, f > k,
        f == k, f != k, or "distance": abs(f - k), of which k is one of both numbers where a row says what it is
    part, low, high : int64, shape (N, R)
    """
    least, most = _SOLVE[name](part, low, high)
    if name == "mod":
        return least.max(axis=1), most[:, 0]
    return least.max(axis=1), most.min(axis=1)


def _same(value: IntArray) -> Interval:
    return value, value


def _factor(g: IntArray, t: IntArray) -> Interval:
    none = g == 0
    quotient, rest = np.divmod(t, np.where(none, 1, g))
    wrong, free = np.where(none, t != 0, rest != 0), none & (t == 0)
    return _marked(quotient, quotient, free, wrong)


def _marked(low: IntArray, high: IntArray, free: IntArray, wrong: IntArray) -> Interval:
    low, high = np.where(free, -FREE, low), np.where(free, FREE, high)
    return np.where(wrong, FREE, low), np.where(wrong, -FREE, high)


def _undo_min(g: IntArray, t: IntArray) -> Interval:
    return np.where(t <= g, t, FREE), np.where(t < g, t, np.where(t == g, FREE, -FREE))


def _undo_max(g: IntArray, t: IntArray) -> Interval:
    return np.where(t > g, t, np.where(t == g, -FREE, FREE)), np.where(t >= g, t, -FREE)


def _below(g: IntArray, holds: IntArray) -> Interval:
    """h < g where the target holds."""
    return np.where(holds, -FREE, g), np.where(holds, g - 1, FREE)


def _above(g: IntArray, holds: IntArray) -> Interval:
    """h > g where the target holds."""
    return np.where(holds, g + 1, -FREE), np.where(holds, FREE, g)


def _equal(g: IntArray, holds: IntArray) -> Interval:
    return np.where(holds, g, -FREE), np.where(holds, g, FREE)


_UNDO: dict[str, Callable[[IntArray, IntArray], Interval]] = {
    "add": lambda g, t: _same(t - g), "sub": lambda g, t: _same(t + g), "from": lambda g, t: _same(g - t),
    "mul": _factor, "min": _undo_min, "max": _undo_max, "floordiv": lambda g, t: (t * g, t * g + g - 1),
    "lt": lambda g, t: _below(g, t == 1), "le": lambda g, t: _below(g + 1, t == 1),
    "gt": lambda g, t: _above(g, t == 1), "ge": lambda g, t: _above(g - 1, t == 1),
    "eq": lambda g, t: _equal(g, t == 1), "ne": lambda g, t: _equal(g, t == 0),
    "": lambda g, t: _same(np.broadcast_to(t, g.shape)),
}  # fmt: skip
OUTER = tuple(_UNDO)


def _solve_factor(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    none, size = f == 0, np.where(f == 0, 1, np.abs(f))
    below, above = np.where(f < 0, -high, low), np.where(f < 0, -low, high)  # |f| * k lies between
    least = np.where(below <= -FREE, -FREE, -(-below // size))
    most = np.where(above >= FREE, FREE, above // size)
    return _marked(least, most, none, none & ((low > 0) | (high < 0)))


def _solve_min(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    return low, np.where(f < low, -FREE, np.where(f > high, high, FREE))


def _solve_max(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    return np.where(f > high, FREE, np.where(f < low, low, -FREE)), high


def _solve_remainder(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    known = low == high
    gap = np.gcd.reduce(np.where(known, f - low, 0), axis=1, keepdims=True)
    least = np.maximum(np.where(high < 0, FREE, low) + 1, 2)
    return least, np.where(gap == 0, FREE, gap)


def _solve_quotient(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    """f // k >= low is f >= low * k, and f // k <= high is f < (high + 1) * k."""
    limited = high < FREE
    up = np.where(limited, high + 1, 1)
    size, upper = np.where(low == 0, 1, np.abs(low)), np.where(up == 0, 1, np.abs(up))
    least = np.where(low < 0, -(f // size), 2)
    most = np.where(low > 0, f // size, FREE)
    least = np.maximum(least, np.where(limited & (up > 0), f // upper + 1, 2))
    most = np.where(up < 0, np.minimum(most, -(f // upper) - 1), most)
    wrong = ((low == 0) & (f < 0)) | ((up == 0) & (f >= 0))
    return np.maximum(least, 2), np.where(wrong, -FREE, most)


def _is_more(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    """f < k, as a number."""
    return _truth(np.where(low > 0, f + 1, -FREE), np.where(high < 1, f, FREE), low, high)


def _is_less(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    """f > k, as a number."""
    return _truth(np.where(high < 1, f, -FREE), np.where(low > 0, f - 1, FREE), low, high)


def _is_same(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    return _truth(np.where(low > 0, f, -FREE), np.where(low > 0, f, FREE), low, high)


def _truth(least: IntArray, most: IntArray, low: IntArray, high: IntArray) -> Interval:
    """Rule out what lies beyond 0 and 1."""
    wrong = (low > 1) | (high < 0)
    return np.where(wrong, FREE, least), np.where(wrong, -FREE, most)


def _is_distance(f: IntArray, low: IntArray, high: IntArray) -> Interval:
    """abs(f - k) <= high; that it is at least ``low`` is left open."""
    return np.where(high < 0, FREE, f - high), np.where(high < 0, -FREE, f + high)


_SOLVE: dict[str, Callable[[IntArray, IntArray, IntArray], Interval]] = {
    "add": lambda f, low, high: (low - f, high - f), "from": lambda f, low, high: (low + f, high + f),
    "mul": _solve_factor, "min": _solve_min, "max": _solve_max, "mod": _solve_remainder, "floordiv": _solve_quotient,
    "distance": _is_distance, "lt": _is_more, "gt": _is_less, "eq": _is_same,
    "ne": lambda f, low, high: _is_same(f, 1 - high, 1 - low),
}  # fmt: skip
INNER = tuple(_SOLVE)
