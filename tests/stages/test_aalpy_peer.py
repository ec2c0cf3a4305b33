"""AALpy as oracle: its learners and ours find the same machine in a network, and minimal machines are as small."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from aalpy.learning_algs import run_KV, run_Lstar
from aalpy.oracles import PerfectKnowledgeEqOracle, RandomWordEqOracle
from aalpy.utils import bisimilar, save_automaton_to_file
from aalpy_machines import NetworkSystem, from_aalpy, to_aalpy
from command_line import mips
from small_networks import parity_rnn

from mips_core.machines import MealyMachine, minimise, to_dot
from mips_core.machines.learning import learn_machine
from mips_core.machines.word_compare import compare_word_machines
from mips_core.networks import read_network
from mips_core.stepping import Stepper
from mips_core.tasks import Integers
from mips_core.verification.sides import word_machine

from .test_query_learning import network_of, random_machine


def same(ours: MealyMachine, theirs: object) -> bool:
    return compare_word_machines(word_machine(ours), from_aalpy(theirs)).equal  # type: ignore[arg-type]


def ours(network: Stepper, symbols: np.ndarray) -> MealyMachine:
    learned = learn_machine(network, symbols, length=8, rng=np.random.default_rng(0))
    assert learned.closed
    assert learned.machine is not None
    return learned.machine


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("learner", [run_Lstar, run_KV])
def test_random_machines_in_networks(learner: object, seed: int) -> None:
    machine = random_machine(10, 3, 2, seed)
    network, symbols = network_of(machine), machine.symbols
    system = NetworkSystem(network, symbols)
    oracle = PerfectKnowledgeEqOracle(system.alphabet, system, to_aalpy(machine))
    theirs = learner(system.alphabet, system, oracle, "mealy", print_level=0)  # type: ignore[operator]
    learned = ours(network, symbols)
    assert theirs.size == learned.states == machine.states
    assert same(learned, theirs)


def recurrent_networks(folder: Path) -> list[tuple[Stepper, np.ndarray]]:
    """A handmade RNN, and a GRU and an LSTM of random large weights, whose hidden states settle in few places."""
    np.savez(folder / "parity.npz", **parity_rnn())
    binary = np.array([[0], [1]])
    options = {"length": 8, "activation": "relu", "nonlinearity": "tanh", "encoding": None}
    parity = read_network(folder / "parity.npz", inputs=(Integers(0, 2),), outputs="argmax", **options)  # type: ignore[arg-type]
    found: list[tuple[Stepper, np.ndarray]] = [(parity, binary)]
    for gates, seed, spread in (3, 11, 3.0), (4, 35, 8.0):
        rng = np.random.default_rng(seed)
        d = 4
        arrays = {
            "rnn.weight_ih_l0": rng.normal(size=(gates * d, 2)) * 20,
            "rnn.weight_hh_l0": rng.normal(size=(gates * d, d)) * 12,
            "rnn.bias_ih_l0": rng.normal(size=gates * d) * spread,
            "rnn.bias_hh_l0": np.zeros(gates * d),
            "fc.weight": rng.normal(size=(2, d)),
            "fc.bias": np.zeros(2),
        }
        np.savez(folder / f"{gates}.npz", **arrays)
        network = read_network(folder / f"{gates}.npz", inputs=(Integers(0, 2),), outputs="argmax", **options)  # type: ignore[arg-type]
        found.append((network, binary))
    return found


def test_recurrent_networks(tmp_path: Path) -> None:
    random.seed(0)  # what AALpy draws its words from
    sizes = []
    for network, symbols in recurrent_networks(tmp_path):
        learned = ours(network, symbols)
        system = NetworkSystem(network, symbols)
        oracle = RandomWordEqOracle(system.alphabet, system, num_walks=400, min_walk_len=4, max_walk_len=16)
        theirs = run_KV(system.alphabet, system, oracle, "mealy", print_level=0)
        assert same(learned, theirs)
        sizes.append(learned.states)
    assert sizes == [2, 9, 6]


@pytest.mark.parametrize("seed", range(10))
def test_minimal_machines_are_as_small_as_theirs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    machine = random_machine(5, 2, 2, seed)
    copies = 3  # every state three times, transitions to any copy
    next_state = np.concatenate([machine.next_state * copies] * copies).reshape(copies, machine.states, -1)
    next_state = np.swapaxes(next_state, 0, 1).reshape(-1, 2) + rng.integers(copies, size=(copies * machine.states, 2))
    bloated = MealyMachine(
        next_state, machine.output.repeat(copies, axis=0), machine.symbols, machine.start_state * copies
    )
    theirs = to_aalpy(bloated)
    theirs.minimize()
    reduced = minimise(bloated)
    reachable = {
        state.state_id for state in theirs.states if theirs.get_shortest_path(theirs.initial_state, state) is not None
    }
    assert reduced.states == len(reachable) == machine.states
    assert bisimilar(to_aalpy(reduced), to_aalpy(bloated))


def test_round_trip_of_files_through_aalpy(tmp_path: Path) -> None:
    machine = random_machine(9, 3, 3, 6)
    (tmp_path / "ours.dot").write_text(to_dot(machine))
    save_automaton_to_file(to_aalpy(machine), tmp_path / "theirs", "dot")
    said = mips("diff", tmp_path / "ours.dot", tmp_path / "theirs.dot", "--json")
    assert said.code == 0
    assert said.json["verdict"] == "equal"
