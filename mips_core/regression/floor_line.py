"""Integers that grow evenly with a length: (p t + q) // r, and their fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import Constant, Expression, Length, apply

DENOMINATORS = (1, 2, 3, 4)
"""Values of r in (p t + q) // r."""


@dataclass(frozen=True)
class FloorLine:
    """The integer (p t + q) // r of a length t."""

    p: int
    q: int
    r: int

    def at(self, t: int) -> int:
        """Return the value at length t."""
        return (self.p * t + self.q) // self.r

    @property
    def size(self) -> int:
        """Effort of reading it: 0 for the number 0."""
        return 3 * (self.r > 1) + 2 * (self.p != 0) + 2 * (abs(self.p) > 1) + (self.q != 0) + abs(self.q) // 2

    def expression(self, source: Expression) -> Expression:
        """Write it over the list of ``source``."""
        if self.p == 0:
            return Constant(self.q // self.r)
        value: Expression = Length(source) if self.p == 1 else apply("mul", self.p, Length(source))
        if self.r > 1 and self.q % self.r == 0:
            value = apply("floordiv", value, self.r)
            whole = self.q // self.r
            return value if not whole else apply("add" if whole > 0 else "sub", value, abs(whole))
        if self.q:
            value = apply("add", value, self.q) if self.q > 0 else apply("sub", value, -self.q)
        return value if self.r == 1 else apply("floordiv", value, self.r)


def fit_floor_line(values: Mapping[int, tuple[int, int]]) -> FloorLine | None:
    """Return the simplest (p t + q) // r that lies between the two bounds at each t, or None.

    The slope is that of the least-squares line, rounded to a multiple of 1 / r; q is solved for exactly.

    >>> fit_floor_line({t: (t // 2, t // 2) for t in range(2, 8)})
    FloorLine(p=1, q=0, r=2)

    Parameters
    ----------
    values : length t -> smallest and largest value allowed there
    """
    exact = {t: low for t, (low, high) in values.items() if low == high}
    if not exact:
        return None
    ts, ys = np.array(list(exact), dtype=np.float64), np.array(list(exact.values()), dtype=np.float64)
    spread = float(((ts - ts.mean()) ** 2).sum())
    slope = float(((ts - ts.mean()) * (ys - ys.mean())).sum()) / spread if spread else 0.0
    found = []
    for r in DENOMINATORS:
        for p in {int(np.floor(slope * r)), int(np.ceil(slope * r))}:
            lowest = max(r * low - p * t for t, (low, _) in values.items())
            highest = min(r * high + r - 1 - p * t for t, (_, high) in values.items())
            if lowest <= highest:
                q = min(max(0, lowest), highest)
                found.append(FloorLine(p, q - q % r if p == 0 else q, r))
    return min(found, key=lambda line: (line.size, line.r), default=None)
