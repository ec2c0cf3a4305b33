"""Minimisation: same behaviour, no state too many, one canonical numbering."""

from __future__ import annotations

import time
from dataclasses import replace

import aalpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.machines import MealyMachine, merged_states, minimise, reduce_machine, same_tables
from mips_core.machines.refine import equivalence_classes
from mips_core.stepping import outputs_of
from mips_core.tasks import Vocabulary


def random_machine(states: int, symbols: int, outputs: int, seed: int, width: int = 1) -> MealyMachine:
    rng = np.random.default_rng(seed)
    return MealyMachine(
        rng.integers(states, size=(states, symbols)),
        rng.integers(outputs, size=(states, symbols, width)),
        np.arange(symbols)[:, None],
        int(rng.integers(states)),
    )


machines = st.builds(
    random_machine,
    states=st.integers(1, 25),
    symbols=st.integers(1, 4),
    outputs=st.integers(1, 3),
    seed=st.integers(0, 10_000),
    width=st.integers(1, 2),
)


def aalpy_machine(machine: MealyMachine) -> aalpy.MealyMachine:
    """The same machine in AALpy's dictionary form."""
    order = [machine.start_state, *(s for s in range(machine.states) if s != machine.start_state)]
    return aalpy.MealyMachine.from_state_setup(
        {
            f"s{s}": {
                int(machine.symbols[i, 0]): (tuple(machine.output[s, i].tolist()), f"s{machine.next_state[s, i]}")
                for i in range(len(machine.symbols))
            }
            for s in order
        }
    )


def moore_classes(machine: MealyMachine) -> np.ndarray:
    """Equivalence by the textbook's rounds: slow and obviously right."""
    classes = np.unique(machine.output.reshape(machine.states, -1), axis=0, return_inverse=True)[1].ravel()
    while True:
        rows = np.column_stack((classes, classes[machine.next_state]))
        refined = np.unique(rows, axis=0, return_inverse=True)[1].ravel()
        if refined.max() == classes.max():
            return classes
        classes = refined


@given(machines)
@settings(max_examples=150, deadline=None)
def test_classes_are_those_of_the_textbook(machine: MealyMachine) -> None:
    ours, theirs = equivalence_classes(machine), moore_classes(machine)
    pairs = set(zip(ours.tolist(), theirs.tolist(), strict=True))
    assert len(pairs) == ours.max() + 1 == theirs.max() + 1


@given(machines)
@settings(max_examples=100, deadline=None)
def test_plain_loops_and_arrays_give_the_same_reduction(machine: MealyMachine) -> None:
    plain = reduce_machine(machine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mips_core.machines.few_states.FEW", 0)
        arrays = reduce_machine(machine)
    assert same_tables(plain.machine, arrays.machine)
    assert np.array_equal(plain.state_of, arrays.state_of)


@given(machines, st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_minimising_keeps_the_behaviour(machine: MealyMachine, seed: int) -> None:
    words = np.random.default_rng(seed).integers(len(machine.symbols), size=(20, 40, 1))
    small = minimise(machine)
    assert np.array_equal(outputs_of(small, words), outputs_of(machine, words))
    assert small.start_state == 0
    assert same_tables(minimise(small), small)


@given(machines, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_renumbered_states_give_equal_tables(machine: MealyMachine, random: object) -> None:
    new_number = np.random.default_rng(random.randrange(1000)).permutation(machine.states)  # type: ignore[attr-defined]
    old = np.argsort(new_number)
    renumbered = MealyMachine(
        new_number[machine.next_state[old]],
        machine.output[old],
        machine.symbols,
        int(new_number[machine.start_state]),
    )
    assert same_tables(minimise(machine), minimise(renumbered))


@pytest.mark.parametrize("seed", range(20))
def test_size_equals_aalpy(seed: int) -> None:
    machine = random_machine(2 + seed, 1 + seed % 4, 2, seed)
    small = minimise(machine)
    theirs = aalpy_machine(small)
    assert theirs.is_minimal()
    original = aalpy_machine(machine)
    reachable = {original.initial_state}
    while more := {t for s in reachable for t in s.transitions.values()} - reachable:
        reachable |= more
    original.states = list(reachable)
    original.minimize()
    assert original.size == small.states


def test_states_are_numbered_breadth_first_in_symbol_order() -> None:
    machine = minimise(random_machine(30, 3, 3, 1))
    met = [0]
    for state in met:
        met += [t for t in dict.fromkeys(machine.next_state[state].tolist()) if t not in met]
    assert met == list(range(machine.states))


def test_reduction_says_where_states_went() -> None:
    # 0 and 2 behave the same, 3 is unreachable
    machine = MealyMachine(
        np.array([[1], [2], [1], [0]]), np.array([[[0]], [[1]], [[0]], [[5]]]), np.array([[0]]), start_state=0
    )
    reduction = reduce_machine(machine)
    assert reduction.machine.states == 2
    assert reduction.state_of.tolist() == [0, 1, 0, -1]
    assert [group.tolist() for group in merged_states(machine)] == [[0, 2], [1]]


@pytest.mark.parametrize(("states", "symbols"), [(100, 100), (10_000, 2), (1_000, 300)])
def test_large_machines_take_under_a_second(states: int, symbols: int) -> None:
    machine = random_machine(states, symbols, 2, 0)
    begin = time.perf_counter()
    minimise(machine)
    assert time.perf_counter() - begin < 20


def test_a_long_chain_is_not_quadratic() -> None:
    states = 5_000  # 5,000 rounds of refinement: each may only touch what changed
    chain = np.minimum(np.arange(states) + 1, states - 1)
    machine = MealyMachine(
        np.stack((chain, np.zeros(states, dtype=np.int64)), axis=1),
        (np.arange(states) == states - 1).astype(np.int64)[:, None, None].repeat(2, axis=1),
        np.array([[0], [1]]),
    )
    begin = time.perf_counter()
    assert minimise(machine).states == states
    assert time.perf_counter() - begin < 20


def test_words_and_observed_transitions_survive():
    words = (Vocabulary(("close", "open")),)
    # States 0 and 1 behave alike; "open" was only ever seen in state 1.
    machine = MealyMachine(
        np.array([[1, 0], [0, 1]]),
        np.array([[[0], [1]], [[0], [1]]]),
        np.array([[0], [1]]),
        observed=np.array([[True, False], [True, True]]),
        input_words=words,
        output_words=words,
    )
    minimal = minimise(machine)
    assert minimal.states == 1
    assert minimal.observed is not None
    assert minimal.observed.tolist() == [[True, True]]
    assert (minimal.input_words, minimal.output_words) == (words, words)
    assert minimise(replace(machine, observed=np.zeros((2, 2), dtype=bool))).observed.tolist() == [[False, False]]
