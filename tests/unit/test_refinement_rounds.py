"""Partition refinement round by round, what tells states apart, and Moore machines."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.machines.moore import to_moore
from mips_core.machines.refine import equivalence_classes
from mips_core.machines.rounds import outputs_from, refinement_rounds, tell_apart
from mips_core.stepping import outputs_of


@st.composite
def machines(draw: st.DrawFn, most: int = 6) -> MealyMachine:
    states, symbols = draw(st.integers(1, most)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return MealyMachine(
        rng.integers(0, states, (states, symbols)), rng.integers(0, 2, (states, symbols, 1)),
        np.arange(symbols)[:, None], int(rng.integers(states)),
    )  # fmt: skip


def shift_register() -> MealyMachine:
    """Four states hold the last two bits, (older, newer); the output is the older one: round 1 sees it, round 2 all."""
    following = np.array([[2 * (s % 2) + x for x in (0, 1)] for s in range(4)])
    output = np.array([[[s // 2]] * 2 for s in range(4)])
    return MealyMachine(following, output, np.array([[0], [1]]))


def test_rounds_worked_out_by_hand() -> None:
    assert [r.tolist() for r in refinement_rounds(shift_register())] == [[0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 2, 3]]


def test_a_machine_with_one_behaviour_has_only_round_zero() -> None:
    twins = MealyMachine(np.array([[1], [0]]), np.array([[[7]], [[7]]]), np.array([[0]]))
    assert [r.tolist() for r in refinement_rounds(twins)] == [[0, 0]]


@settings(max_examples=40, deadline=None)
@given(machines())
def test_round_k_is_what_all_suffixes_of_length_k_tell_apart(machine: MealyMachine) -> None:
    rounds = refinement_rounds(machine)
    for k, classes in enumerate(rounds):
        words = [np.array(w).reshape(k, 1) for w in itertools.product(machine.symbols[:, 0], repeat=k)]
        answers = [tuple(outputs_from(machine, s, w).tobytes() for w in words) for s in range(machine.states)]
        for s, t in itertools.combinations(range(machine.states), 2):
            assert (classes[s] == classes[t]) == (answers[s] == answers[t])
    exact = equivalence_classes(machine)
    same = exact[:, None] == exact[None]
    assert np.array_equal(rounds[-1][:, None] == rounds[-1][None], same)


@settings(max_examples=40, deadline=None)
@given(machines(5))
def test_the_suffix_is_the_shortest_and_its_outputs_are_the_machines(machine: MealyMachine) -> None:
    rounds = refinement_rounds(machine)
    for s, t in itertools.combinations(range(machine.states), 2):
        found = tell_apart(machine, s, t)
        if found is None:
            assert rounds[-1][s] == rounds[-1][t]
            continue
        k = len(found.suffix)
        assert rounds[k][s] != rounds[k][t]
        assert rounds[k - 1][s] == rounds[k - 1][t]
        assert np.array_equal(found.first, outputs_from(machine, s, found.suffix))
        assert np.array_equal(found.first[:-1], found.second[:-1])
        assert not np.array_equal(found.first[-1], found.second[-1])


def test_states_that_are_not_there_are_named() -> None:
    with pytest.raises(BadInputError, match="no state 9"):
        outputs_from(shift_register(), 9, np.array([[0]]))
    assert outputs_from(shift_register(), 3, np.empty((0, 1), dtype=np.int64)).shape == (0, 1)


@settings(max_examples=60, deadline=None)
@given(machines(), st.integers(0, 2**32 - 1))
def test_a_moore_machine_shows_the_same_outputs_at_every_step(machine: MealyMachine, seed: int) -> None:
    moore = to_moore(machine)
    assert moore is not None
    rng = np.random.default_rng(seed)
    x = machine.symbols[rng.integers(len(machine.symbols), size=(20, 12))]
    assert np.array_equal(outputs_of(moore, x), outputs_of(machine, x))
    # every split is needed: no two states of one origin show the same output
    shown = {(int(o), tuple(y)) for o, y in zip(moore.origin, moore.output.tolist(), strict=True)}
    assert len(shown) + int(moore.silent_start) >= moore.states


def test_states_are_split_by_the_output_on_arrival() -> None:
    moore = to_moore(shift_register())
    assert moore is not None
    assert moore.states == 8 - 1 + 1  # each of the four states is entered from two states of different output
    assert moore.split_states.tolist() == [0, 1, 2, 3]
    assert not moore.silent_start
    assert to_moore(shift_register(), most=7) is None


def test_a_start_that_nothing_leads_back_to_shows_no_output() -> None:
    machine = minimise(MealyMachine(np.array([[1], [1]]), np.array([[[3]], [[4]]]), np.array([[0]])))
    moore = to_moore(machine)
    assert moore is not None
    assert moore.silent_start
    assert moore.states == 3
    assert [moore.output_text(s) for s in range(3)] == ["", "3", "4"]
