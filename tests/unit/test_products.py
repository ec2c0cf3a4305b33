"""Machines whose state is several numbers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from rule_machines import Rule
from rule_machines import machine as unminimised

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.progress import Monitor
from mips_core.regression import explain_machine
from mips_core.regression.fit import reproduces
from mips_core.regression.parts import Part, find_parts, telling_sets, with_last_output
from mips_core.regression.products import explain_product

BITS = range(2)


def machine(symbols: Iterable[object], start: object, rule: Rule) -> MealyMachine:
    return minimise(unminimised(symbols, start, rule))


MACHINES = {
    "second largest": (machine(range(4), (0, 0), lambda s, x: (n := tuple(sorted((*s, x))[1:]), n[0])), 2, 11),
    "distance of extremes": (
        machine(range(4), (3, 0), lambda s, x: (n := (min(s[0], x), max(s[1], x)), n[1] - n[0])),
        2,
        11,
    ),
    "cells of a memory": (
        machine(
            [(a, w, d) for a in BITS for w in BITS for d in range(3)],
            (0, 0),
            lambda s, a, w, d: (tuple(d if w and a == k else s[k] for k in BITS), s[a]),
        ),
        2,
        20,
    ),
    "feedback shift register": (machine(BITS, (0, 1, 1), lambda s, x: (n := (*s[1:], s[0] ^ s[1] ^ x), n[2])), 3, 10),
    "held every third step": (
        machine(range(3), (0, 0), lambda s, x: (n := ((s[0] + 1) % 3, s[1] if s[0] else x), n[1])),
        2,
        14,
    ),
}


@pytest.mark.parametrize("name", MACHINES)
def test_each_number_has_a_short_update(name: str) -> None:
    m, order, weight = MACHINES[name]
    found = explain_product(m, monitor=Monitor(), candidates=20_000, max_nodes=12)
    assert found is not None
    assert reproduces(found.system, m)
    assert found.system.order == order
    assert found.weight <= weight


def test_the_search_comes_to_products_by_itself() -> None:
    m, order, weight = MACHINES["feedback shift register"]
    found = explain_machine(m, budget=600.0)
    assert found is not None
    assert found.system.order == order
    assert found.system.nodes <= weight
    assert "several numbers" in found.note


def test_a_machine_in_one_piece_has_no_product() -> None:
    rng = np.random.default_rng(1)
    m = minimise(MealyMachine(rng.integers(0, 5, (5, 3)), rng.integers(0, 9, (5, 3, 1)), np.arange(3)[:, None]))
    assert explain_product(m, monitor=Monitor(), candidates=2_000, max_nodes=9) is None


def test_parts_of_two_counters_and_the_sets_that_tell_states_apart() -> None:
    m = machine(range(3), (0, 0), lambda s, x: (n := ((s[0] + (x == 1)) % 3, (s[1] + (x == 2)) % 3), 3 * n[0] + n[1]))
    parts = find_parts(m, Monitor())
    assert all(isinstance(part, Part) for part in parts)
    assert sorted(part.values for part in parts if part.closed)[:2] == [3, 3]
    first = next(telling_sets(parts, m.states, Monitor()))
    assert sorted(part.values for part in first) == [3, 3]


def test_a_remembered_output_adds_states_but_no_behaviour() -> None:
    held, _, _ = MACHINES["held every third step"]
    wider = with_last_output(held, 100)
    assert wider is not None
    assert wider.states > held.states
    assert minimise(wider).states == held.states
    assert with_last_output(held, 3) is None
