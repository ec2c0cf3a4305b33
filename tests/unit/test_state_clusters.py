"""Clusters of hidden states against tolerance: examples worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.states.clusters import (
    TOLERANCES,
    Conflicts,
    PointSteps,
    conflicts,
    point_steps,
    single_linkage,
    tolerance_curve,
)


def test_clusters_merge_at_the_gaps_of_the_cloud() -> None:
    """On a line at 0, 0.1, 1, 1.1 and 3 the gaps are 0.1, 0.9, 0.1 and 1.9, of an extent of 3."""
    links = single_linkage(np.array([[0.0], [1.0], [0.1], [3.0], [1.1], [0.0]]))
    assert links.extent == 3.0
    assert [links.count(t) for t in (0.03, 0.04, 0.29, 0.31, 0.63, 0.64)] == [5, 3, 3, 2, 2, 1]
    assert links.labels(0.04).tolist() == [0, 1, 0, 2, 1, 0]  # numbered by their first points
    assert links.labels(0.31).tolist() == [0, 0, 0, 1, 0, 0]


def test_a_chain_of_near_points_is_one_cluster() -> None:
    chain = np.arange(11.0)[:, None]
    assert single_linkage(chain).count(0.101) == 1
    assert single_linkage(chain).count(0.099) == 11


@pytest.mark.parametrize("states", [np.zeros((1, 3)), np.full((5, 2), 7.0)])
def test_equal_points_are_one_cluster_at_every_tolerance(states: np.ndarray) -> None:
    links = single_linkage(states)
    assert links.labels(TOLERANCES[0]).tolist() == [0] * len(states)
    assert links.count(TOLERANCES[0]) == 1


def test_steps_number_points_as_clouds_do() -> None:
    x, y = np.array([[[7], [8]], [[8], [7]]]), np.array([[[0], [1]], [[1], [1]]])
    steps = point_steps(x, y)
    assert steps.source.tolist() == [0, 1, 0, 3]
    assert steps.target.tolist() == [1, 2, 3, 4]
    assert steps.symbol.tolist() == [0, 1, 1, 0]
    assert steps.answer.tolist() == [0, 1, 1, 1]
    assert len(point_steps(x[:, :0], y[:, :0]).source) == 0


def test_conflicts_are_pairs_of_a_cluster_and_an_input() -> None:
    """Points 0 and 1 read the same input: 0 goes to 2 and answers 5, 1 goes to 3 and answers 6; 2 and 3 agree."""
    steps = PointSteps(
        source=np.array([0, 1, 2, 3]), target=np.array([2, 3, 0, 0]), symbol=np.array([0, 0, 1, 1]),
        answer=np.array([5, 6, 5, 5]),
    )  # fmt: skip
    assert conflicts(np.array([0, 1, 2, 3]), steps) == Conflicts(pairs=0, moves=0, answers=0)
    assert conflicts(np.array([0, 0, 1, 2]), steps) == Conflicts(pairs=1, moves=1, answers=1)
    assert conflicts(np.array([0, 0, 1, 1]), steps) == Conflicts(pairs=2, moves=0, answers=1)
    assert conflicts(np.array([0, 1, 2, 2]), steps) == Conflicts(pairs=1, moves=0, answers=0)


def parity_cloud(places: dict[int, tuple[float, float]]):  # type: ignore[no-untyped-def]
    """Return links, steps and machine states of parity, its memory stored at one of two places by the last input."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, size=(40, 8, 1))
    parity = np.cumsum(x, axis=1) % 2
    table = np.array([places[0], places[1]])
    memory = table[parity.ravel(), x.ravel()]
    states = np.concatenate([[places[0][0]], memory])[:, None] + rng.normal(size=(321, 1)) * 1e-3
    return single_linkage(states), point_steps(x, parity), np.concatenate([[0], parity.ravel()])


def test_two_tight_groups_are_the_states_over_a_wide_range() -> None:
    links, steps, states = parity_cloud({0: (0.0, 0.0), 1: (1.0, 1.0)})
    curve = tolerance_curve(links, steps, states)
    assert curve.agreeing is not None
    low, high = curve.agreeing
    assert low < 0.01
    assert 0.85 < high < 1.0
    assert low <= curve.usual <= high
    assert links.count(curve.usual) == 2
    last = curve.clusters[-1], curve.moves[-1], curve.answers[-1]
    assert last == (1, 0, 2)  # all in one cluster: each of two inputs is answered in two ways


def test_states_in_several_places_are_pure_but_not_equal_to_the_clusters() -> None:
    """Each state is stored at two places, and one place of each state lies next to one of the other."""
    links, steps, states = parity_cloud({0: (0.0, 2.0), 1: (2.5, 4.5)})
    curve = tolerance_curve(links, steps, states)
    assert curve.agreeing is None
    assert curve.purest is not None
    assert 0.08 < curve.purest < 0.12  # 0.5 of an extent of 4.5
    assert links.count(curve.purest) == 4
    assert curve.usual <= curve.purest


def test_without_a_machine_only_conflicts_are_counted() -> None:
    links, steps, _ = parity_cloud({0: (0.0, 0.0), 1: (1.0, 1.0)})
    curve = tolerance_curve(links, steps)
    assert curve.agreeing is None
    assert curve.purest is None
    assert (np.diff(curve.clusters) <= 0).all()
    assert curve.free[np.abs(curve.tolerances - 0.5).argmin()]
