"""Exact linear algebra over the integers: ranks, solutions, lattice bases.

Matrices are lists of rows of Python integers (or Fractions where said), so nothing is rounded and nothing
overflows.  Sizes here are orders of linear systems, at most a few dozen.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import Any

Row = list[int]
Matrix = list[Row]
Rational = int | Fraction


class Echelon:
    """Rows kept in echelon form, for asking whether one more row is independent of them.

    >>> rows = Echelon()
    >>> rows.add([1, 2]), rows.add([2, 4]), rows.add([0, 3])
    (True, False, True)
    """

    def __init__(self) -> None:
        self._rows: list[tuple[int, Row]] = []

    def add(self, row: Sequence[int]) -> bool:
        """Add ``row``; return True when it is rationally independent of the rows added before."""
        work = [int(v) for v in row]
        for pivot, other in self._rows:
            if work[pivot]:
                a, b = other[pivot], work[pivot]
                work = [a * w - b * o for w, o in zip(work, other, strict=True)]
        common = gcd(*work) if work else 0
        if common == 0:
            return False
        work = [w // common for w in work]
        self._rows.append((next(i for i, w in enumerate(work) if w), work))
        return True


def gcd_of(row: Sequence[int]) -> int:
    """Return the greatest common divisor of the entries of a row that is not zero, with the sign of its first one.

    >>> gcd_of([0, -4, 6])
    -2
    """
    first = next(v for v in row if v)
    return gcd(*row) if first > 0 else -gcd(*row)


def independent_rows(matrix: Sequence[Sequence[int]]) -> list[int]:
    """Return the positions of the first rows that span the row space over the rationals, greedily from the top.

    >>> independent_rows([[0, 0], [1, 1], [2, 2], [0, 1]])
    [1, 3]
    """
    echelon = Echelon()
    return [i for i, row in enumerate(matrix) if echelon.add(row)]


def rank(matrix: Sequence[Sequence[int]]) -> int:
    """Return the rank over the rationals."""
    return len(independent_rows(matrix))


def solve(matrix: Sequence[Sequence[Rational]], right: Sequence[Sequence[Rational]]) -> list[list[Fraction]] | None:
    """Return X with ``matrix @ X = right`` exactly, free unknowns zero, or None when there is no solution.

    Parameters
    ----------
    matrix : shape (r, n), any rank
    right : shape (r, k)

    >>> solve([[2, 0], [0, 4]], [[1], [2]])
    [[Fraction(1, 2)], [Fraction(1, 2)]]
    >>> solve([[1], [1]], [[1], [2]]) is None
    True
    """
    unknowns = len(matrix[0]) if matrix else 0
    width = len(right[0]) if right else 0
    rows = [[Fraction(v) for v in (*a, *b)] for a, b in zip(matrix, right, strict=True)]
    pivots: list[int] = []
    for column in range(unknowns):
        found = next((i for i in range(len(pivots), len(rows)) if rows[i][column]), None)
        if found is None:
            continue
        at = len(pivots)
        rows[at], rows[found] = rows[found], rows[at]
        lead = rows[at][column]
        rows[at] = [v / lead for v in rows[at]]
        for i, row in enumerate(rows):
            if i != at and row[column]:
                factor = row[column]
                rows[i] = [v - factor * w for v, w in zip(row, rows[at], strict=True)]
        pivots.append(column)
    if any(any(row[unknowns:]) for row in rows[len(pivots) :]):
        return None
    solution = [[Fraction(0)] * width for _ in range(unknowns)]
    for i, column in enumerate(pivots):
        solution[column] = rows[i][unknowns:]
    return solution


def as_integers(matrix: Sequence[Sequence[Rational]]) -> Matrix | None:
    """Return the matrix as integers, or None when an entry is not one."""
    if any(v.denominator != 1 for row in matrix for v in row):
        return None
    return [[int(v) for v in row] for row in matrix]


def multiply(a: Sequence[Sequence[Any]], b: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the product of two matrices of integers or Fractions."""
    columns = list(zip(*b, strict=True))
    return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in a]


def transpose(matrix: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the transposed matrix."""
    return [list(column) for column in zip(*matrix, strict=True)]


def lattice_basis(generators: Sequence[Sequence[int]]) -> Matrix:
    """Return a basis, in Hermite form, of the lattice of all integer combinations of the given rows.

    >>> lattice_basis([[2, 0], [3, 0], [0, 4]])
    [[1, 0], [0, 4]]
    """
    rows = [[int(v) for v in row] for row in generators if any(row)]
    width = len(rows[0]) if rows else 0
    basis: Matrix = []
    for column in range(width):
        active = [row for row in rows if row[column]]
        rest = [row for row in rows if not row[column]]
        while len(active) > 1:
            active.sort(key=lambda row: abs(row[column]))
            lead = active[0]
            reduced = []
            for row in active[1:]:
                factor = row[column] // lead[column]
                reduced.append([v - factor * w for v, w in zip(row, lead, strict=True)])
            active = [lead, *(row for row in reduced if row[column])]
            rest += [row for row in reduced if not row[column] and any(row)]
        if active:
            lead = active[0] if active[0][column] > 0 else [-v for v in active[0]]
            for i, row in enumerate(basis):
                factor = row[column] // lead[column]
                basis[i] = [v - factor * w for v, w in zip(row, lead, strict=True)]
            basis.append(lead)
        rows = rest
    return basis


def reduce_basis(basis: Sequence[Sequence[int]]) -> Matrix:
    """Return an LLL-reduced basis of the same lattice (Lenstra, Lenstra and Lovasz 1982, factor 3/4), exactly.

    The rows given must be independent.

    >>> reduce_basis([[1, 0], [7, 1]])
    [[1, 0], [0, 1]]
    """
    rows = [list(row) for row in basis]
    n = len(rows)

    def gram_schmidt() -> tuple[list[list[Fraction]], list[Fraction]]:
        stars: list[list[Fraction]] = []
        norms: list[Fraction] = []
        mu = [[Fraction(0)] * n for _ in range(n)]
        for i, row in enumerate(rows):
            star = [Fraction(v) for v in row]
            for j, other in enumerate(stars):
                mu[i][j] = sum((v * w for v, w in zip(row, other, strict=True)), Fraction(0)) / norms[j]
                star = [v - mu[i][j] * w for v, w in zip(star, other, strict=True)]
            stars.append(star)
            norms.append(sum((v * v for v in star), Fraction(0)))
        return mu, norms

    k = 1
    mu, norms = gram_schmidt()
    while k < n:
        for j in range(k - 1, -1, -1):
            factor = round(mu[k][j])
            if factor:
                rows[k] = [v - factor * w for v, w in zip(rows[k], rows[j], strict=True)]
                for i in range(j):
                    mu[k][i] -= factor * mu[j][i]
                mu[k][j] -= factor
        if norms[k] >= (Fraction(3, 4) - mu[k][k - 1] ** 2) * norms[k - 1]:
            k += 1
        else:
            rows[k], rows[k - 1] = rows[k - 1], rows[k]
            mu, norms = gram_schmidt()
            k = max(k - 1, 1)
    return rows
