"""Which formulas of at most six or seven nodes there are over some leaves: their pattern, without the values.

A formula of at most six nodes without a condition has at most three leaves, one of seven has four.  Where the target
is known to depend on two or three columns, these are among the leaves, and every part has to leave room for those that
it lacks.  What is left is little, and the same for all tables of as many columns and constants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import OPERATORS, Expression, Variable
from mips_core.regression.formula import READING, SQUARE, TRUTH_AS_NUMBER, reading_cost, reading_of_constant
from mips_core.stepping import IntArray

_COLUMN = reading_cost(Variable("x"))
_ONE_SPARE = 6  # nodes up to which one part of a formula is a leaf
_SIGNS = ("abs", "neg")
_NUMBERS = ("add", "sub", "mul", "min", "max")
_DIVISIONS = ("mod", "floordiv")
COMPARED = "compared"  # by any comparison
_INNER_TRUTHS = ("eq", "lt", "le")


Candidate = tuple[int, int, Callable[[], Iterator[Expression]]]
"""The least weight that formulas may have, the reading cost that they have about then, and what builds them."""


@dataclass(frozen=True)
class Leaves:
    """What a plan depends on.

    Parameters
    ----------
    columns : number of columns, the first leaves
    constants : number of constants, the leaves after them
    divisors : leaves that may be divided by
    needed : columns that each formula holds, as bits
    room : nodes of a formula at most, 5 to 7
    truth : the target is 0 and 1, or 0 and -1, and so may be a comparison, also of comparisons
    """

    columns: int
    constants: int
    divisors: frozenset[int]
    needed: int
    room: int
    truth: bool


@dataclass(frozen=True)
class Block:
    """Parts with the same operator, in a row from ``start``: the numbers of their arguments, each (n,)."""

    name: str
    start: int
    left: IntArray
    right: IntArray | None


@dataclass(frozen=True)
class Root:
    """An outermost operator, or that there is a comparison, and the parts that it is applied to, each (n,)."""

    name: str
    left: IntArray
    right: IntArray


@dataclass(frozen=True)
class Plan:
    """All formulas of so many nodes, but for a constant beside a part that is solved for.

    Parameters
    ----------
    sizes : nodes of all parts, the leaves first; (N,)
    costs : their reading costs, but for constants; (N,)
    priced : where the reading cost of their constant stands in :meth:`constant_costs`; (N,)
    truths : whether they are comparisons; bool, (N,)
    blocks : how all parts that are no leaves come from earlier ones
    roots : pairs of parts that make up a formula
    whole : parts that hold all columns needed, (n,)
    single : number of parts that are leaves or leaves under a sign, the first ones
    """

    sizes: IntArray
    costs: IntArray
    priced: IntArray
    truths: NDArray[np.bool_]
    blocks: tuple[Block, ...]
    roots: tuple[Root, ...]
    whole: IntArray
    single: int

    @staticmethod
    def constant_costs(constants: Sequence[int]) -> IntArray:
        """Return the reading costs of no constant, of each constant, and of each where it is added to something."""
        plain = [reading_of_constant(value) for value in constants]
        less = READING["sub"] - READING["add"]
        added = [reading_of_constant(abs(value)) + (less if value < 0 else 0) for value in constants]
        return np.array([0, *plain, *added])

    def arguments(self, part: int) -> tuple[str, tuple[int, ...]] | None:
        """Return the operator of a part and the numbers of its arguments, or None for a leaf."""
        for block in reversed(self.blocks):
            if part >= block.start:
                at = part - block.start
                right = () if block.right is None else (int(block.right[at]),)
                return block.name, (int(block.left[at]), *right)
        return None


@lru_cache(maxsize=64)
def plan_of(leaves: Leaves) -> Plan:
    """Return all formulas over some leaves."""
    parts = _Parts(leaves)
    parts.add_signs(range(leaves.columns))
    single = range(len(parts))
    inner = (*_NUMBERS, *_DIVISIONS, *(_INNER_TRUTHS if leaves.truth else ()))
    for name in inner:
        parts.add_pairs(name, single, single)
    if leaves.room > _ONE_SPARE and not leaves.truth:
        for name in _INNER_TRUTHS:
            parts.add_pairs(name, range(leaves.columns), range(leaves.columns))
    small = range(len(parts))
    parts.add_signs(range(single.stop, small.stop))
    below = range(small.stop, len(parts))
    if leaves.room > _ONE_SPARE:
        for name in inner:
            parts.add_pairs(name, range(single.stop, below.stop), single)
            if name == "sub":
                parts.add_pairs(name, single, range(single.stop, below.stop))
    covers, size = np.array(parts.covers), np.array(parts.sizes)
    roots = []
    for names in (_NUMBERS, _DIVISIONS, (COMPARED,) if leaves.truth else ()):
        if names:
            left, right = _beside(parts, small if leaves.room > _ONE_SPARE else single, names[0])
            roots += [Root(name, left, right) for name in names]
            roots += [Root(name, right, left) for name in names if name == "sub"]
    whole = np.flatnonzero(covers & leaves.needed == leaves.needed)
    return Plan(
        size, np.array(parts.costs), np.array(parts.priced), np.array(parts.truths), tuple(parts.blocks), tuple(roots),
        whole, single.stop,
    )  # fmt: skip


class _Parts:
    """Parts in the order in which they are computed."""

    def __init__(self, leaves: Leaves) -> None:
        self.leaves = leaves
        self.most = leaves.room - 2  # beside a part stand an operator and a leaf at least
        self.covers = [1 << i for i in range(leaves.columns)] + [0] * leaves.constants
        self.sizes = [1] * len(self.covers)
        self.costs = [_COLUMN] * leaves.columns + [0] * leaves.constants
        self.priced = [0] * leaves.columns + list(range(1, leaves.constants + 1))
        self.truths = [False] * len(self.covers)
        self.blocks: list[Block] = []

    def __len__(self) -> int:
        return len(self.sizes)

    def add_signs(self, below: range) -> None:
        """Add ``abs`` and ``neg`` of some parts; of comparisons they say nothing, or weigh too much."""
        chosen = [i for i in below if self.sizes[i] < self.most and not self.truths[i]]
        for name in _SIGNS:
            self._add(name, chosen, None)

    def add_pairs(self, name: str, lefts: range, rights: range) -> None:
        """Add an operator on all pairs that leave room for the columns that they lack."""
        left, right = self._pairs(name, lefts, rights)
        self._add(name, left.tolist(), right.tolist())

    def _pairs(self, name: str, lefts: range, rights: range) -> tuple[IntArray, IntArray]:
        leaves = self.leaves
        i, j = np.array(lefts)[:, None], np.array(rights)[None, :]
        covers, sizes = np.array(self.covers), np.array(self.sizes)
        size, covered = sizes[i] + sizes[j] + 1, covers[i] | covers[j]
        lacking = np.array([(leaves.needed & ~bits).bit_count() for bits in range(1 << leaves.columns)])
        fits: NDArray[np.bool_] = (size <= self.most) & (covered > 0)
        fits &= size + 2 * lacking[covered] <= leaves.room  # an operator and a leaf for each
        if OPERATORS[name].commutative and lefts == rights:
            fits &= i <= j
        if not OPERATORS[name].is_truth:
            truths = np.array(self.truths)
            fits &= ~truths[i] & ~truths[j]
        if name in _DIVISIONS:
            fits &= np.isin(j, list(leaves.divisors))
        if name == "sub":  # a constant is added
            fits &= (j < leaves.columns) | (j >= leaves.columns + leaves.constants)
        left, right = np.nonzero(fits)
        return left + lefts.start, right + rights.start

    def _add(self, name: str, left: list[int], right: list[int] | None) -> None:
        if not left:
            return
        others = [None] * len(left) if right is None else right
        self.blocks.append(
            Block(name, len(self), np.array(left), None if right is None else np.array(right)),
        )
        for i, j in zip(left, others, strict=True):
            self.covers.append(self.covers[i] | (0 if j is None else self.covers[j]))
            self.sizes.append(1 + self.sizes[i] + (0 if j is None else self.sizes[j]))
            arguments = [i] if j is None else [i, j]
            priced = sum(self.priced[k] for k in arguments)  # one of them at most holds a constant
            added = name == "add" and any(not self.covers[k] for k in arguments)
            self.priced.append(priced + (self.leaves.constants if added else 0))
            self.costs.append(
                sum(self.costs[k] for k in arguments) + READING[name] + (SQUARE if name == "mul" and i == j else 0)
                + TRUTH_AS_NUMBER * sum(self.truths[k] for k in arguments)
            )  # fmt: skip
            self.truths.append(OPERATORS[name].is_truth)


def _beside(parts: _Parts, rights: range, name: str) -> tuple[IntArray, IntArray]:
    """Return the parts on the left, and those among the first ones that may stand on the right of them."""
    covers, sizes, end = np.array(parts.covers, dtype=np.uint16), np.array(parts.sizes, dtype=np.uint8), rights.stop
    needed = parts.leaves.needed
    fits: NDArray[np.bool_] = (covers[:, None] | covers[None, :end]) & needed == needed
    fits &= sizes[:, None] + sizes[None, :end] < parts.leaves.room
    if name != COMPARED and parts.leaves.room <= _ONE_SPARE:  # comparisons weigh too much as numbers
        fits &= ~np.array(parts.truths)[:, None]
    if name in _DIVISIONS:
        fits &= np.isin(rights, list(parts.leaves.divisors))[None, :]
    else:  # of two small ones one order is enough: the operators come in both
        fits[:end] &= np.arange(end)[:, None] <= np.arange(end)
    left, right = np.nonzero(fits)
    return left, right
