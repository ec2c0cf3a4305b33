"""The page of hidden states through AppTest."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_text import no_error, words
from streamlit.testing.v1 import AppTest

REPOSITORY = Path(__file__).resolve().parents[2]

Open = Callable[..., AppTest]


def selected(*points: int) -> dict[str, Any]:
    return {"selection": {"points": [{"customdata": point, "curve_number": 0} for point in points]}}


def rows(at: AppTest) -> Any:
    return at.dataframe[0].value


def test_the_picture_is_there_before_any_click(open_page: Open) -> None:
    at = open_page("hidden_states", task="Parity_Last4")
    no_error(at)
    text = words(at)
    assert "As they are" in text
    assert "In normal form" in text
    assert "Done: centred, same spread in every direction, turned to independent axes." in text
    assert "The first hidden state of each state: the one with the shortest input" in text
    assert rows(at)["state"].tolist() == [f"S{i}" for i in range(8)]
    assert rows(at)["inputs so far"][0] == "(nothing yet)"
    assert "no conflict" in text


def test_a_selection_fills_the_table_lights_its_state_and_goes_into_the_address(open_page: Open) -> None:
    at = open_page("hidden_states", task="Parity_All", xs="1 0")
    at.session_state["cloud_raw"] = selected(3)
    at.run()
    no_error(at)
    assert "The point that you chose" in words(at)
    state = int(rows(at)["state"][0][1:])
    assert at.query_params["points"] == "3"
    assert at.query_params["state"] == str(state)
    at.button(key="clear_points").click().run()
    assert "points" not in at.query_params
    assert "state" not in at.query_params
    assert len(rows(at)) == 2


def test_points_of_several_states_choose_no_single_state(open_page: Open) -> None:
    at = open_page("hidden_states", task="Parity_All")
    at.session_state["cloud_normal"] = selected(*range(40))
    at.run()
    no_error(at)
    assert set(rows(at)["state"]) == {"S0", "S1"}
    assert "state" not in at.query_params


def test_a_link_reopens_points_settings_and_state(open_page: Open) -> None:
    at = open_page(
        "hidden_states", task="Parity_Last4", xs="1 0", points="3.4", colour="cluster", along="hidden units",
        axes="2.5", space="2", close="0.01", follow="True", t="1",
    )  # fmt: skip
    no_error(at)
    assert "The 2 points that you chose" in words(at)
    assert at.selectbox(key="colour").value == "cluster"
    assert at.multiselect(key="axes").value == [2, 5]
    assert at.select_slider(key="close").value == 0.01
    assert at.toggle(key="follow").value is True
    assert "single_linkage(cloud.states).labels(0.01)" in at.code[0].value
    for name in ("points", "colour", "along", "axes", "close", "follow"):
        assert name in at.query_params
    assert "space" not in at.query_params  # what is usual is left out


def test_settings_of_another_run_or_beyond_it_are_dropped(open_page: Open) -> None:
    at = open_page("hidden_states", task="Parity_All", points="99999.x", axes="400.1", colour="nothing", close="0.0123")
    no_error(at)
    assert "points" not in at.query_params
    assert at.selectbox(key="colour").value == "machine state"
    at = open_page("hidden_states", task="Parity_All", points="3", colour="cluster")
    at.selectbox(key="task").select("Sum_All").run()
    no_error(at)
    assert "points" not in at.query_params
    assert at.selectbox(key="colour").value == "total"


def test_a_state_chosen_elsewhere_shows_its_points(open_page: Open) -> None:
    at = open_page("hidden_states", task="remainder", state="3")
    no_error(at)
    assert "hidden states of S3" in words(at)
    assert set(rows(at)["state"]) == {"S3"}
    at = open_page("hidden_states", task="Parity_All", state="1", points="0")  # the start is in another state
    assert "hidden states of S1" in words(at)
    assert "points" not in at.query_params


def test_integers_lie_on_a_lattice(open_page: Open) -> None:
    at = open_page("hidden_states", task="Sum_All", readings="true", lattice="true", normal_form="true")
    no_error(at)
    text = words(at)
    assert "Each hidden state as steps along 1 vector of a lattice." in text
    assert "Readings that round to the integer" in [m.label for m in at.metric]
    assert "It follows from the network's weights" in text
    assert "two values of the machine" in text
    at.segmented_control(key="form").set_value("normal form").run()
    no_error(at)
    assert "Jordan form" in words(at)


def test_where_no_lattice_is_found_the_nearest_are_shown_with_the_reason(open_page: Open) -> None:
    at = open_page("hidden_states", task="Parity_Last4", lattice="true")
    assert len(at.warning) == 1
    assert "lattice" in at.warning[0].value


def test_without_a_machine_clusters_and_outputs_remain(open_page: Open) -> None:
    at = open_page("hidden_states", task="stubborn")
    no_error(at)
    assert at.selectbox(key="colour").options == ["output", "cluster"]
    assert "No machine was found for this network" in words(at)
    assert "The first hidden state of each cluster" in words(at)
    at.session_state["cloud_raw"] = selected(0, 5)
    at.run()
    no_error(at)
    assert "The 2 points that you chose" in words(at)


def test_words_are_written_as_words(open_page: Open) -> None:
    at = open_page("hidden_states", task="turnstile")
    no_error(at)
    assert rows(at)["inputs so far"].tolist() == ["(nothing yet)", "coin(1,2)"] or "push" in str(
        rows(at)["inputs so far"]
    )
    assert set(rows(at)["output"]) <= {"none yet", "open", "*locked*", "unlocked"}


def test_an_empty_sequence_has_a_path_of_one_point(open_page: Open) -> None:
    at = open_page("hidden_states", task="Parity_All", xs="", follow="True")
    no_error(at)
    assert "As they are" in words(at)


def test_more_states_than_a_strip_holds_are_found_by_name(open_page: Open) -> None:
    at = open_page("hidden_states", task="windows_of_seven")
    no_error(at)
    at.selectbox(key="states_find").select(40).run()
    no_error(at)
    assert at.query_params["state"] == "40"
    assert set(rows(at)["state"]) == {"S40"}


@pytest.mark.parametrize("close", ["0.0001", "1.0"])
def test_the_ends_of_the_slider_work(open_page: Open, close: str) -> None:
    at = open_page("hidden_states", task="Parity_All", close=close, colour="cluster")
    no_error(at)
    found = re.search(r"there are \*\*([\d,]+) cluster", words(at))
    assert found is not None
    assert (found[1] == "1") == (close == "1.0")


def test_the_python_on_the_page_runs() -> None:
    """As shown, on a shipped run; only the window of the figure is left out."""
    at = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    at.query_params["task"] = "Div_3"
    at.switch_page("pages/hidden_states.py").run()
    code = at.code[0].value.replace(".show()", "")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "1201 hidden states in" in ran.stdout


def test_the_training_is_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a shipped run, whose training was recorded; the handmade ones have none."""
    monkeypatch.syspath_prepend(str(REPOSITORY))

    def opened(**query: str) -> AppTest:
        at = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        for name, value in {"task": "Div_3", **query}.items():
            at.query_params[name] = value
        at.switch_page("pages/hidden_states.py")
        return at.run()

    at = opened()
    assert not [slider for slider in at.slider if slider.label.startswith("Moment")]
    at.toggle(key="film").set_value(True).run()
    no_error(at)
    (moment,) = [slider for slider in at.slider if slider.label.startswith("Moment")]
    moment.set_value(3).run()
    no_error(at)
    link = {name: at.query_params[name] for name in at.query_params if "film" in name}
    again = opened(**link)
    assert next(slider for slider in again.slider if slider.label.startswith("Moment")).value == 3
