"""One rung being climbed: training in slices, and finishing the members that are worth it.

Work is counted in steps whose cost is known beforehand from the sizes, not in seconds on
the clock, so that the same seed always takes the same decisions.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from mips_core.networks.annealing import Finished, anneal, measure, schedule, step_seconds
from mips_core.networks.correcting import Corrected, correct
from mips_core.networks.ensemble import Adam, Ensemble
from mips_core.networks.examples import Examples
from mips_core.networks.fitting import Material, Sequences, one_thread
from mips_core.networks.ladder import Rung
from mips_core.networks.polish import ITERATIONS, polish, polished_on
from mips_core.networks.recording import Recorder, Track
from mips_core.networks.watching import Watch, unwatched
from mips_core.progress import Monitor

_CHECK_EVERY = 50
_PROMISING = 0.9
_SLIPS = 0.02
"""Share of outputs that a promising network may get wrong, besides those that are wrong in the data."""
_POLISH_BELOW = 0.02
_PLATEAU_CHECKS = 8


@dataclass(frozen=True)
class Point:
    """One look at a rung in training: best loss and best accuracy (glance at held-out sequences) over members."""

    rung: str
    step: int
    loss: float
    accuracy: float


def generator_for(seed: int, rung: str, draw: int = 0) -> torch.Generator:
    """Return a generator of its own for each seed, rung and restart."""
    state = np.random.SeedSequence([seed, zlib.crc32(rung.encode()), draw]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state) >> 1)


class Attempt:
    """A rung trained by Adam, as an ensemble.

    Attributes: ``spent`` estimated seconds so far, ``steps`` optimiser steps so far, ``loss`` and
    ``accuracy`` the best looks, ``hit`` whether the last slice ended with a perfect member.

    Parameters
    ----------
    examples : what to learn
    rung : the architecture
    seed : seeds weights and batches
    recorder : records the members, or None; ``branch`` is then the track of those that were finished last
    """

    def __init__(self, examples: Examples, rung: Rung, seed: int, recorder: Recorder | None = None) -> None:
        self.material = Material(examples, rung)
        self.branch: Track | None = None
        self._recorder = recorder
        self._track: Track | None = None
        self.rung, self.seed = rung, seed
        self.history: list[Point] = []
        self.spent = 0.0
        self.steps = 0
        self.hit = False
        self.loss = math.inf
        self.accuracy = 0.0
        self._draws = 0
        self.restart()

    def restart(self) -> None:
        """Start from fresh weights."""
        self._generator = generator_for(self.seed, self.rung.name, self._draws)
        self._draws += 1
        shape = self.material.shape(self.rung.hidden)
        self.ensemble = Ensemble.initial(shape, self.rung.members, self._generator, self.material.dtype)
        self.ensemble.weights.requires_grad_()
        slow, fast = (math.log10(rate) for rate in self.rung.rates)
        self._rates = torch.logspace(slow, fast, self.rung.members, dtype=self.material.dtype).unsqueeze(1)
        self._adam = Adam(self.ensemble.weights, self._rates)
        self._glanced = torch.zeros(self.rung.members)
        self._losses = torch.full((self.rung.members,), math.inf)
        self._slices = 0
        self.hit = False
        self._track = self._follow(self.ensemble)

    def advance(self, seconds: float, monitor: Monitor, tell: Callable[[], None] = lambda: None) -> None:
        """Train for about ``seconds``; stops early when a member is right on all held-out sequences.

        ``tell`` is called after each look.
        """
        length = self.material.examples.length
        horizon = self.rung.steps_at(self._slices, length)
        self._slices += 1
        cost = step_seconds(self.ensemble.shape, self.rung.members, self.rung.batch, horizon)
        steps = max(_CHECK_EVERY, int(seconds / cost) // _CHECK_EVERY * _CHECK_EVERY)
        glance = self.material.glance
        looking = step_seconds(self.ensemble.shape, self.rung.members, len(glance), length) / 3  # no gradient
        self.hit = False
        first = len(self.history)
        watch = _watch(self._track, "train")
        for step in range(1, steps + 1):
            with one_thread():
                # Full rate first, so that members find their way; then a cosine down to 5 % to settle.
                losses = self._step(schedule(step / steps, flat=0.6), horizon)
                watch(self.ensemble, self.steps, losses)
                if monitor.expired:
                    self._look(losses)
                    break
                if step % _CHECK_EVERY:
                    continue
                self._look(losses)
            self.spent += _CHECK_EVERY * cost + looking
            tell()
            if self.hit or self._stuck(first):
                break

    def finish(self, monitor: Monitor, *, anything: bool = False) -> list[Finished]:
        """Anneal the members that are promising (or the best, if ``anything``) and return them, best first."""
        self.branch = None if self._track is None else self._track.branch()
        if self.material.examples.wrong:
            return self._without_wrong_outputs(anything, monitor)
        with one_thread():
            polished = self._polished(self._best_by_loss(), monitor) if self._worth_polishing(monitor) else None
            if polished is not None and polished.complete:
                return [polished]
            order = sorted(range(self.rung.members), key=lambda m: (-float(self._glanced[m]), m))
            rows = [m for m in order if self._glanced[m] >= _PROMISING][:2]
            if not rows and anything:
                rows = order[:1]
            found = [polished] if polished is not None and (anything or polished.held_out >= _PROMISING) else []
            if rows:
                picked = self.ensemble.pick(rows)
                annealed, steps, seconds = anneal(
                    self.material, picked, self._rates[rows], self._generator, self.steps, monitor,
                    _watch(self.branch, "settle"),
                )  # fmt: skip
                self.steps += steps
                self.spent += seconds
                found += annealed
                if self.rung.polish and not monitor.expired:
                    found.append(self._polished(annealed[0].ensemble, monitor))
        return sorted(found, key=lambda f: f.key, reverse=True)

    def _without_wrong_outputs(self, anything: bool, monitor: Monitor) -> list[Finished]:
        """Anneal the members that are right on nearly all outputs, without the outputs that most of them contradict."""
        least = 1.0 - self.material.examples.wrong - _SLIPS
        order = sorted(range(self.rung.members), key=lambda m: (-float(self._glanced[m]), m))
        rows = [m for m in order if self._glanced[m] >= least]
        with one_thread():
            if rows:
                trusted = self.material.trusted(self.ensemble.pick(rows))
                best = self.ensemble.pick(rows[:2])
                found, steps, seconds = anneal(
                    trusted, best, self._rates[rows[:2]], self._generator, self.steps, monitor,
                    _watch(self.branch, "settle"),
                )  # fmt: skip
                self.steps += steps
                self.spent += seconds
            else:
                found = [measure(self.material, self.ensemble.pick([m]), self.steps) for m in order[: int(anything)]]
            # Judged by all outputs again: nobody knows for sure which are wrong.
            return [measure(self.material, one.ensemble, self.steps) for one in found]

    def corrected(self, finished: Finished, monitor: Monitor) -> Corrected:
        """Look for words on which a finished network is wrong, and train it on them; see :func:`correct`."""
        generator = generator_for(self.seed, f"{self.rung.name}: counterexamples", self._draws)
        watch = _watch(self.branch, "correct")
        with one_thread():
            result = correct(self.material, finished, seed=self.seed, generator=generator, monitor=monitor, watch=watch)
        self.spent += result.seconds
        self.steps += result.steps
        return result

    def _follow(self, ensemble: Ensemble) -> Track | None:
        if self._recorder is None:
            return None
        return self._recorder.follow(self.material, ensemble, self.steps, self.seed)

    def _step(self, factor: float, horizon: int) -> Tensor:
        rows = torch.randint(len(self.material.learn), (self.rung.batch,), generator=self._generator)
        losses = self.material.loss(self.ensemble, self.material.learn, rows, horizon)
        (gradient,) = torch.autograd.grad(losses.sum(), self.ensemble.weights)
        self._adam.step(gradient, factor)
        self.steps += 1
        return losses.detach()

    def _look(self, losses: Tensor) -> None:
        """Judge members on a part of the held-out sequences, and on all of them once that part is right."""
        self._glanced = self.material.right_share(self.ensemble, self.material.glance)
        self._losses = torch.nan_to_num(losses, nan=math.inf)
        accuracy, loss = float(self._glanced.max()), float(self._losses.min())
        self.loss = min(self.loss, loss)
        self.accuracy = max(self.accuracy, accuracy)
        self.history.append(Point(self.rung.name, self.steps, loss, accuracy))
        wrong = self.material.examples.wrong
        if wrong:  # in later slices every look would be a hit, although something was amiss
            self.hit = accuracy >= 1.0 - wrong and self._slices == 1
        elif accuracy == 1.0:
            self.hit = measure(self.material, self.ensemble.pick([int(self._glanced.argmax())]), self.steps).perfect

    def _stuck(self, first: int) -> bool:
        """Whether the loss of an affine hidden state has stopped falling while it is still high.

        Only asked of affine F: with a ReLU F a long plateau before a sudden fall is normal.
        """
        seen = [point.loss for point in self.history[first:]]
        if self.rung.transition_widths or len(seen) < 2 * _PLATEAU_CHECKS:
            return False
        before, lately = min(seen[:-_PLATEAU_CHECKS]), min(seen[-_PLATEAU_CHECKS:])
        return before > 0.05 and lately > 0.9 * before

    def _worth_polishing(self, monitor: Monitor) -> bool:
        return self.rung.polish and float(self._losses.min()) < _POLISH_BELOW and not monitor.expired

    def _best_by_loss(self) -> Ensemble:
        return self.ensemble.pick([int(self._losses.argmin())])

    def _polished(self, ensemble: Ensemble, monitor: Monitor) -> Finished:
        double = ensemble.pick([0], torch.float64)
        polished, _ = self._minimise(
            double,
            self.material.stretched or self.material.learn,
            monitor,
            iterations=200,
            watch=_watch(self.branch, "settle"),
        )
        return measure(self.material, polished, self.steps)

    def _minimise(
        self, ensemble: Ensemble, pool: Sequences, monitor: Monitor, *, iterations: int, watch: Watch
    ) -> tuple[Ensemble, float]:
        """Run L-BFGS on a fixed part of a pool and count its work."""
        pool = polished_on(pool)
        found, loss, evaluations = polish(
            ensemble, lambda e: self.material.loss(e, pool, slice(None)).sum(), iterations=iterations, monitor=monitor,
            watch=watch, steps=self.steps,
        )  # fmt: skip
        self.steps += evaluations
        self.spent += evaluations * step_seconds(found.shape, 1, len(pool), pool.x.shape[1])
        return found, loss


def _watch(track: Track | None, phase: str) -> Watch:
    return unwatched if track is None else track.watch(phase)


class AffineAttempt(Attempt):
    """A rung with affine F and G, trained by L-BFGS in float64 from many starting points.

    The hidden size that the data's Hankel matrix suggests comes first, then one and two more:
    the constant input of the biases may need memory too.
    """

    _STARTS = 3
    _EXACT = 1e-16  # of the outputs' variance: the impulse response is then right to about 1e-8

    def restart(self) -> None:
        """Forget what was found; the next start is a new one."""
        self.best: tuple[Ensemble, float] | None = None
        self.hit = False

    def advance(self, seconds: float, monitor: Monitor, tell: Callable[[], None] = lambda: None) -> None:
        """Try starting points for about ``seconds`` until one converges to rounding errors."""
        end = self.spent + seconds
        while self.spent < end and not self.hit and not monitor.expired:
            hidden = self.rung.hidden + (self._draws // self._STARTS) % 3
            generator = generator_for(self.seed, self.rung.name, self._draws)
            self._draws += 1
            with one_thread():
                start = Ensemble.initial(self.material.shape(hidden), 1, generator, torch.float64)
                track = self._follow(start)
                watch = _watch(track, "train")
                found, loss = self._minimise(start, self.material.learn, monitor, iterations=ITERATIONS, watch=watch)
                if math.isfinite(loss) and (self.best is None or loss < self.best[1]):
                    self.best, self._track = (found, loss), track
                    self.loss = loss
                    judged = measure(self.material, found, self.steps)
                    self.accuracy = judged.held_out
                    self.hit = loss < self._EXACT and judged.complete
            self.history.append(Point(self.rung.name, self.steps, self.loss, self.accuracy))
            tell()

    def finish(self, monitor: Monitor, *, anything: bool = False) -> list[Finished]:
        """Return the best start, if it is right or ``anything`` will do."""
        if self.best is None or not (self.accuracy >= _PROMISING or anything):
            return []
        self.branch = None if self._track is None else self._track.branch()
        with one_thread():
            return [measure(self.material, self.best[0], self.steps)]
