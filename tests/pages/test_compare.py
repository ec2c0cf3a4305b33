"""The page Compare and failures: matrix, lengths, failures by cause, shrinking, pinning, and runs of every kind."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from page_text import labels, words
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]


def test_a_run_without_a_fault_says_so_with_counts(open_page: Open) -> None:
    at = open_page("compare_view", task="Parity_Last4")
    assert not at.exception
    assert not at.error
    text = words(at)
    assert "All pairs agree on every sequence that was compared." in text
    assert "No difference on " in text
    assert "Nobody parts on these. That is no proof" in text
    assert "right on every sequence up to 100x" in text
    assert "Data: the task's rule" in text
    assert "Look harder" in labels(at)
    assert "Shrink" not in labels(at)


def test_a_failing_run_shows_its_cause_and_is_shrunk(open_page: Open) -> None:
    at = open_page("compare_view", task="Sum_All")
    assert not at.exception
    text = words(at)
    assert "These differ: data and network; network and machine; network and program. The other 3 pairs agree." in text
    assert "not learnt" in text
    assert "Evidence: The network is wrong within the length that it was trained at" in text
    assert "The network is first wrong at " in text
    at.button(key="shrink_not_learnt").click().run()
    assert not at.exception
    assert "no single step can go" in words(at) or "as small as it gets" in words(at)
    assert at.session_state["kept"]["shrunk"] == "not_learnt"
    assert "Shrink" not in labels(at)


def test_a_link_brings_what_was_shrunk_and_pinned(open_page: Open) -> None:
    at = open_page("compare_view", task="Sum_All", shrunk="not_learnt", pin="not_learnt:" + " ".join(["99"] * 8))
    assert not at.exception
    text = words(at)
    assert "Beside the pinned reference:" in text
    (table,) = [frame.value for frame in at.dataframe if "reference" in frame.value]
    assert table["reference"].tolist()[0] == "not learnt"
    assert "not learnt" in text
    assert "Shrink" not in labels(at)


@pytest.mark.parametrize("pin", ["not_learnt:1 2 3", "not_learnt:no numbers", "nonsense"])
def test_a_pin_that_is_no_failure_is_let_go(open_page: Open, pin: str) -> None:
    at = open_page("compare_view", task="Sum_All", pin=pin)
    assert not at.exception
    assert "it was let go" in words(at)


def test_pinning_and_letting_go(open_page: Open) -> None:
    at = open_page("compare_view", task="Sum_All")
    at.button(key="pin_not_learnt").click().run()
    assert "Let the reference go" in labels(at)
    at.button(key="pin_not_learnt").click().run()
    assert not at.exception
    assert "Pin as reference" in labels(at)


def test_a_failure_opens_in_the_player_at_its_first_difference(open_page: Open) -> None:
    at = open_page("compare_view", task="Sum_All")
    at.button(key="open_not_learnt").click().run()
    assert not at.exception
    assert at.title[0].value == "Lock-step"
    steps = at.text_input(key="xs").value.split()
    assert at.session_state["kept"]["t"] == str(len(steps))
    assert at.selectbox(key="task").value == "Sum_All"


def test_a_cell_of_the_matrix_opens_the_player(open_page: Open) -> None:
    at = open_page("compare_view", task="Sum_All")
    at.session_state["open_failure"] = {"xs": "9 9 9", "t": "3"}
    at.run()
    assert at.title[0].value == "Lock-step"
    assert at.text_input(key="xs").value == "9 9 9"


def test_failures_are_filtered_by_where_they_were_found(open_page: Open) -> None:
    at = open_page("compare_view", task="Sum_All")
    assert "Shrink" in labels(at)
    at.button_group(key="among").set_value(["short"]).run()
    assert not at.exception
    assert "No difference on " in words(at)
    assert "Nobody parts on these" in words(at)
    assert "Shrink" not in labels(at)


def test_another_run_forgets_pin_and_shrinking(open_page: Open) -> None:
    at = open_page("compare_view")
    at.selectbox(key="task").set_value("Sum_All").run()
    at.button(key="shrink_not_learnt").click().run()
    at.selectbox(key="task").set_value("Parity_All").run()
    assert not at.exception
    assert "shrunk" not in at.session_state["kept"]


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        ("remainder", "Data: none. The network came without a rule"),
        ("stubborn", "There is nothing to compare the network with."),
        ("turnstile", "Data: none."),
        ("Binary_Addition", "All pairs agree"),
    ],
)
def test_runs_without_a_rule_a_machine_or_numbers(open_page: Open, run: str, sentence: str) -> None:
    at = open_page("compare_view", task=run)
    assert not at.exception
    assert not at.error
    assert sentence in words(at)


def test_the_code_runs_and_the_command_names_the_run(open_page: Open) -> None:
    at = open_page("compare_view", task="Parity_All", xs="1 0 1")
    code = next(block.value for block in reversed(at.code) if block.language == "python")
    assert "find_failures" in code
    exec(code, {})
    assert at.code[-1].value == "mips compare Parity_All --shrink"


def test_findings_are_files(open_page: Open) -> None:
    from pages.parts import compare_files, data

    open_page("compare_view", task="Sum_All")
    table, everything = compare_files.files(data.shipped()["Sum_All"])
    lines = str(table.content() if callable(table.content) else table.content).splitlines()
    assert lines[0] == "cause,who,first difference,found among,sequence,evidence"
    assert lines[1].startswith("not learnt,data ≠ network,")
    found = json.loads(str(everything.content() if callable(everything.content) else everything.content))
    assert found["format"] == "mips-comparison"
    assert {cell["right"] for cell in found["agreement"]} == {"network", "machine", "program"}
    assert found["search"]["causes"][0]["cause"] == "not learnt"
