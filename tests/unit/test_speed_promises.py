"""What a run of the speed benchmark says of each promise, on rows made by hand."""

from __future__ import annotations

from mips_core.benchmarks.conditions import Conditions
from mips_core.benchmarks.speed import OURS, Comparison, Growth, GrowthPoint, Measured, SpeedBenchmark
from mips_core.benchmarks.speed.growth_machines import _STAGES as MACHINES
from mips_core.benchmarks.speed.growth_runs import _STAGES as RUNS
from mips_core.benchmarks.speed.promises import Promise, answers, verdicts_text

CONDITIONS = Conditions(2, 1, "Linux x86_64", "3.11.7", "0.1.0", "2026-01-31")


def row(
    section: str, case: str, ours: float, seconds: float | None, *, name: str = "peer", capped: bool = False,
    literals: tuple[int, int] | None = None, ours_solved: bool = True,
) -> Comparison:  # fmt: skip
    mine, theirs = ({}, {}) if literals is None else ({"literals": literals[0]}, {"literals": literals[1]})
    solved = seconds is not None and not capped
    reason = "pip install peers" if seconds is None else ""
    peer = Measured(name, seconds, 1, capped, solved, facts=theirs, reason=reason)
    return Comparison(section, case, Measured(OURS, ours, 1, False, ours_solved, facts=mine), (peer,))


def asked(*rows: Comparison, growth: tuple[Growth, ...] = ()) -> dict[str, list[tuple[bool | None, str]]]:
    """Return verdict and figure of every promise, by part."""
    result = SpeedBenchmark(rows, growth, CONDITIONS, "", {}, 0, False, 1.0)
    found: dict[str, list[tuple[bool | None, str]]] = {}
    for promise in answers(result):
        found.setdefault(promise.section, []).append((promise.kept, promise.figure))
    return found


def test_of_an_empty_run_every_promise_is_unmeasured() -> None:
    found = asked()
    assert set(found) == {
        "startup", "formulas", "boolean", "minimisation", "learning", "extraction", "training", "runs",
    }  # fmt: skip
    assert {kept for each in found.values() for kept, _ in each} == {None}


def test_starting_is_told_in_times_of_importing_numpy() -> None:
    found = asked(row("startup", "import mips_core", 0.2, 0.1), row("startup", "mips --help", 0.6, 0.1))
    assert found["startup"] == [(True, "2 times"), (False, "6 times")]


def test_formulas_are_asked_of_the_median_where_both_solve() -> None:
    rows = [row("formulas", str(n), 1.0, ratio) for n, ratio in enumerate((2.0, 11.0, 12.0))]
    ended = row("formulas", "ended", 1.0, 1.0, capped=True)
    assert asked(*rows, ended)["formulas"] == [(True, "11x faster, 3 tables")]
    assert asked(rows[0], ended)["formulas"] == [(False, "2x faster, 1 table")]
    assert asked(ended)["formulas"] == [(None, "no case that both solve")]
    assert asked(row("formulas", "away", 1.0, None))["formulas"] == [(None, "pip install peers")]


def test_boolean_is_asked_at_10_inputs_of_time_and_literals() -> None:
    sympy = "sympy 1 SOPform"
    small = row("boolean", "random, 8 inputs", 1.0, 0.1, name=sympy, literals=(9, 5))
    good = row("boolean", "random, 10 inputs, 60% don't-cares", 1.0, 150.0, name=sympy, literals=(5, 5))
    ended = row("boolean", "random, 10 inputs", 1.0, 120.0, name=sympy, capped=True)
    assert asked(small, good, ended)["boolean"] == [
        (True, "at least 120x faster in the slowest of 2 cases"), (True, "as many at worst, 1 case that both solve"),
    ]  # fmt: skip
    soon = row("boolean", "random, 10 inputs", 1.0, 60.0, name=sympy, capped=True)
    assert asked(soon)["boolean"][0] == (None, "at least 60x faster in the slowest of 1 case")
    worse = row("boolean", "parity, 10 inputs", 1.0, 99.0, name=sympy, literals=(7, 5))
    assert [kept for kept, _ in asked(good, worse)["boolean"]] == [False, False]
    espresso = [row("boolean", f"{n} of 10 inputs", 1.0, r, name="espresso") for n, r in enumerate((0.5, 0.97, 3.0))]
    assert asked(*espresso)["boolean"] == [(True, "as fast, 3 cases"), (None, "no case that both solve")]


def test_machines_are_asked_of_the_slowest_case_and_of_a_million_states() -> None:
    rows = (row("minimisation", "10 states", 1.0, 4.0), row("minimisation", "20 states", 1.0, 0.5))
    assert asked(*rows)["minimisation"][0] == (False, "2x slower in the slowest of 2 cases")
    unsolved = row("learning", "10 states", 1.0, 4.0, ours_solved=False)
    assert asked(unsolved)["learning"] == [(False, "ours did not solve 1 case that the peer solves")]
    for megabytes, kept in ((900.0, True), (2500.0, False), (None, None)):
        million = Growth("minimise a lock", "states", "2 symbols", (GrowthPoint(10**6, 3.0, megabytes),))
        assert asked(growth=(million,))["minimisation"][1][0] is kept
    ended = Growth("minimise a lock", "states", "", (GrowthPoint(10, 1.0, None),), "from 100 states on: not done")
    assert asked(growth=(ended,))["minimisation"][1] == (
        False,
        "minimise a lock: not measured from 100 states on: not done",
    )
    assert [stage for stage, what, _ in MACHINES if stage.startswith("minimise a ") and what == "minimise"]


def test_extraction_and_training() -> None:
    assert asked(row("extraction", "Prev2, 10,000 states", 3.0, None))["extraction"] == [(True, "3.0 s")]
    assert asked(row("extraction", "Prev2, 10,000 states", 12.0, 60.0))["extraction"] == [(False, "12 s")]
    wrong = row("extraction", "Prev2, 10,000 states", 3.0, None, ours_solved=False)
    assert asked(wrong)["extraction"] == [(False, "3.0 s, not solved")]
    rows = (row("training", "a", 1.0, 5.0), row("training", "b", 1.0, 20.0, capped=True))
    assert asked(*rows)["training"] == [(True, "10x faster, solved 2 and 1 of 2 tasks")]


def test_listing_is_asked_of_100_000_runs() -> None:
    def grown(*points: tuple[int, float]) -> Growth:
        return Growth("list runs", "runs", "", tuple(GrowthPoint(n, seconds, None) for n, seconds in points))

    assert asked(growth=(grown((100, 0.01), (100_000, 0.02)),))["runs"][0] == (True, "20 ms")
    assert asked(growth=(grown((100_000, 0.2)),))["runs"][0] == (False, "200 ms")
    assert asked(growth=(grown((10_000, 0.01)),))["runs"][0][0] is None
    assert {"list runs", "search runs"} <= set(RUNS.values())


def test_verdicts_are_words_and_counted() -> None:
    promises = [Promise("runs", "x", kept, "") for kept in (True, True, False, None)]
    assert [promise.verdict for promise in promises] == ["kept", "kept", "not kept", "not measured"]
    assert verdicts_text(promises) == "2 kept, 1 not kept, 1 not measured"
