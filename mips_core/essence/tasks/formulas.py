"""Random 3-SAT formulas and the algorithms that a MAX-SAT policy is compared with.

All algorithms here set the variables one after the other, in their order, and never take a value back.  Many formulas
are worked on at once.  A clause is *open* while none of its literals holds; it is *last* for a variable when all its
other variables are set.

- ``greedy`` takes the value that satisfies more open clauses.
- ``three_quarters`` is the randomised algorithm of Poloczek and Schnitger (2011), in the simple form of Poloczek,
  Schnitger, Williamson and van Zuylen (2017, "Greedy algorithms for the maximum satisfiability problem", SIAM Journal
  on Computing 46(3)): true with probability t / (t + f), where t is the number of open clauses that "true" satisfies
  less those that it makes impossible, and f the same for "false".  It satisfies at least 3/4 of the best possible
  number on average.
- ``johnson`` is the algorithm of Johnson (1974): an open clause with k literals left, this one included, counts
  2^-k.  It looks at more than the other two, and than a policy that only tells last clauses from others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

Choice = Callable[[BoolArray, BoolArray, IntArray, np.random.Generator], BoolArray]
"""``choose(wish, refuse, left, rng)`` gives each formula's value of the variable: which open clauses hold its literal
and which its negation, and how many literals of later variables each clause has, all (F, m); returns (F,)."""

PER_CLAUSE = 3
"""Literals in a clause."""


def random_formulas(count: int, variables: int, clauses: int, rng: np.random.Generator) -> IntArray:
    """Return formulas of clauses with three different variables each, signs even: int64 (count, clauses, 3).

    A literal is the number of a variable, from 1, or its negative.
    """
    chosen = np.empty((count, clauses, PER_CLAUSE), dtype=np.int64)
    for place in range(PER_CLAUSE):  # each from the variables that are still free, so that all triples are as likely
        drawn = rng.integers(1, variables + 1 - place, (count, clauses))
        for taken in np.sort(chosen[:, :, :place], axis=2).transpose(2, 0, 1):
            drawn += drawn >= taken
        chosen[:, :, place] = drawn
    return chosen * rng.choice([-1, 1], chosen.shape)


def assign(formulas: IntArray, variables: int, choose: Choice, rng: np.random.Generator) -> BoolArray:
    """Return the values that an algorithm gives to the variables: bool (F, variables)."""
    literals = formulas.astype(np.int32)
    magnitude = np.abs(literals)
    values = np.zeros((len(formulas), variables), dtype=bool)
    is_open = np.ones(formulas.shape[:2], dtype=bool)
    for variable in range(1, variables + 1):
        wish = (literals == variable).any(axis=2) & is_open
        refuse = (literals == -variable).any(axis=2) & is_open
        value = choose(wish, refuse, (magnitude > variable).sum(axis=2), rng)
        values[:, variable - 1] = value
        is_open &= ~np.where(value[:, None], wish, refuse)
    return values


def satisfied(formulas: IntArray, values: BoolArray) -> IntArray:
    """Return how many clauses of each formula hold, int64 (F,)."""
    of_literals = np.take_along_axis(values[:, None, :], np.abs(formulas) - 1, axis=2)
    return (of_literals == (formulas > 0)).any(axis=2).sum(axis=1)


def greedy(wish: BoolArray, refuse: BoolArray, left: IntArray, rng: np.random.Generator) -> BoolArray:
    """Take the value that satisfies more open clauses, true where both satisfy as many."""
    return wish.sum(axis=1) >= refuse.sum(axis=1)


def three_quarters(wish: BoolArray, refuse: BoolArray, left: IntArray, rng: np.random.Generator) -> BoolArray:
    """Take a value at random, so that on average at least 3/4 of the best possible number of clauses hold."""
    last = left == 0
    true = wish.sum(axis=1) - (refuse & last).sum(axis=1)
    false = refuse.sum(axis=1) - (wish & last).sum(axis=1)
    # Never are both below 0; where only one is above 0 it is taken, and true where neither is.
    chance = np.where(false <= 0, 1.0, np.maximum(true, 0) / np.maximum(np.maximum(true, 0) + false, 1))
    return rng.random(len(wish)) < chance


def johnson(wish: BoolArray, refuse: BoolArray, left: IntArray, rng: np.random.Generator) -> BoolArray:
    """Take the value whose open clauses weigh more, each 2^-(literals left), true where both weigh as much."""
    weights = 0.5 ** (left + 1)
    return np.sum(wish * weights, axis=1) >= np.sum(refuse * weights, axis=1)


RIVALS: Mapping[str, Choice] = {
    "greedy": greedy,
    "3/4-approximation": three_quarters,
    "Johnson's algorithm": johnson,
}
"""By name, what a policy is compared with."""
