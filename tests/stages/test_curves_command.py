"""``mips curves``: from a CSV file of a stranger to checked code, or one sentence why not."""

from __future__ import annotations

import ast
import csv
import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import assert_refused, environment, mips

import mips_core
from mips_core.curves.bundled import as_csv, bundled
from mips_core.curves.reporting import study_source

KEYS = ["metric", "features", "program", "rejected_rows", "seconds"]


def loaded(source: str) -> Callable[[dict[str, Any]], float]:
    space: dict[str, Any] = {}
    exec(compile(source, "<program>", "exec"), space)
    function: Callable[[dict[str, Any]], float] = space["score"]
    return function


def written(path: Path, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([head, *rows])
    return path


def shop(path: Path) -> Path:
    """Write a file with quoted names, levels, missing values and rows that cannot be used."""
    random = np.random.default_rng(5)
    rows: list[list[Any]] = []
    for place in range(120):
        size, town = round(random.uniform(1, 100), 1), ("Köln", "Bonn, am Rhein", 'a "b"')[place % 3]
        price = round(3 * math.log(size) + (place % 3) + random.normal() / 5, 3)
        rows.append([size if place % 9 else "", town if place % 11 else "NA", place % 2, price])
    rows[3][0] = "big"
    rows[20][3] = ""
    rows[40] = [1, 2]
    return written(path, ['the "x", size', "town name", "score", "math"], rows)


def test_the_object_says_everything_that_was_promised(tmp_path: Path) -> None:
    path, out = shop(tmp_path / "shop.csv"), tmp_path / "score.py"
    said = mips("curves", path, "--target", "math", "--segments", "3", "--json", "--out", out)
    assert (said.code, said.err) == (0, "")
    found = said.json
    assert list(found)[:5] == KEYS
    assert list(found["metric"]) == ["name", "teacher", "distilled"]
    assert found["metric"]["name"] == "RMSE"
    assert found["metric"]["distilled"] < 1.1 * found["metric"]["teacher"]
    assert list(found["features"]) == ['the "x", size', "town name", "score"]
    for each in found["features"].values():
        assert list(each)[:3] == ["segments", "fx", "mono"]
        assert each["segments"] <= 3
    assert [row["line"] for row in found["rejected_rows"]] == [5, 22, 42]
    assert "'big' is not a number" in found["rejected_rows"][0]["reason"]
    assert set(found["seconds"]) == {"read", "teacher", "curves", "verify", "total"}
    source = found["program"]["source"]
    assert out.read_text(encoding="utf-8") == source
    assert found["program"]["function"] == "score"
    assert 0 < found["program"]["lines"] <= sum(bool(line.strip()) for line in source.splitlines())
    imported = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(node) for node in imported] == ["import math"]
    score = loaded(source)
    one = score({'the "x", size': 30, "town name": "Köln", "score": 1})
    assert one == score({'the "x", size': "30", "town name": "Köln", "score": "1"})
    assert math.isfinite(score({'the "x", size': None, "town name": "elsewhere", "score": ""}))
    with pytest.raises(KeyError):
        score({"town name": "Köln"})
    assert found["verification"]["rows"] == 117
    assert found["verification"]["relative"] <= 1e-12
    assert found["task"] == "regression"


def test_the_text_shows_types_rows_measures_features_and_code(tmp_path: Path) -> None:
    path = shop(tmp_path / "shop.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, *["1,2"] * 12]) + "\n", encoding="utf-8")
    said = mips("curves", path, "--target", "math", "--mono", 'the "x", size=up')
    assert (said.code, said.err) == (0, "")
    for words in (
        "regression of math", "town name", "3 levels", "15 rows could not be used:", "line 5:", "and 5 more",
        "teacher", "distilled", "increasing; ", "def score(row):",
    ):  # fmt: skip
        assert words in said.out, words


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    names = ["score", "math", "__class__", "row", "TERMS", "def", "it's", 'a"b', "π"]
    random = np.random.default_rng(6)
    x = random.normal(size=(90, len(names))).round(2)
    y = np.where(x[:, 0] + x[:, 2] > 0, "yes", "no")
    path = written(tmp_path / "names.csv", [*names, "y"], [[*row, label] for row, label in zip(x, y, strict=True)])
    words = [word for name in names for word in ("--mono", name)]
    found = mips("curves", path, "--target", "y", "--segments", "1", "--json", *words).json
    assert list(found["features"]) == names
    assert (found["task"], found["classes"]) == ("classification", ["no", "yes"])
    assert found["features"]["score"]["mono"] is True
    row = dict.fromkeys(names, 1.5)
    low = row | {"score": -1.5, "__class__": -1.5}
    score = loaded(found["program"]["source"])
    assert score(row) > 0 > score(low)


def test_groups_are_ranked(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    rows = [[f"q{k // 6}", round(a, 2), int(max(0, round(a + random.normal() / 4)))] for k, a in
            enumerate(random.normal(size=240))]  # fmt: skip
    path = written(tmp_path / "rank.csv", ["query", "match", "relevance"], rows)
    found = mips("curves", path, "--target", "relevance", "--group", "query", "--segments", "2", "--json").json
    assert (found["task"], found["group"], found["metric"]["name"]) == ("ranking", "query", "NDCG@5")
    assert found["metric"]["distilled"] > 0.9
    assert list(found["features"]) == ["match"]


def test_twice_and_from_its_own_csv_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "diabetes.csv"
    path.write_text(as_csv(bundled("diabetes")), encoding="utf-8")
    own = mips("curves", "diabetes", "--segments", "2", "--json").json
    other = mips("curves", path, "--target", "progression", "--segments", "2", "--json").json
    for found in (own, other):
        del found["seconds"]
    assert own["program"] == other["program"]
    assert own["features"] == other["features"]
    assert own["metric"] == other["metric"]


def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    few = written(tmp_path / "few.csv", ["a", "y"], [[k, 2 * k] for k in range(19)])
    assert_refused(mips("curves", few, "--target", "y"), "19 usable rows", "20")
    same = written(tmp_path / "same.csv", ["a", "b", "y"], [[1, "k", k] for k in range(30)])
    assert_refused(mips("curves", same, "--target", "y"), "no column to learn from")
    good = written(tmp_path / "good.csv", ["a", "b", "y"], [[k, "uvw"[k % 3], 2 * k] for k in range(30)])
    out = tmp_path / "new.py"
    for words, told in (
        (["--target", "z"], "no column 'z'"),
        ([], "--target"),
        (["--target", "y", "--segments", "0"], "--segments"),
        (["--target", "y", "--segments", "99"], "segments is 99"),
        (["--target", "y", "--mono", "q"], "no feature 'q'"),
        (["--target", "y", "--mono", "b"], "no order"),
        (["--target", "y", "--mono", "a=sideways"], "sideways"),
        (["--target", "y", "--mono", "a="], "'='"),
        (["--target", "y", "--mono", "a=up", "--mono", "a=down"], "twice for 'a'"),
        (["--target", "y", "--mono", "a=up", "--mono", "a"], "twice for 'a'"),
        (["--target", "y", "--task", "ranking"], "--group"),
        (["--target", "y", "--task", "classification"], "two values"),
        (["--target", "y", "--held-out", "0"], "held_out"),
        (["--target", "y", "--held-out", "half"], "--held-out"),
        (["--target", "y", "--digits", "40"], "digits"),
    ):
        assert_refused(mips("curves", good, "--json", "--out", out, *words), told)
        assert not out.exists()
    assert_refused(mips("curves", tmp_path / "none.csv", "--target", "y"), "none.csv", "diabetes")
    assert_refused(mips("curves", "diabetes", "--target", "bmi"), "progression")
    assert_refused(mips("curves", good, "--target", "y", "--out", tmp_path), "--out")
    assert_refused(mips("curves", tmp_path, "--target", "y"), "folder")


def test_labels_at_random_are_no_error(tmp_path: Path) -> None:
    random = np.random.default_rng(8)
    path = written(tmp_path / "noise.csv", ["a", "b", "y"], random.normal(size=(400, 3)).round(3).tolist())
    found = mips("curves", path, "--target", "y", "--json").json
    assert found["left_out"]
    for name in found["left_out"]:
        assert (found["features"][name]["kind"], found["features"][name]["segments"]) == ("left out", 0)
    assert found["metrics"]["distilled"]["r2"] < 0.05
    row = {name: 0.5 for name in ("a", "b") if name not in found["left_out"]}
    assert math.isfinite(loaded(found["program"]["source"])(row))


def test_neither_torch_nor_streamlit_is_imported() -> None:
    code = (
        "import sys; from mips_core.cli import main; assert main(['curves', 'diabetes', '--segments', '1']) == 0; "
        "assert not {'torch', 'streamlit', 'sympy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["diabetes", "breast-cancer", "app-search"])
def test_accuracy_is_kept_at_five_segments(name: str) -> None:
    metric = mips("curves", name, "--segments", "5", "--json").json["metric"]
    if metric["name"] == "RMSE":
        assert metric["distilled"] <= 1.02 * metric["teacher"]
    else:
        assert metric["distilled"] >= metric["teacher"] - {"AUC": 0.002, "NDCG@5": 0.005}[metric["name"]]


def test_the_names_at_the_top_level_are_there() -> None:
    curve = mips_core.fit_pwl([0, 1, 2, 3], [0, 1, 2, 3], num_segments=1)
    assert isinstance(curve, mips_core.PWLCurve)
    assert mips_core.AdditiveModel((), 1.0).bias == 1.0
    data = mips_core.read_table(as_csv(bundled("diabetes")).encode(), "progression")
    assert callable(mips_core.distill_curves)
    assert len(data.table) == 442


def test_control_characters_and_line_ends_of_the_file_are_shown_as_blanks(tmp_path: Path) -> None:
    names = ["k\x1b[31m\u202e", "x\nsize", "y\x9b2J"]
    rows = [["abc"[n % 3] + "\x1b[2J\r\nz", n if n != 7 else "big\x1b]0;", n % 3 + n / 9] for n in range(60)]
    path = written(tmp_path / "esc.csv", names, rows)
    said = mips("curves", path, "--target", names[2])
    assert said.code == 0
    assert "levels    3 levels: a [2J z, b [2J z, c [2J z" in said.out
    assert "x size: the value 'big ]0;' is not a number" in said.out
    refused = mips("curves", path, "--target", "nothing")
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "It has: k [31m , x size, y 2J." in refused.err
    for text in (said.out, refused.err):
        assert all(sign.isprintable() for line in text.split("\n") for sign in line)


def test_rows_of_the_file_itself_are_scored_by_the_module(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    gaps = ["", "NA", " n/a ", "null", "None", "?", "NaN", " "]
    rows = []
    for place in range(240):
        x, level = float(random.normal()), "abc"[place % 3]
        y = round(x + place % 3 + (3 if place % 7 == 0 else 0), 4)
        rows.append([gaps[place % 8] if place % 7 == 0 else f" {x:.4f}", gaps[place % 8] if place % 5 == 0 else
                     level + " " * (place % 2), y])  # fmt: skip
    path = written(tmp_path / "gaps.csv", ["x", "k", "y"], rows)
    data = mips_core.read_table(path, "y")
    study = mips_core.distill_curves(data)
    assert set(study.model.features) == {"x", "k"}
    score = loaded(study_source(study))
    with path.open(newline="", encoding="utf-8") as handle:
        found = [score(row) for row in csv.DictReader(handle)]
    assert len(found) == 240
    np.testing.assert_allclose(found, study.model.scores(data.table.columns), rtol=0, atol=1e-12)


def test_groups_that_cannot_be_ranked_are_told(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    x = random.normal(size=60).round(3)
    path = written(tmp_path / "single.csv", ["q", "x", "rel"], [[f"q{n}", each, n % 3] for n, each in enumerate(x)])
    assert_refused(mips("curves", path, "--target", "rel", "--group", "q"), "nothing to rank")
    flat = [[f"q{n // 6}", each, int(each > 0) if n < 6 else n // 6 % 3] for n, each in enumerate(x)]
    path = written(tmp_path / "flat.csv", ["q", "x", "rel"], flat)
    codes = set()
    for seed in range(6):
        said = mips("curves", path, "--target", "rel", "--group", "q", "--held-out", "0.5", "--seed", seed, "--json")
        codes.add(said.code)
        if said.code == 2:
            assert_refused(said, "training rows", "nothing to learn")
            continue
        assert said.json["metric"] == {"name": "NDCG@5", "teacher": None, "distilled": None}
        assert said.json["notes"] == [
            "NDCG@5 is not defined: no group of held-out rows has rows of different relevance."
        ]
        last = seed
    assert codes == {0, 2}
    told = mips("curves", path, "--target", "rel", "--group", "q", "--held-out", "0.5", "--seed", last).out
    assert "NDCG@5 is not defined" in told
