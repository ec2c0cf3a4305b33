"""The drawings and tables of the page "Curves", on studies whose numbers are known."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from curve_studies import AGE, INCOME, TOWN, study

from mips_core.curves.curve import PWLCurve
from mips_core.curves.distilling.measures import SegmentsPoint
from mips_core.curves.explaining import explain_row, worst_rows
from mips_core.curves.model import CurveTerm, LevelTerm
from mips_core.curves.study import FeatureFit, TeacherCurve
from mips_core.curves.transforms import TRANSFORMS
from mips_core.views.curve_grid import by_share, feature_of, grid_html, unexplained_by, variance_shares
from mips_core.views.curve_levels import levels_html
from mips_core.views.curve_metrics import Scored, interacting_words, size_of, strip_html
from mips_core.views.curve_panel import panel_svg, panel_words, shape_words, spread
from mips_core.views.curve_rows import explanation_html, row_name, row_values, rows_columns, rows_html
from mips_core.views.curve_scale import Scale, tick_texts, ticks, x_scale
from mips_core.views.curve_segments import segments_alt, segments_html, segments_rows
from mips_core.views.curve_table import rejected_rows, type_rows

STUDY = study()
INCOME_FIT, AGE_FIT, TOWN_FIT, FLAT_FIT = STUDY.fits


# Axes


@pytest.mark.parametrize("fx", sorted(TRANSFORMS))
@pytest.mark.parametrize(("low", "high"), [(0.5, 3.0), (1.0, 1e6), (2000.0, 2020.0)])
def test_places_on_an_axis_are_even_in_the_transform(fx: str, low: float, high: float) -> None:
    scale = Scale(low, high, 10, 110, fx)
    assert np.allclose(scale(scale.between(5)), [10, 35, 60, 85, 110], atol=1e-6)


def test_values_beyond_the_ends_are_drawn_at_the_ends() -> None:
    assert Scale(1, 10, 0, 100, "log")([-5, 0, 1, 10, 99]).tolist() == [0, 0, 0, 100, 100]


@pytest.mark.parametrize("fx", sorted(TRANSFORMS))
@pytest.mark.parametrize("only", [0.0, 1e-12, -0.5, 7.0, 1.6e9])
def test_a_lone_value_has_an_axis_around_it(fx: str, only: float) -> None:
    if not only > TRANSFORMS[fx].above:
        pytest.skip("outside the transform's domain")
    scale = x_scale([only], fx, 0, 100)
    assert scale.low < only < scale.high
    assert 0 < float(scale(only)) < 100


@pytest.mark.parametrize(
    ("scale", "most"),
    [
        (Scale(0, 97, 0, 1), 5),
        (Scale(-3e-7, 8e-7, 0, 1), 4),
        (Scale(1, 1e9, 0, 1, "log"), 5),
        (Scale(0, 2e6, 0, 1, "log1p"), 5),
        (Scale(-1e4, 1e5, 0, 1, "symlog1p"), 5),
        (Scale(18, 70, 0, 1, "log"), 5),
        (Scale(1.6e9, 1.7e9, 0, 1), 5),
        (Scale(2, 3, 0, 1, "log"), 3),
    ],
)
def test_ticks_are_few_inside_and_told_apart(scale: Scale, most: int) -> None:
    found = ticks(scale, most)
    assert 1 <= len(found) <= most
    assert all(scale.low <= value <= scale.high for value in found)
    assert len(set(tick_texts(found))) == len(found)


# Panels


def test_a_panel_shows_knots_dots_and_the_distribution() -> None:
    svg = panel_svg(INCOME_FIT, INCOME)
    assert len(re.findall(r'<rect class="knot"', svg)) == 3
    assert svg.count("<circle") > 20
    assert 'class="distribution"' in svg
    assert 'class="edited"' not in svg
    assert "nan" not in svg


def test_an_edited_curve_lies_over_the_distilled_one_with_knots_of_another_shape() -> None:
    edited = CurveTerm("age", PWLCurve([(20, 0.0), (80, 1.0)]))
    svg = panel_svg(AGE_FIT, edited)
    assert svg.count('<polygon class="knot"') == 2
    assert svg.count('<rect class="knot"') == 3


def test_a_level_table_is_drawn_as_bars_with_names() -> None:
    svg = panel_svg(TOWN_FIT, TOWN)
    assert ">Bonn<" in svg
    assert svg.count('class="plus"') == svg.count('class="minus"') == 1


def test_many_levels_name_how_many_are_left() -> None:
    names = np.array([f"town {n}" for n in range(40)], dtype=object)
    teacher = TeacherCurve("town", False, names, np.linspace(-1, 1, 40), np.arange(40.0) + 1)
    term = LevelTerm("town", tuple(zip(names.tolist(), np.linspace(-1, 1, 40).tolist(), strict=True)))
    assert "and 34 rarer levels" in panel_svg(FeatureFit(teacher, term, False, 0.0), term)


@pytest.mark.parametrize("values", [[], [3.0], [1e-12, 2e-12], [-1e300, 1e300]])
def test_extreme_features_are_drawn(values: list[float]) -> None:
    x = np.array(values)
    teacher = TeacherCurve("x", True, x, np.zeros(len(x)), np.ones(len(x)))
    term = CurveTerm("x", PWLCurve([(0, 0.0), (1, 0.0)] if not values else [(x[0] - 1, 1.0), (x[-1] + 1, 1.0)]))
    if values and not term.curve.xs[0] < term.curve.xs[1]:
        pytest.skip("no such curve")
    assert "nan" not in panel_svg(FeatureFit(teacher, term, False, 0.0), term)


def test_of_dots_in_one_strip_the_one_of_most_rows_stays() -> None:
    assert spread(np.array([0.0, 1.0, 2.0, 30.0]), np.array([1.0, 9.0, 1.0, 1.0])) == [1, 3]


def test_shapes_are_said_in_words() -> None:
    assert shape_words(INCOME) == "2 segments, log x, rising"
    assert shape_words(AGE) == "2 segments"
    assert shape_words(TOWN) == "table of 2 levels"
    assert shape_words(FLAT_FIT.term).startswith("constant")
    assert "Knots 1: -2, 10: +0, 1000: +3" in panel_words(INCOME_FIT, INCOME)


# The grid


def test_features_come_by_their_variance_and_shares_add_up() -> None:
    order = [feature_of(fit) for fit in by_share(STUDY.fits)]
    assert order[0] == "income"
    assert order[-1] == "flat"
    assert math.isclose(sum(variance_shares(STUDY.fits).values()), 1)


def test_only_what_is_poorly_explained_is_tagged_and_edits_are_marked() -> None:
    html = grid_html(STUDY, STUDY.model, "age", STUDY.fits)
    assert "unexplained" not in html
    assert html.count('aria-pressed="true"') == 1
    worse = STUDY.model.with_term(CurveTerm("age", PWLCurve([(20, 1.0), (80, -1.0)])))
    html = grid_html(STUDY, worse, "age", STUDY.fits)
    assert html.count("unexplained") == 1
    assert "◆ edited" in html
    assert unexplained_by(AGE_FIT, worse.term("age")) > 0.05


def test_a_feature_that_the_model_leaves_out_is_said_so() -> None:
    model = replace(STUDY.model, terms=STUDY.model.terms[:2])
    assert grid_html(STUDY, model, "age", STUDY.fits).count("left out of the code") == 2


def test_names_of_features_are_shown_as_text() -> None:
    fit = FeatureFit(replace(AGE_FIT.teacher, feature='<b>"x"'), replace(AGE, feature='<b>"x"'), False, 0.0)
    html = grid_html(replace(STUDY, fits=(fit,)), replace(STUDY.model, terms=(fit.term,)), "", [fit])
    assert "<b>&lt;b&gt;&quot;x&quot;</b>" in html


# The strip


def test_the_strip_tells_changes_by_sign_and_word() -> None:
    teacher = Scored("teacher", {"auc": 0.98, "log_loss": 0.1})
    worse = Scored("distilled", {"auc": 0.95, "log_loss": 0.2}, {"teacher": 0.01})
    html = strip_html(teacher, [(worse, 12)], [30])
    assert "−0.0300, worse than teacher; chance is ±0.0100" in html
    assert 'class="change worse"' in html
    within = Scored("distilled", {"auc": 0.975}, {"teacher": 0.01})
    assert 'class="change "' in strip_html(teacher, [(within, 12)], [30])
    edited = Scored("edited", {"auc": 0.96})
    html = strip_html(teacher, [(worse, 12), (edited, 14)], [30, 31])
    assert "+0.0100, better than distilled" in html
    assert "12 → 14" in html
    assert "30 → 31" in html


def test_a_metric_that_is_not_defined_is_said_so() -> None:
    html = strip_html(Scored("teacher", {"auc": math.nan}), [(Scored("distilled", {"auc": math.nan}), 3)], [9])
    assert html.count("not defined") == 2
    assert "nan" not in html


def test_knots_and_levels_are_counted() -> None:
    assert size_of(STUDY.model) == 3 + 3 + 2 + 2


def test_the_price_of_adding_up_is_told_either_way() -> None:
    teacher = Scored("teacher", {"rmse": 50.0})
    assert "−5.00, better than the teacher" in interacting_words(teacher, {"rmse": 45.0})
    assert "Nothing is lost" in interacting_words(teacher, {"rmse": 55.0})
    assert interacting_words(teacher, {}) == ""


# The metric over segments

POINTS = [SegmentsPoint(n, mono, {"rmse": 60 - n + mono}) for n in (1, 2, 3) for mono in (False, True)]


def test_the_chart_has_a_button_for_each_count_whether_known_or_not() -> None:
    html = segments_html(POINTS, 55.0, "rmse", 8, 2)
    assert html.count('data-value="segments-') == 16  # wide and narrow
    assert html.count('aria-pressed="true"') == 2
    assert "2 segments: RMSE free 58.00, monotone 59.00" in html
    assert "8 segments: RMSE not computed yet" in html
    assert "lower is better" in html
    assert 'class="level"' in segments_html([], 55.0, "rmse", 8, None)


def test_the_chart_is_told_in_words_and_as_a_table() -> None:
    assert segments_alt(POINTS, 55.0, "rmse").startswith("RMSE on held-out rows by segments; teacher 55.00; free 1:")
    rows = segments_rows(POINTS, 55.0, "rmse")
    assert rows[0] == {"segments": "teacher", "RMSE, free": "55.00", "RMSE, monotone": ""}
    assert rows[2] == {"segments": "2", "RMSE, free": "58.00", "RMSE, monotone": "59.00"}


# Levels, rows and what a prediction is made of


def test_a_level_table_tells_teacher_code_unseen_and_missing() -> None:
    html = levels_html(TOWN_FIT, TOWN)
    assert re.search(r"Bonn</td>.*?\+0\.5</td>.*?\+0\.5</td>", html)
    assert "any other level" in html
    for head in ("training rows", "teacher adds", "code adds"):  # what a phone shows, where the table has no head
        assert html.count(f'data-head="{head}"') == html.count("<tr>") - 1
    assert "+0.125" in html


@pytest.mark.parametrize("task", ["regression", "classification", "ranking"])
def test_worst_rows_can_be_chosen_and_are_explained(task: str) -> None:
    own = study(task)  # type: ignore[arg-type]
    scores = own.model.scores(own.held_out.columns)
    rows = worst_rows(own.held_out, own.held_out.target, scores, own.data.task)
    html = rows_html(own, rows, rows[0].row)
    assert html.count('aria-selected="true"') == 1
    assert html.count("<button") == len(rows)
    explanation = explain_row(own.model, row_values(own, rows[0].row))
    assert explanation.score == pytest.approx(scores[rows[0].row])
    shown = explanation_html(explanation, {"age": "years"})
    assert shown.count('class="how"') == len(own.model.terms) + 2
    assert " years<" in shown
    columns = rows_columns(own, rows)
    assert {len(each) for each in columns.values()} == {len(rows)}
    if task == "classification":
        assert set(columns["target"]) <= {"yes", "no"}


def test_rows_of_a_file_are_called_by_their_line_too() -> None:
    assert row_name(STUDY, 4) == "5 (line 6)"
    table = replace(STUDY.held_out, lines=np.arange(len(STUDY.held_out), dtype=np.int64))
    assert row_name(replace(STUDY, data=replace(STUDY.data, table=table)), 4) == "5"


def test_missing_values_are_explained_as_missing() -> None:
    row = row_values(STUDY, 0)
    assert row["income"] is None
    assert ">missing<" in explanation_html(explain_row(STUDY.model, row), {})


def test_types_and_rejected_rows_are_tables() -> None:
    assert {"column": "town", "read as": "levels", "why": ""} in type_rows(STUDY.data)
    assert rejected_rows(STUDY.data) == [{"line": "7", "why": "age is 'x', not a number"}]
