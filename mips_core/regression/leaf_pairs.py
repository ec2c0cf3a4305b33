"""Which pairs of parts are the target under an operator, found on one row after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import OPERATORS
from mips_core.regression.leaf_plan import COMPARED, Plan, Root
from mips_core.stepping import IntArray

_FIRST = 8  # rows that thin the pairs out one after the other
_FEW = 100  # pairs that are computed on all rows at once
_RELATIONS = {
    "eq": (False, False, True), "ne": (True, True, False), "lt": (False, True, False), "le": (False, True, True),
    "gt": (True, False, False), "ge": (True, False, True),
}  # fmt: skip
"""Whether a comparison holds for what is more, less, and the same."""


@dataclass(frozen=True)
class Hits:
    """Parts that are the target under an operator, or also under "neg" (sign 1) or "abs" (sign 2); each (n,)."""

    name: str
    left: IntArray
    right: IntArray
    sign: IntArray


def matching_pairs(plan: Plan, values: IntArray, target: IntArray, solved: range) -> list[Hits]:
    """Return the pairs of parts that make up the target on some rows, up to the sign.

    Parameters
    ----------
    values : of all parts, int64, shape (N, R)
    target : int64, shape (R,)
    solved : parts that are constants: beside the rest they are solved for, and so left out here
    """
    first = values[:, :_FIRST].T.copy()
    hits = []
    for root in plan.roots:
        found = _compared if root.name == COMPARED else _computed
        hits += [_without(hit, solved) for hit in found(root, first, values, target)]
    return [hit for hit in hits if len(hit.left)]


def _without(hits: Hits, solved: range) -> Hits:
    keep = np.flatnonzero((hits.sign > 0) | (hits.right < solved.start) | (hits.right >= solved.stop))
    return Hits(hits.name, hits.left[keep], hits.right[keep], hits.sign[keep])


def _computed(root: Root, first: IntArray, values: IntArray, target: IntArray) -> Iterator[Hits]:
    """Yield the pairs that an operator makes the target, up to the sign."""
    size, compute = np.abs(target), OPERATORS[root.name].compute
    left, right = root.left, root.right
    for row, few in enumerate(first):
        close = np.flatnonzero(np.abs(compute(few[left], few[right])) == size[row])
        left, right = left[close], right[close]
        if len(left) < _FEW:
            break
    if not len(left):
        return
    out = compute(values[left], values[right])
    same, opposite = (out == target).all(axis=1), (out == -target).all(axis=1)
    one_sign = target.min() >= 0 or target.max() <= 0
    good = np.flatnonzero((np.abs(out) == size).all(axis=1) if one_sign else same | opposite)
    sign = np.where(same, 0, np.where(opposite, 1, 2))
    yield Hits(root.name, left[good], right[good], sign[good])


def _compared(root: Root, first: IntArray, values: IntArray, target: IntArray) -> Iterator[Hits]:
    """Yield the pairs that a comparison makes the target, 0 and 1, or 0 and -1 under a sign.

    It does where the parts are more, less and the same on rows that hold, or on others, but never on both.
    """
    holds, left, right = target != 0, root.left, root.right
    for few in (first, values.T):
        one, two, yes_rows = few[:, left], few[:, right], holds[: len(few)]
        relations = (one > two, one < two, one == two)
        yes = np.stack([relation[yes_rows].any(axis=0) for relation in relations])
        no = np.stack([relation[~yes_rows].any(axis=0) for relation in relations])
        close = np.flatnonzero(~(yes & no).any(axis=0))
        left, right, yes, no = left[close], right[close], yes[:, close], no[:, close]
    sign = int(target.min() < 0)
    for name, relation in _RELATIONS.items():
        includes = np.array(relation)[:, None]
        good = np.flatnonzero((includes | ~yes).all(axis=0) & ~(includes & no).any(axis=0))
        yield Hits(name, left[good], right[good], np.full(len(good), sign))
