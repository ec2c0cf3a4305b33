"""Data and test images of shape orientation: is a stroke vertical (1) or horizontal (0)?

Taught are full straight lines only.  Judged are strokes that were never seen: sloped, dotted, zigzag, outlined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.essence.data import EssenceData, Samples
from mips_core.essence.tasks.judging import Function, Judge, Problem, Scaling, Size, count_inputs

Image = NDArray[np.int64]

STEEPEST = 0.3
"""Most columns that a sloped stroke moves aside from one row to the next."""

STEEPEST_DOTTED = 1.0
"""The same for sloped strokes with gaps, which may come down as steeply as they go aside."""

DOTTED_DIAGONAL = "dotted-diagonal"
"""The kind that is reported apart: on the more sloped ones no two pixels share a column, so that all looks alike."""


def orientation_data() -> EssenceData:
    """Return all full columns (1) and full rows (0) of n by n pixels, at n = 28, 6 and 10."""
    return EssenceData(tuple(_lines(n) for n in (28, 6, 10)), name="orientation")


def _lines(n: int) -> Samples:
    columns = np.zeros((n, n, n), dtype=np.int64)
    columns[np.arange(n), :, np.arange(n)] = 1
    labels = np.repeat([1, 0], n)
    return Samples(np.concatenate([columns, columns.transpose(0, 2, 1)]), labels)


def diagonal(n: int, rng: np.random.Generator, steepest: float = STEEPEST) -> Image:
    """Return a stroke from top to bottom, one pixel in each row, that moves at most ``steepest`` columns a row.

    It starts anywhere such that all of it is inside the n by n pixels.
    """
    slope = rng.uniform(-steepest, steepest)
    drift = slope * (n - 1)
    start = rng.uniform(max(0.0, -drift), n - 1 - max(0.0, drift))
    return _pixels(n, np.rint(start + slope * np.arange(n)).astype(np.int64))


def dotted(n: int, rng: np.random.Generator) -> Image:
    """Return a straight vertical stroke with every second pixel missing."""
    return _every_second(_pixels(n, np.full(n, rng.integers(n))), rng)


def zigzag(n: int, rng: np.random.Generator) -> Image:
    """Return a stroke that shifts by one column to and fro, every few rows (one row up to a quarter of them)."""
    every = rng.integers(1, max(1, n // 4) + 1)
    phase = rng.integers(2 * every)
    return _pixels(n, rng.integers(n - 1) + (np.arange(n) + phase) // every % 2)


def outline(n: int, rng: np.random.Generator) -> Image:
    """Return the outline, one pixel wide, of a straight vertical stroke that is one to three pixels wide."""
    inside = rng.integers(1, 4)
    left = rng.integers(n - inside - 1)
    image = np.zeros((n, n), dtype=np.int64)
    image[:, left : left + inside + 2] = 1
    image[1:-1, left + 1 : left + inside + 1] = 0
    return image


def dotted_diagonal(n: int, rng: np.random.Generator) -> Image:
    """Return a stroke with every second pixel missing, sloped by at most :data:`STEEPEST_DOTTED` columns a row."""
    return _every_second(diagonal(n, rng, STEEPEST_DOTTED), rng)


STROKES: Mapping[str, Callable[[int, np.random.Generator], Image]] = {
    "diagonal": diagonal,
    "dotted": dotted,
    "zigzag": zigzag,
    "outline": outline,
    DOTTED_DIAGONAL: dotted_diagonal,
}
"""By kind, what draws a vertical stroke on n by n pixels; a horizontal one is its transpose."""


def _pixels(n: int, columns: NDArray[np.int64]) -> Image:
    image = np.zeros((n, n), dtype=np.int64)
    image[np.arange(n), columns] = 1
    return image


def _every_second(image: Image, rng: np.random.Generator) -> Image:
    image[rng.integers(2) :: 2] = 0
    return image


def strokes(kind: str, n: int, count: int, rng: np.random.Generator) -> Iterator[tuple[Image, int]]:
    """Yield images of one kind with their labels: vertical (1) and horizontal (0) in turn."""
    for number in range(count):
        image = STROKES[kind](n, rng)
        yield (image, 1) if number % 2 == 0 else (image.T, 0)


def orientation_judge() -> Judge:
    """Judge a function from an image to 1 (vertical), 0 (horizontal) or None, on each kind of stroke in turn."""
    return Judge(
        measure=_measure,
        quick=(((28, 28), 200), ((280, 280), 10), ((1_000, 1_000), 2)),
        full=(((28, 28), 10_000), ((280, 280), 1_000), ((1_000, 1_000), 30)),
        smallest=(8, 8),
    )


def _measure(function: Function, size: Size, cases: int, rng: np.random.Generator) -> tuple[Scaling, ...]:
    if size[0] != size[1]:
        raise BadInputError(f"Images of strokes are square; there are none of {size[0]} by {size[1]} pixels.")
    return tuple(count_inputs(function, _problems(kind, size[0], cases, rng), size, kind) for kind in STROKES)


def _problems(kind: str, n: int, cases: int, rng: np.random.Generator) -> Iterator[Problem]:
    return (((image.tolist(),), label) for image, label in strokes(kind, n, cases, rng))
