"""After training: look for words on which a network that seems perfect is wrong, and train on them.

A network that is right on ten thousand random sequences may be wrong on one of three steps.
Where the rule can be asked (tasks), :mod:`~mips_core.networks.counterexamples` looks for
such words, and a share of each batch is what it found; where only rows are known (data
files), all rows to learn from are looked at.  The best network of all rounds is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from mips_core.networks.annealing import Finished, measure, step_seconds, steps_of_round, train_round
from mips_core.networks.counterexamples import Findings, Rule, search
from mips_core.networks.ensemble import Ensemble
from mips_core.networks.examples import STRETCH, right_sequences
from mips_core.networks.fitting import Material, Sequences
from mips_core.networks.polish import polish
from mips_core.networks.watching import Watch, unwatched
from mips_core.progress import Monitor, Progress
from mips_core.stepping import IntArray
from mips_core.tasks.dataset import make_dataset
from mips_core.tasks.rare_words import rare_words

STAGE = "counterexamples"
"""Name of the stage in progress messages and in the list of stages."""

_MOST_ROUNDS = 8
_PATIENCE = 3
_PATIENCE_BEYOND = 2  # rounds without progress where all that is left is longer than the trained length
_RATE, _DECAY = 0.3, 0.85
_SHARE = 0.5
_RARE = 1_024
_POLISH_ROWS = 256
_SEARCH_SECONDS = 0.4


@dataclass(frozen=True, eq=False)
class Corrected:
    """A network after the search for counterexamples.

    Parameters
    ----------
    finished : the best network of all rounds
    clean : whether nothing wrong is known up to the trained length
    facts : what the last search on this network showed, plain JSON values for its card
    rounds, steps, seconds : rounds of training, optimiser steps in them, estimated seconds with the searches
    """

    finished: Finished
    clean: bool
    facts: dict[str, Any]
    rounds: int
    steps: int
    seconds: float


@dataclass(frozen=True, eq=False)
class _Look:
    """What one look at a network showed; ``cost`` is smaller for better networks, ``pools`` is what to train on."""

    clean: bool
    complete: bool
    cost: tuple[float, float]
    facts: dict[str, Any]
    pools: list[Sequences]
    hard: list[torch.Tensor]


def correct(
    material: Material,
    finished: Finished,
    *,
    seed: int,
    generator: torch.Generator,
    monitor: Monitor,
    watch: Watch = unwatched,
) -> Corrected:
    """Search, train on what was found, search again, until nothing is found or it no longer helps.

    Parameters
    ----------
    finished : a network that is right on all that was drawn at random
    seed : of the words that are searched
    generator : of the batches
    watch : called after every optimiser step
    """
    rng = np.random.default_rng([seed, 17])
    looks = _Rows(material) if material.examples.rule is None else _Words(material, material.examples.rule, rng)
    best, seen = finished, looks.look(finished.ensemble)
    key = _key(best, seen)
    latest, ensemble = seen, finished.ensemble
    rounds = steps = stale = 0
    seconds = _SEARCH_SECONDS
    trainable = not material.rung.newton  # affine networks have converged to rounding errors already
    while trainable and rounds < _MOST_ROUNDS and not seen.complete and not monitor.expired:
        if stale >= (_PATIENCE_BEYOND if seen.clean else _PATIENCE):
            break
        message = f"Round {rounds + 1}: training on words that are wrong although random ones are right"
        monitor.progress(Progress(STAGE, message, rounds / _MOST_ROUNDS))
        ensemble, taken, cost = _train(
            material, ensemble, latest, rounds, generator, monitor, watch, finished.steps + steps
        )
        rounds, steps, seconds = rounds + 1, steps + taken, seconds + cost + _SEARCH_SECONDS
        judged, latest = measure(material, ensemble, finished.steps + steps), looks.look(ensemble)
        stale += 1
        if _key(judged, latest) < key:
            best, seen, key, stale = judged, latest, _key(judged, latest), 0
    return Corrected(best, seen.clean, {**seen.facts, "rounds": rounds}, rounds, steps, seconds)


def _key(finished: Finished, look: _Look) -> tuple[float, ...]:
    """Smaller is better: random sequences first, then what was searched for up to the trained length, then beyond."""
    longer = finished.longer if finished.longer is not None else 1.0
    return (-finished.held_out, -finished.learned, look.cost[0], -longer + look.cost[1])


def _train(
    material: Material,
    ensemble: Ensemble,
    look: _Look,
    rounds: int,
    generator: torch.Generator,
    monitor: Monitor,
    watch: Watch,
    before: int,
) -> tuple[Ensemble, int, float]:
    """Train one network for a round; return it, the steps taken and the estimated seconds."""
    lengths = [pool.x.shape[1] for pool in look.pools]
    if material.rung.polish:
        joined = [_drawn(pool, hard, generator) for pool, hard in zip(look.pools, look.hard, strict=True)]
        found, _, evaluations = polish(
            ensemble.pick([0], torch.float64),
            lambda e: torch.stack([material.loss(e, part, slice(None)).sum() for part in joined]).sum(),
            iterations=100,
            monitor=monitor,
            watch=watch,
            steps=before,
        )
        costs = [step_seconds(found.shape, 1, len(part), length) for part, length in zip(joined, lengths, strict=True)]
        return found, evaluations, evaluations * sum(costs)
    slow, fast = material.rung.rates
    rates = torch.full((1, 1), (slow * fast) ** 0.5 * _RATE * _DECAY**rounds, dtype=ensemble.dtype)
    batch = max(32, material.rung.batch)
    costs = [step_seconds(ensemble.shape, 1, batch, length) for length in lengths]
    cost = sum(costs) / len(costs)
    steps = steps_of_round(cost)
    found, _ = train_round(
        material, ensemble, rates, look.pools, look.hard, batch, steps, generator, monitor, _SHARE, watch, before
    )
    return found, steps, steps * cost


def _drawn(pool: Sequences, hard: torch.Tensor, generator: torch.Generator) -> Sequences:
    """Return a fixed batch: half of it from the hard rows."""
    half = _POLISH_ROWS // 2
    rows = torch.randint(len(pool), (half,), generator=generator)
    if len(hard):
        rows = torch.cat([rows, hard[torch.randint(len(hard), (half,), generator=generator)]])
    return Sequences(pool.x[rows], pool.y[rows], pool.mask[rows])


class _Words:
    """Words with outputs by the rule; what was found once stays in the pools."""

    def __init__(self, material: Material, rule: Rule, rng: np.random.Generator) -> None:
        self.material, self.rule, self.rng = material, rule, rng
        examples = material.examples
        self.inputs, self.length, self.reach = examples.inputs, examples.length, STRETCH * examples.length
        self.within = rare_words(self.inputs, _RARE, self.length, rng)
        self.beyond = rare_words(self.inputs, _RARE, self.reach, rng)

    def look(self, ensemble: Ensemble) -> _Look:
        network = self.material.export(ensemble, 0, seed=0, notes={})
        found: Findings = search(network, self.rule, self.inputs, length=self.length, reach=self.reach, rng=self.rng)
        # The newest findings count as often as all that was found before.
        self.within = np.concatenate([self.within, found.within])
        self.beyond = np.concatenate([self.beyond, found.beyond])
        stretched = self.material.stretched
        assert stretched is not None, "where there is a rule, longer sequences were drawn"
        parts = [self._pool(self.material.learn, self.within), self._pool(stretched, self.beyond)]
        pools, hard = [p for p, _ in parts], [h for _, h in parts]
        return _Look(found.clean, found.clean and not len(found.beyond), found.cost, found.to_dict(), pools, hard)

    def _pool(self, drawn: Sequences, words: IntArray) -> tuple[Sequences, torch.Tensor]:
        data = make_dataset(words, self.rule(words))
        pool = drawn.joined(Sequences.of(data, self.inputs))
        return pool, torch.arange(len(drawn), len(pool))


class _Rows:
    """All rows to learn from; a file has no other words with known outputs."""

    def __init__(self, material: Material) -> None:
        self.material = material

    def look(self, ensemble: Ensemble) -> _Look:
        network = self.material.export(ensemble, 0, seed=0, notes={})
        data = self.material.examples.learn
        wrong = np.flatnonzero(~right_sequences(network, data))
        facts = {"rows": {"rows": data.n, "wrong": len(wrong)}}
        clean = len(wrong) == 0
        return _Look(clean, clean, (len(wrong) / data.n, 0.0), facts, [self.material.learn], [torch.from_numpy(wrong)])
