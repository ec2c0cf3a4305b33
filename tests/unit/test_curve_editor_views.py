"""What the curve editor sends to the browser and takes from it: JSON-safe, exact, and refused where it is no curve."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from curve_studies import AGE, INCOME, TERMS, TOWN, columns, fit_of, study

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm
from mips_core.curves.module import module_source
from mips_core.curves.study import FeatureFit, TeacherCurve
from mips_core.views.curve_editor import MOST_KNOTS, MOST_VALUES, editor_view, gathered, term_data, told_term
from mips_core.views.curve_editor_code import model_json, read_edited
from mips_core.views.curve_editor_link import pack_edits, unpack_edits
from mips_core.views.curve_editor_strip import edit_strip_html
from mips_core.views.curve_editor_terms import distilled_term, with_feature, without_feature
from mips_core.views.curve_editor_words import edit_words

STUDY = study()
MODEL = STUDY.model


def plain_numbers(value: object) -> bool:
    """Whether only plain, finite values are in there."""
    if isinstance(value, dict):
        return all(type(key) is str and plain_numbers(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return all(map(plain_numbers, value))
    return value is None or type(value) in (str, bool, int) or (type(value) is float and math.isfinite(value))


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.feature)
def test_a_view_is_plain_json(term: CurveTerm | LevelTerm) -> None:
    view = editor_view(fit_of(term, columns(200, 1)[term.feature]), term, "classification", "years")
    assert plain_numbers(view)
    assert json.loads(json.dumps(view, allow_nan=False)) == view
    assert view["score"] == "adds to the log-odds"
    assert view["axis"] == f"{term.feature} (years)"


def test_a_curve_view_says_what_is_drawn() -> None:
    fit = fit_of(AGE, columns(200, 1)["age"])
    view = editor_view(fit, AGE, "regression")
    assert view["whole"] is True
    assert view["distilled"] == {
        "knots": [[20, -1], [50, 1], [80, 0]], "fx": "identity", "ends": "flat", "missing": 0,
    }  # fmt: skip
    np.testing.assert_allclose(view["teacher"]["x"], fit.teacher.values)
    np.testing.assert_allclose(view["teacher"]["y"], fit.teacher.contributions, rtol=1e-6)
    income = editor_view(fit_of(INCOME, columns(200, 1)["income"]), INCOME, "regression")
    assert income["whole"] is False
    assert income["teacher"]["missing_rows"] == 12


def test_a_feature_without_any_value_has_a_view() -> None:
    empty = TeacherCurve("age", True, np.empty(0), np.empty(0), np.empty(0), 0.5, 40)
    view = editor_view(FeatureFit(empty, AGE, False, 0.0), AGE, "regression")
    assert view["teacher"] == {"x": [], "y": [], "w": [], "missing": 0.5, "missing_rows": 40}


def test_many_values_are_gathered_without_moving_the_ends_or_losing_rows() -> None:
    random = np.random.default_rng(0)
    x = np.sort(random.lognormal(0, 2, 5000))
    y, w = random.normal(size=5000), random.uniform(0.1, 5, 5000)
    few_x, few_y, few_w = gathered(x, y, w)
    assert len(few_x) == MOST_VALUES
    assert (few_x[0], few_x[-1], few_y[0]) == (x[0], x[-1], y[0])
    assert (np.diff(few_x) > 0).all()
    np.testing.assert_allclose([few_w.sum(), few_w @ few_y], [w.sum(), w @ y])
    as_they_are = gathered(x[:MOST_VALUES], y[:MOST_VALUES], w[:MOST_VALUES])[0]
    np.testing.assert_array_equal(as_they_are, x[:MOST_VALUES])


def test_levels_are_listed_with_rows_and_teacher_and_the_two_other_cases() -> None:
    fit = fit_of(TOWN, columns(200, 1)["town"])
    view = editor_view(fit, TOWN, "ranking")
    assert [row["name"] for row in view["levels"]] == ["Bonn", "Kiel", "(any other level)", "(missing)"]
    assert [row["teacher"] for row in view["levels"]] == [0.5, -0.5, None, 0.125]
    assert [row["rows"] for row in view["levels"]] == [*map(int, fit.teacher.weights), None, fit.teacher.missing_rows]
    assert view["distilled"] == [0.5, -0.5, 0.0, 0.125]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.feature)
def test_what_is_told_back_unchanged_is_the_same_term(term: CurveTerm | LevelTerm) -> None:
    assert told_term(json.loads(json.dumps(term_data(term))), term) == term


def test_a_told_curve_brings_its_scale_and_its_ends() -> None:
    told = {"knots": [[1, 0], [5, 2.5]], "fx": "log1p", "ends": "linear", "missing": -1}
    assert told_term(told, INCOME) == CurveTerm("income", PWLCurve([(1, 0), (5, 2.5)], "log1p", "linear"), -1)
    for wrong, message in (({"fx": "sqrt"}, "Invalid fx"), ({"ends": "up"}, "ends"), ({"fx": [1]}, "Invalid fx")):
        with pytest.raises(CurveError, match=message):
            told_term(told | wrong, INCOME)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"knots": [[5, 0], [1, 2]], "missing": 0}, "must rise"),
        ({"knots": [[0, 0], [1, 2]], "missing": 0}, "needs x above 0"),
        ({"knots": [[1, 0]], "missing": 0}, "at least two knots"),
        ({"knots": [[1, 0], [2, None]], "missing": 0}, "Knot 2"),
        ({"knots": [[1, 0], [2, 0]], "missing": float("nan")}, "finite"),
        ({"knots": 7, "missing": 0}, "load the page again"),
        ({"missing": 0}, "load the page again"),
        ({"knots": [[k + 1, 0] for k in range(MOST_KNOTS + 1)], "missing": 0}, "knots here"),
    ],
)
def test_what_is_no_curve_is_refused(told: dict[str, object], message: str) -> None:
    with pytest.raises(CurveError, match=message):
        told_term({"fx": "log", "ends": "flat"} | told, INCOME)


def test_a_table_with_other_levels_is_refused() -> None:
    assert told_term({"values": [1, 2, 3, 4]}, TOWN) == LevelTerm("town", (("Bonn", 1), ("Kiel", 2)), 3, 4)
    with pytest.raises(CurveError, match="2 levels"):
        told_term({"values": [1, 2, 3]}, TOWN)


def test_a_link_holds_only_what_differs_and_gives_it_back() -> None:
    edited = replace(MODEL.with_term(replace(TOWN, levels=(("Bonn", 2.5), ("Kiel", -0.5)))), bias=0.75)
    edited = edited.with_term(CurveTerm("age", PWLCurve([(20.5, 1 / 3), (90, -1e-12)], "log1p", "linear"), 0.1))
    packed = pack_edits(MODEL, edited)
    assert packed is not None
    assert unpack_edits(packed, STUDY) == edited
    assert len(packed) < 250
    assert unpack_edits(pack_edits(MODEL, MODEL) or "", STUDY) == MODEL


def test_edits_that_are_too_long_for_a_link_have_none() -> None:
    random = np.random.default_rng(0)
    knots = [
        (float(x), float(y)) for x, y in zip(np.sort(random.normal(size=200)), random.normal(size=200), strict=True)
    ]
    assert pack_edits(MODEL, MODEL.with_term(CurveTerm("age", PWLCurve(knots)))) is None


def test_links_that_do_not_fit_are_refused_with_the_reason() -> None:
    packed = pack_edits(MODEL, MODEL.with_term(replace(TOWN, other=1.0))) or ""
    with pytest.raises(CurveError, match="no feature 'town'"):
        unpack_edits(packed, study(terms=(AGE,)))
    with pytest.raises(CurveError, match="other levels"):
        unpack_edits(packed, study(terms=(replace(TOWN, levels=(("Ulm", 1.0),)),)))
    for damaged in (packed[:-9], "", "abc", "%%%"):
        with pytest.raises(CurveError, match="cannot be read"):
            unpack_edits(damaged, STUDY)


def test_few_changes_are_told_one_by_one_and_many_are_counted() -> None:
    moved = MODEL.with_term(CurveTerm("age", PWLCurve([(20, -1), (50, 1.5), (80, 0)])))
    assert edit_words(MODEL, moved) == "age: knot (50, 1) moved to (50, 1.5)."
    assert edit_words(MODEL, MODEL) == ""
    knots = [(x, float(x)) for x in range(9)]
    told = edit_words(MODEL, MODEL.with_term(CurveTerm("age", PWLCurve(knots))))
    assert told.count("age:") == 2
    assert changes_left(told) == len(knots) + 3 - 2


def changes_left(told: str) -> int:
    """Return the number in "And 10 changes more."."""
    return int(told.split("And ")[1].split()[0])


def test_the_strip_says_better_and_worse_in_words_by_the_metrics_own_direction() -> None:
    html = edit_strip_html("rmse", 50.0, 51.0, 52.0, 53.0)
    assert "+1.00, worse than teacher" in html
    assert "+1.00, worse than distilled" in html
    assert "better by the last edit" in html
    assert "nothing is edited" in edit_strip_html("auc", 0.9, 0.91, 0.91, None)
    assert "as good as distilled" in edit_strip_html("auc", 0.9, 0.91, 0.91, None)


def test_an_edited_module_is_read_with_the_terms_in_their_order() -> None:
    other = AdditiveModel((TERMS[3], TERMS[2], TERMS[1], TERMS[0]), 0.25)
    read = read_edited(module_source(other), STUDY)
    assert read == AdditiveModel(TERMS, 0.25)
    town = replace(TOWN, levels=tuple(reversed(TOWN.levels)))
    assert read_edited(module_source(MODEL.with_term(town)), STUDY) == MODEL


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (AdditiveModel(TERMS, task="ranking"), "task"),
        (AdditiveModel(TERMS[:3]), "'flat' is missing"),
        (AdditiveModel((*TERMS, CurveTerm("more", AGE.curve))), "no feature 'more'"),
        (AdditiveModel((INCOME, AGE, replace(AGE, feature="town"), TERMS[3])), "a table of levels, not a curve"),
        (AdditiveModel((INCOME, AGE, replace(TOWN, levels=(("Ulm", 1.0),)), TERMS[3])), "levels of 'town'"),
    ],
)
def test_a_module_about_something_else_is_refused_with_its_place(model: AdditiveModel, message: str) -> None:
    text = module_source(model)
    with pytest.raises(CurveError, match=message) as raised:
        read_edited(text, STUDY)
    assert raised.value.line is not None
    assert raised.value.column is not None
    assert 1 <= raised.value.line <= len(text.splitlines())


def test_a_feature_that_was_left_out_can_be_put_in_by_link_and_by_code() -> None:
    left_out = replace(STUDY, model=AdditiveModel((INCOME, AGE), 0.5))
    assert distilled_term(left_out, "town") == LevelTerm("town", (("Bonn", 0.0), ("Kiel", 0.0)))
    silent = distilled_term(left_out, "flat")
    assert isinstance(silent, CurveTerm)
    assert set(silent.curve.ys) == {0.0}
    whole = with_feature(left_out, with_feature(left_out, left_out.model, TERMS[3]), TOWN)
    assert whole == MODEL
    packed = pack_edits(left_out.model, whole)
    assert packed is not None
    assert unpack_edits(packed, left_out) == whole
    assert read_edited(module_source(whole), left_out) == whole
    assert read_edited(module_source(left_out.model), left_out) == left_out.model
    assert without_feature(without_feature(whole, "town"), "flat") == left_out.model


def test_the_model_as_json_reads_back() -> None:
    value = json.loads(model_json(MODEL))
    assert [term["feature"] for term in value["terms"]] == list(MODEL.features)


def test_views_of_a_whole_study_are_small() -> None:
    made = study()
    sizes = [len(json.dumps(editor_view(fit, fit.term, "regression"))) for fit in made.fits]
    assert max(sizes) < 20_000
