"""Measures of a study on disk, other fits of a study, what chance does, and distilling a table as a job."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from curve_studies import study

from mips_core.curves.again import with_fits
from mips_core.curves.distilling.measures import SegmentsPoint
from mips_core.curves.measured import NAME, Measures, read_measures, save_measures
from mips_core.curves.metrics import score_metrics
from mips_core.curves.spread import chance_spread
from mips_core.curves.stored import read_study
from mips_core.curves.work import DISTILLING, RESULT, UPLOAD, distill_table
from mips_core.errors import BadInputError, Cancelled
from mips_core.progress import Monitor


def test_measures_come_back_from_disk_undefined_ones_too(tmp_path: Path) -> None:
    assert read_measures(tmp_path) is None
    points = (SegmentsPoint(1, False, {"auc": math.nan, "log_loss": 0.5}), SegmentsPoint(2, True, {"auc": 0.75}))
    save_measures(Measures(points, {"auc": 0.9}), tmp_path)
    found = read_measures(tmp_path)
    assert found is not None
    assert math.isnan(found.segments[0].metrics["auc"])
    assert found.segments[0].metrics["log_loss"] == 0.5
    assert (found.segments[1], found.interacting) == (points[1], {"auc": 0.9})


@pytest.mark.parametrize("damage", [lambda text: text[:20], lambda text: text.replace('"mono"', '"m"')])
def test_damaged_measures_are_one_sentence(tmp_path: Path, damage: object) -> None:
    save_measures(Measures((SegmentsPoint(1, False, {"auc": 0.5}),), {}), tmp_path)
    place = tmp_path / NAME
    place.write_text(damage(place.read_text()))  # type: ignore[operator]
    with pytest.raises(BadInputError, match=NAME):
        read_measures(tmp_path)


def test_the_bias_of_other_fits_makes_training_rows_right_on_average() -> None:
    own = study()
    assert with_fits(own, own.fits).model.features == ("income", "age", "town")  # the constant one is left out
    again = with_fits(own, [replace(fit, teacher=replace(fit.teacher, missing=9.0)) for fit in own.fits])
    rows = own.fits[0].teacher.weights.sum() + own.fits[0].teacher.missing_rows
    more = sum(fit.teacher.missing_rows / rows * (9.0 - fit.teacher.missing) for fit in own.fits)
    assert again.model.bias == pytest.approx(with_fits(own, own.fits).model.bias + more, rel=0.02)


def test_chance_is_nothing_for_equal_models_and_shrinks_with_rows() -> None:
    random = np.random.default_rng(1)
    spreads = []
    for rows in (100, 10_000):
        target = random.normal(size=rows)
        one, other = target + random.normal(0, 1, rows), target + random.normal(0, 1, rows)
        assert chance_spread("regression", target, one, one) == 0
        spreads.append(chance_spread("regression", target, one, other))
    assert spreads[0] > 5 * spreads[1]  # type: ignore[operator]
    assert chance_spread("regression", np.zeros(30_000), np.zeros(30_000), np.ones(30_000)) is None
    assert chance_spread("classification", np.zeros(50), np.zeros(50), np.ones(50)) is None


def test_chance_is_what_new_rows_do() -> None:
    random = np.random.default_rng(2)

    def rows(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        target = (random.uniform(size=count) < 0.4).astype(float)
        return target, target + random.normal(0, 1, count), target + random.normal(0, 1.3, count)

    differences = []
    for _ in range(200):
        target, one, other = rows(300)
        found = [score_metrics("classification", target, scores)["auc"] for scores in (one, other)]
        differences.append(found[0] - found[1])
    spread = chance_spread("classification", *rows(300))
    assert spread == pytest.approx(np.std(differences), rel=0.4)


def test_groups_are_drawn_whole() -> None:
    groups = np.repeat(np.arange(40), 5)
    target = np.tile([0.0, 1, 2, 3, 4], 40)
    perfect = chance_spread("ranking", target, target, target * 2, groups)
    assert perfect == 0
    worse = np.where(groups < 20, target, -target)
    assert chance_spread("ranking", target, target, worse, groups) > 0.01  # type: ignore[operator]


def test_a_table_is_distilled_into_the_folder_of_its_job(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.uniform(0, 10, 120)
    lines = "\n".join(f"{a:.3f},{min(a, 4):.3f}" for a in x)
    (tmp_path / UPLOAD).write_text(f"x,y\n{lines}\n")
    stages: list[str] = []
    monitor = Monitor(progress=lambda told: stages.append(told.stage))
    assert distill_table(folder=tmp_path, monitor=monitor, name="t.csv", target="y", segments=7, mono=["x"]) == {
        "rows": 120
    }
    assert list(dict.fromkeys(stages)) == list(DISTILLING)
    found = read_study(tmp_path / RESULT)
    assert np.all(np.diff(found.model.terms[0].curve.ys) >= 0)  # type: ignore[union-attr]
    assert read_measures(tmp_path / RESULT) is not None


def test_a_stopped_job_ends(tmp_path: Path) -> None:
    (tmp_path / UPLOAD).write_text("x,y\n" + "\n".join(f"{n},{n % 7}" for n in range(60)))
    with pytest.raises(Cancelled):
        distill_table(folder=tmp_path, monitor=Monitor(stop=lambda: True), name="t.csv", target="y")
