import numpy as np
import pytest

from mips_core.essence.tasks.formulas import (
    assign,
    greedy,
    johnson,
    random_formulas,
    satisfied,
    three_quarters,
)  # fmt: skip

RNG = np.random.default_rng(5)


def run(choose, clauses, variables=3, seed=0):
    formulas = np.array([clauses])
    values = assign(formulas, variables, choose, np.random.default_rng(seed))
    return values[0].tolist(), int(satisfied(formulas, values)[0])


def best(formula, variables):
    values = (np.arange(2**variables)[:, None] >> np.arange(variables)) & 1 == 1
    return int(satisfied(np.repeat(formula[None], len(values), axis=0), values).max())


def test_formulas_have_three_different_variables_in_each_clause_and_even_signs():
    formulas = random_formulas(40, 5, 100, np.random.default_rng(1))
    variables = np.sort(np.abs(formulas), axis=2)
    assert formulas.shape == (40, 100, 3)
    assert (variables[:, :, 0] >= 1).all()
    assert (variables[:, :, 2] <= 5).all()
    assert (np.diff(variables, axis=2) > 0).all()
    _, triples = np.unique(variables.reshape(-1, 3), axis=0, return_counts=True)
    assert len(triples) == 10
    assert triples.min() > 330  # 400 expected, 19 standard deviation
    assert abs(np.mean(formulas > 0) - 0.5) < 0.02


def test_clauses_that_hold_are_counted():
    formulas = np.array([[[1, 2, 3], [-1, -2, -3], [1, -2, 3]]])
    assert satisfied(formulas, np.array([[True, True, True]])).tolist() == [2]
    assert satisfied(formulas, np.array([[False, True, False]])).tolist() == [2]
    assert satisfied(formulas, np.array([[True, False, False]])).tolist() == [3]


def test_greedy_sees_how_many_and_johnson_which_are_last():
    # x3 true satisfies two clauses that others could still satisfy; false is the only hope of one clause
    clauses = [[1, 1, 1], [2, 2, 2], [3, 4, 5], [3, 4, 5], [-3, -1, -2]]
    assert run(greedy, clauses, variables=5) == ([True, True, True, True, True], 4)
    assert run(johnson, clauses, variables=5) == ([True, True, False, True, True], 5)  # 1/8 + 1/8 against 1/2


def test_greedy_takes_true_where_both_satisfy_as_many():
    assert run(greedy, [[1, 2, 3], [-1, 2, 3]])[0] == [True, True, True]


def test_a_clause_that_holds_counts_no_more():
    # once x1 is true only [-2, 3, 3] is open, so x2 becomes false
    assert run(greedy, [[1, 2, 2], [1, 2, 2], [-2, 3, 3]])[0][:2] == [True, False]


def test_the_randomised_algorithm_takes_what_cannot_hurt():
    # true: satisfies 1, makes none impossible; false: satisfies none, makes one impossible
    for seed in range(20):
        assert run(three_quarters, [[1, 1, 1]], variables=1, seed=seed) == ([True], 1)
        assert run(three_quarters, [[-1, -1, -1]], variables=1, seed=seed) == ([False], 1)


def test_the_randomised_algorithm_draws_in_the_right_proportion():
    # true satisfies 2 open clauses, false 1, none is the last hope: true with probability 2/3
    formulas = np.repeat([[[1, 2, 3], [1, 2, -3], [-1, 2, 3]]], 3_000, axis=0)
    values = assign(formulas, 3, three_quarters, np.random.default_rng(2))
    assert abs(values[:, 0].mean() - 2 / 3) < 0.04


@pytest.mark.parametrize("clauses", [8, 30])
def test_three_quarters_of_the_best_are_satisfied_on_average(clauses):
    for _ in range(20):
        signs = RNG.choice([-1, 1], (clauses, 1))
        formula = np.repeat(RNG.integers(1, 5, (clauses, 1)) * signs, 3, axis=1)  # unit clauses are the hardest
        many = np.repeat(formula[None], 300, axis=0)
        mean = satisfied(many, assign(many, 4, three_quarters, RNG)).mean()
        assert mean >= 0.75 * best(formula, 4) - 0.2


def test_no_algorithm_beats_the_best_and_all_beat_a_coin():
    formulas = random_formulas(60, 5, 50, np.random.default_rng(3))
    limits = np.array([best(formula, 5) for formula in formulas])
    means = {}
    for choose in (greedy, three_quarters, johnson):
        counts = satisfied(formulas, assign(formulas, 5, choose, np.random.default_rng(0)))
        assert (counts <= limits).all()
        means[choose] = counts.mean()
    assert means[johnson] > means[greedy] > means[three_quarters] > 43.75 + 1
