"""Arithmetic progressions of places, or of pairs of places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Place = tuple[int, ...]
"""A place of a sequence, counted from 0, or a pair of places."""


@dataclass(frozen=True)
class Progression:
    """The places ``start + k * step`` for k = 0 .. count - 1."""

    start: Place
    step: Place
    count: int

    @property
    def places(self) -> list[Place]:
        """All of them."""
        return [tuple(b + k * d for b, d in zip(self.start, self.step, strict=True)) for k in range(self.count)]


def progressions_in(places: set[Place]) -> Iterator[Progression]:
    """Yield every progression in a set that goes on as far as the set does at both ends, in both directions.

    >>> [(p.start, p.step, p.count) for p in progressions_in({(0,), (2,)})]
    [((0,), (0,), 1), ((0,), (2,), 2), ((2,), (0,), 1), ((2,), (-2,), 2)]
    """
    for start in sorted(places):
        yield Progression(start, tuple(0 for _ in start), 1)
        for second in sorted(places - {start}):
            step = tuple(b - a for a, b in zip(start, second, strict=True))
            if tuple(a - d for a, d in zip(start, step, strict=True)) in places:
                continue
            count, last = 2, second
            while (last := tuple(a + d for a, d in zip(last, step, strict=True))) in places:
                count += 1
            yield Progression(start, step, count)


def as_progressions(places: set[Place]) -> list[Progression] | None:
    """Return the set as one progression, in both directions; None when it is none."""
    return [p for p in progressions_in(places) if p.count == len(places)] or None
