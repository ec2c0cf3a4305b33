"""From integer responses to the smallest recurrence that has them.

Ho and Kalman (1966): the rank of the Hankel matrix of the responses is the least number of state variables.  Here the
matrix is exact, so the rank is a fact rather than a judgement on singular values, and the states are integers: those
that inputs can reach form a lattice, any basis of which gives integer equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.integer_algebra import (
    Matrix,
    independent_rows,
    lattice_basis,
    multiply,
    rank,
    reduce_basis,
    solve,
    transpose,
)
from mips_core.states.recurrence import AffineRecurrence, Rational, recurrence_from


@dataclass(frozen=True)
class Hankel:
    """A block Hankel matrix of responses whose rank no longer grows.

    Parameters
    ----------
    entries : exact responses after one, two, ... steps, each (o, c)
    rows : how many shifts of the output are stacked
    columns : how many lags of the inputs stand side by side
    order : its rank
    """

    entries: tuple[Matrix, ...]
    rows: int
    columns: int
    order: int

    def matrix(self, rows: int, columns: int, shift: int = 0) -> Matrix:
        """Return the matrix of the given size; row (s, i) and column (k, c) hold entry s + k + shift."""
        return [
            [value for k in range(columns) for value in self.entries[s + k + shift][i]]
            for s in range(rows)
            for i in range(len(self.entries[0]))
        ]


def stable_hankel(entries: Sequence[Matrix]) -> Hankel | None:
    """Return a Hankel matrix of these entries whose rank is settled, or None.

    The rank is settled when one more block row and one more block column leave it; then exactly one recurrence
    of that order continues the entries (Kalman, Falb and Arbib 1969, section 10.11).  A recurrence of order n has 2 n
    numbers to fit, so at least one entry more is asked for.
    """
    count = len(entries)
    for skew in range(count // 2):
        for rows in {(count + 1) // 2 + skew, count // 2 - skew}:
            columns = count - rows
            if rows < 1 or columns < 1:
                continue
            hankel = Hankel(tuple(entries), rows, columns, 0)
            order = rank(hankel.matrix(rows, columns))
            if count <= 2 * order:
                continue
            if rank(hankel.matrix(rows + 1, columns)) == order == rank(hankel.matrix(rows, columns + 1)):
                return Hankel(tuple(entries), rows, columns, order)
    return None


def canonical_forms(hankel: Hankel, direct: Matrix, first: Sequence[int]) -> list[AffineRecurrence]:
    """Return integer recurrences with the responses of ``hankel``, the same one in several coordinates.

    Parameters
    ----------
    hankel : responses of m inputs; its last column is the step that the constant makes
    direct : (o, m), what an input adds to the output of the same step
    first : (o,), the output at step 1 when all inputs are zero
    """
    n, width = hankel.order, len(direct[0]) if direct and direct[0] else 0
    output_end = [[*row, value] for row, value in zip(direct, first, strict=True)]
    if n == 0:
        return [AffineRecurrence(np.array(output_end, dtype=np.int64), np.zeros(0, dtype=np.int64))]
    tall = hankel.matrix(hankel.rows + 1, hankel.columns)
    outputs = len(hankel.entries[0])
    chosen = independent_rows(tall[: hankel.rows * outputs])
    values = transpose([tall[r] for r in chosen])  # one row per (lag, input): its effect on the chosen future outputs
    update = _solved(values, transpose([tall[r + outputs] for r in chosen]))
    readout = _solved(values, transpose(tall[:outputs]))
    generators = [list(row) for row in values[: width + 1]]
    update_rows: list[list[Rational]] = [
        [*left, *right] for left, right in zip(update, transpose(generators), strict=True)
    ]
    output_rows: list[list[Rational]] = [[*left, *right] for left, right in zip(readout, output_end, strict=True)]
    start: list[list[Rational]] = [[0]] * n

    reached = [list(row) for row in generators]
    for _ in range(n - 1):
        generators = [[int(v) for v in row] for row in transpose(multiply(update, transpose(generators)))]
        reached += generators
    unit: Matrix = [[int(i == j) for j in range(n)] for i in range(n)]
    lattice = lattice_basis(reached)
    bases: list[Sequence[Sequence[Rational]]] = [unit, lattice, reduce_basis(lattice)]
    bases.append([reached[i] for i in independent_rows(reached)])
    bases += [basis for channel in range(width + 1) for basis in _channel_bases(update, reached[channel :: width + 1])]
    bases += _observable_bases(update, readout, lattice)
    forms = [recurrence_from(update_rows, output_rows, start, basis) for basis in bases]
    unique = {(form.rows.tobytes(), form.start.tobytes()): form for form in forms if form is not None}
    return list(unique.values())


def _solved(left: Matrix, right: Matrix) -> list[list[Rational]]:
    """Return X with left @ X^T = right, one row of X per column of ``right``."""
    found = solve(left, right)
    if found is None:
        raise ArithmeticError("the Hankel matrix's rank is not settled")
    return transpose(found)


def _channel_bases(update: Sequence[Sequence[Rational]], chain: Matrix) -> list[Sequence[Sequence[Rational]]]:
    """Return bases in which one input enters a single variable: its chain of effects, and the controller form.

    In the controller form the first variable is w_t = u_t + a_1 w_(t-1) + ... and the others are its past values.
    """
    n = len(update)
    if len(independent_rows(chain[:n])) < n:
        return []
    following = transpose(multiply(update, transpose([chain[n - 1]])))[0]
    weights = solve(transpose(chain[:n]), [[v] for v in following])
    if weights is None:
        return []
    basis: list[list[Rational]] = [list(chain[0])]
    for step in range(1, n):
        moved = transpose(multiply(update, transpose([basis[-1]])))[0]
        weight = weights[n - step][0]
        basis.append([v - weight * w for v, w in zip(moved, chain[0], strict=True)])
    return [chain[:n], basis]


def _observable_bases(
    update: Sequence[Sequence[Rational]], readout: Sequence[Sequence[Rational]], lattice: Matrix
) -> list[Sequence[Sequence[Rational]]]:
    """Return bases in which the variables are future outputs, over the coarsest lattice that keeps outputs integer."""
    n = len(update)
    rows: list[list[Rational]] = []
    block = [list(row) for row in readout]
    for _ in range(n):
        rows += block
        block = multiply(block, update)
    # In the basis of reached states outputs and future outputs are integers.
    seen = [[int(v) for v in row] for row in multiply(rows, transpose(lattice))]
    functionals = [[seen[i] for i in independent_rows(seen)], lattice_basis(seen)]
    functionals.append(reduce_basis(functionals[1]))
    unit: Matrix = [[int(i == j) for j in range(n)] for i in range(n)]
    bases: list[Sequence[Sequence[Rational]]] = []
    for functional in functionals:
        dual = solve(functional, unit)
        if dual is not None:
            bases.append(multiply(transpose(dual), lattice))
    return bases
