"""Rules over the last few inputs; what comes before the start counts as 0."""

from __future__ import annotations

import numpy as np

from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers
from mips_core.tasks.sampling import distinct
from mips_core.tasks.task import Draw, Rule, Task, steps


def delayed(x: IntArray, delay: int) -> IntArray:
    """Return x_(t - delay), with zeros before the start; same shape."""
    y = np.zeros_like(x)
    y[:, delay:] = x[:, : max(x.shape[1] - delay, 0)]
    return y


def previous(delay: int) -> Rule:
    """y_t = x_(t - delay)."""
    return lambda x: delayed(x, delay)


def sum_last(width: int) -> Rule:
    """y_t = x_t + ... + x_(t - width + 1)."""

    def rule(x: IntArray) -> IntArray:
        total = np.cumsum(x, axis=1)
        return total - delayed(total, width)

    return rule


def parity_last(width: int) -> Rule:
    """y_t = (x_t + ... + x_(t - width + 1)) mod 2."""
    window = sum_last(width)
    return lambda x: window(x) % 2


def alternating_last(width: int) -> Rule:
    """y_t = 1 when each two neighbours among the last ``width`` bits differ; zeros before the start take part."""

    def rule(x: IntArray) -> IntArray:
        differs = [delayed(x, k) != delayed(x, k + 1) for k in range(width - 1)]
        return np.logical_and.reduce(differs).astype(np.int64)

    return rule


def equals_previous(x: IntArray) -> IntArray:
    """1 where x_t = x_(t-1)."""
    return (x == delayed(x, 1)).astype(np.int64)


def difference(x: IntArray) -> IntArray:
    """x_t - x_(t-1)."""
    return x - delayed(x, 1)


def absolute_difference(x: IntArray) -> IntArray:
    """|x_t - x_(t-1)|."""
    return np.abs(difference(x))


def difference_of_absolutes(x: IntArray) -> IntArray:
    """|x_t| - |x_(t-1)|."""
    return difference(np.abs(x))


_BIT = Integers(0, 2)
_SMALL = Integers(0, 8)
_NUMBER = Integers(0, 100)
_SIGNED = Integers(-100, 100)
_TEN = "96 31 15 91 63 59 77 39 11 99"
_TWENTY = "96 31 15 91 63 59 77 39 11 99 4 98 55 82 12 17 42 77 0 23"


def _bits(name: str, description: str, rule: Rule, example: str) -> Task:
    return Task(name, "Windows of bits", description, (_BIT,), _BIT, rule, steps(example))


def _parity(width: int, example: str) -> Task:
    text = f"y_t = (sum of the {width} most recent bits, x_t included) mod 2, with zeros before the start."
    return _bits(f"Parity_Last{width}", text, parity_last(width), example)


def _numbers(
    name: str, description: str, inputs: Integers, output: Integers, rule: Rule, example: str, draw: Draw | None = None
) -> Task:
    x = steps(example)
    return Task(name, "Windows of numbers", description, (inputs,), output, rule, x, length=len(x), draw=draw)


def _sum(width: int) -> Task:
    text = f"y_t = sum of the {width} most recent inputs, x_t included, with zeros before the start."
    output = Integers(0, 99 * width + 1)
    return _numbers(f"Sum_Last{width}", text, _NUMBER, output, sum_last(width), _TEN if width < 5 else _TWENTY)


def _previous(delay: int) -> Task:
    zeros = "the first output is 0" if delay == 1 else f"the first {delay} outputs are 0"
    text = f"y_t = x_(t-{delay}); {zeros}."
    return _numbers(f"Prev{delay}", text, _NUMBER, _NUMBER, previous(delay), _TEN if delay < 5 else _TWENTY)


TASKS = (
    _parity(2, "0 1 1 0 0 0 1 1 0 0"),
    _parity(3, "0 1 1 1 0 0 0 0 1 1"),
    _parity(4, "0 1 1 1 0 0 0 0 1 1"),
    _bits(
        "Alternating_Last3",
        "y_t = 1 when the last three bits are 0 1 0 or 1 0 1, else 0. Zeros before the start count, so x = 1, 0 "
        "already gives y_2 = 1.",
        alternating_last(3),
        "1 0 0 0 1 0 0 1 0 0",
    ),
    _bits(
        "Alternating_Last4",
        "y_t = 1 when the last four bits are 0 1 0 1 or 1 0 1 0, else 0. Zeros before the start count, so x = 1, 0, 1 "
        "already gives y_3 = 1.",
        alternating_last(4),
        "1 0 1 0 0 1 0 1 1 1",
    ),
    _bits("Bit_Shift_Right", "y_t = x_(t-1); the first output is 0.", previous(1), "1 0 1 0 1 0 1 0 1 1"),
    *(_sum(width) for width in range(2, 8)),
    *(_previous(delay) for delay in range(1, 6)),
    _numbers(
        "Previous_Equals_Current",
        "y_t = 1 when x_t = x_(t-1), else 0. The value before the start is 0, so y_1 = 1 exactly when x_1 = 0.",
        _SMALL,
        _BIT,
        equals_previous,
        "0 5 5 6 6 4 5 5 5 7",
        draw=distinct((_SMALL,)),
    ),
    _numbers(
        "Diff_Last2",
        "y_t = x_t - x_(t-1), and y_1 = x_1.",
        _SIGNED,
        Integers(-199, 200),
        difference,
        "96 -69 15 -9 63 59 -23 -61 11 99",
    ),
    _numbers(
        "Abs_Diff",
        "y_t = |x_t - x_(t-1)|, and y_1 = |x_1|.",
        _SIGNED,
        Integers(0, 200),
        absolute_difference,
        "96 -69 15 -9 63 59 -23 -61 11 99",
    ),
    _numbers(
        "Diff_Abs_Values",
        "y_t = |x_t| - |x_(t-1)|, and y_1 = |x_1|.",
        _SIGNED,
        Integers(-100, 101),
        difference_of_absolutes,
        "96 -69 15 -9 63 59 -23 -61 11 99",
    ),
)
