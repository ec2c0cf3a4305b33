"""Training a GRU on sequences of symbols: one unit per input symbol, one score per output, cross-entropy.

Recorded sequences of a machine are of this kind.  The whole training is one cycle of the learning rate (Smith
and Topin 2017); afterwards :meth:`CellTraining.correct` goes on with the sequences on which the network is wrong.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from mips_core.networks.card import Card
from mips_core.networks.cells import CellLayer, CellNetwork
from mips_core.networks.encoding import Argmax, OneHotInput
from mips_core.networks.protocol import AffineMap
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.integers import Integers

HIDDEN = 64
BATCH = 128
RATE = 1e-2
CORRECTION_RATE, LEAST_RATE = 2e-3, 2e-4
PATIENCE = 4
"""Looks without fewer wrong sequences after which the learning rate of corrections is halved."""

STEPS = 4_000_000
"""Steps of sequences that are trained on: about 30 s on one core of a server CPU."""

LEAST_EPOCHS, MOST_EPOCHS = 4, 40

ROUND = 100
"""Batches between two looks at what is still wrong."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Sequences with the outputs that a network shall learn.

    Parameters
    ----------
    x : int64, shape (N, T, D_in)
    y : int64, shape (N, T); score numbers
    mask : bool, shape (N, T); the steps that count
    """

    x: IntArray
    y: IntArray
    mask: np.ndarray


class CellTraining:
    """A GRU under training.

    Parameters
    ----------
    data : the sequences to learn from, with one output per step
    inputs : integers that may occur on the input side, one range per input
    outputs : integers that may occur on the output side
    seed : seeds weights and batches
    """

    def __init__(self, data: Dataset, *, inputs: tuple[Integers, ...], outputs: Integers, seed: int) -> None:
        self._data = data
        self._encoding, self._outputs, self._seed = OneHotInput(inputs), outputs, seed
        self._generator = torch.Generator().manual_seed(seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._cell = nn.GRU(self._encoding.size, HIDDEN, batch_first=True)
            self._readout = nn.Linear(HIDDEN, len(outputs))
        self._parameters = [*self._cell.parameters(), *self._readout.parameters()]
        self._optimiser = torch.optim.Adam(self._parameters, lr=RATE)
        self.batches = 0
        self._rows = self._tensors(Labelled(data.x, data.y[:, :, 0] - outputs.low, data.mask))

    def learn(self, monitor: Monitor) -> None:
        """Train for one cycle of the learning rate, or until the monitor's deadline."""
        n, steps = self._data.n, int(self._data.lengths.sum())
        epochs = min(MOST_EPOCHS, max(LEAST_EPOCHS, round(STEPS / steps)))
        size = min(BATCH, n)
        total = epochs * (n // size)
        schedule = torch.optim.lr_scheduler.OneCycleLR(self._optimiser, RATE, total_steps=total, pct_start=0.1)
        done = 0
        for _ in range(epochs):
            order = torch.randperm(n, generator=self._generator)
            for start in range(0, n - size + 1, size):
                loss = self._batch(self._rows, order[start : start + size])
                schedule.step()
                done += 1
                if done % ROUND == 0:
                    monitor.events({"kind": "loss", "rung": "gru", "step": done, "loss": loss})
                    monitor.report("train", f"GRU, batch {done:,} of {total:,}: loss {loss:.4f}", done / total)
                    if monitor.expired:
                        return

    def correct(self, words: Labelled, monitor: Monitor) -> int:
        """Train on until the network gives all these outputs or the deadline; return the sequences still wrong.

        Half of each batch are sequences on which the network was wrong at the last look.  The learning rate is halved
        where that does not help, until it is small.
        """
        rate, since = CORRECTION_RATE, 0
        rows = self._tensors(words)
        best, state = math.inf, None
        while True:
            wrong = self._wrong(rows)
            since += 1
            if len(wrong) < best:
                best, state, since = len(wrong), self._weights(), 0
            elif since % PATIENCE == 0:
                rate /= 2
            for group in self._optimiser.param_groups:
                group["lr"] = rate
            monitor.report("train", f"GRU and machine differ on {len(wrong):,} of {len(words.x):,} sequences")
            if len(wrong) == 0 or rate < LEAST_RATE or monitor.expired:
                break
            for _ in range(ROUND):
                half = BATCH // 2
                hard = wrong[torch.randint(len(wrong), (min(half, 4 * len(wrong)),), generator=self._generator)]
                easy = torch.randint(len(words.x), (BATCH - len(hard),), generator=self._generator)
                self._batch(rows, torch.cat([hard, easy]))
        assert state is not None
        for parameter, value in zip(self._parameters, state, strict=True):
            parameter.data.copy_(value)
        return int(best)

    def network(self, accuracy: float | None = None) -> CellNetwork:
        """Return the network as it is now, with its card."""
        values = {name: value.detach().double().numpy().copy() for name, value in self._cell.named_parameters()}
        layer = CellLayer(*(values[f"{name}_l0"] for name in CellLayer.NAMES))
        readout = AffineMap(
            self._readout.weight.detach().double().numpy().copy(), self._readout.bias.detach().double().numpy().copy()
        )
        card = Card(
            "gru", self._encoding.width, 1, HIDDEN, self._encoding.ranges, self._data.length,
            self._data.task, self._data.digest, self._seed, accuracy, {"rung": "gru", "batches": self.batches},
            self._data.input_words, self._data.output_words,
        )  # fmt: skip
        return CellNetwork(card, self._encoding, Argmax((self._outputs,)), "gru", (layer,), (readout,))

    def _weights(self) -> list[Tensor]:
        return [parameter.detach().clone() for parameter in self._parameters]

    def _tensors(self, words: Labelled) -> tuple[Tensor, Tensor, Tensor]:
        lows = np.array([r.low for r in self._encoding.ranges])
        sizes = np.array([len(r) for r in self._encoding.ranges])
        places = np.clip(words.x - lows, 0, sizes - 1) + (np.cumsum(sizes) - sizes)  # beyond a length stands 0
        return torch.from_numpy(places), torch.from_numpy(words.y), torch.from_numpy(words.mask)

    def _scores(self, places: Tensor) -> Tensor:
        encoded = torch.zeros(*places.shape[:2], self._encoding.size).scatter_(2, places, 1.0)
        hidden: Tensor = self._cell(encoded)[0]
        scores: Tensor = self._readout(hidden)
        return scores

    def _batch(self, rows: tuple[Tensor, Tensor, Tensor], chosen: Tensor) -> float:
        places, wanted, mask = (part[chosen] for part in rows)
        loss = nn.functional.cross_entropy(self._scores(places)[mask], wanted[mask])
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimiser.step()
        self.batches += 1
        return float(loss.detach())

    def _wrong(self, rows: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        """Return the numbers of the sequences with a wrong output."""
        found = []
        with torch.no_grad():
            for start in range(0, len(rows[0]), 4096):
                places, wanted, mask = (part[start : start + 4096] for part in rows)
                wrong = (self._scores(places).argmax(dim=2) != wanted) & mask
                found.append(torch.nonzero(wrong.any(dim=1))[:, 0] + start)
        return torch.cat(found)
