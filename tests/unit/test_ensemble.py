"""Stacked networks compute what the exported network computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mips_core.networks.ensemble import Adam, Ensemble, Shape
from mips_core.networks.examples import Examples
from mips_core.networks.fitting import Material, Sequences, one_thread
from mips_core.networks.ladder import Rung
from mips_core.networks.polish import polish
from mips_core.progress import Monitor
from mips_core.stepping import outputs_of
from mips_core.tasks import Dataset, Integers, make_dataset


def _examples(data: Dataset) -> Examples:
    return Examples(data, data, data, None, None, None, None, data.inputs, data.outputs, data.length, None, data.digest)


def _data(seed: int = 0, n: int = 40, steps: int = 6) -> Dataset:
    rng = np.random.default_rng(seed)
    x = rng.integers([-3, 2], [5, 4], size=(n, steps, 2))
    y = np.stack([x.sum(axis=2), x[:, :, 0] % 3], axis=2)
    return make_dataset(x, y, rng.integers(1, steps + 1, size=n))


RUNGS = [
    Rung("affine", 3),
    Rung("raw", 3, (5,), (4,)),
    Rung("deep", 2, (5, 4), (4, 3), one_hot=True),
    Rung("classes", 3, (5,), one_hot=True, classes=True),
    Rung("double", 3, one_hot=True, newton=True),
]


@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.name)
def test_exported_network_computes_what_each_member_computes(rung: Rung) -> None:
    data = _data()
    material = Material(_examples(data), rung)
    generator = torch.Generator().manual_seed(3)
    ensemble = Ensemble.initial(material.shape(rung.hidden), 3, generator, torch.float64)
    sequences = Sequences.of(data, data.inputs)
    scores = ensemble.forward(material.encode(sequences.x, torch.float64))  # (members, T, N, O)
    for member in range(3):
        network = material.export(ensemble, member, seed=3, notes={})
        state = network.start(data.n)
        for t in range(data.length):
            state = network.advance(state, sequences.x[:, t].numpy())
            expected = scores[member, t].numpy()
            if not rung.classes:
                y = data.y[data.mask]
                expected = expected * y.std(axis=0) + y.mean(axis=0)
            np.testing.assert_allclose(network.readout(state), expected, atol=1e-9)


@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.name)
def test_accuracy_of_members_is_that_of_the_exported_networks(rung: Rung) -> None:
    data = _data(1, n=200, steps=2)
    material = Material(_examples(data), rung)
    ensemble = Ensemble.initial(material.shape(rung.hidden), 2, torch.Generator().manual_seed(1), torch.float64)
    right = material.right(ensemble, material.learn)
    for member in range(2):
        network = material.export(ensemble, member, seed=0, notes={})
        given = outputs_of(network, material.learn.x.numpy())
        expected = ((given == data.y).all(axis=2) | ~data.mask).all(axis=1)
        np.testing.assert_array_equal(right[member].numpy(), expected)


def test_single_precision_members_export_single_precision_weights() -> None:
    material = Material(_examples(_data()), RUNGS[1])
    ensemble = Ensemble.initial(material.shape(3), 1, torch.Generator().manual_seed(0))
    network = material.export(ensemble, 0, seed=0, notes={})
    for layer in network.maps:
        np.testing.assert_array_equal(layer.weight, layer.weight.astype(np.float32))


def test_card_says_what_the_network_is() -> None:
    data = _data()
    for rung, cell in ((RUNGS[0], "linear"), (RUNGS[1], "mlp")):
        material = Material(_examples(data), rung)
        ensemble = Ensemble.initial(material.shape(rung.hidden), 1, torch.Generator().manual_seed(0))
        card = material.export(ensemble, 0, seed=7, notes={"rung": rung.name}).card
        assert (card.cell, card.hidden_size, card.seed, card.data) == (cell, 3, 7, data.digest)
        assert card.inputs == (Integers(-3, 5), Integers(2, 4))


@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.name)
def test_loss_ignores_what_is_beyond_a_sequence(rung: Rung) -> None:
    data = _data()
    other = Dataset(
        np.where(data.mask[:, :, None], data.x, 4),
        np.where(data.mask[:, :, None], data.y, 5),
        data.lengths,
        "other padding",
    )
    losses = []
    material = Material(_examples(data), rung)
    ensemble = Ensemble.initial(material.shape(rung.hidden), 2, torch.Generator().manual_seed(0))
    for padded in (data, other):
        sequences = Sequences(torch.from_numpy(padded.x), torch.from_numpy(padded.y), torch.from_numpy(padded.mask))
        if not rung.one_hot:  # the padding of `data` is no symbol
            losses.append(material.loss(ensemble, sequences, slice(None)))
        losses.append(material.loss(ensemble, Sequences.of(padded, data.inputs), slice(None)))
    for loss in losses[1:]:
        torch.testing.assert_close(loss, losses[0])


def test_loss_on_a_short_horizon_is_that_of_the_shortened_sequences() -> None:
    data = _data()
    short = make_dataset(data.x[:, :2], data.y[:, :2], np.minimum(data.lengths, 2))
    material = Material(_examples(data), RUNGS[1])
    ensemble = Ensemble.initial(material.shape(3), 2, torch.Generator().manual_seed(0))
    expected = material.loss(ensemble, Sequences.of(short, data.inputs), slice(None))
    torch.testing.assert_close(material.loss(ensemble, material.learn, slice(None), 2), expected)


def test_adam_agrees_with_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(3, 4, generator=generator, dtype=torch.float64)
    ours, rates = start.clone(), torch.tensor([[0.1], [0.01], [0.03]], dtype=torch.float64)
    adam = Adam(ours, rates)
    rows = [start[m].clone().requires_grad_() for m in range(3)]
    peers = [torch.optim.Adam([row], lr=float(rate), betas=(0.9, 0.99)) for row, rate in zip(rows, rates, strict=True)]
    for _ in range(20):
        adam.step(ours - 1.0, clip=1e9)
        for row, peer in zip(rows, peers, strict=True):
            row.grad = row.detach() - 1.0
            peer.step()
    torch.testing.assert_close(ours, torch.stack([row.detach() for row in rows]))


def test_members_do_not_influence_each_other() -> None:
    material = Material(_examples(_data()), RUNGS[2])
    ensemble = Ensemble.initial(material.shape(2), 3, torch.Generator().manual_seed(0))
    alone = ensemble.pick([1])
    for one in (ensemble, alone):
        one.weights.requires_grad_()
    together = torch.autograd.grad(material.loss(ensemble, material.learn, slice(None)).sum(), ensemble.weights)[0]
    single = torch.autograd.grad(material.loss(alone, material.learn, slice(None)).sum(), alone.weights)[0]
    torch.testing.assert_close(together[1:2], single)


def test_shape_counts_its_parameters() -> None:
    shape = Shape(3, 2, 1, (5,), (4,))
    assert shape.transition == ((5, 5), (5, 2))
    assert shape.readout == ((2, 4), (4, 1))
    assert shape.parameters == 30 + 12 + 12 + 5
    assert Ensemble.initial(shape, 2, torch.Generator().manual_seed(0)).weights.shape == (2, 59)


def test_number_of_threads_is_restored() -> None:
    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before


def test_polishing_ends_with_the_best_weights_when_the_time_is_up() -> None:
    data = _data()
    material = Material(_examples(data), Rung("double", 3, newton=True))
    start = Ensemble.initial(material.shape(3), 1, torch.Generator().manual_seed(0), torch.float64)
    asked = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 5

    def loss(ensemble: Ensemble) -> torch.Tensor:
        return material.loss(ensemble, material.learn, slice(None)).sum()

    found, reached, evaluations = polish(start, loss, iterations=400, monitor=Monitor(stop=stop))
    assert evaluations < 10
    assert reached == float(loss(found)) <= float(loss(start))
