"""The guided tour on the run that ships for it: every step opens, and right and wrong answers are told apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mips_core.runs import shipped_run
from mips_core.stepping import outputs_of, trace
from mips_core.views.questions import first_perfect_moment

REPOSITORY = Path(__file__).resolve().parents[2]
TOUR = "Div_3"

Open = Callable[..., AppTest]


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.syspath_prepend(str(REPOSITORY))

    def start(part: int, **query: str) -> AppTest:
        at = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        for name, value in {"part": str(part), **query}.items():
            at.query_params[name] = value
        at.switch_page("pages/story_view.py")
        return at.run()

    return start


def clean(at: AppTest) -> AppTest:
    assert not at.exception
    assert [error.value for error in at.error] == []
    return at


def check(at: AppTest) -> AppTest:
    next(button for button in at.button if button.label == "Check").click()
    return clean(at.run())


def question(at: AppTest) -> str:
    return next(text.value for text in at.markdown if "Your turn" in text.value)


@pytest.mark.parametrize("part", range(1, 7))
def test_every_step_opens_and_asks(step: Open, part: int) -> None:
    at = clean(step(part))
    assert "Your turn" in question(at)
    assert not at.success


def test_an_answer_to_the_task_is_judged_and_counted(step: Open) -> None:
    at = step(1)
    shown = question(at).split("**")[3]
    x = np.array([[int(v)] for v in shown.split()])
    right = int(outputs_of(shipped_run(TOUR).program, x[None])[0, -1, 0])
    answers = next(group for group in at.button_group if group.label == "Your answer")
    answers.set_value(1 - right)
    assert "Not this time" in check(at).warning[0].value
    answers = next(group for group in at.button_group if group.label == "Your answer")
    answers.set_value(right)
    assert check(at).success[0].value.startswith("Right")


def test_the_film_tells_when_the_network_knew_its_task(step: Open) -> None:
    film = shipped_run(TOUR).snapshots
    assert film is not None
    first = first_perfect_moment(film, int(film.lengths[0]))
    at = step(2)
    at.number_input[0].set_value(first)
    assert check(at).success
    at.number_input[0].set_value(0)
    assert "Look later" in check(at).warning[0].value


def test_tolerances_are_judged_by_what_the_clusters_mix(step: Open) -> None:
    at = step(3)
    at.select_slider[0].set_value(1.0)
    assert "thrown together" in check(at).warning[0].value
    at.select_slider[0].set_value(0.1)
    assert check(at).success


def test_a_variable_is_judged_by_the_program(step: Open) -> None:
    at = step(5)
    x = np.array([[int(v)] for v in question(at).split("**")[3].split()])
    program = shipped_run(TOUR).program
    right = int(trace(program, x[None]).states[0, -1, 0])
    at.number_input[0].set_value(right)
    assert check(at).success
    at.number_input[0].set_value(right + 1)
    assert check(at).warning


def test_an_input_that_breaks_the_changed_program_is_a_counterexample(step: Open) -> None:
    at = step(6)
    shortest = next(block.value for block in at.code if block.language is None or "def" not in block.value)
    at.text_input[0].set_value(shortest)
    assert "counterexample" in check(at).success[0].value
    at.text_input[0].set_value("7")
    assert "7" in check(at).warning[0].value


def test_next_and_back_lead_through_the_steps(step: Open) -> None:
    at = step(3)
    at.button(key="tour_next").click()
    assert "reads" in question(clean(at.run()))
    at.button(key="tour_back").click()
    assert "tolerance" in question(clean(at.run()))


def test_the_question_and_the_tolerance_stand_in_the_address(step: Open) -> None:
    at = step(4)
    first = question(at)
    for _ in range(20):
        at.button(key="tour_more_4").click().run()
        if question(at) != first:
            break
    turn = at.query_params["tour_turn_4"]
    assert question(clean(step(4, tour_turn_4=turn))) == question(at) != first
    at = clean(step(3, tour_tolerance="0.05"))
    assert at.select_slider(key="tour_tolerance").value == 0.05
    assert clean(step(3, tour_tolerance="0.123456")).query_params.get("tour_tolerance") is None
