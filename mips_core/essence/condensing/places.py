"""From a table of places to loops: which loop variables there are, their bounds, and how each place follows from them.

One row of the table is a neuron, one column a number that may differ between neurons: the place of a term, a bound of a
span, a threshold, a label.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import Affine, Loop

VARIABLES = ("i", "j", "k")


@dataclass(frozen=True)
class Places:
    """Loops whose places are the rows of a table.

    Parameters
    ----------
    loops : the loops
    columns : for each column its value in the loop variables
    order : the rows of the table in the order of the loops
    """

    loops: tuple[Loop, ...]
    columns: tuple[Affine, ...]
    order: tuple[int, ...]


def find_places(table: NDArray[np.int64], given: int = 0) -> Places | None:
    """Return loops that give exactly the rows of ``table``, each once; None when there are none.

    Parameters
    ----------
    table : int64 (rows, columns)
    given : that many first columns are loop variables for certain (numbers of outputs); the others follow from them
    """
    if len(table) == 1 and not given:
        return Places((), tuple(Affine(int(value)) for value in table[0]), (0,))
    bases, columns = _bases(table, given)
    if given and len(bases) > given:
        return None
    if len({tuple(row) for row in table[:, bases].tolist()}) != len(table) or not 1 <= len(bases) <= len(VARIABLES):
        return None
    for permutation in itertools.permutations(range(len(bases))) if not given else [tuple(range(len(bases)))]:
        turned = [bases[p] for p in permutation]
        found = _domain(table[:, turned])
        if found is not None:
            loops, steps = found
            names = {base: VARIABLES[place] for place, base in enumerate(turned)}
            first = {base: steps[place] for place, base in enumerate(turned)}
            formulas = tuple(_formula(column, names, first) for column in columns)
            keys = table[:, turned]
            order = np.lexsort(keys.T[::-1])
            return Places(loops, formulas, tuple(int(row) for row in order))
    return None


Column = tuple[int, int | None, int]
"""A column as ``constant + sign * base column``: (constant, base or None, sign)."""


def _bases(table: NDArray[np.int64], given: int) -> tuple[list[int], list[Column]]:
    """Return the columns that are free, and each column as a constant or a copy of a free one."""
    bases = list(range(given))
    columns: list[Column] = []
    for number, column in enumerate(table.T):
        if number < given:
            columns.append((0, number, 1))
            continue
        if (column == column[0]).all():
            columns.append((int(column[0]), None, 0))
            continue
        for base, sign in itertools.product(bases, (1, -1)):
            difference = column - sign * table[:, base]
            if (difference == difference[0]).all():
                columns.append((int(difference[0]), base, sign))
                break
        else:
            bases.append(number)
            columns.append((0, number, 1))
    return bases, columns


def _formula(column: Column, names: dict[int, str], steps: dict[int, tuple[int, int]]) -> Affine:
    constant, base, sign = column
    if base is None:
        return Affine(constant)
    first, step = steps[base]
    return Affine(constant + sign * first, ((names[base], sign * step),))


def _domain(keys: NDArray[np.int64]) -> tuple[tuple[Loop, ...], list[tuple[int, int]]] | None:
    """Return loops over the distinct rows of ``keys``, and for each variable (first, step) of its column."""
    rows = {tuple(row) for row in keys.tolist()}
    if keys.shape[1] == 1:
        values = np.unique(keys)
        step = int(np.gcd.reduce(np.diff(values))) if len(values) > 1 else 1
        if len(values) * step != values[-1] - values[0] + step:
            return None
        if step == 1:
            return (_loop("i", int(values[0]), int(values[-1]) + 1),), [(0, 1)]
        return (_loop("i", 0, len(values)),), [(int(values[0]), step)]
    bounds = [(int(column.min()), int(column.max()) + 1) for column in keys.T]
    plain = [(0, 1)] * keys.shape[1]
    loops = tuple(_loop(VARIABLES[k], *bounds[k]) for k in range(keys.shape[1]))
    product = set(itertools.product(*(range(a, b) for a, b in bounds)))
    if rows == product:
        return loops, plain
    if keys.shape[1] != 2:
        return None
    if rows == {(i, j) for i, j in product if i != j}:
        return (loops[0], Loop("j", loops[1].start, loops[1].stop, other_than="i")), plain
    (low, _), (_, high) = bounds
    if rows == {(i, j) for i in range(low, high) for j in range(i + 1, high)}:
        # The last value of i has no j after it: with it the loop is that of all neurons, whatever their number.
        return (_loop("i", low, high), Loop("j", Affine(1, (("i", 1),)), Affine(high))), plain
    return None


def _loop(variable: str, start: int, stop: int) -> Loop:
    return Loop(variable, Affine(start), Affine(stop))
