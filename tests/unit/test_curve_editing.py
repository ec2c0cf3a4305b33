"""Edits by hand: what they change and nothing else, what they refuse, and how they are told in words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from curve_models import columns_of, random_model, random_rows

from mips_core.curves.curve import PWLCurve
from mips_core.curves.editing import (
    add_knot,
    change_bias,
    change_ends,
    change_fx,
    change_level,
    change_missing,
    change_other,
    changes,
    delete_knot,
    move_knot,
)
from mips_core.curves.errors import CurveError
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm
from mips_core.curves.module import module_source, read_module

MODEL = AdditiveModel(
    (
        CurveTerm("bmi", PWLCurve([(18, -31.2), (24.4, -8.1), (37, 60.3), (50, 61)], "log"), 0.3),
        LevelTerm("sex", (("1", -4.2), ("2", 4.6)), 0.5, 0.25),
        CurveTerm("age", PWLCurve([(-3, 1.5), (79, -2)])),
    ),
    151.3,
)
ROWS = {
    "bmi": np.array([*np.linspace(5, 70, 300), np.nan]),
    "sex": np.array(["1", "2", "3"] * 100 + [None], dtype=object),
    "age": np.linspace(-9, 99, 301),
}


@pytest.mark.parametrize("fx", ["identity", "log", "log1p", "symlog1p"])
@pytest.mark.parametrize("knot", [0, 1, 2, 3])
@pytest.mark.parametrize("change", [1.0, -2.5, 40.0])
def test_a_change_of_one_y_adds_its_hat_function_and_nothing_else(fx, knot, change):
    model = change_fx(MODEL, "bmi", fx)
    curve = model.term("bmi").curve
    edited = move_knot(model, "bmi", knot, y=curve.ys[knot] + change)
    hat = PWLCurve([(x, float(number == knot)) for number, x in enumerate(curve.xs)], fx)
    wanted = np.where(np.isnan(ROWS["bmi"]), 0, change * hat(ROWS["bmi"]))
    assert np.abs(edited.scores(ROWS) - model.scores(ROWS) - wanted).max() <= 1e-12
    before, after = model.contributions(ROWS), edited.contributions(ROWS)
    assert np.array_equal(before[:, 1:], after[:, 1:])
    outside = wanted == 0
    assert np.array_equal(before[outside], after[outside])


@pytest.mark.parametrize("x", [20, 24.5, 30.0, 49, 17, 60])
def test_a_new_knot_on_the_curve_changes_no_score(x):
    edited = add_knot(MODEL, "bmi", x)
    assert len(edited.term("bmi").curve.points) == 5
    assert x in edited.term("bmi").curve.xs
    assert np.abs(edited.scores(ROWS) - MODEL.scores(ROWS)).max() <= 1e-12


def test_a_new_knot_may_stand_off_the_curve_and_goes_again():
    edited = add_knot(MODEL, "bmi", 30, 5)
    assert edited.term("bmi").curve.points[2] == (30, 5)
    assert delete_knot(edited, "bmi", 2) == MODEL


def test_a_knot_moves_between_its_neighbours():
    edited = move_knot(MODEL, "bmi", 1, x=30)
    assert edited.term("bmi").curve.points[1] == (30, -8.1)
    assert move_knot(MODEL, "bmi", 3, x=1e6, y=7).term("bmi").curve.points[3] == (1e6, 7)
    assert MODEL.term("bmi").curve.points[1] == (24.4, -8.1)


def test_other_numbers_can_be_changed():
    assert change_bias(MODEL, 3).bias == 3
    assert change_level(MODEL, "sex", "2", 9).term("sex").levels == (("1", -4.2), ("2", 9.0))
    assert change_other(MODEL, "sex", 9).term("sex").other == 9
    assert change_missing(MODEL, "bmi", 9).term("bmi").missing == 9
    assert change_missing(MODEL, "sex", 9).term("sex").missing == 9
    assert change_ends(MODEL, "age", "linear").term("age").curve.ends == "linear"
    assert change_fx(MODEL, "age", "symlog1p").term("age").curve.fx == "symlog1p"


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda: move_knot(MODEL, "bmi", 1, x=37), "Knot 2 of 'bmi' cannot stand at x = 37: knot 3 stands at 37."),
        (lambda: move_knot(MODEL, "bmi", 1, x=10), "Knot 2 of 'bmi' cannot stand at x = 10: knot 1 stands at 18."),
        (lambda: move_knot(MODEL, "bmi", 0, x=-1), "needs x above 0"),
        (lambda: move_knot(MODEL, "bmi", 0, x=math.nan), "x of knot 1 is nan; it must be finite"),
        (lambda: move_knot(MODEL, "bmi", 0, y=math.inf), "Knot 1 is .*finite"),
        (lambda: move_knot(MODEL, "bmi", 0, x="wide"), "x of knot 1 is 'wide'"),  # type: ignore[arg-type]
        (lambda: move_knot(MODEL, "bmi", 4, y=1), "has knots 1 to 4; there is no knot 5"),
        (lambda: move_knot(MODEL, "bmi", -1, y=1), "there is no knot 0"),
        (lambda: move_knot(MODEL, "sex", 0, y=1), "'sex' has a table of levels, not a curve"),
        (lambda: move_knot(MODEL, "tall", 0, y=1), "no feature 'tall'; it has bmi, sex, age"),
        (lambda: add_knot(MODEL, "bmi", 37), "has a knot at x = 37 already; move that one"),
        (lambda: add_knot(MODEL, "bmi", 0), "needs x above 0"),
        (lambda: add_knot(MODEL, "bmi", math.nan), "must be finite"),
        (lambda: delete_knot(MODEL, "age", 0), "'age' has two knots left, and it needs both"),
        (lambda: delete_knot(MODEL, "age", 2), "no knot 3"),
        (lambda: change_fx(MODEL, "age", "log"), "needs x above 0; knot 1 has -3"),
        (lambda: change_fx(MODEL, "age", "sqrt"), 'Invalid fx "sqrt"'),
        (lambda: change_ends(MODEL, "age", "round"), '"flat" or "linear"'),  # type: ignore[arg-type]
        (lambda: change_level(MODEL, "sex", "3", 1), "no level '3'; it has '1', '2'"),
        (lambda: change_level(MODEL, "age", "3", 1), "'age' has a curve, not a table of levels"),
        (lambda: change_level(MODEL, "sex", "1", math.nan), "level '1' of 'sex' is nan"),
        (lambda: change_bias(MODEL, math.nan), "bias is nan"),
    ],
)
def test_an_edit_that_gives_no_model_is_refused_in_a_sentence(edit, sentence):
    with pytest.raises(CurveError, match=sentence) as refused:
        edit()
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("edited", "words"),
    [
        (MODEL, ()),
        (change_bias(MODEL, 3), ("the bias is 3; it was 151.3.",)),
        (move_knot(MODEL, "bmi", 1, y=-8), ("bmi: knot (24.4, -8.1) moved to (24.4, -8).",)),
        (move_knot(MODEL, "bmi", 1, x=25), ("bmi: knot (24.4, -8.1) moved to (25, -8.1).",)),
        (add_knot(MODEL, "bmi", 30, 5), ("bmi: knot (30, 5) added.",)),
        (delete_knot(MODEL, "bmi", 0), ("bmi: knot (18, -31.2) deleted.",)),
        (change_fx(MODEL, "bmi", "identity"), ("bmi: the scale of x is plain; it was logarithm.",)),
        (change_ends(MODEL, "bmi", "linear"), ("bmi: the ends go on straight; before they did not.",)),
        (change_level(MODEL, "sex", "1", 0), ("sex: level '1' is 0; it was -4.2.",)),
        (change_other(MODEL, "sex", 0), ("sex: an unseen level is 0; it was 0.5.",)),
        (change_missing(MODEL, "bmi", 0), ("bmi: a missing value is 0; it was 0.3.",)),
        (AdditiveModel(MODEL.terms[1:], 151.3), ("bmi is left out.",)),
        (AdditiveModel(MODEL.terms[::-1], 151.3), ("The features stand in another order.",)),
        (AdditiveModel(MODEL.terms, 151.3, "ranking"), ("The task is ranking; it was regression.",)),
        (MODEL.with_term(LevelTerm("bmi", (), missing=0.3)), ("bmi: a curve became a table of levels.",)),
        (
            MODEL.with_term(LevelTerm("sex", (("1", -4.2), ("9", 1.0)), 0.5, 0.25)),
            ("sex: level '2' deleted.", "sex: level '9' added with 1."),
        ),
        (
            delete_knot(move_knot(MODEL, "bmi", 2, y=0), "bmi", 0),
            ("bmi: knot (18, -31.2) deleted.", "bmi: knot (37, 60.3) moved to (37, 0)."),
        ),
    ],
)
def test_changes_are_told_in_words(edited, words):
    assert changes(MODEL, edited) == words


def test_a_new_feature_is_told():
    assert changes(AdditiveModel(MODEL.terms[1:], 151.3), MODEL) == ("bmi is new.",)


def test_an_edit_of_the_text_is_the_same_edit_of_the_model():
    text = module_source(MODEL).replace("(24.4, -8.1)", "(24.4, -7)").replace('"2": 4.6', '"2": 5')
    assert read_module(text) == change_level(move_knot(MODEL, "bmi", 1, y=-7), "sex", "2", 5)
    assert len(changes(MODEL, read_module(text))) == 2


def test_edits_of_any_model_keep_the_rest_of_it():
    rng = np.random.default_rng(2)
    for _ in range(100):
        model = random_model(rng)
        for term in model.terms:
            if not isinstance(term, CurveTerm):
                continue
            knot = int(rng.integers(len(term.curve.points)))
            edited = move_knot(model, term.feature, knot, y=term.curve.ys[knot] + 1.5)
            rows = columns_of(model, random_rows(model, 10, rng))
            here = model.features.index(term.feature)
            same = np.delete(model.contributions(rows), here, axis=1)
            assert np.array_equal(np.delete(edited.contributions(rows), here, axis=1), same)
            assert edited.features == model.features
