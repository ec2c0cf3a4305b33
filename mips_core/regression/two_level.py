"""Two-level forms of truth tables: exclusive or of products, and or of products with fewest literals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mips_core.expressions import Constant, Expression, Variable, apply
from mips_core.regression.given_table import given_bits
from mips_core.regression.implicants import MOST_VARIABLES, Product, TruthTable, minterms, prime_implicants
from mips_core.regression.set_cover import cheapest_cover
from mips_core.stepping import IntArray

MOST_NODES = 1_000
"""Of an or of products that is written out; Python reads no deeper formulas."""


def joined(name: str, parts: list[Expression]) -> Expression:
    """Apply an operator of two arguments from left to right to at least one part."""
    result = parts[0]
    for part in parts[1:]:
        result = apply(name, result, part)
    return result


def normal_form(columns: Mapping[str, IntArray], target: IntArray) -> Expression | None:
    """Return the algebraic normal form (Zhegalkin polynomial) of a complete table, or None.

    Don't-cares make it ambiguous: a table with rows missing has none here.
    """
    n = len(columns)
    table = np.full(1 << min(n, MOST_VARIABLES), -1, dtype=np.int64)
    if n > MOST_VARIABLES:
        return None
    table[minterms(columns)] = target
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


def minimal_products(table: TruthTable) -> list[Product]:
    """Return products whose or is the function, with as few literals as were found.

    Quine (1952) and McCluskey (1956): all prime implicants, and of these the cheapest that cover every one.  A
    function that is 0 has none; one that may be 1 everywhere has the product of nothing.

    >>> minimal_products(TruthTable(variables=2, ones=0b1110, allowed=0b1110))
    [Product(free=1, values=2), Product(free=2, values=1)]
    """
    primes, sets = prime_implicants(table)
    if len(primes) == 1:
        return primes if table.ones else []
    cover = cheapest_cover(sets, [prime.literals(table.variables) for prime in primes], table.ones)
    return [primes[j] for j in cover]


def two_level(columns: Mapping[str, IntArray], target: IntArray, *, most_nodes: int = MOST_NODES) -> Expression | None:
    """Return a short or of products, or None when there are too many variables or it has too many nodes.

    Rows that are not listed may take either value.

    Raises
    ------
    BadInputError
        when there is no column, one has another length than the target, or a value is neither 0 nor 1.
    """
    columns, target = given_bits(columns, target)
    if len(columns) > MOST_VARIABLES or len(np.unique(target)) < 2:
        return None
    products = minimal_products(TruthTable.of_columns(columns, target))
    negated = sum((~(each.free | each.values) & ((1 << len(columns)) - 1)).bit_count() for each in products)
    literals = sum(each.literals(len(columns)) for each in products)
    if 2 * literals + 2 * negated - 1 > most_nodes:  # "1 - v" has three nodes
        return None
    names = [Variable(name) for name in columns]
    terms = []
    for each in products:
        literals_of: list[Expression] = [
            v if each.values >> i & 1 else apply("sub", 1, v) for i, v in enumerate(names) if not each.free >> i & 1
        ]
        terms.append(joined("and", literals_of))
    return joined("or", terms)
