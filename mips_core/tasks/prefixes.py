"""Tests of the whole prefix: is x_1..x_t a palindrome, is it a balanced bracket string?"""

from __future__ import annotations

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.tasks.sampling import palindromic_prefix
from mips_core.tasks.task import Task, steps


def is_palindrome(x: IntArray) -> IntArray:
    """1 where x_1..x_t reads the same backwards; T/2 comparisons per step."""
    y = np.empty_like(x)
    for t in range(x.shape[1]):
        half = (t + 1) // 2
        y[:, t] = (x[:, :half] == x[:, t : t - half : -1]).all(axis=1)
    return y


def is_balanced(x: IntArray) -> IntArray:
    """1 where x_1..x_t, with 0 opening and 1 closing, is balanced and no prefix closes more than it opens."""
    depth = np.cumsum(1 - 2 * x, axis=1)
    never_below = np.minimum.accumulate(depth, axis=1) >= 0
    return ((depth == 0) & never_below).astype(np.int64)


_BIT = Integers(0, 2)

TASKS = (
    Task(
        "Bit_Palindrome",
        "Whole-prefix tests",
        "y_t = 1 when x_1..x_t reads the same backwards, else 0. Sequences are drawn so that their first m bits are a "
        "palindrome, with m uniform from 2 to the length.",
        (_BIT,),
        _BIT,
        is_palindrome,
        steps("1 1 0 1 1 0 1 1 0 0"),
        draw=palindromic_prefix,
    ),
    Task(
        "Balanced_Parenthesis",
        "Whole-prefix tests",
        "0 opens, 1 closes; y_t = 1 when x_1..x_t is a balanced bracket string, else 0. Once the closes outnumber the "
        "opens, the output stays 0.",
        (_BIT,),
        _BIT,
        is_balanced,
        steps("0 1 0 1 0 0 1 1 0 0"),
    ),
)
