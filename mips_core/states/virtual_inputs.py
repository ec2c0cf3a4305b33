"""Functions of the inputs that a network is linear in.

A network with one-hot or embedded inputs may do anything with a single symbol, but what it does at different lags is
mostly one function at different weights: "is x even", counted; or x itself.  Those functions are the virtual inputs
of its recurrence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mips_core.expressions import Table
from mips_core.integer_algebra import (
    Matrix,
    as_integers,
    gcd_of,
    independent_rows,
    lattice_basis,
    reduce_basis,
    solve,
    transpose,
)
from mips_core.progress import Monitor
from mips_core.states.readable import Cost, cost, most_readable
from mips_core.states.recurrence import AffineRecurrence
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

MAX_SHIFTS = 16
"""At most this many ways of counting a table from another symbol are tried."""


@dataclass(frozen=True, eq=False)
class VirtualInput:
    """A function of one input that the outputs are linear in: the input itself, or a table over its symbols.

    Parameters
    ----------
    position : which input of the network
    low : integer of the first symbol
    values : int64, shape (V,); None for the input itself
    """

    position: int
    low: int = 0
    values: IntArray | None = None


def virtual_inputs(
    impulse: IntArray, blocks: tuple[Integers, ...] | None, *, prefer_input: bool = True
) -> tuple[tuple[VirtualInput, ...], list[Matrix], Matrix]:
    """Write integer impulse responses as integer combinations of few functions of the inputs.

    Parameters
    ----------
    impulse : int64, shape (L, o, W)
    blocks : as in :class:`Responses`
    prefer_input : take the input itself as one of the functions wherever it is a combination of them, rather than
        only where it is one of the responses

    Returns
    -------
    inputs : the functions u_1 .. u_m
    parameters : L exact matrices (o, m), what u contributes at each lag
    reference : one row per lag (o,): what to subtract from the free response because u is not zero at the reference
    """
    lags, outputs, _ = impulse.shape
    if blocks is None:
        width = impulse.shape[2]
        return tuple(VirtualInput(i) for i in range(width)), impulse.tolist(), [[0] * outputs for _ in range(lags)]
    inputs: list[VirtualInput] = []
    weights: list[list[int]] = []  # per virtual input: one weight per (lag, output)
    references: list[int] = []
    start = 0
    for position, symbols in enumerate(blocks):
        rows = impulse[:, :, start : start + len(symbols)].reshape(lags * outputs, -1).tolist()
        start += len(symbols)
        base = _base_functions(rows, prefer_input)
        if not base:
            continue
        solved = solve(transpose(base), transpose(rows))
        exact = None if solved is None else as_integers(solved)
        if exact is None:
            raise ArithmeticError("base functions do not generate the responses")
        for function, weight in zip(base, exact, strict=True):
            if function == list(range(len(symbols))):
                inputs.append(VirtualInput(position))
                references.append(symbols.low)
            else:
                inputs.append(VirtualInput(position, symbols.low, np.array(function, dtype=np.int64)))
                references.append(0)
            weights.append(weight)
    parameters = [[[weight[k * outputs + i] for weight in weights] for i in range(outputs)] for k in range(lags)]
    reference = [[sum(w * r for w, r in zip(row, references, strict=True)) for row in matrix] for matrix in parameters]
    return tuple(inputs), parameters, reference


def _base_functions(rows: Matrix, prefer_input: bool) -> Matrix:
    """Return independent rows of which all given rows are integer combinations, the simplest that are at hand."""
    seen = [list(row) for row in dict.fromkeys(tuple(row) for row in rows) if any(row)]
    if not seen:
        return []
    primitive = sorted(([v // gcd_of(row) for v in row] for row in seen), key=lambda row: max(row) - min(row))
    line = list(range(len(rows[0])))
    choices = [[line, *primitive]] if prefer_input else []
    for candidates in (*choices, primitive, seen):
        # A finer set of functions than needed is fine, as long as no new direction comes in.
        chosen = [candidates[i] for i in independent_rows(candidates)]
        if len(chosen) != len(independent_rows(seen)):
            continue
        solved = solve(transpose(chosen), transpose(seen))
        if solved is not None and as_integers(solved) is not None:
            return chosen
    return reduce_basis(lattice_basis(seen))


def shift_tables(
    recurrence: AffineRecurrence, inputs: tuple[VirtualInput, ...], monitor: Monitor
) -> tuple[AffineRecurrence, tuple[VirtualInput, ...]]:
    """Count tables from the symbol, and in the direction, that make the equations shortest.

    "3 - odd(x)" and "2 + even(x)" are the same; a table may be replaced by sign * table + shift.
    """
    column = recurrence.order
    for position, virtual in enumerate(inputs):
        if virtual.values is None:
            continue
        distinct = np.unique(virtual.values)
        if len(distinct) > MAX_SHIFTS:
            distinct = distinct[[0, -1]]
        at = column + position
        best = (_table_cost(recurrence, virtual.values), recurrence, virtual)
        for sign in (1, -1):
            for value in distinct:
                # u = sign * (u' - shift)
                shift = -sign * int(value)
                rows = recurrence.rows.copy()
                rows[:, at] *= sign
                rows[:, -1] -= rows[:, at] * shift
                changed = most_readable([AffineRecurrence(rows, recurrence.start)], monitor)
                values = sign * virtual.values + shift
                price = _table_cost(changed, values)
                if price < best[0]:
                    best = (price, changed, replace(virtual, values=values))
        recurrence, changed_input = best[1], best[2]
        inputs = (*inputs[:position], changed_input, *inputs[position + 1 :])
    return recurrence, inputs


def _table_cost(recurrence: AffineRecurrence, values: IntArray) -> Cost:
    """Cost of the equations, then of the table: few minus signs, small numbers."""
    return (*cost(recurrence)[:3], int((values < 0).sum()), int(np.abs(values).max()), *cost(recurrence)[3:])


def table_of(virtual: VirtualInput, name: str) -> Table:
    """Return a virtual input's values as a table over the symbols of its input."""
    if virtual.values is None:
        raise ValueError("this virtual input is the input itself")
    return Table(name, tuple(((virtual.low + i,), int(v)) for i, v in enumerate(virtual.values)))
