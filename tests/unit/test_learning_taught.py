"""Query learning with a teacher: exact, however deep the states lie."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError, TooManyStatesError
from mips_core.machines import MealyMachine, minimise, same_tables, shortest_difference
from mips_core.machines.learning import Taught, learn_from_teacher
from mips_core.stepping import IntArray


def random_machine(states: int, symbols: int, seed: int, width: int = 1) -> MealyMachine:
    rng = np.random.default_rng(seed)
    return minimise(
        MealyMachine(
            rng.integers(states, size=(states, symbols)),
            rng.integers(2, size=(states, symbols, width)),
            np.arange(symbols)[:, None] - 3,
        )
    )


def counter(states: int) -> MealyMachine:
    a = np.arange(states)
    following = np.stack((np.minimum(a + 1, states - 1), np.maximum(a - 1, 0)), axis=1)
    return MealyMachine(following, (a == 0).astype(np.int64)[:, None, None].repeat(2, axis=1), np.array([[0], [1]]))


def lock(states: int) -> MealyMachine:
    """Only one word leads to the last state; a wrong symbol leads back."""
    a = np.arange(states)
    following = np.zeros((states, 2), dtype=np.int64)
    following[a, np.random.default_rng(0).integers(2, size=states)] = np.minimum(a + 1, states - 1)
    output = (a == states - 1).astype(np.int64)[:, None, None].repeat(2, axis=1)
    return minimise(MealyMachine(following, output, np.array([[0], [1]])))


def taught(machine: MealyMachine, **options: int) -> Taught:
    def teacher(found: MealyMachine) -> IntArray | None:
        return shortest_difference(found, machine)

    return learn_from_teacher(machine, machine.symbols, teacher, rng=np.random.default_rng(0), **options)


@given(st.integers(1, 40), st.integers(1, 5), st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_the_machine_is_found_exactly(states: int, symbols: int, seed: int, width: int) -> None:
    machine = random_machine(states, symbols, seed, width)
    assert same_tables(taught(machine).machine, machine)


@pytest.mark.parametrize("machine", [counter(60), lock(60)], ids=["counter", "lock"])
def test_deep_states_that_no_random_word_reaches(machine: MealyMachine) -> None:
    result = taught(machine)
    assert same_tables(result.machine, minimise(machine))
    assert result.questions >= 2
    assert result.steps > 0
    assert all(word.shape[1] == 1 for word in result.suffixes)


def test_limits_are_told() -> None:
    with pytest.raises(TooManyStatesError, match="more than 10 states"):
        taught(counter(60), max_states=10)
    with pytest.raises(TooManyStatesError, match="100 network steps"):
        taught(counter(60), max_steps=100)


def test_a_teacher_that_is_wrong_is_told() -> None:
    machine = counter(3)
    with pytest.raises(BadInputError, match="shows no difference"):
        learn_from_teacher(machine, machine.symbols, lambda _: np.array([[0], [1]]), rng=np.random.default_rng(0))
    with pytest.raises(BadInputError, match="alphabet"):
        learn_from_teacher(machine, machine.symbols, lambda _: np.array([[7]]), rng=np.random.default_rng(0))
    with pytest.raises(BadInputError, match="alphabet"):
        learn_from_teacher(machine, np.array([[0, 1]]), lambda _: None, rng=np.random.default_rng(0))


@pytest.mark.parametrize("answer", [[0, 1], np.array([0, 1]), np.array([[0, 1]]), [[0], [0, 1]], "01", False, [[0.5]]])
def test_what_is_no_word_is_told(answer: object) -> None:
    machine = counter(3)
    with pytest.raises(BadInputError, match="The teacher"):
        learn_from_teacher(machine, machine.symbols, lambda _: answer, rng=np.random.default_rng(0))


def test_a_word_may_be_a_list() -> None:
    machine = counter(3)

    def teacher(found: MealyMachine) -> list[list[int]] | None:
        word = shortest_difference(found, machine)
        return None if word is None else word.tolist()

    found = learn_from_teacher(machine, machine.symbols, teacher, rng=np.random.default_rng(0))
    assert shortest_difference(found.machine, machine) is None


class Hidden:
    """A machine whose kind cannot be seen: asked in batches, as a network is."""

    def __init__(self, machine: MealyMachine) -> None:
        self.machine = machine
        self.input_width, self.output_width = machine.input_width, machine.output_width
        self.start, self.step = machine.start, machine.step


@given(st.integers(1, 30), st.integers(1, 13), st.integers(0, 10_000), st.integers(1, 2))
@settings(max_examples=25, deadline=None)
def test_one_question_at_a_time_and_batches_find_the_same_machine(
    states: int, symbols: int, seed: int, width: int
) -> None:
    machine = random_machine(states, symbols, seed, width)

    def teacher(found: MealyMachine) -> IntArray | None:
        return shortest_difference(found, machine)

    shuffled = np.random.default_rng(seed).permutation(machine.symbols)
    batches = learn_from_teacher(Hidden(machine), shuffled, teacher, rng=np.random.default_rng(0))
    assert same_tables(batches.machine, machine)
    assert same_tables(learn_from_teacher(machine, shuffled, teacher, rng=np.random.default_rng(0)).machine, machine)


def test_a_part_of_the_symbols_and_symbols_of_several_numbers() -> None:
    rng = np.random.default_rng(0)
    symbols = np.array([[a, b] for a in range(3) for b in (-1, 5)])
    machine = MealyMachine(rng.integers(9, size=(9, 6)), rng.integers(3, size=(9, 6, 2)), symbols, start_state=4)
    part = symbols[[5, 0, 3]]

    def teacher(found: MealyMachine) -> IntArray | None:
        return shortest_difference(found, machine)  # over the common symbols

    for system in machine, Hidden(machine):
        result = learn_from_teacher(system, part, teacher, rng=np.random.default_rng(0))
        assert np.array_equal(result.machine.symbols, symbols[[0, 3, 5]])
        assert teacher(result.machine) is None
        assert same_tables(result.machine, minimise(result.machine))


def test_limits_and_wrong_teachers_are_told_of_batches_too() -> None:
    machine = counter(30)
    hidden = Hidden(machine)
    rng = np.random.default_rng(0)

    def teacher(found: MealyMachine) -> IntArray | None:
        return shortest_difference(found, machine)

    with pytest.raises(TooManyStatesError, match="more than 10 states"):
        learn_from_teacher(hidden, machine.symbols, teacher, rng=rng, max_states=10)
    with pytest.raises(BadInputError, match="shows no difference"):
        learn_from_teacher(hidden, machine.symbols, lambda _: np.array([[0], [1]]), rng=rng)


@given(st.integers(2, 40), st.integers(1, 4), st.integers(0, 10_000), st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_a_teacher_who_gives_up_leaves_a_minimal_machine(states: int, symbols: int, seed: int, patience: int) -> None:
    machine = random_machine(states, symbols, seed)
    lessons = 0

    def teacher(found: MealyMachine) -> IntArray | None:
        nonlocal lessons
        lessons += 1
        return shortest_difference(found, machine) if lessons <= patience else None

    for system in machine, Hidden(machine):
        lessons = 0
        found = learn_from_teacher(system, machine.symbols, teacher, rng=np.random.default_rng(0)).machine
        assert same_tables(found, minimise(MealyMachine(found.next_state, found.output, found.symbols)))
        assert found.output.flags.writeable


def test_a_step_budget_that_does_not_reach_the_first_answer_is_told() -> None:
    with pytest.raises(TooManyStatesError, match="1 network steps"):
        taught(counter(3), max_steps=1)
