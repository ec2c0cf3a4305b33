"""One step of a network that rounds its hidden state, worked out with its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mips_core.networks.layers import ACTIVATIONS
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray
from mips_core.views.proof_states import GridNetwork

Columns = dict[str, list[str]]


def rounding_columns(network: GridNetwork, state: FloatArray, symbol: IntArray) -> Columns:
    """Return, for each hidden unit, its value before and after one step, and how it was rounded.

    Parameters
    ----------
    network : one with a state grid
    state : float64 (d,), the hidden state before the step
    symbol : int64 (D_in,), the input
    """
    assert network.state_grid is not None, "a network with a state grid is needed"
    free = replace(network, state_grid=None).advance(state[None], symbol[None])[0]
    cells = np.ldexp(free, network.state_grid)
    whole = np.rint(cells) + 0.0  # no -0
    after = np.ldexp(whole, -network.state_grid)
    return {
        "hidden unit": [str(i + 1) for i in range(len(state))],
        "before the step": [f"{v:g}" for v in state],
        "computed": [f"{v:.6f}" for v in free],
        "in cells": [f"{v:.4f}" for v in cells],
        "nearest whole": [f"{v:.0f}" for v in whole],
        "from the boundary": [f"{v:.4f}" for v in 0.5 - np.abs(cells - whole)],
        "after rounding": [f"{v:g}" for v in after],
    }


def layer_columns(network: GridNetwork, state: FloatArray, symbol: IntArray) -> Columns | None:
    """Return the terms of the first layer of an MLP on one step; None for other cells, which have gates instead."""
    if not isinstance(network, MlpNetwork):
        return None
    first, d = network.hidden[0], network.state_size
    from_state = first.weight[:, :d] @ state
    from_input = network.encoding.project(symbol[None], np.ascontiguousarray(first.weight[:, d:].T))[0]
    total = from_state + from_input + first.bias
    columns = {
        "unit": [str(i + 1) for i in range(len(total))],
        "from the hidden state": [f"{v:.6f}" for v in from_state],
        "from the input": [f"{v:.6f}" for v in from_input],
        "bias": [f"{v:.6f}" for v in first.bias],
        "sum": [f"{v:.6f}" for v in total],
    }
    if len(network.hidden) > 1:
        columns[f"after {network.activation}"] = [f"{v:.6f}" for v in ACTIVATIONS[network.activation](total)]
    return columns


def nearest_sentence(network: GridNetwork, state: FloatArray, symbol: IntArray) -> str:
    """Say which hidden unit comes nearest to a boundary of the grid on one step."""
    assert network.state_grid is not None, "a network with a state grid is needed"
    free = replace(network, state_grid=None).advance(state[None], symbol[None])[0]
    cells = np.ldexp(free, network.state_grid)
    gap = 0.5 - np.abs(cells - np.rint(cells))
    unit = int(gap.argmin())
    return (
        f"Unit {unit + 1} comes nearest to a boundary: {gap[unit]:.4f} of a cell. Differences between computers are "
        "many millions of times smaller than a cell; the certificate states how far every value stays from a boundary."
    )


def whole_number_columns(network: GridNetwork) -> Columns | None:
    """Return the weights of one step, h' = A h + B x + b, where the network moves affinely; None where it does not."""
    if not isinstance(network, MlpNetwork) or not network.is_transition_affine:
        return None
    from_state, from_input, bias = network.affine_transition()
    columns = {"new": [f"h{i + 1}" for i in range(network.state_size)]}
    columns |= {f"h{j + 1}": [f"{v:.17g}" for v in from_state[:, j]] for j in range(from_state.shape[1])}
    columns |= {f"x{j + 1}": [f"{v:.17g}" for v in from_input[:, j]] for j in range(from_input.shape[1])}
    return {**columns, "bias": [f"{v:.17g}" for v in bias]}
