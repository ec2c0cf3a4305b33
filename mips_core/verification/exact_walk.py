"""When a walk through pairs of states says something about a program's text, and not only about 64-bit integers.

Equations are followed with 64-bit integers, of which the remainder by 0 is 0; Python's integers have no end, and its
remainder by 0 is an error.  Interval arithmetic over the states that were reached shows where the two are the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.expressions import Apply, Expression
from mips_core.machines.integer_system import IntegerSystem
from mips_core.programs.program import Program
from mips_core.programs.ranges import Bounds, bounds_of, system_ranges
from mips_core.progress import Stopwatch
from mips_core.stepping import IntArray, Stepper
from mips_core.verification.product import ProductSearch, search_product

MOST_TRANSITIONS = 200_000
"""Pairs of a state and an input that a walk looks at."""
MOST_PAIRS_UNBOUNDED = 1_000
"""Pairs of states after which a program that has no bounds, as far as intervals show, is taken for an endless one."""
SECONDS = 6.0
"""Time for a walk, and for going through it again: equations of a stranger may take long for each step."""
_EXACT = 2**62
FAILED = -(2**63)
"""What stands for an output where there is an error instead."""


@dataclass(frozen=True, eq=False)
class Failing:
    """A program of which a table may lack an entry: where it ends with that error, its outputs are :data:`FAILED`."""

    thing: Stepper

    @property
    def input_width(self) -> int:
        """Integers per step on the input side."""
        return self.thing.input_width

    @property
    def output_width(self) -> int:
        """Integers per step on the output side."""
        return self.thing.output_width

    def start(self, batch: int) -> NDArray[Any]:
        """Return the state before the first input."""
        return self.thing.start(batch)

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Compute one step on a batch; a program that failed stays where it was."""
        try:
            return self.thing.step(state, x)
        except KeyError:
            half = len(x) // 2
            if not half:
                return state, np.full((1, self.output_width), FAILED, dtype=np.int64)
            parts = [self.step(state[part], x[part]) for part in (slice(half), slice(half, None))]
            return np.concatenate([s for s, _ in parts]), np.concatenate([y for _, y in parts])


def exact_walk(program: Program, other: Stepper, symbols: IntArray) -> ProductSearch | None:
    """Walk through all pairs of states of a program and of ``other``; None where that would prove nothing.

    A result is closed (equal at every length) or holds a shortest word on which they differ.

    Parameters
    ----------
    other : with states that are rows of integers, and exact, e.g. a finite machine
    symbols : inputs that may occur, int64 (X, D_in)
    """
    if program.system.histories or program.output_width != other.output_width:
        return None
    limit = MOST_TRANSITIONS // max(1, len(symbols))
    given = [(int(column.min()), int(column.max())) for column in symbols.T]
    if any(math.isinf(end) for bounds in system_ranges(program.system, given).values() for end in bounds):
        limit = min(limit, MOST_PAIRS_UNBOUNDED)
    try:
        with np.errstate(all="ignore"):  # what overflows or divides by 0 is found below
            walk = search_product(Failing(program), other, symbols, limit=limit, seconds=SECONDS)
            if walk.word is None and not walk.closed:
                return None
            steps = None if walk.closed else len(walk.word if walk.word is not None else ())
            reached = _reached(program.system, symbols, steps, limit)
    except KeyError:  # a table of the other one lacks an entry
        return None
    return walk if reached is not None and _is_exact(program.system, reached, symbols) else None


def _reached(system: IntegerSystem, symbols: IntArray, steps: int | None, limit: int) -> dict[str, Bounds] | None:
    """Return between which values each state variable lies before each of the first ``steps`` steps, of all for None.

    None where more than ``limit`` states are met, or it takes too long.
    """
    level = system.start(1)
    low, high = level.min(axis=0), level.max(axis=0)
    seen = set(map(tuple, level.tolist()))
    done, clock = 1, Stopwatch()
    while len(level) and (steps is None or done < steps):
        after, _ = system.step(np.repeat(level, len(symbols), axis=0), np.tile(symbols, (len(level), 1)))
        after = np.unique(after, axis=0)
        fresh = [row for row in map(tuple, after.tolist()) if row not in seen]
        seen.update(fresh)
        if len(seen) > limit or clock.seconds > SECONDS:
            return None
        level = np.array(fresh, dtype=np.int64).reshape(len(fresh), system.order)
        if len(level):
            low, high = np.minimum(low, level.min(axis=0)), np.maximum(high, level.max(axis=0))
        done += 1
    return {v.name: (int(a), int(b)) for v, a, b in zip(system.state, low, high, strict=True)}


def _is_exact(system: IntegerSystem, state: Mapping[str, Bounds], symbols: IntArray) -> bool:
    """Return whether no part of a formula can leave 64 bits, and no divisor be 0, on states within these bounds.

    Where that holds for the states met, the integers computed were right, and so were the states met.
    """
    ranges: dict[str, Bounds] = dict(state)
    for i, name in enumerate(system.inputs):
        ranges[name] = (int(symbols[:, i].min()), int(symbols[:, i].max()))
    for name, value in system.locals:
        if not _within([value], ranges):
            return False
        ranges[name] = bounds_of(value, ranges)
    return _within([*(v.update for v in system.state), *system.outputs], ranges)


def _within(expressions: Sequence[Expression], ranges: Mapping[str, Bounds]) -> bool:
    for expression in expressions:
        for node in expression.walk():
            low, high = bounds_of(node, ranges)
            if low < -_EXACT or high > _EXACT:
                return False
            if isinstance(node, Apply) and node.name in ("mod", "floordiv"):
                divisor = bounds_of(node.arguments[1], ranges)
                if divisor[0] <= 0 <= divisor[1]:
                    return False
    return True
