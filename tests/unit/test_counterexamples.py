"""Words on which a network is wrong although random ones are right: found, counted, trained on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_networks import running_total

from mips_core.networks import Network, read_network
from mips_core.networks.annealing import measure
from mips_core.networks.choosing import by_agreement
from mips_core.networks.correcting import correct
from mips_core.networks.counterexamples import Findings, search
from mips_core.networks.ensemble import Ensemble
from mips_core.networks.examples import gather
from mips_core.networks.fitting import Material, one_thread
from mips_core.networks.ladder import Rung
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.tasks import Integers, get, make_dataset
from mips_core.tasks.rare_words import rare_words

BITS = (Integers(0, 2),)


@pytest.fixture(scope="module")
def total(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return read_network(running_total(tmp_path_factory.mktemp("net") / "total.npz"), inputs=BITS)


def _against_total_up_to(network: Network, cap: int, length: int, reach: int) -> Findings:
    def rule(x: IntArray) -> IntArray:
        return np.minimum(np.cumsum(x, axis=1), cap)

    return search(network, rule, BITS, length=length, reach=reach, rng=np.random.default_rng(0))


def test_every_short_word_is_looked_at(total: Network) -> None:
    found = _against_total_up_to(total, 3, length=5, reach=15)
    # Wrong where there are four ones or more: 1111 of length 4, and six words of length 5.
    assert (found.length, found.words, found.wrong) == (5, 62, 7)
    assert found.shortest == 4
    assert not found.clean
    assert (np.cumsum(found.within, axis=1)[:, :, 0].max(axis=1) > 3).all(), "each is wrong up to the trained length"


def test_a_fault_far_beyond_all_short_words_is_found(total: Network) -> None:
    found = _against_total_up_to(total, 12, length=5, reach=15)
    assert (found.wrong, found.rare_wrong, found.clean) == (0, 0, True)
    assert found.shortest == 13, "thirteen ones"
    assert found.walked_wrong > 0
    assert found.beyond.shape[1:] == (15, 1)


def test_a_right_network_has_no_counterexamples(total: Network) -> None:
    found = _against_total_up_to(total, 99, length=5, reach=15)
    assert found.clean
    assert (found.wrong, found.rare_wrong, found.walked_wrong, found.shortest) == (0, 0, 0, None)
    assert len(found.beyond) == 0


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 40)), min_size=1, max_size=3),
    st.integers(1, 20),
    st.integers(0, 2**32 - 1),
)
def test_rare_words_keep_to_their_ranges_and_kinds(ranges: list[tuple[int, int]], length: int, seed: int) -> None:
    inputs = tuple(Integers(low, low + size) for low, size in ranges)
    words = rare_words(inputs, 40, length, np.random.default_rng(seed))
    assert words.shape == (40, length, len(inputs))
    for column, allowed in enumerate(inputs):
        assert allowed.low <= words[:, :, column].min()
        assert words[:, :, column].max() < allowed.high
    assert (words[0::4] == words[0::4, :1]).all(), "constant words"
    for row in words[1::4]:
        _, counts = np.unique(row, axis=0, return_counts=True)
        assert len(counts) == 1 or counts.min() == 1, "one odd symbol"
    assert all(len(np.unique(row, axis=0)) <= 3 for row in words)


def test_training_on_what_was_found_keeps_the_best_network() -> None:
    examples = gather(get("Bitwise_Or"), seed=0)
    material = Material(examples, Rung("one step", 2, (8,), one_hot=True, batch=32))
    start = Ensemble.initial(material.shape(2), 1, torch.Generator().manual_seed(1), material.dtype)
    before = measure(material, start, 0)
    assert before.held_out < 0.5, "nothing is learnt yet"
    with one_thread():
        generator = torch.Generator().manual_seed(2)
        found = correct(material, before, seed=0, generator=generator, monitor=Monitor())
    assert found.clean
    assert found.finished.held_out == 1.0
    assert found.facts["all"] == {"length": 7, "words": 21_844, "wrong": 0}
    assert 0 < found.rounds == found.facts["rounds"]


def test_the_network_that_others_agree_with_comes_first(tmp_path: Path, total: Network) -> None:
    forgetful = [
        read_network(running_total(tmp_path / f"{drift}.npz", drift=drift), inputs=BITS) for drift in (0.4, 0.7)
    ]
    rows = make_dataset([[0, 1, 1, 0, 1, 1]], [[0, 1, 2, 2, 3, 4]])
    order = by_agreement([forgetful[0], total, forgetful[1], total], rows, np.random.default_rng(0))
    assert order[:2] == [1, 3]
