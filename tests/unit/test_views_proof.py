"""The figures of the page "Proof": grid states, their growth, one step worked out, and rounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from embedded_networks import network_of

from mips_core.errors import BadInputError
from mips_core.machines.mealy import MealyMachine
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.stepping import outputs_of
from mips_core.tasks import Integers
from mips_core.verification.grid_walk import ClosedSet, walk_grid, with_grid
from mips_core.views.proof_arithmetic import layer_columns, nearest_sentence, rounding_columns, whole_number_columns
from mips_core.views.proof_rounds import round_rows, rounds_alt, rounds_figure, rounds_html
from mips_core.views.proof_states import GridStates, cell_text, depth_counts, grid_states, state_columns
from mips_core.views.proof_states_figure import grid_places, growth_sentence, states_alt, states_figure

SEVEN = MealyMachine(
    np.array([[(2 * s + x) % 7 for x in (0, 1)] for s in range(7)]),
    np.array([[[int((2 * s + x) % 7 == 0)] for x in (0, 1)] for s in range(7)]),
    np.array([[0], [1]]),
)
ONE = MealyMachine(np.array([[0, 0]]), np.array([[[0], [1]]]), np.array([[0], [1]]))


def closed_of(machine: MealyMachine) -> tuple[MlpNetwork, ClosedSet]:
    network = with_grid(network_of(machine, (Integers(0, 2),)), 4)
    assert isinstance(network, MlpNetwork)
    walk = walk_grid(network, machine, machine.symbols)
    assert walk.closed is not None
    return network, walk.closed


@pytest.fixture(scope="module")
def seven() -> tuple[MlpNetwork, GridStates]:
    network, closed = closed_of(SEVEN)
    return network, grid_states(network, SEVEN, SEVEN.symbols, closed.states, closed.machine)


def test_every_word_leads_where_the_arrows_say(seven: tuple[MlpNetwork, GridStates]) -> None:
    network, found = seven
    assert found.depth[0] == 0
    assert len(found.word(0)) == 0
    for state in range(len(found.cells)):
        word = found.word(state)
        assert len(word) == found.depth[state]
        hidden = network.start(1)
        for symbol in word:
            hidden = network.advance(hidden, symbol[None])
        assert np.array_equal(hidden[0], found.hidden[state])
        for x in range(2):
            after = network.advance(found.hidden[[state]], found.symbols[[x]])
            assert np.array_equal(after[0], found.hidden[found.following[state, x]])
    assert (found.distance <= 0.5).all()
    assert depth_counts(found).sum() == len(found.cells)


def test_a_set_with_a_way_out_is_refused() -> None:
    network, closed = closed_of(SEVEN)
    with pytest.raises(BadInputError, match="not closed"):
        grid_states(network, SEVEN, SEVEN.symbols, closed.states[:-1], closed.machine[:-1])


def test_the_picture_grows_to_the_whole_set(seven: tuple[MlpNetwork, GridStates]) -> None:
    _, found = seven
    places, deepest = grid_places(found), int(found.depth.max())
    assert places.places.shape == (len(found.cells), 2)

    def points(depth: int) -> set[int]:
        figure = states_figure(found, places, depth=depth, symbol=1, chosen=0)
        return {int(i) for trace in figure.data if trace.customdata is not None for i in trace.customdata}

    assert points(0) == {0}
    assert points(deepest) == set(range(len(found.cells)))
    assert points(1) == set(np.flatnonzero(found.depth <= 1).tolist())
    assert "The walk goes on" in growth_sentence(found, 0)
    assert growth_sentence(found, deepest).startswith("**Closed.**")
    assert "the set is closed" in states_alt(found, deepest, 0)


def test_states_are_told_apart_by_colour_and_shape(seven: tuple[MlpNetwork, GridStates]) -> None:
    _, found = seven
    figure = states_figure(found, grid_places(found), depth=int(found.depth.max()), symbol=0)
    groups = [trace for trace in figure.data if trace.customdata is not None]
    assert len({(t.marker.color, t.marker.symbol) for t in groups}) == len({t.marker.symbol for t in groups}) == 7


def test_a_machine_with_one_state_has_a_picture_too() -> None:
    network, closed = closed_of(ONE)
    found = grid_states(network, ONE, ONE.symbols, closed.states, closed.machine)
    figure = states_figure(found, grid_places(found), depth=int(found.depth.max()), symbol=0)
    assert figure.layout.xaxis.range[0] < figure.layout.xaxis.range[1]
    assert figure.layout.yaxis.range[0] < figure.layout.yaxis.range[1]


@pytest.mark.parametrize("size", [1, 2])
def test_few_hidden_units_are_drawn_as_they_are(size: int) -> None:
    step = AffineMap(
        np.hstack([np.zeros((size, size)), np.ones((size, 1)) * np.arange(1, size + 1)[:, None]]), np.zeros(size)
    )
    reader = AffineMap(np.eye(1, size), np.zeros(1))
    network = MlpNetwork(Card("mlp", 1, 1, size), RawInput(1), Rounded(1), (step,), (reader,), state_grid=0)
    same = MealyMachine(np.array([[0, 0]]), np.array([[[0], [1]]]), np.array([[0], [1]]))
    closed = walk_grid(network, same, same.symbols).closed
    assert closed is not None
    found = grid_states(network, same, same.symbols, closed.states, closed.machine)
    places = grid_places(found)
    assert places.names[0] == "hidden unit 1"
    assert (places.cell is not None) == (size == 2)
    lines = [t for t in states_figure(found, places, depth=1, symbol=1).data if t.name == "cells of the grid"]
    assert len(lines) == (size == 2)


def test_the_table_names_word_state_and_arrows(seven: tuple[MlpNetwork, GridStates]) -> None:
    _, found = seven
    columns = state_columns(found)
    assert columns["shortest word"][0] == "(start)"
    assert set(columns) >= {"on 0", "on 1", "nearest boundary", "machine"}
    assert len(columns["steps"]) == len(found.cells)
    assert len(state_columns(found, 3)["steps"]) == 3


def test_the_numbers_of_one_step_add_up(seven: tuple[MlpNetwork, GridStates]) -> None:
    network, found = seven
    rows = rounding_columns(network, found.hidden[2], found.symbols[1])
    end = found.hidden[found.following[2, 1]]
    assert [float(v) for v in rows["after rounding"]] == end.tolist()
    assert all(abs(float(a) * 16 - float(b)) < 1e-3 for a, b in zip(rows["computed"], rows["in cells"], strict=True))
    terms = layer_columns(network, found.hidden[2], found.symbols[1])
    assert terms is not None
    parts = ("from the hidden state", "from the input", "bias")
    for i, total in enumerate(terms["sum"]):
        assert sum(float(terms[part][i]) for part in parts) == pytest.approx(float(total), abs=1e-5)
    assert "nearest to a boundary" in nearest_sentence(network, found.hidden[2], found.symbols[1])
    assert "-0" not in rows["nearest whole"]


def test_whole_numbers_are_shown_as_they_are_and_only_where_the_step_is_linear(
    seven: tuple[MlpNetwork, GridStates],
) -> None:
    assert whole_number_columns(seven[0]) is None
    step = AffineMap(np.array([[1.0, 3.0]]), np.array([-2.0]))
    network = MlpNetwork(
        Card("linear", 1, 1, 1), RawInput(1), Rounded(1), (step,), (AffineMap(np.eye(1), np.zeros(1)),)
    )
    assert whole_number_columns(network) == {"new": ["h1"], "h1": ["1"], "x1": ["3"], "bias": ["-2"]}
    assert outputs_of(network, np.array([[[1], [1]]])).tolist() == [[[1], [2]]]


def made(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "number": number, "trained": False, "grid": number, "states": 10**number, "depth": 9, "word": [[1], [0]],
        "length": 2, "added": 5, "closed": False, "seconds": 0.5, **changes,
    }  # fmt: skip


def test_rounds_show_states_words_and_the_end() -> None:
    rounds = [
        made(1),
        made(2, word=[[0]] * 500, length=500),
        made(3, word=None, length=None, closed=True, trained=True),
    ]
    figure = rounds_figure(rounds)
    by_name = {trace.name: trace for trace in figure.data}
    assert list(by_name["states reached"].y) == [10, 100, 1000]
    assert list(by_name["shortest counterexample"].x) == [1, 2]
    assert list(by_name["the set closes"].x) == [3]
    assert figure.layout.yaxis.type == "log"
    assert "no counterexample of any length is left" in rounds_alt(rounds)
    assert "2 steps is wrong" in rounds_alt(rounds[:1])
    assert rounds_alt([]) == "No round yet."
    assert [row["shortest counterexample"] for row in round_rows(rounds)][::2] == ["1 0", ""]
    html = rounds_html(rounds)
    assert 'data-value="0"' in html
    assert 'data-value="1"' not in html  # too long for the player
    assert "✓ closed" in html
    assert list(rounds_figure([]).data[0].x) == []


def test_cells_are_written_as_fractions() -> None:
    assert [cell_text(places) for places in (3, 0, -2)] == ["1/8", "1", "4"]
