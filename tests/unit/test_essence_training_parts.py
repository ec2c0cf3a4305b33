"""The parts of training: separability, greatest margins, proved integers, pieces of evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from least_time import least_seconds
from numpy.typing import NDArray

from mips_core.errors import BadInputError, Cancelled, NoRegularStructureError
from mips_core.essence import EssenceNetwork, Samples
from mips_core.essence.training import train, train_candidates, train_sizes
from mips_core.essence.training.margin import between_points, differentia
from mips_core.essence.training.nearest import nearest_difference
from mips_core.essence.training.points import interchangeable, reduced
from mips_core.essence.training.separability import separable
from mips_core.essence.training.snapping import snapped
from mips_core.progress import Monitor

BITS = [(np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1 for n in range(9)]


def _clauses(variables: int, clauses: int) -> Samples:
    """Return lessons of one clause each: a unit clause must hold, in a clause of two it is slightly better."""
    x, y = [], []
    for clause in range(clauses):
        for sign in (0, 1):
            for other in (None, *range(2, 2 * variables)):
                lesson = np.zeros((2 * variables, clauses), dtype=np.int64)
                lesson[sign, clause] = 1
                if other is not None:
                    lesson[other, clause] = 1
                x.append(lesson)
                wish = (1.0, 0.0 if other is None else 0.99)
                y.append(wish if sign == 0 else wish[::-1])
    return Samples(np.array(x), np.array(y))


def _touched(network: EssenceNetwork, neuron: int) -> tuple[list[list[int]], int]:
    """Return [row, clause, weight] of the inputs that a differentia reads, and its bias."""
    weights = network.layers[0].weights[neuron].reshape(network.input_shape)
    read = [[int(i), int(j), int(weights[i, j])] for i, j in np.argwhere(weights)]
    return read, int(network.layers[0].bias[neuron])


def test_clauses_are_read_by_local_tests() -> None:
    network = train(_clauses(3, 4))[0]
    assert len(network.subconcepts) == 16
    assert len(network.differentiae) == 16
    for number, subconcept in enumerate(network.subconcepts):
        own = np.flatnonzero(network.layers[1].weights[number])
        signs = np.sign(network.layers[1].weights[number, own])
        read = sorted((_touched(network, k), int(sign)) for k, sign in zip(own, signs, strict=True))
        clause = read[0][0][0][0][1]
        wishes_true = subconcept.label[0] == 1.0
        comparison, others = read
        # "x is here rather than not x", signed by the order of the pair
        (rows, bias), sign = comparison
        assert bias == 0
        assert [[i, j, w * sign * (1 if wishes_true else -1)] for i, j, w in rows] == [[0, clause, 1], [1, clause, -1]]
        # "no other literal in this clause" for a unit clause, "some other literal" else
        (rows, bias), sign = others
        unit = 0.0 in subconcept.label
        assert [[i, j, w * sign] for i, j, w in rows] == [[i, clause, -2 if unit else 2] for i in range(2, 6)]
        assert bias * sign == (1 if unit else -1)


def test_evidence_is_half_the_log_odds_counted_once_per_piece() -> None:
    samples = _clauses(3, 2)
    network = train(samples)[0]
    assert network.heads == ()
    assert network.layers[2].scale == 2000
    assert set(network.layers[2].weights.ravel().tolist()) == {10_000, -10_000, 2298}
    scores = network.decide(samples.x)
    assert scores[0] == [20_000, -20_000]
    assert scores[1] == [20_000, 2 * 2298]
    assert network.decide(np.zeros((1, 6, 2), dtype=np.int64)) == [[0, 0]]


def test_many_clauses_are_quick() -> None:
    samples = _clauses(5, 50)
    network = train(samples)[0]
    assert least_seconds(lambda: train(samples), 3) < 3
    assert len(network.subconcepts) == len(network.differentiae) == 200


def test_probabilities_out_of_range_are_refused() -> None:
    with pytest.raises(BadInputError, match="between 0 and 1"):
        train(Samples(np.eye(2, dtype=np.int64), np.array([[0.5, 1.5], [0.5, 0.2]])))


@st.composite
def _two_sets(draw: st.DrawFn) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    width = draw(st.integers(1, 4))
    points = st.lists(st.integers(0, 2), min_size=width, max_size=width)
    a = draw(st.lists(points, min_size=1, max_size=6))
    b = draw(st.lists(points, min_size=1, max_size=6))
    return np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)


@settings(max_examples=150, deadline=None)
@given(_two_sets())
def test_a_differentia_separates_exactly_what_is_separable(sets: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    a, b = sets
    w = nearest_difference(a.astype(float), b.astype(float))
    apart = bool((a @ w).min() > (b @ w).max() + 1e-6)
    assert separable(a, b) == apart
    if not apart:
        return
    width = a.shape[1]
    neuron = differentia(a, b, np.ones(width, dtype=np.int64), np.zeros(width, dtype=np.int64), np.full(width, 2))
    at_a, at_b = a @ neuron.weights + neuron.bias, b @ neuron.weights + neuron.bias
    assert (at_a > 0).all()
    assert (at_b < 0).all()
    if neuron.error == 0.0:
        # The same direction as the vector between the hulls, with the threshold halfway.
        assert np.allclose(neuron.weights / np.linalg.norm(neuron.weights), w / np.linalg.norm(w), atol=1e-6)
        assert at_a.min() == -at_b.max()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=5).filter(lambda w: max(map(abs, w)) > 0.05),
    st.floats(-2, 2),
    st.integers(1, 3),
    st.sampled_from([5, 9]),
)
def test_snapped_integers_have_the_sign_of_the_real_neuron_everywhere(
    weights: list[float], bias: float, most: int, width: int
) -> None:
    real = np.array([*weights, *[0.0] * (width - len(weights))])
    low, high = np.zeros(width, dtype=np.int64), np.full(width, most)
    nothing = np.zeros((0, width), dtype=np.int64)
    found = snapped(real, bias, low, high, nothing, nothing)
    if found is None:
        return
    x = np.random.default_rng(0).integers(0, most + 1, size=(2000, width))
    assert np.array_equal(np.sign(x @ real + bias), np.sign(x @ found.weights + found.bias))


def test_two_points_are_told_apart_halfway() -> None:
    p, q = np.array([[1, 0, 2]]), np.array([[0, 0, 1]])
    weights, bias = between_points(p, q, np.array([1, 1, 2]))
    assert weights.tolist() == [[4, 0, 2]]  # twice (1, 0, 1/2) in whole numbers: the last coordinate is a sum of two
    assert (p @ weights.T + bias).item() == -(q @ weights.T + bias).item()


def test_interchangeable_inputs_are_one_sum() -> None:
    x = BITS[5]
    points = reduced(x, ((x[:, :3].sum(axis=1) >= 2) & (x[:, 4] == 1)).astype(np.int64))
    assert points.columns == ((0, 1, 2), (4,))  # input 3 is free
    assert len(points.labels) == 8
    assert interchangeable(x, x[:, 0]) == [[0], [1, 2, 3, 4]]


def test_sums_that_do_not_decide_a_label_are_not_used() -> None:
    grid = np.array([[i, j] for i in range(3) for j in range(3)])
    samples = Samples(grid, (grid == 1).all(axis=1).astype(np.int64))  # (1, 1) but not (0, 2), (2, 0): one sum
    for network in train(samples):
        assert network.decide(grid) == samples.y.tolist()


def test_a_multiplexer_is_cut_where_it_is_addressed() -> None:
    x = BITS[6]
    samples = Samples(x, x[np.arange(64), 2 * x[:, 4] + x[:, 5]])
    kinds = {candidate.kind: candidate.network for candidate in train_candidates(samples)[::-1]}
    assert all(network.decide(x) == samples.y.tolist() for network in kinds.values())
    assert len(kinds["fewest"].subconcepts) == 5  # one label as a whole, the other address by address
    assert len(kinds["cells"].subconcepts) == 8  # an address and the value there


def test_real_inputs_are_taken() -> None:
    x = np.random.default_rng(2).normal(size=(40, 2)).round(1)
    samples = Samples(x, (x[:, 0] + 0.25 > x[:, 1]).astype(np.int64))
    assert train(samples)[0].decide(x) == samples.y.tolist()


def test_labels_at_random_need_as_many_parts_in_any_order() -> None:
    y = np.random.default_rng(0).integers(0, 2, size=64)
    with pytest.raises(NoRegularStructureError, match="in another order"):
        train(Samples(BITS[6], y))


def test_numbers_can_be_compared_between_sizes() -> None:
    def majority(n: int) -> Samples:
        return Samples(BITS[n], (2 * BITS[n].sum(axis=1) > n).astype(np.int64))

    for way in train_sizes([majority(3), majority(4), majority(5), majority(7)]):
        largest = [np.abs(each.network.layers[0].weights).max() for each in way]
        assert len(set(largest)) == 1
    weighed = [
        way for way in train_sizes([Samples(np.eye(n, dtype=np.int64), np.arange(n)) for n in (4, 5, 6)])
        if way[0].network.mode == "svm"
    ]  # fmt: skip
    assert [set(each.network.layers[1].bias.tolist()) for each in weighed[0]] == [{-2}, {-3}, {-4}]


def test_training_stops_on_request() -> None:
    with pytest.raises(Cancelled):
        train(Samples(BITS[6], BITS[6][:, 0] ^ BITS[6][:, 1]), monitor=Monitor(stop=lambda: True))
