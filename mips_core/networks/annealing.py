"""From nearly right to right: the last rounds of training of a few good members.

Rates fall, a part of every batch is what is still wrong, and where longer sequences can be
drawn half of the batches are longer.  Four rounds of it raise the share of right sequences
at five times the length from 78 % to 84 % on small data files of machines with 6 to 12 states,
where noise on hidden states and weight decay both lower it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from mips_core.networks.ensemble import Adam, Ensemble, Shape
from mips_core.networks.fitting import Material, Sequences
from mips_core.networks.watching import Watch, unwatched
from mips_core.progress import Monitor, Progress

_STEPS, _LEAST_STEPS = 300, 30
_ROUND_SECONDS = 3.0
"""Steps of one round: fewer where each takes long."""

_LEAST_ROUNDS = 4
_LEAST_ROUNDS_LONGER = 2
_MOST_ROUNDS = 12
_PATIENCE = 3
_RATE, _DECAY = 0.6, 0.8
_FIRM = 1e-4
_LEARN_ROWS = 4096
_LEARN_STEPS = 2**18
"""Most steps of sequences learnt from that one look counts."""


@dataclass(frozen=True, eq=False)
class Finished:
    """One member after annealing, before export.

    Parameters
    ----------
    ensemble : just this member
    steps : optimiser steps until then
    held_out : share of held-out sequences that are right
    learned : share of right sequences among (the first of) those learnt from
    longer : share of right sequences at several times the length, or None
    """

    ensemble: Ensemble
    steps: int
    held_out: float
    learned: float
    longer: float | None

    @property
    def key(self) -> tuple[float, float, float]:
        """Larger is better: held-out sequences, then longer ones, then those learnt from."""
        return self.held_out, self.longer if self.longer is not None else 0.0, self.learned

    @property
    def perfect(self) -> bool:
        """Whether nothing is known to be wrong at the trained length."""
        return self.held_out == 1.0 and self.learned == 1.0

    @property
    def complete(self) -> bool:
        """Whether nothing at all is known to be wrong."""
        return self.perfect and self.longer in (None, 1.0)


def step_seconds(shape: Shape, members: int, batch: int, length: int) -> float:
    """Return about how long one Adam step takes on one core of a server CPU of 2024, in seconds.

    Fitted to 45 measured shapes (errors below 30 %): a constant, kernel launches, numbers
    passed through memory, multiplications.
    """
    depth = length * len(shape.transition) + len(shape.readout)
    numbers = shape.inputs + shape.hidden + shape.outputs + sum(shape.transition_widths) + sum(shape.readout_widths)
    rows = members * batch * length
    return 1.7e-4 + 2.5e-5 * depth + 4e-9 * rows * numbers + 6.5e-11 * rows * shape.parameters


def schedule(done: float, flat: float = 0.0) -> float:
    """Return the factor on all rates when a share ``done`` of the steps is done: flat, then a cosine down to 5 %."""
    if done <= flat:
        return 1.0
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (done - flat) / (1 - flat)))


def steps_of_round(cost: float) -> int:
    """Return how many steps of ``cost`` seconds one round has."""
    return max(_LEAST_STEPS, min(_STEPS, int(_ROUND_SECONDS / cost)))


def watched(pool: Sequences) -> Sequences:
    """Return the first sequences of a pool: those that each look at a network counts."""
    return pool.first(max(1, min(_LEARN_ROWS, _LEARN_STEPS // pool.x.shape[1])))


def measure(material: Material, ensemble: Ensemble, steps: int) -> Finished:
    """Judge one member."""
    learned = material.right(ensemble, watched(material.learn)).double().mean()
    held_out = material.right(ensemble, material.held_out).double().mean()
    longer = None
    if material.longer is not None:
        longer = float(material.right(ensemble, material.longer).double().mean())
    return Finished(ensemble, steps, float(held_out), float(learned), longer)


def anneal(
    material: Material,
    ensemble: Ensemble,
    rates: Tensor,
    generator: torch.Generator,
    steps: int,
    monitor: Monitor,
    watch: Watch = unwatched,
) -> tuple[list[Finished], int, float]:
    """Train members further for as long as it helps.

    Parameters
    ----------
    rates : the members' learning rates so far, shape (members, 1)
    steps : optimiser steps so far

    Returns
    -------
    the members of the best round, the steps taken and the estimated seconds spent
    """
    pools = [material.learn] + ([material.stretched] if material.stretched is not None else [])
    least = _LEAST_ROUNDS if len(pools) == 1 else _LEAST_ROUNDS_LONGER
    batch = max(16, material.rung.batch // 2)
    cost = step_seconds(ensemble.shape, ensemble.members, batch, material.examples.length * len(pools))
    length = steps_of_round(cost)
    best: list[Finished] = []
    taken, stale = 0, 0
    for index in range(_MOST_ROUNDS):
        message = f"{material.rung.name}: settling with falling rates, round {index + 1} of at most {_MOST_ROUNDS}"
        monitor.progress(Progress("train", message))
        hard = [(~material.right(ensemble, watched(p))).any(dim=0).nonzero()[:, 0] for p in pools]
        ensemble, loss = train_round(
            material, ensemble, rates * _RATE * _DECAY**index, pools, hard, batch, length, generator, monitor,
            watch=watch, before=steps + taken,
        )  # fmt: skip
        taken += length
        found = [measure(material, ensemble.pick([m]), steps + taken) for m in range(ensemble.members)]
        better = not best or max(f.key for f in found) > max(f.key for f in best)
        stale = 0 if better else stale + 1
        # A complete network is only made firmer by further rounds, so the last of them counts.
        if better or max(f.key for f in found) == max(f.key for f in best):
            best = found
        complete = any(f.complete for f in best) and (index + 1 >= least or loss < _FIRM)
        if complete or stale == _PATIENCE or monitor.expired:
            break
    return sorted(best, key=lambda f: f.key, reverse=True), taken, taken * cost


def train_round(
    material: Material,
    ensemble: Ensemble,
    rates: Tensor,
    pools: list[Sequences],
    hard: list[Tensor],
    batch: int,
    steps: int,
    generator: torch.Generator,
    monitor: Monitor,
    share: float = 0.25,
    watch: Watch = unwatched,
    before: int = 0,
) -> tuple[Ensemble, float]:
    """Return members trained further by so many steps, and the worst member's loss over the last of them.

    Parameters
    ----------
    rates : the members' learning rates, shape (members, 1); they fall to 5 % during the round
    pools : sequences to draw batches from, in turns
    hard : rows of each pool, int64 (K,), that a ``share`` of each batch is drawn from; where there are none, all rows
    watch : called after every step
    before : optimiser steps before this round, for ``watch``
    """
    reserved = int(share * batch)
    ensemble = ensemble.pick(range(ensemble.members))
    ensemble.weights.requires_grad_()
    adam = Adam(ensemble.weights, rates)
    lately = torch.zeros(ensemble.members, dtype=ensemble.dtype)
    for step in range(steps):
        which = step % len(pools)
        rows = torch.randint(len(pools[which]), (batch,), generator=generator)
        if len(hard[which]):
            rows[:reserved] = hard[which][torch.randint(len(hard[which]), (reserved,), generator=generator)]
        losses = material.loss(ensemble, pools[which], rows)
        (gradient,) = torch.autograd.grad(losses.sum(), ensemble.weights)
        adam.step(gradient, schedule((step + 1) / steps))
        lately.lerp_(losses.detach(), 0.05)
        watch(ensemble, before + step + 1, losses)
        if monitor.expired:
            break
    return Ensemble(ensemble.shape, ensemble.weights.detach()), float(lately.max())
