"""Subconcepts that the inputs themselves suggest: samples of one label that share an active input belong together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.training.points import Points
from mips_core.essence.training.separability import Group, OutOfTimeError, Separability

MOST_PAIRS = 20_000
"""Pairs of pieces of different classes above which the partition is not used."""


def connected_pieces(points: Points, oracle: Separability) -> list[Group] | None:
    """Return the pieces of each class, or None where two pieces of different classes are not separable.

    Parameters
    ----------
    points : any number
    oracle : over the same points
    """
    pieces = [piece for label in points.classes for piece in pieces_of(points.coordinates, points.of_class(label))]
    counts = [sum(points.labels[piece[0]] == label for piece in pieces) for label in points.classes]
    if (sum(counts) ** 2 - sum(c * c for c in counts)) // 2 > MOST_PAIRS:
        return None
    for k, piece in enumerate(pieces):
        for other in pieces[k + 1 :]:
            try:
                if points.labels[piece[0]] != points.labels[other[0]] and not oracle.separable(piece, other):
                    return None
            except OutOfTimeError:
                return None
    return pieces


def pieces_of(x: NDArray[Any], members: Group) -> list[Group]:
    """Return the connected components of rows of x, where two rows with a common non-zero input are linked.

    Parameters
    ----------
    x : (P, c)
    members : rows to look at

    Returns
    -------
    ascending groups, by their first row; a row of zeros is a piece of its own
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    index = np.array(members)
    rows, inputs = np.nonzero(x[index])
    size = len(index) + x.shape[1]
    links = coo_matrix((np.ones(len(rows)), (rows, len(index) + inputs)), shape=(size, size))
    part = connected_components(links, directed=False)[1][: len(index)]
    _, first = np.unique(part, return_index=True)
    return [tuple(int(p) for p in index[part == part[k]]) for k in sorted(first)]
