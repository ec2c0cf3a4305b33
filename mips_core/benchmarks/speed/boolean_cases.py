"""Truth tables on which two-level minimisers are compared: random ones and such as circuits have, drawn from a seed."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Bits = NDArray[np.bool_]
Rule = Callable[[Generator, Bits], Bits]


@dataclass(frozen=True)
class BooleanCase:
    """One truth table to minimise.

    Parameters
    ----------
    kind : which function, a name of :data:`KINDS`
    variables : inputs, n
    open_share : share of the rows that are don't-cares
    """

    kind: str
    variables: int
    open_share: float = 0.0

    @property
    def name(self) -> str:
        """What the case is, in words; no two cases have the same."""
        left_open = f", {self.open_share:.0%} don't-cares" if self.open_share else ""
        return f"{self.kind}, {self.variables} inputs{left_open}"

    def draw(self, seed: int) -> tuple[Bits, Bits]:
        """Return the rows that must be 1 and those that must be 0, each (2^n,), by minterm; there are both."""
        generator = np.random.default_rng([seed, zlib.crc32(self.name.encode())])
        rows = np.arange(1 << self.variables)
        columns = (rows[:, None] >> np.arange(self.variables) & 1).astype(bool)  # (2^n, n)
        values = KINDS[self.kind](generator, columns)
        care = generator.random(len(rows)) >= self.open_share
        for value in (True, False):  # one row of each value, at least, is given
            those = np.flatnonzero(values == value)
            if len(those):
                care[generator.choice(those)] = True
        return values & care, ~values & care


def _random(density: float) -> Rule:
    def rule(generator: Generator, columns: Bits) -> Bits:
        values = generator.random(len(columns)) < density
        values[generator.choice(len(columns), 2, replace=False)] = [True, False]
        return values

    return rule


def _number(columns: Bits) -> NDArray[np.int64]:
    return columns @ (1 << np.arange(columns.shape[1]))


def _carry(_: Generator, columns: Bits) -> Bits:
    half = columns.shape[1] // 2
    return _number(columns[:, :half]) + _number(columns[:, half:]) >= 1 << (columns.shape[1] - half)


def _less(_: Generator, columns: Bits) -> Bits:
    half = columns.shape[1] // 2
    return _number(columns[:, :half]) < _number(columns[:, half:])


def _multiplexer(_: Generator, columns: Bits) -> Bits:
    """Return the input that the first inputs name."""
    n = columns.shape[1]
    address = next(k for k in range(n, 0, -1) if k + (1 << k) <= n)
    return columns[np.arange(len(columns)), address + _number(columns[:, :address])]


def _threshold(generator: Generator, columns: Bits) -> Bits:
    weights = generator.integers(1, 10, columns.shape[1])
    return columns @ weights >= weights.sum() // 2


def _symmetric(generator: Generator, columns: Bits) -> Bits:
    values = generator.random(columns.shape[1] + 1) < 0.5
    values[generator.choice(len(values), 2, replace=False)] = [True, False]
    return values[columns.sum(axis=1)]


def _read_once(generator: Generator, columns: Bits) -> Bits:
    """Return a random tree of ands and ors in which each input, negated or not, stands once."""
    parts = [columns[:, i] ^ bool(generator.integers(2)) for i in generator.permutation(columns.shape[1])]
    while len(parts) > 1:
        first, second = parts.pop(0), parts.pop(0)
        parts.insert(
            int(generator.integers(len(parts) + 1)), first & second if generator.integers(2) else first | second
        )
    return parts[0]


def _monotone(generator: Generator, columns: Bits) -> Bits:
    """Return an or of random products without negations."""
    n = columns.shape[1]
    products = [generator.choice(n, int(generator.integers(2, max(3, n // 2 + 1))), replace=False) for _ in range(n)]
    return np.any([columns[:, each].all(axis=1) for each in products], axis=0)


KINDS: dict[str, Rule] = {
    "random": _random(0.5),
    "random, 10 % ones": _random(0.1),
    "random, 30 % ones": _random(0.3),
    "random, 70 % ones": _random(0.7),
    "random, 90 % ones": _random(0.9),
    "parity": lambda _, columns: columns.sum(axis=1) % 2 == 1,
    "majority": lambda _, columns: 2 * columns.sum(axis=1) > columns.shape[1],
    "one of all": lambda _, columns: columns.sum(axis=1) == 1,
    "symmetric": _symmetric,
    "carry of a sum": _carry,
    "less than": _less,
    "multiplexer": _multiplexer,
    "weighted threshold": _threshold,
    "read-once": _read_once,
    "monotone": _monotone,
    "palindrome": lambda _, columns: (columns == columns[:, ::-1]).all(axis=1),
    "step of a clock": lambda _, columns: (_number(columns) % 12) < 5,
}
"""How a table is drawn from its columns."""


def cases(*, quick: bool) -> tuple[BooleanCase, ...]:
    """Return what is measured, by rising number of inputs."""
    if quick:
        return (BooleanCase("random", 4), BooleanCase("random", 6, 0.3), BooleanCase("majority", 5))
    grown = [BooleanCase("random", n) for n in range(4, 13)]
    random = [
        BooleanCase(kind, n, open_share)
        for n in (6, 8, 10, 12)
        for kind, open_share in (
            ("random, 10 % ones", 0.0), ("random, 30 % ones", 0.3), ("random", 0.6), ("random, 70 % ones", 0.0),
            ("random, 90 % ones", 0.0), ("random", 0.9),
        )
    ]  # fmt: skip
    known = [BooleanCase(kind, n) for n in (8, 12) for kind in KINDS if not kind.startswith("random")]
    return tuple(sorted([*grown, *random, *known], key=lambda case: case.variables))
