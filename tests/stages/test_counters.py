"""Counters that a network learned to some height only: programs without that end, unless sequences of 1x show it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mips_core.distillation.candidate import Candidate, Probe
from mips_core.distillation.routes import run_routes
from mips_core.distillation.subject import Subject, Truth
from mips_core.distillation.trimming import trimmed
from mips_core.expressions import Variable, apply
from mips_core.machines.evidence import access_lengths, evidence_length, separating_lengths
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.programs import Program
from mips_core.progress import Monitor
from mips_core.regression import Method
from mips_core.stepping import IntArray, outputs_of
from mips_core.tasks import Integers
from mips_core.tasks.dataset import make_dataset

GONE = -1


class Counter:
    """A network whose hidden state is one count that goes no further than ``end``."""

    input_width = 1
    output_width = 1
    parameters = 0
    state_size = 1
    card = SimpleNamespace(cell="rule", hidden_size=1, has_words=False, input_words=(), output_words=())

    def __init__(
        self, move: Callable[[IntArray, IntArray], IntArray], show: Callable[[IntArray], Any], end: int
    ) -> None:
        self.move, self.show, self.end = move, show, end

    def start(self, batch: int) -> IntArray:
        return np.zeros((batch, 1), dtype=np.int64)

    def step(self, state: IntArray, x: IntArray) -> tuple[IntArray, IntArray]:
        new = np.clip(self.move(state[:, 0], x[:, 0]), -self.end, self.end)[:, None]
        return new, np.asarray(self.show(new), dtype=np.int64)


def brackets(s: IntArray, x: IntArray) -> IntArray:
    return np.where(s < 0, GONE, s + 1 - 2 * x)


def two_steps_up(s: IntArray, x: IntArray) -> IntArray:
    return np.maximum(s - 1 + 3 * x, 0)


def difference(s: IntArray, x: IntArray) -> IntArray:
    return s + (x == 1) - (x == 2)


def one_more_or_less(s: IntArray, x: IntArray) -> IntArray:
    return s + 2 * x - 1


def steps(s: IntArray, x: IntArray) -> IntArray:
    return s + 1


def is_zero(s: IntArray) -> Any:
    return s == 0


def distilled(move: Callable[[IntArray, IntArray], IntArray], show: Any, end: int, symbols: int) -> Program:
    network: Any = Counter(move, show, end)
    chosen = run_routes(Subject("rule", network, (Integers(0, symbols),), 10), Monitor().limited(30.0), seed=0)
    assert chosen.candidate is not None
    return chosen.candidate.program


def agrees(program: Program, counter: Counter, symbols: int) -> bool:
    rng = np.random.default_rng(5)
    drawn = rng.integers(symbols, size=(150, 60, 1))
    runs = np.repeat(rng.integers(symbols, size=(150, 4, 1)), 15, axis=1)  # rare in random words: far away from 0
    words: IntArray = np.concatenate([drawn, runs])
    return bool((outputs_of(program, words) == outputs_of(counter, words)).all())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("move", "show", "end", "symbols"),
    [
        (brackets, is_zero, 8, 2),
        (difference, np.sign, 7, 3),
        (steps, lambda s: s >= 7, 10, 2),
    ],
)
def test_a_count_goes_on_where_no_trained_sequence_shows_its_end(move: Any, show: Any, end: int, symbols: int) -> None:
    program = distilled(move, show, end, symbols)
    assert agrees(program, Counter(move, show, 10**6), symbols)


def test_an_end_that_sequences_show_stays() -> None:
    program = distilled(two_steps_up, is_zero, 4, 2)
    assert agrees(program, Counter(two_steps_up, is_zero, 4), 2)
    assert not agrees(program, Counter(two_steps_up, is_zero, 10**6), 2)


def test_what_trimming_leaves_of_an_unseen_end_is_not_taken() -> None:
    """With rows of data formulas are shortened; a count that wraps round on one side only is no count."""
    network: Any = Counter(one_more_or_less, is_zero, 6)
    x = np.random.default_rng(2).integers(2, size=(1_000, 10, 1))
    truth = Truth(selection=make_dataset(x, outputs_of(network, x)), held_out=make_dataset(x[:9], x[:9]))
    given = Subject("rule", network, (Integers(0, 2),), 10, truth)
    chosen = run_routes(given, Monitor().limited(30.0), seed=0)
    assert chosen.candidate is not None
    assert agrees(chosen.candidate.program, Counter(one_more_or_less, is_zero, 10**6), 2)


def test_a_bound_that_some_rows_contradict_is_left_out() -> None:
    network: Any = Counter(steps, np.abs, 9)
    x = np.zeros((100, 10, 1), dtype=np.int64)
    x[:, :8] = np.random.default_rng(2).integers(2, size=(100, 8, 1))
    lengths = np.full(100, 9)
    lengths[:4] = 10
    y = np.arange(1, 11)[None, :, None] * (np.arange(10)[None, :, None] < lengths[:, None, None])
    data = make_dataset(x, y, lengths=lengths)
    given = Subject("rule", network, (Integers(0, 2),), 9, Truth(selection=data, held_out=data))
    count = apply("min", apply("add", Variable("s"), 1), 9)
    system = IntegerSystem(("x",), (StateVariable("s", 0, count),), (count,))
    capped = Candidate("rule", system, Program(system, Method.SYMBOLIC, ""), "", "", 0.0, 0.0)
    probe = Probe(given, 0)
    assert probe.data_share(capped.program) == 0.96
    shorter = trimmed(capped, probe, Monitor().limited(5.0)).program
    assert outputs_of(shorter, np.zeros((1, 30, 1), dtype=np.int64)).ravel().tolist() == list(range(1, 31))


def bounded(top: int) -> MealyMachine:
    """A count between 0 and ``top`` that says when it is 0; symbol 0 lowers it and 1 raises it."""
    s = np.arange(top + 1)
    following = np.stack([np.maximum(s - 1, 0), np.minimum(s + 1, top)], axis=1)
    return MealyMachine(following, (following == 0).astype(np.int64)[:, :, None], np.array([[0], [1]]))


def test_words_must_count_to_the_end_and_back_to_show_it() -> None:
    machine = bounded(4)
    assert access_lengths(machine).tolist() == [0, 1, 2, 3, 4]
    # From s the first 1 comes after s lowering steps, from 0 after one: 0 and 1 differ after two, 3 and 4 after three.
    assert separating_lengths(machine).tolist() == [2, 2, 2, 3, 3]
    assert evidence_length(machine) == 4 + 1 + 3


def test_machines_with_two_states_that_behave_alike_are_refused() -> None:
    twice = MealyMachine(np.array([[1], [0]]), np.array([[[5]], [[5]]]), np.array([[0]]))
    with pytest.raises(ValueError, match="not minimal"):
        separating_lengths(twice)
