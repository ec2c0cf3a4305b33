"""The benchmark's sections on running programs and on fitting curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mips_core.benchmarks.curve_cases import CurveCase
from mips_core.benchmarks.speed import curves, trace
from mips_core.benchmarks.speed.comparison import Comparison, Measured
from mips_core.benchmarks.speed.contestant import OURS, versioned
from mips_core.errors import BadInputError
from mips_core.runs import shipped_run
from mips_core.stepping import outputs_of

CASE = CurveCase(300, 3, False, "uniform x", "one wave", 0.1)


@pytest.mark.parametrize("run", ["Add_Mod_5", "Base_5_Addition", "parcel_locker"])
def test_program_network_and_machine_give_the_same_outputs(run: str) -> None:
    case = trace.TraceCase(run, 20, 8, 0)
    contestants = [trace.Stepped(case), trace.TorchStepped(case, "torch"), trace.CalledInLoop(case)]
    contestants += [trace.Stepped(case, what, what) for what in ("network", "machine")]
    for each in contestants:
        prepared = each.prepare()
        judgement = each.judge(prepared, each.run(prepared))
        assert judgement.solved, (each.name, judgement.reason)
        assert judgement.facts == {"steps": 160}


def test_an_output_that_differs_from_the_network_is_counted() -> None:
    case = trace.TraceCase("Add_Mod_5", 5, 4, 0)
    outputs = outputs_of(shipped_run("Add_Mod_5").network, case.inputs())
    outputs[2, 3] += 1
    assert not case.judge(outputs).solved
    assert case.judge(outputs).reason == "differs from the network on 1 of 20 steps"


def test_plain_modules_are_refused_a_network_on_a_grid() -> None:
    from mips_core.benchmarks.speed.peer_torch_steps import TorchNetwork

    network = replace(shipped_run("Add_Mod_5").network, state_grid=8)
    with pytest.raises(BadInputError, match="rounded to a grid"):
        TorchNetwork(network)


def test_every_fitter_explains_a_wave_and_ours_best() -> None:
    fitters = [curves.OurCurve(CASE, 0), curves.PublishedAlgorithm(CASE, 0), curves.KnotsAtQuantiles(CASE, 0)]
    if versioned("pwlf"):
        fitters.append(curves.Pwlf(CASE, 0, "pwlf", "fitfast"))
    left = {}
    for each in fitters:
        prepared = each.prepare()
        judgement = each.judge(prepared, each.run(prepared))
        assert judgement.solved, each.name
        left[each.name] = judgement.facts["unexplained"]
    assert all(left[OURS] <= other + 0.001 for other in left.values())


def test_no_curve_and_a_bad_curve_are_not_solved() -> None:
    fitter = curves.OurCurve(CASE, 0)
    data = CASE.draw(0)
    assert fitter.judge(data, None).reason == "found no curve"
    assert fitter.judge(data, lambda x: np.full_like(x, 1e6)).reason == "explains less than a constant does"


def test_what_a_peer_leaves_unexplained_beyond_ours_is_told() -> None:
    ours = Measured(OURS, 1.0, solved=True, facts={"unexplained": 0.25})
    peer = Measured("pwlf 2 fit", 1.0, solved=True, facts={"unexplained": 0.5})
    absent = Measured("pwlf 2 fitfast", None, reason="not installed")
    case = replace(CASE, rows=10_000)
    told = curves._with_differences(Comparison("curves", "case", ours, (peer, absent)), case).peers
    assert told[0].facts == {"unexplained": 0.5, "more unexplained than ours": 0.25, "rows seen": 2_000}
    assert told[1] == absent
