"""How a ratio of seconds is said."""

from __future__ import annotations

import math

import pytest

from mips_core.benchmarks.speed.comparison import Comparison, Measured
from mips_core.benchmarks.speed.contestant import OURS
from mips_core.benchmarks.speed.words import NOT_COMPARED, compared_text, ratio_text


@pytest.mark.parametrize(
    ("ratio", "at_least", "said"),
    [
        (12.3, False, "12x faster"),
        (12_345.0, False, "12,345x faster"),
        (9.96, False, "10x faster"),
        (1 / 1.3, False, "1.3x slower"),
        (1 / 40, False, "40x slower"),
        (1.04, False, "as fast"),
        (1 / 1.04, False, "as fast"),
        (8.0, True, "at least 8x faster"),
        (0.5, True, "at most 2x slower"),
        (1.0, True, "at least as fast"),
        (None, True, NOT_COMPARED),
        (math.nan, False, NOT_COMPARED),
        (math.inf, False, NOT_COMPARED),
        (0.0, False, NOT_COMPARED),
    ],
)
def test_a_ratio_is_said_as_faster_or_slower(ratio: float | None, at_least: bool, said: str) -> None:
    assert ratio_text(ratio, at_least) == said


def compared(ours: Measured, peer: Measured) -> str:
    return compared_text(Comparison("section", "case", ours, (peer,)), peer)


def test_seconds_of_a_wrong_answer_are_not_set_against_those_of_a_right_one() -> None:
    right, wrong = Measured(OURS, 1.0, 1, solved=True), Measured("peer", 4.0, 1, reason="3 rows differ")
    assert compared(right, Measured("peer", 4.0, 1, solved=True)) == "4x faster"
    assert compared(right, wrong) == "peer did not solve it"
    assert compared(Measured(OURS, 1.0, 1), Measured("peer", 4.0, 1, solved=True)) == "ours did not solve it"
    assert compared(Measured(OURS, 1.0, 1), wrong) == "neither solved it"


def test_a_run_that_was_ended_gives_a_bound_only_where_ours_finished() -> None:
    ours, ended = Measured(OURS, 2.0, 1, solved=True), Measured("peer", 60.0, 1, capped=True)
    assert compared(ours, ended) == "at least 30x faster"
    assert compared(Measured(OURS, 120.0, 1, solved=True), ended) == "at most 2x slower"
    assert compared(Measured(OURS, 60.0, 1, capped=True), ended) == "neither finished"
    assert compared(Measured(OURS, 60.0, 1, capped=True), Measured("peer", 4.0, 1, solved=True)) == (
        "ours did not finish"
    )
    assert compared(ours, Measured("peer", None, reason="pip install peer")) == NOT_COMPARED
