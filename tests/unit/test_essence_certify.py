"""The losslessness certificate: it holds for the code that does what the network does, and for no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from essence_groups import argmax_condensed, argmax_network, orientation_condensed, orientation_network

from mips_core.essence.certify import certify
from mips_core.essence.certify_inputs import all_inputs, hard_inputs
from mips_core.essence.condensing import condense
from mips_core.essence.losslessness import EXHAUSTIVE, SAMPLED, Losslessness
from mips_core.essence.network import EssenceNetwork, Head, Layer

SIZES = (6, 4, 9)


def largest(x: list[float]) -> int | None:
    best = max(x)
    return x.index(best) if x.count(best) == 1 else None


def _argmax(function: Callable[..., Any], *, cases: int = 600, **options: Any) -> Losslessness:
    networks = [argmax_network(n) for n in SIZES]
    taught = [np.eye(n, dtype=np.int64) for n in SIZES]
    return certify(networks, argmax_condensed(SIZES), function, "whole", taught, cases=cases, **options)


def test_the_code_of_argmax_is_lossless_on_numbers() -> None:
    found = _argmax(largest)
    assert found.lossless
    assert found.kind == SAMPLED
    assert found.checked >= 600
    assert [(each.layer, each.checked, each.mismatches) for each in found.per_layer] == [
        (layer, found.checked, 0) for layer in ("differentia", "subconcept", "concept")
    ]
    assert "0 mismatches in each layer" in found.sentence


def test_few_inputs_are_all_compared() -> None:
    found = _argmax(largest, values=(0, 1))
    assert (found.kind, found.checked, found.mismatches) == (EXHAUSTIVE, 2**6 + 2**4 + 2**9, 0)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (lambda x: x.index(max(x)), "the network says None"),
        (lambda x: None if x.count(max(x)) > 1 else x.index(min(x)), "the network says"),
        (lambda x: [largest(x)], "gives ["),
        (lambda x: x[99], "gives IndexError"),
        (lambda x: largest(x) if len(x) < 12 else 0, "the network says"),
        (lambda x: largest(x) if len(x) > 3 else 0, "the network says"),
    ],
    ids=["tie", "least", "list", "fails", "wrong at a larger size", "wrong at a smaller size"],
)
def test_other_code_is_refused_with_an_example(changed: Callable[..., Any], words: str) -> None:
    found = _argmax(changed)
    assert not found.lossless
    assert found.mismatches + found.elsewhere.mismatches > 0
    assert words in found.first_difference
    assert found.first_difference in found.sentence


def test_the_same_seed_asks_the_same() -> None:
    asked: list[list[Any]] = []
    for seed in (1, 1, 2):
        inputs: list[Any] = []

        def record(x: Sequence[float], inputs: list[Any] = inputs) -> int | None:
            inputs.append(x)
            return largest(list(x))

        _argmax(record, cases=60, seed=seed)
        asked.append(inputs)
    assert asked[0] == asked[1] != asked[2]


@pytest.mark.parametrize("depth", range(3))
def test_a_changed_weight_is_a_mismatch_of_its_layer(depth: int) -> None:
    networks = [argmax_network(n) for n in SIZES]
    layers = list(networks[0].layers)
    weights = layers[depth].weights.copy()
    weights[2, 1] += 1
    layers[depth] = replace(layers[depth], weights=weights)
    networks[0] = replace(networks[0], layers=tuple(layers))
    taught = [np.eye(n, dtype=np.int64) for n in SIZES]
    found = certify(networks, argmax_condensed(SIZES), largest, "whole", taught, cases=300)
    assert not found.lossless
    assert found.per_layer[depth].mismatches > 0
    assert f"{layers[depth].name} neuron 2: weight 1 is {weights[2, 1]}" in found.first_difference


def _vertical(tie: int | None) -> Callable[[list[list[int]]], int | None]:
    """Return the rule of :func:`orientation_network`, saying ``tie`` where it says None."""

    def f(x: list[list[int]]) -> int | None:
        n, votes = len(x), [0, 0]
        wins = [[np.sign(sum(column) - sum(row)) for row in x] for column in zip(*x, strict=True)]
        total = sum(map(sum, wins))
        for row, column in zip(wins, zip(*wins, strict=True), strict=True):
            votes[1] += np.sign(n * sum(row) - (n - 1) * total - n * (n - 1))
            votes[0] += np.sign((n - 1) * total - n * sum(column) - n * (n - 1))
        return tie if votes[0] == votes[1] else int(votes[1] > votes[0])

    return f


def _strokes(n: int) -> np.ndarray:
    columns = np.repeat(np.eye(n, dtype=np.int64)[:, None, :], n, axis=1)
    return np.concatenate([columns, columns.transpose(0, 2, 1)])


@pytest.mark.parametrize("tie", [None, 0, 1])
def test_ties_of_orientation_are_asked(tie: int | None) -> None:
    sizes = (5, 6)
    networks = [orientation_network(n) for n in sizes]
    taught = [_strokes(n) for n in sizes]
    made = certify(networks, orientation_condensed(sizes), _vertical(tie), "whole", taught, values=(0, 1), cases=300)
    assert made.lossless == (tie is None)


def test_hard_inputs_are_distinct_and_touch_zero_in_each_first_neuron() -> None:
    network = orientation_network(8)
    generator = np.random.default_rng(0)
    x = hard_inputs(network, _strokes(8), 2000, generator, (0, 1))
    assert len(x) == 2000
    assert len(np.unique(x.reshape(2000, -1), axis=0)) == 2000
    first, second, concept = network.forward(x)
    for signs in (first, second):
        assert {-1, 0, 1} == set(np.unique(signs))
    assert (first == 0).any(axis=0).all()
    assert ((second > 0).any(axis=0)).all()
    assert (concept[:, 0] == concept[:, 1]).any()


def _of_windows(rule: int) -> EssenceNetwork:
    """Return a network with a neuron for each of the eight patterns of an elementary rule."""
    patterns = _bits(3)
    first = Layer("differentia", 2 * (2 * patterns - 1), 1 - 2 * patterns.sum(axis=1))
    bits = np.array([rule >> k & 1 for k in range(8)])
    votes = np.array([1 - bits, bits])
    return EssenceNetwork((3,), (first, Layer("concept", votes, votes.sum(axis=1) - 1)), (_BOTH,))


def _of_all_rules() -> EssenceNetwork:
    """Return a network whose neuron p fires when the window writes p and bit p of the rule is 1."""
    patterns = _bits(3)
    first = np.concatenate([2 * np.eye(8, dtype=np.int64), 4 * (2 * patterns - 1)], axis=1)
    layers = (
        Layer("differentia", first, -4 * patterns.sum(axis=1) - 1),
        Layer("concept", np.array([[-1] * 8, [1] * 8]), np.array([-7, 7])),
    )
    return EssenceNetwork((11,), layers, (_BOTH,))


_BOTH = Head((0, 1), (0, 1))


def _bits(n: int) -> np.ndarray:
    found = all_inputs((n,), (0, 1))
    assert found is not None
    return found


def next_row(cells: list[int], rule: int = 110) -> list[int]:
    n = len(cells)
    return [rule >> (4 * cells[i - 1] + 2 * cells[i] + cells[(i + 1) % n]) & 1 for i in range(n)]


def _without_border(cells: list[int], rule: int = 110) -> list[int]:
    return next_row([0, *cells, 0], rule)[1:-1]


def test_a_window_is_compared_on_rows_of_every_length() -> None:
    network = _of_windows(110)
    condensed = condense([network], fixed=True)

    def verdict(function: Callable[..., Any]) -> Losslessness:
        return certify([network], condensed, function, "window", [_bits(3)], values=(0, 1))

    right = verdict(next_row)
    assert (right.lossless, right.kind, right.checked) == (True, EXHAUSTIVE, 8)
    assert not verdict(_without_border).lossless
    assert not verdict(lambda cells: next_row(cells, 124)).lossless
    assert verdict(lambda cells: next_row(cells)[:-1]).mismatches == 8
    assert not verdict(lambda cells: next_row(cells) if len(cells) > 1 else [1]).lossless
    assert verdict(lambda cells: next_row(cells) if len(cells) != 33 else [0] * 33).mismatches > 0


def test_all_rules_are_compared_on_all_windows() -> None:
    network = _of_all_rules()
    condensed = condense([network], fixed=True)

    def verdict(function: Callable[..., Any]) -> Losslessness:
        return certify([network], condensed, function, "rule and window", [_bits(11)], values=(0, 1))

    right = verdict(next_row)
    assert (right.lossless, right.kind, right.checked) == (True, EXHAUSTIVE, 2048)
    one = verdict(lambda cells, rule: next_row(cells, 31 if rule == 30 else rule))
    assert one.mismatches == 1  # rules 30 and 31 differ on the window 000
    assert "30" in one.first_difference
    assert not verdict(_without_border).lossless


def test_a_grid_is_compared_on_a_torus() -> None:
    first = Layer("differentia", np.full((1, 9), 2, dtype=np.int64), np.array([-9]))
    last = Layer("concept", np.array([[-1], [1]]), np.zeros(2, dtype=np.int64))
    network = EssenceNetwork((3, 3), (first, last), (_BOTH,))
    patches = _bits(9).reshape(-1, 3, 3)
    condensed = condense([network], fixed=True)

    def majority(x: list[list[int]], wide: int = 1) -> list[list[int]]:
        h, w = len(x), len(x[0])
        return [
            [
                int(sum(x[(r + a) % h][(c + b) % w] for a in (-1, 0, 1) for b in range(-1, wide + 1)) > 4)
                for c in range(w)
            ]
            for r in range(h)
        ]

    right = certify([network], condensed, majority, "window", [patches], values=(0, 1))
    assert (right.lossless, right.checked) == (True, 512)
    wrong = certify([network], condensed, lambda x: majority(x, 0), "window", [patches], values=(0, 1))
    assert 0 < wrong.mismatches < 512
