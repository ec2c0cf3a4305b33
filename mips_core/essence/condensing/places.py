"""From a table of places to loops: which loop variables there are, their bounds, and how each place follows from them.

One row of the table is a neuron, one column a number that may differ between neurons: the place of a term, a bound of a
span, a threshold, a label.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.condensed import Affine, Loop

VARIABLES = ("i", "j", "k")
_LARGEST_FACTOR = 4
_FEW_STEPS = 3
"""Fewer places in steps larger than one are no loop: any two places would be."""


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
    for turn in itertools.permutations(range(len(bases))) if not given else [tuple(range(len(bases)))]:
        keys = table[:, [bases[base] for base in turn]]
        found = _domain(keys)
        if found is not None:
            loops, steps = found
            where = [turn.index(base) for base in range(len(bases))]
            names, firsts = [VARIABLES[place] for place in where], [steps[place] for place in where]
            formulas = [_formula(column, names, firsts) for column in columns]
            whole = [formula for formula in formulas if formula is not None]
            if len(whole) < len(formulas):
                return None
            return Places(loops, tuple(whole), tuple(int(row) for row in np.lexsort(keys.T[::-1])))
    return None


Column = tuple[Fraction, tuple[Fraction, ...]]
"""A column as ``constant + sum of factor * base column``, a factor for each base."""


def _bases(table: NDArray[np.int64], given: int) -> tuple[list[int], list[Column]]:
    """Return the columns that are free, and each column as an affine function of the free ones before it."""
    bases: list[int] = []
    columns: list[Column] = []
    for number, column in enumerate(table.T):
        found = _affine(table[:, bases], column) if number >= given else None
        if found is None:
            bases.append(number)
            found = Fraction(0), (*(Fraction(0) for _ in bases[1:]), Fraction(1))
        columns.append(found)
    return bases, columns


def _affine(bases: NDArray[np.int64], column: NDArray[np.int64]) -> Column | None:
    """Return ``column`` as an affine function of columns with small factors, or None."""
    if (column == column[0]).all():
        return Fraction(int(column[0])), ()
    if not bases.shape[1]:
        return None
    design = np.column_stack([np.ones(len(bases)), bases]).astype(float)
    solution, _, rank, _ = np.linalg.lstsq(design, column.astype(float), rcond=None)
    constant, *factors = (Fraction(value).limit_denominator(4) for value in solution)
    if rank < design.shape[1] or any(abs(factor) > _LARGEST_FACTOR for factor in factors):
        return None
    exact = [constant + sum(f * int(v) for f, v in zip(factors, row, strict=True)) for row in bases]
    return (constant, tuple(factors)) if exact == [int(value) for value in column] else None


def _formula(column: Column, names: Sequence[str], steps: Sequence[tuple[int, int]]) -> Affine | None:
    """Return a column in the loop variables: the base of number k is ``first + step * names[k]``."""
    constant, factors = column
    terms = []
    for factor, name, (first, step) in zip(factors, names, steps, strict=False):
        constant += factor * first
        if factor:
            terms.append((name, factor * step))
    if constant.denominator > 1 or any(factor.denominator > 1 for _, factor in terms):
        return None
    return Affine(int(constant), tuple((name, int(factor)) for name, factor in terms))


def _domain(keys: NDArray[np.int64]) -> tuple[tuple[Loop, ...], list[tuple[int, int]]] | None:
    """Return loops over the distinct rows of ``keys``, and for each variable (first, step) of its column."""
    rows = {tuple(row) for row in keys.tolist()}
    if keys.shape[1] == 1:
        values = np.unique(keys)
        step = int(np.gcd.reduce(np.diff(values))) if len(values) > 1 else 1
        if len(values) * step != values[-1] - values[0] + step or (step > 1 and len(values) < _FEW_STEPS):
            return None
        if step == 1 and values[0] >= 0:
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
    # Of three places the pairs i < j are also a square without its diagonal; of more they are not.
    (low, _), (_, high) = bounds
    if rows == {(i, j) for i in range(low, high) for j in range(i + 1, high)}:
        # The last value of i has no j after it: with it the loop is that of all neurons, whatever their number.
        return (_loop("i", low, high), Loop("j", Affine(1, (("i", 1),)), Affine(high))), plain
    if rows == {(i, j) for i, j in product if i != j}:
        return (loops[0], Loop("j", loops[1].start, loops[1].stop, other_than="i")), plain
    return None


def _loop(variable: str, start: int, stop: int) -> Loop:
    return Loop(variable, Affine(start), Affine(stop))
