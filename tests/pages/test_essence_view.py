"""The page "Deep Distilling": stored presets, rules that are distilled at once, own files, and everything to try."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from page_text import html_of, no_error, words
from page_work import finished, heavy_imports_of_first_paint
from streamlit.testing.v1 import AppTest

from mips_core.essence.stored import shipped_names

Open = Callable[..., AppTest]
PAGE = "essence_view"


def button(at: AppTest, key: str) -> object:
    return next(b for b in at.button if b.key == key)


def told(at: AppTest, component: str, event: str, value: str) -> AppTest:
    """Let a component of ours tell a value, as a click in the browser does."""
    at.session_state[component] = {event: value}
    return at


@pytest.mark.parametrize("preset", sorted(name for name in shipped_names() if not name.startswith("eca-1")))
def test_every_stored_preset_paints_whole_with_its_claim(open_page: Open, preset: str) -> None:
    query = {"preset": "eca", "rule": preset[4:]} if re.fullmatch(r"eca-\d+", preset) else {"preset": preset}
    at = open_page(PAGE, **query)
    no_error(at)
    assert any("every layer: no mismatch" in each.value for each in at.success)
    text, html = words(at), html_of(at)
    for panel in ("1 · Data", "2 · Subconcepts", "3 · Network", "4 · Groups and loops", "5 · Code"):
        assert panel in text
    assert "the groups equal the network's" in text
    assert 'data-value="sample-' in html
    assert 'data-value="line-2"' in html
    assert "Code and network agree." in text
    assert "Patents on Deep Distilling have been filed" in text


def test_a_rule_that_is_not_stored_is_distilled_at_once(open_page: Open) -> None:
    at = open_page(PAGE, preset="eca", rule="22")
    no_error(at)
    assert "8 of 8 inputs, every layer: no mismatch." in words(at)
    assert any("mips essence eca-22 --json" in code.value for code in at.code)
    assert "Nothing is stored for these data." in words(at)


@pytest.mark.parametrize("rule", ["0", "255"])
def test_a_rule_without_any_differentia_paints_whole(open_page: Open, rule: str) -> None:
    at = open_page(PAGE, preset="eca", rule=rule)
    no_error(at)
    assert "8 of 8 inputs, every layer: no mismatch." in words(at)


def test_a_link_chooses_and_a_chosen_thing_lights_up_everywhere(open_page: Open) -> None:
    at = open_page(PAGE, preset="life", pick="sample-7")
    no_error(at)
    assert "Chosen: sample 7, label 1" in words(at)
    html = html_of(at)
    assert re.search(r'class="tile lit" data-value="sample-7"', html)
    assert re.search(r'class="card lit"><button type="button" data-value="subconcept-\d" aria-pressed="true"', html)
    assert 'class="row lit"' in html
    assert '<tr class="lit"' in html


def test_choosing_by_number_needs_no_pointer(open_page: Open) -> None:
    at = open_page(PAGE, preset="argmax")
    next(s for s in at.selectbox if s.key == "pick_kind").set_value("subconcept neuron").run()
    next(n for n in at.number_input if n.key == "pick_number").set_value(4).run()
    button(at, "pick_choose").click().run()  # type: ignore[attr-defined]
    assert "Chosen: subconcept neuron 4" in words(at)
    assert at.query_params["pick"] == "neuron-1-4"
    next(n for n in at.number_input if n.key == "pick_number").set_value(99).run()
    assert button(at, "pick_choose").disabled  # type: ignore[attr-defined]
    button(at, "pick_clear").click().run()  # type: ignore[attr-defined]
    assert "Nothing is chosen." in words(at)


def test_a_sum_is_tried_on_the_number_line(open_page: Open) -> None:
    at = open_page(PAGE, preset="life", pick="neuron-0-1")
    slider = next(s for s in at.slider if s.key == "sum_life_0_1")
    assert (slider.min, slider.max) == (-7, 9)
    assert "A sum of 0 is a tie" in words(at)
    slider.set_value(-3).run()
    assert "below 0: no" in words(at)


@pytest.mark.parametrize(
    ("line", "sentence"), [(2, "names the function"), (3, "prepares what later lines compare"), (5, "neurons,")]
)
def test_every_line_of_code_is_told(open_page: Open, line: int, sentence: str) -> None:
    at = open_page(PAGE, preset="orientation", pick=f"line-{line}")
    assert any(sentence in each.value for each in at.caption)


def test_labels_of_formulas_are_explained(open_page: Open) -> None:
    assert "Labels are the probabilities of true and of false." in words(open_page(PAGE, preset="max-sat"))


def test_what_a_link_names_wrongly_chooses_nothing(open_page: Open) -> None:
    at = open_page(PAGE, preset="life", pick="neuron-9-9")
    no_error(at)
    assert "Nothing is chosen." in words(at)


def test_grouped_order_names_the_groups(open_page: Open) -> None:
    at = open_page(PAGE, preset="argmax", order="grouped order")
    no_error(at)
    assert 'class="pick" data-value="group-d0"' in html_of(at)


def test_a_painted_input_is_answered_and_followed_line_by_line(open_page: Open) -> None:
    at = open_page(PAGE, preset="eca", rule="30", input="0001000")
    no_error(at)
    assert 'aria-label="0 0 1 1 1 0 0"' in html_of(at)
    assert "step 1 of " in words(at)
    button(at, "step_Last").click().run()  # type: ignore[attr-defined]
    count = re.search(r"step (\d+) of (\d+)", words(at))
    assert count is not None
    assert count[1] == count[2]
    assert "return" in html_of(at)


@pytest.mark.parametrize("text", ["01/1", "abc", "0" * 500, ""])
def test_cells_that_a_link_spells_wrongly_are_one_sentence(open_page: Open, text: str) -> None:
    at = open_page(PAGE, preset="eca", rule="30", input=text)
    assert not at.exception
    assert "did not expect" not in words(at)


@pytest.mark.parametrize(
    ("typed", "sentence"), [("1 2 x", "'x' is no number"), ("7", "Give 2 to 40 numbers"), ("1 1e99", "too large")]
)
def test_numbers_that_cannot_be_read_are_one_sentence(open_page: Open, typed: str, sentence: str) -> None:
    at = open_page(PAGE, preset="argmax")
    next(t for t in at.text_area if t.key == "play_text_argmax").set_value(typed).run()
    assert any(sentence in error.value for error in at.error)
    next(t for t in at.text_area if t.key == "play_text_argmax").set_value("1 7 2.5").run()
    no_error(at)
    assert "**The code answers** `1`" in words(at)


def test_clauses_get_values_and_their_count(open_page: Open) -> None:
    at = open_page(PAGE, preset="max-sat")
    next(t for t in at.text_area if t.key == "play_text_max-sat").set_value("1\n-1 2").run()
    assert "`[True, True]`" in words(at)
    assert "2 of 2 clauses hold" in words(at)
    next(t for t in at.text_area if t.key == "play_text_max-sat").set_value("1 -1").run()
    assert any("names a variable twice" in error.value for error in at.error)


def test_a_changed_weight_voids_the_certificate_with_an_input(open_page: Open) -> None:
    at = open_page(PAGE, preset="life")
    button(at, "break_weight").click().run()  # type: ignore[attr-defined]
    assert any("The certificate is void" in error.value for error in at.error)
    assert "its group says" in words(at)
    assert "An input that shows it." in words(at)
    button(at, "break_undo").click().run()  # type: ignore[attr-defined]
    assert not at.error


def test_changed_code_is_caught_with_an_input(open_page: Open) -> None:
    at = open_page(PAGE, preset="majority")
    keys = [b.key for b in at.button if b.key and re.fullmatch(r"break_\d", b.key)]
    assert len(keys) >= 2
    for key in keys:
        button(at, key).click().run()  # type: ignore[attr-defined]
        assert at.error or any("No input was found" in each.value for each in at.info), key
    assert any("Code and network differ on" in error.value for error in at.error)


def test_an_emptied_editor_is_a_program_without_f(open_page: Open) -> None:
    at = open_page(PAGE, preset="majority", break_editor="true")
    at.session_state["break_text"] = ""
    button(at, "break_check").click().run()  # type: ignore[attr-defined]
    assert any("There is no function f" in error.value for error in at.error)


@pytest.mark.parametrize(("preset", "says"), [("life", "0"), ("max-sat", "[")])
def test_code_that_fails_is_told_beside_what_the_network_says(open_page: Open, preset: str, says: str) -> None:
    at = open_page(PAGE, preset=preset, break_editor="true")
    at.session_state["break_text"] = "def f(x):\n    return f(x)\n"
    button(at, "break_check").click().run()  # type: ignore[attr-defined]
    assert "The code fails: RecursionError" in words(at)
    assert "something of another form" not in words(at)
    assert re.search(r"The network says \W*" + re.escape(says), words(at))


def test_curves_say_who_cannot_take_larger_inputs(open_page: Open) -> None:
    at = open_page(PAGE, preset="argmax")
    slider = next(s for s in at.select_slider if s.key == "essence_size")
    assert slider.value == "6,000"
    assert "**decision tree**: cannot take it" in words(at)
    slider.set_value("6").run()
    assert "**decision tree**: right on" in words(at)


def test_a_size_is_measured_by_a_job(open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIPS_HOME", str(tmp_path))
    at = open_page(PAGE, preset="majority")
    next(n for n in at.number_input if n.key == "measure_majority_0").set_value(21).run()
    at = finished(button(at, "measure").click().run())  # type: ignore[attr-defined]
    no_error(at)
    slider = next(s for s in at.select_slider if s.key == "essence_size")
    assert slider.value == "21"
    assert "**distilled code**: right on 50 of 50" in words(at)
    assert "**decision tree**: cannot take it" in words(at)


def test_a_cancelled_measurement_is_told(open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIPS_HOME", str(tmp_path))
    at = button(open_page(PAGE, preset="orientation"), "measure").click().run()  # type: ignore[attr-defined]
    next(b for b in at.button if b.key and b.key.startswith("cancel_")).click().run()
    at = finished(at)
    assert any("Stopped; nothing was measured." in each.value for each in at.info)


def test_a_damaged_result_is_one_sentence(open_page: Open, runs_folder: Path) -> None:
    place = runs_folder / "assets" / "essence" / "majority.json"
    kept = place.read_bytes()
    try:
        place.write_bytes(kept[: len(kept) // 2])
        st.cache_resource.clear()
        at = open_page(PAGE, preset="majority")
        assert not at.exception
        assert any("majority.json" in error.value for error in at.error)
        value = json.loads(kept)
        del value["condensed"]["layers"]
        place.write_text(json.dumps(value))
        at = open_page(PAGE, preset="majority")
        assert any("is damaged" in error.value for error in at.error)
    finally:
        place.write_bytes(kept)
        st.cache_resource.clear()


def test_an_unknown_preset_in_the_address_is_the_usual_one(open_page: Open) -> None:
    at = open_page(PAGE, preset="cat")
    no_error(at)
    assert next(s for s in at.selectbox if s.key == "preset").value == "life"


def _upload(at: AppTest, **arrays: np.ndarray) -> AppTest:
    held = io.BytesIO()
    np.savez(held, allow_pickle=False, **arrays)
    at.get("file_uploader")[0].upload("mine.npz", held.getvalue(), "application/octet-stream")
    return at.run()


def test_an_own_file_is_distilled_by_a_job(open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIPS_HOME", str(tmp_path))
    at = open_page(PAGE, preset="own")
    sizes = {n: np.array(np.meshgrid(*[[0, 1]] * n, indexing="ij")).reshape(n, -1).T for n in (3, 4, 5)}
    arrays = {}
    for number, (n, x) in enumerate(sizes.items(), start=1):
        end = "" if number == 1 else f"_{number}"
        arrays |= {f"x{end}": x, f"y{end}": x.any(axis=1).astype(int)}
        assert len(x) == 2**n
    at = _upload(at, **arrays)
    assert "8 samples of 3; 16 samples of 4" in words(at)
    at = finished(button(at, "essence_distil").click().run())  # type: ignore[attr-defined]
    no_error(at)
    assert any("no mismatch" in each.value for each in at.success)
    assert any("read_data('mine.npz')" in code.value for code in at.code)
    assert "right on all samples of the sizes given; larger sizes have no known answers" in words(at)
    assert "Size 5: right on 32 of 32 samples" in words(at)
    assert "were taught the same samples" not in words(at)
    assert "µs" not in words(at)
    button(at, "essence_again").click().run()  # type: ignore[attr-defined]
    assert at.get("file_uploader")


def test_a_file_that_cannot_be_read_is_one_sentence(open_page: Open) -> None:
    at = _upload(open_page(PAGE, preset="own"), x=np.zeros((4, 3), dtype=int))
    assert any("no array 'y'" in error.value for error in at.error)
    assert "essence_distil" not in [b.key for b in at.button]


def test_random_labels_end_in_what_was_tried(open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIPS_HOME", str(tmp_path))
    x = np.array(np.meshgrid(*[[0, 1]] * 7, indexing="ij")).reshape(7, -1).T
    at = _upload(open_page(PAGE, preset="own"), x=x, y=np.random.default_rng(4).integers(0, 2, len(x)))
    at = finished(button(at, "essence_distil").click().run())  # type: ignore[attr-defined]
    assert any("No regular structure." in each.value for each in at.warning)
    assert "What was tried" in words(at)


def test_the_first_paint_needs_neither_torch_nor_scikit_learn(runs_folder: Path) -> None:
    assert heavy_imports_of_first_paint("essence_view", runs_folder, shown="success") == "[]"


def test_the_calls_on_the_page_run(open_page: Open) -> None:
    at = open_page(PAGE, preset="majority")
    python = next(code.value for code in at.code if code.value.startswith("from mips_core"))
    scope: dict[str, object] = {}
    exec(python, scope)
    function = scope["f"]
    assert callable(function)
    assert [function([0, 1, 1]), function([0] * 50 + [1] * 49)] == [1, 0]
