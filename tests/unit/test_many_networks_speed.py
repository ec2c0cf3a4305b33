"""What the speed benchmark measures of many networks and of growth does its work, at its smallest size."""

from __future__ import annotations

import numpy as np
import pytest

from mips_core.benchmarks.speed import ensembles
from mips_core.benchmarks.speed.contestant import Contestant
from mips_core.benchmarks.speed.growth_training import Networks, Stepping, TrainingStep
from mips_core.tasks import get


@pytest.mark.parametrize(
    "contestant",
    [
        ensembles.Together(3, 5, 0, "cpu"),
        ensembles.OneByOne(3, 5, 0),
        TrainingStep(),
        TrainingStep(hidden=1, sequences=1, length=1),
        Networks(2),
        *(Stepping(hidden=d, sequences=20, length=length) for d in (1, 2, 5) for length in (1, 4)),
    ],
    ids=str,
)
def test_each_does_its_work(contestant: Contestant) -> None:
    prepared = contestant.prepare()
    judgement = contestant.judge(prepared, contestant.run(prepared))
    assert judgement.solved, judgement.reason


def test_wrong_outputs_of_a_network_are_seen() -> None:
    stepping = Stepping(sequences=20)
    prepared = stepping.prepare()
    output = stepping.run(prepared)
    output[3, 2] += 1
    assert not stepping.judge(prepared, output).solved


def test_networks_that_learnt_nothing_are_seen() -> None:
    together = ensembles.Together(3, 5, 0, "cpu")
    assert not together.judge(None, np.ones(3)).solved
    assert not together.judge(None, np.array([0.1, 0.1])).solved, "one network is missing"
    assert not together.judge(None, np.array([0.1, np.nan, np.nan])).solved


def test_the_architecture_is_the_ladders() -> None:
    from mips_core.networks.examples import gather
    from mips_core.networks.ladder import profile, rungs

    first = rungs(profile(gather(get(ensembles.TASK), seed=0), seed=0))[0]
    assert (first.hidden, first.transition_widths, first.batch) == (
        ensembles.HIDDEN,
        (ensembles.WIDTH,),
        ensembles.BATCH,
    )
