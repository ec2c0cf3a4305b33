"""Causes of failures: every controlled fault is named rightly, and shrinking ends at a minimal word."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from embedded_networks import network_of
from rule_machines import machine as machine_of

from mips_core.errors import BadInputError
from mips_core.expressions import Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.programs import Program, table_program
from mips_core.regression.method import Method
from mips_core.tasks import Integers, get
from mips_core.tasks.dataset import make_dataset
from mips_core.verification.causes import Cause, Judge
from mips_core.verification.compared import Compared
from mips_core.verification.drift import growth
from mips_core.verification.failures import Effort, Failure, Search, find_failures, tried_sentence
from mips_core.verification.lengths import accuracy_by_length
from mips_core.verification.matrix import agreement_matrix
from mips_core.verification.shrink import shrink

BITS = (Integers(0, 2),)
QUICK = Effort(256, 600, (2, 5), 0.05)


@cache
def last_three() -> MealyMachine:
    """Parity of the last three bits: four states."""
    return machine_of([0, 1], (0, 0), lambda s, x: ((s[1], x), (sum(s) + x) % 2))


@cache
def correct() -> Compared:
    machine = last_three()
    task = get("Parity_Last3")
    return Compared(network_of(machine, BITS), machine, table_program(machine, "test"), BITS, 10, task)


def flipped(machine: MealyMachine) -> MealyMachine:
    following = machine.next_state.copy()
    following[2, 1] = 0
    return replace(machine, next_state=following)


def leaking(share: float) -> MlpNetwork:
    """A network that adds bits up, and loses a share of its memory at each step."""
    hidden = AffineMap(np.array([[1.0 - share, 1.0]]), np.zeros(1))
    one = AffineMap(np.eye(1), np.zeros(1))
    return MlpNetwork(Card("linear", 1, 1, 1, BITS, 10), RawInput(1), Rounded(1), (hidden,), (one,))


def total_program(update: int = 1) -> Program:
    add = apply("add", Variable("total"), apply("mul", Variable("x"), update) if update != 1 else Variable("x"))
    system = IntegerSystem(("x",), (StateVariable("total", 0, add),), (add,))
    return Program(system, Method.LINEAR, "test")


def saturating_parity() -> MlpNetwork:
    """Parity by a hidden unit whose memory of 1 fades by a little at each step on which a 0 is read.

    The places 0 and 1 repel: nothing restores the memory, so that the output rounds wrongly after enough zeros.
    """
    # z = s + x; parity = z - 2 relu(z - 1); the memory loses 2 % of itself
    first = AffineMap(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0]))
    second = AffineMap(np.array([[0.98, -1.96]]), np.zeros(1))
    one = AffineMap(np.eye(1), np.zeros(1))
    card = Card("mlp", 1, 1, 1, BITS, 10)
    return MlpNetwork(card, RawInput(1), Rounded(1), (first, second), (one,))


def causes(search: Search) -> set[Cause]:
    return set(search.groups())


def test_without_a_fault_nothing_is_found() -> None:
    search = find_failures(correct(), effort=QUICK)
    assert search.failures == ()
    assert search.words > 1000
    assert tried_sentence(search) == f"No difference on {search.words:,} sequences."


def test_a_flipped_transition_of_the_machine_is_clustering() -> None:
    machine = flipped(last_three())
    search = find_failures(replace(correct(), machine=machine, program=table_program(machine, "test")), effort=QUICK)
    assert causes(search) == {Cause.CLUSTERING}
    assert {(f.finding.left, f.finding.right) for f in search.failures} == {("network", "machine")}


def test_a_flipped_transition_is_found_without_a_rule_too() -> None:
    four = correct()
    search = find_failures(Compared(four.network, flipped(last_three()), None, BITS, 10), effort=QUICK)
    assert causes(search) == {Cause.CLUSTERING}


def test_a_wrong_output_in_the_machine_is_a_wrong_entry_of_its_table() -> None:
    output = last_three().output.copy()
    output[3, 1] = 1 - output[3, 1]
    search = find_failures(replace(correct(), machine=replace(last_three(), output=output), program=None), effort=QUICK)
    assert causes(search) == {Cause.INCOMPLETE}
    assert "contradicted by the network from all" in search.failures[0].finding.why


def test_an_entry_that_no_recording_shows_is_an_incomplete_table() -> None:
    machine = flipped(last_three())
    observed = np.ones(machine.next_state.shape, dtype=np.bool_)
    observed[2, 1] = False
    four = replace(correct(), machine=replace(machine, observed=observed), program=None)
    search = find_failures(four, effort=QUICK)
    assert causes(search) == {Cause.INCOMPLETE}
    assert "no recording shows: S2 on 1" in search.failures[0].finding.why


def test_an_input_that_the_machine_lacks_is_an_incomplete_table() -> None:
    machine = last_three()
    small = MealyMachine(machine.next_state[:, :1], machine.output[:, :1], machine.symbols[:1], machine.start_state)
    search = find_failures(replace(correct(), machine=small, program=None), effort=QUICK)
    assert causes(search) == {Cause.INCOMPLETE}
    assert search.failures[0].x.tolist() == [[1]]


def test_an_entry_that_the_program_lacks_is_an_incomplete_table() -> None:
    machine = machine_of([0, 1, 2], 0, lambda s, x: ((s * s + x) % 5, (3 * s + x) % 4))
    small = MealyMachine(machine.next_state[:, :2], machine.output[:, :2], machine.symbols[:2], machine.start_state)
    inputs = (Integers(0, 3),)
    four = Compared(network_of(machine, inputs), machine, table_program(small, "test"), inputs, 10)
    search = find_failures(four, effort=QUICK)
    assert causes(search) == {Cause.INCOMPLETE}
    assert {(f.finding.left, f.finding.right) for f in search.failures} == {("machine", "program")}
    assert search.failures[0].x.tolist() == [[2]]


def test_a_changed_constant_of_the_program_is_a_wrong_formula() -> None:
    four = Compared(leaking(0.0), total_program().system, total_program(2), BITS, 10)
    search = find_failures(four, effort=QUICK)
    assert causes(search) == {Cause.FORMULA}
    assert search.failures[0].x.tolist() == [[1]]
    assert causes(find_failures(replace(four, machine=None), effort=QUICK)) == {Cause.FORMULA}


@pytest.mark.parametrize("rule", [False, True], ids=["no rule", "rule"])
def test_a_memory_that_leaks_is_precision_drift(rule: bool) -> None:
    program = total_program()
    task = replace(get("Sum_All"), inputs=BITS) if rule else None
    search = find_failures(Compared(leaking(0.001), program.system, program, BITS, 10, task), effort=QUICK)
    assert causes(search) == {Cause.DRIFT}
    assert all(f.length > 20 for f in search.failures)
    assert "grows with the length" in search.failures[0].finding.why


def test_a_saturating_unit_that_fades_is_precision_drift() -> None:
    machine = machine_of([0, 1], 0, lambda s, x: ((s + x) % 2, (s + x) % 2))
    four = Compared(saturating_parity(), machine, None, BITS, 10, get("Parity_All"))
    search = find_failures(four, effort=replace(QUICK, times=(5, 20)))
    assert causes(search) == {Cause.DRIFT}
    assert "distance of the hidden state" in search.failures[0].finding.why


def test_a_network_that_learnt_something_else_is_not_learnt() -> None:
    """Its machine follows it exactly: the mistake is in the network."""
    machine = machine_of([0, 1], (0,), lambda s, x: ((x,), (s[0] + x) % 2))  # two bits instead of three
    four = replace(correct(), network=network_of(machine, BITS), machine=machine, program=table_program(machine, "t"))
    search = find_failures(four, effort=QUICK)
    assert causes(search) == {Cause.NOT_LEARNT}
    assert search.failures[0].x.tolist() in ([[1], [0], [0]], [[1], [0], [1]], [[1], [1], [0]], [[1], [1], [1]])
    assert "makes the same mistake" in search.failures[0].finding.why


def test_a_network_wrong_at_once_is_not_learnt_even_where_the_machine_is_right() -> None:
    four = correct()
    weights = four.network.readout_layers[0].weight.copy()  # type: ignore[attr-defined]
    readout = AffineMap(weights + np.random.default_rng(0).normal(size=weights.shape) * 0.5, np.zeros(1))
    search = find_failures(replace(four, network=replace(four.network, readout_layers=(readout,))), effort=QUICK)
    assert causes(search) == {Cause.NOT_LEARNT}


FAULTS = {
    "flipped": lambda: replace(correct(), machine=flipped(last_three()), program=None),
    "leak": lambda: Compared(leaking(0.004), total_program().system, total_program(), BITS, 10),
    "formula": lambda: Compared(leaking(0.0), total_program().system, total_program(2), BITS, 10),
    "other": lambda: replace(
        correct(), machine=None, program=None,
        network=network_of(machine_of([0, 1], (0,), lambda s, x: ((x,), (s[0] + x) % 2)), BITS),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_shrinking_ends_at_a_word_from_which_no_step_can_go_and_no_symbol_can_fall(fault: str) -> None:
    four = FAULTS[fault]()
    failure = find_failures(four, effort=QUICK).failures[-1]
    judge = Judge(four)
    small = shrink(judge, failure)
    assert (small.cause, small.finding.left) == (failure.cause, failure.finding.left)
    assert small.length <= failure.length
    assert small.finding.step == small.length - 1
    assert (judge.steps_of(failure.finding, small.x[None]) == small.length - 1).all()
    for t in range(small.length):  # by brute force
        assert judge.steps_of(failure.finding, np.delete(small.x, t, axis=0)[None])[0] < 0
        if small.x[t, 0] == 1:
            lower = small.x.copy()
            lower[t] = 0
            assert judge.steps_of(failure.finding, lower[None])[0] < 0


def test_a_failure_keeps_its_cause_when_it_is_shrunk() -> None:
    """A long drifting word becomes shorter, but stays longer than what the network was trained at."""
    four = Compared(leaking(0.0005), total_program().system, total_program(), BITS, 10)
    failure = find_failures(four, effort=QUICK).failures[-1]
    small = shrink(Judge(four), failure)
    assert small.cause is Cause.DRIFT
    assert 20 < small.length < failure.length


def test_a_lower_symbol_may_bring_the_failure_forward() -> None:
    """Wrong from a 0 after two others on: lowering a symbol early ends the word early."""
    machine = machine_of([0, 1, 2], 0, lambda s, x: (min(s + 1, 9) if x else 9 * (s > 1), int(x == 0 and s > 1)))
    never = machine_of([0, 1, 2], 0, lambda s, x: (0, 0))
    inputs = (Integers(0, 3),)
    judge = Judge(Compared(network_of(machine, inputs), never, None, inputs, 10))
    word = np.array([[2], [2], [2], [1], [2], [0]])
    (finding,) = judge.findings(word[None])[0]
    small = shrink(judge, Failure(word, finding, "random"))
    assert small.x.tolist() == [[1], [1], [0]]


def test_recorded_rows_stand_for_the_data_and_cannot_be_shrunk() -> None:
    machine = last_three()
    x = np.random.default_rng(0).integers(2, size=(40, 6, 1))
    y = get("Parity_Last3").apply(x)
    y[0, 3:] = 1 - y[0, 3:]
    four = Compared(network_of(machine, BITS), machine, None, BITS, 6, None, make_dataset(x, y, name="rows"))
    search = find_failures(four, effort=QUICK)
    assert [f.source for f in search.failures] == ["recorded"]
    assert search.failures[0].finding.left == "data"
    with pytest.raises(BadInputError, match="recorded row"):
        shrink(Judge(four), search.failures[0])
    cells = {(c.left, c.right, c.times): c for c in agreement_matrix(four)}
    assert (cells["data", "network", 0].agree, cells["data", "network", 0].sequences) == (39, 40)
    assert ("data", "network", 5) not in cells


def test_the_matrix_counts_sequences_and_outputs() -> None:
    cells = {(c.left, c.right, c.times): c for c in agreement_matrix(correct(), sequences=64)}
    assert len(cells) == 12
    assert all(c.holds and c.sequences == 64 and c.example is None for c in cells.values())
    machine = flipped(last_three())
    cells = {(c.left, c.right, c.times): c for c in agreement_matrix(replace(correct(), machine=machine), sequences=64)}
    wrong = cells["network", "machine", 1]
    x = correct().draw(64, 10, np.random.default_rng([0, 5, 0]))
    outputs = correct().outputs(x)["network"].values
    followed = replace(correct(), machine=machine).outputs(x)["machine"].values
    assert wrong.agree == int((outputs == followed).all(axis=(1, 2)).sum()) < 64
    assert (wrong.outputs, wrong.equal) == (640, int((outputs == followed).sum()))
    assert wrong.example is not None
    assert wrong.example.tolist() in [row[: len(wrong.example)] for row in x.tolist()]
    assert cells["data", "network", 5].holds


def test_accuracy_falls_where_the_memory_has_faded() -> None:
    four = Compared(leaking(0.004), None, total_program(), BITS, 10)
    found = accuracy_by_length(four, sequences=20)
    assert found.names == ("program",)
    shares = {p.times: p.share for p in found.of("program")}
    assert shares[1] == 1.0
    assert shares[100] == 0.0
    assert all(p.sequences == 20 and p.against == "network" for p in found.points)
    assert all(p.output_share >= p.share for p in found.points)


def test_numbers_that_outgrow_everything_are_counted_and_called_drift() -> None:
    """Doubling at every step: infinite after 1,024 steps, no integer after 62."""
    double = AffineMap(np.array([[2.0, 1.0]]), np.zeros(1))
    network = replace(leaking(0.0), hidden=(double,))
    total = apply("add", apply("mul", Variable("total"), 2), Variable("x"))
    program = Program(IntegerSystem(("x",), (StateVariable("total", 0, total),), (total,)), Method.LINEAR, "test")
    four = Compared(network, program.system, program, BITS, 10)
    found = accuracy_by_length(four, sequences=8)
    assert [p.overflowed for p in found.of("program") if p.times == 100] == [8]
    assert causes(find_failures(four, effort=replace(QUICK, times=(10,)))) == {Cause.DRIFT}


def test_a_rule_that_leaves_the_integers_ends_the_lengths_with_a_reason() -> None:
    task = get("Newton_Magnetic")
    hidden = AffineMap(np.array([[1.0] + [1.0] * task.input_width]), np.zeros(1))
    card = Card("linear", task.input_width, task.output_width, 1, task.inputs, 10)
    readout = AffineMap(np.ones((task.output_width, 1)), np.zeros(task.output_width))
    network = MlpNetwork(
        card, RawInput(task.input_width), Rounded(task.output_width), (hidden,), (readout,)
    )  # fmt: skip
    four = Compared(network, None, None, task.inputs, 10, task)
    found = accuracy_by_length(four, sequences=8)
    assert "64-bit integers" in found.stopped
    assert max(p.times for p in found.points) < 100
    assert any("64-bit" in note for note in find_failures(four, effort=replace(QUICK, times=(100,))).notes)


def test_growth_needs_a_trend_over_more_than_the_trained_length() -> None:
    rising = np.linspace(0.0, 0.9, 40)
    assert growth(rising, 10).gradual
    assert not growth(rising, 30).gradual  # less than two trained lengths
    assert not growth(np.full(40, 0.4), 10).gradual
    jump = np.full(40, 0.01)
    jump[-1] = 0.9
    assert not growth(jump, 10).gradual
