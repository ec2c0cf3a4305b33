"""How training and stepping a network grow with its hidden size, with how many there are, and with the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.contestant import OURS, Judgement
from mips_core.benchmarks.speed.growth import Growth, measure_growth
from mips_core.progress import Monitor
from mips_core.stepping import outputs_of
from mips_core.tasks import get

TRAIN, MANY, STEP = "one step of training", "train networks together", "step a network"
FEW_STEPS = 5
"""Optimiser steps of each network where many are trained."""

_CAP = 60.0
_QUICK_CAP = 10.0
_SMALL = 100_000
"""Up to so many numbers a first step takes no time worth counting, and is taken before the clock starts."""

_DENSE = (
    "A layer from n to n units is a matrix of n x n numbers, all of which are multiplied: from about 64 units on the "
    "cost goes towards the square of the hidden size."
)


@dataclass(frozen=True)
class TrainingStep:
    """One optimiser step of an ensemble on random data.

    Parameters
    ----------
    hidden : size of the hidden state, and of the one inner layer of the transition
    sequences, length : of the batch
    """

    hidden: int = 16
    sequences: int = 64
    length: int = 10
    name: str = OURS

    def prepare(self) -> Any:
        """Draw weights and a batch, and take the first step, which is slower than all others."""
        import torch

        from mips_core.networks.ensemble import Adam, Ensemble, Shape

        torch.set_num_threads(1)
        generator = torch.Generator().manual_seed(0)
        shape = Shape(1, self.hidden, 1, (self.hidden,))
        ensemble = Ensemble.initial(shape, 1, generator)
        ensemble.weights.requires_grad_()
        x = torch.rand(self.sequences, self.length, 1, generator=generator)
        prepared = ensemble, Adam(ensemble.weights, torch.full((1, 1), 1e-3)), x
        if self.sequences * self.length <= _SMALL:
            self.run(prepared)
        return prepared

    def run(self, prepared: Any) -> Any:
        """Take the step: outputs, loss, gradient, new weights."""
        import torch

        ensemble, adam, x = prepared
        losses = (ensemble.forward(x) - x.transpose(0, 1)).square().mean(dim=(1, 2, 3))
        (gradient,) = torch.autograd.grad(losses.sum(), ensemble.weights)
        adam.step(gradient)
        return losses.detach()

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """The loss and the weights are numbers."""
        import torch

        fine = bool(torch.isfinite(output).all() and torch.isfinite(prepared[0].weights).all())
        return Judgement(fine, {}, "" if fine else "the loss or a weight is no number")


@dataclass(frozen=True)
class Networks:
    """Many networks of one architecture, from drawing their weights to their last step."""

    networks: int
    name: str = OURS

    def prepare(self) -> Any:
        """Draw the data."""
        import torch

        from mips_core.networks.examples import gather
        from mips_core.networks.fitting import Material
        from mips_core.networks.ladder import Rung
        from mips_core.networks.together import Growing

        torch.set_num_threads(1)
        material = Material(gather(get("Div_3"), seed=0), Rung("small", 8, (32,), one_hot=True))
        return Growing(material, 0, torch.device("cpu"), Monitor(), steps=FEW_STEPS)

    def run(self, prepared: Any) -> Any:
        """Train them."""
        return prepared.grow(self.networks)

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """All had their steps."""
        fine = output.trained == self.networks
        return Judgement(fine, {}, "" if fine else f"only {output.trained:,} networks were trained")


@dataclass(frozen=True)
class Stepping:
    """A network steps through sequences; it is a shift register, so that the right outputs are known.

    Parameters
    ----------
    hidden : size of the hidden state, and of the one inner layer
    sequences, length : how much is stepped
    """

    hidden: int = 16
    sequences: int = 10_000
    length: int = 5
    name: str = OURS

    def prepare(self) -> Any:
        """Make the network and draw the inputs."""
        from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded

        d = self.hidden
        shift = np.eye(d, d + 1, 1)  # every unit takes the next one's number, the last one takes the input
        first, second = AffineMap(shift, np.zeros(d)), AffineMap(np.eye(d), np.zeros(d))
        readout = AffineMap(np.eye(1, d, max(0, d - self._lag)), np.zeros(1))
        network = MlpNetwork(Card("mlp", 1, 1, d), RawInput(1), Rounded(1), (first, second), (readout,))
        rng = np.random.default_rng(0)
        return network, rng.integers(0, 10, size=(self.sequences, self.length, 1))

    @property
    def _lag(self) -> int:
        """The unit that is read holds the input of so many steps ago, this step counting as one."""
        return min(self.hidden, 2)

    def run(self, prepared: Any) -> Any:
        """Return the outputs."""
        return outputs_of(*prepared)

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """Compare with the inputs, shifted."""
        x, late = prepared[1], self._lag - 1
        right = bool((output[:, late:] == x[:, : self.length - late]).all() and (output[:, :late] == 0).all())
        return Judgement(right, {}, "" if right else "the outputs are not the inputs, shifted")


def growth(*, quick: bool, monitor: Monitor) -> Iterator[Growth]:
    """Measure training along four axes and stepping along three."""
    cap = _QUICK_CAP if quick else _CAP

    def sizes(*wanted: int) -> tuple[int, ...]:
        return wanted[:3] if quick else wanted

    yield measure_growth(
        TRAIN, "hidden size", "1 network, 64 sequences of 10 steps", sizes(1, 4, 16, 64, 128, 256),
        lambda n: TrainingStep(hidden=n), cap=cap, monitor=monitor, why=_DENSE,
    )  # fmt: skip
    yield measure_growth(
        MANY, "networks", f"hidden size 8, {FEW_STEPS} steps each", sizes(1, 4, 16, 64, 256, 1_024, 4_096),
        Networks, cap=cap, monitor=monitor,
    )  # fmt: skip
    yield measure_growth(
        TRAIN, "sequences", "1 network of hidden size 4, 10 steps each", sizes(1_000, 10_000, 100_000, 1_000_000),
        lambda n: TrainingStep(hidden=4, sequences=n), cap=cap, monitor=monitor,
    )  # fmt: skip
    yield measure_growth(
        TRAIN, "steps of a sequence", "1 network of hidden size 16, 64 sequences", sizes(10, 100, 1_000, 10_000),
        lambda n: TrainingStep(length=n), cap=cap, monitor=monitor,
    )  # fmt: skip
    yield measure_growth(
        STEP, "hidden size", "10,000 sequences of 5 steps", sizes(1, 4, 16, 64, 128, 256),
        lambda n: Stepping(hidden=n), cap=cap, monitor=monitor, why=_DENSE,
    )  # fmt: skip
    yield measure_growth(
        STEP, "sequences", "hidden size 16, 5 steps each", sizes(1_000, 10_000, 100_000, 1_000_000, 10_000_000),
        lambda n: Stepping(sequences=n), cap=cap, monitor=monitor,
    )  # fmt: skip
    yield measure_growth(
        STEP, "steps of a sequence", "hidden size 16, 100 sequences", sizes(10, 100, 1_000, 10_000, 100_000),
        lambda n: Stepping(sequences=100, length=n), cap=cap, monitor=monitor,
    )  # fmt: skip
