"""The rules that measure generality: well formed, causal, and split in a way that nobody chose."""

import numpy as np
import pytest
from unseen_rules import RULES, development, reported

from mips_core.stepping import outputs_of
from mips_core.tasks import names


def test_many_rules_in_two_halves_none_of_them_a_benchmark_task():
    halves = {rule.name for rule in development()}, {rule.name for rule in reported()}
    assert min(map(len, halves)) >= 30
    assert not halves[0] & halves[1]
    assert halves[0] | halves[1] == set(RULES)
    assert not set(RULES) & {name.lower() for name in names()}


@pytest.mark.parametrize("name", sorted(RULES))
def test_outputs_hang_on_the_past_alone_and_repeat(name):
    rule = RULES[name]
    rng = np.random.default_rng(3)
    words = rule.draw(4, rng)
    low, high = np.array(rule.ranges).T
    assert words.shape == (4, rule.length, len(rule.ranges))
    assert ((words >= low) & (words < high)).all()
    outputs = rule.outputs(words)
    assert (rule.outputs(words) == outputs).all()
    other = np.concatenate([words[:, :5], rule.draw(4, rng)], axis=1)
    assert (rule.outputs(other)[:, :5] == outputs[:, :5]).all()
    assert 500 <= rule.rows <= 10_000
    assert 5 <= rule.length <= 30


@pytest.mark.parametrize(
    ("name", "word", "expected"),
    [
        ("subtract_base_10", [(3, 5), (4, 1), (0, 0)], [8, 2, 0]),
        ("debounce_2", [1, 1, 1, 0, 1, 0, 0], [0, 1, 1, 1, 1, 1, 0]),
        ("second_largest_below_10", [4, 9, 2, 9], [0, 4, 4, 9]),
        ("thermostat_3_6", [5, 2, 5, 6, 7, 5], [0, 1, 1, 1, 0, 0]),
        ("vending_machine_3", [2, 2, 1], [(0, 0), (1, 1), (0, 0)]),
    ],
)
def test_worked_examples(name, word, expected):
    assert RULES[name].apply(word) == [y if isinstance(y, tuple) else (y,) for y in expected]


def test_the_machine_of_a_rule_answers_like_the_rule():
    rule = RULES["stack_of_3"]
    words = rule.draw(50, np.random.default_rng(0), 40)
    machine = rule.machine()
    assert machine.states == 15
    assert (outputs_of(machine, words) == rule.outputs(words)).all()
    assert RULES["run_length"].machine(most=50) is None
