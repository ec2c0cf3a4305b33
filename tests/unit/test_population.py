"""Many networks trained together: counted, each the same however many others there are, on the device asked for."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mips_core.errors import BadInputError, Cancelled
from mips_core.networks import population
from mips_core.networks.examples import gather
from mips_core.networks.fitting import Material
from mips_core.networks.ladder import Rung
from mips_core.networks.population import Census, train_population
from mips_core.networks.together import Growing, together
from mips_core.progress import Monitor
from mips_core.stepping import outputs_of
from mips_core.tasks import get

_CPU = torch.device("cpu")


def _material(**changes: object) -> Material:
    rung = Rung("small", 4, (16,), one_hot=True, batch=32, **changes)  # type: ignore[arg-type]
    return Material(gather(get("Bitwise_And"), seed=0), rung)


@pytest.fixture(scope="module")
def material() -> Material:
    return _material()


def test_networks_that_learn_the_task_are_counted_and_the_best_is_right() -> None:
    task = get("Bitwise_And")
    found = train_population(task, 6, architecture="one-hot relu", device="cpu")

    assert found.census.networks == found.census.trained == 6
    assert 1 <= found.census.perfect == len(found.census.steps) <= 6
    assert found.accuracy == 1.0
    x = task.sample(500, rng=np.random.default_rng(1))
    assert (outputs_of(found.network, x) == task.apply(x)).all()
    notes = found.network.card.training
    assert (notes["members"], notes["perfect"], notes["device"]) == (6, found.census.perfect, "cpu")
    assert notes["counterexamples"]["all"]["wrong"] == 0


def test_the_best_at_five_times_the_length_is_kept_as_when_one_is_trained_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = train_population(get("Sum_All"), 3, device="cpu")
    assert (found.accuracy, found.longer) == (1.0, 1.0)
    assert not found.census.alone

    monkeypatch.setattr(population, "_polished", lambda material, finished, monitor: finished)
    found = train_population(get("Sum_All"), 3, device="cpu")
    assert (found.accuracy, found.longer) == (1.0, 1.0)
    assert found.census.alone
    assert "kept is the network that found the architecture" in found.census.sentence


def test_the_same_seed_gives_the_same_networks(material: Material) -> None:
    first, again = (Growing(material, 5, _CPU, Monitor(), steps=150).grow(4) for _ in range(2))
    assert torch.equal(first.ensemble.weights, again.ensemble.weights)
    assert first.steps == again.steps


def test_a_network_trains_as_it_would_among_fewer(material: Material) -> None:
    growing = Growing(material, 5, _CPU, Monitor())
    many, few = growing.begin(0, 7), growing.begin(4, 2)
    for number in range(1, 21):
        growing.step(many, number)
        growing.step(few, number)
    assert torch.allclose(many.ensemble.weights[4:6], few.ensemble.weights, atol=1e-5)
    assert torch.equal(many.adam.rates[4:6], few.adam.rates)


def test_networks_that_are_right_leave_and_the_others_go_on(material: Material) -> None:
    growing = Growing(material, 5, _CPU, Monitor())
    group = growing.begin(0, 3)
    growing.step(group, 1)
    before = group.ensemble.weights.detach().clone()
    group.keep([0, 2])
    assert torch.equal(group.ensemble.weights.detach(), before[[0, 2]])
    growing.step(group, 2)
    assert not torch.equal(group.ensemble.weights.detach(), before[[0, 2]])


def test_the_best_of_networks_that_did_not_learn_it_is_returned(material: Material) -> None:
    learnt = Growing(material, 0, _CPU, Monitor(), steps=1).grow(3)
    assert (learnt.perfect, learnt.trained, learnt.ensemble.members) == (False, 3, 1)


def test_what_there_was_no_time_for_is_said(material: Material) -> None:
    learnt = Growing(material, 0, _CPU, Monitor().limited(0.0)).grow(3)
    assert learnt.trained == 0
    assert "no time for all steps of any of the 3 networks" in Census(3, 0, 0, (), "small", "cpu", 0.0).sentence
    some = Census(3, 2, 1, (150,), "small", "cpu", 0.0).sentence
    assert "1 of the 2 networks that there was time for (of 3) are right on every held-out sequence" in some


def test_a_stop_before_anything_was_trained_keeps_nothing() -> None:
    with pytest.raises(Cancelled, match="nothing is kept"):
        train_population(
            get("Bitwise_And"), 3, architecture="one-hot relu", device="cpu", monitor=Monitor(stop=lambda: True)
        )


@pytest.mark.parametrize("changes", [{}, {"classes": True}, {"newton": True}, {"horizon": 3}])
def test_nothing_is_made_on_another_device_than_the_one_asked_for(changes: dict[str, object]) -> None:
    """Whatever does not say where it is made lands on "meta" here, holds no numbers, and mixes with nothing."""
    material = _material(**changes)
    torch.set_default_device("meta")
    try:
        learnt = Growing(material, 0, _CPU, Monitor(), steps=60).grow(3)
    finally:
        torch.set_default_device(None)
    assert learnt.ensemble.weights.device == _CPU
    assert torch.isfinite(learnt.ensemble.weights).all()


def test_groups_on_a_processor_are_as_large_as_is_fast_and_on_a_gpu_as_fits(
    material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = material.shape(4)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (2**34, 2**35))
    here, there = together(shape, material, _CPU), together(shape, material, torch.device("cuda"))
    assert 1 <= here < there
    assert together(shape, material, _CPU, batch=10**9) == 1


def test_numbers_architectures_and_devices_that_cannot_be_are_refused() -> None:
    task = get("Bitwise_And")
    with pytest.raises(BadInputError, match="at least one"):
        train_population(task, 0)
    with pytest.raises(BadInputError, match="one-hot relu"):
        train_population(task, 2, architecture="transformer")
    with pytest.raises(BadInputError, match="no device"):
        train_population(task, 2, device="abacus")
