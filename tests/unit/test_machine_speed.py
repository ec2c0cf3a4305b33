"""The sections on machines of the speed benchmark: what is built has a known answer, and wrong answers are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mips_core.benchmarks.speed import peer_aalpy
from mips_core.benchmarks.speed.extraction import OurExtractor, TheirExtractor
from mips_core.benchmarks.speed.growth_machines import Extraction, MachineStage
from mips_core.benchmarks.speed.learning import OurLearner, TheirLearner
from mips_core.benchmarks.speed.machine_kinds import KINDS, image, minimal_machine, with_copies
from mips_core.benchmarks.speed.minimisation import OurMinimiser, TheirMinimiser
from mips_core.errors import BadInputError
from mips_core.machines import MealyMachine, equivalent, minimise
from mips_core.stepping import outputs_of


def done(contestant: object) -> object:
    prepared = contestant.prepare()  # type: ignore[attr-defined]
    return contestant.judge(prepared, contestant.run(prepared))  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("states", [2, 3, 8, 60])
@pytest.mark.parametrize("symbols", [2, 3])
def test_machines_have_as_many_states_as_they_are_said_to(kind: str, states: int, symbols: int) -> None:
    machine = minimal_machine(kind, states, symbols=symbols)
    if kind != "shift register":
        assert machine.states == states
    large = with_copies(machine, 3)
    assert large.states == 3 * machine.states
    assert minimise(machine).states == minimise(large).states == machine.states
    assert equivalent(large, machine)
    assert image(large, machine) == image(machine, machine) == image(large, minimise(large)) == ""


def test_an_unknown_kind_is_told() -> None:
    with pytest.raises(BadInputError, match="no kind of machine"):
        minimal_machine("ring", 5)


def test_a_machine_that_behaves_otherwise_is_told() -> None:
    machine = minimal_machine("random", 20)
    output = machine.output.copy()
    output[13, 1] += 1
    assert image(machine, replace(machine, output=output)) == "some outputs differ"
    following = machine.next_state.copy()
    following[13, 1] = (following[13, 1] + 1) % 20
    assert image(machine, replace(machine, next_state=following)) != ""
    merged = MealyMachine(np.zeros((1, 2), dtype=np.int64), machine.output[:1], machine.symbols)
    assert image(machine, merged) != ""


@pytest.mark.parametrize("kind", ["random", "counter"])
@pytest.mark.parametrize("contestant", [OurMinimiser, TheirMinimiser])
def test_minimisers_are_judged_right(contestant: Callable[..., OurMinimiser], kind: str) -> None:
    judgement = done(contestant(kind, 40, 0))
    assert judgement.solved  # type: ignore[attr-defined]
    assert judgement.facts == {"states": 20}  # type: ignore[attr-defined]


def test_a_minimiser_that_leaves_states_or_merges_too_many_is_judged_wrong() -> None:
    ours = OurMinimiser("random", 40, 0)
    machine, _ = ours.prepare()
    assert "40 states instead of 20" in ours.judge((machine, None), machine).reason
    assert ours.judge((machine, None), minimal_machine("random", 20, seed=1)).reason


@pytest.mark.parametrize("kind", ["random", "counter", "lock", "shift register"])
def test_learners_are_judged_right(kind: str) -> None:
    for contestant in (OurLearner(kind, 8, 0), *(TheirLearner(kind, 8, 0, a, a) for a in peer_aalpy.ALGORITHMS)):
        judgement = done(contestant)
        assert judgement.solved, judgement  # type: ignore[attr-defined]
        assert judgement.facts["steps"] > 16  # type: ignore[attr-defined]
    taught = OurLearner(kind, 8, 0).run(OurLearner(kind, 8, 0).prepare())
    assert not OurLearner(kind, 4, 0).judge((minimal_machine("random", 9), None), taught).solved


@pytest.mark.parametrize("contestant", [OurExtractor, TheirExtractor])
def test_extractors_are_judged_by_the_network(contestant: Callable[..., OurExtractor]) -> None:
    each = contestant("Div_7", 7, 0)
    judgement = done(each)
    assert judgement.solved  # type: ignore[attr-defined]
    assert judgement.facts["states"] == 7  # type: ignore[attr-defined]
    network, symbols, _ = each.prepare()
    wrong = minimal_machine("random", 7)
    assert "wrong on" in each.judged(network, symbols, wrong, {}).reason


def test_networks_as_systems_of_aalpy() -> None:
    machine = minimal_machine("random", 12, symbols=3)
    system = peer_aalpy.network_system(machine, machine.symbols)
    word = np.random.default_rng(0).integers(3, size=30)
    expected = outputs_of(machine, machine.symbols[word][None])[0].tolist()
    assert system.query(tuple(word.tolist())) == [tuple(row) for row in expected]
    assert equivalent(peer_aalpy.from_aalpy(peer_aalpy.to_aalpy(machine), machine.symbols), machine)


@pytest.mark.parametrize("what", ["minimise", "equivalent", "differ", "walk"])
@pytest.mark.parametrize(("states", "symbols"), [(40, 2), (10, 5)])
def test_stages_that_grow_give_right_results(what: str, states: int, symbols: int) -> None:
    stage = MachineStage(what, "random", states, symbols)
    assert done(stage).solved  # type: ignore[attr-defined]
    other = MachineStage(what, "random", states + 2, symbols)
    wrong = other.run(other.prepare()) if what in ("minimise", "walk") else None
    assert not stage.judge(stage.prepare(), wrong).solved


def test_extraction_grows_with_the_symbols() -> None:
    assert done(Extraction(12)).solved  # type: ignore[attr-defined]
