"""Written arithmetic: adding digit by digit, dividing bit by bit, rounding with the error carried on."""

from __future__ import annotations

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Rule, Task, steps


def add_digits(base: int) -> Rule:
    """y_t = s mod base with s = u_t + v_t + carry; the carry of the last step is dropped."""

    def rule(x: IntArray) -> IntArray:
        y = np.empty((*x.shape[:2], 1), dtype=np.int64)
        carry = np.zeros(len(x), dtype=np.int64)
        for t in range(x.shape[1]):
            carry, y[:, t, 0] = np.divmod(x[:, t].sum(axis=1) + carry, base)
        return y

    return rule


def divide_bits(divisor: int) -> Rule:
    """Long division of a binary number, highest place first: v = 2 r + x_t, y_t = v // divisor, r = v mod divisor."""

    def rule(x: IntArray) -> IntArray:
        y = np.empty_like(x)
        remainder = np.zeros(len(x), dtype=np.int64)
        for t in range(x.shape[1]):
            y[:, t, 0], remainder = np.divmod(2 * remainder + x[:, t, 0], divisor)
        return y

    return rule


def dither(full: int) -> Rule:
    """y_t is the number of whole ``full`` units completed at step t, while the rest is carried on."""

    def rule(x: IntArray) -> IntArray:
        completed = np.cumsum(x, axis=1) // full
        return np.diff(completed, axis=1, prepend=0)

    return rule


def _addition(name: str, base: int, example: str) -> Task:
    return Task(
        name=name,
        group="Addition in a base",
        description=f"Two numbers are read in parallel in base {base}, ones place first; y_t is the digit of their sum "
        "in place t. A carry left over after the last step is dropped.",
        inputs=(Integers(0, base), Integers(0, base)),
        output_range=Integers(0, base),
        rule=add_digits(base),
        example=steps(example),
    )


def _division(divisor: int, example: str) -> Task:
    return Task(
        name=f"Div_{divisor}",
        group="Division and dithering",
        description=f"A binary number is read highest place first and divided by {divisor} as on paper; y_t is the bit "
        "of the whole-number quotient in the same place. The final remainder is dropped.",
        inputs=(Integers(0, 2),),
        output_range=Integers(0, 2),
        rule=divide_bits(divisor),
        example=steps(example),
    )


TASKS = (
    _addition("Binary_Addition", 2, "0;1 1;1 1;1 1;1 1;1 1;0 0;0 1;1 0;0 0;0"),
    _addition("Base_3_Addition", 3, "2;1 1;1 2;1 1;2 2;2 0;0 0;1 2;1 1;1 0;0"),
    _addition("Base_4_Addition", 4, "0;3 3;3 3;3 1;3 3;3 3;2 2;0 3;3 2;0 0;2"),
    _addition("Base_5_Addition", 5, "1;1 0;1 3;4 2;4 1;4 0;1 1;0 0;4 0;3 3;3"),
    _addition("Base_6_Addition", 6, "2;1 1;1 5;1 1;5 5;5 3;0 0;4 5;1 4;4 0;0"),
    _addition("Base_7_Addition", 7, "6;4 4;3 0;1 2;6 4;1 6;4 5;6 5;6 0;5 3;0"),
    _division(3, "0 1 1 1 1 1 1 1 1 1"),
    _division(5, "1 1 0 1 0 1 0 1 0 0"),
    _division(7, "1 0 0 0 0 0 1 0 1 0"),
    Task(
        name="Dithering",
        group="Division and dithering",
        description="Brightness 0..15 (15 is full) becomes black and white while the rounding error is carried on: add "
        "x_t to the carry, emit 1 and subtract 15 when the total reaches 15, else emit 0.",
        inputs=(Integers(0, 16),),
        output_range=Integers(0, 2),
        rule=dither(15),
        example=steps("8 13 3 10 4 14 7 7 6 8"),
    ),
)
