"""How good scores are: the usual measures of classification, regression and ranking (checked against scikit-learn)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.errors import CurveError
from mips_core.curves.model import Task
from mips_core.curves.transforms import Floats

CUT = 5
"""How many places at the top of a ranking NDCG looks at."""


def main_metric(task: Task) -> tuple[str, str, bool]:
    """Return the key, the name and whether higher is better of the measure by which a task is judged."""
    return {
        "classification": ("auc", "AUC", True),
        "regression": ("rmse", "RMSE", False),
        "ranking": (f"ndcg@{CUT}", f"NDCG@{CUT}", True),
    }[task]


def score_metrics(
    task: Task, target: Floats, scores: Floats, groups: NDArray[np.int64] | None = None
) -> dict[str, float]:
    """Return the measures of a task; NaN where one is not defined, e.g. AUC when all rows are of one class.

    Parameters
    ----------
    target: (rows,) as in :class:`mips_core.curves.study.Table`.
    scores: (rows,) log-odds of class 1, values, or sort keys.
    groups: (rows,) for ranking.

    Raises
    ------
    CurveError
        when lengths differ, a score is not finite, or ranking comes without groups.
    """
    target, scores = np.asarray(target, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if target.shape != scores.shape or target.ndim != 1 or not len(target):
        raise CurveError(
            f"Scores have the shape {scores.shape} and the target {target.shape}; one score a row is needed."
        )
    if not np.isfinite(scores).all():
        raise CurveError(f"The score of row {int(np.flatnonzero(~np.isfinite(scores))[0]) + 1} is not finite.")
    if task == "classification":
        return {"auc": auc(target, scores), "log_loss": log_loss(target, scores)}
    if task == "regression":
        return {"rmse": rmse(target, scores), "r2": r2(target, scores)}
    if groups is None:
        raise CurveError("Ranking is judged within groups; none are given.")
    return {f"ndcg@{CUT}": ndcg(target, scores, groups)}


def auc(target: Floats, scores: Floats) -> float:
    """Return the share of pairs of classes 1 and 0 in which 1 scores higher, ties as half; NaN for a single class."""
    positive = target > 0.5
    ones, zeros = int(positive.sum()), int((~positive).sum())
    if not ones or not zeros:
        return float("nan")
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2  # the mean rank, from 1, of equal scores
    return float((rank[place][positive].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def log_loss(target: Floats, log_odds: Floats) -> float:
    """Return the mean negative log-likelihood in nats of classes 0 and 1, given log-odds of 1."""
    return float(np.mean(np.logaddexp(0, log_odds) - target * log_odds))


def rmse(target: Floats, values: Floats) -> float:
    """Return the root of the mean squared error, in the target's units."""
    return float(np.sqrt(np.mean((target - values) ** 2)))


def r2(target: Floats, values: Floats) -> float:
    """Return the share of the target's variance that is explained; NaN where the target does not vary."""
    spread = float(np.sum((target - target.mean()) ** 2))
    return 1 - float(np.sum((target - values) ** 2)) / spread if spread > 0 else float("nan")


def within_groups(values: Floats, groups: NDArray[np.int64]) -> Floats:
    """Return each of ``values`` (rows,) minus the mean of its group: all of it that a sort key is about."""
    _, group = np.unique(groups, return_inverse=True)
    return np.asarray(values - (np.bincount(group, weights=values) / np.bincount(group))[group], dtype=np.float64)


def ndcg(relevance: Floats, scores: Floats, groups: NDArray[np.int64], cut: int = CUT) -> float:
    """Return the mean over groups of the normalised discounted cumulative gain (Järvelin and Kekäläinen 2002).

    Relevance r at place p (from 1) gains (2^r - 1) / log2(p + 1), up to place ``cut``; the best order gains 1.  Rows
    of equal score share the mean discount of their places, so the result does not depend on the rows' order (McSherry
    and Najork 2008).  Groups without a relevant row have no best order and are left out; NaN when all are such, and
    where no group has rows of different relevance, so that every order would be perfect.

    Parameters
    ----------
    relevance, scores, groups: (rows,); rows of one group need not stand together.
    """
    found = ndcg_by_group(relevance, scores, groups, cut)[1]
    told = ~np.isnan(found)
    return float(np.mean(found[told])) if told.any() and rankable_rows(relevance, groups).any() else float("nan")


def rankable_rows(relevance: Floats, groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each row stands in a group with rows of different relevance, (rows,): others teach no order."""
    names, group = np.unique(groups, return_inverse=True)
    least, most = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    np.minimum.at(least, group, relevance)
    np.maximum.at(most, group, relevance)
    return np.asarray((least < most)[group])


def ndcg_by_group(
    relevance: Floats, scores: Floats, groups: NDArray[np.int64], cut: int = CUT
) -> tuple[NDArray[np.int64], Floats]:
    """Return the groups, rising, and the gain of each as :func:`ndcg` defines it; NaN without a relevant row."""
    names, codes = np.unique(groups, return_inverse=True)
    gain = np.exp2(relevance) - 1
    found = _gains(codes, scores, gain, cut)
    best = _gains(codes, relevance, gain, cut)
    return names, np.divide(found, best, out=np.full(len(names), np.nan), where=best > 0)


def _gains(groups: NDArray[np.int64], keys: Floats, gain: Floats, cut: int) -> Floats:
    """Return each group's discounted gain when its rows are sorted by falling ``keys``, (groups,)."""
    order = np.lexsort((-keys, groups))
    group, key = groups[order], keys[order]
    sizes = np.bincount(group)
    begin = np.cumsum(sizes) - sizes
    place = np.arange(len(order)) - begin[group]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (group[1:] != group[:-1]) | (key[1:] != key[:-1])
    block = np.cumsum(new) - 1
    first = place[new]
    length = np.bincount(block)
    discount = np.zeros(int(sizes.max()) + 1)
    discount[1 : cut + 1] = (1 / np.log2(np.arange(2, cut + 2)))[: len(discount) - 1]
    total = np.cumsum(discount)  # total[p] = sum of the discounts of the first p places
    mean = (total[first + length] - total[first]) / length
    return np.asarray(np.bincount(group, weights=gain[order] * mean[block], minlength=len(sizes)), dtype=np.float64)
