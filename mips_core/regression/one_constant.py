"""An operator with one constant beside a part: the constant is solved for from the rows, not tried.

For a part f and a target t, is t a sum f + k, k - f, k * f, f % k, f // k, min(f, k), max(f, k), or a comparison of f
with k?
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Expression, apply
from mips_core.regression.formula import reading_of_constant
from mips_core.stepping import IntArray

_FEW = 8  # rows that rule most parts out
_SOME_DIVISORS = range(2, 9)
_LARGEST = 1 << 40

Build = Callable[[Expression], Expression]


def parts_beside_a_constant(values: IntArray, target: IntArray) -> Iterator[tuple[str, int]]:
    """Yield operators and parts that make the target together with a constant, as far as some rows show.

    "sub" is a constant minus the part, and "lt" stands for all comparisons.

    Parameters
    ----------
    values : int64, shape (N, R)
    target : int64, shape (R,), not constant
    """
    if not len(values):
        return
    low, high = int(target.min()), int(target.max())
    for name in ("add", "sub", "mul", "min", "max", "mod", "floordiv", "lt"):
        if (name == "mod" and not 0 <= low < high) or (name == "lt" and (low, high) != (0, 1)):
            continue
        test = _TESTS[name]
        close = np.flatnonzero(test(values[:, :_FEW], target[:_FEW], low, high))
        if len(close):
            for part in close[test(values[close], target, low, high)].tolist():
                yield name, part


def beside_a_constant(name: str, values: IntArray, target: IntArray, constants: Collection[int]) -> Iterator[Build]:
    """Yield what makes the target of a part: an operator and a constant, right on all rows.

    Parameters
    ----------
    name : as :func:`parts_beside_a_constant` gives it
    values : int64, shape (R,)
    target : int64, shape (R,), not constant
    constants : the ones preferred where several are right
    """
    low, high = int(target.min()), int(target.max())
    if not _TESTS[name](values[None], target, low, high)[0]:
        return
    if name == "add":
        yield _with("add", int(target[0] - values[0]))
    elif name == "sub":
        total = int(target[0] + values[0])
        yield lambda part: apply("sub", total, part)
    elif name == "mul":
        top = int(np.argmax(np.abs(target)))
        yield _with("mul", int(target[top] // values[top]))
    elif name in ("min", "max"):
        yield _with(name, high if name == "min" else low)
    elif name == "mod":
        step = int(np.gcd.reduce(values - target))
        for modulus in {smallest_divisor(step, high), *(c for c in constants if c > high and step % c == 0)}:
            yield _with("mod", modulus)
    elif name == "floordiv":
        least, most = (int(bound[0]) for bound in _divisors(values[None], target))
        least = max(2, least)
        bounded = [] if most == _LARGEST else [least]  # else it would be a number that nothing but these rows suggests
        for divisor in sorted({*bounded, *_SOME_DIVISORS, *constants}):
            if least <= divisor <= most:
                yield _with("floordiv", divisor)
    else:
        yield from _comparisons(values[target == 1], values[target == 0], constants)


def _is_sum(values: IntArray, target: IntArray, low: int, high: int) -> NDArray[np.bool_]:
    gap = values - target
    return np.asarray((gap == gap[:, :1]).all(axis=1))


def _is_difference(values: IntArray, target: IntArray, low: int, high: int) -> NDArray[np.bool_]:
    return _is_sum(-values, target, low, high)


def _is_product(values: IntArray, target: IntArray, low: int, high: int) -> NDArray[np.bool_]:
    top = int(np.argmax(np.abs(target)))
    if not target[top]:
        return np.ones(len(values), dtype=np.bool_)
    first = values[:, top]
    whole = (first != 0) & (target[top] % np.where(first == 0, 1, first) == 0)
    return np.asarray(whole & (values * target[top] == first[:, None] * target).all(axis=1))


def _is_least(values: IntArray, target: IntArray, low: int, high: int) -> NDArray[np.bool_]:
    return np.asarray((np.minimum(values, high) == target).all(axis=1))


def _is_largest(values: IntArray, target: IntArray, low: int, high: int) -> NDArray[np.bool_]:
    return np.asarray((np.maximum(values, low) == target).all(axis=1))


def _is_remainder(values: IntArray, target: IntArray, low: int, high: int) -> NDArray[np.bool_]:
    """The modulus divides every difference of part and target, and is larger than the target."""
    gap = np.gcd.reduce(values - target, axis=1)
    return np.asarray((gap == 0) | (gap > high))


def _is_quotient(values: IntArray, target: IntArray, low: int, high: int) -> NDArray[np.bool_]:
    good = ((values < 0) == (target < 0)).all(axis=1)
    some = np.flatnonzero(good)
    if len(some):
        least, most = _divisors(values[some], target)
        good[some] = (least <= most) & (most >= 2)
    return np.asarray(good)


def _is_told_apart(values: IntArray, target: IntArray, low: int, high: int) -> NDArray[np.bool_]:
    if (target == target[0]).all():
        return np.ones(len(values), dtype=np.bool_)
    return _compares(values[:, target == 1], values[:, target == 0])


_TESTS: dict[str, Callable[[IntArray, IntArray, int, int], NDArray[np.bool_]]] = {
    "add": _is_sum, "sub": _is_difference, "mul": _is_product, "min": _is_least, "max": _is_largest,
    "mod": _is_remainder, "floordiv": _is_quotient, "lt": _is_told_apart,
}  # fmt: skip
"""Which parts (N, R) are the target (R,) under an operator, of which the least and greatest value is known; (N,)."""


def smallest_divisor(number: int, above: int) -> int:
    """Return the smallest divisor of ``number`` that is greater than ``above`` (``number`` itself when it is large)."""
    for m in range(above + 1, min(number, above + 1000) + 1):
        if number % m == 0:
            return m
    return number


def easier_cut(strict: str, weak: str, outer: int, inner: int) -> tuple[str, int]:
    """Return the comparison that tells two values apart by the easier of them as constant, and this constant.

    Parameters
    ----------
    strict, weak : comparisons with the value outside, and with the one inside
    outer, inner : the last value outside, and the first one inside
    """
    return (weak, inner) if abs(inner) < abs(outer) or outer < 0 <= inner else (strict, outer)


def _with(name: str, constant: int) -> Build:
    return lambda part: apply(name, part, constant)


def _divisors(values: IntArray, target: IntArray) -> tuple[IntArray, IntArray]:
    """Return the least and the largest number by which values (N, R) of the target's sign give it as quotient; (N,)."""
    size, wanted = np.abs(values), np.abs(target)
    above, below, none = target > 0, target < 0, target == 0
    least, most = np.ones(len(values), dtype=np.int64), np.full(len(values), _LARGEST, dtype=np.int64)
    if above.any():
        least = np.maximum(least, (size[:, above] // (wanted[above] + 1)).max(axis=1) + 1)
        most = np.minimum(most, (size[:, above] // wanted[above]).min(axis=1))
    if none.any():
        least = np.maximum(least, size[:, none].max(axis=1) + 1)
    if below.any():
        least = np.maximum(least, -(-size[:, below] // wanted[below]).min(axis=1))
        further = target < -1
        if further.any():
            most = np.minimum(most, ((size[:, further] - 1) // (wanted[further] - 1)).min(axis=1))
    return least, most


def _compares(inside: IntArray, outside: IntArray) -> NDArray[np.bool_]:
    """Return for which parts a comparison tells values inside (N, I) from those outside (N, O); (N,)."""
    least, most, outer_least, outer_most = (
        inside.min(axis=1), inside.max(axis=1), outside.min(axis=1), outside.max(axis=1)
    )  # fmt: skip
    good = (least > outer_most) | (most < outer_least)
    one = np.flatnonzero(least == most)
    good[one] |= (outside[one] != least[one, None]).all(axis=1)
    one = np.flatnonzero(outer_least == outer_most)
    good[one] |= (inside[one] != outer_least[one, None]).all(axis=1)
    return good


def _comparisons(inside: IntArray, outside: IntArray, constants: Collection[int]) -> Iterator[Build]:
    """Yield the comparisons of a part that hold for values inside, (I,), and for none outside, (O,)."""
    least, most, outer_least, outer_most = map(int, (inside.min(), inside.max(), outside.min(), outside.max()))
    if least > outer_most:
        yield from _cuts("gt", range(outer_most, least), "ge", range(least, outer_most, -1), constants)
    if most < outer_least:
        yield from _cuts("lt", range(outer_least, most, -1), "le", range(most, outer_least), constants)
    if least == most and (outside != least).all():
        yield _with("eq", least)
    if outer_least == outer_most and (inside != outer_least).all():
        yield _with("ne", outer_least)


def _cuts(strict: str, outer: range, weak: str, inner: range, constants: Collection[int]) -> Iterator[Build]:
    """Yield what cuts a part at the easiest of the bounds that are right; they start with the one nearest to a row."""
    chosen = {easier_cut(strict, weak, outer[0], inner[0])}
    bounds = [(strict, outer[0]), (weak, inner[0])]
    bounds += [(name, c) for name, right in ((strict, outer), (weak, inner)) for c in constants if c in right]
    chosen.add(min(bounds, key=lambda bound: (reading_of_constant(bound[1]), bound[0], str(bound[1]))))
    yield from (_with(*cut) for cut in chosen)
