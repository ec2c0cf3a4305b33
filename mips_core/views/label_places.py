"""Where the words on arrows stand: a label takes the free place nearest to the middle of its arrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Box = tuple[float, float, float, float]

LINE_HEIGHT = 15.0
_CHARACTER = 7.4  # width of a digit at 12.5 px, with some air
_MARGIN = 12.0  # around a label; what is further away does not count
_FIRST = 12  # places that are looked at before most others can be left out
_SIDES = (1.0, -1.0)
_EXTRA = (0.0, 6.0, 12.0, 20.0, 30.0)  # from the arrow, beside the least
FINE = 41
"""Points along an arrow, of which some are where labels are tried."""

_ON_LOOP, _ON_ARROW = (20, 14, 26), (20, 16, 24, 12, 28, 9, 31, 34)


def _far(shares: Sequence[int]) -> FloatArray:
    """Return what each place costs by itself, for its distance from the arrow's middle, float64 (places,)."""
    return np.array([
        abs(share - 20) * 0.02 + extra * 0.03 + (0.15 if side < 0 else 0)
        for share in shares for side in _SIDES for extra in _EXTRA
    ])  # fmt: skip


_COSTS = {shares: _far(shares) for shares in (_ON_LOOP, _ON_ARROW)}


class LabelPlaces:
    """The sheet on which labels are placed one after the other, each away from what is there already."""

    def __init__(
        self,
        points: FloatArray,
        sources: Sequence[int],
        labelled: Sequence[bool],
        taken: Sequence[Box],
        by_source: bool,
    ) -> None:
        """Begin with the arrows and the boxes of what is no label.

        Parameters
        ----------
        points : along each arrow, float64 (arrows, points, 2)
        sources : the state that each arrow leaves
        labelled : whether an arrow has words
        taken : boxes of states and of the start arrow
        by_source : whether only the labels of arrows that leave one and the same state are ever seen together
        """
        self._points = points
        self._low, self._high = points.min(axis=1), points.max(axis=1)
        self._sources, self._labelled = np.array(sources), np.array(labelled, dtype=bool)
        self._by_source = by_source
        self._boxes = np.empty((len(taken) + len(sources), 4))
        self._boxes[: len(taken)] = taken
        self._owners = np.full(len(self._boxes), -1)  # the state that a label's arrow leaves; -1 for what is no label
        self._count = len(taken)

    def place(self, arrow: int, fine: FloatArray, text: Sequence[str], *, loop: bool) -> Box:
        """Place a label where it collides least with states, labels and arrows, and stands nearest to its own arrow.

        Parameters
        ----------
        arrow : its number
        fine : points along it, float64 (:data:`FINE`, 2)
        text : its lines, one at least
        loop : whether it leads back to the state that it leaves
        """
        width = max(len(line) for line in text) * _CHARACTER + 4
        height = len(text) * LINE_HEIGHT
        shares = _ON_LOOP if loop else _ON_ARROW
        centres = _around(fine, shares, width, height)
        overlap = self._overlaps(arrow, centres, width, height)
        covered = overlap.sum(axis=1) * 0.6 + 30.0 * np.count_nonzero(overlap > 2, axis=1)
        # no place costs less than this, so most need not be compared with the lines
        least = _COSTS[shares] + covered
        ink = self._ink(arrow, centres, width)
        found = np.full(len(least), np.inf)
        first = least <= np.partition(least, _FIRST)[_FIRST]
        for chosen in first, ~first:
            tried = np.flatnonzero(chosen & (least <= found.min()))
            if len(tried):
                found[tried] = _COSTS[shares][tried] + ink.cost(covered[tried], centres[tried], width, height)
        best = int(np.argmin(found))
        box = float(centres[best, 0]), float(centres[best, 1]), width, height
        self._boxes[self._count], self._owners[self._count] = box, self._sources[arrow]
        self._count += 1
        return box

    def _ink(self, arrow: int, centres: FloatArray, width: float) -> _Ink:
        """Return the points of lines that a label of an arrow could touch at one of the places."""
        low, high = centres.min(axis=0) - _MARGIN - width / 2, centres.max(axis=0) + _MARGIN + width / 2
        near = ((self._high > low) & (self._low < high)).all(axis=1)
        seen = near & self._labelled
        if self._by_source:
            seen &= self._sources == self._sources[arrow]
        seen[arrow] = False
        labelled, faint = np.flatnonzero(seen), np.flatnonzero(near & ~self._labelled)
        points = self._points[np.concatenate(([arrow], labelled, faint))]
        inside = ((points > low) & (points < high)).all(axis=2)
        own, others = int(inside[0].sum()), int(inside[1 : 1 + len(labelled)].sum())
        x, y = points[inside].T
        return _Ink(x, y, own, own + others)

    def _overlaps(self, arrow: int, centres: FloatArray, width: float, height: float) -> FloatArray:
        """Return for each place (C, 2) how deep it lies in each box that counts, float64 (C, boxes), 0 outside."""
        boxes, owners = self._boxes[: self._count], self._owners[: self._count]
        if self._by_source:
            boxes = boxes[(owners < 0) | (owners == self._sources[arrow])]
        reach = np.array([width, height]) / 2 + boxes[:, 2:] / 2
        low, high = centres.min(axis=0) - reach, centres.max(axis=0) + reach
        met = np.flatnonzero(((boxes[:, :2] > low) & (boxes[:, :2] < high)).all(axis=1))
        deep = np.zeros((len(centres), len(boxes)))
        across = reach[met, 0] - np.abs(centres[:, :1] - boxes[met, 0])
        down = reach[met, 1] - np.abs(centres[:, 1:] - boxes[met, 1])
        deep[:, met] = np.maximum(np.minimum(across, down), 0.0)
        return deep


@dataclass(frozen=True, eq=False)
class _Ink:
    """Points of lines that a label should keep off.

    Parameters
    ----------
    x, y : float64 (P,): of its own arrow, then of others with words, then of others without
    own, others : where the second and the third kind begin
    """

    x: FloatArray
    y: FloatArray
    own: int
    others: int

    def cost(self, covered: FloatArray, centres: FloatArray, width: float, height: float) -> FloatArray:
        """Return for each place (C, 2) how much it covers, and whether another arrow is nearer than its own.

        Text on text cannot be read; text on a line can, since it has a margin of the background's colour.
        ``covered`` is what each covers of other boxes.
        """
        across = np.abs(centres[:, :1] - self.x) - width / 2  # to the label's box, (C, P)
        down = np.abs(centres[:, 1:] - self.y) - height / 2
        np.maximum(across, 0.0, out=across)
        np.maximum(down, 0.0, out=down)
        squares = across * across + down * down
        touched = squares <= 1
        parts = slice(0, self.own), slice(self.own, self.others), slice(self.others, None)
        on_own, on_others, on_faint = (np.count_nonzero(touched[:, part], axis=1) for part in parts)
        gap, nearest = (_least(across[:, part], down[:, part], squares[:, part]) for part in parts[:2])
        unclear = np.clip(gap + 3.0 - nearest, 0.0, 12.0) / 12.0
        cost: FloatArray = covered + 0.6 * on_own + 0.6 * on_others + 0.15 * on_faint + 2.0 * unclear
        return cost


def _around(fine: FloatArray, shares: Sequence[int], width: float, height: float) -> FloatArray:
    """Return the places to try, float64 (shares * sides * distances, 2): beside points of an arrow, clear of it."""
    at = np.array(shares)
    tangents = fine[at + 1] - fine[at - 1]
    lengths = np.sqrt([tangent.dot(tangent) for tangent in tangents])
    normals = np.stack([tangents[:, 1], -tangents[:, 0]], axis=1) / np.maximum(lengths, 1e-9)[:, None]
    reach = np.abs(normals[:, 0]) * width / 2 + np.abs(normals[:, 1]) * height / 2 + 5
    away = np.array(_SIDES)[:, None] * normals[:, None]  # (shares, sides, 2)
    distances = reach[:, None] + np.array(_EXTRA)  # (shares, distances)
    return (fine[at, None, None] + away[:, :, None] * distances[:, None, :, None]).reshape(-1, 2)


def _least(across: FloatArray, down: FloatArray, squares: FloatArray) -> FloatArray:
    """Return the least distance in each row, float64 (C,), infinite where there is no point.

    Distances are exact to the last digit: mirrored places, which tie, must stay tied.  That takes longer than squares,
    so it is done for the points alone whose squares are the least, but for rounding.
    """
    if not squares.shape[1]:
        return np.full(len(squares), np.inf)
    row, point = np.nonzero(squares <= squares.min(axis=1)[:, None] * (1 + 1e-12))
    first = np.searchsorted(row, np.arange(len(squares)))
    found: FloatArray = np.minimum.reduceat(np.hypot(across[row, point], down[row, point]), first)
    return found
