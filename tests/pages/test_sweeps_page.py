"""Sweeps on the page "Your runs"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from page_text import labels, no_error, words
from streamlit.testing.v1 import AppTest

import pages.parts.sweeps
import pages.parts.working
from mips_core.jobs import Job, JobState
from mips_core.sweeps import Outcome, Plan, Row, Sweeps, Unit
from mips_core.sweeps.job import resume_sweep, sweep_tasks
from mips_core.sweeps.record import Record

Open = Callable[..., AppTest]
UNITS = tuple(Unit(source, seed=seed, budget=15.0) for seed in range(2) for source in ("Sum_All", "Prev1"))
ROWS = (
    Row(UNITS[0], "a", Outcome.SOLVED, run="sum-all-12345678", method="linear", nodes=4, seconds=2.0),
    Row(UNITS[1], "b", Outcome.FAILED, "2 workers ended while at it."),
)


def _begun(units: tuple[Unit, ...] = UNITS, rows: tuple[Row, ...] = ROWS) -> Record:
    record = Sweeps().begin(Plan(units))
    record.update(rows=rows, running=units[-1:], seconds=10.0, workers=2, workers_title="2 local workers")
    record._write()
    return record


def _grid(at: AppTest) -> str:
    return "".join(element.proto.body for element in at.get("html") if 'class="sweep"' in element.proto.body)


def test_without_sweeps_the_page_says_what_one_is_and_starts_one(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("runs_view")
    no_error(at)
    assert "A **sweep** trains a network for many tasks and seeds" in words(at)
    assert at.button(key="sweep_start").disabled
    at.multiselect(key="sweep_names").select("Prev1").run()
    at.number_input(key="sweep_seeds").set_value(2).run()
    assert "That makes 2 units." in words(at)
    assert "mips sweep --tasks Prev1 --seeds 2 --budget 15" in [code.value for code in at.code]
    ordered = []
    monkeypatch.setattr(pages.parts.sweeps, "start", lambda *order, **more: ordered.append((order, more["title"])))
    at.button(key="sweep_start").click().run()
    no_error(at)
    assert ordered == [
        ((sweep_tasks, {"tasks": ["Prev1"], "seeds": [0, 1], "budget": 15.0}), "Sweep: Prev1; seeds 0 to 1; 15 s each")
    ]


@pytest.mark.parametrize("seeds", [1000, 0, -2, 2.5, 1e9])
def test_a_number_of_seeds_that_cannot_be_started_is_said_and_starts_nothing(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, seeds: float
) -> None:
    monkeypatch.setattr(pages.parts.sweeps, "start", lambda *order, **more: pytest.fail("nothing is to be started"))
    at = open_page("runs_view")
    at.multiselect(key="sweep_names").select("Prev1").run()
    at.number_input(key="sweep_seeds").set_value(seeds)
    at.button(key="sweep_start").click().run()  # at once, while the button could still be pressed
    no_error(at)
    written = "1,000,000,000" if seeds == 1e9 else f"{seeds:,}"
    assert [warning.value for warning in at.warning] == [
        f"A whole number of seeds from 1 to 20 can be started here, not {written}."
    ]
    assert "That makes" not in words(at)
    assert at.button(key="sweep_start").disabled


def test_what_was_started_is_shown_though_another_sweep_was_chosen_before(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begun(UNITS, ()).end("stopped")
    _begun(UNITS[:1], ()).end("stopped")
    at = open_page("runs_view")
    at.selectbox(key="sweep").select(Plan(UNITS).id).run()
    at.multiselect(key="sweep_names").select("Prev1").run()
    at.number_input(key="sweep_seeds").set_value(1).run()

    def at_once(*_: object, **more: object) -> None:
        unit = Unit("Prev1", budget=15.0)
        record = Sweeps().begin(Plan((unit,)))
        record.update(rows=(replace(ROWS[0], unit=unit, stored=True),))
        record.end("done")

    monkeypatch.setattr(pages.parts.sweeps, "start", at_once)
    at.button(key="sweep_start").click().run()
    no_error(at)
    assert "**Prev1; seed 0; 15 s each** is done." in words(at)
    assert "The unit was stored already, 1 solved. Nothing had to be computed." in words(at)
    at.run()
    assert "**Prev1; seed 0; 15 s each** is done." in words(at)


def test_a_sweep_that_ended_early_goes_on_and_does_not_say_that_units_wait(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begun().end("stopped")
    at = open_page("runs_view")
    assert "not done 2" in _grid(at)
    assert "waiting" not in _grid(at)
    ordered = []
    monkeypatch.setattr(pages.parts.sweeps, "start", lambda *order, **more: ordered.append(order))
    next(button for button in at.button if button.label == "Go on").click().run()
    no_error(at)
    assert ordered == [(resume_sweep, {"sweep": Plan(UNITS).id})]


def test_a_sweep_of_another_program_is_followed_and_a_finished_one_can_be_taken_off(open_page: Open) -> None:
    record = _begun()
    at = open_page("runs_view")
    no_error(at)
    assert r"**Sum\_All, Prev1; seeds 0 to 1; 15 s each** is running." in words(at)
    assert "2 of 4 units done, 1 solved, 1 failed." in words(at)
    assert [_grid(at).count(shape) for shape in "●✕◐○"] == [2, 2, 2, 2]  # each once more in the legend
    assert "Take it off the list" not in labels(at)
    record.update(rows=(*ROWS, *(replace(ROWS[0], unit=unit) for unit in UNITS[2:])))
    record.end("done")
    at.run()
    no_error(at)
    assert r"**Sum\_All, Prev1; seeds 0 to 1; 15 s each** is done." in words(at)
    assert "4 of 4 units done, 3 solved, 1 failed." in words(at)
    next(button for button in at.button if button.label == "Take it off the list").click().run()
    no_error(at)
    assert not Sweeps().states()
    assert "A **sweep** trains" in words(at)


def test_a_sweep_whose_process_is_killed_is_shown_as_stopped(open_page: Open) -> None:
    record = _begun()
    at = open_page("runs_view")
    assert "is running." in words(at)
    record._lock.release()  # as the system does it for a process that dies; no file changes
    at.run()
    no_error(at)
    assert "was stopped." in words(at)
    assert "Take it off the list" in labels(at)


def test_of_several_sweeps_one_is_chosen_and_one_that_was_stopped_says_how_it_goes_on(open_page: Open) -> None:
    _begun().end("stopped")
    other = _begun(UNITS[:1], ())
    other.end("failed", "The workers are gone.")
    at = open_page("runs_view", sweep=Plan(UNITS).id)
    no_error(at)
    assert "was stopped." in words(at)
    assert f"mips sweep --resume {Plan(UNITS).id}" in [code.value for code in at.code]
    at.selectbox(key="sweep").select(other.state.id).run()
    assert [error.value for error in at.error] == ["It ended early: The workers are gone."]


def test_visitors_of_a_server_have_no_sweeps(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIPS_PUBLIC", "1")
    at = open_page("runs_view")
    no_error(at)
    assert "Sweeps" not in [heading.value for heading in at.subheader]


def test_a_sweep_of_this_page_has_one_estimate_and_offers_to_list_what_it_stored(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = _begun()
    going = Job(
        "job", "Sweep: two tasks", "runs", {}, JobState.RUNNING, {"sweep": "Networks and programs"}, "sweep",
        "4 of 4 units", 0.9, 20.0, 20.0, 0, False, (), {"sweep": record.state.id}, "", Path(),
    )  # fmt: skip
    monkeypatch.setattr(pages.parts.sweeps, "current", lambda page: going)
    monkeypatch.setattr(pages.parts.working, "known", lambda job_id: going)
    counts = iter([2])
    monkeypatch.setattr(pages.parts.sweeps, "_runs", lambda: next(counts, 5))
    at = open_page("runs_view")
    no_error(at)
    text = words(at)
    assert "2 of 4 units done, 1 solved, 1 failed." in text
    assert text.count(" left") == 1
    assert "4 of 4 units" not in text
    assert "20 s so far" in text
    assert "3 runs more than the list above shows." in text
    assert "--resume" not in "".join(code.value for code in at.code)
    at.button(key="sweep_list").click().run()
    no_error(at)
    assert "more than the list above" not in words(at)
