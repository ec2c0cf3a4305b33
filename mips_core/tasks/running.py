"""Rules over everything seen so far: parities, modular sums, counts, extremes, majorities."""

from __future__ import annotations

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Rule, Task, steps


def sum_all(x: IntArray) -> IntArray:
    """x_1 + ... + x_t."""
    return np.cumsum(x, axis=1)


def sum_modulo(modulus: int) -> Rule:
    """y_t = (x_1 + ... + x_t) mod modulus."""
    return lambda x: np.cumsum(x, axis=1) % modulus


def parity_of_zeros(x: IntArray) -> IntArray:
    """(number of zeros so far) mod 2; only real inputs count, nothing before the start."""
    return np.cumsum(x == 0, axis=1, dtype=np.int64) % 2


def parity_of_time(x: IntArray) -> IntArray:
    """(t - 1) mod 2, whatever the input: 0, 1, 0, 1, ..."""
    return np.broadcast_to(np.arange(x.shape[1], dtype=np.int64)[None, :, None] % 2, x.shape).copy()


def dot_product_parity(x: IntArray) -> IntArray:
    """(number of steps so far where both bits are 1) mod 2."""
    return np.cumsum(x[:, :, :1] * x[:, :, 1:], axis=1) % 2


def count_evens(x: IntArray) -> IntArray:
    """How many inputs so far are even."""
    return np.cumsum(x % 2 == 0, axis=1, dtype=np.int64)


def smallest(x: IntArray) -> IntArray:
    """The smallest input so far."""
    return np.minimum.accumulate(x, axis=1)


def largest(x: IntArray) -> IntArray:
    """The largest input so far."""
    return np.maximum.accumulate(x, axis=1)


def majority(values: int) -> Rule:
    """y_t is the most frequent of 0..values-1 so far; of several equally frequent ones the smallest."""

    def rule(x: IntArray) -> IntArray:
        counts = np.cumsum(x == np.arange(values), axis=1)  # (N, T, values)
        return np.argmax(counts, axis=2, keepdims=True).astype(np.int64)  # argmax takes the first, i.e. the smallest

    return rule


_BIT = Integers(0, 2)
_DIGIT = Integers(0, 10)
_NUMBER = Integers(0, 100)
_PARITY = "Running parity and modular sums"
_COUNTS = "Running extremes, counts and sums"


def _modular(modulus: int, example: str) -> Task:
    values = Integers(0, modulus)
    text = f"y_t = (x_1 + ... + x_t) mod {modulus}."
    return Task(f"Add_Mod_{modulus}", _PARITY, text, (values,), values, sum_modulo(modulus), steps(example))


def _majority(top: int, example: str) -> Task:
    values = Integers(0, top + 1)
    text = f"y_t = the value in 0..{top} that occurs most often so far; of several equally frequent ones the smallest."
    return Task(f"Majority_0_{top}", _COUNTS, text, (values,), values, majority(top + 1), steps(example))


TASKS = (
    Task(
        "Parity_All",
        _PARITY,
        "y_t = (number of ones so far) mod 2.",
        (_BIT,),
        _BIT,
        sum_modulo(2),
        steps("1 0 0 0 1 1 0 0 0 0"),
    ),
    Task(
        "Parity_Zeros",
        _PARITY,
        "y_t = (number of zeros so far) mod 2; nothing before the start counts.",
        (_BIT,),
        _BIT,
        parity_of_zeros,
        steps("0 0 0 0 0 0 0 0 0 0"),
    ),
    Task(
        "Parity_Bits_Mod2",
        _PARITY,
        "y_t = (t - 1) mod 2 whatever the input: 0, 1, 0, 1, ...",
        (_BIT,),
        _BIT,
        parity_of_time,
        steps("1 0 0 0 1 1 0 0 0 0"),
    ),
    Task(
        "Bit_Dot_Prod_Mod2",
        _PARITY,
        "y_t = (number of steps so far where both bits are 1) mod 2.",
        (_BIT, _BIT),
        _BIT,
        dot_product_parity,
        steps("0;1 1;1 1;1 1;1 1;1 1;0 0;0 1;1 0;0 0;0"),
    ),
    _modular(3, "2 1 1 1 2 1 1 2 2 2"),
    _modular(4, "3 2 2 0 3 3 2 0 0 2"),
    _modular(5, "1 1 0 1 3 4 2 4 1 4"),
    _modular(6, "3 0 0 4 5 1 4 4 0 0"),
    _modular(7, "6 4 4 3 0 1 2 6 4 1"),
    _modular(8, "4 7 3 3 3 7 5 7 7 7"),
    Task(
        "Evens_Counter",
        _COUNTS,
        "y_t = how many inputs so far are even; 0 counts as even.",
        (_DIGIT,),
        Integers(0, 11),
        count_evens,
        steps("5 6 6 0 5 9 0 8 8 8"),
    ),
    Task(
        "Sum_All",
        _COUNTS,
        "y_t = x_1 + ... + x_t.",
        (_NUMBER,),
        Integers(0, 991),
        sum_all,
        steps("96 31 15 91 63 59 77 39 11 99"),
    ),
    Task(
        "Min_Seen",
        _COUNTS,
        "y_t = the smallest of x_1..x_t. Nothing before the start takes part, so y_1 = x_1.",
        (_DIGIT,),
        _DIGIT,
        smallest,
        steps("5 6 6 0 5 9 0 8 8 8"),
    ),
    Task(
        "Max_Seen",
        _COUNTS,
        "y_t = the largest of x_1..x_t.",
        (_NUMBER,),
        _NUMBER,
        largest,
        steps("55 46 26 0 95 59 90 28 88 98"),
    ),
    _majority(1, "1 0 1 0 1 0 1 0 1 1"),
    _majority(2, "0 0 0 1 2 1 1 1 0 0"),
    _majority(3, "3 2 2 0 3 3 2 0 0 2"),
)
