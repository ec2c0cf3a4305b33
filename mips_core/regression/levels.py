"""Levels: counters that some inputs raise and others lower.

A level may go below 0, stay at 0 where it would, or remember for good that it once did ("-1 from then on", as a reader
of brackets does); another condition may set it back to 0.  Nothing bounds a level from above: where sequences of the
trained length show a bound, the levels contradict them, and a finite machine is the better description.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from mips_core.expressions import Expression, Variable, apply

STEPS = ((1, 1), (2, 1), (1, 2))
"""By how much a level rises and falls."""

MOST_CONDITIONS = 4
"""More conditions than this are not paired: there would be too many levels to tell apart."""

WORDS = ("balance", "level", "depth")
"""What a level is called that may go below 0, that stays at 0, and that remembers having been below 0."""

Condition = tuple[str, Expression]
"""What it adds to a name, and a formula of the inputs that is 0 or 1."""


def levels(conditions: Sequence[Condition]) -> Iterator[tuple[str, int, Expression]]:
    """Yield (name, start, update) of levels that one condition raises and another lowers; the simplest first.

    Parameters
    ----------
    conditions : of which exactly one holds at each step
    """
    if not 2 <= len(conditions) <= MOST_CONDITIONS:
        return
    few = len(conditions) < MOST_CONDITIONS
    for first, second in itertools.permutations(range(len(conditions)), 2):
        (up_label, up), (down_label, down) = conditions[first], conditions[second]
        others = [c for i, c in enumerate(conditions) if i not in (first, second)]
        for rise, fall in STEPS if few else STEPS[:1]:
            speed = "" if rise == fall else f"{rise}{fall}"
            for back in (None, *others) if few and rise == fall else (None,):
                suffix = f"{speed}{up_label}{down_label}" + ("" if back is None else f"_back{back[0]}")
                names = [f"{word}{suffix}" for word in WORDS]
                balance, level, depth = (
                    _moved(Variable(name), up, down, rise, fall, one_of_both=not others) for name in names
                )
                floored = apply("max", level, 0)
                stuck = apply("where", apply("lt", Variable(names[2]), 0), Variable(names[2]), depth)
                for name, update in zip(names, (balance, floored, stuck), strict=True):
                    if update is balance and first < second:
                        continue  # the other way round it is the same with the other sign
                    yield name, 0, update if back is None else apply("where", back[1], 0, update)


def signed_levels(terms: Sequence[tuple[str, Expression]]) -> Iterator[tuple[str, int, Expression]]:
    """Yield levels that a term of either sign is added to: one that stays at 0, and one that remembers falling below.

    Parameters
    ----------
    terms : what each adds to a name, and a formula of the inputs that takes values of both signs
    """
    for label, term in terms:
        level, depth = Variable(f"level{label}"), Variable(f"depth{label}")
        yield level.name, 0, apply("max", apply("add", level, term), 0)
        yield depth.name, 0, apply("where", apply("lt", depth, 0), depth, apply("add", depth, term))


def level_word(name: str) -> str | None:
    """Return what a level, or the highest level so far, is called without its conditions; None for other registers.

    >>> level_word("highest_level21_1_0")
    'highest_level'
    """
    found = re.fullmatch(rf"((?:highest_)?(?:{'|'.join(WORDS)}))(?:[0-9_].*)?", name)
    return None if found is None else found[1]


def _moved(level: Variable, up: Expression, down: Expression, rise: int, fall: int, *, one_of_both: bool) -> Expression:
    """Return the level after one step, as short as it can be written."""
    higher, lower = apply("add", level, rise), apply("sub", level, fall)
    if one_of_both:
        return apply("where", down, lower, higher) if isinstance(down, Variable) else apply("where", up, higher, lower)
    if rise == fall == 1:
        return apply("sub", apply("add", level, up), down)
    return apply("where", up, higher, apply("where", down, lower, level))
