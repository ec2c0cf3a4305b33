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

Cost = tuple[int, int, int, int]


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
    rows = recurrence.rows
    own = row_nodes(rows).tolist()
    minus = row_nodes(rows[:, None, :] - rows[None, :, :], leading=False).tolist()
    plus = row_nodes(rows[:, None, :] + rows[None, :, :], leading=False).tolist()
    equal = (rows[:, None, :] == rows[None, :, :]).all(axis=2).tolist()
    opposite = (rows[:, None, :] == -rows[None, :, :]).all(axis=2).tolist()
    order = sorted(range(len(rows)), key=lambda r: own[r])
    shared: set[int] = set()
    steps: list[Sharing] = []
    total = 0
    for place, r in enumerate(order):
        best, sharing = own[r], Sharing(r)
        for p in order[:place]:
            if own[p] <= 1:
                continue
            extra = 0 if p in shared else 1
            for sign, count in (
                (1, 1 if equal[r][p] else minus[r][p] + 2),
                (-1, 2 if opposite[r][p] else plus[r][p] + 2),
            ):
                if count + extra < best:
                    best, sharing = count + extra, Sharing(r, p, sign)
        if sharing.base is not None:
            shared.add(sharing.base)
        steps.append(sharing)
        total += best
    return steps, total


def copied_from(rows: IntArray, i: int) -> int | None:
    """Return the one column that row ``i`` copies (another variable or an input), or None when it computes."""
    nonzero = np.flatnonzero(rows[i])
    if len(nonzero) == 1 and nonzero[0] != i and nonzero[0] < rows.shape[1] - 1 and rows[i, nonzero[0]] == 1:
        return int(nonzero[0])
    return None


def unnamed(recurrence: AffineRecurrence) -> int:
    """Count the variables that are no delayed input or output and no running total: those that have no plain name."""
    n = recurrence.order
    update, output = recurrence.rows[:n], recurrence.rows[n:]
    return sum(
        copied_from(update, i) is None and update[i, i] != 1 and not (output == update[i]).all(axis=1).any()
        for i in range(n)
    )


def cost(recurrence: AffineRecurrence) -> Cost:
    """Return what the search makes small: nodes, then rows that compute, then the size of the numbers.

    A variable without a plain name counts as two more nodes: sum_last_4 is better read as the sum of four inputs than
    through a partial sum, although that is shorter.
    """
    computing = int((row_nodes(recurrence.rows) > 1).sum())
    return (
        plan(recurrence)[1] + 2 * unnamed(recurrence),
        computing,
        int(np.abs(recurrence.rows).sum()),
        int(np.abs(recurrence.start).sum()),
    )


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
    while lowest[0] > floor and not monitor.expired:
        monitor.check()
        better = min(((cost(n), i, n) for i, n in enumerate(_neighbours(best)) if _small(n)), default=None)
        if better is None or better[0] >= lowest:
            break
        lowest, best = better[0], better[2]
    return best, lowest


def _small(recurrence: AffineRecurrence) -> bool:
    return int(np.abs(recurrence.rows).max(initial=0)) < 2**40


def most_readable(forms: Sequence[AffineRecurrence], monitor: Monitor) -> AffineRecurrence:
    """Return the cheapest form reachable from any of the given ones (all of the same recurrence), tidily ordered."""
    found = None
    for form in sorted((form for form in forms if _small(form)), key=cost) or list(forms):
        reached = descend(form, monitor)
        if found is None or reached[1] < found[1]:
            found = reached
        if found[1][0] <= len(form.rows):
            break
    if found is None:
        raise ValueError("at least one form is needed")
    return _ordered(found[0])


def _ordered(recurrence: AffineRecurrence) -> AffineRecurrence:
    """Order the variables so that each copy follows what it copies, and what is computed comes first."""
    n = recurrence.order
    update = recurrence.rows[:n]
    source: dict[int, int] = {}
    for i in range(n):
        column = copied_from(update, i)
        if column is not None and column < n:
            source[i] = column
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
