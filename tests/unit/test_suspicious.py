"""Recorded outputs that a machine contradicts: scattered recording errors, or a mistake of the machine."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.machines import MealyMachine
from mips_core.programs import parse_program
from mips_core.tasks import make_dataset
from mips_core.verification import SuspiciousOutput
from mips_core.verification.suspicious import find_exceptions

NEXT = np.array([[s, (s + 1) % 6, 0] for s in range(6)])
"""A counter modulo 6: symbol 0 leaves it, 1 counts, 2 resets; the output is the new count."""


def machine(next_state: np.ndarray = NEXT, output: np.ndarray = NEXT) -> MealyMachine:
    return MealyMachine(next_state, output[..., None], np.arange(3)[:, None], 0)


def recorded(rows: int = 1500, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(seed).choice(3, p=[0.3, 0.6, 0.1], size=(rows, 12))
    y, state = np.empty_like(x), np.zeros(rows, dtype=int)
    for t in range(x.shape[1]):
        y[:, t] = state = NEXT[state, x[:, t]]
    return x, y


def spoilt(y: np.ndarray, wrong: np.ndarray, seed: int = 0) -> np.ndarray:
    return np.where(wrong, (y + np.random.default_rng(seed).integers(1, 6, y.shape)) % 6, y)


def test_no_exceptions():
    found = find_exceptions(machine(), make_dataset(*recorded()))
    assert found is not None
    assert (found.count, found.rows, found.outputs) == (0, 0, 1500 * 12)
    assert found.forgivable
    assert found.telling


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("whole_rows", [False, True])
def test_scattered_errors_are_found_exactly_and_forgiven(seed: int, whole_rows: bool):
    x, y = recorded(seed=seed)
    rng = np.random.default_rng(seed + 100)
    wrong = np.repeat(rng.random((len(y), 1)) < 0.015, 12, axis=1) if whole_rows else rng.random(y.shape) < 0.01
    data = make_dataset(x, spoilt(y, wrong, seed + 200))
    found = find_exceptions(machine(), data)
    assert found is not None
    assert np.array_equal(found.wrong, wrong)
    assert found.forgivable
    assert found.telling
    first = found.listed(data)[0]
    row, step = np.argwhere(wrong)[0]
    assert first == SuspiciousOutput(row + 1, step + 1, int(data.y[row, step, 0]), int(y[row, step]))
    assert len(found.listed(data)) == wrong.sum()


def test_more_than_a_few_are_never_forgiven():
    x, y = recorded()
    found = find_exceptions(
        machine(), make_dataset(x, spoilt(y, np.random.default_rng(8).random(y.shape) < 0.04, seed=9))
    )
    assert found is not None
    assert not found.forgivable


@pytest.mark.parametrize("noise", [0.0, 0.005])
def test_a_machine_with_one_wrong_output_is_not_forgiven(noise: float):
    x, y = recorded()
    data = make_dataset(x, spoilt(y, np.random.default_rng(8).random(y.shape) < noise, seed=9))
    for state in (3, 4, 5):  # rarely reset from: few exceptions
        output = NEXT.copy()
        output[state, 2] = 1
        found = find_exceptions(machine(output=output), data)
        assert found is not None
        assert found.count < 0.02 * found.outputs
        assert not found.forgivable


def test_a_machine_that_forgets_what_a_rare_symbol_did_is_not_forgiven():
    rng = np.random.default_rng(0)
    x = rng.choice(3, p=[0.495, 0.495, 0.01], size=(2000, 10))
    y = x.copy()
    y[:, 3:][x[:, :-3] == 2] = 7  # three steps after the rare symbol
    same = np.array([[0, 0, 0]])
    found = find_exceptions(machine(same, np.array([[0, 1, 2]])), make_dataset(x, y))
    assert found is not None
    assert found.count < 0.02 * found.outputs
    assert not found.forgivable


def test_a_program_without_memory():
    program = parse_program(
        "def f(xs):\n    outputs = []\n    for x in xs:\n        outputs.append(x % 2)\n    return outputs\n"
    )
    x, _ = recorded()
    wrong = np.random.default_rng(8).random(x.shape) < 0.01
    found = find_exceptions(program, make_dataset(x, np.where(wrong, 1 - x % 2, x % 2)))
    assert found is not None
    assert np.array_equal(found.wrong, wrong)
    assert found.forgivable


def test_errors_that_know_a_group_of_rows_are_not_forgiven():
    x, y = recorded()
    held_out = np.arange(len(x)) % 5 == 0
    wrong = (np.random.default_rng(8).random(y.shape) < 0.03) & held_out[:, None]
    data = make_dataset(x, spoilt(y, wrong, seed=9))
    assert find_exceptions(machine(), data).forgivable
    assert not find_exceptions(machine(), data, (held_out,)).forgivable


def test_rows_of_different_length_and_unknown_symbols():
    data = make_dataset([[1, 1, 1], [1, 9, 9]], [[1, 2, 3], [5, 9, 9]], [3, 1])
    found = find_exceptions(machine(), data)
    assert found is not None
    assert found.outputs == 4
    assert [each.to_dict() for each in found.listed(data)] == [{"row": 2, "step": 1, "given": 5, "program": 1}]
    assert not found.telling
