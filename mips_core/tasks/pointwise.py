"""Rules of one step: y_t depends on x_t alone and nothing is remembered."""

from __future__ import annotations

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Rule, Task, steps


def bitwise_xor(x: IntArray) -> IntArray:
    """1 where the two bits differ."""
    return x[:, :, :1] ^ x[:, :, 1:]


def bitwise_or(x: IntArray) -> IntArray:
    """1 where at least one of the two bits is 1."""
    return x[:, :, :1] | x[:, :, 1:]


def bitwise_and(x: IntArray) -> IntArray:
    """1 where both bits are 1."""
    return x[:, :, :1] & x[:, :, 1:]


def bitwise_not(x: IntArray) -> IntArray:
    """1 where the bit is 0."""
    return 1 - x


def current_number(x: IntArray) -> IntArray:
    """The input itself."""
    return x.copy()


def is_even(x: IntArray) -> IntArray:
    """1 where the input is even, 0 included."""
    return (x % 2 == 0).astype(np.int64)


def is_square(x: IntArray) -> IntArray:
    """1 where the input is a perfect square, 0 included."""
    root = np.rint(np.sqrt(np.maximum(x, 0))).astype(np.int64)
    return (root * root == x).astype(np.int64)


def _task(name: str, description: str, inputs: tuple[Integers, ...], output: Integers, rule: Rule, x: str) -> Task:
    return Task(
        name=name,
        group="One step at a time",
        description=f"{description} Nothing is remembered.",
        inputs=inputs,
        output_range=output,
        rule=rule,
        example=steps(x),
    )


_BIT = Integers(0, 2)

TASKS = (
    _task(
        "Bitwise_Xor",
        "y_t = 1 when the two bits of step t differ, otherwise 0.",
        (_BIT, _BIT),
        _BIT,
        bitwise_xor,
        "0;0 0;1 0;0 1;0 1;1 1;0 0;0 1;0 0;1 1;1",
    ),
    _task(
        "Bitwise_Or",
        "y_t = 1 when at least one of the two bits of step t is 1.",
        (_BIT, _BIT),
        _BIT,
        bitwise_or,
        "1;1 0;0 0;0 0;1 0;0 0;1 1;0 0;0 1;1 0;0",
    ),
    _task(
        "Bitwise_And",
        "y_t = 1 when both bits of step t are 1.",
        (_BIT, _BIT),
        _BIT,
        bitwise_and,
        "1;1 0;1 1;1 0;0 1;1 0;0 0;1 1;1 0;1 0;0",
    ),
    _task("Bitwise_Not", "y_t = 1 - x_t.", (_BIT,), _BIT, bitwise_not, "1 0 1 0 1 0 0 1 0 1"),
    _task(
        "Current_Number",
        "y_t = x_t.",
        (Integers(0, 100),),
        Integers(0, 100),
        current_number,
        "96 31 15 91 63 59 77 39 11 99",
    ),
    _task(
        "Abs_Current",
        "y_t = |x_t|.",
        (Integers(-100, 100),),
        Integers(0, 101),  # -100 is a possible input, so 100 is a possible output
        np.abs,
        "-45 -54 -74 -100 -5 -41 90 28 88 -42",
    ),
    _task(
        "Evens_Detector",
        "y_t = 1 when x_t is even (0 included), else 0.",
        (Integers(0, 10),),
        _BIT,
        is_even,
        "7 4 1 4 3 2 6 3 4 7",
    ),
    _task(
        "Perfect_Square_Detector",
        "y_t = 1 when x_t is a perfect square (0, 1, 4, 9 or 16), else 0.",
        (Integers(0, 20),),
        _BIT,
        is_square,
        "1 14 16 2 4 14 15 0 7 0",
    ),
)
