"""The curve benchmark: its yardstick, cases, folds, files of public data, and what counts as passed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mips_core.benchmarks import curve_accuracy, curve_speed
from mips_core.benchmarks.conditions import current_conditions
from mips_core.benchmarks.curve_accuracy import AccuracyRow, AccuracyTable, Score, folds, run_accuracy
from mips_core.benchmarks.curve_cases import CASES, COLUMNS, SHAPES, CurveCase, fresh_case
from mips_core.benchmarks.curve_data import public_data
from mips_core.benchmarks.curve_plain import _condensed as condensed
from mips_core.benchmarks.curve_plain import plain_fit
from mips_core.benchmarks.curve_speed import SpeedRow, run_speed
from mips_core.benchmarks.curves import CurvesBenchmark, Fit, FitRow, run_fits, unexplained
from mips_core.cli import bench_curves, main
from mips_core.cli.bench_curves import accuracy_lines, describe, fit_line, speed_line
from mips_core.curves.bundled import bundled
from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.table import labelled


class TestTheYardstick:
    @pytest.mark.parametrize("seed", range(5))
    def test_condensed_points_tell_curves_apart_as_all_points_do(self, seed):
        rng = np.random.default_rng(seed)
        x = np.sort(rng.lognormal(0, 1, 5_000))
        y, w = rng.normal(size=5_000), 10 ** rng.uniform(-3, 3, 5_000)
        candidates = x[np.unique(np.concatenate([[0], rng.integers(0, 5_000, 30), [4_999]]))]
        fewer = condensed(x, y, w, candidates)
        assert len(fewer[0]) <= 2 * (len(candidates) - 1)

        def errors(curve):
            return [float(np.sum(w * (y - curve(x)) ** 2)) for x, y, w in ((x, y, w), fewer)]

        first, second = (
            errors(PWLCurve(zip(candidates[::3], rng.normal(size=len(candidates[::3])), strict=True))) for _ in range(2)
        )
        assert first[0] - second[0] == pytest.approx(first[1] - second[1], rel=1e-7)

    def test_lines_are_found_again(self):
        x = np.arange(51.0)
        truth = PWLCurve([(10, 0), (25, 15), (40, 50)])
        found = plain_fit(x, truth(x), num_segments=2)
        np.testing.assert_allclose(found.points, truth.points, atol=1e-9)

    @pytest.mark.parametrize("mono", ["increasing", "decreasing", True])
    def test_monotone_curves_are(self, mono):
        x, y, w = CurveCase(300, 4, True, "normal x", "three waves", weights="decades").draw(3)
        steps = np.diff(plain_fit(x, y, w, 4, mono=mono).ys)
        assert (steps >= 0).all() or (steps <= 0).all()
        assert mono is True or (np.sign(steps.sum()) or 1) == (1 if mono == "increasing" else -1) or not steps.any()

    def test_slopes_keep_to_their_bounds(self):
        x = np.linspace(0, 1, 200)
        curve = plain_fit(x, np.sin(9 * x), num_segments=3, min_slope=-2, max_slope=3, fx="identity", learn_ends=False)
        assert (curve.xs[0], curve.xs[-1]) == (0, 1)
        assert (curve.slopes() >= -2 - 1e-9).all()
        assert (curve.slopes() <= 3 + 1e-9).all()

    def test_the_rule_of_the_transform_is_the_published_one(self):
        x = np.random.default_rng(0).lognormal(0, 1, 500)
        assert plain_fit(x, np.log(x)).fx == "log"
        assert plain_fit(x, 3 * x - 1).fx == "identity"

    def test_one_x_and_constant_y_give_constants(self):
        assert plain_fit([2.0, 2.0], [1.0, 3.0], [3, 1]).ys == (1.5, 1.5)
        assert np.ptp(plain_fit([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0] * 6).ys) == 0

    @pytest.mark.parametrize(
        "columns", [([], []), ([1, 2], [1]), ([1, np.nan], [1, 2]), ([1, 2], [1, np.inf]), ([1, 2], [1, 2], [1, 0])]
    )
    def test_bad_data_is_refused(self, columns):
        with pytest.raises(CurveError):
            plain_fit(*columns)


class TestCases:
    def test_they_are_many_and_reach_from_a_hundred_rows_to_a_million(self):
        assert len({case.name for case in CASES}) == len(CASES) >= 36
        assert (min(case.rows for case in CASES), max(case.rows for case in CASES)) == (100, 1_000_000)
        assert {case.segments for case in CASES} >= set(range(1, 9))
        assert {case.x for case in CASES} == set(COLUMNS)
        assert {case.shape for case in CASES} == set(SHAPES)

    @pytest.mark.parametrize("case", [case for case in CASES if case.rows <= 10_000], ids=lambda case: case.name)
    def test_each_is_drawn_from_its_seed(self, case):
        once, again, other = case.draw(0), case.draw(0), case.draw(1)
        for first, second in zip(once, again, strict=True):
            np.testing.assert_array_equal(first, second)
        assert not np.array_equal(once[1], other[1])
        assert all(column is None or (len(column) == case.rows and np.isfinite(column).all()) for column in once)

    def test_fresh_ones_differ_from_seed_to_seed(self):
        names = [fresh_case(seed).name for seed in range(200)]
        assert names == [fresh_case(seed).name for seed in range(200)]
        assert len(set(names)) > 190
        assert fresh_case(7).draw(7)[1].std() > 0


class TestFits:
    def test_ours_stands_beside_the_plain_one(self):
        rows = list(run_fits(CASES[:3], quick=True))
        assert [row.name for row in rows] == [case.name for case in CASES[:3]]
        for row in rows:
            assert 0 <= row.ours.unexplained <= row.others["plain"].unexplained + 0.001
            assert min(row.ours.seconds, row.others["plain"].seconds) > 0

    def test_what_is_left_unexplained_is_a_share_of_the_weighted_variance(self):
        y, w = np.array([0.0, 4.0]), np.array([3.0, 1.0])
        assert unexplained(np.full(2, 1.0), y, w) == pytest.approx(1.0)
        assert unexplained(y, y, None) == 0

    def test_a_fit_fails_when_it_is_worse_than_any_other(self):
        good = row(0.1, 0.01, plain=(0.1, 0.02), pwlf=(0.0995, 0.001))
        assert good.passed
        assert not row(0.1, 0.01, plain=(0.1, 0.02), pwlf=(0.0985, 1.0)).passed
        assert not good.slower
        assert row(0.1, 0.03, plain=(0.1, 0.02)).slower
        assert good.times_as_fast_as("plain") == pytest.approx(2)
        assert good.worse_than("pwlf fast") is None

    def test_comparisons_count_cases(self):
        found = benchmark(fits=(row(0.1, 0.01, plain=(0.2, 0.04)), row(0.1, 0.01, plain=(0.098, 0.01))))
        (only,) = found.comparisons
        assert (only.cases, only.worse, only.faster) == (2, 1, 1)
        assert (only.most, only.speed) == (pytest.approx(0.002), pytest.approx(2))
        assert not found.passed
        assert benchmark(fits=found.fits[:1]).passed
        assert not benchmark(fits=(row(0.1, 0.04, plain=(0.1, 0.01)),)).passed


def row(ours: float, seconds: float, **others: tuple[float, float]) -> FitRow:
    return FitRow("a case", 100, 2, "log", Fit(ours, seconds), {name: Fit(*each) for name, each in others.items()})


def benchmark(**parts):
    empty = {"fits": (), "speed": (), "accuracy": (), "skipped": ()}
    return CurvesBenchmark(**{**empty, **parts}, seed=0, conditions=current_conditions(1))


class TestSpeed:
    def test_a_child_process_measures_time_and_memory(self, monkeypatch):
        monkeypatch.setattr(curve_speed, "CASES", {"weights": curve_speed.CASES["weights"]})
        (measured,) = run_speed(rows=20_000)
        assert measured.megabytes == pytest.approx(0.48)
        assert 0 < measured.seconds < 5
        assert measured.traced > 0

    def test_the_bars(self):
        assert SpeedRow("a", 1_000_000, 0.29, 16, 3.9, None).passed
        assert not SpeedRow("a", 1_000_000, 0.31, 16, 2.0, 2.0).passed
        assert not SpeedRow("a", 1_000_000, 0.1, 16, 2.0, 4.1).passed
        assert "FAILED" in speed_line(SpeedRow("a", 1_000_000, 0.31, 16, 2.0, None))


class TestAccuracy:
    @pytest.mark.parametrize("name", ["diabetes", "breast-cancer", "app-search"])
    def test_folds_part_the_rows_and_keep_classes_and_groups(self, name):
        data = bundled(name)
        held = []
        for training, held_out in folds(data, 0):
            assert len(training) + len(held_out) == len(data.table)
            held.append(len(held_out))
            if data.task == "classification":
                assert held_out.target.mean() == pytest.approx(data.table.target.mean(), abs=0.02)
            if held_out.groups is not None:
                assert not set(training.groups) & set(held_out.groups)
        assert sum(held) == len(data.table)
        assert max(held) - min(held) <= max(2, len(data.table) // 50)

    def test_a_table_has_the_rows_of_the_paper(self, monkeypatch):
        monkeypatch.setattr(curve_accuracy, "FOLDS", 2)
        rng = np.random.default_rng(0)
        x = rng.normal(size=(60, 2))
        columns = {"a": x[:, 0], "b": x[:, 1], "y": np.abs(x[:, 0]) + x[:, 1] + 0.1 * rng.normal(size=60)}
        (table,) = run_accuracy([labelled(columns, "y", name="made up")], quick=True)
        assert [each.model for each in table.models] == ["interacting", "teacher", *(f"{n} free" for n in range(1, 6))]
        assert table.score("5 free").mean < table.score("1 free").mean
        assert table.passed
        assert "made up: RMSE, 60 rows, 2 features" in accuracy_lines(table)[0]

    def test_what_may_be_lost(self):
        def table(task, higher, teacher, distilled):
            models = tuple(
                AccuracyRow(name, Score(value, 0.1), None, None)
                for name, value in (("teacher", teacher), ("5 free", distilled))
            )
            return AccuracyTable("data", task, "metric", 100, 3, higher, "paper", models)

        assert table("classification", True, 0.9, 0.8981).passed
        assert not table("classification", True, 0.9, 0.8979).passed
        assert table("regression", False, 50, 50.9).passed
        assert not table("regression", False, 50, 51.1).passed
        assert "MORE THAN" in accuracy_lines(table("ranking", True, 0.8, 0.7))[-1]


class TestPublicData:
    def test_what_is_not_installed_is_left_out_with_a_word(self, monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        found, skipped = public_data({})
        assert found == []
        assert [sentence.split(" ")[0] for sentence in skipped] == ["compas", "bikeshare", "movielens"]
        assert "--data compas=PATH" in skipped[0]

    def test_files_of_the_user_are_read_as_the_published_analyses_do(self, tmp_path: Path, monkeypatch):
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
        found, skipped = public_data({"compas": str(compas_file(tmp_path)), "movielens": str(movielens_file(tmp_path))})
        compas, films = found
        assert (compas.task, len(compas.table)) == ("classification", 30)
        assert set(compas.table.columns) == {"age", "priors_count", "sex", "length_of_stay"}
        assert compas.table.columns["length_of_stay"][0] == 2
        assert (films.task, len(films.table)) == ("ranking", 40)
        assert set(films.table.columns) == {"earlier_ratings", "earlier_mean", "year", "genre"}
        assert len(skipped) == 1

    def test_a_name_that_is_not_known_and_files_that_do_not_do(self, tmp_path: Path):
        with pytest.raises(CurveError, match="no data set 'adult'"):
            public_data({"adult": "x.csv"})
        with pytest.raises(CurveError, match="cannot be read"):
            public_data({"compas": str(tmp_path / "none.csv")})
        other = tmp_path / "other.csv"
        other.write_text("a,b\n1,2\n", encoding="utf-8")
        with pytest.raises(CurveError, match="has no column 'bikers'"):
            public_data({"bikeshare": str(other)})


def compas_file(folder: Path) -> Path:
    names = "age,priors_count,sex,race,c_charge_degree,two_year_recid,days_b_screening_arrest,is_recid,score_text"
    lines = [f"{names},c_jail_in,c_jail_out,priors_count"]
    for number in range(32):
        sex, days = ("Male", "Female")[number % 2], (0, 31)[number >= 30]
        jail = f"2013-01-01 10:00:00,2013-01-{3 + number % 5:02d} 11:00:00"
        lines.append(f"{20 + number},{number % 7},{sex},Other,F,{number % 2},{days},0,Low,{jail},99")
    path = folder / "compas.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def movielens_file(folder: Path) -> Path:
    ratings = ["user_id:token\titem_id:token\trating:float\ttimestamp:float"]
    ratings += [f"{n % 4}\t{n % 9}\t{1 + n % 5}\t{1000 + n}" for n in range(80)]
    films = ["item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"]
    films += [f"{n}\tFilm {n}\t{1990 + n}\t{('Drama', 'Comedy War')[n % 2]}" for n in range(9)]
    (folder / "films.inter").write_text("\n".join(ratings), encoding="utf-8")
    (folder / "films.item").write_text("\n".join(films), encoding="utf-8")
    return folder / "films.inter"


class TestCommand:
    def test_fits_are_printed_and_stored(self, tmp_path: Path, monkeypatch, capsys):
        monkeypatch.setattr(bench_curves, "run_fits", lambda seed, quick: run_fits(CASES[2:3], seed=seed, quick=quick))
        out = tmp_path / "found.json"
        code = main(["bench", "curves", "--only", "fits", "--quick", "--seed", "5", "--out", str(out)])
        printed = capsys.readouterr().out
        assert CASES[2].name in printed
        assert "against plain" in printed
        stored = json.loads(out.read_text(encoding="utf-8"))
        assert (stored["format"], stored["seed"], len(stored["fits"])) == ("mips-curves-benchmark", 5, 1)
        assert code == (0 if stored["passed"] else 3)

    @pytest.mark.parametrize("words", [["--only", "speeds"], ["--data", "compas"], ["--data", "adult=x.csv"]])
    def test_what_it_does_not_know_is_refused(self, words, capsys):
        assert main(["bench", "curves", "--only", "accuracy", *words]) == 2
        assert capsys.readouterr().err.startswith("mips: ")

    def test_lines_for_a_person(self):
        line = fit_line(row(0.1, 0.01, plain=(0.2, 0.4), pwlf=(0.05, 0.02)))
        assert "-10.000%" in line
        assert "x40" in line
        assert line.endswith("FAILED")
        told = describe(benchmark(speed=(SpeedRow("weights", 1_000_000, 0.2, 24, 2.5, None),), skipped=("A word.",)))
        assert "at most 0.200 s on one core (weights), 2.50 times the input" in told
        assert "A word." in told
