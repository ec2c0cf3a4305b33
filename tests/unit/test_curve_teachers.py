"""Additive teachers: what each feature adds, exactly, on training rows and others."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mips_core.curves.bundled import bundled, bundled_names
from mips_core.curves.errors import CurveError
from mips_core.curves.metrics import main_metric, score_metrics
from mips_core.curves.study import CurveSettings, LabelledData, Table
from mips_core.curves.table import labelled
from mips_core.curves.teachers import (
    Teacher,
    interacting_metrics,
    split,
    teacher_curves,
    teacher_from,
    train_teacher,
)
from mips_core.curves.teachers.steps import MOST_STEPS, Steps, step_edges

SETTINGS = CurveSettings()
Trained = tuple[LabelledData, Table, Table, Teacher]


@pytest.fixture(scope="module", params=bundled_names())
def trained(request: pytest.FixtureRequest) -> Trained:
    data = bundled(request.param)
    training, held_out = split(data, SETTINGS)
    return data, training, held_out, train_teacher(data, training, SETTINGS)


@pytest.fixture(scope="module")
def gaps() -> Trained:
    """Rows with missing numbers and levels, and one level that only held-out rows have."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=400)
    colour = rng.choice(["red", "green", "blue"], 400)
    target = np.where(np.isnan(x), 0, x) + (colour == "red") + rng.normal(0, 0.1, 400)
    x[::9] = np.nan
    target[::9] -= 3
    words = [None if i % 11 == 0 else each for i, each in enumerate(colour.tolist())]
    data = labelled({"x": x, "colour": words, "full": rng.normal(size=400), "y": target}, "y")
    training, held_out = split(data, SETTINGS)
    held_out.columns["colour"][0] = "violet"
    held_out.columns["full"][0] = np.nan
    return data, training, held_out, train_teacher(data, training, SETTINGS)


def test_a_score_is_the_bias_and_what_features_add(trained: Trained) -> None:
    _, training, held_out, teacher = trained
    for table in (training, held_out):
        added = teacher.contributions(table)
        assert list(added) == list(table.columns)
        assert all(each.shape == (len(table),) and each.dtype == np.float64 for each in added.values())
        np.testing.assert_allclose(teacher.scores(table), teacher.bias + sum(added.values()), atol=1e-9)
    for each in teacher.contributions(training).values():
        assert abs(each.mean()) < 1e-9


def test_the_teacher_is_about_as_good_as_trees_that_may_interact(trained: Trained) -> None:
    data, training, held_out, teacher = trained
    key, _, higher = main_metric(data.task)
    own = score_metrics(data.task, held_out.target, teacher.scores(held_out), held_out.groups)[key]
    free = interacting_metrics(data, training, held_out, SETTINGS)[key]
    assert own > free - 0.02 if higher else own < free * 1.05


def test_training_twice_gives_the_same_bits(trained: Trained) -> None:
    data, training, held_out, teacher = trained
    again = train_teacher(data, training, SETTINGS)
    np.testing.assert_array_equal(teacher.scores(held_out), again.scores(held_out))
    other = train_teacher(data, training, replace(SETTINGS, seed=1))
    assert not np.array_equal(teacher.scores(held_out), other.scores(held_out))


def test_curves_hold_each_training_value_once(trained: Trained) -> None:
    _, training, _, teacher = trained
    added = teacher.contributions(training)
    for curve in teacher_curves(teacher, training):
        values = training.columns[curve.feature]
        assert curve.numeric == (values.dtype.kind == "f")
        assert curve.weights.sum() + curve.missing_rows == len(training)
        if curve.numeric:
            np.testing.assert_array_equal(curve.values, np.unique(values[~np.isnan(values)]))
            known = ~np.isnan(values)
            found = np.interp(values[known], curve.values, curve.contributions)
            np.testing.assert_allclose(found, added[curve.feature][known], atol=1e-12)
            assert curve.missing_rows == np.count_nonzero(~known)
            if curve.missing_rows:
                assert added[curve.feature][~known] == pytest.approx(curve.missing)
        else:
            assert curve.values.tolist() == sorted(set(values.tolist()))
        assert (curve.missing == 0.0) or curve.missing_rows


def test_missing_values_are_a_value_of_their_own(gaps: Trained) -> None:
    _, training, _, teacher = gaps
    by_name = {each.feature: each for each in teacher_curves(teacher, training)}
    assert by_name["x"].missing < -1.5
    assert by_name["x"].missing_rows == np.isnan(training.columns["x"]).sum() > 0
    assert by_name["colour"].missing_rows > 0
    assert by_name["colour"].values.tolist() == ["blue", "green", "red"]
    assert by_name["full"].missing == 0.0


def test_what_training_rows_lack_adds_the_mean(gaps: Trained) -> None:
    _, _, held_out, teacher = gaps
    added = teacher.contributions(held_out)
    assert added["colour"][0] == pytest.approx(0, abs=1e-12)
    assert added["full"][0] == pytest.approx(0, abs=1e-12)


def test_ranking_learns_differences_within_a_group() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(60), 10)
    x = rng.normal(size=600)
    grade = np.clip(np.round(x + 1 + (group % 2) * 2), 0, 4)  # half of the queries are answered better
    data = labelled({"x": x, "odd": (group % 2).astype(float), "q": group, "grade": grade}, "grade", group="q")
    training, _ = split(data, SETTINGS)
    curves = {each.feature: each for each in teacher_curves(train_teacher(data, training, SETTINGS), training)}
    assert curves["odd"].variance < 0.01 * curves["x"].variance


@pytest.mark.parametrize(("scale", "shift"), [(1e90, 0.0), (1e-90, 0.0), (1.0, 1e9)])
def test_the_size_of_a_target_does_not_matter(scale: float, shift: float) -> None:
    x = np.random.default_rng(0).normal(size=200)

    def shares(target: np.ndarray) -> np.ndarray:
        data = labelled({"x": x, "y": target}, "y")
        teacher = train_teacher(data, data.table, SETTINGS)
        return (teacher.scores(data.table) - target.mean()) / target.std()

    np.testing.assert_allclose(shares(np.sin(x) * scale + shift), shares(np.sin(x)), atol=1e-4)


def _poor_rows(rows: int) -> Table:
    """One feature that varies, one that varies in what is missing, and four that do not vary."""
    values = np.arange(float(rows))
    nothing: list[Any] = [None] * rows
    columns = {
        "x": values,
        "gap": np.where(values % 2 == 0, np.nan, 7.0),
        "gone": np.full(rows, np.nan),
        "same": np.ones(rows),
        "no_level": np.array(nothing, dtype=object),
        "one_level": np.array(["a"] * rows, dtype=object),
    }
    return Table(columns, values % 5 + values % 2)


@pytest.mark.parametrize("trainer", ["boosting", "ebm"])
def test_features_that_do_not_vary_add_nothing(trainer: str) -> None:
    if trainer == "ebm":
        pytest.importorskip("interpret.glassbox")
    training = _poor_rows(40)
    data = LabelledData("poor", training, "regression", "y")
    settings = replace(SETTINGS, teacher=trainer)
    curves = {each.feature: each for each in teacher_curves(train_teacher(data, training, settings), training)}
    assert list(curves) == list(training.columns)
    for name in ("gone", "same", "no_level", "one_level"):
        assert not curves[name].contributions.any()
        assert curves[name].missing == curves[name].variance == 0
    assert curves["gap"].missing < curves["gap"].contributions[0]
    still = Table({name: training.columns[name] for name in ("gone", "same", "no_level")}, training.target)
    with pytest.raises(CurveError, match="No feature varies"):
        train_teacher(data, still, settings)


def test_more_levels_than_trees_can_tell_apart_are_refused() -> None:
    rows = Table({"k": np.array([f"l{i}" for i in range(300)], dtype=object)}, np.arange(300.0))
    with pytest.raises(CurveError, match="'k' has 300 levels; at most 255"):
        train_teacher(LabelledData("many", rows, "regression", "y"), rows, SETTINGS)


def test_few_and_lopsided_rows_can_be_learned() -> None:
    x = np.arange(24.0)
    for target in (np.where(x == 3, "yes", "no"), x):
        data = labelled({"x": x, "w": ["a", "b"] * 12, "y": target}, "y")
        training, held_out = split(data, SETTINGS)
        assert np.isfinite(train_teacher(data, training, SETTINGS).scores(held_out)).all()
    one_class = replace(training, target=np.zeros(len(training)))
    with pytest.raises(CurveError, match="one class"):
        train_teacher(replace(data, task="classification"), one_class, SETTINGS)


def test_rows_are_held_out_with_their_classes_and_groups() -> None:
    cancer = bundled("breast-cancer")
    training, held_out = split(cancer, SETTINGS)
    assert len(training) + len(held_out) == len(cancer.table)
    assert len(held_out) / len(cancer.table) == pytest.approx(0.25, abs=0.005)
    assert held_out.target.mean() == pytest.approx(cancer.table.target.mean(), abs=0.005)
    assert (np.diff(training.lines) > 0).all()
    assert not set(training.lines.tolist()) & set(held_out.lines.tolist())
    search = bundled("app-search")
    training, held_out = split(search, SETTINGS)
    assert not set(training.groups.tolist()) & set(held_out.groups.tolist())
    again = split(search, SETTINGS)[1]
    np.testing.assert_array_equal(held_out.lines, again.lines)
    assert not np.array_equal(split(search, replace(SETTINGS, seed=5))[1].lines, held_out.lines)


def test_shares_that_cannot_be_held_out() -> None:
    data = bundled("diabetes")
    for share in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(CurveError, match="between 0 and 1"):
            split(data, replace(SETTINGS, held_out=share))
    lone = labelled({"x": range(30), "q": ["a"] * 30, "y": range(30)}, "y", group="q")
    with pytest.raises(CurveError, match="only one group"):
        split(lone, SETTINGS)


def test_steps_lie_midway_between_values() -> None:
    edges = step_edges(np.array([3.0, 1.0, np.nan, 1.0, 2.0]))
    assert edges.tolist() == [1.5, 2.5]
    steps = Steps(edges, np.array([10.0, 20.0, 30.0]), missing=-1.0)
    assert steps(np.array([-9.0, 1.5, 1.6, 99.0, np.nan])).tolist() == [10, 10, 20, 30, -1]
    assert step_edges(np.full(5, np.nan)).tolist() == []
    assert step_edges(np.ones(5)).tolist() == []
    close = np.array([1.0, np.nextafter(1.0, 2.0), -1e308, 1e308, 5e-324, 0.0])
    assert len(np.unique(np.searchsorted(step_edges(close), close))) == len(close)
    many = np.random.default_rng(0).lognormal(size=5_000)
    sizes = np.bincount(np.searchsorted(step_edges(many), many))
    assert len(sizes) == MOST_STEPS
    assert sizes.max() <= 2 * len(many) / MOST_STEPS
    heavy = np.append(np.zeros(10_000), np.arange(1.0, 2_000))
    assert len(step_edges(heavy)) + 1 <= MOST_STEPS
    assert step_edges(heavy)[0] == 0.5


class _Own:
    """A model of the user's: one linear, one quadratic feature."""

    def contributions(self, table: Table) -> Mapping[str, Any]:
        return {"a": 2 * table.columns["a"], "b": table.columns["b"] ** 2}


def _own_rows() -> Table:
    rng = np.random.default_rng(0)
    return Table({"a": rng.normal(size=50), "b": rng.integers(0, 5, 50).astype(float)}, np.zeros(50))


@pytest.mark.parametrize("given", [_Own(), _Own().contributions])
def test_any_model_with_contributions_is_a_teacher(given: Any) -> None:
    rows = _own_rows()
    teacher = teacher_from(given, rows, bias=3.0, name="mine")
    np.testing.assert_allclose(teacher.scores(rows), 3 + 2 * rows.columns["a"] + rows.columns["b"] ** 2)
    assert teacher.name == "mine"
    assert teacher.contributions(rows)["a"].mean() == pytest.approx(0)
    assert [each.feature for each in teacher_curves(teacher, rows)] == ["a", "b"]


def test_arrays_of_contributions_are_a_teacher() -> None:
    rows = _own_rows()
    rows.columns["c"] = np.array(["u", "v", None, "u", "v"] * 10, dtype=object)  # type: ignore[index]
    added = {**_Own().contributions(rows), "c": np.array([1.0, 2.0, 4.0, 1.0, 2.0] * 10)}
    teacher = teacher_from(added, rows, bias=3.0)
    np.testing.assert_allclose(teacher.scores(rows), 3 + sum(added.values()))
    other = Table(
        {"a": np.zeros(4), "b": np.array([-7, 0.4, 0.6, np.nan]), "c": np.array(["u", None, "w", "v"], dtype=object)},
        np.zeros(4),
    )
    found = teacher.contributions(other)
    mean = added["b"].mean()
    np.testing.assert_allclose(found["b"] + mean, [0, 0, 1, mean])
    np.testing.assert_allclose(found["c"], [-1, 2, 0, 0], atol=1e-12)


def test_models_that_are_not_additive_are_refused() -> None:
    rows = _own_rows()
    with pytest.raises(CurveError, match="says nothing about the feature 'b'"):
        teacher_from({"a": np.zeros(50)}, rows)
    with pytest.raises(CurveError, match="one finite number for each row"):
        teacher_from({"a": np.zeros(50), "b": np.full(50, np.nan)}, rows)
    with pytest.raises(CurveError, match=r"not additive: the value .* of 'b' adds"):
        teacher_from({"a": np.zeros(50), "b": np.arange(50.0)}, rows)
    mixed = teacher_from(lambda table: {"a": np.zeros(len(table)), "b": np.arange(float(len(table)))}, rows)
    with pytest.raises(CurveError, match="not additive"):
        teacher_curves(mixed, rows)


def test_an_unknown_teacher_is_refused() -> None:
    data = bundled("diabetes")
    with pytest.raises(CurveError, match="no teacher 'forest'; there are boosting, ebm"):
        train_teacher(data, data.table, replace(SETTINGS, teacher="forest"))


def test_without_interpret_core_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    data = bundled("diabetes")
    with pytest.raises(CurveError, match=r'pip install "mips-explorer\[ebm\]"'):
        train_teacher(data, data.table, replace(SETTINGS, teacher="ebm"))


@pytest.mark.parametrize("task", ["regression", "classification", "ranking"])
def test_the_explainable_boosting_machine(task: str) -> None:
    pytest.importorskip("interpret.glassbox")
    rng = np.random.default_rng(2)
    x, colour = rng.normal(size=300), rng.choice(["red", "green"], 300)
    value = np.sin(x) + (colour == "red") + rng.normal(0, 0.1, 300)
    x[::8] = np.nan
    target: Any = {
        "regression": value,
        "classification": np.where(value > 0.5, "yes", "no"),
        "ranking": np.clip(np.round(value + 1), 0, 3),
    }[task]
    columns = {"x": x, "colour": colour, "q": np.arange(300) // 10, "y": target}
    data = labelled(columns, "y", group="q" if task == "ranking" else None)
    assert data.task == task
    training, held_out = split(data, SETTINGS)
    teacher = train_teacher(data, training, replace(SETTINGS, teacher="ebm"))
    held_out.columns["colour"][0] = "violet"
    np.testing.assert_allclose(
        teacher.scores(held_out), teacher.bias + sum(teacher.contributions(held_out).values()), atol=1e-9
    )
    curves = {each.feature: each for each in teacher_curves(teacher, training)}
    assert curves["x"].missing_rows > 0
    assert curves["colour"].contributions[1] > curves["colour"].contributions[0]  # red above green
    assert "interpret-core" in teacher.name
