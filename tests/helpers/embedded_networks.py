"""Networks that hold a finite machine exactly, at any length, without any training."""

from __future__ import annotations

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.networks import AffineMap, Card, MlpNetwork, OneHotInput, Rounded
from mips_core.tasks import Integers


def network_of(
    machine: MealyMachine, inputs: tuple[Integers, ...], *, task: str | None = None, seed: int = 0
) -> MlpNetwork:
    """Embed a machine in a ReLU network: one hidden unit per transition, in a basis drawn at random."""
    encoding = OneHotInput(inputs)
    states, count = machine.next_state.shape
    shown = encoding.encode(machine.symbols)
    units = states * count
    first = np.zeros((units, units + encoding.size))
    first[:, units:] = np.tile(shown, (states, 1))
    bias = np.full(units, -float(machine.input_width))
    # hidden units stand for (state, symbol) just read; the start is a transition that leads to the start state
    start = np.zeros(units)
    before = np.argwhere(machine.next_state == machine.start_state)[0]
    start[before[0] * count + before[1]] = 1.0
    for t in range(states):
        for j in range(count):
            s = machine.next_state[t, j]
            first[s * count : (s + 1) * count, t * count + j] = 1.0
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(units, units)))[0]
    # 0 and 1 attract: relu(2z - 0.5) - relu(2z - 1.5) forgets small errors, so the network holds at any length
    twice = AffineMap(2 * np.vstack([np.eye(units)] * 2), np.repeat([-0.5, -1.5], units))
    same = AffineMap(
        np.hstack([np.eye(units), -np.eye(units)]) + rng.normal(size=(units, 2 * units)) * 2e-3, np.zeros(units)
    )
    readout = AffineMap(machine.output.reshape(units, -1).T.astype(float), np.zeros(machine.output_width))
    card = Card("mlp", machine.input_width, machine.output_width, units, inputs, 10, task, training={"made": "by hand"})
    plain = MlpNetwork(
        card, encoding, Rounded(machine.output_width), (AffineMap(first, bias), twice, same), (readout,), "relu", start
    )
    return plain.change_basis(turn)
