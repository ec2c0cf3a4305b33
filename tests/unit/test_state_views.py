"""Figures, tables and words of the page of hidden states."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.machines.mealy import MealyMachine
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.states.clusters import Conflicts, ToleranceCurve
from mips_core.views.chosen_points import (
    MOST_CHOSEN,
    MOST_STATES,
    first_points,
    lit_states,
    parse_points,
    point_rows,
    points_columns,
    state_strip,
)
from mips_core.views.colouring import CLUSTER, MOST_GROUPS, OUTPUT, STATE, Colouring, choices, colouring
from mips_core.views.hidden_state_figure import Emphasis, hidden_state_figure
from mips_core.views.hidden_states import Cloud, collect, distinct_points, principal_axes, unit_axes
from mips_core.views.palette import DIFFER, GREY, HUES
from mips_core.views.state_analysis import analyse_states
from mips_core.views.tolerance_figure import agreement_sentence, cluster_sentences, tolerance_figure


def last_input() -> tuple[MlpNetwork, MealyMachine]:
    """Return a network that remembers its last bit and answers with it, and the machine that does the same."""
    add = AffineMap(np.array([[0.0, 1.0]]), np.zeros(1))
    read = AffineMap(np.ones((1, 1)), np.zeros(1))
    network = MlpNetwork(Card("linear", 1, 1, 1), RawInput(1), Rounded(1), (add,), (read,))
    following = np.array([[0, 1], [0, 1]])
    return network, MealyMachine(following, following[:, :, None], np.array([[0], [1]]))


X = np.array([[[0], [1], [1]], [[1], [0], [0]]])


def cloud_of(groups: int) -> Cloud:
    """Return a cloud with one point of each of some machine states."""
    x = np.arange(groups - 1)[:, None, None]
    return Cloud(
        np.random.default_rng(0).normal(size=(groups, 2)), np.arange(groups), np.minimum(np.arange(groups), 1), x, True,
        "state of the machine", (), x,
    )  # fmt: skip


def test_one_point_is_drawn_for_each_hidden_state_that_differs() -> None:
    found = analyse_states(*last_input(), X)
    assert [found.cloud.prefix(i)[:, 0].tolist() for i in found.drawn] == [[], [1]]
    assert found.cloud.steps[found.drawn].tolist() == [0, 1]  # the shortest inputs
    assert found.met[found.drawn].tolist() == [4, 3]
    assert found.met.sum() == 7
    assert found.reached == 2
    assert found.curve.agreeing is not None


def test_points_at_one_place_stay_apart_where_the_machine_tells_them_apart() -> None:
    cloud = cloud_of(3)
    drawn, met = distinct_points(cloud, np.zeros(3, dtype=np.int64))
    assert drawn.tolist() == [0, 1, 2]
    assert met.tolist() == [1, 1, 1]


def test_rows_say_how_a_point_was_reached_and_what_was_answered() -> None:
    cloud = collect(*last_input(), X)
    rows = point_rows(cloud, [0, 2], np.arange(7), np.ones(7, dtype=int), np.arange(7.0)[:, None])
    assert rows[0]["inputs so far"] == "(nothing yet)"
    assert rows[0]["output"] == "none yet"
    assert rows[1] == {
        "inputs so far": "0 1", "steps": 2, "state": "S1", "cluster": "C3", "output": "1", "times met": 1,
        "place on the lattice": "2", "hidden state": "1",
    }  # fmt: skip
    columns = points_columns(cloud, [0, 2], np.arange(7))
    assert columns["inputs"] == ["", "0 1"]
    assert columns["h1"] == [0.0, 1.0]


def test_points_of_an_address_are_those_that_exist() -> None:
    assert parse_points("3.3.1.99", 4) == (3, 1)
    assert len(parse_points(".".join(map(str, range(999))), 999)) == MOST_CHOSEN
    with pytest.raises(ValueError, match="invalid literal"):
        parse_points("a.b", 4)


def test_first_points_have_the_shortest_inputs() -> None:
    cloud = collect(*last_input(), X)
    assert first_points(cloud, np.arange(7), cloud.values) == (0, 4)
    assert lit_states(cloud, (2, 3, 5)) == {0: 1, 1: 2}


def test_what_a_cloud_may_be_coloured_by() -> None:
    cloud = collect(*last_input(), X)
    assert choices(cloud) == (STATE, OUTPUT, CLUSTER)
    by_output = colouring(cloud, OUTPUT, cloud.values)
    assert by_output.groups == {-1: "none yet", 0: "0", 1: "1"}
    assert by_output.values.tolist() == [-1, 0, 1, 1, 1, 0, 0]
    by_state = colouring(cloud, STATE, cloud.values, 5)
    assert [by_state.style(s).colour for s in (0, 1)] == list(HUES[:2])


def test_many_groups_are_grey_and_only_the_chosen_are_coloured() -> None:
    many = Colouring(STATE, np.arange(MOST_GROUPS + 1), {i: f"S{i}" for i in range(MOST_GROUPS + 1)})
    assert many.is_grey
    assert many.style(3).colour == GREY
    assert many.style(3, (3,)).colour == DIFFER
    assert {many.style(s, (2, 5)).colour for s in (2, 5)} == set(HUES[:2])
    cloud = cloud_of(MOST_GROUPS + 1)
    figure = hidden_state_figure(cloud, unit_axes(2, (0, 1)))
    assert len(figure.data) == 1
    assert [a.text for a in figure.layout.annotations] == [f"<b>S{i}</b>" for i in range(MOST_GROUPS + 1)]
    figure = hidden_state_figure(cloud, unit_axes(2, (0, 1)), emphasis=Emphasis(states=(3,), points=(3, 4)))
    assert [(t.name, len(t.x)) for t in figure.data] == [
        ("hidden states", MOST_GROUPS),
        ("S3", 1),
        ("chosen points", 2),
    ]
    assert list(figure.data[1].customdata) == [3]


def test_one_axis_is_drawn_against_the_steps_and_paths_are_marked() -> None:
    cloud = collect(*last_input(), X)
    path = np.array([[0.0], [1.0], [0.0]])
    figure = hidden_state_figure(cloud, principal_axes(cloud.states, 2), emphasis=Emphasis(path=path, step=1))
    assert figure.layout.yaxis.title.text == "steps read"
    mark = figure.data[-1]
    assert mark.name == "after step 1"
    assert (len(mark.x), mark.y[0]) == (1, 1)


def test_the_strip_presses_states_of_chosen_points() -> None:
    cloud = cloud_of(3)
    colours = colouring(cloud, STATE, cloud.values, 3)
    strip = state_strip(colours, 3, 0, {1: 4}, None, {0: 1, 1: 1, 2: 1})
    assert strip.count('aria-pressed="true"') == 1
    assert 'aria-label="state S1, 4 chosen points"' in strip
    big = MOST_STATES + 40
    colours = Colouring(STATE, np.zeros(1, dtype=int), {i: f"S{i}" for i in range(big)})
    strip = state_strip(colours, big, 0, {}, 77, {})
    assert strip.count("<button") == 2
    assert f"and {big - 2} more" in strip


def curve(mixed: list[int], split: list[int]) -> ToleranceCurve:
    zeros = np.zeros(3, dtype=np.int64)
    return ToleranceCurve(
        np.array([0.01, 0.1, 1.0]), np.array([9, 4, 1]), zeros, zeros, np.array(mixed), np.array(split)
    )


def test_sentences_say_where_clusters_and_states_agree() -> None:
    assert agreement_sentence(curve([0, 0, 1], [4, 0, 0]), 4) == (
        "At 10 % the clusters are exactly the machine's 4 states."
    )
    assert "Up to 1 % no cluster mixes two states" in agreement_sentence(curve([0, 1, 1], [2, 2, 0]), 4)
    assert "9 clusters outnumber its 4 states" in agreement_sentence(curve([0, 1, 1], [2, 2, 0]), 4)
    assert agreement_sentence(curve([1, 1, 1], [0, 0, 0]), 4).startswith("At every tolerance some cluster mixes")
    assert "**no conflict**" in cluster_sentences(4, Conflicts(7, 0, 0), 0.1)
    assert "7 pairs" in cluster_sentences(4, Conflicts(7, 2, 1), 0.1)
    assert "2 lead to several clusters, and 1 give" in cluster_sentences(4, Conflicts(7, 2, 1), 0.1)
    assert "no conflict could show" in cluster_sentences(9, Conflicts(0, 0, 0), 0.1)


def test_the_tolerance_figure_marks_the_choice_and_the_machine() -> None:
    figure = tolerance_figure(curve([0, 0, 1], [4, 0, 0]), 0.1, 4)
    assert [t.name for t in figure.data][:2] == ["clusters", "states of the machine"]
    assert figure.layout.shapes[0].x0 == 10.0
    assert "states of the machine" not in [
        t.name for t in tolerance_figure(curve([0, 0, 1], [4, 0, 0]), 0.1, None).data
    ]
