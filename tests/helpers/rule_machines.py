"""Machines written down as rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from mips_core.machines.mealy import MealyMachine

Rule = Callable[..., tuple[object, object]]


def machine(symbols: Iterable[object], start: object, rule: Rule) -> MealyMachine:
    """Build the machine that ``rule(state, *x) -> (new state, output)`` defines."""
    words = [s if isinstance(s, tuple) else (s,) for s in symbols]
    place, queue, after, out = {start: 0}, [start], [], []
    for state in queue:
        steps = [rule(state, *x) for x in words]
        for new, _ in steps:
            if new not in place:
                place[new] = len(place)
                queue.append(new)
        after.append([place[new] for new, _ in steps])
        out.append([y if isinstance(y, tuple) else (int(y),) for _, y in steps])
    return MealyMachine(np.array(after), np.array(out, dtype=np.int64), np.array(words, dtype=np.int64))
