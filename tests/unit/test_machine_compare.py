"""Comparison by behaviour: shortest differences, checked against AALpy and by brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from aalpy.utils import bisimilar
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.machines import (
    MealyMachine,
    distinguishing_suffix,
    equivalent,
    minimise,
    same_tables,
    shortest_difference,
)
from mips_core.machines.compare import first_difference, walk_pairs
from mips_core.machines.word_compare import compare_word_machines
from mips_core.machines.word_machine import WordMachine
from mips_core.stepping import outputs_of

from .test_minimise import aalpy_machine, machines, random_machine

CHANGES = st.tuples(st.integers(0, 24), st.integers(0, 3))


def changed(machine: MealyMachine, place: tuple[int, int]) -> MealyMachine:
    output = machine.output.copy()
    output[place[0] % machine.states, place[1] % len(machine.symbols), 0] += 1
    return MealyMachine(machine.next_state, output, machine.symbols, machine.start_state)


def brute_force_length(a: MealyMachine, b: MealyMachine, longest: int) -> int | None:
    for length in range(1, longest + 1):
        words = np.array(list(itertools.product(range(len(a.symbols)), repeat=length)))[:, :, None]
        if not np.array_equal(outputs_of(a, words), outputs_of(b, words)):
            return length
    return None


@given(machines, CHANGES)
@settings(max_examples=100, deadline=None)
def test_difference_is_real_and_shortest(machine: MealyMachine, place: tuple[int, int]) -> None:
    other = changed(machine, place)
    word = shortest_difference(machine, other)
    longest = 5
    if word is None:
        assert brute_force_length(machine, other, longest) is None
        return
    ours, theirs = outputs_of(machine, word[None])[0], outputs_of(other, word[None])[0]
    assert np.array_equal(ours[:-1], theirs[:-1])
    assert not np.array_equal(ours[-1], theirs[-1])
    assert brute_force_length(machine, other, min(longest, len(word))) == (len(word) if len(word) <= longest else None)


@pytest.mark.parametrize("seed", range(30))
def test_equality_agrees_with_aalpy(seed: int) -> None:
    a = random_machine(6, 2, 2, seed)
    b = changed(minimise(a), (seed, seed // 3)) if seed % 3 else minimise(a)
    assert equivalent(a, b) == bisimilar(aalpy_machine(a), aalpy_machine(b))


def test_order_of_symbols_does_not_matter() -> None:
    a = random_machine(8, 3, 2, 4)
    order = [2, 0, 1]
    b = MealyMachine(a.next_state[:, order], a.output[:, order], a.symbols[order], a.start_state)
    assert equivalent(a, b)
    assert not same_tables(a, b)


def test_other_alphabets_compare_on_common_symbols() -> None:
    a = random_machine(8, 3, 2, 4)
    b = MealyMachine(a.next_state[:, :2], a.output[:, :2], a.symbols[:2], a.start_state)
    assert not equivalent(a, b)
    assert shortest_difference(a, b) is None
    word = shortest_difference(changed(a, (a.start_state, 1)), b)
    assert word is not None
    assert word.max() < 2


def test_nothing_in_common_is_refused() -> None:
    a = random_machine(3, 2, 2, 0)
    b = MealyMachine(a.next_state, a.output, a.symbols + 5, a.start_state)
    assert not equivalent(a, b)
    with pytest.raises(BadInputError, match="no input symbol in common"):
        shortest_difference(a, b)
    with pytest.raises(BadInputError, match="1 and 2 integers per step"):
        shortest_difference(a, random_machine(3, 2, 2, 0, width=2))


@given(machines, st.integers(0, 24), st.integers(0, 24))
@settings(max_examples=60, deadline=None)
def test_suffix_tells_states_apart(machine: MealyMachine, s: int, t: int) -> None:
    s, t = s % machine.states, t % machine.states
    from_s = MealyMachine(machine.next_state, machine.output, machine.symbols, s)
    from_t = MealyMachine(machine.next_state, machine.output, machine.symbols, t)
    suffix = distinguishing_suffix(machine, s, t)
    expected = shortest_difference(from_s, from_t)
    assert (suffix is None) == (expected is None)
    if suffix is not None and expected is not None:
        assert np.array_equal(suffix, expected)


def test_unknown_state_is_refused() -> None:
    with pytest.raises(BadInputError, match="no state 9"):
        distinguishing_suffix(random_machine(3, 2, 2, 0), 0, 9)


def test_difference_at_the_end_of_a_long_counter() -> None:
    states = 300
    count = (np.arange(states)[:, None] + np.array([0, 1])) % states
    output = (np.arange(states) == states - 1).astype(np.int64)[:, None, None].repeat(2, axis=1)
    a = MealyMachine(count, output, np.array([[0], [1]]))
    b = MealyMachine(count, np.zeros_like(output), a.symbols)
    word = shortest_difference(a, b)
    assert word is not None
    assert word[:-1, 0].tolist() == [1] * (states - 1)
    assert len(word) == states


@given(machines, CHANGES, st.integers(0, 2**16))
@settings(max_examples=200, deadline=None)
def test_uniting_states_finds_the_word_that_a_walk_over_all_pairs_finds(
    machine: MealyMachine, place: tuple[int, int], seed: int
) -> None:
    order = np.random.default_rng(seed).permutation(machine.states)
    number = np.argsort(order)  # the same machine with its states renumbered, then changed
    renumbered = MealyMachine(
        number[machine.next_state[order]], machine.output[order], machine.symbols, int(number[machine.start_state])
    )
    assert first_difference(machine, machine.start_state, renumbered, renumbered.start_state) is None
    other = changed(renumbered, place)
    found = first_difference(machine, machine.start_state, other, other.start_state)
    expected = walk_pairs(machine, machine.start_state, other, other.start_state).word
    assert (found is None) == (expected is None)
    assert found is None or expected is None or found.tolist() == expected.tolist()


def test_machines_of_20_000_states_are_compared() -> None:
    states = 20_000
    count = (np.arange(states)[:, None] + np.array([0, 1])) % states
    output = np.zeros((states, 2), dtype=np.int64)
    output[-1] = 1
    a = WordMachine(("stay", "go"), ("no", "yes"), count, output)
    twice = np.concatenate([count, count + states])  # the same behaviour with every state twice
    twice[states - 1, 1], twice[2 * states - 1, 1] = states, 0
    b = WordMachine(("stay", "go"), ("no", "yes"), twice, np.concatenate([output, output]))
    assert compare_word_machines(a, b).equal
    wrong = np.concatenate([output, output])
    wrong[states + 5, 0] = 1
    found = compare_word_machines(a, WordMachine(b.inputs, b.outputs, twice, wrong))
    assert found.word == ("go",) * (states + 5) + ("stay",)


@given(states=st.integers(2, 40), symbols=st.integers(1, 3), seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_walking_pairs_and_uniting_states_find_the_same_word(states: int, symbols: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    next_state = rng.integers(states, size=(states, symbols))
    output = np.zeros((states, symbols, 1), dtype=np.int64)
    output[rng.integers(states), rng.integers(symbols)] = 1
    a = MealyMachine(next_state, output, np.arange(symbols)[:, None])
    changed = next_state.copy()
    changed[rng.integers(states), rng.integers(symbols)] = rng.integers(states)
    b = MealyMachine(changed, output, a.symbols)
    walked, united = walk_pairs(a, 0, b, 0).word, first_difference(a, 0, b, 0)
    assert (walked is None) == (united is None)
    if walked is not None and united is not None:
        assert walked.tolist() == united.tolist()


def test_machines_of_many_states_are_compared_too() -> None:
    states = 30_000  # 9 * 10^8 pairs
    rng = np.random.default_rng(0)
    a = minimise(
        MealyMachine(rng.integers(states, size=(states, 2)), rng.integers(2, size=(states, 2, 1)), np.array([[0], [1]]))
    )
    output = a.output.copy()
    output[-1, 1] += 1  # the state that is met last
    b = MealyMachine(a.next_state, output, a.symbols)
    word = shortest_difference(a, b)
    assert word is not None
    assert outputs_of(a, word[None])[0, -1, 0] + 1 == outputs_of(b, word[None])[0, -1, 0]
    assert np.array_equal(outputs_of(a, word[None, :-1]), outputs_of(b, word[None, :-1]))
    assert not equivalent(a, b)
