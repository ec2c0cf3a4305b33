"""Collecting hidden states and labelling positions with machine states."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.errors import BadInputError
from mips_core.machines import MealyMachine
from mips_core.machines.labels import agreement, label_states
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.states import collect_states


@pytest.fixture
def running_sum() -> MlpNetwork:
    return MlpNetwork(
        Card("linear", 1, 1, 1),
        RawInput(1),
        Rounded(1),
        (AffineMap(np.array([[1.0, 1.0]]), np.zeros(1)),),
        (AffineMap(np.array([[2.0]]), np.zeros(1)),),
    )


def test_all_positions_are_kept_with_the_start(running_sum: MlpNetwork) -> None:
    x = np.array([[[1], [2], [3]], [[5], [0], [0]]])
    found = collect_states(running_sum, x, np.array([3, 1]))
    assert found.states[:, :, 0].tolist() == [[0, 1, 3, 6], [0, 5, 5, 5]]
    assert found.outputs[0, :, 0].tolist() == [2, 6, 12]
    assert found.flat[:, 0].tolist() == [0, 1, 3, 6, 0, 5]
    assert found.positions.tolist() == [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1]]
    assert found.distinct().tolist() == [0, 1, 2, 3, 5]
    row, step = found.positions[3]
    assert found.prefix(row, step).tolist() == [[1], [2], [3]]
    assert running_sum.state_size == found.states.shape[2]


def test_distinct_positions_do_not_depend_on_the_scale(running_sum: MlpNetwork) -> None:
    x = np.random.default_rng(0).integers(4, size=(20, 6, 1))
    rescaled = running_sum.change_basis(np.array([[1e-4]]))
    assert np.array_equal(collect_states(running_sum, x).distinct(), collect_states(rescaled, x).distinct())


def test_empty_batches_and_words(running_sum: MlpNetwork) -> None:
    assert collect_states(running_sum, np.empty((0, 3, 1), dtype=np.int64)).flat.shape == (0, 1)
    assert collect_states(running_sum, np.empty((2, 0, 1), dtype=np.int64)).flat.shape == (2, 1)


@pytest.mark.parametrize(
    ("x", "lengths"),
    [
        (np.zeros((2, 3), dtype=np.int64), None),
        (np.zeros((2, 3, 2), dtype=np.int64), None),
        (np.zeros((2, 3, 1), dtype=np.int64), np.array([3])),
        (np.zeros((2, 3, 1), dtype=np.int64), np.array([3, 4])),
        (np.zeros((2, 3, 1), dtype=np.int64), np.array([3, -1])),
    ],
)
def test_shapes_are_checked(running_sum: MlpNetwork, x: np.ndarray, lengths: np.ndarray | None) -> None:
    with pytest.raises(BadInputError):
        collect_states(running_sum, x, lengths)


def test_labels_and_agreement(running_sum: MlpNetwork) -> None:
    up_to_two = MealyMachine(
        np.array([[0, 1], [1, 2], [2, 2]]), np.array([[[0], [2]], [[2], [4]], [[4], [4]]]), np.array([[0], [1]])
    )
    x = np.array([[[1], [0], [1]], [[1], [1], [1]], [[0], [0], [0]]])
    assert label_states(up_to_two, x).tolist() == [[0, 1, 1, 2], [0, 1, 2, 2], [0, 0, 0, 0]]
    counts = agreement(running_sum, up_to_two, x)
    assert (counts.sequences, counts.agree, counts.complete) == (3, 2, False)
    assert agreement(running_sum, up_to_two, x[:0]).share == 0.0
    with pytest.raises(BadInputError, match="alphabet"):
        label_states(up_to_two, x + 1)
