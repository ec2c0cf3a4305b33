"""Boolean regression."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.expressions import evaluate
from mips_core.regression import Method, explain_table, find_boolean
from mips_core.regression.two_level import normal_form, two_level


def bits(n: int) -> dict[str, np.ndarray]:
    rows = np.array(list(product((0, 1), repeat=n)), dtype=np.int64)
    return {f"v{i}": rows[:, i] for i in range(n)}


def smallest_sizes(n: int) -> dict[int, int]:
    """Return the least nodes of every function of n bits by plain dynamic programming: the oracle."""
    rows = 1 << n
    full = (1 << rows) - 1
    inputs = [sum(int(v) << i for i, v in enumerate(values)) for values in bits(n).values()]
    best = dict.fromkeys(inputs, 1)
    by_size: dict[int, list[int]] = {1: inputs}
    for size in range(2, 20):
        fresh = {full ^ f for f in by_size.get(size - 2, [])}
        for a in range(1, size - 1):
            for f in by_size.get(a, []):
                for g in by_size.get(size - 1 - a, []):
                    fresh |= {f & g, f | g, f ^ g, full ^ f ^ g}
        by_size[size] = [f for f in fresh if f not in best and f not in (0, full)]
        best |= dict.fromkeys(by_size[size], size)
    return best


@pytest.mark.parametrize("n", [2, 3])
def test_formulas_have_fewest_nodes(n: int) -> None:
    columns = bits(n)
    for function, size in list(smallest_sizes(n).items())[:: 1 if n == 2 else 5]:
        target = np.array([function >> i & 1 for i in range(1 << n)])
        found = find_boolean(columns, target, max_nodes=40)
        assert (evaluate(found.expression, columns, len(target)) == target).all()
        assert found.expression.nodes == size


@given(st.integers(1, 2**16 - 2))
@settings(max_examples=25, deadline=None)
def test_every_function_of_four_bits_is_exact(function: int) -> None:
    columns = bits(4)
    target = np.array([function >> i & 1 for i in range(16)])
    found = find_boolean(columns, target, max_nodes=60)
    assert (evaluate(found.expression, columns, 16) == target).all()


@given(st.integers(1, 2**16 - 2), st.integers(0, 2**16 - 1))
@settings(max_examples=25, deadline=None)
def test_rows_that_do_not_matter_make_formulas_no_longer(function: int, kept: int) -> None:
    columns = bits(4)
    target = np.array([function >> i & 1 for i in range(16)])
    care = np.array([kept >> i & 1 for i in range(16)], dtype=bool)
    found = find_boolean(columns, target, care=care, max_nodes=60)
    if found is not None:
        whole = find_boolean(columns, target, max_nodes=60)
        assert (evaluate(found.expression, columns, 16) == target)[care].all()
        assert found.expression.nodes <= whole.expression.nodes


@given(st.integers(1, 2**16 - 2), st.integers(0, 2**16 - 1))
@settings(max_examples=25, deadline=None)
def test_normal_form_and_two_level_form_are_exact(function: int, kept: int) -> None:
    columns = bits(4)
    target = np.array([function >> i & 1 for i in range(16)])
    polynomial = normal_form(columns, target)
    assert polynomial is None or (evaluate(polynomial, columns, 16) == target).all()
    care = np.array([kept >> i & 1 for i in range(16)], dtype=bool)
    sum_of_products = two_level({n: v[care] for n, v in columns.items()}, target[care])
    if sum_of_products is not None:
        assert (evaluate(sum_of_products, columns, 16) == target)[care].all()


RULES = {
    "parity": (4, lambda v: sum(v) % 2, 7, Method.BOOLEAN),
    "alternating": (4, lambda v: (v[0] != v[1]) & (v[1] != v[2]) & (v[2] != v[3]), 11, Method.BOOLEAN),
    "majority of 5": (5, lambda v: sum(v) >= 3, 11, Method.SYMBOLIC),
    "exactly two": (4, lambda v: sum(v) == 2, 9, Method.SYMBOLIC),
    "parity of 8": (8, lambda v: sum(v) % 2, 15, Method.BOOLEAN),
    "two of eight": (8, lambda v: v[1] & v[6], 3, Method.BOOLEAN),
}


@pytest.mark.parametrize("name", RULES)
def test_known_rules(name: str) -> None:
    n, rule, nodes, method = RULES[name]
    columns = bits(n)
    target = np.asarray(rule(list(columns.values()))).astype(np.int64)
    found = explain_table(columns, target, budget=10)
    assert (evaluate(found.expression, columns, len(target)) == target).all()
    assert (found.expression.nodes, found.method) == (nodes, method)
