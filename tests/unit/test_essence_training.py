"""Essence networks are trained to be right, with the fewest subconcepts, whatever the order of the samples."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from mips_core.errors import BadInputError, NoRegularStructureError
from mips_core.essence import EssenceNetwork, Samples
from mips_core.essence.training import train, train_candidates


def _bits(n: int) -> NDArray[np.int64]:
    return (np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1


def _eca(rule: int) -> Samples:
    x = _bits(3)
    return Samples(x, np.array([(rule >> k) & 1 for k in range(8)]))


def _life() -> Samples:
    x = _bits(9)
    neighbours = x.sum(axis=1) - x[:, 4]
    return Samples(x.reshape(-1, 3, 3), ((neighbours == 3) | ((neighbours == 2) & (x[:, 4] == 1))).astype(int))


def _lines(n: int) -> Samples:
    eye = np.eye(n, dtype=np.int64)
    columns = np.repeat(eye[:, None, :], n, axis=1)
    rows = np.repeat(eye[:, :, None], n, axis=2)
    return Samples(np.concatenate([columns, rows]), np.repeat([1, 0], n))


def _same(one: EssenceNetwork, other: EssenceNetwork) -> bool:
    return all(
        np.array_equal(a.weights, b.weights) and np.array_equal(a.bias, b.bias)
        for a, b in zip(one.layers, other.layers, strict=True)
    )


def _is_right(network: EssenceNetwork, samples: Samples) -> bool:
    return network.decide(samples.x) == samples.y.tolist()


def _equivalent(rule: int) -> set[int]:
    """Return the rules that are the same but for left and right, or for the names of the two values."""
    table = [(rule >> k) & 1 for k in range(8)]
    mirrored = [table[4 * (k & 1) + (k & 2) + (k >> 2)] for k in range(8)]
    negated = [[1 - values[7 - k] for k in range(8)] for values in (table, mirrored)]
    return {sum(bit << k for k, bit in enumerate(values)) for values in (table, mirrored, *negated)}


def test_every_cellular_automaton_gets_the_fewest_subconcepts() -> None:
    counts: Counter[int] = Counter()
    for rule in range(256):
        alike = _equivalent(rule)
        if rule == min(alike):
            networks = train(_eca(rule))
            assert all(_is_right(network, _eca(rule)) for network in networks)
            counts[len(networks[0].subconcepts)] += len(alike)
    assert counts == {1: 2, 2: 102, 3: 150, 4: 2}


def test_life_is_told_by_two_counts() -> None:
    network = train(_life())[0]
    assert _is_right(network, _life())
    assert len(network.subconcepts) == 3
    differentiae = {
        (tuple(abs(w) for w in row), abs(b))
        for row, b in zip(network.layers[0].weights, network.layers[0].bias, strict=True)
    }
    assert differentiae == {((2,) * 9, 5), ((2, 2, 2, 2, 0, 2, 2, 2, 2), 7)}


def test_the_largest_of_six_is_told_by_comparisons() -> None:
    network = train(Samples(np.eye(6, dtype=np.int64), np.arange(6)))[0]
    assert network.differentiae == tuple((i, j) for i in range(6) for j in range(i + 1, 6))
    assert not network.layers[0].bias.any()
    assert all(
        row[i] == 1 and row[j] == -1
        for row, (i, j) in zip(network.layers[0].weights, network.differentiae, strict=True)
    )
    x = np.random.default_rng(0).normal(size=(500, 6))
    assert network.decide(x) == x.argmax(axis=1).tolist()


def test_lines_become_one_subconcept_each_and_are_weighed() -> None:
    networks = train(_lines(6))
    assert all(_is_right(network, _lines(6)) for network in networks)
    weighed = next(n for n in networks if n.mode == "svm" and len(n.subconcepts) == 12)
    assert set(np.abs(weighed.layers[1].weights).ravel().tolist()) == {1, 5}
    assert set(weighed.layers[1].bias.tolist()) == {-30}
    assert len(weighed.differentiae) == 36


def test_the_order_of_samples_does_not_matter() -> None:
    for samples in (_eca(110), _life(), _lines(5)):
        order = np.random.default_rng(3).permutation(len(samples.x))
        shuffled = Samples(samples.x[order], samples.y[order])
        for one, other in zip(train(samples), train(shuffled), strict=True):
            assert _same(one, other)
            back = [tuple(sorted(int(order[m]) for m in s.members)) for s in other.subconcepts]
            assert back == [s.members for s in one.subconcepts]


def test_each_label_of_a_row_is_learned_in_the_same_way() -> None:
    x = _bits(6)
    windows = 4 * np.roll(x, 1, axis=1) + 2 * x + np.roll(x, -1, axis=1)
    samples = Samples(x, (110 >> windows) & 1)
    network = train(samples)[0]
    assert network.several
    assert _is_right(network, samples)
    assert len(network.subconcepts) == 18
    first = network.layers[0].weights[:2]
    for cell in range(6):
        assert np.array_equal(network.layers[0].weights[2 * cell : 2 * cell + 2], np.roll(first, cell, axis=1))


def test_one_class_needs_no_differentia() -> None:
    network = train(Samples(_bits(2), np.full(4, 7)))[0]
    assert network.layers[0].weights.shape == (0, 2)
    assert network.decide(_bits(2)) == [7] * 4


def test_one_input_with_two_labels_is_named() -> None:
    with pytest.raises(BadInputError, match="Rows 0 and 2"):
        train(Samples(np.array([[0, 1], [1, 1], [0, 1]]), np.array([0, 1, 1])))


def test_labels_without_a_rule_are_refused() -> None:
    y = np.random.default_rng(5).integers(0, 2, size=512)
    with pytest.raises(NoRegularStructureError) as refused:
        train(Samples(_bits(9), y))
    assert refused.value.tried


def test_the_story_leads_from_classes_to_subconcepts() -> None:
    candidate = train_candidates(_life())[0]
    story = candidate.stories[0]
    assert len(story.groups) == len(story.splits) + 2
    assert all(set(a) | set(b) == set(step.part) for step in story.splits for a, b in [step.into])
    assert story.splits[0].failed
