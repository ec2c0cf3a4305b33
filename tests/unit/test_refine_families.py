"""Partition refinement on families of machines that are hard for it: deep, lopsided, or split a little at a time."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.machines import MealyMachine, minimise, same_tables
from mips_core.machines.refine import equivalence_classes
from mips_core.stepping import IntArray


def machine_of(next_state: list[IntArray], marked: IntArray) -> MealyMachine:
    """A machine whose output is whether the state is marked; one array of successors per symbol."""
    symbols = len(next_state)
    output = np.repeat(np.asarray(marked, dtype=np.int64)[:, None, None], symbols, axis=1)
    return MealyMachine(np.stack(next_state, axis=1), output, np.arange(symbols)[:, None])


def chain(n: int) -> MealyMachine:
    a = np.arange(n)
    return machine_of([np.minimum(a + 1, n - 1), 0 * a], a == n - 1)


def doubling(n: int) -> MealyMachine:
    a = np.arange(n)
    return machine_of([(a + 1) % n, 2 * a % n], a == 0)


def cycle(n: int) -> MealyMachine:
    a = np.arange(n)
    return machine_of([(a + 1) % n], a == 0)


def counter(n: int) -> MealyMachine:
    a = np.arange(n)
    return machine_of([np.minimum(a + 1, n - 1), np.maximum(a - 1, 0)], a == 0)


def lock(n: int) -> MealyMachine:
    a = np.arange(n)
    right = np.random.default_rng(0).integers(2, size=n)
    on = np.minimum(a + 1, n - 1)
    return machine_of([np.where(right == 0, on, 0), np.where(right == 1, on, 0)], a == n - 1)


def de_bruijn(n: int) -> MealyMachine:
    a = np.arange(n)
    return machine_of([2 * a % n, (2 * a + 1) % n], a >= n // 2)


def fibonacci_word(n: int) -> MealyMachine:
    """A cycle marked by a Fibonacci word: Hopcroft's algorithm needs n log n on it (Berstel and Carton 2004)."""
    before, word = "0", "01"
    while len(word) < n:
        before, word = word, word + before
    a = np.arange(len(word))
    return machine_of([(a + 1) % len(word)], np.array([c == "1" for c in word]))


def binary_tree(n: int) -> MealyMachine:
    a = np.arange(n)
    return machine_of([np.where(2 * a + k < n, 2 * a + k, 0) for k in (1, 2)], a == n - 1)


def towards_the_root(n: int) -> MealyMachine:
    a = np.arange(n)
    return machine_of([np.maximum((a - 1) // 2, 0), np.minimum(a + 1, n - 1)], a == n - 1)


def halving(n: int) -> MealyMachine:
    """A binary counter that can also drop its lowest digit."""
    a = np.arange(n)
    return machine_of([(a + 1) % n, a // 2], a == n - 1)


FAMILIES = [
    chain, doubling, cycle, counter, lock, de_bruijn, fibonacci_word, binary_tree, towards_the_root, halving,
]  # fmt: skip


def classes_by_rounds(machine: MealyMachine) -> IntArray:
    """Equivalence by the textbook's rounds: slow and obviously right."""
    classes = np.unique(machine.output.reshape(machine.states, -1), axis=0, return_inverse=True)[1].ravel()
    while True:
        rows = np.column_stack((classes, classes[machine.next_state]))
        refined = np.unique(rows, axis=0, return_inverse=True)[1].ravel()
        if refined.max() == classes.max():
            return classes
        classes = refined


def same_partition(a: IntArray, b: IntArray) -> bool:
    pairs = set(zip(a.tolist(), b.tolist(), strict=True))
    return len(pairs) == len(set(a.tolist())) == len(set(b.tolist()))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.__name__)
@pytest.mark.parametrize("size", [1, 2, 3, 64, 97, 128, 233])
def test_families_have_the_classes_of_the_textbook(family: Callable[[int], MealyMachine], size: int) -> None:
    machine = family(size)
    assert same_partition(equivalence_classes(machine), classes_by_rounds(machine))


@given(
    family=st.sampled_from(FAMILIES),
    size=st.integers(2, 150),
    copies=st.integers(1, 4),
    spoilt=st.integers(0, 3),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=80, deadline=None)
def test_copies_merge_and_spoilt_transitions_split(
    family: Callable[[int], MealyMachine], size: int, copies: int, spoilt: int, seed: int
) -> None:
    """Every state several times, transitions to any copy, states in any order, a few transitions led elsewhere."""
    rng = np.random.default_rng(seed)
    base = family(size)
    states = base.states * copies
    shuffled = rng.permutation(states)
    any_copy = rng.integers(copies, size=(states, len(base.symbols)))
    following = np.empty((states, len(base.symbols)), dtype=np.int64)
    output = np.empty((states, len(base.symbols), 1), dtype=np.int64)
    following[shuffled] = shuffled[base.next_state.repeat(copies, axis=0) * copies + any_copy]
    output[shuffled] = base.output.repeat(copies, axis=0)
    start = int(shuffled[base.start_state * copies])
    if not spoilt:
        assert same_tables(minimise(MealyMachine(following, output, base.symbols, start)), minimise(base))
    for _ in range(spoilt):
        following[rng.integers(states), rng.integers(len(base.symbols))] = rng.integers(states)
    machine = MealyMachine(following, output, base.symbols, start)
    assert same_partition(equivalence_classes(machine), classes_by_rounds(machine))


@pytest.mark.parametrize("family", [chain, cycle, counter, lock], ids=lambda f: f.__name__)
def test_deep_machines_take_no_array_call_per_state(family: Callable[[int], MealyMachine]) -> None:
    machine = family(200_000)
    begin = time.process_time()
    assert minimise(machine).states == 200_000
    assert time.process_time() - begin < 10  # under a second; with array calls for each of 200,000 waves 16 s


def test_wide_alphabets_and_several_outputs() -> None:
    rng = np.random.default_rng(0)
    base = MealyMachine(
        rng.integers(40, size=(40, 1000)), rng.integers(2, size=(40, 1000, 3)), np.arange(1000)[:, None]
    )
    twice = MealyMachine(
        np.concatenate((base.next_state + 40, base.next_state)), np.tile(base.output, (2, 1, 1)), base.symbols
    )
    assert same_tables(minimise(twice), minimise(base))
    assert same_partition(equivalence_classes(twice), np.arange(80) % 40)
