"""The curve editor and the code panel on a page of their own: edits, undo, links, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from page_text import no_error, no_failure, words
from streamlit.testing.v1 import AppTest

KEY = "handmade"


def script() -> None:
    """Show editor and code panel as the page does; ``told`` stands for what the component or the code field tells."""
    import curve_studies
    import streamlit as st

    from pages.parts import curves_code, curves_edit, curves_edit_chart, curves_edit_state

    study = st.cache_resource(curve_studies.study)(st.query_params.get("task", "regression"))
    curves_edit_state.current_model("handmade", study)
    told, text = st.session_state.pop("told", None), st.session_state.pop("told_text", None)
    asked = st.session_state.pop("told_refit", None)
    if asked is not None:
        curves_edit_chart.take_refit("handmade", study, asked)
    if told is not None:
        curves_edit_chart.take_edit("handmade", study, told)
    if text is not None:
        curves_code.apply("handmade", study, text)
    feature = st.selectbox("Feature", [fit.teacher.feature for fit in study.fits], key="feature")
    curves_edit.editor("handmade", study, feature)
    curves_code.code_panel("handmade", study)


def open_editor(**query: str) -> AppTest:
    at = AppTest.from_function(script, default_timeout=60)
    for key, value in query.items():
        at.query_params[key] = value
    return at.run()


def sent(at: AppTest) -> dict[str, Any]:
    """Return what the page sent to the chart."""
    messages = [json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.json]
    return next(message for message in messages if "asked" in message)


def code(at: AppTest) -> str:
    messages = [json.loads(each.proto.json) for each in at.get("bidi_component") if each.proto.json]
    return next(str(message["text"]) for message in messages if "version" in message)


def tell(at: AppTest, turn: int = 1, **term: Any) -> AppTest:
    """Let the chart tell its term, changed as given."""
    message = sent(at)
    at.session_state["told"] = {
        "id": message["id"], "feature": message["view"]["feature"], "turn": turn,
        "term": {**message["asked"]["term"], **term},
    }  # fmt: skip
    return at.run()


def fit(at: AppTest, segments: int, mono: str, turn: int = 1) -> AppTest:
    """Let the chart ask for a new fit."""
    message = sent(at)
    at.session_state["told_refit"] = {
        "id": message["id"], "feature": message["view"]["feature"], "turn": turn, "segments": segments, "mono": mono,
    }  # fmt: skip
    return at.run()


def click(at: AppTest, key: str) -> AppTest:
    return next(b for b in at.button if b.key == key).click().run()


def disabled(at: AppTest) -> set[str]:
    return {str(b.key) for b in at.button if b.disabled}


def strip(at: AppTest) -> str:
    return next(each.proto.body for each in at.get("html") if "edit-strip" in each.proto.body)


MOVED = [[1, -2], [10, 1.5], [1000, 3]]


def test_the_editor_opens_on_the_distilled_curve() -> None:
    at = open_editor()
    no_error(at)
    assert sent(at)["asked"]["term"]["knots"] == [[1, -2], [10, 0], [1000, 3]]
    assert "nothing is edited" in strip(at)
    assert "Nothing is edited" in words(at)
    assert {"curve_undo", "curve_redo", "curve_reset", "curve_reset_all"} <= disabled(at)
    assert "curve_edit" not in at.query_params


def test_an_edit_changes_measures_code_and_address_and_is_undone_and_redone() -> None:
    at = open_editor()
    before, first = strip(at), sent(at)
    tell(at, knots=MOVED)
    no_error(at)
    assert "worse by the last edit" in strip(at)
    assert "Last edit: income: knot (10, 0) moved to (10, 1.5)." in words(at)
    assert "(10, 1.5)" in code(at)
    assert "1 line out, 1 in" in words(at)
    assert at.query_params["curve_edit"]
    assert sent(at) == first, "what the editor told is not sent back"
    click(at, "curve_undo")
    assert strip(at) == before
    assert sent(at)["asked"]["n"] > first["asked"]["n"]
    assert sent(at)["asked"]["heard"] == 1
    assert sent(at)["asked"]["term"] == first["asked"]["term"]
    assert "curve_edit" not in at.query_params
    click(at, "curve_redo")
    assert sent(at)["asked"]["term"]["knots"] == MOVED
    assert "curve_redo" in disabled(at)


def test_edits_of_several_features_are_listed_and_reset_one_by_one_or_together() -> None:
    at = open_editor()
    tell(at, knots=MOVED)
    at.selectbox(key="feature").set_value("town").run()
    assert [row["name"] for row in sent(at)["view"]["levels"]][:2] == ["Bonn", "Kiel"]
    assert "curve_reset" in disabled(at)
    tell(at, turn=2, values=[0.5, -2, 0, 0.125])
    assert "town: level 'Kiel' is -2; it was -0.5." in words(at)
    click(at, "curve_reset")
    assert sent(at)["asked"]["term"]["values"] == [0.5, -0.5, 0, 0.125]
    assert "(10, 1.5)" in code(at), "the other feature stays edited"
    click(at, "curve_reset_all")
    assert "(10, 1.5)" not in code(at)
    click(at, "curve_undo")
    assert "(10, 1.5)" in code(at)
    assert "3 edits, in order" in [each.label for each in at.expander]


def test_an_edit_of_the_feature_shown_before_is_taken_over_too() -> None:
    at = open_editor()
    late = sent(at)
    at.selectbox(key="feature").set_value("age").run()
    at.session_state["told"] = {
        "id": late["id"], "feature": "income", "turn": 5, "term": {**late["asked"]["term"], "knots": MOVED},
    }  # fmt: skip
    shown = sent(at)
    at.run()
    assert "(10, 1.5)" in code(at)
    assert sent(at)["asked"]["term"] == shown["asked"]["term"]


def test_what_is_no_curve_is_refused_and_the_editor_asked_to_go_back() -> None:
    at = open_editor()
    first = sent(at)
    tell(at, knots=[[10, 1], [1, 0]])
    assert any("must rise" in each.value for each in at.error)
    assert sent(at)["asked"]["n"] > first["asked"]["n"]
    assert sent(at)["asked"]["term"] == first["asked"]["term"]
    assert "nothing is edited" in strip(at)
    at.run()
    assert not at.error


def test_a_link_brings_its_edits_and_a_damaged_one_a_sentence() -> None:
    link = tell(open_editor(), knots=MOVED).query_params["curve_edit"]
    shared = open_editor(curve_edit=link)
    no_error(shared)
    assert sent(shared)["asked"]["term"]["knots"] == MOVED
    assert "Edits that came with the link." in words(shared)
    cut = open_editor(curve_edit=link[:-8])
    no_error(cut)
    assert any("cannot be read" in each.value for each in cut.warning)
    assert "nothing is edited" in strip(cut)
    assert not cut.run().warning


def test_scale_and_ends_are_told_like_knots() -> None:
    at = open_editor()
    tell(at, fx="identity", ends="linear")
    no_error(at)
    assert "income: the scale of x is plain; it was logarithm." in words(at)
    assert '"ends": "linear"' in code(at)
    click(at, "curve_undo")
    assert sent(at)["asked"]["term"]["fx"] == "log"
    assert sent(at)["asked"]["term"]["ends"] == "flat"


def test_a_curve_is_fitted_again_with_segments_and_direction() -> None:
    at = open_editor()
    at.selectbox(key="feature").set_value("age").run()
    assert "rises and falls" in words(at)
    fit(at, 2, "increasing")
    no_error(at)
    asked = sent(at)["asked"]
    assert (asked["mono"], asked["heard"]) == ("increasing", 1)
    ys = [y for _, y in asked["term"]["knots"]]
    assert ys == sorted(ys)
    assert "age: fitted again with 2 segments, only up." in words(at)
    assert "the curve rises everywhere" in words(at)
    fit(at, 1, "increasing", turn=2)
    assert len(sent(at)["asked"]["term"]["knots"]) == 2
    fit(at, 1, "increasing", turn=3)
    assert sent(at)["asked"]["heard"] == 3, "the editor hears of a fit that changed nothing"
    for _ in range(3):
        click(at, "curve_undo")
    assert sent(at)["asked"]["mono"] == "free"
    assert sent(at)["asked"]["term"]["knots"] == [[20, -1], [50, 1], [80, 0]]


def test_a_click_that_brings_an_older_address_of_ours_takes_nothing_back() -> None:
    at = open_editor()
    tell(at, knots=MOVED)
    old = at.query_params["curve_edit"]
    tell(at, turn=2, knots=[*MOVED, [2000, 3]])
    assert "2 edits, in order" in [each.label for each in at.expander]
    at.query_params["curve_edit"] = old  # the browser had not heard of the newer one
    at.run()
    assert "2 edits, in order" in [each.label for each in at.expander]
    assert at.query_params["curve_edit"] != old


def test_applied_code_changes_the_curves() -> None:
    at = open_editor()
    text = code(at).replace("(10, 0)", "(12, 0.25)").replace("BIAS = 0.5", "BIAS = 0.75")
    at.session_state["told_text"] = text
    at.run()
    no_error(at)
    assert sent(at)["asked"]["term"]["knots"] == [[1, -2], [12, 0.25], [1000, 3]]
    assert "In the code: the bias is 0.75; it was 0.5." in words(at)
    assert "2 lines out, 2 in" in words(at)
    click(at, "curve_undo")
    assert code(at).count("BIAS = 0.5") == 1


def test_text_is_applied_by_the_button_once_it_has_come() -> None:
    at = open_editor()
    text = code(at).replace("BIAS = 0.5", "BIAS = 0.125")
    at.session_state["curve_code_text"] = text
    at.run()
    assert "Press *Apply*" in words(at)
    click(at, "curve_code_apply")
    assert "the bias is 0.125" in words(at)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("BIAS = 0.5", "BIAS = __import__('os').getpid()", "BIAS"),
        ("(10, 0)", "(0.5, 0)", "rise"),
        ('"town"', '"village"', "no feature 'village'"),
        ("import math", "import os", "import os"),
        ("TERMS = {", "TERMS = {{{", "Python"),
        ("def score", "def goal", "goal"),
    ],
)
def test_code_that_is_not_the_models_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    at = open_editor()
    first = sent(at)
    text = code(at).replace(old, new, 1)
    at.session_state["told_text"] = text
    at.run()
    no_failure(at)
    assert any(message in each.value for each in at.error), [each.value for each in at.error]
    assert any(" | " in each.value and "^" in each.value for each in at.code)
    assert sent(at)["asked"]["term"] == first["asked"]["term"]
    assert "nothing is edited" in strip(at)
    click(at, "curve_code_back")
    assert not at.error
    assert new not in code(at)


@pytest.mark.parametrize(("task", "name"), [("classification", "AUC"), ("ranking", "NDCG@5"), ("regression", "RMSE")])
def test_each_task_has_its_measure(task: str, name: str) -> None:
    at = open_editor(task=task)
    no_error(at)
    assert name in strip(at)


def test_a_feature_that_the_model_leaves_out_says_why_and_can_be_put_in() -> None:
    def without() -> None:
        from dataclasses import replace

        import curve_studies
        import streamlit as st

        from mips_core.curves.model import AdditiveModel
        from pages.parts.curves_edit import editor

        whole = st.cache_resource(curve_studies.study)("regression")
        model = AdditiveModel((whole.model.terms[0], whole.model.terms[3]), whole.model.bias)
        feature = st.selectbox("Feature", ["age", "town"], key="feature")
        editor("without", replace(whole, model=model), feature)

    at = AppTest.from_function(without, default_timeout=60).run()
    for feature in ("age", "town"):
        at.selectbox(key="feature").set_value(feature).run()
        no_error(at)
        assert any("leaves it out" in each.value for each in at.info)
        click(at, "curve_put_in")
        no_error(at)
        assert "better by the last edit" in strip(at)
        assert f"{feature}: put into the model." in words(at)
        assert sent(at)["view"]["feature"] == feature
    link = at.query_params["curve_edit"]
    click(at, "curve_reset")
    assert any("leaves it out" in each.value for each in at.info)
    click(at, "curve_reset_all")
    assert "curve_edit" not in at.query_params
    shared = AppTest.from_function(without, default_timeout=60)
    shared.query_params["curve_edit"] = link
    shared.run()
    no_error(shared)
    assert sent(shared)["view"]["feature"] == "age"
