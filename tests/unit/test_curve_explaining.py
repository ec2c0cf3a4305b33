"""What a prediction is made of, and where a model errs most."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from curve_models import columns_of, random_model, random_rows

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.explaining import explain_row, worst_rows
from mips_core.curves.metrics import ndcg, ndcg_by_group
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm
from mips_core.curves.study import Table

MODEL = AdditiveModel(
    (
        CurveTerm("bmi", PWLCurve([(18, -31.2), (24.4, -8.1), (37, 60.3)]), 0.3),
        CurveTerm("dose", PWLCurve([(1, 0), (10, 2), (100, 2)], "log"), -1),
        LevelTerm("sex", (("1", -4.2), ("2", 4.6)), 0.5, 0.25),
        CurveTerm("age", PWLCurve([(20, 1), (40, 2)], ends="linear")),
    ),
    151.3,
)


def explained(**values):
    row = {"bmi": 30.2, "dose": 5, "sex": "1", "age": 30} | values
    return {each.feature: each for each in explain_row(MODEL, row).contributions}


def test_a_value_between_two_knots_is_interpolated_in_writing():
    bmi = explained()["bmi"]
    assert bmi.arithmetic == "-8.1 + (60.3 - -8.1) * (30.2 - 24.4) / (37 - 24.4) = 23.3857"
    assert bmi.where == "between knots 2 and 3"
    assert bmi.knots == ((24.4, -8.1), (37, 60.3))
    dose = explained()["dose"]
    assert dose.arithmetic == "0 + (2 - 0) * (log(5) - log(1)) / (log(10) - log(1)) = 1.39794"
    assert dose.amount == pytest.approx(2 * math.log10(5), abs=1e-12)


@pytest.mark.parametrize(
    ("values", "feature", "amount", "where", "arithmetic"),
    [
        ({"bmi": 10}, "bmi", -31.2, "flat left of the first knot", "flat left of the first knot (18, -31.2)"),
        ({"bmi": 99}, "bmi", 60.3, "flat right of the last knot", "flat right of the last knot (37, 60.3)"),
        ({"bmi": 24.4}, "bmi", -8.1, "at knot 2", "knot (24.4, -8.1)"),
        ({"bmi": "18"}, "bmi", -31.2, "at knot 1", "knot (18, -31.2)"),
        ({"bmi": None}, "bmi", 0.3, "missing", "missing: 0.3"),
        ({"bmi": ""}, "bmi", 0.3, "missing", "missing: 0.3"),
        ({"bmi": "nan"}, "bmi", 0.3, "missing", "missing: 0.3"),
        ({"dose": 50}, "dose", 2, "between knots 2 and 3", "flat at 2"),
        ({"age": 10}, "age", 0.5, "linear left of the first knot", "1 + 0.05 * (10 - 20) = 0.5"),
        ({"age": 60}, "age", 3, "linear right of the last knot", "2 + 0.05 * (60 - 40) = 3"),
        ({"sex": "2"}, "sex", 4.6, "level '2'", "level '2': 4.6"),
        ({"sex": 2}, "sex", 4.6, "level '2'", "level '2': 4.6"),
        ({"sex": "9"}, "sex", 0.5, "level '9', which was never seen", "level '9', which was never seen: 0.5"),
        ({"sex": None}, "sex", 0.25, "missing", "missing: 0.25"),
    ],
)
def test_each_part_of_a_curve_or_table_is_named(values, feature, amount, where, arithmetic):
    part = explained(**values)[feature]
    assert part.amount == pytest.approx(amount, abs=1e-12)
    assert (part.where, part.arithmetic) == (where, arithmetic)
    assert part.value == values[feature]


def test_contributions_sum_to_the_score_and_sort_by_size():
    row = {"bmi": 30.2, "dose": 5, "sex": "1", "age": 30}
    explanation = explain_row(MODEL, row)
    assert explanation.score == MODEL.scores({name: np.array([value], dtype=object) for name, value in row.items()})[0]
    assert explanation.bias == 151.3
    assert [each.feature for each in explanation.by_size] == ["bmi", "sex", "age", "dose"]
    assert explanation.arithmetic == "151.3 + 23.3857 + 1.39794 + -4.2 + 1.5 = 173.384"


def test_written_arithmetic_gives_the_amount_on_any_model():
    rng = np.random.default_rng(9)
    names = {
        "log": math.log,
        "log1p": math.log1p,
        "symlog1p": lambda x: math.copysign(math.log1p(abs(x)), x),
    }
    checked = 0
    for _ in range(150):
        model = random_model(rng)
        rows = random_rows(model, 5, rng)
        scores = model.scores(columns_of(model, rows)) if model.terms else np.full(5, model.bias)
        for row, score in zip(rows, scores, strict=True):
            explanation = explain_row(model, row)
            assert explanation.score == score
            for part in explanation.contributions:
                wide = [x for x, _ in part.knots] + [0.0]
                if " = " in part.arithmetic and part.where.startswith("between") and max(map(abs, wide)) < 1e3:
                    close = min(np.diff([x for x, _ in part.knots])) < 1e-6
                    found = eval(part.arithmetic.split(" = ")[0], names)
                    size = max(abs(y) for _, y in part.knots)
                    assert close or found == pytest.approx(part.amount, abs=1e-9 * (1 + size))
                    checked += not close
    assert checked > 30


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"bmi": 3}, "The row has no 'dose'; give a value, or None for a missing one."),
        ({"bmi": "tall", "dose": 1, "sex": 1, "age": 1}, "The value of 'bmi' is 'tall'; it must be a number"),
        ({"bmi": [1, 2], "dose": 1, "sex": 1, "age": 1}, "The value of 'bmi' is"),
    ],
)
def test_a_row_that_cannot_be_explained_is_refused(row, words):
    with pytest.raises(CurveError, match=re.escape(words)):
        explain_row(MODEL, row)


def table(rows, groups=None, lines=None):
    return Table({}, np.zeros(rows), groups, lines)


def test_rows_with_the_largest_residuals_come_first():
    target, scores = np.array([1.0, 2, 3, 4]), np.array([1.0, 5, 1, 4.5])
    worst = worst_rows(table(4, lines=np.array([2, 3, 5, 6])), target, scores, "regression", 3)
    assert [each.row for each in worst] == [1, 2, 3]
    assert [each.line for each in worst] == [3, 5, 6]
    assert [each.loss for each in worst] == [9, 4, 0.25]
    assert [each.words for each in worst] == ["3 too high", "2 too low", "0.5 too high"]
    assert len(worst_rows(table(4), target, scores, "regression")) == 4
    assert worst_rows(table(4), target, scores, "regression")[0].line is None


def test_confident_mistakes_cost_most_in_classification():
    target, scores = np.array([1.0, 0, 1, 0]), np.array([-3.0, -5, 2, 800])
    worst = worst_rows(table(4), target, scores, "classification", 2)
    assert [each.row for each in worst] == [3, 0]
    assert worst[0].loss == pytest.approx(800)
    assert worst[1].loss == pytest.approx(math.log1p(math.exp(3)))
    assert worst[1].words == "says 0 with 95%, and it is 1"


def test_groups_with_the_least_ndcg_come_first_in_ranking():
    groups = np.array([1, 1, 1, 2, 2, 2, 3, 3])
    target = np.array([2.0, 0, 1, 0, 0, 3, 0, 0])
    scores = np.array([3.0, 1, 2, 9, 8, 7, 1, 2])
    worst = worst_rows(table(8, groups), target, scores, "ranking", 5)
    assert [each.row for each in worst] == [5, 0]
    assert worst[0].loss == pytest.approx(1 - 1 / 2)
    assert worst[0].words == "at place 3 of 3 in group 2, and belongs at place 1"
    assert worst[1].words == "at place 1 of 3 in group 1, and no relevant row stands too low"
    assert worst[1].loss == pytest.approx(0)
    names, gains = ndcg_by_group(target, scores, groups)
    assert names.tolist() == [1, 2, 3]
    assert np.isnan(gains[2])
    assert np.nanmean(gains) == ndcg(target, scores, groups)
    with pytest.raises(CurveError, match="within groups"):
        worst_rows(table(8), target, scores, "ranking", 5)


def ranked(target: list[float], scores: list[float]):
    groups = np.full(len(target), 7)
    (found,) = worst_rows(table(len(target), groups), np.array(target), np.array(scores), "ranking")
    return found.row, found.words


def test_the_row_that_lost_most_places_is_told_and_never_the_best_one_on_place_one():
    first_is_right = [4.0, 3, 0, 2, 0, 1]
    row, words = ranked(first_is_right, [9, 1, 8, 7, 6, 5])
    assert (row, words) == (1, "at place 6 of 6 in group 7, and belongs among the first 2")
    assert ranked([4, 4, 0], [3, 1, 2]) == (1, "at place 3 of 3 in group 7, and belongs among the first 2")
    assert ranked([1, 2, 0, 0], [2, 1, 4, 3])[0] == 1, "4 instead of 1 is further than 3 instead of 2"
    assert ranked([0, 2, 0, 1], [4, 3, 2, 1])[0] == 3
    assert ranked([1, 2, 0, 0], [1, 2, 3, 0])[0] == 1, "of rows that lost equally the most relevant one"


def test_rows_of_one_score_share_their_places():
    assert ranked([0, 1, 0], [5, 5, 5]) == (1, "at a tie for places 1 to 3 of 3 in group 7, and belongs at place 1")


def test_where_an_order_is_worse_than_the_best_a_row_that_stands_too_low_is_told():
    random = np.random.default_rng(0)
    for _ in range(300):
        many = int(random.integers(2, 5))
        target, scores = random.integers(0, 4, many).astype(float), random.integers(0, 4, many).astype(float)
        if not target.any():
            continue
        words = ranked(target.tolist(), scores.tolist())[1]
        is_best = ndcg_by_group(target, scores, np.full(many, 7))[1][0] > 1 - 1e-12
        assert is_best == words.endswith("no relevant row stands too low"), (target, scores)
