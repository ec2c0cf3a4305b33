"""How much of a difference between two models on held-out rows is chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.metrics import main_metric, score_metrics
from mips_core.curves.model import Task
from mips_core.curves.transforms import Floats

_DRAWS = 60
_MOST_ROWS = 20_000
"""Rows above which nothing is drawn: there chance is small, and drawing takes long."""


def chance_spread(
    task: Task, target: Floats, one: Floats, other: Floats, groups: NDArray[np.int64] | None = None, seed: int = 0
) -> float | None:
    """Return the standard deviation of the difference of two models' main metrics when held-out rows are drawn anew.

    A paired bootstrap (Efron 1979): rows, or for ranking whole groups, are drawn with replacement, the same for both.

    Parameters
    ----------
    target, one, other: (rows,) the truth and the two models' scores.
    groups: (rows,) for ranking.

    Returns
    -------
    None where the difference is not defined in most draws, or there are more than 20,000 rows
    """
    if not 2 <= len(target) <= _MOST_ROWS:
        return None
    key = main_metric(task)[0]
    random = np.random.default_rng(seed)
    differences = []
    for _ in range(_DRAWS):
        rows, drawn = _drawn(len(target), groups, random)
        found = [score_metrics(task, target[rows], scores[rows], drawn)[key] for scores in (one, other)]
        differences.append(found[0] - found[1])
    told = np.array(differences)[np.isfinite(differences)]
    return float(told.std()) if len(told) > _DRAWS / 2 else None


def _drawn(
    count: int, groups: NDArray[np.int64] | None, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """Return drawn rows and their groups; a group that is drawn twice counts as two groups."""
    if groups is None:
        return random.integers(0, count, count), None
    _, codes = np.unique(groups, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    chosen = random.integers(0, len(members), len(members))
    rows = [members[each] for each in chosen]
    return np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(each) for each in rows])
