"""Networks that no training made: exact by construction, in the layouts in which users have them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mips_core.networks import MlpNetwork

Arrays = dict[str, np.ndarray]


def authors_layout(network: MlpNetwork) -> Arrays:
    """Return the tensors of a network as the MIPS authors name them, without any card."""
    arrays: Arrays = {}
    for name, layers in (("hmlp", network.hidden), ("ymlp", network.readout_layers)):
        for i, layer in enumerate(layers):
            arrays[f"{name}.mlp.{2 * i}.weight"] = layer.weight
            arrays[f"{name}.mlp.{2 * i}.bias"] = layer.bias
    return arrays


def running_total(path: Path, *, drift: float = 0.0, width: int = 1) -> Path:
    """Write a linear network that adds each input up; with ``drift`` it loses that share of its memory per step."""
    one = np.eye(width)
    np.savez(
        path,
        **{
            "hmlp.mlp.0.weight": np.hstack([(1.0 - drift) * one, one]),
            "hmlp.mlp.0.bias": np.zeros(width),
            "ymlp.mlp.0.weight": one,
            "ymlp.mlp.0.bias": np.zeros(width),
        },
    )
    return path


def parity_rnn() -> Arrays:
    """Return a ``nn.RNN`` (tanh) with a linear readout of two scores that says whether the ones so far are odd.

    With s = (h1 - h2) / 2 as the parity so far, h1 asks for x + s > 1/2 and h2 for x + s > 3/2.
    """
    k = 20.0
    return {
        "rnn.weight_ih_l0": np.array([[k], [k]]),
        "rnn.weight_hh_l0": np.array([[k / 2, -k / 2], [k / 2, -k / 2]]),
        "rnn.bias_ih_l0": np.array([-k / 2, -3 * k / 2]),
        "rnn.bias_hh_l0": np.zeros(2),
        "fc.weight": np.array([[0.0, 0.0], [1.0, -1.0]]),
        "fc.bias": np.array([0.0, -1.0]),
    }
