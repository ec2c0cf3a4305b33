"""A walk over grid states proves what it closes, and the words that it finds wrong are wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mips_core.machines import MealyMachine
from mips_core.networks import Card, CellLayer, CellNetwork, MlpNetwork, RawInput, Rounded
from mips_core.networks.protocol import AffineMap
from mips_core.runs import shipped_run
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import outputs_of, trace
from mips_core.tasks import Integers, get
from mips_core.verification.grid_walk import walk_grid, with_grid
from mips_core.verification.hunt import Ruled

BITS = np.array([[0], [1]])
LAST = MealyMachine(np.array([[0, 1], [0, 1]]), np.array([[[0], [0]], [[1], [1]]]), BITS)


def forgetful(rate: float) -> MlpNetwork:
    """h' = (rate h_1 + x, h_1), y = h_2: the bit before, exactly so where rate is 0."""
    card = Card("linear", 1, 1, 2, inputs=(Integers(0, 2),))
    step = AffineMap(np.array([[rate, 0.0, 1.0], [1.0, 0.0, 0.0]]), np.zeros(2))
    return MlpNetwork(card, RawInput(1), Rounded(1), (step,), (AffineMap(np.array([[0.0, 1.0]]), np.zeros(1)),))


def test_a_closed_set_holds_every_state_that_any_sequence_reaches() -> None:
    network = with_grid(forgetful(0.1), 1)
    found = walk_grid(network, LAST, BITS)
    assert found.complete
    assert found.word is None
    assert found.closed is not None
    listed = {tuple(row) for row in found.closed.states.tolist()}
    assert len(listed) <= len(found.closed.states) == found.states
    x = np.random.default_rng(0).integers(2, size=(200, 40, 1))
    reached = trace(network, x).states.reshape(-1, 2) * 2
    assert {tuple(row) for row in reached.astype(int).tolist()} <= listed
    assert np.array_equal(outputs_of(network, x), outputs_of(LAST, x))


def test_distances_from_boundaries_are_the_least_over_all_steps() -> None:
    network = with_grid(forgetful(0.1), 1)
    found = walk_grid(network, LAST, BITS).closed
    assert found is not None
    free = replace(network, state_grid=None)
    states = np.repeat(found.states / 2, 2, axis=0)
    cells = free.advance(states, np.tile(BITS, (len(found.states), 1))) * 2
    assert found.boundary == pytest.approx((0.5 - np.abs(cells - np.rint(cells))).min(), abs=1e-15)
    assert found.margin == 0.5
    assert found.is_firm


def test_a_value_on_a_boundary_is_not_firm() -> None:
    # A third unit holds x / 2: on a grid of integers the last digit decides which way it is rounded.
    network = forgetful(0.0)
    step = AffineMap(np.array([[0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.5]]), np.zeros(3))
    reader = AffineMap(np.array([[0.0, 1.0, 0.0]]), np.zeros(1))
    card = replace(network.card, hidden_size=3)
    network = replace(network, card=card, hidden=(step,), readout_layers=(reader,), start_state=np.zeros(3))
    coarse, fine = (walk_grid(with_grid(network, places), LAST, BITS).closed for places in (0, 1))
    assert coarse is not None
    assert coarse.boundary == 0
    assert not coarse.is_firm
    assert fine is not None
    assert fine.boundary == 0.5
    assert fine.is_firm


def test_words_found_are_wrong_at_their_last_step_only_and_shortest_first() -> None:
    network = with_grid(forgetful(0.6), 2)
    found = walk_grid(network, LAST, BITS, wrong=20)
    assert found.closed is None
    assert found.words
    lengths = [len(word) for word in found.words]
    assert lengths == sorted(lengths)
    for word in found.words:
        wrong = (outputs_of(network, word[None]) != outputs_of(LAST, word[None]))[0, :, 0]
        assert wrong[-1]
        assert not wrong[:-1].any()
    every = (np.array([[w >> k & 1] for k in range(lengths[0] - 1)]) for w in range(2 ** (lengths[0] - 1)))
    for x in every:
        if len(x):
            assert np.array_equal(outputs_of(network, x[None]), outputs_of(LAST, x[None]))


def test_against_a_rule_words_are_found_but_nothing_is_proved() -> None:
    def last(x: np.ndarray) -> np.ndarray:
        return np.pad(x, ((0, 0), (1, 0), (0, 0)))[:, :-1]

    right = walk_grid(with_grid(forgetful(0.1), 1), Ruled(last, 1, 1), BITS)
    assert right.complete
    assert right.word is None
    assert right.closed is None
    wrong = walk_grid(with_grid(forgetful(0.6), 2), Ruled(last, 1, 1), BITS)
    assert wrong.word is not None


def test_a_walk_that_is_cut_short_proves_nothing() -> None:
    run = shipped_run("Div_7")
    found = walk_grid(with_grid(run.network, 3), run.machine, symbols_of(run), most=100)
    assert not found.complete
    assert found.closed is None
    assert found.states > 100


def test_shipped_networks_close() -> None:
    for task, places in (("Parity_All", 1), ("Binary_Addition", 2), ("Max_Seen", 4)):
        run = shipped_run(task)
        network, symbols = with_grid(run.network, places), symbols_of(run)
        found = walk_grid(network, run.machine, symbols)
        assert found.closed is not None, task
        assert found.closed.is_firm
        x = symbols[np.random.default_rng(1).integers(len(symbols), size=(50, 300))]
        assert np.array_equal(outputs_of(network, x), get(task).rule(x))


def test_sampled_words_lead_to_states_that_were_met() -> None:
    network = with_grid(forgetful(0.1), 1)
    found = walk_grid(network, LAST, BITS, sample=30)
    assert len(found.sample) == 30
    assert found.closed is not None
    met = {tuple(row) for row in found.closed.states.tolist()}
    for word in found.sample:
        assert tuple((trace(network, word[None]).states[0, -1] * 2).astype(int).tolist()) in met


def test_a_gru_on_a_grid_is_walked_too() -> None:
    rng = np.random.default_rng(3)
    layer = CellLayer(rng.normal(size=(6, 1)), rng.normal(size=(6, 2)), rng.normal(size=6), rng.normal(size=6))
    card = Card("gru", 1, 1, 2, inputs=(Integers(0, 2),))
    free = CellNetwork(card, RawInput(1), Rounded(1), "gru", (layer,), (AffineMap(np.zeros((1, 2)), np.zeros(1)),))
    silent = MealyMachine(np.array([[0, 0]]), np.array([[[0], [0]]]), BITS)
    found = walk_grid(with_grid(free, 4), silent, BITS)
    assert found.closed is not None
    assert found.closed.is_firm
    assert 0 < found.closed.errors.boundary < 1e-10
