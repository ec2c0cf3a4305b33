"""The page on the state machine: its three forms, single states, large machines, batches, and what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from page_text import html_of, no_failure, words
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]
PAGE = "state_machine"


def drawings(at: AppTest) -> list[dict[str, Any]]:
    """Return the drawings on canvases, as the browser gets them."""
    found = []
    for element in at.get("bidi_component"):
        data = json.loads(element.proto.json or "{}")
        found += data.get("panes", [])
    return found


def test_the_current_state_is_told_with_prefix_visits_and_variables(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_Last4", xs="1 0 1", t="2")
    no_failure(at)
    text = words(at)
    assert "#### S2, the current state" in text
    assert "Shortest input that leads here: **1 0**" in text
    assert "positions on sampled sequences" in text
    assert "The program holds `x1` = 0, `x2` = 1, `x3` = 0." in text
    assert 'aria-label="Choose state S5"' in html_of(at)


def test_a_chosen_state_stays_and_leads_back(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_Last4", xs="1 0 1", t="2", state="5")
    no_failure(at)
    assert "#### S5" in words(at)
    at.button(key="to_current").click().run()
    assert "#### S2, the current state" in words(at)


@pytest.mark.parametrize(
    ("asked", "heading", "said"),
    [
        ("S3", "#### S3", "S3 is chosen."),
        ("1 1 0", "#### S", "`"),
        ("S99", "#### S0", "There is no state S99; the machine has S0 to S7."),
        ("1 9", "#### S0", "Step 2 is 9; this network reads 0 or 1."),
    ],
)
def test_states_are_found_by_name_or_by_the_inputs_that_lead_there(
    open_page: Open, asked: str, heading: str, said: str
) -> None:
    at = open_page(PAGE, task="Parity_Last4", xs="0", t="0")
    at.text_input(key="find_state").set_value(asked).run()
    no_failure(at)
    assert heading in words(at)
    if asked == "1 1 0":
        assert "1 1 0 leads to **S" in words(at)
    else:
        assert said in words(at)


def test_two_states_are_told_apart_by_their_shortest_suffix(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_All", xs="1", t="0", apart="true")
    text = words(at)
    assert "The shortest suffix that tells them apart is **0**." in text
    assert "From S0 its last output is **0**, from S1 it is **1**." in text


def test_raw_states_stand_beside_the_minimal_ones_and_say_which_they_became(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_Last4", form="raw")
    no_failure(at)
    text = words(at)
    assert "**the same machine** as the one that was found" in text
    assert "May two raw states be merged?" in text
    assert "**No suffix tells" in text
    raw, minimal = drawings(at)
    assert raw["title"] == "Raw"
    assert "part of S" in raw["svg"]
    assert minimal["svg"].count('class="state"') == 8
    assert raw["svg"].count('class="state"') > 8


def test_rounds_are_walked_one_by_one(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_Last4", form="raw")
    slider = at.slider(key="round")
    assert slider.value == slider.max == 3
    sizes = []
    for k in range(4):
        at.slider(key="round").set_value(k).run()
        no_failure(at)
        sizes.append(len(at.dataframe[0].value))
    assert sizes == [1, 2, 4, 8]  # a suffix of k bits shows k of the three bits that are remembered
    at.slider(key="round").set_value(1).run()
    assert "writes" in "".join(at.dataframe[0].value["why new"])


def test_a_tolerance_that_is_too_coarse_is_proved_by_two_prefixes(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_Last4", form="raw", tolerance_raw="0.3")
    at.select_slider(key="tolerance_raw").set_value("0.3").run()
    no_failure(at)
    assert "30 % of the range" in words(at)
    if at.warning:
        assert "Not deterministic at this tolerance" in words(at) or "not the machine" in words(at)


def test_the_moore_machine_says_how_many_states_it_has_and_why(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_Last4", form="moore")
    no_failure(at)
    assert "The Mealy machine has 8 states, the Moore machine **16**." in words(at)
    (drawn,) = drawings(at)
    assert drawn["svg"].count('class="state"') == 16
    at = open_page(PAGE, task="Parity_All", form="moore")
    assert "the Moore machine **2**" in words(at)


def test_a_moore_machine_that_is_too_large_is_not_drawn(open_page: Open) -> None:
    at = open_page(PAGE, task="windows_of_seven", form="moore")
    no_failure(at)
    assert "more than 40 states" in at.info[0].value
    assert not drawings(at)


def test_unknown_settings_in_the_address_fall_back(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_Last4", form="cube", tolerance_raw="huge", round="x", radius="9")
    no_failure(at)
    assert at.button_group(key="form").value == "minimal"
    at = open_page(PAGE, task="Parity_Last4", form="raw", tolerance_raw="huge", round="99")
    no_failure(at)
    assert at.slider(key="round").value == 3


def test_large_machines_are_walked_by_neighbourhood(open_page: Open) -> None:
    at = open_page(PAGE, task="windows_of_seven", xs="1 0 1", t="3", state="1")
    no_failure(at)
    assert "a picture of more than 40 cannot be read" in words(at)
    (near,) = drawings(at)
    few = near["svg"].count('class="state"')
    at.button_group(key="radius").set_value(2).run()
    no_failure(at)
    assert drawings(at)[0]["svg"].count('class="state"') > few
    at.text_input(key="find_state").set_value("S9").run()
    assert "#### S9" in words(at)
    assert 'class="crumbs"' in html_of(at)
    at.text_input(key="table_find").set_value("S12").run()
    assert "of 64 hold 'S12'" in words(at)


def test_raw_states_of_a_large_machine_are_a_table_with_the_reason(open_page: Open) -> None:
    at = open_page(PAGE, task="windows_of_seven", form="raw")
    no_failure(at)
    assert "cannot be read; the table shows them by class." in words(at)
    assert list(at.dataframe[0].value) == ["state", "raw states", "which", "shortest prefixes"]


def test_a_batch_runs_line_by_line_and_names_the_bad_ones(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_All")
    assert "Nothing to run yet" in words(at)
    at.text_area(key="batch").set_value("1 0 1\n\n1 7\n11\nx").run()
    no_failure(at)
    text = words(at)
    assert "**2 sequences** ran; all agree on all." in text
    assert "2 lines cannot be read; the others ran." in text
    assert "Line 3: Step 2 is 7; this network reads 0 or 1." in text
    assert "Line 5: Step 1 is 'x'" in text
    assert "ends in S0" in html_of(at)


def test_a_batch_shows_only_what_disagrees_on_demand(open_page: Open) -> None:
    at = open_page(PAGE, task="Sum_All", batch="9 9\n" + " ".join(["9"] * 28))
    assert "some disagree on 1 of them" in words(at)
    at.toggle(key="batch_only").set_value(True).run()
    no_failure(at)
    assert "first at step" in html_of(at)
    assert 'aria-label="Play line 1"' not in html_of(at)
    assert 'aria-label="Play line 2"' in html_of(at)


def test_a_row_of_a_batch_opens_in_the_player(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_All", batch="1 0 1\n0 1 1 0")
    at.session_state["batch_open"] = "0 1 1 0"
    at.run()
    no_failure(at)
    assert at.title[0].value == "Lock-step"
    assert at.text_input(key="xs").value == "0 1 1 0"


def test_random_lines_fill_the_batch_and_another_run_empties_it(open_page: Open) -> None:
    at = open_page(PAGE)
    at.button(key="batch_random").click().run()
    no_failure(at)
    assert len(at.text_area(key="batch").value.splitlines()) == 20
    assert "**20 sequences** ran" in words(at)
    at.selectbox(key="task").set_value("Sum_All").run()
    no_failure(at)
    assert at.text_area(key="batch").value == ""


def test_a_step_of_an_integer_system_is_worked_out(open_page: Open) -> None:
    at = open_page(PAGE, task="Sum_All", xs="4 3 5", t="2")
    no_failure(at)
    assert "**Step 2.** Remembered before: `total` = 4. Read now: `x` = 3." in words(at)
    table = at.dataframe[0].value
    assert table["with the numbers"].tolist() == ["4 + 3", "4 + 3"]
    assert table["result"].tolist() == ["7", "7"]
    at = open_page(PAGE, task="Sum_All", xs="4 3 5", t="0")
    assert "Nothing has been read yet." in words(at)


def test_words_are_found_and_never_observed_arrows_are_named(open_page: Open) -> None:
    at = open_page(PAGE, task="turnstile", xs="push", t="0")
    no_failure(at)
    assert "not all observed" in html_of(at)
    at.text_input(key="find_state").set_value("coin(1,2)").run()
    no_failure(at)
    assert "`coin(1,2)` leads to **S1**." in words(at)
    at.text_area(key="batch").set_value("coin(1,2) push\npish").run()
    assert "Line 2: Step 1 holds the word 'pish'" in words(at)
    for form in ("raw", "moore"):
        no_failure(open_page(PAGE, task="turnstile", form=form))


def test_without_a_machine_the_page_says_so(open_page: Open) -> None:
    at = open_page(PAGE, task="stubborn")
    no_failure(at)
    assert "No machine was found" in at.warning[0].value
    assert not at.text_area


@pytest.mark.parametrize("xs", ["", "1 " * 400])
def test_empty_and_long_sequences(open_page: Open, xs: str) -> None:
    at = open_page(PAGE, task="Parity_Last4")
    at.text_input(key="xs").set_value(xs).run()
    no_failure(at)
    assert "What you see here" in words(at)


@pytest.mark.parametrize(
    ("task", "form"),
    [("Parity_Last4", "minimal"), ("Parity_All", "raw"), ("Parity_All", "moore"), ("Sum_All", "minimal")],
)
def test_the_code_in_python_runs_as_shown(
    open_page: Open, capsys: pytest.CaptureFixture[str], task: str, form: str
) -> None:
    at = open_page(PAGE, task=task, form=form)
    code = next(block.value for block in reversed(at.code) if block.language == "python")
    exec(code, {})
    assert capsys.readouterr().out


def test_raw_machines_of_words_speak_in_words(open_page: Open) -> None:
    raw, _ = drawings(open_page(PAGE, task="turnstile", form="raw"))
    assert "coin(1,2)/unlocked" in raw["svg"]


def test_a_link_brings_the_pair_of_raw_states(open_page: Open) -> None:
    at = open_page(PAGE, task="Parity_Last4", form="raw", raw_one="2", raw_other="5")
    no_failure(at)
    assert (at.selectbox(key="raw_one").value, at.selectbox(key="raw_other").value) == (2, 5)
    at.selectbox(key="raw_one").set_value(3).run()  # the second is chosen anew for another first
    no_failure(at)
    assert at.query_params["raw_one"] == "3"
    assert "raw_other" not in at.query_params
    at = open_page(PAGE, task="Parity_Last4", form="raw", raw_one="900", raw_other="no number")
    no_failure(at)
    assert at.selectbox(key="raw_one").value == 0
