"""Two-level minimisation: prime implicants, covers, and forms of fewest literals."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.expressions import evaluate
from mips_core.regression.implicants import Product, TruthTable, prime_implicants
from mips_core.regression.set_branching import Branching
from mips_core.regression.set_cover import cheapest_cover
from mips_core.regression.set_prices import element_prices, plain_prices
from mips_core.regression.two_level import minimal_products, two_level


def of_function(n: int, rule, open_rows=()) -> TruthTable:
    values = [rule([row >> i & 1 for i in range(n)]) for row in range(1 << n)]
    ones = sum(1 << row for row, value in enumerate(values) if value and row not in open_rows)
    return TruthTable(
        n, ones, sum(1 << row for row, value in enumerate(values) if value) | sum(1 << r for r in open_rows)
    )


def drawn(n: int, density: float, open_share: float, seed: int) -> TruthTable:
    generator = np.random.default_rng(seed)
    value, care = generator.random(1 << n) < density, generator.random(1 << n) >= open_share
    return TruthTable.of_values(value & care, ~value & care)


def rows_of(each: Product, n: int) -> int:
    return sum(1 << row for row in range(1 << n) if not (row ^ each.values) & ~each.free)


def literals(products: list[Product], n: int) -> int:
    return sum(each.literals(n) for each in products)


def assert_right(table: TruthTable, products: list[Product]) -> None:
    covered = 0
    for each in products:
        covered |= rows_of(each, table.variables)
    assert not table.ones & ~covered
    assert not covered & ~table.allowed


def plain_primes(table: TruthTable) -> set[Product]:
    """Return the prime implicants by looking at all products: the oracle."""
    n = table.variables
    inside = {
        Product(free, values)
        for free in range(1 << n)
        for values in range(1 << n)
        if not free & values and not rows_of(Product(free, values), n) & ~table.allowed
    }
    larger = {Product(free ^ 1 << i, values | bit) for free, values in inside for i in range(n) if free >> i & 1
              for bit in (0, 1 << i)}  # fmt: skip
    return inside - larger


def least_literals(table: TruthTable) -> int:
    """Return the fewest literals by integer programming over the prime implicants."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    primes, sets = prime_implicants(table)
    held = np.array(
        [[each >> row & 1 for each in sets] for row in range(1 << table.variables) if table.ones >> row & 1]
    )
    costs = [each.literals(table.variables) for each in primes]
    found = milp(costs, constraints=LinearConstraint(held, 1), integrality=np.ones(len(costs)), bounds=Bounds(0, 1))
    return round(found.fun)


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**16 - 1))
@settings(max_examples=40, deadline=None)
def test_prime_implicants_are_those_that_no_other_holds(ones: int, open_rows: int) -> None:
    table = TruthTable(4, ones & ~open_rows, ones | open_rows)
    primes, sets = prime_implicants(table)
    assert set(primes) == plain_primes(table)
    assert sets == [rows_of(each, 4) for each in primes]


@pytest.mark.parametrize("n", [4, 5])
@pytest.mark.parametrize(("density", "open_share"), [(0.5, 0.0), (0.8, 0.0), (0.7, 0.4)])
def test_small_forms_have_the_fewest_literals_there_are(n: int, density: float, open_share: float) -> None:
    for seed in range(4):
        table = drawn(n, density, open_share, seed)
        products = minimal_products(table)
        assert_right(table, products)
        assert literals(products, n) == least_literals(table)


KNOWN = {
    "parity has every product": (5, lambda v: sum(v) % 2, 16 * 5),
    "majority": (5, lambda v: sum(v) >= 3, 10 * 3),
    "one of all": (6, lambda v: sum(v) == 1, 6 * 6),
    "two of eight": (8, lambda v: v[1] & v[6], 2),
    "multiplexer": (6, lambda v: v[2 + v[0] + 2 * v[1]], 4 * 3),
    "palindrome": (6, lambda v: v == v[::-1], 8 * 6),
    "carry of two bits and two": (4, lambda v: v[0] + 2 * v[1] + v[2] + 2 * v[3] >= 4, 2 + 3 + 3),
    "or of disjoint ands": (12, lambda v: v[0] & v[1] | v[2] & v[3] & v[4] | v[5] & (1 - v[11]), 7),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_functions(name: str) -> None:
    n, rule, fewest = KNOWN[name]
    table = of_function(n, rule)
    products = minimal_products(table)
    assert_right(table, products)
    assert literals(products, n) == fewest


def test_rows_left_open_are_used() -> None:
    digits = of_function(4, lambda v: v[0] + 2 * v[1] + 4 * v[2] + 8 * v[3] >= 5, open_rows=range(10, 16))
    assert literals(minimal_products(digits), 4) == 1 + 2 + 2


def test_nothing_and_everything() -> None:
    assert minimal_products(TruthTable(3, 0, 0)) == []
    assert minimal_products(TruthTable(3, 0, 0b1010)) == []
    assert minimal_products(TruthTable(3, 0b1, 0xFF)) == [Product(0b111, 0)]
    assert minimal_products(TruthTable(0, 1, 1)) == [Product(0, 0)]


@pytest.mark.parametrize(("density", "open_share"), [(0.1, 0.0), (0.5, 0.0), (0.5, 0.9), (0.9, 0.3)])
def test_large_forms_are_right_irredundant_and_the_same_again(density: float, open_share: float) -> None:
    table = drawn(10, density, open_share, 1)
    products = minimal_products(table)
    assert_right(table, products)
    assert products == minimal_products(table)
    for left_out in products[:20]:
        others = 0
        for each in products:
            others |= rows_of(each, 10) if each != left_out else 0
        assert table.ones & ~others


@pytest.mark.parametrize(("density", "open_share"), [(0.5, 0.0), (0.7, 0.0), (0.6, 0.5)])
def test_a_search_is_near_what_integer_programming_finds(density: float, open_share: float) -> None:
    table = drawn(8, density, open_share, 8)
    found, least = literals(minimal_products(table), 8), least_literals(table)
    assert least <= found <= 1.03 * least


def test_covers_agree_with_trying_everything() -> None:
    generator = np.random.default_rng(0)
    for _ in range(60):
        count = int(generator.integers(3, 9))
        sets = [int(each) for each in generator.integers(1, 256, count)]
        costs = [int(each) for each in generator.integers(1, 6, count)]
        needed = 0
        for each in sets:
            needed |= each
        needed &= int(generator.integers(0, 256))
        chosen = cheapest_cover(sets, costs, needed)
        cheapest = min(
            sum(costs[j] for j in some)
            for size in range(count + 1)
            for some in combinations(range(count), size)
            if not needed & ~sum_of_bits(sets, some)
        )
        assert not needed & ~sum_of_bits(sets, chosen)
        assert sum(costs[j] for j in chosen) == cheapest


def sum_of_bits(sets, some) -> int:
    held = 0
    for j in some:
        held |= sets[j]
    return held


def test_no_cover_is_cheaper_than_the_prices_say() -> None:
    # The five sets of two neighbours on a ring: 3 are needed, their relaxation costs 2.5.
    ring = [1 << i | 1 << (i + 1) % 5 for i in range(5)]
    prices = element_prices(ring, [2] * 5, 0b11111, 6)
    assert 4 <= prices.bound <= 6
    assert len(prices.reduced_costs) == 5


@pytest.mark.parametrize("sets", [5, 7])
def test_branching_finds_a_better_cover_or_shows_that_there_is_none(sets: int) -> None:
    ring = [1 << i | 1 << (i + 1) % sets for i in range(sets)]
    needed, least = (1 << sets) - 1, sets + 1
    for prices in (element_prices(ring, [2] * sets, needed, least + 2), plain_prices(ring, [2] * sets)):
        branching = Branching(ring, [2] * sets, prices, 1_000)
        better = branching.better(needed, least + 1)
        assert better is not None
        assert 2 * len(better) == least
        assert branching.complete
        proved = Branching(ring, [2] * sets, prices, 1_000)
        assert proved.better(needed, least) is None
        assert proved.complete
        stopped = Branching(ring, [2] * sets, prices, 1)
        assert stopped.better(needed, least + 1) is None
        assert not stopped.complete


def test_tables_that_are_none_are_refused() -> None:
    three = np.zeros(3, dtype=bool)
    with pytest.raises(BadInputError, match="2\\^n rows"):
        TruthTable.of_values(three, three)
    both = np.ones(4, dtype=bool)
    with pytest.raises(BadInputError, match="both 0 and 1"):
        TruthTable.of_values(both, both)


def test_expressions_of_twelve_variables_or_none_when_too_long() -> None:
    rows = np.array(list(product((0, 1), repeat=12)), dtype=np.int64)
    columns = {f"v{i}": rows[:, i] for i in range(12)}
    target = (columns["v0"] & columns["v11"]) | (columns["v3"] & (1 - columns["v5"]) & columns["v7"])
    found = two_level(columns, target)
    assert found is not None
    assert (evaluate(found, columns, len(target)) == target).all()
    assert found.nodes == 2 * 5 - 1 + 2
    assert two_level(columns, target, most_nodes=10) is None
    assert two_level(columns, rows.sum(axis=1) % 2) is None
    assert two_level(columns, np.ones(len(rows), dtype=np.int64)) is None
    assert two_level({name: values[:0] for name, values in columns.items()}, target[:0]) is None


@pytest.mark.parametrize(
    ("columns", "target", "words"),
    [
        ({"a": [0, 1], "b": [0, 2]}, [0, 1], "Row 1 of column 'b' is 2"),
        ({"a": [0, 1]}, [5, 0], "Row 0 of the target is 5"),
        ({}, [0, 1], "no columns"),
        ({}, [1, 1], "at least one column"),
        ({"a": [0, 1, 1]}, [0, 1], "shape"),
        ({"a": [0, 1]}, [0.5, 1], "whole numbers"),
    ],
)
def test_what_is_no_truth_table_is_refused(columns, target, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        two_level(columns, target)


def test_truth_values_are_zero_and_one() -> None:
    a, b = np.array([False, True, False, True]), np.array([False, False, True, True])
    found = two_level({"a": a, "b": b}, a & b)
    assert found is not None
    assert evaluate(found, {"a": a.astype(int), "b": b.astype(int)}, 4).tolist() == [0, 0, 0, 1]
