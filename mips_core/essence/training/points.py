"""The labelled points of one decision, in as few coordinates as say the same.

Three reductions lose nothing.  An input is *free* when every sample occurs with each of its values under one label:
no hyperplane of greatest margin reads it.  Inputs are *interchangeable* when swapping any two of them maps the
labelled set to itself: such a hyperplane gives them one weight, so that their sum is all it reads.  Samples with equal
sums are then one point.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError

FINEST = 2**20
"""Real inputs are read as multiples of one part in this many, where no smaller number of parts holds them."""

_GRIDS = (1, 2, 4, 5, 8, 10, 16, 20, 100, 1000, 10_000, 1_000_000)


@dataclass(frozen=True)
class Points:
    """Distinct labelled points.

    Parameters
    ----------
    coordinates : int64 (P, c): sums of the inputs of each class, rows in lexicographic order
    labels : int64 (P,)
    columns : for each coordinate the inputs that it adds up, ascending
    members : for each point its rows in the array that was reduced, ascending
    low, high : int64 (c,): the least and greatest sums that the values of the inputs allow
    """

    coordinates: NDArray[np.int64]
    labels: NDArray[np.int64]
    columns: tuple[tuple[int, ...], ...]
    members: tuple[tuple[int, ...], ...]
    low: NDArray[np.int64]
    high: NDArray[np.int64]

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Return how many inputs each coordinate adds up, int64 (c,)."""
        return np.array([len(each) for each in self.columns], dtype=np.int64)

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Return how many samples each point stands for, (P,)."""
        return np.array([len(each) for each in self.members], dtype=np.float64)

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """Return the labels that occur, ascending."""
        return tuple(int(label) for label in np.unique(self.labels))

    def of_class(self, label: int) -> tuple[int, ...]:
        """Return the points of a label, ascending."""
        return tuple(int(p) for p in np.flatnonzero(self.labels == label))


def integer_inputs(x: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    """Return inputs as integers and the number of parts of one: ``integers / parts`` is x.

    Parameters
    ----------
    x : (N, ...) integers, Booleans or floats

    Returns
    -------
    int64 (N, n) and the number of parts, 1 for integers

    Raises
    ------
    BadInputError : for inputs that are not finite numbers, too large, or too close to one another
    """
    flat = np.asarray(x).reshape(len(x), -1)
    if flat.dtype.kind in "biu":
        return flat.astype(np.int64), 1
    if flat.dtype.kind != "f" or not np.isfinite(flat).all():
        raise BadInputError("The inputs must be finite numbers: remove rows with missing or infinite values.")
    for parts in _GRIDS:
        if np.allclose(flat * parts, np.round(flat * parts), rtol=0, atol=1e-9):
            return np.round(flat * parts).astype(np.int64), parts
    rounded = np.round(flat * FINEST)
    if np.abs(rounded).max(initial=0) >= 2**53 or len(np.unique(rounded, axis=0)) < len(np.unique(flat, axis=0)):
        raise BadInputError(
            f"The inputs range too far for steps of 1/{FINEST:,}: some are too large, or differ by less. "
            "Multiply or divide them by a power of ten."
        )
    return rounded.astype(np.int64), FINEST


def distinct(x: NDArray[np.int64], y: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[Any], list[tuple[int, ...]]]:
    """Return the distinct inputs in lexicographic order, with their labels and the rows where each stands.

    Parameters
    ----------
    x : int64 (N, n)
    y : (N,) or (N, k)

    Raises
    ------
    BadInputError : where one input has two labels
    """
    unique, inverse = np.unique(x, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    rows = np.argsort(inverse, kind="stable")
    starts = np.searchsorted(inverse[rows], np.arange(len(unique)))
    first = rows[starts]
    differs = np.flatnonzero((y != y[first[inverse]]).reshape(len(y), -1).any(axis=1))
    if differs.size:
        row = int(differs[0])
        other = int(first[inverse[row]])
        raise BadInputError(
            f"Rows {other} and {row} (counted from 0) hold the same input with different labels, "
            f"{np.asarray(y[other]).tolist()} and {np.asarray(y[row]).tolist()}: no network can give both. "
            "Remove one of them."
        )
    members = [tuple(int(r) for r in part) for part in np.split(rows, starts[1:])]
    return unique, y[first], members


def reduced(x: NDArray[np.int64], labels: NDArray[np.int64]) -> Points:
    """Return the points of one decision without free inputs, with sums for interchangeable ones.

    Parameters
    ----------
    x : int64 (P, n), distinct rows
    labels : int64 (P,)
    """
    keep = _bound_inputs(x, labels)
    narrow, first = np.unique(x[:, keep], axis=0, return_index=True)
    classes = interchangeable(narrow, labels[first])
    sums = np.stack([x[:, [keep[k] for k in each]].sum(axis=1) for each in classes], axis=1) if classes else x[:, :0]
    if not _consistent(sums, labels):
        classes = [[k] for k in range(len(keep))]
        sums = x[:, keep]
    coordinates, point_labels, members = distinct(sums, labels)
    columns = tuple(tuple(keep[k] for k in each) for each in classes)
    low, high = (np.array([bound[list(each)].sum() for each in columns], dtype=np.int64) for bound in _bounds(x))
    return Points(coordinates, point_labels, columns, tuple(members), low, high)


def _bounds(x: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return x.min(axis=0), x.max(axis=0)


def _consistent(sums: NDArray[np.int64], labels: NDArray[np.int64]) -> bool:
    """Say whether equal rows have equal labels (with three values, one sum can be reached in two ways)."""
    with_label = np.column_stack([sums, labels])
    return len(np.unique(with_label, axis=0)) == len(np.unique(sums, axis=0))


def _hash_factors(n: int) -> NDArray[np.uint64]:
    return np.random.default_rng(20240229).integers(1, 2**63, size=n, dtype=np.uint64) | np.uint64(1)


def _bound_inputs(x: NDArray[np.int64], labels: NDArray[np.int64]) -> list[int]:
    """Return the inputs that are not free, ascending."""
    keep = list(range(x.shape[1]))
    for k in range(x.shape[1]):
        values, counts = np.unique(x[:, k], return_counts=True)
        if len(values) > 1 and (counts[0] != counts).any():
            continue
        others = [j for j in keep if j != k]
        if len(values) == 1 or _is_product(x[:, others], labels, len(values)):
            _, first = np.unique(x[:, others], axis=0, return_index=True)
            x, labels = x[first], labels[first]
            keep = others
    return keep


def _is_product(rest: NDArray[np.int64], labels: NDArray[np.int64], values: int) -> bool:
    """Say whether each row of the other inputs occurs with every value of one input, under one label."""
    hashes = rest.astype(np.uint64) @ _hash_factors(rest.shape[1])
    if len(np.unique(hashes)) * values != len(rest):
        return False
    unique = np.unique(rest, axis=0)
    return len(unique) * values == len(rest) and _consistent(rest, labels)


def interchangeable(x: NDArray[np.int64], labels: NDArray[np.int64]) -> list[list[int]]:
    """Return the classes of inputs of which any two can be swapped without changing the labelled set.

    Being swappable is an equivalence, so each input is compared with the first of each class.

    Parameters
    ----------
    x : int64 (P, n), distinct rows
    labels : int64 (P,)
    """
    known = {row.tobytes(): int(label) for row, label in zip(x, labels, strict=True)}
    factors = _hash_factors(x.shape[1])
    hashes = x.astype(np.uint64) @ factors
    in_order = np.sort(hashes)
    _, codes = np.unique(labels, return_inverse=True)
    profile = [row.tobytes() for row in np.sort((x * (codes.max() + 1) + codes.reshape(-1, 1)).T, axis=1)]
    classes: list[list[int]] = []
    for k in range(x.shape[1]):
        heads = np.array([each[0] for each in classes if profile[each[0]] == profile[k]], dtype=np.int64)
        home = None
        for head in heads[_may_swap(x, hashes, in_order, factors, k, heads)]:
            if _swaps(x, known, labels, int(head), k):
                home = next(each for each in classes if each[0] == head)
                break
        if home is None:
            classes.append([k])
        else:
            home.append(k)
    return classes


def _may_swap(
    x: NDArray[np.int64],
    hashes: NDArray[np.uint64],
    in_order: NDArray[np.uint64],
    factors: NDArray[np.uint64],
    k: int,
    heads: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return which heads pass a quick test: the first row where they differ from k is, swapped, a row too."""
    if not heads.size:
        return np.zeros(0, dtype=np.bool_)
    differ = x[:, heads] != x[:, [k]]
    row = differ.argmax(axis=0)
    change = (x[row, k] - x[row, heads]).astype(np.uint64) * (factors[heads] - factors[k])
    swapped = hashes[row] + change
    place = np.minimum(np.searchsorted(in_order, swapped), len(in_order) - 1)
    return np.asarray((in_order[place] == swapped) | ~differ.any(axis=0))


def _swaps(x: NDArray[np.int64], known: dict[bytes, int], labels: NDArray[np.int64], i: int, j: int) -> bool:
    """Say whether swapping inputs i and j maps the labelled set to itself."""
    for row in np.flatnonzero(x[:, i] != x[:, j]):
        swapped = x[row].copy()
        swapped[[i, j]] = swapped[[j, i]]
        if known.get(swapped.tobytes()) != labels[row]:
            return False
    return True
