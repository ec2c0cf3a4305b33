"""The shortest word past a proof: where a network that is proved up to a length is wrong for the first time.

Two ways, for the two reasons that end such a proof.  Where equations meet few new states at each step, all of them are
walked through, in product with the network, until an output is wrong: no shorter word is.  Where the network moves and
is read affinely, its numbers outgrow float64: at each length the word with the largest output follows from the effects
of single inputs, and such words are tried with every last input.
"""

from __future__ import annotations

import numpy as np

from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks.mlp import MlpNetwork
from mips_core.progress import Monitor
from mips_core.stepping import IntArray, first_difference, outputs_of
from mips_core.verification.grid_walk import GridNetwork, walk_grid, with_grid

MOST_STATES = 4_000_000
"""Pairs of states that a walk meets."""


def first_wrong(
    network: GridNetwork,
    system: IntegerSystem,
    symbols: IntArray,
    *,
    seconds: float = 120.0,
    monitor: Monitor | None = None,
) -> IntArray | None:
    """Walk breadth first through all states of a system, in product with a network, to the first wrong output.

    Parameters
    ----------
    network : one with a state grid, or one with integer weights, whose hidden states are whole numbers
    symbols : every input symbol that may occur, int64 (X, D_in)

    Returns
    -------
    the word, int64 (T, D_in), none shorter being wrong; None where time or states are used up before
    """
    on_grid = network if network.state_grid is not None else with_grid(network, 0)
    return walk_grid(on_grid, system, symbols, seconds=seconds, most=MOST_STATES, monitor=monitor).word


def extreme_wrong(network: MlpNetwork, system: IntegerSystem, symbols: IntArray, lengths: range) -> IntArray | None:
    """Try, at each length, the words that drive each affine score highest and lowest, with every last input.

    Sums of even numbers stay exact for longer, so it takes an odd one to see the end of float64.

    Parameters
    ----------
    network : one whose transition and readout are affine
    lengths : lengths to try, in this order

    Returns
    -------
    the first word that is wrong, int64 (T, D_in); shorter ones may be wrong too
    """
    forward, entry, bias = network.affine_transition()
    readout, _ = network.affine_readout()
    driven = network.encoding.encode(symbols) @ entry.T + bias  # (X, d)
    effects = [readout @ driven.T]  # of each symbol on each score, so many steps later
    power = readout
    for length in lengths:
        while len(effects) < length:
            power = power @ forward
            effects.append(power @ driven.T)
        lags = np.array(effects[:length])[::-1]  # (length, scores, X)
        extreme = np.concatenate([lags.argmax(axis=2), lags.argmin(axis=2)], axis=1).T  # (2 scores, length)
        words = symbols[np.repeat(extreme, len(symbols), axis=0)]
        words[:, -1] = np.tile(symbols, (len(extreme), 1))
        found = first_difference(outputs_of(network, words), outputs_of(system, words))
        if found is not None:
            return words[found[0], : found[1] + 1]
    return None
