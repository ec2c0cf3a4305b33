"""The benchmark's section on Boolean minimisation: cases, contestants and their judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mips_core.benchmarks.speed import boolean
from mips_core.benchmarks.speed.boolean_cases import KINDS, BooleanCase, cases
from mips_core.benchmarks.speed.comparison import Comparison, Measured
from mips_core.benchmarks.speed.contestant import OURS, versioned
from mips_core.benchmarks.speed.peer_minimisers import Espresso, EspressoRoutine, SympySumOfProducts, judged
from mips_core.progress import Monitor


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_ones_and_zeros_the_same_again(kind: str) -> None:
    for case in (BooleanCase(kind, 4), BooleanCase(kind, 6, 0.9)):
        ones, zeros = case.draw(3)
        assert ones.shape == zeros.shape == (1 << case.variables,)
        assert ones.any()
        assert zeros.any()
        assert not (ones & zeros).any()
        again = case.draw(3)
        assert (ones == again[0]).all()
        assert (zeros == again[1]).all()
        assert (ones | zeros).all() == (case.open_share == 0)


def test_known_kinds_are_what_they_are_called() -> None:
    rows = np.arange(256)
    low, high = rows & 15, rows >> 4
    for kind, expected in {
        "carry of a sum": low + high >= 16,
        "less than": low < high,
        "multiplexer": rows >> (2 + (rows & 3)) & 1 == 1,
        "one of all": np.isin(rows, 1 << np.arange(8)),
    }.items():
        assert (BooleanCase(kind, 8).draw(0)[0] == expected).all(), kind


def test_cases_go_from_four_inputs_to_twelve_and_have_names_of_their_own() -> None:
    whole = cases(quick=False)
    assert {case.variables for case in whole} == set(range(4, 13))
    assert len({case.name for case in whole}) == len(whole)
    assert {case.kind for case in whole} == set(KINDS)


def test_the_judge_looks_at_every_row_that_counts() -> None:
    ones, zeros = np.array([0, 0, 1, 1], dtype=bool), np.array([1, 0, 0, 0], dtype=bool)
    right = judged([(0b10, 0)], ones, zeros)
    assert right.solved
    assert right.facts == {"literals": 1, "terms": 1}
    assert judged([(0b01, 0), (0b10, 0b01)], ones, zeros).solved
    too_little, too_much = judged([(0b11, 0)], ones, zeros), judged([(0, 0)], ones, zeros)
    assert (too_little.solved, too_little.reason) == (False, "wrong on 1 rows, first on 2")
    assert (too_much.solved, too_much.reason) == (False, "wrong on 1 rows, first on 0")
    assert not judged([], ones, zeros).solved


@pytest.mark.parametrize(
    "case", [BooleanCase("random", 5), BooleanCase("random", 6, 0.6), BooleanCase("one of all", 4)]
)
def test_all_contestants_solve_the_same_table(case: BooleanCase) -> None:
    contestants = [boolean.OurMinimiser(case, 1), SympySumOfProducts("sympy", case, 1)]
    if versioned("pyeda"):
        contestants += [Espresso("espresso", case, 1), EspressoRoutine("routine", case, 1)]
    found = {}
    for each in contestants:
        prepared = each.prepare()
        found[each.name] = each.judge(prepared, each.run(prepared))
        assert found[each.name].solved, each.name
    assert all(found[OURS].facts["literals"] <= other.facts["literals"] for other in found.values())


def test_differences_in_literals_stand_beside_what_is_solved() -> None:
    ours = Measured(OURS, 1.0, solved=True, facts={"literals": 5})
    worse = Measured("worse", 1.0, solved=True, facts={"literals": 7})
    capped = Measured("capped", 60.0, capped=True)
    told = boolean._with_differences(Comparison("boolean", "case", ours, (worse, capped))).peers
    assert told == (replace(worse, facts={"literals": 7, "more literals than ours": 2}), capped)


def test_the_quick_section_measures_everybody() -> None:
    found = next(boolean.compare_all(quick=True, seed=0, monitor=Monitor()))
    assert found.ours.solved
    assert all(peer.solved or "not installed" in peer.reason for peer in found.peers)
    assert len(found.peers) == 3
