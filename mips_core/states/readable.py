"""The most readable coordinates of an integer recurrence.

A recurrence may be written in any integer basis of its state and with any start value.  From a few
canonical forms the search walks downhill through single steps (add a variable to another, flip a sign, shift a
start value) to the form that takes the fewest nodes to write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.progress import Monitor
from mips_core.states.recurrence import AffineRecurrence
from mips_core.stepping import IntArray

Cost = tuple[int, ...]

UNNAMED = 5
"""Nodes that a variable without a plain name costs the reader."""

MAX_STEPS = 40
"""Steps downhill from one form."""

MAX_FORMS = 5
"""Forms that the search starts from, the cheapest ones."""


@dataclass(frozen=True)
class Sharing:
    """How one row is written: on its own (``base`` None), or as ``sign`` times row ``base`` plus a rest.

    Parameters
    ----------
    row : which row of the recurrence
    base : row that is computed before it, or None
    sign : +1 or -1
    """

    row: int
    base: int | None = None
    sign: int = 1


def row_nodes(rows: IntArray, *, leading: bool = True) -> NDArray[np.int64]:
    """Return how many expression nodes each row takes, for rows (..., W) whose last column is the constant.

    ``leading`` False leaves out the sign that a row without a positive term needs in front.
    """
    weights = rows[..., :-1]
    size = np.abs(weights)
    constant = rows[..., -1] != 0
    terms = (size > 0).sum(axis=-1) + constant
    nodes = (size > 0).sum(axis=-1) + 2 * (size > 1).sum(axis=-1) + constant + terms - 1
    nodes = np.where(terms == 0, 1, nodes)
    if leading:
        signed = (terms > 0) & ~constant & ~(weights > 0).any(axis=-1) & (size <= 1).all(axis=-1)
        nodes = nodes + signed
    return nodes.astype(np.int64)


def plan(recurrence: AffineRecurrence) -> tuple[list[Sharing], int]:
    """Return the order in which to write the rows, with what they share, and the total number of nodes.

    A row may be written through one that was computed before it ("position + next_velocity"), which then
    becomes a local name at the price of one node.
    """
    own, through, sign = _prices(recurrence.rows[None])
    return _plan(own[0].tolist(), through[0].tolist(), sign[0].tolist())


def _prices(rows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """For rows (M, R, W): nodes of each row alone (M, R), through each other row (M, R, R), and with which sign."""
    left, right = rows[:, :, None, :], rows[:, None, :, :]
    minus, plus = left - right, left + right
    by_difference = np.where((minus == 0).all(axis=3), 1, row_nodes(minus, leading=False) + 2)
    by_sum = np.where((plus == 0).all(axis=3), 2, row_nodes(plus, leading=False) + 2)
    return row_nodes(rows), np.minimum(by_difference, by_sum), np.where(by_difference <= by_sum, 1, -1)


def _plan(own: list[int], through: list[list[int]], sign: list[list[int]]) -> tuple[list[Sharing], int]:
    order = sorted(range(len(own)), key=own.__getitem__)
    shared: set[int] = set()
    steps: list[Sharing] = []
    total = 0
    for place, r in enumerate(order):
        best, base = own[r], None
        for p in order[:place]:
            if own[p] > 1 and through[r][p] + (p not in shared) < best:
                best, base = through[r][p] + (p not in shared), p
        if base is not None:
            shared.add(base)
        steps.append(Sharing(r) if base is None else Sharing(r, base, sign[r][base]))
        total += best
    return steps, total


def copies(update: IntArray) -> IntArray:
    """Return which column each row copies (another variable or an input), -1 where it computes.

    Parameters
    ----------
    update : int64, shape (..., n, W); the update rows of n variables, the constant last
    """
    n = update.shape[-2]
    source = np.argmax(update != 0, axis=-1)
    value = np.take_along_axis(update, source[..., None], axis=-1)[..., 0]
    single = ((update != 0).sum(axis=-1) == 1) & (value == 1)
    return np.where(single & (source != np.arange(n)) & (source < update.shape[-1] - 1), source, -1)


def unnamed(rows: IntArray, order: int) -> IntArray:
    """Count the variables that are no delayed input or output and no running total: those that have no plain name.

    Parameters
    ----------
    rows : int64, shape (M, n + o, W)
    order : n
    """
    if order == 0:
        return np.zeros(len(rows), dtype=np.int64)
    update, output = rows[:, :order], rows[:, order:]
    plain = np.diagonal(update, axis1=1, axis2=2) == 1
    plain = plain | (update[:, :, None, :] == output[:, None, :, :]).all(axis=3).any(axis=2)
    source = copies(update)
    plain = plain | (source >= order)
    inside = np.clip(source, 0, order - 1)
    for _ in range(order - 1):  # a copy of what has a name has one too
        plain = plain | ((source >= 0) & (source < order) & np.take_along_axis(plain, inside, axis=1))
    return order - plain.sum(axis=1)


def costs(forms: Sequence[AffineRecurrence]) -> list[Cost]:
    """Return what the search makes small, for forms of one size.

    Nodes first, then rows that compute, minus signs, start values, size of numbers.  A variable without a plain name
    counts as :data:`UNNAMED` more nodes: the sum of the last four is better read as four inputs than through a
    partial sum, although that is shorter.
    """
    rows = np.stack([form.rows for form in forms])
    starts = np.stack([form.start for form in forms])
    own, through, sign = _prices(rows)
    nodes = [_plan(*price)[1] for price in zip(own.tolist(), through.tolist(), sign.tolist(), strict=True)]
    columns = (
        np.array(nodes) + UNNAMED * unnamed(rows, starts.shape[1]),
        (own > 1).sum(axis=1),
        (rows < 0).sum(axis=(1, 2)),
        (starts != 0).sum(axis=1),
        np.abs(rows).sum(axis=(1, 2)),
        np.abs(starts).sum(axis=1),
    )
    return [tuple(row) for row in np.stack(columns, axis=1).tolist()]


def cost(recurrence: AffineRecurrence) -> Cost:
    """Return the cost of one form; see :func:`costs`."""
    return costs([recurrence])[0]


def _neighbours(recurrence: AffineRecurrence) -> Iterator[AffineRecurrence]:
    n = recurrence.order
    for i in range(n):
        for j in range(n):
            for sign in (1, -1):
                if i != j:
                    yield _added(recurrence, i, j, sign)
    for i in range(n):
        rows, start = recurrence.rows.copy(), recurrence.start.copy()
        rows[i] *= -1
        rows[:, i] *= -1
        start[i] *= -1
        yield AffineRecurrence(rows, start)
    for i in range(n):
        yield from (recurrence.moved(shift) for shift in _shifts(recurrence, i))


def _added(recurrence: AffineRecurrence, i: int, j: int, sign: int) -> AffineRecurrence:
    """Variable i becomes z_i + sign z_j."""
    rows, start = recurrence.rows.copy(), recurrence.start.copy()
    rows[i] += sign * rows[j]
    rows[:, j] -= sign * rows[:, i]
    start[i] += sign * start[j]
    return AffineRecurrence(rows, start)


def _shifts(recurrence: AffineRecurrence, i: int) -> Iterator[IntArray]:
    """Shifts of variable i that remove the constant of some row, or the start value."""
    n = recurrence.order
    effect = -recurrence.rows[:, i].copy()
    effect[i] += 1
    wanted = {-int(c) // int(e) for c, e in zip(recurrence.rows[:, -1], effect, strict=True) if c and e and c % e == 0}
    wanted.add(-int(recurrence.start[i]))
    for value in sorted(wanted - {0}):
        shift = np.zeros(n, dtype=np.int64)
        shift[i] = value
        yield shift


def descend(recurrence: AffineRecurrence, monitor: Monitor) -> tuple[AffineRecurrence, Cost]:
    """Return the form at the foot of the hill, and its cost; stops early when the monitor's time is up."""
    best, lowest = recurrence, cost(recurrence)
    floor = len(recurrence.rows)  # every row takes at least one node
    for _ in range(MAX_STEPS):
        near = [] if lowest[0] <= floor or monitor.expired else [n for n in _neighbours(best) if _small(n)]
        monitor.check()
        if not near:
            break
        prices = costs(near)
        i = min(range(len(near)), key=prices.__getitem__)
        if prices[i] >= lowest:
            break
        best, lowest = near[i], prices[i]
    return best, lowest


def _small(recurrence: AffineRecurrence) -> bool:
    return int(np.abs(recurrence.rows).max(initial=0)) < 2**40


def most_readable(forms: Sequence[AffineRecurrence], monitor: Monitor) -> AffineRecurrence:
    """Return the cheapest form reachable from any of the given ones (all of the same recurrence), tidily ordered."""
    usable = [form for form in forms if _small(form)] or list(forms)
    if not usable:
        raise ValueError("at least one form is needed")
    prices = costs(usable)
    found: tuple[AffineRecurrence, Cost] | None = None
    for i in sorted(range(len(usable)), key=prices.__getitem__)[:MAX_FORMS]:
        reached = descend(usable[i], monitor)
        if found is None or reached[1] < found[1]:
            found = reached
        if found[1][0] <= len(found[0].rows):
            break
    assert found is not None
    return _ordered(found[0])


def _ordered(recurrence: AffineRecurrence) -> AffineRecurrence:
    """Order the variables so that each copy follows what it copies, and what is computed comes first."""
    n = recurrence.order
    update = recurrence.rows[:n]
    source = {i: column for i, column in enumerate(copies(update).tolist()) if 0 <= column < n} if n else {}
    order: list[int] = []

    def visit(i: int) -> None:
        order.append(i)
        for k in range(n):
            if source.get(k) == i and k not in order:
                visit(k)

    for i in [*(i for i in range(n) if i not in source), *range(n)]:
        if i not in order:
            visit(i)
    return recurrence.permuted(order)
