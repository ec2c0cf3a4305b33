"""Formulas that hold on nearly all rows: what a network means where it is sometimes wrong.

A formula is searched on a few frequent rows, checked on all, and searched again with some of the rows on which it
failed; rows that stay wrong under the best formula are taken for errors.  Random sample consensus (Fischler and
Bolles 1981) with counterexamples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mips_core.progress import Monitor
from mips_core.regression.cases import find_cases
from mips_core.regression.exact import wrong_rows
from mips_core.regression.formula import Formula
from mips_core.regression.tables import explain_table
from mips_core.stepping import IntArray

_FIRST_ROWS = 48
_MORE_ROWS = 10
_ROUNDS = 5
_DRAWS = 2


@dataclass(frozen=True)
class Mostly:
    """A formula with the share of rows, in [0, 1], on which it holds."""

    formula: Formula
    share: float


def explain_mostly(
    columns: Mapping[str, IntArray],
    target: IntArray,
    *,
    monitor: Monitor,
    share: float = 0.97,
    candidates: int = 150_000,
    max_nodes: int = 25,
) -> Mostly | None:
    """Return a short formula for ``target`` that holds on at least ``share`` of the rows, or None.

    >>> x = np.arange(400) % 20
    >>> y = x % 3
    >>> y[7] = 9
    >>> explain_mostly({"x": x}, y, monitor=Monitor()).formula.expression.nodes
    3

    Parameters
    ----------
    columns : variable name -> int64 array of shape (R,)
    target : int64, shape (R,)
    share : least share of rows on which the formula must hold; rows that repeat count as often as they occur
    candidates : expressions enumerated per search at most
    """
    keys, answers, counts, agreeing = majority_rows(np.stack(list(columns.values()), axis=1), target)
    table = dict(zip(columns, keys.T, strict=True))
    total = len(target)
    if agreeing.sum() < share * total:
        return None
    best: Mostly | None = None
    for draw in range(_DRAWS):
        rng = np.random.default_rng(draw)
        rows = _frequent(counts, _FIRST_ROWS, rng)
        for _ in range(_ROUNDS):
            if monitor.expired:
                monitor.check()
                return best
            part = {name: values[rows] for name, values in table.items()}
            formula = explain_table(
                part, answers[rows], monitor=monitor, budget=monitor.remaining, candidates=candidates,
                max_nodes=max_nodes, thorough=False,
            )  # fmt: skip
            if formula is None:
                formula = find_cases(part, answers[rows], monitor=monitor, max_nodes=max_nodes)
            if formula is None:
                break
            with np.errstate(divide="ignore"):
                wrong = np.flatnonzero(wrong_rows(formula.expression, table, answers))
                held = 1.0 - wrong_rows(formula.expression, columns, target).sum() / total
            if held >= share and (best is None or held > best.share):
                best = Mostly(formula, held)
            if not len(wrong):
                return best
            rows = np.union1d(rows, wrong[_frequent(counts[wrong], _MORE_ROWS, rng)])
        if best is not None:
            return best
    return best


def majority_rows(keys: IntArray, target: IntArray) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return the distinct rows (K, C), the commonest answer of each, how often it occurs, and how often with that."""
    distinct, inverse, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    pairs, often = np.unique(np.stack([inverse.ravel(), target], axis=1), axis=0, return_counts=True)
    order = np.lexsort((-often, pairs[:, 0]))
    first = np.searchsorted(pairs[order, 0], np.arange(len(distinct)))
    return distinct, pairs[order][first, 1], counts, often[order][first]


def _frequent(counts: IntArray, number: int, rng: np.random.Generator) -> IntArray:
    """Draw distinct rows, frequent ones more likely; all of them when there are few."""
    if len(counts) <= number:
        return np.arange(len(counts))
    weights = np.minimum(counts, np.quantile(counts, 0.9)).astype(np.float64)
    return np.sort(rng.choice(len(counts), size=number, replace=False, p=weights / weights.sum()))
