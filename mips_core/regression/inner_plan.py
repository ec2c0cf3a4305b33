"""Which formulas there are with one constant inside: g OP h(f, k) with small parts f and g, also under a sign.

The pattern is known beforehand, without the values, and the same for all tables of as many columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mips_core.regression.formula import READING, TRUTH_AS_NUMBER, reading_of_constant
from mips_core.regression.leaf_plan import Leaves, Plan, plan_of
from mips_core.regression.undone import INNER
from mips_core.stepping import IntArray

_AROUND = 3  # nodes of a formula beside f and g: two operators and the constant
_TRUTHS = ("lt", "le", "gt", "ge", "eq", "ne")
_NUMBERS = ("add", "sub", "from", "mul", "min", "max")
_UNDER_MINUS = ("min", "max", "floordiv", "")  # others swallow a minus, or stand among formulas that are as short
_ALIKE = {
    ("add", "add"), ("add", "from"), ("sub", "add"), ("sub", "from"), ("from", "add"), ("from", "from"), ("mul", "mul"),
    ("min", "min"), ("max", "max"), ("", "add"), ("", "from"), ("", "mul"), ("floordiv", "mul"),
}  # fmt: skip
"""Operators one of which may stand around the other: the constant is beside the rest, or the formula weighs more."""


@dataclass(frozen=True)
class Inside:
    """Formulas with the same operator h: where g OP stands in :attr:`InnerPlan.outer`, f, and what they weigh; (n,).

    Weight and reading cost are the least that they may have.
    """

    name: str
    outer: IntArray
    part: IntArray
    weights: IntArray
    costs: IntArray


@dataclass(frozen=True)
class Outer:
    """An operator, perhaps under a sign, beside parts g: their numbers, from ``start`` on, shape (n,)."""

    name: str
    sign: str
    start: int
    parts: IntArray


@dataclass(frozen=True)
class InnerPlan:
    """All formulas of so many nodes with a constant inside, by their operators; ``parts`` are f and g."""

    parts: Plan
    outer: tuple[Outer, ...]
    inner: tuple[Inside, ...]


@lru_cache(maxsize=64)
def inner_plan(leaves: Leaves) -> InnerPlan:
    """Return all formulas over some leaves without constants but for the one inside."""
    largest = leaves.room if _alone(leaves) else leaves.room - 1  # nodes of f and two more
    parts = plan_of(Leaves(leaves.columns, 0, leaves.divisors, 0, largest, leaves.truth))
    covers = _covers(parts, leaves.columns)
    outer: list[Outer] = []
    for name, sign in _roots(leaves):
        start = sum(len(one.parts) for one in outer)
        outer.append(Outer(name, sign, start, _beside(name, parts, leaves)))
    inner = []
    for name in INNER:
        found = [_combined(one, name, parts, covers, leaves) for one in outer if _differs(one, name, leaves)]
        inner.append(Inside(name, *(np.concatenate([one[k] for one in found]) for k in range(4))))
    return InnerPlan(parts, tuple(outer), tuple(inner))


def _alone(leaves: Leaves) -> bool:
    """Whether nothing else looks for a constant beside the rest: the formula need not depend on two columns."""
    return leaves.needed.bit_count() < 2


def _differs(outer: Outer, name: str, leaves: Leaves) -> bool:
    """Whether the operators make a formula that is not looked for elsewhere."""
    if not outer.name and not outer.sign:
        return name == "distance" or _alone(leaves)
    return (outer.name, name) not in _ALIKE


@lru_cache(maxsize=256)
def easier_plan(leaves: Leaves, weight: int, cost: int) -> InnerPlan:
    """Return the formulas that may have a smaller weight, or the same and a smaller reading cost."""
    plan = inner_plan(leaves)
    inner = []
    for one in plan.inner:
        keep = (one.weights < weight) | ((one.weights == weight) & (one.costs < cost))
        if keep.any():
            inner.append(Inside(one.name, *(a[keep] for a in (one.outer, one.part, one.weights, one.costs))))
    used = np.concatenate([one.outer for one in inner]) if inner else np.zeros(0, dtype=np.int64)
    outer: list[Outer] = []
    moved = np.zeros(sum(len(one.parts) for one in plan.outer), dtype=np.int64)
    for root in plan.outer:
        places = np.arange(root.start, root.start + len(root.parts))
        if np.isin(places, used).any():
            start = sum(len(before.parts) for before in outer)
            moved[places] = places - root.start + start
            outer.append(Outer(root.name, root.sign, start, root.parts))
    return InnerPlan(
        plan.parts, tuple(outer), tuple(Inside(i.name, moved[i.outer], i.part, i.weights, i.costs) for i in inner)
    )


def _beside(name: str, parts: Plan, leaves: Leaves) -> IntArray:
    """Return the parts that may stand beside the operator: one that is not used, where it has no second argument."""
    if not name:
        return np.zeros(1, dtype=np.int64)
    if name == "floordiv":
        return np.array(sorted(leaves.divisors), dtype=np.int64)
    small = np.flatnonzero(parts.sizes <= leaves.room - _AROUND - 1)
    return small if name in _TRUTHS else small[~parts.truths[small]]


def _roots(leaves: Leaves) -> Iterator[tuple[str, str]]:
    for name in (*_NUMBERS, "floordiv"):
        yield name, ""
    if leaves.truth:
        for name in _TRUTHS:
            yield name, ""
    yield "", ""
    if leaves.room > _AROUND + 2:
        for name in _UNDER_MINUS:
            yield name, "neg"


def _combined(
    around: Outer, name: str, parts: Plan, covers: IntArray, leaves: Leaves
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return (place of g OP, f, weight, reading cost) of formulas with these operators; (n,) each."""
    outer, sign, beside = around.name, around.sign, around.parts[:, None]
    one, is_truth, signed = int(bool(outer)), name in _TRUTHS, int(bool(sign)) + (name == "distance")
    weight = parts.sizes[None] + parts.sizes[beside] * one + (2 + one + signed)
    if (is_truth and outer and outer not in _TRUTHS) or (outer == "mul" and name in ("min", "max")):
        weight = weight + 2
    fits = (weight <= leaves.room) & ((covers[None] | covers[beside] * one) & leaves.needed == leaves.needed)
    if not is_truth:
        fits &= ~parts.truths[None]
    cost = parts.costs[None] + parts.costs[beside] * one + _reading(name) + reading_of_constant(0)
    cost = cost + (one * _reading(outer) + bool(sign) * READING["neg"] + (is_truth and bool(outer)) * TRUTH_AS_NUMBER)
    left, right = np.nonzero(fits)
    return left + around.start, right, weight[left, right], cost[left, right]


def _reading(name: str) -> int:
    if name == "distance":
        return READING["abs"] + READING["sub"]
    return READING["sub" if name == "from" else name] if name else 0


def _covers(parts: Plan, columns: int) -> IntArray:
    """Return the columns that each part holds, as bits."""
    covers = np.zeros(len(parts.sizes), dtype=np.int64)
    covers[:columns] = 1 << np.arange(columns)
    for block in parts.blocks:
        held = covers[block.left] if block.right is None else covers[block.left] | covers[block.right]
        covers[block.start : block.start + len(held)] = held
    return covers
