"""Closing a set of hidden states: rounding where that is enough, training on the words found where it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mips_core.machines import MealyMachine
from mips_core.networks import MlpNetwork, load_network, network_digest, save_network
from mips_core.networks.protocol import AffineMap
from mips_core.progress import Monitor
from mips_core.runs import shipped_run
from mips_core.runs.closing import LENGTH, Closing, Round, close_network
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import outputs_of

BITS = np.array([[0], [1]])
PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), BITS)


def damaged(task: str, noise: float) -> MlpNetwork:
    """A shipped network with noise on its weights: wrong on some words, whatever the grid."""
    network = shipped_run(task).network
    assert isinstance(network, MlpNetwork)
    rng = np.random.default_rng(0)
    layers = [
        AffineMap(layer.weight + noise * rng.normal(size=layer.weight.shape), layer.bias) for layer in network.hidden
    ]
    return replace(network, hidden=tuple(layers))


def test_rounding_alone_is_tried_first_and_the_new_network_says_what_it_is(tmp_path) -> None:
    run = shipped_run("Parity_Last4")
    told: list[Round] = []
    made = close_network(run.network, run.machine, symbols_of(run), seconds=5, on_round=told.append)
    assert made.closed is not None
    assert isinstance(made.network, MlpNetwork)
    assert tuple(told) == made.rounds
    assert [r.closed for r in told] == [False] * (len(told) - 1) + [True]
    assert not any(r.trained for r in told)
    assert all(r.word is not None for r in told[:-1])  # coarser grids were wrong somewhere
    notes = made.network.card.training
    assert notes["made_from"] == network_digest(run.network) != network_digest(made.network)
    assert notes["change"] == made.changed == f"state grid 2^{-(made.network.state_grid or 0)}"
    save_network(made.network, tmp_path / "made.safetensors")
    x = np.random.default_rng(2).integers(2, size=(20, 500, 1))
    assert np.array_equal(outputs_of(load_network(tmp_path / "made.safetensors"), x), outputs_of(run.machine, x))


@pytest.fixture(scope="module")
def made() -> Closing:
    return close_network(damaged("Parity_All", 0.1), PARITY, BITS, seconds=30)


def test_training_on_the_words_found_closes_what_rounding_does_not(made: Closing) -> None:
    assert made.closed is not None, made.reason
    assert made.network is not None
    assert made.rounds[-1].closed
    assert made.rounds[-1].trained
    assert "trained on" in made.changed
    x = np.random.default_rng(2).integers(2, size=(50, 300, 1))
    assert np.array_equal(outputs_of(made.network, x), outputs_of(PARITY, x))


def test_the_same_seed_makes_the_same_network(made: Closing) -> None:
    again = close_network(damaged("Parity_All", 0.1), PARITY, BITS, seconds=30).network
    assert again is not None
    assert made.network is not None
    assert network_digest(again) == network_digest(made.network)


def test_a_counter_closes_up_to_a_length() -> None:
    run = shipped_run("Balanced_Parenthesis")
    assert run.machine is not None
    found = close_network(run.network, run.machine, symbols_of(run), seconds=30)
    assert found.closed is not None
    assert found.closed.length == LENGTH
    assert found.machine is None  # its depths have no end
    assert set(found.closed.machine[:, 0].tolist()) == set(range(-1, LENGTH + 1))
    assert found.network is not None
    assert "up to 1,000 steps" in found.reason


def test_a_counter_that_loses_count_stays_open() -> None:
    run = shipped_run("Majority_0_2")
    assert run.machine is not None
    found = close_network(run.network, run.machine, symbols_of(run), seconds=5)
    assert found.network is None
    tried = f"each of the {len(found.rounds)} grids" if len(found.rounds) > 1 else "the one grid"
    assert found.reason == (
        f"The machine has too many states to walk through them all, and on {tried} tried, the network was not found "
        "right up to length 1,000."
    )
    assert all(each.word is not None for each in found.rounds if each.states < 50_000)


def test_on_request_it_ends_with_the_rounds_so_far() -> None:
    told: list[Round] = []
    monitor = Monitor(stop=lambda: len(told) == 2)
    made = close_network(damaged("Parity_All", 0.1), PARITY, BITS, monitor=monitor, on_round=told.append)
    assert made.network is None
    assert len(made.rounds) == 2
    assert "did not close" in made.reason


def test_rounds_are_plain_values() -> None:
    run = shipped_run("Parity_Last2")
    made = close_network(run.network, run.machine, symbols_of(run), seconds=5)
    value = made.to_dict()
    assert value["closed"] is True
    assert value["rounds"][-1]["closed"] is True
    assert value["rounds"][-1]["word"] is None
    assert value["states"] == made.rounds[-1].states
    assert pytest.approx(sum(r["seconds"] for r in value["rounds"]), abs=1.0) == value["seconds"]
