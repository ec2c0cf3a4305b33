"""The page "Curves": stored studies, one selection, edits that are judged, own tables by a job, and what fails."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from curve_studies import study
from page_text import html_of, no_error, words
from page_work import finished, heavy_imports_of_first_paint
from streamlit.testing.v1 import AppTest

from mips_core.cli import main
from mips_core.curves.curve import PWLCurve
from mips_core.curves.distilling.measures import SegmentsPoint
from mips_core.curves.measured import Measures, save_measures
from mips_core.curves.model import CurveTerm
from mips_core.curves.stored import TEXT, save_study
from pages.parts.curves_edit_state import change

Open = Callable[..., AppTest]
PAGE = "curves_view"
TASKS = {"diabetes": "regression", "breast-cancer": "classification", "app-search": "ranking"}


@pytest.fixture(scope="module", autouse=True)
def studies(runs_folder: Path) -> Iterator[Path]:
    """Let small studies made by hand ship under the names of the real ones; one has its chart measured."""
    folder = runs_folder / "assets" / "curves"
    for name, task in TASKS.items():
        save_study(study(task), folder / name)  # type: ignore[arg-type]
    points = tuple(SegmentsPoint(n, mono, {"rmse": 2 / n, "r2": 0.5}) for n in range(1, 9) for mono in (False, True))
    save_measures(Measures(points, {"rmse": 0.2, "r2": 0.9}), folder / "diabetes")
    st.cache_resource.clear()
    yield folder
    st.cache_resource.clear()


def button(at: AppTest, key: str) -> object:
    return next(b for b in at.button if b.key == key)


@pytest.mark.parametrize("dataset", sorted(TASKS))
def test_every_preset_paints_whole(open_page: Open, dataset: str) -> None:
    at = open_page(PAGE, dataset=dataset)
    no_error(at)
    text, html = words(at), html_of(at)
    assert "Judged on 120 held-out rows" in text
    assert "not causal" in text
    for feature in ("income", "age", "town", "flat"):
        assert f'data-value="feature-{feature}"' in html
    assert 'data-value="segments-8"' in html
    assert 'data-value="row-' in html
    assert "the score before any feature" in html
    assert "any other level" in html
    assert any(code.value == f"mips curves {dataset} --json" for code in at.code)


def test_the_first_data_are_diabetes(open_page: Open) -> None:
    at = open_page(PAGE)
    assert next(s for s in at.selectbox if s.key == "dataset").value == "diabetes"
    assert "RMSE 0.2000" in words(at)


def test_the_score_is_said_in_the_words_of_the_task(open_page: Open) -> None:
    assert "value of *target* itself" in words(open_page(PAGE, dataset="diabetes"))
    assert "log-odds of *yes*" in words(open_page(PAGE, dataset="breast-cancer"))
    assert "within each *query*, higher comes first" in words(open_page(PAGE, dataset="app-search"))


def test_a_link_chooses_feature_row_and_segments(open_page: Open) -> None:
    at = open_page(PAGE, feature="age", case="7", segments="2", monotone="true")
    no_error(at)
    assert re.search(r'data-value="feature-age" aria-pressed="true"', html_of(at))
    assert "held-out row 7 (line 8)" in words(at)
    assert re.search(r'data-value="segments-2" aria-pressed="true"', html_of(at))
    shown = next(code.value for code in at.code if code.value.startswith("mips curves"))
    assert "--segments 2 --mono income --mono age --mono flat" in shown


@pytest.mark.parametrize(
    "query",
    [{"feature": "nobody"}, {"case": "0"}, {"case": "x"}, {"case": "9999"}, {"segments": "99"}, {"dataset": "?"}],
)
def test_what_a_link_names_wrongly_is_the_usual(open_page: Open, query: dict[str, str]) -> None:
    at = open_page(PAGE, **query)
    no_error(at)
    assert re.search(r'data-value="feature-income" aria-pressed="true"', html_of(at))


def test_the_box_chooses_the_feature(open_page: Open) -> None:
    at = open_page(PAGE)
    next(s for s in at.selectbox if s.key == "feature").set_value("town").run()
    no_error(at)
    assert re.search(r'data-value="feature-town" aria-pressed="true"', html_of(at))
    assert at.session_state["kept"]["feature"] == "town"


def test_the_worst_row_is_explained_until_another_is_chosen(open_page: Open) -> None:
    at = open_page(PAGE)
    worst = re.search(r'<tr data-value="row-(\d+)" aria-selected="true">', html_of(at))
    assert worst is not None
    assert f"held-out row {int(worst[1]) + 1} (line" in words(at)
    assert "case" not in at.session_state["kept"]
    next(n for n in at.number_input if n.key == "case").set_value(9).run()
    assert "held-out row 9 (line 10)" in words(at)
    assert at.session_state["kept"]["case"] == "9"


def test_other_data_let_go_of_what_was_chosen(open_page: Open) -> None:
    at = open_page(PAGE, feature="age")
    next(s for s in at.selectbox if s.key == "segments").set_value("1").run()
    next(s for s in at.selectbox if s.key == "dataset").set_value("breast-cancer").run()
    no_error(at)
    assert next(s for s in at.selectbox if s.key == "segments").value == "automatic"
    assert re.search(r'data-value="feature-income" aria-pressed="true"', html_of(at))


def test_all_curves_take_the_segments_asked_for(open_page: Open) -> None:
    at = open_page(PAGE, segments="1")
    assert "1 segment" in html_of(at)
    assert "2 segments" not in html_of(at).split("segments-1")[0]
    next(s for s in at.selectbox if s.key == "segments").set_value("automatic").run()
    assert "2 segments, log x, rising" in html_of(at)


def test_an_edit_is_judged_everywhere_and_can_be_undone(open_page: Open) -> None:
    at = open_page(PAGE, feature="age")
    before = html_of(at)
    assert "Edited" not in before
    own = study()
    edited = own.model.with_term(CurveTerm("age", PWLCurve([(20, 3.0), (80, -3.0)])))
    at.session_state["curve_edits"] = _edited(at, edited)
    at.run()
    no_error(at)
    html = html_of(at)
    assert "Edited: RMSE" in html
    assert "worse than distilled" in html
    assert "◆ edited" in html
    assert "10 → 9" in html
    button(at, "curve_undo").click().run()  # type: ignore[attr-defined]
    assert html_of(at) == before


def _edited(at: AppTest, model: object) -> object:
    """Return the session's edits with one more, as a callback of the editor makes it."""
    histories = at.session_state["curve_edits"]
    (key,) = histories
    st.session_state["curve_edits"] = histories
    try:
        change(key, model, "age: changed")  # type: ignore[arg-type]
        return st.session_state["curve_edits"]
    finally:
        del st.session_state["curve_edits"]


def test_the_chart_that_nobody_measured_is_computed_bit_by_bit(open_page: Open) -> None:
    st.cache_resource.clear()
    at = open_page(PAGE, dataset="breast-cancer")
    assert "not computed yet" in html_of(at)
    end = time.monotonic() + 60
    while not re.search(r"8 segments: AUC free \S+, monotone", html_of(at)) and time.monotonic() < end:
        at.run()
    no_error(at)
    told = re.search(r'"3 segments: AUC free (\S+), monotone (\S+)"', html_of(at))
    assert told is not None
    next(s for s in at.selectbox if s.key == "segments").set_value("3").run()
    for value in told.groups():  # the chart's point is the strip's number
        assert re.search(r'Distilled: AUC</div><div class="value">(\S+?)<', html_of(at))[1] == value  # type: ignore[index]
        next(t for t in at.toggle if t.key == "monotone").set_value(True).run()


def test_a_damaged_study_is_one_sentence(open_page: Open, studies: Path) -> None:
    place = studies / "diabetes" / TEXT
    kept = place.read_bytes()
    try:
        place.write_bytes(kept[: len(kept) // 2])
        st.cache_resource.clear()
        at = open_page(PAGE)
        assert not at.exception
        assert any(TEXT in error.value for error in at.error)
    finally:
        place.write_bytes(kept)
        st.cache_resource.clear()


# Own tables


def table(rows: int = 160, seed: int = 5) -> str:
    """Return a table with a number, a level, a gap, and one row that cannot be used."""
    random = np.random.default_rng(seed)
    x, town = random.uniform(0, 10, rows), random.integers(0, 3, rows)
    y = np.round(3 * np.minimum(x, 5) + town + random.normal(0, 0.1, rows), 3)
    lines = [f"{a:.2f},{'abc'[t]},{v}" for a, t, v in zip(x, town, y, strict=True)]
    lines[4] = f",a,{y[4]}"
    lines[9] = "seven,a,1.0"
    return "\n".join(["x,town,y", *lines]) + "\n"


def uploaded(at: AppTest, text: str, name: str = "mine.csv") -> AppTest:
    at.get("file_uploader")[0].upload(name, text.encode(), "text/csv")
    return at.run()


def test_an_own_table_is_distilled_by_a_job(open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIPS_HOME", str(tmp_path))
    at = uploaded(open_page(PAGE, dataset="own"), table())
    no_error(at)
    assert "Task: **regression** of *y*. 159 usable rows, 2 features." in words(at)
    assert "Rows that cannot be used**: 1" in words(at)
    at = finished(button(at, "curves_distil").click().run())  # type: ignore[attr-defined]
    no_error(at)
    assert re.search(r'data-value="feature-x"', html_of(at))
    assert any("read_table('mine.csv', 'y', task='regression')" in code.value for code in at.code)
    assert any(code.value.startswith("mips curves mine.csv --target y --task regression") for code in at.code)
    assert "(line " in words(at)
    button(at, "curves_again").click().run()  # type: ignore[attr-defined]
    assert at.get("file_uploader")


def test_a_stopped_job_keeps_nothing(open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIPS_HOME", str(tmp_path))
    at = uploaded(open_page(PAGE, dataset="own"), table())
    at = button(at, "curves_distil").click().run()  # type: ignore[attr-defined]
    next(b for b in at.button if b.key and b.key.startswith("cancel_")).click().run()
    at = finished(at)
    assert any("Nothing is kept of it" in each.value for each in at.info)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "is empty"), ("x,x\n1,2\n", "x"), ("x,y\n1,2\n", "no column to learn from"), ("a\n1\n", "a")],
)
def test_a_table_that_cannot_be_used_is_one_sentence(open_page: Open, text: str, sentence: str) -> None:
    at = uploaded(open_page(PAGE, dataset="own"), text)
    assert not at.exception
    assert any(sentence in error.value for error in at.error), words(at)
    assert "curves_distil" not in [b.key for b in at.button]


def test_ranking_asks_for_a_group(open_page: Open) -> None:
    at = uploaded(open_page(PAGE, dataset="own"), table())
    next(s for s in at.selectbox if s.key == "curves_task").set_value("ranking").run()
    assert any("Ranking needs a group" in each.value for each in at.info)
    assert "curves_distil" not in [b.key for b in at.button]


def test_a_text_target_of_many_values_is_one_sentence(open_page: Open) -> None:
    at = uploaded(open_page(PAGE, dataset="own"), table())
    next(s for s in at.selectbox if s.key == "curves_target").set_value("town").run()
    assert len(at.error) == 1


# What the page says about itself


def test_the_first_paint_needs_neither_torch_nor_scikit_learn(runs_folder: Path) -> None:
    assert heavy_imports_of_first_paint("curves_view", runs_folder, shown="code") == "[]"


def test_the_calls_on_the_page_run(
    open_page: Open, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at = open_page(PAGE, dataset="app-search", segments="1")
    python = next(code.value for code in at.code if code.value.startswith("from mips_core"))
    exec(python, {})
    assert "def score(" in capsys.readouterr().out
    command = next(code.value for code in at.code if code.value.startswith("mips "))
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    assert '"ndcg@5"' in capsys.readouterr().out
