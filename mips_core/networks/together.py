"""Training many networks of one architecture together, on any device.

They are trained in groups that fit the device.  A network that is right on all held-out sequences leaves its group, so
that the work goes to the others.  Weights and batches are drawn on the processor, by generators of their own: what a
network starts from and what it sees depend neither on how many others there are nor on the device.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mips_core.networks.annealing import schedule
from mips_core.networks.attempts import generator_for
from mips_core.networks.ensemble import Adam, Ensemble, Shape
from mips_core.networks.fitting import Material, Sequences
from mips_core.progress import Monitor, Progress

STEPS = 2_000
"""Optimiser steps that each network has."""

_CHECK_EVERY = 50
_FIRST_LOOK = 64
"""Held-out sequences that every network is looked at on; the others are only asked where these are right."""

_GOLDEN = 0.5 * (math.sqrt(5) - 1)

_NUMBERS = 2**22
"""Numbers of one step, of all networks trained together on a processor: with more it gets slower again."""

_MOST_ON_GPU = 2**14
_SHARE_OF_MEMORY = 0.5
_COPIES = 8
"""How many times the numbers of one step a GPU holds: for the gradient, and the gradient itself."""


@dataclass(frozen=True, eq=False)
class Learnt:
    """Networks that are right on all held-out sequences, or the best that there was.

    Parameters
    ----------
    ensemble : on the processor; one member each
    steps : optimiser steps of each until it was seen to be right
    perfect : whether they are right on all held-out sequences; otherwise there is one, the best
    trained : how many networks had all their steps or were right before
    """

    ensemble: Ensemble
    steps: tuple[int, ...]
    perfect: bool
    trained: int


@dataclass(eq=False)
class _Group:
    """Networks in training: the optimiser and which of the batches come next."""

    ensemble: Ensemble
    adam: Adam
    batches: torch.Generator

    def keep(self, rows: list[int]) -> None:
        """Go on with some of the networks."""
        self.ensemble = self.ensemble.pick(rows)
        self.ensemble.weights.requires_grad_()
        self.adam = self.adam.pick(rows, self.ensemble.weights)


class Growing:
    """Trains networks on one material.

    Parameters
    ----------
    material : examples and architecture
    seed : of weights and batches
    device : where
    monitor : when its time is up, what was learnt until then is returned
    steps : optimiser steps of each network
    """

    def __init__(
        self, material: Material, seed: int, device: torch.device, monitor: Monitor, steps: int = STEPS
    ) -> None:
        self.material, self.seed, self.device = material.to(device), seed, device
        self.monitor, self.steps = monitor, steps
        self.shape = material.shape(material.rung.hidden)
        self._goal = 1.0 - material.examples.wrong
        self._looked = self.material.held_out.first(_FIRST_LOOK)

    def grow(self, networks: int) -> Learnt:
        """Train so many networks, in groups."""
        perfect: list[tuple[Ensemble, int]] = []
        fallback: tuple[float, Ensemble] | None = None
        trained = 0
        size = together(self.shape, self.material, self.device)
        for first in range(0, networks, size):
            group = self.begin(first, min(size, networks - first))
            found, whole = self._train(group, f"{first + group.ensemble.members:,} of {networks:,} networks")
            perfect += found
            trained += len(found) + (group.ensemble.members if whole else 0)
            if not perfect and group.ensemble.members:
                shares = self._shares(group.ensemble, self._looked)
                best = int(shares.argmax())
                if fallback is None or float(shares[best]) > fallback[0]:
                    fallback = float(shares[best]), group.ensemble.pick([best])
            if self.monitor.expired:
                break
        if not perfect:
            assert fallback is not None, "there is at least one group"
            return Learnt(fallback[1].to(torch.device("cpu")), (self.steps,), False, trained)
        weights = torch.cat([one.weights.detach().to("cpu") for one, _ in perfect])
        return Learnt(Ensemble(self.shape, weights), tuple(step for _, step in perfect), True, trained)

    def begin(self, first: int, count: int) -> _Group:
        """Return networks ``first`` to ``first + count - 1`` before training."""
        rung, dtype = self.material.rung, self.material.dtype
        own = [generator_for(self.seed, f"{rung.name}: network", draw) for draw in range(first, first + count)]
        ensemble = Ensemble.drawn(self.shape, own, dtype).to(self.device)
        ensemble.weights.requires_grad_()
        # Multiples of the golden ratio spread evenly over the range of learning rates, however many there are.
        places = np.modf(_GOLDEN * np.arange(first, first + count, dtype=np.float64))[0]
        rates = rung.rates[0] * (rung.rates[1] / rung.rates[0]) ** places
        rates_there = torch.from_numpy(rates).to(self.device, dtype).unsqueeze(1)
        batches = generator_for(self.seed, f"{rung.name}: batches of all")
        return _Group(ensemble, Adam(ensemble.weights, rates_there), batches)

    def step(self, group: _Group, number: int) -> Tensor:
        """Take optimiser step ``number`` (from 1 on) and return the losses (members,)."""
        learn, rung = self.material.learn, self.material.rung
        horizon = rung.steps_at(3 * (number - 1) // self.steps, learn.x.shape[1])  # in three stages
        drawn = torch.randint(len(learn), (rung.batch,), generator=group.batches, device="cpu")
        losses = self.material.loss(group.ensemble, learn, drawn.to(self.device), horizon)
        (gradient,) = torch.autograd.grad(losses.sum(), group.ensemble.weights)
        group.adam.step(gradient, schedule(number / self.steps, flat=0.6))
        return losses.detach()

    def _train(self, group: _Group, message: str) -> tuple[list[tuple[Ensemble, int]], bool]:
        """Return the networks that became right, with their steps, and whether the others had all of theirs."""
        perfect: list[tuple[Ensemble, int]] = []
        for number in range(1, self.steps + 1):
            self.step(group, number)
            if number % _CHECK_EVERY == 0 or self.monitor.expired:
                right = self._right(group.ensemble)
                if right:
                    perfect += [(group.ensemble.pick([row]), number) for row in right]
                    group.keep([row for row in range(group.ensemble.members) if row not in set(right)])
                told = f"{message}: step {number:,}, {len(perfect):,} of this group are right"
                self.monitor.progress(Progress("train", told))
                if not group.ensemble.members:
                    return perfect, True
            if self.monitor.expired:
                return perfect, False
        return perfect, True

    def _right(self, ensemble: Ensemble) -> list[int]:
        """Return the members that are right on all held-out sequences; few sequences first, to be quick."""
        rows = list(range(ensemble.members))
        for sequences in (self._looked, self.material.glance, self.material.held_out):
            if rows:
                good = self._shares(ensemble.pick(rows), sequences) >= self._goal
                rows = [row for row, passed in zip(rows, good.tolist(), strict=True) if passed]
        return rows

    def _shares(self, ensemble: Ensemble, sequences: Sequences) -> Tensor:
        """Return the share that each member gets right, float64 (members,), a few members at a time."""
        size = together(self.shape, self.material, self.device, len(sequences))
        parts = [
            self.material.right_share(ensemble.pick(range(at, min(at + size, ensemble.members))), sequences)
            for at in range(0, ensemble.members, size)
        ]
        return torch.cat(parts).to("cpu")


def together(shape: Shape, material: Material, device: torch.device, batch: int | None = None) -> int:
    """Return how many networks are trained at once on a device.

    Parameters
    ----------
    batch : sequences that each of them sees; None for those of one optimiser step
    """
    widths = sum(size_out for _, size_out in shape.transition + shape.readout)
    numbers = (batch or material.rung.batch) * material.examples.length * (shape.inputs + widths)
    if device.type != "cuda":
        return max(1, _NUMBERS // numbers)
    free, _ = torch.cuda.mem_get_info(device)
    size = 8 if material.dtype == torch.float64 else 4
    return max(1, min(_MOST_ON_GPU, int(_SHARE_OF_MEMORY * free) // (_COPIES * size * numbers)))
