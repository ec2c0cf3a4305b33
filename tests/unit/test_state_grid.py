"""A state grid in a network's card: every step ends by rounding, and the file says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.networks.cells import CellLayer, CellNetwork
from mips_core.networks.recurrent import on_grid
from mips_core.networks.store import load_network, network_bytes, network_digest, save_network
from mips_core.states.linear_regions import is_piecewise_linear
from mips_core.states.normal_forms import normalise

X = np.array([[[1], [1], [-1]]])


def leaky_sum(grid: int | None) -> MlpNetwork:
    """Return h' = 0.9 h + x, read as it is."""
    step, same = AffineMap(np.array([[0.9, 1.0]]), np.zeros(1)), AffineMap(np.eye(1), np.zeros(1))
    return MlpNetwork(Card("mlp", 1, 1, 1), RawInput(1), Rounded(1), (step,), (same,), state_grid=grid)


def walked(network: MlpNetwork | CellNetwork, x: np.ndarray) -> list[float]:
    state, seen = network.start(1), []
    for t in range(x.shape[1]):
        state = network.advance(state, x[:, t])
        seen.append(float(state[0, 0]))
    return seen


def test_every_step_ends_on_the_grid() -> None:
    assert walked(leaky_sum(None), X) == pytest.approx([1.0, 1.9, 0.71])
    assert walked(leaky_sum(0), X) == [1.0, 2.0, 1.0]  # 1.9 -> 2, 0.8 -> 1
    assert walked(leaky_sum(2), X) == [1.0, 2.0, 0.75]


def test_a_cell_network_rounds_too() -> None:
    layer = CellLayer(np.eye(1), np.eye(1), np.zeros(1), np.zeros(1))
    reader = (AffineMap(np.eye(1), np.zeros(1)),)
    network = CellNetwork(Card("rnn", 1, 1, 1), RawInput(1), Rounded(1), "rnn", (layer,), reader)
    assert walked(network, X[:, :1]) == [np.tanh(1.0)]
    assert walked(replace(network, state_grid=2), X[:, :1]) == [0.75]


@given(st.floats(-1e6, 1e6), st.integers(-20, 40))
def test_rounding_is_to_the_nearest_multiple_and_done_once(value: float, places: int) -> None:
    rounded = float(on_grid(np.array([value]), places)[0])
    assert abs(rounded - value) <= 2.0 ** (-places - 1)
    assert (rounded * 2.0**places) == np.rint(rounded * 2.0**places)
    assert float(on_grid(np.array([rounded]), places)[0]) == rounded


@pytest.mark.parametrize("grid", [None, 0, 5, -3])
def test_a_file_keeps_the_grid(tmp_path, grid: int | None) -> None:
    save_network(leaky_sum(grid), tmp_path / "n.safetensors")
    assert load_network(tmp_path / "n.safetensors").state_grid == grid


def test_a_grid_makes_another_network() -> None:
    assert len({network_digest(leaky_sum(grid)) for grid in (None, 0, 1)}) == 3
    assert b"state_grid" not in network_bytes(leaky_sum(None))


@pytest.mark.parametrize("grid", [41, -21, 2.0, True, "3"])
def test_an_impossible_grid_is_refused(grid: object) -> None:
    with pytest.raises(BadInputError, match="state grid"):
        leaky_sum(grid)  # type: ignore[arg-type]


def test_a_start_state_off_the_grid_is_refused() -> None:
    with pytest.raises(BadInputError, match="start state"):
        replace(leaky_sum(None), start_state=np.array([0.3]), state_grid=1)


def test_what_needs_an_affine_step_leaves_such_a_network_alone() -> None:
    network = leaky_sum(3)
    assert not network.is_transition_affine
    assert not is_piecewise_linear(network)
    with pytest.raises(BadInputError, match="grid"):
        network.change_basis(np.eye(1))
    with pytest.raises(BadInputError, match="rounds the hidden state"):
        network.affine_transition()
    assert not any(form.applied for form in normalise(network, X))
