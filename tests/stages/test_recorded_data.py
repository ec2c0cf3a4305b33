"""Data files that are not perfect: wrong outputs, contradictions, random outputs, machines with a fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import Said, assert_refused, mips
from recorded_data import counter, mealy, recorded, spoilt

from mips_core import distill, load_run
from mips_core.machines import MealyMachine
from mips_core.stepping import outputs_of
from mips_core.tasks import make_dataset, write_csv

# Wrong outputs


@pytest.fixture(scope="module")
def noisy(tmp_path_factory) -> tuple[Said, Path, np.ndarray]:
    """A counter modulo 4 with reset, 1 % of its outputs wrong."""
    folder = tmp_path_factory.mktemp("noisy")
    data, wrong = spoilt(recorded(counter(4), 800, 10), 0.01)
    write_csv(data, folder / "counter.csv")
    return mips("distill", folder / "counter.csv", "--budget", 150, "--out", folder / "run"), folder / "run", wrong


def test_the_machine_is_found_in_spite_of_wrong_outputs(noisy: tuple[Said, Path, np.ndarray]) -> None:
    said, folder, _ = noisy
    assert said.code == 0
    program = load_run(folder).program
    assert program is not None
    fresh = recorded(counter(4), 300, 50, seed=9)
    assert np.array_equal(outputs_of(program, fresh.x), fresh.y)
    assert load_run(folder).report["machine"]["states"] == 4


def test_exactly_the_wrong_outputs_are_listed(noisy: tuple[Said, Path, np.ndarray]) -> None:
    _, folder, wrong = noisy
    listed = load_run(folder).report["suspicious_rows"]
    assert [(e["row"] - 1, e["step"] - 1) for e in listed] == [tuple(place) for place in np.argwhere(wrong).tolist()]
    assert all(e["given"] != e["program"] for e in listed)


def test_a_claim_about_wrong_outputs_never_says_exact(noisy: tuple[Said, Path, np.ndarray]) -> None:
    _, folder, wrong = noisy
    report = load_run(folder).report
    claim = report["verification"]["claim"]
    assert f"differs from {wrong.sum()} of 8,000 recorded outputs" in claim
    assert "suspicious" in claim
    assert "exact" not in claim
    assert any("contradict themselves" in warning for warning in report["warnings"])


def test_the_terminal_shows_the_first_suspicious_rows(noisy: tuple[Said, Path, np.ndarray]) -> None:
    said, folder, wrong = noisy
    first = load_run(folder).report["suspicious_rows"][0]
    assert f"{wrong.sum()} suspicious outputs in" in said.out
    assert f"row {first['row']}, step {first['step']}: recorded {first['given']}, the program gives" in said.out
    assert f"and {wrong.sum() - 5} more" in said.out
    assert "warning  The data contradict themselves" in said.out


# Contradictions and random outputs


def test_contradictions_in_few_rows_are_refused_by_name(tmp_path: Path) -> None:
    data = recorded(counter(3), 100, 6)
    y = data.y.copy()
    y[40, 0] = 7
    write_csv(make_dataset(data.x, y), tmp_path / "few.csv")
    assert_refused(mips("distill", tmp_path / "few.csv"), "contradicts itself", "and 41 ", "step 1")


def test_random_outputs_end_quickly_without_a_program(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    x, y = rng.integers(4, size=(500, 8)), rng.integers(3, size=(500, 8))
    write_csv(make_dataset(x, y), tmp_path / "random.csv")
    said = mips("distill", tmp_path / "random.csv", "--json", "--out", tmp_path / "run")
    assert said.code == 3
    assert said.json["program"] is None
    (stage,) = said.json["stages"]
    assert stage["status"] == "failed"
    assert "contradict others" in stage["reason"]
    assert load_run(tmp_path / "run").program is None
    assert said.json["seconds"]["extract"] == 0.0


# Faults of the machine that was recorded


def skipping() -> MealyMachine:
    """A counter modulo 5 that skips 3 when it counts from 2."""
    following = counter(5).next_state.copy()
    following[2, 1] = 4
    return mealy(following, following)


def parity_with_a_fault() -> MealyMachine:
    """Parity that forgets a one when the parity is odd."""
    following = np.array([[0, 1], [1, 1]])
    return mealy(following, following)


def lossy_adder() -> MealyMachine:
    """A binary adder, symbol 2a + b, that loses the carry of 1 + 1 when a carry came in."""
    total = np.array([[c + (s >> 1) + (s & 1) for s in range(4)] for c in range(2)])
    carry = total // 2
    carry[1, 3] = 0
    return mealy(carry, total % 2)


@pytest.mark.parametrize("machine", [skipping(), parity_with_a_fault(), lossy_adder()], ids=["skip", "parity", "carry"])
def test_a_faulty_machine_is_given_as_it_is(machine: MealyMachine) -> None:
    report = distill(recorded(machine, 1000, 10), budget=150.0)
    assert report.succeeded
    assert report.suspicious == ()
    fresh = recorded(machine, 300, 50, seed=9)
    assert report.program is not None
    assert np.array_equal(outputs_of(report.program, fresh.x), fresh.y)
