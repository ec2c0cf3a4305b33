"""Training of a readout alone, on hidden states where it was found wrong, until it is right on all of a finite set.

The transition stays as it is.  Rounds of Levenberg-Marquardt (Levenberg 1944, Marquardt 1963) on few states, those
nearest to the start and those found wrong since, at each distance from the start some; between them a look at all
states.  Outputs that are near enough to the wanted integers cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mips_core.networks.layers import ACTIVATIONS, LEAK
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.progress import Monitor, Stopwatch
from mips_core.stepping import IntArray

STAGE = "readout"
"""Name of the stage in progress messages."""

TOLERANCE = 0.2
"""Outputs this near to the wanted integers cost nothing."""
SURE = 0.45
"""Outputs further away than this are trained on."""

_NEAR = 12
_EACH = 60
_WORST = 20
_STEPS = 25
_TRIES = 8
_CHUNK = 50_000

Layers = Sequence[AffineMap]


@dataclass(frozen=True, eq=False)
class TrainedReadout:
    """What came of it.

    Parameters
    ----------
    network : with the trained readout
    right : whether every state gives the wanted output
    before, wrong : states with another output, before and after
    rounds : rounds of training
    states : hidden states that were trained on
    seconds : time spent
    """

    network: MlpNetwork
    right: bool
    before: int
    wrong: int
    rounds: int
    states: int
    seconds: float


def train_readout(
    network: MlpNetwork,
    hidden: FloatArray,
    wanted: IntArray,
    *,
    rounds: int = 40,
    seed: int = 0,
    monitor: Monitor | None = None,
) -> TrainedReadout:
    """Train the readout until all hidden states give the wanted outputs, rounded.

    Parameters
    ----------
    hidden : float64 (M, d)
    wanted : int64 (M, D_out)
    rounds : at most so many; the monitor's time ends it as well
    """
    monitor, rng, clock = monitor or Monitor(), np.random.default_rng([seed, 5]), Stopwatch()
    layers = [AffineMap(layer.weight.copy(), layer.bias.copy()) for layer in network.readout_layers]
    size = np.abs(hidden).max(axis=1)
    chosen = set(np.flatnonzero(size <= _NEAR).tolist())
    damping, done, before = 1e-2, 0, -1
    while True:
        error = np.abs(_outputs(layers, network.activation, hidden) - wanted).max(axis=1)
        wrong = int((error >= 0.5).sum())
        before = wrong if before < 0 else before
        monitor.report(STAGE, f"{wrong:,} of {len(hidden):,} hidden states give another output", done / rounds)
        far = np.flatnonzero(error >= SURE)
        if not len(far) or done == rounds or monitor.expired:
            break
        for scale in range(int(np.log2(max(size.max(), 1.0))) + 1):
            here = far[(size[far] >= 2**scale) & (size[far] < 2 ** (scale + 1))]
            some = rng.choice(here, min(len(here), _EACH), replace=False) if len(here) else here
            chosen |= {*some.tolist(), *here[np.argsort(-error[here])[:_WORST]].tolist()}
        index = np.array(sorted(chosen))
        layers, damping = _fitted(layers, network.activation, hidden[index], wanted[index], damping)
        done += 1
    made = replace(network, readout_layers=tuple(layers))
    return TrainedReadout(made, wrong == 0, before, wrong, done, len(chosen), clock.seconds)


def _outputs(layers: Layers, activation: str, hidden: FloatArray) -> FloatArray:
    parts = [_values(layers, activation, hidden[i : i + _CHUNK])[-1] for i in range(0, len(hidden), _CHUNK)]
    return np.concatenate(parts)


def _values(layers: Layers, activation: str, rows: FloatArray) -> list[FloatArray]:
    """Return what goes into each layer, and at the end what comes out."""
    found = [rows]
    for i, layer in enumerate(layers):
        out = layer(found[-1])
        found.append(ACTIVATIONS[activation](out) if i < len(layers) - 1 else out)
    return found


def _slopes(activation: str, values: FloatArray) -> FloatArray:
    """Return the derivative of an activation, from its value."""
    if activation == "tanh":
        return 1 - values**2
    if activation == "sigmoid":
        return values * (1 - values)
    return np.where(values > 0, 1.0, {"relu": 0.0, "leaky_relu": LEAK, "identity": 1.0}[activation])


def _jacobian(layers: Layers, activation: str, values: list[FloatArray], output: int) -> FloatArray:
    """Return the derivatives of one output with respect to all weights and biases, float64 (rows, weights)."""
    parts: list[FloatArray] = []
    count = len(values[0])
    back = np.zeros((count, len(layers[-1].bias)))
    back[:, output] = 1.0
    for i in range(len(layers) - 1, -1, -1):
        parts[:0] = [(back[:, :, None] * values[i][:, None, :]).reshape(count, -1), back]
        if i:
            back = (back @ layers[i].weight) * _slopes(activation, values[i])
    return np.hstack(parts)


def _moved(layers: Layers, step: FloatArray) -> list[AffineMap]:
    found, at = [], 0
    for layer in layers:
        middle, end = at + layer.weight.size, at + layer.weight.size + layer.bias.size
        found.append(
            AffineMap(layer.weight - step[at:middle].reshape(layer.weight.shape), layer.bias - step[middle:end])
        )
        at = end
    return found


def _fitted(
    layers: Layers, activation: str, rows: FloatArray, wanted: IntArray, damping: float
) -> tuple[list[AffineMap], float]:
    """Return better layers on these rows, and the damping that the last step had."""
    layers = list(layers)
    weight = 1 / np.sqrt(np.maximum(1.0, np.abs(rows).max(axis=1)))[:, None]  # far states are many, and pull hard

    def missing(values: FloatArray) -> FloatArray:
        error = values - wanted
        return np.sign(error) * np.maximum(np.abs(error) - TOLERANCE, 0.0) * weight

    values = _values(layers, activation, rows)
    error = missing(values[-1])
    cost = float((error**2).sum())
    for _ in range(_STEPS):
        square, slope = 0.0, 0.0
        for output in range(wanted.shape[1]):
            active = error[:, output] != 0
            jacobian = _jacobian(layers, activation, [v[active] for v in values], output) * weight[active]
            square, slope = square + jacobian.T @ jacobian, slope + jacobian.T @ error[active, output]
        if cost == 0.0 or not np.isfinite(square).all():
            break
        diagonal = np.diag(square) + 1e-12 * np.diag(square).max() + 1e-9
        for _ in range(_TRIES):
            step: FloatArray = np.linalg.solve(square + damping * np.diag(diagonal), slope).astype(np.float64)
            trial = _moved(layers, step)
            values = _values(trial, activation, rows)
            better = float((missing(values[-1]) ** 2).sum())
            if better < cost:
                break
            damping *= 4
        else:
            break
        gain, layers, error, cost = cost - better, trial, missing(values[-1]), better
        damping = max(damping / 3, 1e-9)
        if cost < 1e-14 or gain < 1e-4 * cost:
            break
    return layers, damping
