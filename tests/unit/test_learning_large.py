"""Query learning of machines of thousands of states: exact, in seconds, when the caller allows that many."""

from __future__ import annotations

import time

import numpy as np

from mips_core.machines import MealyMachine, minimise, same_tables
from mips_core.machines.learning import learn_machine
from mips_core.networks import load_network
from mips_core.resources import shipped_network


def two_ago(symbols: int) -> MealyMachine:
    """Gives back the symbol of two steps ago, 0 at first; states are pairs (the last, the one before)."""
    last, before = np.divmod(np.arange(symbols**2), symbols)
    following = np.arange(symbols)[None, :] * symbols + last[:, None]
    output = np.repeat(before[:, None, None], symbols, axis=1)
    return minimise(MealyMachine(following, output, np.arange(symbols)[:, None]))


def test_ten_thousand_states_over_a_hundred_symbols_come_out_of_a_network() -> None:
    network = load_network(shipped_network("Prev2"))
    symbols = np.arange(100)[:, None]
    begin = time.process_time()
    learned = learn_machine(network, symbols, length=10, rng=np.random.default_rng(0), max_states=10_000)
    assert time.process_time() - begin < 10
    assert learned.closed
    assert learned.machine is not None
    assert same_tables(learned.machine, two_ago(100))
    assert learned.steps < 5_000_000  # a million transitions


def test_a_random_machine_of_thousands_of_states() -> None:
    rng = np.random.default_rng(0)
    machine = minimise(
        MealyMachine(
            rng.integers(5_000, size=(5_000, 3)), rng.integers(2, size=(5_000, 3, 1)), np.array([[-1], [4], [9]])
        )
    )
    assert machine.states > 4_000
    learned = learn_machine(machine, machine.symbols, length=10, rng=rng, max_states=10_000)
    assert learned.closed
    assert learned.machine is not None
    assert same_tables(learned.machine, machine)
