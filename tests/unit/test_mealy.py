"""The Mealy machine as a table and as a stepper."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.machines import MealyMachine


def machine_over(symbols: np.ndarray) -> MealyMachine:
    return MealyMachine(
        np.zeros((1, len(symbols)), dtype=np.int64), np.zeros((1, len(symbols), 1), dtype=np.int64), symbols
    )


@given(st.lists(st.tuples(*[st.integers(-(2**62), 2**62) | st.integers(-2, 2)] * 3), min_size=1, unique=True))
@settings(max_examples=60, deadline=None)
def test_symbols_are_found_in_any_order(rows: list[tuple[int, ...]]) -> None:
    machine = machine_over(np.array(rows, dtype=np.int64))
    assert np.array_equal(machine.indices(machine.symbols), np.arange(len(rows)))
    assert machine.indices(machine.symbols[None, ::-1]).tolist() == [list(range(len(rows)))[::-1]]


@given(st.tuples(st.integers(-2, 3), st.integers(-2, 3)))
def test_unknown_inputs_are_named(row: tuple[int, int]) -> None:
    machine = machine_over(np.array([[0, 0], [0, 2], [1, 1]]))
    if row in machine.symbol_index:
        assert machine.indices(np.array([row])).tolist() == [machine.symbol_index[row]]
    else:
        with pytest.raises(BadInputError, match=rf"\({row[0]}, {row[1]}\) is not in the machine's alphabet"):
            machine.indices(np.array([[0, 0], row]))


def test_wrong_width_is_refused() -> None:
    with pytest.raises(BadInputError, match="takes 2"):
        machine_over(np.array([[0, 0]])).indices(np.array([[0]]))


@pytest.mark.parametrize(
    ("next_state", "output", "start", "message"),
    [
        ([[0, 1]], [[[0], [0]]], 0, "numbers of the 1 states"),
        ([[0, -1]], [[[0], [0]]], 0, "numbers of the 1 states"),
        ([[0, 0]], [[[0]]], 0, "do not fit"),
        ([[0, 0]], [[[0], [0]]], 1, "not one of the 1 states"),
    ],
)
def test_tables_must_fit(next_state: list, output: list, start: int, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        MealyMachine(np.array(next_state), np.array(output), np.array([[0], [1]]), start)


@pytest.mark.parametrize(("states", "symbols"), [(0, 2), (2, 0)])
def test_there_is_a_state_and_a_symbol(states: int, symbols: int) -> None:
    with pytest.raises(BadInputError, match="at least one state and one input symbol"):
        MealyMachine(np.zeros((states, symbols), int), np.zeros((states, symbols, 1), int), np.zeros((symbols, 1), int))


def test_steps_follow_the_tables() -> None:
    toggle = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    state, y = toggle.step(toggle.start(3), np.array([[0], [1], [1]]))
    assert state.tolist() == [0, 1, 1]
    assert y[:, 0].tolist() == [0, 1, 1]
