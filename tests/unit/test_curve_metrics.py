"""The measures by which curves are judged, against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import auc, log_loss, main_metric, ndcg, r2, rankable_rows, rmse, score_metrics


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("levels", [3, 50, 10**9])
def test_auc_and_log_loss(seed: int, levels: int) -> None:
    rng = np.random.default_rng(seed)
    target = rng.integers(0, 2, 300).astype(np.float64)
    scores = rng.integers(0, levels, 300) / levels * 6 - 3
    assert auc(target, scores) == pytest.approx(oracle.roc_auc_score(target, scores), abs=1e-12)
    chance = 1 / (1 + np.exp(-scores))
    assert log_loss(target, scores) == pytest.approx(oracle.log_loss(target, chance), abs=1e-9)


def test_auc_of_a_single_class_is_not_defined_and_no_error() -> None:
    found = score_metrics("classification", np.ones(3), np.array([0.0, 1.0, 2.0]))
    assert math.isnan(found["auc"])
    assert found["log_loss"] > 0


def test_log_loss_of_huge_log_odds_is_finite() -> None:
    assert log_loss(np.array([0.0, 1.0]), np.array([-1e9, 1e9])) == 0
    assert log_loss(np.array([1.0]), np.array([-1e9])) == 1e9


def test_errors_of_values() -> None:
    rng = np.random.default_rng(0)
    target, values = rng.normal(size=(2, 100))
    assert rmse(target, values) == pytest.approx(math.sqrt(oracle.mean_squared_error(target, values)))
    assert r2(target, values) == pytest.approx(oracle.r2_score(target, values))
    assert math.isnan(r2(np.ones(3), np.ones(3)))


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 12), min_size=1, max_size=6),
    seed=st.integers(0, 2**32 - 1),
    levels=st.integers(1, 20),
    cut=st.integers(1, 8),
)
def test_ndcg_with_ties(sizes: list[int], seed: int, levels: int, cut: int) -> None:
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(len(sizes)) * 7, sizes)
    relevance = rng.integers(0, 5, len(groups)).astype(np.float64)
    scores = rng.integers(0, levels, len(groups)).astype(np.float64)
    wanted = []
    for group in np.unique(groups):
        own = groups == group
        gain = np.exp2(relevance[own]) - 1
        if not gain.any():
            continue
        # The oracle refuses a group of one row, for which every order is best.
        wanted.append(oracle.ndcg_score([gain], [scores[own]], k=cut) if own.sum() > 1 else 1.0)
    order = rng.permutation(len(groups))
    differ = any(len(set(relevance[groups == group])) > 1 for group in np.unique(groups))
    assert rankable_rows(relevance, groups).any() == differ
    found = ndcg(relevance[order], scores[order], groups[order], cut)
    if wanted and differ:
        assert found == pytest.approx(np.mean(wanted), abs=1e-12)
    else:
        assert math.isnan(found)


def test_ndcg_by_hand() -> None:
    relevance, scores = np.array([0.0, 3.0, 1.0]), np.array([3.0, 2.0, 1.0])
    found = 7 / math.log2(3) + 1 / math.log2(4)
    best = 7 + 1 / math.log2(3)
    assert ndcg(relevance, scores, np.zeros(3, dtype=np.int64)) == pytest.approx(found / best)
    irrelevant = np.append(relevance, [0.0, 0.0])
    assert ndcg(irrelevant, np.append(scores, [1.0, 2.0]), np.array([0, 0, 0, 1, 1])) == pytest.approx(found / best)


def test_each_task_has_its_main_metric() -> None:
    groups = np.zeros(2, dtype=np.int64)
    for task, name in (("classification", "AUC"), ("regression", "RMSE"), ("ranking", "NDCG@5")):
        key, shown, higher = main_metric(task)
        assert shown == name
        assert higher == (task != "regression")
        assert key in score_metrics(task, np.array([0.0, 1.0]), np.array([0.2, 0.3]), groups)


def test_scores_that_do_not_do() -> None:
    with pytest.raises(CurveError, match=r"one score a row"):
        score_metrics("regression", np.zeros(3), np.zeros(2))
    with pytest.raises(CurveError, match="row 2 is not finite"):
        score_metrics("regression", np.zeros(2), np.array([0.0, np.nan]))
    with pytest.raises(CurveError, match="within groups"):
        score_metrics("ranking", np.zeros(2), np.zeros(2))


def test_where_every_order_is_perfect_no_order_is_judged() -> None:
    groups = np.array([3, 3, 1, 5])
    alike = np.array([2.0, 2.0, 1.0, 0.0])
    assert math.isnan(ndcg(alike, np.arange(4.0), groups))
    assert not rankable_rows(alike, groups).any()
    told = np.array([2.0, 1.0, 1.0, 0.0])
    assert rankable_rows(told, groups).tolist() == [True, True, False, False]
    assert ndcg(told, np.arange(4.0)[::-1], groups) == 1.0
