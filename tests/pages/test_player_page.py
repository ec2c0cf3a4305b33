"""The page "Lock-step": what it hands to the player, and what it says where something is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from page_text import words
from streamlit.testing.v1 import AppTest

Open = Callable[..., AppTest]

RUNS = ("Parity_All", "Parity_Last4", "Binary_Addition", "Sum_All", "remainder", "windows_of_seven", "turnstile")


def elements(block: Any) -> Iterator[Any]:
    for child in block.children.values():
        if hasattr(child, "children"):
            yield from elements(child)
        else:
            yield child


def handed(at: AppTest) -> dict[str, Any]:
    """Return the data that the page hands to the player in the browser; NaN would be no JSON."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} in the data breaks the browser")

    (player,) = [e for e in elements(at.main) if e.type == "bidi_component"]
    data: dict[str, Any] = json.loads(player.proto.json, parse_constant=refuse)
    return data


@pytest.mark.parametrize("run", RUNS)
def test_every_kind_of_run_is_handed_over_whole(open_page: Open, run: str) -> None:
    at = open_page("player_view", task=run, t="2")
    assert not at.exception
    assert not at.error
    data = handed(at)
    view = data["view"]
    assert data["asked"]["t"] == 2
    assert data["panels"] == ["tape", "states", "machine", "program", "outputs"]
    names = [name for name, _ in view["rows"]]
    assert names[:3] == ["network", "machine", "program"]
    assert all(len(outputs) == view["length"] == len(view["inputs"]) for _, outputs in view["rows"])
    assert len(view["program"]["steps"]) == view["length"] + 1
    assert len(view["states"]["path"]) == view["length"] + 1
    assert view["end"].startswith("End of the sequence: ")
    assert "What you see here" in words(at)
    assert "In Python" in words(at)


def test_where_the_network_drifts_the_end_says_from_which_step_on(open_page: Open) -> None:
    view = handed(open_page("player_view", task="Sum_All"))["view"]
    first = next(t for t, apart in enumerate(view["apart"]) if apart)
    assert [view["rows"][k][0] for k in view["apart"][first]] == ["network"]
    assert f"network differs from machine, program and truth first at step {first + 1}" in view["end"]


@pytest.mark.parametrize("run", ["Parity_All", "turnstile", "stubborn"])
def test_the_code_that_is_shown_runs(open_page: Open, run: str) -> None:
    at = open_page("player_view", task=run)
    shown = next(block.value for block in at.code if "lock_step" in block.value)
    exec(compile(shown, "shown", "exec"), {})


def test_a_run_without_machine_and_program_says_so_in_their_panels(open_page: Open) -> None:
    at = open_page("player_view", task="stubborn")
    assert not at.exception
    assert not at.error
    view = handed(at)["view"]
    assert view["machine"] == {"kind": "none", "missing": "No machine was found for this network."}
    assert view["program"] == {"missing": "No program was found for this network."}
    assert view["states"]["count"] > 0
    assert [name for name, _ in view["rows"]] == ["network"]


def test_an_unknown_task_leads_to_the_gallery(open_page: Open) -> None:
    at = open_page("player_view", task="Nobody")
    assert not at.exception
    assert "no finished run called 'Nobody'" in at.error[0].value


def test_an_empty_sequence_stays_at_the_start(open_page: Open) -> None:
    at = open_page("player_view", task="Parity_All", xs="", t="3")
    assert not at.exception
    data = handed(at)
    assert data["asked"]["t"] == 0
    assert data["view"]["length"] == 0
    assert data["view"]["end"] == "The sequence is empty: nothing has been read yet."


def test_a_bad_sequence_is_explained_and_the_example_is_one_click_away(open_page: Open) -> None:
    at = open_page("player_view", task="Parity_All", xs="1 0 7")
    assert "Step 3 is 7; this network reads 0 or 1." in at.error[0].value
    next(button for button in at.button if button.label == "Back to the example").click().run()
    assert not at.error
    assert handed(at)["view"]["length"] > 0


def test_step_and_state_come_from_the_address_and_stay_within_what_exists(open_page: Open) -> None:
    at = open_page("player_view", task="Parity_All", xs="1 0 1", t="99", state="1")
    assert handed(at)["asked"] == {"n": 0, "t": 3, "state": 1, "look": ""}
    at = open_page("player_view", task="Parity_All", xs="1 0 1", t="two", state="40")
    assert handed(at)["asked"] == {"n": 0, "t": 0, "state": None, "look": ""}


def test_the_look_comes_from_the_address_as_far_as_the_player_knows_it(open_page: Open) -> None:
    at = open_page("player_view", task="Parity_All", xs="1 0 1", look="10 sideways 3d")
    assert handed(at)["asked"]["look"] == "10 3d"
    assert at.query_params["look"] == "10 3d"


def test_what_nobody_moved_is_sent_unchanged_and_another_step_is_sent_as_asked(open_page: Open) -> None:
    at = open_page("player_view", task="Parity_All", xs="1 0 1")
    at.session_state["player"] = {}  # AppTest mounts no component; in a browser its key is there from then on
    first = handed(at)
    assert handed(at.run()) == first
    at.session_state["t"] = 2
    moved = handed(at.run())
    assert moved["asked"]["t"] == 2
    assert moved["asked"]["n"] != first["asked"]["n"]
    assert moved["id"] == first["id"]


def test_another_sequence_is_another_player(open_page: Open) -> None:
    at = open_page("player_view", task="Parity_All", xs="1 0 1", t="2")
    before = handed(at)
    at.text_input(key="xs").set_value("1 1 1 0").run()
    after = handed(at)
    assert after["id"] != before["id"]
    assert after["asked"]["t"] == 2
    assert after["view"]["inputs"] == ["1", "1", "1", "0"]


def test_what_is_folded_is_made_once_it_is_opened(open_page: Open) -> None:
    at = open_page("player_view", task="Parity_All", xs="1 0 1")
    assert not at.dataframe
    at = open_page("player_view", task="Parity_All", xs="1 0 1", numbers="true")
    assert not at.exception
    assert len(at.dataframe[0].value) == 3
