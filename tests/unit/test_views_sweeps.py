"""Sweeps at a glance."""

from __future__ import annotations

import re
from dataclasses import replace

from mips_core.sweeps import Outcome, Row, SweepState, Unit
from mips_core.views.sweep_grid import MOST_SIGNS, sweep_columns, sweep_grid_html, sweep_text

UNITS = tuple(Unit(source, seed=seed) for source in ("Sum_All", "<b>.csv") for seed in range(3))
ROWS = (
    Row(UNITS[0], "a", Outcome.SOLVED, run="sum-all-12345678", method="linear", nodes=4, seconds=2.0),
    Row(UNITS[1], "b", Outcome.UNSOLVED, "No program. Nothing fits.", seconds=3.0),
    Row(UNITS[3], "c", Outcome.FAILED, "It contradicts itself.", attempts=2),
)
STATE = SweepState(
    "0123456789ab", "a sweep", UNITS, ROWS, running=(UNITS[4],), workers_title="2 local workers", workers=2,
    seconds=30.0, lost=1,
)  # fmt: skip


def test_every_unit_has_a_sign_with_a_shape_of_its_own_kind() -> None:
    html = sweep_grid_html(STATE)
    assert re.findall(r"</i> ([a-z ]+ \d)</li>", html) == [
        "solved 1", "not solved 1", "failed 1", "running 1", "waiting 2",
    ]  # fmt: skip
    assert [re.findall(r"[●▲✕◐○]", line) for line in html.split('class="line"')[1:]] == [list("●▲○"), list("✕◐○")]
    assert "1 of 3 solved" in html
    assert "&lt;b&gt;.csv" in html
    assert "<b>.csv" not in html
    assert 'title="seed 0: failed, It contradicts itself."' in html


def test_settings_are_named_where_there_are_several() -> None:
    assert "10 s" not in sweep_grid_html(replace(STATE, units=tuple(replace(u, budget=10.0) for u in UNITS), rows=()))
    html = sweep_grid_html(replace(STATE, units=(*UNITS, Unit("Sum_All", architecture="relu")), rows=()))
    assert "Sum_All, relu" in html


def test_very_many_seeds_are_counted_instead() -> None:
    many = tuple(Unit("Sum_All", seed=seed) for seed in range(MOST_SIGNS + 1))
    html = sweep_grid_html(replace(STATE, units=many, rows=(replace(ROWS[0], unit=many[7]),), running=()))
    assert "1 of 201 solved" in html
    assert len(html) < 4000


def test_how_far_it_is_stands_in_words() -> None:
    assert sweep_text(STATE) == (
        "3 of 6 units done, 1 solved, 1 failed, 1 worker lost, begun again once. About 3 s left, on 2 local workers."
    )
    assert sweep_text(replace(STATE, state="done", lost=0, rows=())) == "0 of 6 units done, 0 solved."
    assert sweep_text(replace(STATE, lost=1, rows=())) == (
        "0 of 6 units done, 0 solved, 1 worker lost. On 2 local workers."
    )
    assert sweep_text(replace(STATE, lost=0, rows=(), workers_title="")) == (
        "0 of 6 units done, 0 solved. Getting workers ready."
    )


def test_what_was_stored_before_says_nothing_about_the_time_that_is_left() -> None:
    stored = tuple(replace(ROWS[0], unit=unit, stored=True) for unit in UNITS)
    assert "left" not in sweep_text(replace(STATE, rows=stored[:2]))
    assert "left" not in sweep_text(replace(STATE, rows=(*stored[:5], replace(ROWS[0], unit=UNITS[5]))))
    assert sweep_text(replace(STATE, rows=stored)) == (
        "All 6 units were stored already, 6 solved. Nothing had to be computed."
    )


def test_units_that_nobody_will_do_are_not_said_to_wait() -> None:
    stopped = replace(STATE, state="stopped", running=())
    assert "not done 3" in sweep_grid_html(stopped)
    assert "waiting" not in sweep_grid_html(stopped)
    assert sweep_columns(stopped)["result"][3:] == ["not done"] * 3


def test_the_table_has_every_unit_and_what_became_of_it() -> None:
    columns = sweep_columns(STATE)
    assert columns["result"] == ["solved", "not solved", "failed", "waiting", "running", "waiting"]
    assert columns["program"][:3] == ["linear, 4 nodes", "no program", ""]
    assert columns["run"][0] == "sum-all-12345678"
    assert {len(column) for column in columns.values()} == {6}
