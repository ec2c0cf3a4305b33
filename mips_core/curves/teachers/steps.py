"""What an additive teacher adds for a feature, as data: a step function of a number, or a table of levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.transforms import Floats

MOST_STEPS = 255
"""Most steps of a number, and most levels: as many as boosted trees tell apart."""

_SAMPLE = 200_000  # rows from which the places of steps are told


@dataclass(frozen=True)
class Steps:
    """A step function of a number.

    Parameters
    ----------
    edges: (m - 1,) rising float64; step i holds values above edge i - 1 and up to edge i.
    heights: (m,) float64, what each step adds.
    missing: what a missing value adds.
    """

    edges: Floats
    heights: Floats
    missing: float = 0.0

    def __call__(self, values: NDArray[Any]) -> Floats:
        """Return what each of ``values`` adds, (rows,)."""
        return np.append(self.heights, self.missing)[step_codes(values, self.edges)]


@dataclass(frozen=True)
class LevelTable:
    """What each level adds; ``missing`` where there is none, ``other`` for one that was never seen."""

    levels: Mapping[str, float]
    missing: float = 0.0
    other: float = 0.0

    def __call__(self, values: NDArray[Any]) -> Floats:
        """Return what each of ``values`` adds, (rows,)."""
        get = self.levels.get
        return np.array(
            [self.missing if each is None else get(each, self.other) for each in values.tolist()], dtype=np.float64
        )


Effect = Steps | LevelTable


def step_codes(values: NDArray[Any], edges: Floats) -> NDArray[np.int64]:
    """Return the step of each value, (rows,): 0 to len(edges), and len(edges) + 1 for NaN."""
    codes = np.searchsorted(edges, values, side="left")
    return np.where(np.isnan(values), len(edges) + 1, codes)


def step_edges(values: Floats, most: int = MOST_STEPS) -> Floats:
    """Return the edges between steps: midway between neighbouring values, or of about equal shares of the rows.

    Parameters
    ----------
    values: (rows,) float64; NaN are passed over.
    most: most steps.

    Returns
    -------
    (steps - 1,) float64, strictly rising, each at least one value below or at it and one above.
    """
    present = values[~np.isnan(values)]
    if len(present) > _SAMPLE:
        present = np.random.default_rng(0).choice(present, _SAMPLE, replace=False)
    ordered = np.sort(present)
    starts = np.flatnonzero(np.diff(ordered) > 0) + 1  # where a new value begins
    if len(starts) >= most:
        wanted = np.arange(1, most) * (len(ordered) / most)
        starts = np.unique(starts[np.minimum(np.searchsorted(starts, wanted), len(starts) - 1)])
    return midway(ordered[starts - 1], ordered[starts])


def midway(below: Floats, above: Floats) -> Floats:
    """Return the middle between neighbouring values, (n,); the lower one where floating point has none between."""
    middle = below / 2 + above / 2
    return np.where((below < middle) & (middle < above), middle, below)


def level_codes(values: NDArray[Any], levels: Mapping[str, int]) -> NDArray[np.int64]:
    """Return the code of each level, (rows,): -1 where it is missing, -2 where ``levels`` lacks it."""
    return np.array([-1 if each is None else levels.get(each, -2) for each in values.tolist()], dtype=np.int64)
