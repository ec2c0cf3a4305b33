"""From recorded traces to a machine, end to end: the parcel locker."""

from __future__ import annotations

import numpy as np
import pytest
from parcel_locker import recorded

from mips_core.distillation.subject import Truth
from mips_core.distillation.traces import are_recorded_traces, distill_traces
from mips_core.machines import MealyMachine
from mips_core.progress import Monitor
from mips_core.stepping import outputs_of
from mips_core.tasks import make_dataset


@pytest.fixture(scope="module")
def found():
    data = recorded(900, seed=1, steps=(16, 24))
    learn, held_out = data.split(0.2, rng=np.random.default_rng(0))
    truth = Truth(held_out=held_out, selection=learn, recorded=data)
    return data, *distill_traces(data, learn, truth, Monitor().limited(8.0), 0)


def test_program_gives_what_was_recorded(found):
    data, _, chosen, _ = found
    x = np.where(data.mask[:, :, None], data.x, data.x[0, 0])
    given = outputs_of(chosen.candidate.program, x)
    assert (given == data.y).all(axis=2)[data.mask].mean() > 0.99


def test_machine_knows_the_words_and_what_was_observed(found):
    data, subject, chosen, _ = found
    machine = chosen.candidate.machine
    assert isinstance(machine, MealyMachine)
    assert machine.input_words == data.input_words == subject.network.card.input_words
    assert machine.output_words == data.output_words == subject.network.card.output_words
    assert machine.observed is None or not machine.observed.all()
    assert chosen.stages[0].status == "done"


def test_integers_are_no_recorded_traces():
    x = np.zeros((600, 5), dtype=int)
    assert not are_recorded_traces(make_dataset(x, x))
    assert are_recorded_traces(recorded(600, seed=0))
    assert not are_recorded_traces(recorded(50, seed=0))
