"""Make the small files of assets/examples, from which a newcomer to *Bring your own* may start.

    python -m mips_core.shipping.examples [FOLDER]

Nothing in them is written by hand: data files are rules applied to random sequences, networks are trained here on
such sequences until they are right on all of them.  The same command gives files of the same contents.
(``parcel_locker.csv`` is made by ``tests/helpers/parcel_locker.py``.)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from mips_core.networks import MlpNetwork, save_network
from mips_core.networks.training import train
from mips_core.resources import asset
from mips_core.stepping import IntArray
from mips_core.tasks import Dataset, make_dataset, write_csv, write_npz

STEPS, ROWS = 8, 400


def ones_modulo_3(x: IntArray) -> IntArray:
    """Count the ones so far, modulo 3."""
    return np.cumsum(x, axis=1) % 3


def same_as_before(x: IntArray) -> IntArray:
    """Give 1 where an input equals the one before it, and 0 at the first step."""
    return np.concatenate([np.zeros_like(x[:, :1]), x[:, 1:] == x[:, :-1]], axis=1)


def lamp(x: IntArray) -> IntArray:
    """Give 1 from the first time that two ones came in a row."""
    pair = np.concatenate([np.zeros_like(x[:, :1]), x[:, 1:] * x[:, :-1]], axis=1)
    return np.maximum.accumulate(pair, axis=1)


def weighted_sum(x: IntArray) -> IntArray:
    """Add the input and twice the one before it."""
    return x + 2 * np.concatenate([np.zeros_like(x[:, :1]), x[:, :-1]], axis=1)


def difference(x: IntArray) -> IntArray:
    """Subtract the input before from each input; the first is kept."""
    return x - np.concatenate([np.zeros_like(x[:, :1]), x[:, :-1]], axis=1)


def odd_meetings(x: IntArray) -> IntArray:
    """Give 1 while the number of steps so far at which both bits were 1 is odd."""
    return np.cumsum(x[:, :, 0] * x[:, :, 1], axis=1) % 2


def turnstile(rng: np.random.Generator, steps: int) -> tuple[list[str], list[str]]:
    """Record a turnstile: a coin unlocks it, one push goes through."""
    inputs, outputs, unlocked = [], [], False
    for action in rng.choice(["coin", "push", "look"], size=steps, p=[0.35, 0.45, 0.2]):
        inputs.append(str(action))
        if action == "coin":
            outputs.append("thanks" if not unlocked else "returned")
            unlocked = True
        elif action == "push":
            outputs.append("through" if unlocked else "blocked")
            unlocked = False
        else:
            outputs.append("open" if unlocked else "shut")
    return inputs, outputs


def sequences(rule: Callable[[IntArray], IntArray], values: int, seed: int, name: str, rows: int = ROWS) -> Dataset:
    """Apply a rule to random sequences of integers below ``values``."""
    x = np.random.default_rng(seed).integers(0, values, size=(rows, STEPS))
    return make_dataset(x, rule(x), name=name)


class Classifier(nn.Module):
    """What many people train: a recurrent layer of PyTorch on one-hot symbols, and a linear readout."""

    def __init__(self, cell: type[nn.RNN] | type[nn.GRU], symbols: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.rnn = cell(symbols, hidden, batch_first=True)
        self.head = nn.Linear(hidden, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the scores (N, T, classes) of one-hot inputs (N, T, symbols)."""
        return self.head(self.rnn(x)[0])


def trained_classifier(
    cell: type[nn.RNN] | type[nn.GRU], data: Dataset, hidden: int, seed: int
) -> dict[str, torch.Tensor]:
    """Train until every output of every sequence has been right for a while; return the state dict."""
    torch.manual_seed(seed)
    symbols, classes = len(data.inputs[0]), len(data.outputs[0])
    model = Classifier(cell, symbols, hidden, classes)
    x = nn.functional.one_hot(torch.tensor(data.x[:, :, 0]), symbols).float()
    y = torch.tensor(data.y[:, :, 0])
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    calm = 0
    for _ in range(5000):
        scores = model(x)
        loss = nn.functional.cross_entropy(scores.reshape(-1, classes), y.reshape(-1))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        calm = calm + 1 if bool((scores.argmax(dim=2) == y).all()) else 0
        if calm == 300:
            return model.state_dict()
    raise SystemExit(f"A {cell.__name__} did not learn {data.name}; try another seed.")


def our_network(data: Dataset) -> MlpNetwork:
    """Train a network of ours that is right on every held-out sequence."""
    training = train(data, seed=0, budget=60.0)
    if training.accuracy < 1.0:
        raise SystemExit(f"No network learnt {data.name}: {training.accuracy:.1%} right.")
    return training.network


def authors_layout(network: MlpNetwork) -> dict[str, np.ndarray]:
    """Name the weights of a network as the authors of MIPS do."""
    arrays = {}
    for letter, layers in (("h", network.hidden), ("y", network.readout_layers)):
        for place, layer in enumerate(layers):
            arrays[f"{letter}mlp.mlp.{2 * place}.weight"] = layer.weight.astype(np.float32)
            arrays[f"{letter}mlp.mlp.{2 * place}.bias"] = layer.bias.astype(np.float32)
    return arrays


def make(folder: Path) -> None:
    """Write every example file into ``folder``."""
    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)

    gru = trained_classifier(nn.GRU, sequences(ones_modulo_3, 2, 1, "ones modulo 3"), hidden=6, seed=0)
    torch.save(gru, folder / "gru_ones_modulo_3.pt")
    rnn = trained_classifier(nn.RNN, sequences(same_as_before, 2, 2, "same as before"), hidden=5, seed=0)
    np.savez(
        folder / "rnn_same_as_before.npz", allow_pickle=False, **{name: tensor.numpy() for name, tensor in rnn.items()}
    )
    save_network(our_network(sequences(lamp, 2, 3, "lamp")), folder / "lamp.safetensors")
    linear = our_network(sequences(weighted_sum, 10, 4, "weighted sum"))
    np.savez(folder / "authors_weighted_sum.npz", allow_pickle=False, **authors_layout(linear))

    write_csv(sequences(difference, 10, 5, "difference", rows=200), folder / "difference.csv")
    rng = np.random.default_rng(6)
    lines = ["x,y"]
    for _ in range(600):
        inputs, outputs = turnstile(rng, int(rng.integers(3, 9)))
        lines.append(f"{' '.join(inputs)},{' '.join(outputs)}")
    (folder / "turnstile.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    x = rng.integers(0, 2, size=(300, 12, 2))
    write_npz(make_dataset(x, odd_meetings(x), rng.integers(3, 13, size=300)), folder / "odd_meetings.npz")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else asset("examples"))
