"""Partitions with the substitution property, checked against their definition."""

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.partitions import closed_partitions, joined_partition, meet, merged, numbered, refined
from mips_core.progress import Monitor


def machine(next_state: np.ndarray) -> MealyMachine:
    output = np.zeros((*next_state.shape, 1), dtype=np.int64)
    return MealyMachine(next_state, output, np.arange(next_state.shape[1])[:, None])


def is_closed(next_state: np.ndarray, blocks: np.ndarray) -> bool:
    return all(
        (blocks[next_state[s]] == blocks[next_state[t]]).all()
        for s, t in itertools.combinations(range(len(blocks)), 2)
        if blocks[s] == blocks[t]
    )


@functools.cache
def all_partitions(count: int) -> set[tuple[int, ...]]:
    return {tuple(numbered(np.array(p)).tolist()) for p in itertools.product(range(count), repeat=count)}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 2))
def test_all_closed_partitions_of_small_machines_are_found(seed: int, symbols: int) -> None:
    next_state = np.random.default_rng(seed).integers(0, 5, (5, symbols))
    found = {tuple(p.tolist()) for p in closed_partitions(machine(next_state), Monitor())}
    expected = {p for p in all_partitions(5) if is_closed(next_state, np.array(p)) and 0 < max(p) < 4}
    assert found == expected


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_merging_is_the_least_and_refining_the_greatest_closed_partition(seed: int) -> None:
    rng = np.random.default_rng(seed)
    next_state, wanted = rng.integers(0, 5, (5, 2)), numbered(rng.integers(0, 3, 5))
    closed = [np.array(p) for p in all_partitions(5) if is_closed(next_state, np.array(p))]
    coarser = [p for p in closed if (meet([p, wanted]) == wanted).all()]
    finer = [p for p in closed if (meet([p, wanted]) == p).all()]
    assert merged(next_state, wanted).max() == max(p.max() for p in coarser)
    assert refined(machine(next_state), wanted).max() == min(p.max() for p in finer)


def test_a_pair_of_counters_falls_apart_into_the_counters() -> None:
    a, b = np.divmod(np.arange(6), 3)  # counts modulo 2 and modulo 3
    counters = np.stack([3 * ((a + 1) % 2) + b, 3 * a + (b + 1) % 3], axis=1)
    found = [p.tolist() for p in closed_partitions(machine(counters), Monitor())]
    assert found == [numbered(a).tolist(), numbered(b).tolist()]
    assert meet([numbered(a), numbered(b)]).tolist() == list(range(6))
    assert joined_partition(numbered(a), numbered(b)).tolist() == [0] * 6


@pytest.mark.parametrize("states", [1, 2])
def test_machines_too_small_to_take_apart(states: int) -> None:
    assert closed_partitions(machine(np.zeros((states, 2), dtype=np.int64)), Monitor()) == []
