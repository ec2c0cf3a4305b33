"""Two-level forms of truth tables: exclusive or of products, and or of products by Quine-McCluskey."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.stepping import IntArray

_MOST_VARIABLES = 10


def joined(name: str, parts: list[Expression]) -> Expression:
    """Apply an operator of two arguments from left to right to at least one part."""
    result = parts[0]
    for part in parts[1:]:
        result = apply(name, result, part)
    return result


def _keys(columns: Mapping[str, IntArray]) -> IntArray:
    """Return each row as a number: bit i is the value of column i."""
    return np.stack(list(columns.values()), axis=1) @ (1 << np.arange(len(columns), dtype=np.int64))


def normal_form(columns: Mapping[str, IntArray], target: IntArray) -> Expression | None:
    """Return the algebraic normal form (Zhegalkin polynomial) of a complete table, or None.

    Don't-cares make it ambiguous: a table with rows missing has none here.
    """
    n = len(columns)
    table = np.full(1 << min(n, _MOST_VARIABLES), -1, dtype=np.int64)
    if n > _MOST_VARIABLES:
        return None
    table[_keys(columns)] = target
    if (table < 0).any():
        return None
    for i in range(n):  # Moebius transform over GF(2)
        halves = table.reshape(-1, 2, 1 << i)
        halves[:, 1] ^= halves[:, 0]
    names = [Variable(name) for name in columns]
    monomials = np.flatnonzero(table)
    if not 1 <= len(monomials) <= 16:
        return None
    monomials = monomials[np.argsort([bin(m).count("1") for m in monomials], kind="stable")]
    parts: list[Expression] = [
        joined("and", [v for i, v in enumerate(names) if m >> i & 1]) if m else Constant(1) for m in monomials.tolist()
    ]
    if isinstance(parts[0], Constant):  # "1 ^ a" reads better as "1 - a"
        return Constant(1) if len(parts) == 1 else apply("sub", 1, joined("xor", parts[1:]))
    return joined("xor", parts)


def two_level(columns: Mapping[str, IntArray], target: IntArray) -> Expression | None:
    """Return a short or of products by Quine-McCluskey with don't-cares, or None when there are too many variables.

    Rows that are not listed may take either value.  Prime implicants are exact; the cover is greedy.
    """
    n = len(columns)
    if n > _MOST_VARIABLES:
        return None
    keys = _keys(columns)
    ones, zeros = set(keys[target == 1].tolist()), set(keys[target == 0].tolist())
    if not ones or not zeros:
        return None
    level = {(k, 0) for k in range(1 << n) if k not in zeros}  # (values, mask of free variables)
    primes: set[tuple[int, int]] = set()
    while level:
        merged, used = set(), set()
        for value, free in level:
            for i in range(n):
                bit = 1 << i
                if not free & bit and not value & bit and (value | bit, free) in level:
                    merged.add((value, free | bit))
                    used |= {(value, free), (value | bit, free)}
        primes |= level - used
        level = merged
    covers = {p: {k for k in ones if (k & ~p[1]) == p[0]} for p in primes}
    left = set(ones)
    chosen: list[tuple[int, int]] = []
    while left:
        best = max(sorted(primes), key=lambda p: (len(covers[p] & left), bin(p[1]).count("1")))
        chosen.append(best)
        left -= covers[best]
    names = [Variable(name) for name in columns]
    products = []
    for value, free in chosen:
        literals: list[Expression] = [
            v if value >> i & 1 else apply("sub", 1, v) for i, v in enumerate(names) if not free >> i & 1
        ]
        products.append(joined("and", literals))
    return joined("or", products)
