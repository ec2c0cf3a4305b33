"""Data of cellular automata: neighbourhoods with the next value of their middle cell, all of them.

A row has periodic borders: the cell left of the first is the last.  A grid is a torus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import ceil, prod

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.data import EssenceData, Samples
from mips_core.essence.tasks.judging import Function, Judge, Problem, Scaling, Size, count_entries

IntArray = NDArray[np.int64]

RULES = 256
"""Number of elementary rules: one output bit for each of the 8 patterns of three cells."""


def all_bits(n: int) -> IntArray:
    """Return all 2^n rows of n bits, in the order of the numbers that they write: int64 (2^n, n).

    >>> all_bits(2).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1]) & 1


def next_row(cells: NDArray[np.integer], rule: int) -> IntArray:
    """Return rows one step later, int64 (..., n): bit 4 * left + 2 * here + right of the rule's number.

    >>> next_row(np.array([0, 0, 0, 1, 0]), 110).tolist()
    [0, 0, 1, 1, 0]
    """
    cells = cells.astype(np.int64)
    left, right = np.roll(cells, 1, axis=-1), np.roll(cells, -1, axis=-1)
    bits = (rule >> np.arange(8)) & 1
    return bits[4 * left + 2 * cells + right]


def neighbours(cells: NDArray[np.integer]) -> IntArray:
    """Return how many of the eight cells around each cell of a torus are 1: (..., h, w) -> int64 (..., h, w)."""
    cells = cells.astype(np.int64)
    rows = np.roll(cells, 1, axis=-2) + cells + np.roll(cells, -1, axis=-2)
    return np.roll(rows, 1, axis=-1) + rows + np.roll(rows, -1, axis=-1) - cells


def next_life(cells: NDArray[np.integer]) -> IntArray:
    """Return grids one step of the Game of Life later: born with 3 neighbours, staying with 2 or 3.

    >>> next_life(np.array([[0] * 5, [0] * 5, [0, 1, 1, 1, 0], [0] * 5, [0] * 5]))[:, 2].tolist()
    [0, 1, 1, 1, 0]
    """
    count = neighbours(cells)
    return ((count == 3) | ((count == 2) & (cells == 1))).astype(np.int64)


def next_majority(cells: NDArray[np.integer]) -> IntArray:
    """Return grids where each cell became what most of the nine cells around and including it were."""
    return (neighbours(cells) + cells >= 5).astype(np.int64)


def rule_data(rule: int) -> EssenceData:
    """Return the 8 patterns (left, here, right) of one rule with the next value of the middle cell."""
    patterns = all_bits(3)
    return EssenceData((Samples(patterns, next_row(patterns, rule)[:, 1]),), name=f"eca-{rule}")


def joint_data() -> EssenceData:
    """Return 2048 inputs: the bits of a rule's number, bit 0 first, then left, here, right; y is the bit addressed."""
    x = all_bits(11)[:, [*range(8)[::-1], 8, 9, 10]]
    y = x[np.arange(len(x)), 4 * x[:, 8] + 2 * x[:, 9] + x[:, 10]]
    return EssenceData((Samples(x, y),), name="eca-joint")


def life_data() -> EssenceData:
    """Return the 512 neighbourhoods of 3 by 3 cells with the next value of the middle one."""
    patches = all_bits(9).reshape(-1, 3, 3)
    return EssenceData((Samples(patches, next_life(patches)[:, 1, 1]),), name="life")


def majority_grid_data() -> EssenceData:
    """Return the 512 neighbourhoods of 3 by 3 cells with their majority."""
    patches = all_bits(9).reshape(-1, 3, 3)
    return EssenceData((Samples(patches, next_majority(patches)[:, 1, 1]),), name="majority-grid")


def row_data(rule: int, sizes: tuple[int, ...] = (6, 7, 8)) -> EssenceData:
    """Return all rows of n cells with all their next rows, at several n: the whole row is the input, y is (N, n)."""
    rows = [all_bits(n) for n in sizes]
    return EssenceData(tuple(Samples(x, next_row(x, rule)) for x in rows), name=f"rows of rule {rule}")


def rule_judge(rule: int) -> Judge:
    """Judge a function from a row to the next row: every cell of a run from random cells is compared."""
    return Judge(
        measure=partial(_run, partial(next_row, rule=rule)),
        quick=(((100,), 10_000), ((1_000,), 100_000), ((100_000,), 200_000)),
        full=(((100,), 10_000), ((10_000,), 1_000_000), ((1_000_000,), 100_000_000)),
        smallest=(3,),
    )


def joint_judge() -> Judge:
    """Judge a function from a row and a rule's number to the next row; the rules take turns, in random order."""
    return Judge(
        measure=_run_rules,
        quick=(((100,), 25_600), ((1_000,), 256_000), ((100_000,), 200_000)),
        full=(((100,), 25_600), ((10_000,), 2_560_000), ((1_000_000,), 20_000_000)),
        smallest=(3,),
    )


def life_judge() -> Judge:
    """Judge a function from a grid to the next grid of the Game of Life."""
    return _grid_judge(next_life)


def majority_grid_judge() -> Judge:
    """Judge a function from a grid to the grid of majorities."""
    return _grid_judge(next_majority)


def _grid_judge(step: Callable[[IntArray], IntArray]) -> Judge:
    return Judge(
        measure=partial(_run, step),
        quick=(((20, 20), 20_000), ((100, 100), 100_000), ((400, 300), 240_000)),
        full=(((100, 100), 1_000_000), ((400, 300), 12_000_000), ((1_000, 1_000), 100_000_000)),
        smallest=(3, 3),
    )


def _run(
    step: Callable[[IntArray], IntArray], function: Function, size: Size, cases: int, rng: np.random.Generator
) -> tuple[Scaling, ...]:
    """Compare one step after the other; each begins at the true cells, so that a wrong cell is counted once."""

    def problems() -> Iterator[Problem]:
        cells = rng.integers(0, 2, size)
        for _ in range(ceil(cases / prod(size))):
            following = step(cells)
            yield (cells.tolist(),), following
            settled = bool((following == cells).all())  # nothing new would be seen from there
            cells = rng.integers(0, 2, size) if settled else following

    return (count_entries(function, problems(), size),)


def _run_rules(function: Function, size: Size, cases: int, rng: np.random.Generator) -> tuple[Scaling, ...]:
    def problems() -> Iterator[Problem]:
        rules = rng.permutation(RULES)
        for number in range(ceil(cases / size[0])):
            cells, rule = rng.integers(0, 2, size), int(rules[number % RULES])
            yield (cells.tolist(), rule), next_row(cells, rule)

    return (count_entries(function, problems(), size),)
