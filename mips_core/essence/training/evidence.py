"""Labels that are probabilities: each subconcept is a piece of evidence, and the evidence of all adds up.

Samples of equal label that share an active input are one piece.  A piece's neuron need not compare it with every other
piece: it reads a *cover*, a few differentiae that between them refuse every sample of another label (a tie refuses).
Of all covers it takes the one that touches the fewest inputs, so that a neuron stays local and alike from piece to
piece.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError, NoRegularStructureError
from mips_core.essence.network import EssenceNetwork, Layer, Subconcept
from mips_core.essence.training.margin import differentia
from mips_core.essence.training.pieces import pieces_of
from mips_core.essence.training.separability import Group, separable
from mips_core.progress import Monitor

Integers = NDArray[np.int64]

SCALE = 1000
"""Parts of one that concept weights are rounded to."""

_MOST_PARTNERS = 12
_LARGEST_COVER = 4


@dataclass(frozen=True)
class _Piece:
    """One piece: its class (a row of y), its rank in the class, its samples and the inputs active in some of them."""

    label: tuple[float, ...]
    rank: int
    members: Group
    support: frozenset[int]


@dataclass(frozen=True)
class _Neuron:
    """A differentia between pieces: positive on the piece itself; numbers on ``inputs`` only."""

    inputs: Integers
    weights: Integers
    bias: int


def evidence_network(
    x: Integers,
    y: NDArray[np.float64],
    rows: list[tuple[int, ...]],
    shape: tuple[int, ...],
    units: int,
    monitor: Monitor,
) -> EssenceNetwork:
    """Return the network of evidence.

    Parameters
    ----------
    x : int64 (P, n), distinct rows in units of one part in ``units``
    y : (P, k) probabilities
    rows : for each row of x its samples
    shape : of one input

    Raises
    ------
    BadInputError : for labels outside 0..1
    NoRegularStructureError : where pieces of different labels are not linearly separable
    """
    if not ((y >= 0) & (y <= 1)).all():
        raise BadInputError("Labels that are not whole numbers must be probabilities, between 0 and 1.")
    pieces = _pieces(x, y)
    covers = _Covers(x, y, pieces)
    read: dict[tuple[int, int], _Neuron] = {}
    own: list[list[tuple[tuple[int, int], int]]] = []
    for number in range(len(pieces)):
        if number % 50 == 0:
            monitor.report("train", f"Choosing what piece {number + 1} of {len(pieces)} reads", number / len(pieces))
        chosen = []
        for partner in covers.cover(number):
            pair = (min(number, partner), max(number, partner))
            read[pair] = covers.neuron(*pair)
            chosen.append((pair, 1 if number < partner else -1))
        own.append(chosen)
    pairs = tuple(sorted(read))
    at = {pair: k for k, pair in enumerate(pairs)}
    first = _first_layer([read[pair] for pair in pairs], x.shape[1], units)
    weights = np.zeros((len(pieces), len(pairs)), dtype=np.int64)
    for number, chosen in enumerate(own):
        for pair, sign in chosen:
            weights[number, at[pair]] = 2 * sign
    second = Layer("subconcept", weights, 1 - np.abs(weights).sum(axis=1))
    subconcepts = tuple(
        Subconcept(0, piece.label, tuple(sorted(r for p in piece.members for r in rows[p]))) for piece in pieces
    )
    return EssenceNetwork(shape, (first, second, _concepts(pieces)), (), False, subconcepts, pairs, "and")


def _pieces(x: Integers, y: NDArray[np.float64]) -> list[_Piece]:
    """Return the pieces: classes in descending order of their rows, in each by the inputs that are active."""
    found: list[_Piece] = []
    for label in np.unique(y, axis=0):
        members = tuple(int(p) for p in np.flatnonzero((y == label).all(axis=1)))
        groups = [
            (tuple(int(k) for k in np.flatnonzero(x[list(group)].any(axis=0))), group)
            for group in pieces_of(x, members)
        ]
        row = tuple(float(v) for v in label)
        found += [_Piece(row, rank, group, frozenset(s)) for rank, (s, group) in enumerate(sorted(groups))]
    return found


def _concepts(pieces: list[_Piece]) -> Layer:
    """Return the evidence: half the log odds of each probability, bounded by 10, for each piece that is there.

    The outputs of pieces are -1 and 1.  Weights w on them with the sum of all w as bias are 2 w for each piece that
    says 1 and nothing for the others, which is why the scale is twice that of the numbers.
    """
    with np.errstate(divide="ignore"):
        odds = np.array([piece.label for piece in pieces])
        logit = np.log(odds) - np.log1p(-odds)
    weights = np.round(np.clip(0.5 * logit, -10, 10) * SCALE).astype(np.int64).T
    return Layer("concept", weights, weights.sum(axis=1), 2 * SCALE)


def _first_layer(neurons: list[_Neuron], inputs: int, units: int) -> Layer:
    weights = np.zeros((len(neurons), inputs), dtype=np.int64)
    for k, neuron in enumerate(neurons):
        weights[k, neuron.inputs] = neuron.weights * units
    bias = np.array([neuron.bias for neuron in neurons], dtype=np.int64)
    return Layer("differentia", weights, bias)


class _Covers:
    """Finds for a piece the differentiae that refuse all samples of other labels."""

    def __init__(self, x: Integers, y: NDArray[np.float64], pieces: list[_Piece]) -> None:
        from scipy.sparse import csc_matrix

        self._x = x
        self._by_input = csc_matrix(x)
        self._pieces = pieces
        classes = {label: k for k, label in enumerate(sorted({piece.label for piece in pieces}))}
        self._class = np.array([classes[tuple(float(v) for v in row)] for row in y])
        self._piece_class = [classes[piece.label] for piece in pieces]
        self._of_sample = np.zeros(len(x), dtype=np.int64)
        self._same_rank: dict[int, list[int]] = {}
        self._touching: dict[int, list[int]] = {}
        for number, piece in enumerate(pieces):
            self._of_sample[list(piece.members)] = number
            self._same_rank.setdefault(piece.rank, []).append(number)
            for k in piece.support:
                self._touching.setdefault(k, []).append(number)

    def neuron(self, a: int, b: int) -> _Neuron:
        """Return the differentia that is positive on piece a and negative on piece b."""
        first, second = self._pieces[a], self._pieces[b]
        inputs = np.array(sorted(first.support | second.support), dtype=np.int64)
        at_a, at_b = (self._x[np.ix_(np.array(piece.members), inputs)] for piece in (first, second))
        if not separable(at_a, at_b):
            raise NoRegularStructureError(
                f"The pieces of evidence {a} and {b}, with labels {first.label} and {second.label}, are not linearly "
                "separable: samples of one label that share an input do not belong together here.",
                ("pieces of samples that share an input",),
            )
        both = np.vstack([at_a, at_b])
        found = differentia(at_a, at_b, np.ones(len(inputs), dtype=np.int64), both.min(axis=0), both.max(axis=0))
        used = np.flatnonzero(found.weights)
        return _Neuron(inputs[used], found.weights[used], found.bias)

    def cover(self, number: int) -> list[int]:
        """Return the partners whose differentiae this piece reads, ascending."""
        other = self._class != self._piece_class[number]
        refused: dict[int, NDArray[np.bool_]] = {}
        costs: dict[int, tuple[int, bool, int]] = {}

        def consider(partner: int) -> None:
            neuron = self.neuron(number, partner)
            same_rank = self._pieces[partner].rank == self._pieces[number].rank
            refused[partner] = self._refused(neuron)
            costs[partner] = (len(neuron.inputs), not same_rank, partner)

        for partner in self._near(number):
            consider(partner)
        while (left := other & ~np.any(list(refused.values()), axis=0) if refused else other).any():
            consider(int(self._of_sample[np.flatnonzero(left)[0]]))
        return _cheapest_cover({p: mask[other] for p, mask in refused.items()}, costs)

    def _near(self, number: int) -> list[int]:
        """Return the pieces of other labels of the same rank, or with a common active input, nearest ones first."""
        piece = self._pieces[number]
        near = dict.fromkeys(self._same_rank[piece.rank])
        for k in sorted(piece.support):
            if len(near) > 4 * _MOST_PARTNERS:
                break
            near.update(dict.fromkeys(self._touching[k]))
        return [p for p in near if self._piece_class[p] != self._piece_class[number]][:_MOST_PARTNERS]

    def _refused(self, neuron: _Neuron) -> NDArray[np.bool_]:
        """Return which samples the neuron does not call positive, (P,)."""
        sums: NDArray[Any] = self._by_input[:, neuron.inputs] @ neuron.weights + neuron.bias
        return np.asarray(sums <= 0)


def _cheapest_cover(refused: dict[int, NDArray[np.bool_]], costs: dict[int, tuple[int, bool, int]]) -> list[int]:
    """Return the partners that together refuse everything and touch the fewest inputs.

    All sets of up to a few partners are compared; where none of those covers, the cheapest refusals are added up.
    """
    partners = sorted(refused, key=lambda p: costs[p])

    def price(chosen: Iterable[int]) -> tuple[int, int, tuple[tuple[int, bool, int], ...]]:
        paid = sorted(costs[p] for p in chosen)
        return sum(c[0] for c in paid), sum(c[1] for c in paid), tuple(paid)

    few = partners[: 2 * _MOST_PARTNERS]
    for size in range(0, _LARGEST_COVER + 1):
        covering = (
            [chosen for chosen in combinations(few, size) if np.all(np.any([refused[p] for p in chosen], axis=0))]
            if size
            else ([()] if not any(mask.size for mask in refused.values()) else [])
        )
        if covering:
            larger = combinations(few, size + 1)
            covering += [c for c in larger if np.all(np.any([refused[p] for p in c], axis=0))]
            return sorted(min(covering, key=price))
    return _greedy_cover(refused, costs, partners)


def _greedy_cover(
    refused: dict[int, NDArray[np.bool_]], costs: dict[int, tuple[int, bool, int]], partners: list[int]
) -> list[int]:
    """Return a cover by taking again and again the partner that refuses most of what is left for each input."""
    left = np.ones(len(refused[partners[0]]), dtype=np.bool_)
    chosen: list[int] = []
    while left.any():
        best = max(partners, key=lambda p: int((refused[p] & left).sum()) / costs[p][0])
        chosen.append(best)
        left &= ~refused[best]
    return sorted(chosen)
