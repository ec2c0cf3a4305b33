"""Distilling: what a misfit costs, how many segments pay, refits, checked code, metrics of a study."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from curve_tables import distilled, table
from least_time import least_seconds

from mips_core.curves.bundled import bundled
from mips_core.curves.curve import PWLCurve
from mips_core.curves.distilling import (
    distill_curves,
    fit_feature,
    metric_by_segments,
    study_metrics,
    with_model,
)
from mips_core.curves.distilling.choosing import NATS_PER_ROW, chosen_fits
from mips_core.curves.distilling.ladder import Ladder
from mips_core.curves.distilling.price import Price, price_of
from mips_core.curves.distilling.rounding import rounded_curve, rounded_number
from mips_core.curves.distilling.verifying import verified
from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import log_loss, main_metric
from mips_core.curves.model import AdditiveModel, CurveTerm, LevelTerm
from mips_core.curves.module import module_function
from mips_core.curves.reporting import study_source
from mips_core.curves.study import CurveSettings, CurveStudy, TeacherCurve
from mips_core.curves.teachers import split, teacher_curves, train_teacher
from mips_core.errors import Cancelled
from mips_core.progress import Progress

TASKS = ("regression", "classification", "ranking")


def curve_of(name: str, values: np.ndarray, added: np.ndarray) -> TeacherCurve:
    distinct, first, counts = np.unique(values, return_index=True, return_counts=True)
    return TeacherCurve(name, True, distinct, added[first] - added.mean(), counts.astype(float))


def price_for(columns: dict[str, np.ndarray], curves: list[TeacherCurve], noise: float = 1.0) -> Price:
    places = {curve.feature: np.searchsorted(curve.values, columns[curve.feature]) for curve in curves}
    return Price(len(next(iter(columns.values()))), noise, None, places)


def test_a_misfit_costs_the_likelihood_that_it_loses() -> None:
    random = np.random.default_rng(1)
    off, scores = random.normal(size=50), random.normal(size=50) * 3
    gaussian = Price(50, 2.0, None, {})
    assert gaussian.nats(off) == pytest.approx(25 * np.log((2 + np.mean(off**2)) / 2))
    sure = 1 / (1 + np.exp(-scores))
    expected = [
        p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
        for p, q in zip(sure, 1 / (1 + np.exp(-(scores - off))), strict=True)
    ]
    assert Price(50, 1.0, scores, {}).nats(off) == pytest.approx(sum(expected))
    assert gaussian.nats(0 * off) == Price(50, 1.0, scores, {}).nats(0 * off) == 0
    certain = Price(2, 1.0, np.array([800.0, -800.0]), {})
    assert certain.nats(np.array([800.0, -800.0])) == pytest.approx(2 * np.log(2))


def test_the_price_comes_from_rows_that_the_teacher_did_not_see() -> None:
    data, settings = table(), CurveSettings()
    training, _ = split(data, settings)
    teacher = train_teacher(data, training, settings)
    seen = float(np.mean((training.target - teacher.scores(training)) ** 2))
    price = price_of(data, training, settings, teacher_curves(teacher, training))
    assert seen < price.noise
    assert 0.25 < price.noise < 0.5 * np.var(training.target)  # noise of variance 0.25 was put in
    assert price.number == pytest.approx(np.log(300) / 2)


@pytest.mark.parametrize(("knots", "segments"), [([0, 10], 1), ([0, 4, 10], 2), ([0, 3, 6, 10], 3)])
def test_as_many_segments_as_the_teacher_has_are_chosen(knots: list[float], segments: int) -> None:
    x = np.random.default_rng(2).uniform(0, 10, 3000).round(2)
    heights = [0.0, 5.0, -2.0, 3.0][: len(knots)]
    curve = curve_of("x", x, np.interp(x, knots, heights))
    fit = fit_feature(curve, None, price=price_for({"x": x}, [curve]))
    assert fit.segments == segments
    assert fit.unexplained < 1e-3
    assert fit.reason.startswith(f"{segments} segment")


def test_what_does_not_pay_is_left_out_and_what_pays_is_not() -> None:
    random = np.random.default_rng(3)
    columns = {"strong": random.normal(size=500), "weak": random.normal(size=500)}
    curves = [curve_of(name, x, x * size) for (name, x), size in zip(columns.items(), (2.0, 0.05), strict=True)]
    price = price_for(columns, curves)
    strong, weak = chosen_fits([Ladder(curve, False, CurveSettings()) for curve in curves], price)
    assert strong.segments >= 1
    assert weak.segments == 0
    assert weak.reason.startswith("Left out: its numbers would cost")
    (alone,) = chosen_fits([Ladder(curves[1], False, CurveSettings())], price)
    assert alone.segments == 0


def test_of_many_twins_not_all_are_left_out() -> None:
    """Each is worth less than its numbers cost; together they are the whole score."""
    x = np.random.default_rng(4).normal(size=300)
    columns = {f"twin {k}": x for k in range(20)}
    curves = [curve_of(name, x, 0.15 * x) for name in columns]
    price = price_for(columns, curves)
    fits = chosen_fits([Ladder(curve, False, CurveSettings()) for curve in curves], price)
    left = sum(curve.contributions for curve, fit in zip(curves, fits, strict=True) if not fit.segments)
    kept = sum(fit.term.curve(curves[0].values) for fit in fits if fit.segments)  # type: ignore[union-attr]
    assert 0 < sum(fit.segments > 0 for fit in fits) <= 20
    off = 3.0 * curves[0].values - 3.0 * x.mean() - kept
    assert len(np.atleast_1d(left)) in (1, 300)
    assert price.nats(off[np.searchsorted(curves[0].values, x)]) <= NATS_PER_ROW * 300 * 1.01


def test_a_fit_has_at_most_the_segments_asked_for_and_the_direction() -> None:
    curves = {fit.teacher.feature: fit.teacher for fit in distilled().fits}
    for segments, mono in itertools.product((1, 2, 4), (False, True, "increasing", "decreasing")):
        fit = fit_feature(curves["age"], segments, mono)  # type: ignore[arg-type]
        assert fit.segments <= segments
        assert fit.mono == mono
        steps = np.diff(fit.term.curve.ys)  # type: ignore[union-attr]
        if mono:
            assert np.all(steps >= 0) or np.all(steps <= 0)
        if mono in ("increasing", "decreasing") and fit.segments:
            assert np.all(steps >= 0) == (mono == "increasing")
    town = fit_feature(curves["town"], 1)
    assert isinstance(town.term, LevelTerm)
    assert [level for level, _ in town.term.levels] == ["Bonn", "Kiel", "Köln"]
    assert town.unexplained < 1e-3
    assert town.term.missing == pytest.approx(curves["town"].missing, rel=0.01, abs=1e-3)
    with pytest.raises(CurveError, match="no order"):
        fit_feature(curves["town"], 1, True)
    with pytest.raises(CurveError, match="needs a price"):
        fit_feature(curves["age"], None)


def test_a_feature_without_any_value_or_with_one_adds_nothing() -> None:
    empty = TeacherCurve("empty", True, np.empty(0), np.empty(0), np.empty(0), 0.0, 5)
    single = TeacherCurve("single", True, np.array([7.0]), np.array([0.0]), np.array([5.0]))
    no_levels = TeacherCurve("levels", False, np.array([], dtype=object), np.empty(0), np.empty(0), 0.0, 5)
    for curve in (empty, single, no_levels):
        fit = fit_feature(curve, 3)
        assert (fit.segments, fit.unexplained) == (0, 0.0)
        assert fit.reason.startswith("Left out")
    gap = TeacherCurve("gap", True, np.array([7.0]), np.array([1.0]), np.array([5.0]), -1.0, 5)
    fit = fit_feature(gap, 2)
    assert (fit.term.missing, float(fit.term.curve(7.0))) == (-1.0, 1.0)  # type: ignore[union-attr]


@pytest.mark.parametrize("task", TASKS)
def test_the_whole_way_from_rows_to_checked_code(task: str) -> None:
    study = distilled(task)
    checked = study.verification
    assert checked is not None
    assert (checked.rows, checked.relative <= 1e-12) == (400, True)
    assert len(study.held_out) + study.training_rows == 400
    assert set(study.seconds) == {"teacher", "curves", "verify"}
    assert [fit.teacher.feature for fit in study.fits] == ["income", "age", "town", "noise"]
    assert study.model.task == task
    features = {fit.teacher.feature: fit for fit in study.fits}
    assert features["income"].segments >= 1
    assert study.model.features == tuple(n for n in features if n not in study.left_out)
    key, _, better_high = main_metric(study.data.task)
    metrics = study_metrics(study)
    lost = metrics["teacher"][key] - metrics["distilled"][key]
    assert (lost if better_high else -lost) < 0.03
    row = {"income": None, "age": 40, "town": "nowhere", "noise": ""}
    said = module_function(study.model)(row)
    columns: dict[str, Any] = {
        "income": np.array([np.nan]), "age": np.array([40.0]), "town": np.array(["nowhere"], dtype=object),
        "noise": np.array([np.nan]),
    }  # fmt: skip
    assert said == pytest.approx(study.model.scores(columns)[0], abs=1e-12)
    source = study_source(study)
    assert source.startswith('"""y')
    assert ("y is yes (not no)" in source) == (task == "classification")


def test_held_out_labels_do_not_count() -> None:
    data, settings = table(), CurveSettings(segments=2)
    study = distilled(segments=2)
    lines = set(study.held_out.lines.tolist())  # type: ignore[union-attr]
    other = data.table.target.copy()
    other[[line in lines for line in data.table.lines.tolist()]] += 100  # type: ignore[union-attr]
    again = distill_curves(replace(data, table=replace(data.table, target=other)), settings)
    assert again.model == study.model
    np.testing.assert_array_equal(again.teacher_scores, study.teacher_scores)


MONO = {"income": "increasing", "noise": True}


@cache
def bound_by_direction(task: str) -> CurveStudy:
    return distill_curves(table(task), CurveSettings(segments=2, digits=None, mono=MONO))  # type: ignore[arg-type]


@cache
def taught(task: str) -> np.ndarray:
    """Return the teacher's scores of the rows that it was trained on."""
    training, _ = split(table(task), CurveSettings())
    return train_teacher(table(task), training, CurveSettings()).scores(training)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("refit", ["teacher", "labels"])
def test_a_refit_comes_nearer_to_what_it_is_fitted_to(task: str, refit: str) -> None:
    plain, bound = distilled(task, segments=2, digits=None), bound_by_direction(task)
    moved = distill_curves(table(task), CurveSettings(segments=2, digits=None, refit=refit, mono=MONO))  # type: ignore[arg-type]
    training, _ = split(table(task), CurveSettings())
    teacher = taught(task)

    def loss(model: AdditiveModel) -> float:
        scores = model.scores(training.columns)
        if refit == "labels" and task == "classification":
            return log_loss(training.target, scores)
        off = scores - (teacher if refit == "teacher" else training.target)
        if refit == "labels" and task == "ranking":
            means = np.bincount(training.groups) if training.groups is None else None
            assert means is None
            off = off - np.array([off[training.groups == group].mean() for group in training.groups])
        return float(np.mean(off**2))

    assert loss(moved.model) < loss(bound.model)
    assert loss(bound.model) >= 0.9 * loss(plain.model)
    for feature in ("income", "noise"):
        if feature in moved.model.features:
            steps = np.diff(moved.model.term(feature).curve.ys)  # type: ignore[union-attr]
            assert np.all(steps >= 0) or (np.all(steps <= 0) and feature == "noise")
    contributions = moved.model.contributions(training.columns)
    np.testing.assert_allclose(contributions.mean(axis=0), 0, atol=1e-9)


def test_a_model_that_is_right_already_is_not_moved() -> None:
    study = distilled(segments=5, digits=None)
    again = distill_curves(table(), CurveSettings(segments=5, digits=None, refit="teacher"))
    training, _ = split(table(), CurveSettings())
    off = study.model.scores(training.columns) - again.model.scores(training.columns)
    assert np.std(off) < 0.1 * np.std(study.model.scores(training.columns))


def test_rounding_keeps_its_cost_below_a_thousandth() -> None:
    curve = PWLCurve([(0, 1000.01234), (1, 1000.02345), (2, 1000.09876)])
    teacher = TeacherCurve("x", True, np.array([0.0, 1.0, 2.0]), np.zeros(3), np.ones(3))
    near = rounded_curve(curve, 2, teacher)
    spread = np.var(curve.ys)
    assert near != curve
    assert np.mean((np.array(near.ys) - np.array(curve.ys)) ** 2) <= 1e-3 * spread
    assert rounded_curve(curve, None, teacher) == curve
    assert rounded_number(1234567.0, 2, 1.0) == 1234567.0
    assert rounded_number(1234567.0, 2, 40_000.0) == 1200000.0
    coarse = distilled(digits=2)
    for fit in coarse.fits:
        if isinstance(fit.term, CurveTerm) and fit.segments:
            fine = fit_feature(fit.teacher, fit.segments, settings=CurveSettings(digits=None))
            assert fit.unexplained <= fine.unexplained + 1.01e-3


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"segments": 0}, "segments is 0"),
        ({"segments": 2.5}, "segments is 2.5"),
        ({"most": None}, "most is None"),
        ({"digits": 18}, "digits is 18"),
        ({"min_share": -0.1}, "min_share"),
        ({"held_out": 0}, "held_out"),
        ({"held_out": 1.0}, "held_out"),
        ({"refit": "everything"}, "refit"),
        ({"teacher": "oracle"}, "oracle"),
        ({"mono": {"agee": True}}, "did you mean 'age'"),
        ({"mono": {"town": True}}, "no order"),
        ({"mono": {"age": "sideways"}}, "sideways"),
    ],
)
def test_settings_that_cannot_be_used_are_named(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(CurveError, match=words):
        distill_curves(table(), CurveSettings(**settings))


@pytest.mark.parametrize("data", ["diabetes", {"x": [1, 2]}, None])
def test_data_without_labels_are_refused_with_the_way_to_label_them(data: Any) -> None:
    with pytest.raises(CurveError, match=f"{type(data).__name__}; hand in labelled data, from read_table"):
        distill_curves(data)


def test_progress_is_told_and_a_stop_is_heard() -> None:
    heard: list[Progress] = []
    distill_curves(table(), CurveSettings(segments=1), progress=heard.append)
    assert list(dict.fromkeys(each.stage for each in heard)) == ["teacher", "curves", "verify"]
    for after in (0, 3, 6):
        count = itertools.count()
        with pytest.raises(Cancelled):
            distill_curves(table(), stop=lambda: next(count) >= after)  # noqa: B023


def test_code_that_is_not_the_model_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    study = distilled()
    tables = {"held-out": study.held_out}
    assert verified(study.model, tables).rows == 100
    monkeypatch.setattr(
        "mips_core.curves.distilling.verifying.module_function",
        lambda model: lambda row: module_function(model)(row) + (row["age"] > 80) * 1e-9,
    )
    with pytest.raises(CurveError, match="held-out row"):
        verified(study.model, tables)


def test_an_edit_changes_what_it_touches_and_is_scored_fast() -> None:
    study = distilled("classification")
    term = study.model.term("age")
    assert isinstance(term, CurveTerm)
    points = [(x, y + 1.0 * (place == 0)) for place, (x, y) in enumerate(term.curve.points)]
    edited = with_model(study, study.model.with_term(replace(term, curve=PWLCurve(points, term.curve.fx))))
    assert edited.verification is None
    changed = [a.teacher.feature for a, b in zip(study.fits, edited.fits, strict=True) if a != b]
    assert changed == ["age"]
    before, after = study_metrics(study), study_metrics(edited)
    assert before["teacher"] == after["teacher"]
    assert before["distilled"] != after["distilled"]
    assert with_model(edited, study.model).fits == study.fits
    many = replace(study, held_out=study.held_out.rows(np.arange(10_000) % 100), teacher_scores=np.zeros(10_000))
    assert least_seconds(lambda: study_metrics(with_model(many, edited.model)), 0.5) < 0.5


def test_a_model_of_other_data_is_refused() -> None:
    study = distilled()
    for terms, task, words in (
        ((CurveTerm("height", PWLCurve([(0, 0), (1, 1)])),), "regression", "no feature 'height'"),
        ((CurveTerm("town", PWLCurve([(0, 0), (1, 1)])),), "regression", "levels"),
        ((LevelTerm("age", (("1", 1.0),)),), "regression", "numbers"),
        ((), "ranking", "for ranking"),
    ):
        with pytest.raises(CurveError, match=words):
            with_model(study, AdditiveModel(terms, 0.0, task))  # type: ignore[arg-type]
    assert study_metrics(with_model(study, AdditiveModel((), 3.0)))["distilled"]["r2"] <= 0


def test_the_metric_by_segments_is_free_and_monotone() -> None:
    study = distilled()
    heard: list[Progress] = []
    points = metric_by_segments(study, 3, progress=heard.append)
    assert [(point.segments, point.mono) for point in points] == [(k, m) for m in (False, True) for k in (1, 2, 3)]
    by_kind = {(point.segments, point.mono): point.metrics["rmse"] for point in points}
    teacher = study_metrics(study)["teacher"]["rmse"]
    assert by_kind[3, False] < by_kind[1, False]
    assert by_kind[3, False] < 1.1 * teacher
    assert by_kind[3, True] > 1.2 * by_kind[3, False]  # a bump in age is not monotone
    assert {each.stage for each in heard} == {"segments"}
    with pytest.raises(Cancelled):
        metric_by_segments(study, 2, stop=lambda: True)
    asked = study_metrics(study, interacting=True)
    assert list(asked) == ["interacting", "teacher", "distilled"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"seed": 1.5}, "seed is 1.5"),
        ({"seed": "a"}, "seed is 'a'"),
        ({"min_share": "a"}, "min_share is 'a'"),
        ({"held_out": None}, "held_out is None"),
        ({"mono": ["x"]}, "directions by feature"),
        ({"mono": {"bmi": [1]}}, "monotone is True"),
    ],
)
def test_settings_of_another_type_are_refused(settings, words):
    with pytest.raises(CurveError, match=words):
        distill_curves(bundled("diabetes"), CurveSettings(**settings))
