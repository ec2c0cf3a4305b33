"""Training on small data: it learns, it repeats itself, it stops when told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from mips_core.errors import BadInputError, Cancelled
from mips_core.networks import Argmax, MlpNetwork, load_network, network_bytes
from mips_core.networks.examples import sequence_accuracy
from mips_core.networks.runner import train_all
from mips_core.networks.training import Training, candidates, train
from mips_core.progress import Monitor, Progress
from mips_core.stepping import IntArray
from mips_core.tasks import Dataset, get, make_dataset


def _sums(n: int, steps: int, seed: int) -> Dataset:
    """Sum of the last two inputs."""
    x = np.random.default_rng(seed).integers(0, 50, size=(n, steps, 1))
    y = x.copy()
    y[:, 1:] += x[:, :-1]
    return make_dataset(x, y, name="sums")


def _turnstile(n: int, steps: int, seed: int) -> Dataset:
    """Symbol 0 is a coin, which unlocks; symbol 1 a push, which passes (output 1) and locks when unlocked."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, size=(n, steps, 1))
    y = np.zeros_like(x)
    unlocked = np.zeros(n, dtype=bool)
    for t in range(steps):
        push = x[:, t, 0] == 1
        y[:, t, 0] = push & unlocked
        unlocked = ~push
    return make_dataset(x, y, rng.integers(3, steps + 1, size=n), name="turnstile")


def _most_frequent(n: int, steps: int, seed: int) -> Dataset:
    """Most frequent symbol so far, of 0 and 1; 0 when equally frequent."""
    x = np.random.default_rng(seed).integers(0, 2, size=(n, steps, 1))
    return make_dataset(x, (x.cumsum(axis=1) * 2 > np.arange(1, steps + 1)[:, None]).astype(np.int64))


@pytest.fixture(scope="module")
def turnstile() -> Training:
    return train(_turnstile(300, 9, 0), seed=4, budget=20)


def test_a_linear_rule_is_learnt_exactly() -> None:
    trained = train(_sums(200, 6, 0), budget=20)
    assert trained.accuracy == 1.0
    assert trained.network.card.cell == "linear"
    assert trained.network.state_size == 2
    a, b, _ = trained.network.affine_transition()
    c, _ = trained.network.affine_readout()
    markov = [(c @ np.linalg.matrix_power(a, k) @ b).item() for k in range(5)]
    np.testing.assert_allclose(markov, [1, 1, 0, 0, 0], atol=1e-8)
    assert sequence_accuracy(trained.network, _sums(200, 100, 1)) == 1.0


def test_a_small_machine_is_learnt_from_few_ragged_sequences(turnstile: Training) -> None:
    assert turnstile.accuracy == 1.0
    assert sequence_accuracy(turnstile.network, _turnstile(300, 45, 1)) == 1.0


def test_the_report_of_a_training_run_is_complete(turnstile: Training) -> None:
    card = turnstile.network.card
    assert (card.seed, card.accuracy, card.length) == (4, 1.0, 9)
    assert card.data == _turnstile(300, 9, 0).digest
    assert turnstile.history
    assert "done" in {row.status for row in turnstile.rungs if row.stage.startswith("train:")}
    assert turnstile.candidates[-1].network is turnstile.network


def test_the_same_seed_gives_the_same_bytes(turnstile: Training) -> None:
    state = torch.random.get_rng_state()
    again = train(_turnstile(300, 9, 0), seed=4, budget=20)
    assert network_bytes(again.network) == network_bytes(turnstile.network)
    other = train(_turnstile(300, 9, 0), seed=5, budget=20)
    assert network_bytes(other.network) != network_bytes(turnstile.network)
    assert torch.equal(torch.random.get_rng_state(), state), "the global generator was used"


def test_stopping_keeps_the_best_so_far() -> None:
    messages: list[Progress] = []
    monitor = Monitor(progress=messages.append, stop=lambda: len(messages) >= 4)
    x = np.random.default_rng(0).integers(0, 2, size=(200, 10, 1))
    noise = np.random.default_rng(1).integers(0, 2, size=(200, 10, 1))  # nothing to learn, so nothing is ever perfect
    trained = train(make_dataset(x, noise), budget=60, monitor=monitor)
    assert isinstance(trained.network, MlpNetwork)
    assert trained.accuracy < 0.5
    assert {message.stage for message in messages} == {"sample", "train"}
    assert len(messages) < 10


def test_stopping_before_anything_was_trained_is_said() -> None:
    with pytest.raises(Cancelled):
        train(_turnstile(50, 5, 0), monitor=Monitor(stop=lambda: True))


def test_the_next_candidate_is_another_network() -> None:
    stream = candidates(_turnstile(300, 9, 0), seed=0, budget=20)
    first, second = next(stream), next(stream)
    assert first.accuracy == 1.0
    assert network_bytes(first.network) != network_bytes(second.network)


def test_counts_of_symbols_may_be_read_out_as_scores() -> None:
    stream = candidates(_most_frequent(400, 9, 0), budget=20)
    network = next(one.network for one in stream if isinstance(one.network.decoding, Argmax))
    assert sequence_accuracy(network, _most_frequent(200, 9, 1)) > 0.9


def _first_inputs(x: IntArray) -> IntArray:
    return np.repeat(x[:, :1], x.shape[1], axis=1)


@pytest.mark.parametrize("rule", [lambda x: 0 * x + 7, _first_inputs], ids=["constant", "hold"])
def test_odd_data_are_learnt(rule: Callable[[IntArray], IntArray]) -> None:
    x = np.random.default_rng(0).integers(0, 3, size=(60, 4, 1))
    assert train(make_dataset(x, rule(x)), budget=10).accuracy == 1.0


def test_sequences_that_are_all_the_same_are_refused() -> None:
    with pytest.raises(BadInputError, match="same inputs"):
        train(make_dataset([[1, 2]] * 5, [[1, 2]] * 5))


def test_networks_are_stored_as_they_come_and_kept(tmp_path) -> None:  # type: ignore[no-untyped-def]
    sources = [get("Sum_Last2"), _turnstile(300, 9, 0)]
    rows = list(train_all(sources, tmp_path, seed=1, budget=20))
    assert [row.trained for row in rows] == [True, True]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Sum_Last2.safetensors", "turnstile.safetensors"]
    network = load_network(tmp_path / "Sum_Last2.safetensors")
    assert network.card.accuracy == 1.0
    before = (tmp_path / "turnstile.safetensors").read_bytes()
    again = list(train_all(sources, tmp_path, seed=1, budget=20))
    assert all(row.kept for row in again)
    forced = list(train_all(sources[1:], tmp_path, seed=1, budget=20, force=True))
    assert not forced[0].kept
    assert (tmp_path / "turnstile.safetensors").read_bytes() == before
