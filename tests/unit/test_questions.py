"""The guided tour's questions: what is right comes from the run, whatever the run is."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.machines.mealy import MealyMachine
from mips_core.networks.snapshots import LossCurves, Snapshots
from mips_core.programs import parse_program
from mips_core.states.clusters import PointSteps, single_linkage
from mips_core.views.questions import (
    first_perfect_moment,
    reply_break,
    reply_moment,
    reply_next_state,
    reply_output,
    reply_tolerance,
    reply_variable,
)

PARITY = parse_program(
    "def f(xs):\n    outputs = []\n    parity = 0\n    for x in xs:\n        parity = parity ^ x\n"
    "        outputs.append(parity)\n    return outputs\n"
)


def word(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)[:, None]


NONE = np.empty(0, dtype=np.int64)


def film(accuracy: list[float]) -> Snapshots:
    count = len(accuracy)
    return Snapshots(
        "rung", np.arange(count), ("start", *["train"] * (count - 1)), np.ones(count), np.array([10, 50]),
        np.array([[a, a / 2] for a in accuracy]), np.zeros((1, 1, 1), dtype=np.int64), np.ones((1, 1), dtype=bool),
        np.zeros((count, 1, 1, 1)), LossCurves((), NONE, NONE, np.empty(0)),
    )  # fmt: skip


def test_an_answer_is_judged_by_the_truth() -> None:
    x, truth = word(1, 1, 0), word(1, 0, 0)
    assert reply_output(x, truth, 0).right
    reply = reply_output(x, truth, 1)
    assert not reply.right
    assert "1 0 0" in reply.sentence


def test_a_network_knows_its_task_once_it_stays_right() -> None:
    unsteady = film([0.1, 1.0, 0.9, 1.0, 1.0])
    assert first_perfect_moment(unsteady, 10) == 3
    assert reply_moment(unsteady, 10, 3).right
    early, late = reply_moment(unsteady, 10, 1), reply_moment(unsteady, 10, 4)
    assert not early.right
    assert "not for good" in early.sentence
    assert not late.right
    assert "earlier" in late.sentence
    assert reply_moment(unsteady, 10, 5).sentence == "The moments go from 0 to 4."


def test_where_no_moment_is_perfect_the_last_one_is_the_answer() -> None:
    never = film([0.1, 0.8, 0.9])
    assert first_perfect_moment(never, 10) is None
    assert reply_moment(never, 10, 2).right
    assert not reply_moment(never, 10, 1).right


def test_clusters_must_not_mix_what_differs_and_not_be_too_many() -> None:
    # Points at 0, 1 and 2; the first two lead to different places on the same input.
    states = np.array([[0.0], [1.0], [2.0]])
    links = single_linkage(states)
    steps = PointSteps(np.array([0, 1]), np.array([1, 2]), np.array([0, 0]), np.array([0, 1]))
    assert not reply_tolerance(links, steps, 0.6, states=3).right  # all in one: two different answers
    assert reply_tolerance(links, steps, 0.1, states=3).right
    many = single_linkage(np.arange(9.0)[:, None])
    reply = reply_tolerance(many, steps, 0.01, states=2)
    assert not reply.right
    assert "choose more" in reply.sentence


def test_the_next_state_is_the_machines() -> None:
    machine = MealyMachine(np.array([[0, 1], [1, 0]]), np.zeros((2, 2, 1), dtype=np.int64), word(0, 1))
    assert reply_next_state(machine, 0, 1, 1).right
    assert not reply_next_state(machine, 1, 1, 1).right
    assert "leads to S0" in reply_next_state(machine, 1, 1, 1).sentence


def test_a_variable_is_followed_by_running_the_program() -> None:
    assert reply_variable(PARITY, word(1, 0, 1), "parity", 0).right
    reply = reply_variable(PARITY, word(1, 0, 0), "parity", 0)
    assert not reply.right
    assert "0 → 1 → 1 → 1" in reply.sentence


@pytest.mark.parametrize(
    ("before", "after", "x", "right", "said"),
    [
        ("parity ^ x", "parity | x", (1, 1), True, "at step 2 the program answers 0, and the edited one 1"),
        ("parity ^ x", "parity | x", (1, 0), False, "same answers"),
        ("parity ^ x", "1 // x", (1, 0), True, "ZeroDivisionError"),
        ("parity ^ x", "parity | x", (), False, "empty"),
    ],
)
def test_an_input_breaks_an_edited_program_or_does_not(
    before: str, after: str, x: tuple[int, ...], right: bool, said: str
) -> None:
    reply = reply_break(PARITY, PARITY.source.replace(before, after), word(*x).reshape(-1, 1))
    assert reply.right is right
    assert said in reply.sentence
