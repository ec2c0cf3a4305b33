"""Data about lists of numbers: the place of the largest, the majority of bits, running "or", the fullest row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.data import EssenceData, Samples
from mips_core.essence.tasks.automata import IntArray, all_bits
from mips_core.essence.tasks.judging import Function, Judge, Problem, Scaling, Size, count_entries, count_inputs

Draw = Callable[[int, Size, np.random.Generator], NDArray[Any]]
"""``draw(count, size, rng)`` gives inputs, (count, *size)."""


def argmax_data() -> EssenceData:
    """Return lists with a single 1 and its place, at n = 6, 4 and 9."""
    return EssenceData(
        tuple(Samples(np.eye(n, dtype=np.int64), np.arange(n)) for n in (6, 4, 9)),
        name="argmax",
    )


def majority_data() -> EssenceData:
    """Return all lists of 5, 7 and 9 bits with the bit that occurs more often."""
    return EssenceData(tuple(Samples(x, majority(x)) for x in map(all_bits, (5, 7, 9))), name="majority")


def prefix_or_data() -> EssenceData:
    """Return all lists of 6, 5 and 7 bits; y[i] says whether there was a 1 at place i or before."""
    return EssenceData(tuple(Samples(x, prefix_or(x)) for x in map(all_bits, (6, 5, 7))), name="prefix-or")


def fullest_row_data() -> EssenceData:
    """Return all grids of bits of three sizes in which one row alone has the most ones, with that row's index."""
    samples = []
    for h, w in ((4, 3), (5, 2), (4, 2)):
        grids = all_bits(h * w).reshape(-1, h, w)
        row = fullest_row(grids)
        samples.append(Samples(grids[row >= 0], row[row >= 0]))
    return EssenceData(tuple(samples), name="fullest-row")


def majority(x: NDArray[np.integer]) -> IntArray:
    """Return the bit that occurs more often, (N, n) -> (N,); n is odd."""
    return (2 * x.sum(axis=1) > x.shape[1]).astype(np.int64)


def prefix_or(x: NDArray[np.integer]) -> IntArray:
    """Return at each place whether a 1 was there or before, (N, n) -> (N, n)."""
    return np.maximum.accumulate(x, axis=1).astype(np.int64)


def fullest_row(grids: NDArray[np.integer]) -> IntArray:
    """Return the index of the row with the most ones, -1 where two share it: (N, h, w) -> (N,)."""
    counts = grids.sum(axis=2)
    alone = (counts == counts.max(axis=1, keepdims=True)).sum(axis=1) == 1
    return np.where(alone, counts.argmax(axis=1), -1)


def argmax_judge() -> Judge:
    """Judge a function from numbers to the place of the largest: normally distributed numbers, none like another."""
    return Judge(
        measure=partial(_judge, _draw_normal, lambda x: x.argmax(axis=1)),
        quick=(((6,), 10_000), ((60,), 2_000), ((600,), 200), ((6_000,), 20)),
        full=(((6,), 100_000), ((60,), 100_000), ((600,), 100_000), ((6_000,), 100_000)),
        smallest=(2,),
    )


def majority_judge() -> Judge:
    """Judge a function from an odd number of bits to the one that occurs more often; half of the cases are closest."""
    return Judge(
        measure=partial(_judge, _draw_even, majority),
        quick=(((5,), 2_000), ((99,), 2_000), ((999,), 500), ((9_999,), 50)),
        full=(((5,), 10_000), ((99,), 10_000), ((999,), 10_000), ((9_999,), 10_000)),
        smallest=(3,),
        step=2,
    )


def prefix_or_judge() -> Judge:
    """Judge a function from bits to "there was a 1 so far": the first 1 is as often at one place as at another."""
    return Judge(
        measure=_judge_prefixes,
        quick=(((6,), 6_000), ((70,), 70_000), ((700,), 70_000)),
        full=(((6,), 60_000), ((70,), 700_000), ((700,), 7_000_000), ((7_000,), 7_000_000)),
        smallest=(1,),
    )


def fullest_row_judge() -> Judge:
    """Judge a function from a grid of bits to its fullest row, which is ahead by a single 1."""
    return Judge(
        measure=partial(_judge, _draw_grids, fullest_row),
        quick=(((4, 3), 2_000), ((40, 50), 200), ((400, 500), 3)),
        full=(((4, 3), 10_000), ((40, 50), 10_000), ((400, 500), 1_000)),
        smallest=(2, 2),
    )


def _judge(
    draw: Draw,
    truth: Callable[[NDArray[Any]], IntArray],
    function: Function,
    size: Size,
    cases: int,
    rng: np.random.Generator,
) -> tuple[Scaling, ...]:
    return (count_inputs(function, _problems(draw, truth, size, cases, rng), size),)


def _judge_prefixes(function: Function, size: Size, cases: int, rng: np.random.Generator) -> tuple[Scaling, ...]:
    problems = _problems(_draw_first, prefix_or, size, ceil(cases / size[0]), rng)
    return (count_entries(function, problems, size),)


def _problems(
    draw: Draw, truth: Callable[[NDArray[Any]], IntArray], size: Size, count: int, rng: np.random.Generator
) -> Iterator[Problem]:
    most = max(1, 1_000_000 // int(np.prod(size)))  # inputs held at once
    for start in range(0, count, most):
        x = draw(min(most, count - start), size, rng)
        for value, answer in zip(x, truth(x), strict=True):
            yield (value.tolist(),), answer if answer.ndim else int(answer)


def _draw_normal(count: int, size: Size, rng: np.random.Generator) -> NDArray[Any]:
    return rng.standard_normal((count, *size))


def _draw_even(count: int, size: Size, rng: np.random.Generator) -> NDArray[Any]:
    """Return bits; in every second row the ones are one more or one fewer than the zeros."""
    x = rng.integers(0, 2, (count, *size))
    close = np.arange(size[0]) < size[0] // 2 + rng.integers(0, 2, (len(x[::2]), 1))
    x[::2] = rng.permuted(close.astype(np.int64), axis=1)
    return x


def _draw_first(count: int, size: Size, rng: np.random.Generator) -> NDArray[Any]:
    """Return bits of which the first 1 stands anywhere, or nowhere."""
    first = rng.integers(0, size[0] + 1, (count, 1))
    place = np.arange(size[0])
    return np.where(place < first, 0, np.where(place == first, 1, rng.integers(0, 2, (count, *size))))


def _draw_grids(count: int, size: Size, rng: np.random.Generator) -> NDArray[Any]:
    """Return grids of which one row has one 1 more than the fullest of the others."""
    h, w = size
    ones = rng.integers(0, w, (count, h))
    winner = rng.integers(0, h, count)
    ones[np.arange(count), winner] = -1
    ones[np.arange(count), winner] = ones.max(axis=1) + 1
    return rng.permuted((np.arange(w) < ones[:, :, None]).astype(np.int64), axis=2)
