"""Random essence networks end in code that does exactly the same or in a refusal; so do those with a wrong number."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
import pytest

from mips_core.benchmarks.essence import LOSSLESS, MISMATCH, run_networks
from mips_core.benchmarks.essence_networks import perturbed, random_network, shuffled
from mips_core.errors import NoRegularStructureError
from mips_core.essence.certify_inputs import all_inputs, hard_inputs
from mips_core.essence.data import EssenceData, Samples
from mips_core.essence.pipeline import distill_essence, distill_networks
from mips_core.essence.result import EssenceResult
from mips_core.essence.tasks import get

_BLOCK = 10


@pytest.mark.parametrize("first", range(0, 40, _BLOCK))
def test_random_networks_are_lossless_or_refused(first: int) -> None:
    rows = list(run_networks(_BLOCK, seed=first, changed=False))
    assert not [row for row in rows if row.outcome == MISMATCH]
    regular = [row for row in rows if row.seed % 4 != 3]
    assert Counter(row.outcome for row in regular)[LOSSLESS] >= len(regular) // 2


def test_random_networks_come_from_their_seed_and_are_of_both_kinds() -> None:
    names = {random_network(seed).name for seed in range(40)}
    assert "irregular" in names
    assert len(names) > 8
    one, other = random_network(5), random_network(5)
    for a, b in zip(one.networks, other.networks, strict=True):
        for first, second in zip(a.layers, b.layers, strict=True):
            np.testing.assert_array_equal(first.weights, second.weights)


def _strokes(n: int) -> Samples:
    columns = np.repeat(np.eye(n, dtype=np.int64)[:, None, :], n, axis=1)
    return Samples(np.concatenate([columns, columns.transpose(0, 2, 1)]), np.repeat([1, 0], n))


def _data(task: str) -> EssenceData:
    return EssenceData((_strokes(10), _strokes(6), _strokes(5))) if task == "orientation" else get(task).data()


@cache
def _regular(task: str) -> EssenceResult:
    return distill_essence(_data(task), cases=500)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("task", ["argmax", "life", "orientation"])
def test_a_wrong_number_is_shown_or_refused(task: str, seed: int) -> None:
    regular = _regular(task)
    generator = np.random.default_rng(seed)
    first = perturbed(regular.network, generator)
    # Alone or beside sizes that are as they were: a difference at one size follows no formula.
    networks = (first,) if seed % 2 else (first, *regular.networks[1:])
    data = EssenceData(regular.data.samples[: len(networks)])
    try:
        found = distill_networks(networks, data, reading=regular.reading, cases=2000)
    except NoRegularStructureError:
        return
    assert found.losslessness.lossless
    x = _inputs(task, found)
    if found.program.source.splitlines()[1:] == regular.program.source.splitlines()[1:]:
        # The number changes nothing that the network says.
        assert first.decide(x) == regular.network.decide(x)


def _inputs(task: str, found: EssenceResult) -> np.ndarray:
    if task == "orientation":
        taught = found.data.samples[0].x
        return hard_inputs(found.network, taught, 4000, np.random.default_rng(99), (0, 1))
    x = all_inputs(found.network.input_shape, (0, 1) if task == "life" else (-1, 0, 1, 2))
    assert x is not None
    return x


def test_shuffled_neurons_do_the_same() -> None:
    network = _regular("argmax").network
    other = shuffled(network, np.random.default_rng(3))
    x = np.random.default_rng(4).integers(-2, 3, size=(500, 6))
    assert network.decide(x) == other.decide(x)
    assert not np.array_equal(network.layers[0].weights, other.layers[0].weights)
