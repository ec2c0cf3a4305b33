"""From behaviour to programs: networks are stand-ins that follow a rule, with or without mistakes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mips_core.distillation.candidate import Candidate, Probe, Score
from mips_core.distillation.history_route import history_route
from mips_core.distillation.registers_route import registers_route
from mips_core.distillation.routes import run_routes
from mips_core.distillation.subject import Subject, Truth
from mips_core.distillation.trimming import trimmed
from mips_core.expressions import Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable, pruned
from mips_core.machines.mealy import MealyMachine
from mips_core.programs import Program
from mips_core.progress import Monitor
from mips_core.regression import Method
from mips_core.stepping import IntArray, outputs_of
from mips_core.tasks import Integers
from mips_core.tasks.dataset import Dataset, make_dataset
from mips_core.verification.heldout import held_out_batches

Rule = Callable[[IntArray, IntArray], tuple[IntArray, IntArray]]
"""State (N, S) and one input (N,) to new state (N, S) and one output (N,)."""


class Follows:
    """A network whose hidden state is the state of a rule; it has no weights."""

    input_width = 1
    output_width = 1
    parameters = 0

    def __init__(self, rule: Rule, start: list[int]) -> None:
        self.rule, self.first = rule, np.array(start, dtype=np.int64)
        self.state_size = len(start)
        self.card = SimpleNamespace(
            cell="rule", hidden_size=len(start), has_words=False, input_words=(), output_words=()
        )

    def start(self, batch: int) -> IntArray:
        return np.tile(self.first, (batch, 1))

    def step(self, state: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
        new, y = self.rule(state, x[:, 0])
        return new, y[:, None]


def subject(rule: Rule, start: list[int], low: int, high: int, length: int = 12, truth: Truth | None = None) -> Subject:
    network: Any = Follows(rule, start)
    return Subject("rule", network, (Integers(low, high),), length, truth)


def rows(rule: Rule, start: list[int], low: int, high: int, count: int = 300, length: int = 12) -> Dataset:
    x = np.random.default_rng(3).integers(low, high, size=(count, length, 1))
    return make_dataset(x, outputs_of(Follows(rule, start), x))


def agrees_with(program: Program, rule: Rule, start: list[int], low: int, high: int, length: int = 60) -> bool:
    x = np.random.default_rng(9).integers(low, high, size=(200, length, 1))
    return bool((outputs_of(program, x) == outputs_of(Follows(rule, start), x)).all())


def sum_since_zero(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    new = np.where(x == 0, 0, s[:, 0] + x)
    return new[:, None], new


def sloppy_sum_since_zero(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    """A network with mistakes here and there, more of them at large sums."""
    new, y = sum_since_zero(s, x)
    mistakes = np.random.default_rng(4).integers(1, 9, size=(500, 5)) * (np.arange(500) % 11 == 3)[:, None]
    return new, y + np.where(s[:, 0] > 20, mistakes[s[:, 0], x], 0)


def range_so_far(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    new = np.stack([np.minimum(s[:, 0], x), np.maximum(s[:, 1], x)], axis=1)
    return new, new[:, 1] - new[:, 0]


def longest_run(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    run = np.where(x == 1, s[:, 0] + 1, 0)
    new = np.stack([run, np.maximum(s[:, 1], run)], axis=1)
    return new, new[:, 1]


def zeros_lead(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    """Whether 0 occurred more often than 1 and than 2."""
    new = s + (x[:, None] == np.arange(3))
    return new, (new[:, 0] > np.maximum(new[:, 1], new[:, 2])).astype(np.int64)


def greatest(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    new = np.maximum(s[:, 0], x)
    return new[:, None], new


def most_frequent(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    """The value in 0..3 that occurred most often, the smallest of equals."""
    new = s + (x[:, None] == np.arange(4))
    return new, new.argmax(axis=1)


def odd_steps(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    new = np.stack([1 - s[:, 0], s[:, 1] + s[:, 0] * x], axis=1)
    return new, new[:, 1]


class TestRegisters:
    @pytest.mark.parametrize(
        ("rule", "start", "low", "high"),
        [
            (sum_since_zero, [0], 0, 5),
            (range_so_far, [9, -9], -3, 4),
            (longest_run, [0, 0], 0, 2),
            (zeros_lead, [0, 0, 0], 0, 3),
            (odd_steps, [0, 0], 0, 4),
            (greatest, [0], 0, 100),
            (most_frequent, [0, 0, 0, 0], 0, 4),
        ],
    )
    def test_unbounded_memory_is_followed_past_the_sampled_length(
        self, rule: Rule, start: list[int], low: int, high: int
    ) -> None:
        whole = subject(rule, start, low, high)
        outcome = registers_route(whole, Probe(whole, 0), Monitor().limited(10.0))
        assert agrees_with(outcome.candidates[0].program, rule, start, low, high)

    def test_rare_mistakes_of_the_network_are_not_modelled(self) -> None:
        whole = subject(sloppy_sum_since_zero, [0], 0, 5)
        outcome = registers_route(whole, Probe(whole, 0), Monitor().limited(10.0))
        assert agrees_with(outcome.candidates[0].program, sum_since_zero, [0], 0, 5)

    def test_the_same_register_of_each_input(self) -> None:
        class LargerOfTwoSums(Follows):
            input_width = 2

            def step(self, state: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
                return state + x, (state + x).max(axis=1, keepdims=True)

        network: Any = LargerOfTwoSums(greatest, [0, 0])
        whole = Subject("rule", network, (Integers(0, 6), Integers(0, 6)), 12, None)
        outcome = registers_route(whole, Probe(whole, 0), Monitor().limited(6.0))
        x = np.random.default_rng(9).integers(0, 6, size=(100, 60, 2))
        assert (outputs_of(outcome.candidates[0].program, x) == outputs_of(network, x)).all()

    def test_random_answers_have_no_registers(self) -> None:
        codes = np.random.default_rng(1).integers(2, size=4096)

        def noise(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
            new = (s[:, 0] * 37 + x * 911 + 13) % 4096
            return new[:, None], codes[new]

        whole = subject(noise, [0], 0, 2)
        outcome = registers_route(whole, Probe(whole, 0), Monitor().limited(5.0))
        assert not outcome.candidates
        assert "No formula" in outcome.reason

    def test_two_registers_instead_of_a_table_of_pairs(self) -> None:
        chosen = run_routes(subject(range_so_far, [9, -9], 0, 5), Monitor().limited(20.0), seed=0)
        assert chosen.candidate is not None
        assert chosen.candidate.program.method is not Method.TABLE


def greatest_of_two(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    return x[:, None], np.maximum(x, s[:, 0])


def forgetful_greatest_of_two(s: IntArray, x: IntArray, often: int) -> tuple[IntArray, IntArray]:
    """One answer in ``often`` is the input alone, at steps that nothing recent tells."""
    code = (s[:, 1] * 37 + x * 911 + 13) % 4096
    return np.stack([x, code], axis=1), np.where(code % often == 0, x, np.maximum(x, s[:, 0]))


class TestHistory:
    def test_rare_mistakes_of_the_network_are_not_modelled(self) -> None:
        whole = subject(partial(forgetful_greatest_of_two, often=97), [0, 0], 0, 20)
        outcome = history_route(whole, Probe(whole, 0), Monitor())
        assert agrees_with(outcome.candidates[0].program, greatest_of_two, [0], 0, 20)

    def test_frequent_mistakes_are_not_forgiven(self) -> None:
        whole = subject(partial(forgetful_greatest_of_two, often=5), [0, 0], 0, 20)
        assert not history_route(whole, Probe(whole, 0), Monitor()).candidates


def clipped_counter(top: int, start: int = 0) -> Program:
    state, x = Variable("state"), Variable("x")
    update = apply("min", apply("add", state, x), top)
    above = apply("gt", apply("min", apply("add", state, x), top), start + 2)
    system = IntegerSystem(("x",), (StateVariable("state", start, update),), (above,))
    return Program(system, Method.SYMBOLIC, "counter")


def count_above_two(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
    new = s + x[:, None]
    return new, (new[:, 0] > 2).astype(np.int64)


def test_a_local_inside_a_local_survives_pruning() -> None:
    x, a, b = Variable("x"), Variable("a"), Variable("b")
    system = IntegerSystem(("x",), (), (b,), (("a", apply("add", x, 1)), ("b", apply("mul", a, 2))))
    assert pruned(system).outputs[0].variables == {"x"}


class TestTrimming:
    def trim(self, program: Program, data: Dataset | None) -> Program:
        truth = None if data is None else Truth(held_out=data, selection=data)
        probe = Probe(subject(count_above_two, [0], -1, 2, truth=truth), 0)
        candidate = Candidate("test", program.system, program, "counter", "counter", 0.0, 0.0)
        return trimmed(candidate, probe, Monitor()).program

    def test_a_bound_that_no_row_reaches_is_left_out(self) -> None:
        shorter = self.trim(clipped_counter(12), rows(count_above_two, [0], -1, 2))
        assert "min" not in shorter.source
        assert agrees_with(shorter, count_above_two, [0], -1, 2)

    def test_counts_then_start_at_zero(self) -> None:
        shorter = self.trim(clipped_counter(40, start=20), rows(count_above_two, [0], -1, 2))
        assert [v.start for v in shorter.system.state] == [0]
        assert agrees_with(shorter, count_above_two, [0], -1, 2)

    def test_a_bound_that_one_row_shows_stays(self) -> None:
        def bounded(s: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
            new = np.minimum(s + x[:, None], 4)
            return new, (new[:, 0] > 2).astype(np.int64)

        program = clipped_counter(4)
        assert self.trim(program, rows(bounded, [0], -1, 2)).source == program.source

    def test_without_data_the_network_is_the_measure_and_nothing_is_left_out(self) -> None:
        program = clipped_counter(12)
        assert self.trim(program, None) is program


class TestScores:
    def test_right_comes_before_short(self) -> None:
        assert Score(None, 1.0, 0.5, False, 5, 300).key < Score(None, 0.999, 1.0, True, 5).key

    def test_a_table_that_follows_one_more_mistake_is_no_better(self) -> None:
        assert Score(None, 0.99, 0.7, True, 12).key < Score(None, 0.998, 0.8, False, 6, 200).key

    def test_a_count_without_end_comes_before_one_that_ends_where_the_network_does(self) -> None:
        """The longest words at 1x reach an end of the network that no row of data shows."""
        endless = Score(1.0, 0.998, 0.969, True, 10)
        assert endless.key < Score(1.0, 1.0, 0.984, True, 21, bound_unseen=True).key
        assert endless.key > Score(1.0, 1.0, 0.984, True, 21).key  # an end that rows do show stays
        assert Score(1.0, 0.9, 0.5, True, 10).key > Score(1.0, 1.0, 0.984, True, 21, bound_unseen=True).key

    def test_ragged_rows_without_zero_are_judged_by_a_machine_that_does_not_know_zero(self) -> None:
        x = np.array([[3, 5, 3], [5, 5, 0], [3, 3, 3]])
        data = make_dataset(x, x, lengths=[3, 2, 3])
        copy = MealyMachine(np.zeros((1, 2), dtype=np.int64), np.array([[[3], [5]]]), np.array([[3], [5]]))
        whole = subject(lambda s, a: (s, a), [0], 3, 6, length=3, truth=Truth(held_out=data, selection=data))
        assert Probe(whole, 0).data_share(copy) == 1.0

    def test_rows_beyond_their_length_hold_a_known_input(self) -> None:
        data = make_dataset([[3, 5, 3], [5, 5, 0]], [[3, 5, 3], [5, 5, 0]], lengths=[3, 2])
        batches = held_out_batches(inputs=(Integers(3, 6),), length=3, parameters=1, seed=0, data=data)
        assert 0 not in batches[0].x
