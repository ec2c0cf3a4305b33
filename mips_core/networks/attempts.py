"""One rung being climbed: training in slices, and finishing the members that are worth it.

Work is counted in steps whose cost is known beforehand from the sizes, not in seconds on
the clock, so that the same seed always takes the same decisions.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mips_core.networks.ensemble import Adam, Ensemble, Shape
from mips_core.networks.examples import Examples
from mips_core.networks.fitting import Material, Sequences, one_thread
from mips_core.networks.ladder import Rung
from mips_core.networks.polish import polish
from mips_core.progress import Monitor

_CHECK_EVERY = 50
_PROMISING = 0.9
_ANNEAL_STEPS = 300
_ANNEAL_ROUNDS = 12
_ANNEAL_PATIENCE = 3
_LONGEST_FIRST = 24


@dataclass(frozen=True)
class Point:
    """One look at a rung in training: best loss and best accuracy (glance at held-out sequences) over members."""

    rung: str
    step: int
    loss: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class Finished:
    """One member after annealing, before export; ``held_out`` and ``longer`` are shares of right sequences."""

    ensemble: Ensemble
    steps: int
    held_out: float
    longer: float | None

    @property
    def key(self) -> tuple[float, float]:
        """Larger is better: first the trained length, then longer sequences."""
        return self.held_out, self.longer if self.longer is not None else 0.0


def step_seconds(shape: Shape, members: int, batch: int, length: int) -> float:
    """Return about how long one Adam step takes on one core of a server CPU of 2024, in seconds.

    Fitted to 45 measured shapes (errors below 30 %): a constant, kernel launches, numbers
    passed through memory, multiplications.
    """
    depth = length * len(shape.transition) + len(shape.readout)
    numbers = shape.inputs + shape.hidden + shape.outputs + sum(shape.transition_widths) + sum(shape.readout_widths)
    rows = members * batch * length
    return 1.7e-4 + 2.5e-5 * depth + 4e-9 * rows * numbers + 6.5e-11 * rows * shape.parameters


def generator_for(seed: int, rung: str, draw: int = 0) -> torch.Generator:
    """Return a generator of its own for each seed, rung and restart."""
    state = np.random.SeedSequence([seed, zlib.crc32(rung.encode()), draw]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state) >> 1)


class Attempt:
    """A rung trained by Adam, as an ensemble.

    Parameters
    ----------
    examples : what to learn
    rung : the architecture
    seed : seeds weights and batches
    """

    def __init__(self, examples: Examples, rung: Rung, seed: int) -> None:
        self.material = Material(examples, rung)
        self.rung, self.seed = rung, seed
        self.history: list[Point] = []
        self.spent = 0.0
        self.steps = 0
        self.hit = False
        self.loss = math.inf
        self.accuracy = 0.0
        self._slices = 0
        self._draws = 0
        self.restart()

    def restart(self) -> None:
        """Start from fresh weights."""
        self._generator = generator_for(self.seed, self.rung.name, self._draws)
        self._draws += 1
        shape = self.material.shape(self.rung.hidden)
        self.ensemble = Ensemble.initial(shape, self.rung.members, self._generator, self.material.dtype)
        self._start_optimiser()
        self._glanced = torch.zeros(self.rung.members)
        self._slices = 0
        self.hit = False

    def advance(self, seconds: float, monitor: Monitor) -> None:
        """Train for about ``seconds``; stops early when a member is right on all held-out sequences."""
        length = self.material.examples.length
        horizon = min(length, (self.rung.horizon or _LONGEST_FIRST) * 2**self._slices)
        self._slices += 1
        cost = step_seconds(self.ensemble.shape, self.rung.members, self.rung.batch, horizon)
        steps = max(_CHECK_EVERY, int(seconds / cost) // _CHECK_EVERY * _CHECK_EVERY)
        self.hit = False
        with one_thread():
            for step in range(1, steps + 1):
                # Full rate first, so that members find their way; then a cosine down to 5 % to settle.
                losses = self._step(_schedule(step / steps, flat=0.6), horizon)
                if step % _CHECK_EVERY == 0:
                    self._look(losses)
                    if self.hit or monitor.expired:
                        steps = step
                        break
        self.spent += steps * cost

    def finish(self, monitor: Monitor, *, anything: bool = False) -> list[Finished]:
        """Anneal the members that are promising (or the best, if ``anything``) and return them, best first."""
        order = sorted(range(self.rung.members), key=lambda m: (-float(self._glanced[m]), m))
        rows = [m for m in order if self._glanced[m] >= _PROMISING][:2]
        if not rows and anything:
            rows = order[:1]
        if not rows:
            return []
        with one_thread():
            annealed = self._anneal(self.ensemble.pick(rows), self._rates[rows], monitor)
            found = [self._measured(annealed.pick([m])) for m in range(len(rows))]
            if self.rung.polish and not monitor.expired:
                best = max(found, key=lambda f: f.key)
                found.append(self._polished(best.ensemble))
        return sorted(found, key=lambda f: f.key, reverse=True)

    def _start_optimiser(self) -> None:
        slow, fast = self.rung.rates
        self._rates = torch.logspace(
            math.log10(slow), math.log10(fast), self.rung.members, dtype=self.material.dtype
        ).unsqueeze(1)
        self.ensemble.weights.requires_grad_()
        self._adam = Adam(self.ensemble.weights, self._rates)

    def _step(self, factor: float, horizon: int) -> Tensor:
        rows = torch.randint(len(self.material.learn), (self.rung.batch,), generator=self._generator)
        losses = self.material.loss(self.ensemble, self.material.learn, rows, horizon)
        (gradient,) = torch.autograd.grad(losses.sum(), self.ensemble.weights)
        self._adam.step(gradient, factor)
        self.steps += 1
        return losses.detach()

    def _look(self, losses: Tensor) -> None:
        """Judge members on a part of the held-out sequences, and on all of them once that part is right."""
        self._glanced = self.material.right(self.ensemble, self.material.glance).double().mean(dim=1)
        accuracy = float(self._glanced.max())
        self.loss = float(torch.nan_to_num(losses, nan=math.inf).min())
        self.accuracy = max(self.accuracy, accuracy)
        self.history.append(Point(self.rung.name, self.steps, self.loss, accuracy))
        if accuracy == 1.0:
            best = self.ensemble.pick([int(self._glanced.argmax())])
            self.hit = bool(self.material.right(best, self.material.held_out).all())

    def _anneal(self, ensemble: Ensemble, rates: Tensor, monitor: Monitor) -> Ensemble:
        """Train on with falling rates, longer sequences where there are any, and what still goes wrong.

        Rounds go on while they help.
        """
        material = self.material
        pools = [material.learn] + ([material.stretched] if material.stretched is not None else [])
        best, best_key, stale = ensemble, (-1.0, -1.0), 0
        for attempt in range(_ANNEAL_ROUNDS):
            wrong = [(~material.right(ensemble, pool)).any(dim=0).nonzero()[:, 0] for pool in pools]
            ensemble = self._anneal_round(ensemble, rates * 0.3 * 0.8**attempt, pools, wrong, monitor)
            key = max(self._measured(ensemble.pick([m])).key for m in range(ensemble.members))
            stale = 0 if key > best_key else stale + 1
            if key > best_key:
                best, best_key = ensemble, key
            if key[0] == 1.0 and (key[1] == 1.0 or material.longer is None):
                break
            if stale == _ANNEAL_PATIENCE or monitor.expired:
                break
        return best

    def _anneal_round(
        self, ensemble: Ensemble, rates: Tensor, pools: list[Sequences], wrong: list[Tensor], monitor: Monitor
    ) -> Ensemble:
        """Return members trained further; a quarter of each batch is what was ``wrong`` before this round."""
        ensemble = ensemble.pick(range(ensemble.members))
        ensemble.weights.requires_grad_()
        adam = Adam(ensemble.weights, rates)
        batch = max(16, self.rung.batch // 2)
        for step in range(_ANNEAL_STEPS):
            which = step % len(pools)
            rows = torch.randint(len(pools[which]), (batch,), generator=self._generator)
            if len(wrong[which]):
                hard = torch.randint(len(wrong[which]), (batch // 4,), generator=self._generator)
                rows[: batch // 4] = wrong[which][hard]
            losses = self.material.loss(ensemble, pools[which], rows)
            (gradient,) = torch.autograd.grad(losses.sum(), ensemble.weights)
            adam.step(gradient, _schedule((step + 1) / _ANNEAL_STEPS, flat=0.0))
            if step % _CHECK_EVERY == 0 and monitor.expired:
                break
        self.steps += _ANNEAL_STEPS
        length = self.material.examples.length * (2 if len(pools) == 2 else 1)
        self.spent += _ANNEAL_STEPS * step_seconds(ensemble.shape, ensemble.members, batch, length)
        return Ensemble(ensemble.shape, ensemble.weights.detach())

    def _polished(self, ensemble: Ensemble) -> Finished:
        rows = slice(0, 256)
        double = ensemble.pick([0], torch.float64)
        pool = self.material.learn
        polished, _ = polish(double, lambda e: self.material.loss(e, pool, rows).sum(), iterations=200)
        return self._measured(polished)

    def _measured(self, ensemble: Ensemble) -> Finished:
        material = self.material
        held_out = float(material.right(ensemble, material.held_out).double().mean())
        longer = None
        if material.longer is not None:
            longer = float(material.right(ensemble, material.longer).double().mean())
        return Finished(ensemble, self.steps, held_out, longer)


class AffineAttempt(Attempt):
    """A rung with affine F and G, trained by L-BFGS in float64 from many starting points.

    The hidden size that the data's Hankel matrix suggests comes first, then one and two more:
    the constant input of the biases may need memory too.
    """

    _STARTS = 4
    _EXACT = 1e-20

    def restart(self) -> None:
        """Forget what was found; the next start is a new one."""
        self.best: tuple[Ensemble, float] | None = None
        self.hit = False

    def advance(self, seconds: float, monitor: Monitor) -> None:
        """Try starting points for about ``seconds`` until one converges to rounding errors."""
        material, spent = self.material, 0.0
        rows = slice(0, min(len(material.learn), 256))
        with one_thread():
            while spent < seconds and not self.hit and not monitor.expired:
                hidden = self.rung.hidden + (self._draws // self._STARTS) % 3
                generator = generator_for(self.seed, self.rung.name, self._draws)
                self._draws += 1
                start = Ensemble.initial(material.shape(hidden), 1, generator, torch.float64)
                found, loss = polish(start, lambda e: material.loss(e, material.learn, rows).sum(), iterations=400)
                spent += 400 * step_seconds(found.shape, 1, rows.stop, material.examples.length)
                self.steps += 400
                if not math.isfinite(loss):
                    continue
                if self.best is None or loss < self.best[1]:
                    self.best = found, loss
                    self.loss = loss
                    self.accuracy = float(material.right(found, material.held_out).double().mean())
                self.history.append(Point(self.rung.name, self.steps, loss, self.accuracy))
                self.hit = self.best[1] < self._EXACT and self.accuracy == 1.0
        self.spent += spent

    def finish(self, monitor: Monitor, *, anything: bool = False) -> list[Finished]:
        """Return the best start, if it is right or ``anything`` will do."""
        if self.best is None or not (self.accuracy >= _PROMISING or anything):
            return []
        with one_thread():
            return [self._measured(self.best[0])]


def _schedule(done: float, flat: float) -> float:
    """Return the factor on all rates when a share ``done`` of a slice is done: flat, then a cosine down to 5 %."""
    if done <= flat:
        return 1.0
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (done - flat) / (1 - flat)))
