"""Thousands of networks of one architecture: how many of them learn a task, and the best of them.

One network that learns a task tells little about how hard the task is for its architecture.  Here as many as wanted
are trained together (:mod:`~mips_core.networks.together`), each from its own starting weights and at its own learning
rate; those that are right on all held-out sequences are counted, and the best of them, on these and then at five times
the length, is finished as ``train`` does.  Where training a single network has found the architecture, that network is
kept if none of the many is as good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from mips_core.errors import BadInputError, Cancelled
from mips_core.networks.annealing import Finished, measure
from mips_core.networks.attempts import generator_for
from mips_core.networks.correcting import correct
from mips_core.networks.devices import choose_device, described
from mips_core.networks.examples import gather
from mips_core.networks.fitting import Material, one_thread
from mips_core.networks.ladder import profile, rungs, rungs_named
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.polish import ITERATIONS, polish, polished_on
from mips_core.networks.together import Growing, Learnt
from mips_core.networks.trained import Training, exported
from mips_core.networks.training import DEFAULT_BUDGET, train
from mips_core.progress import Monitor, Stopwatch
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Task

_CANDIDATES = 32
"""Networks among those that learnt the task that are compared on longer sequences."""


@dataclass(frozen=True)
class Census:
    """How many networks learnt the task.

    Parameters
    ----------
    networks : asked for
    trained : of these, how many had all their steps or learnt the task before
    perfect : how many are right on all held-out sequences
    steps : optimiser steps of each of these until it was seen to be, in the order in which they were found
    architecture : name of the rung
    device : on which they were trained
    seconds : that training them took, without finding the architecture and without what is done to the best
    alone : whether the network that is kept is none of them, but the one that found the architecture: it is better
    """

    networks: int
    trained: int
    perfect: int
    steps: tuple[int, ...]
    architecture: str
    device: str
    seconds: float
    alone: bool = False

    @property
    def sentence(self) -> str:
        """One line for a person."""
        how = f"({self.architecture}, {self.device}, {self.seconds:.1f} s)"
        if not self.trained:
            return f"there was no time for all steps of any of the {self.networks:,} networks {how}"
        of = f"{self.trained:,} networks"
        if self.trained < self.networks:
            of = f"the {self.trained:,} networks that there was time for (of {self.networks:,})"
        half = sorted(self.steps)[len(self.steps) // 2] if self.steps else 0
        when = f", half of these within {half:,} steps" if self.steps else ""
        kept = "; kept is the network that found the architecture, as none of them is as good" if self.alone else ""
        return f"{self.perfect:,} of {of} are right on every held-out sequence{when} {how}{kept}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "networks": self.networks,
            "trained": self.trained,
            "perfect": self.perfect,
            "steps": list(self.steps),
            "architecture": self.architecture,
            "device": self.device,
            "seconds": round(self.seconds, 3),
            "kept_is_one_of_them": not self.alone,
        }


@dataclass(frozen=True, eq=False)
class Population:
    """The best network of many, and how the others did.

    Parameters
    ----------
    network : with its card
    accuracy, longer : share of fresh sequences that it gets right, at the trained length and beyond (None: data file)
    census : how many learnt the task
    """

    network: MlpNetwork
    accuracy: float
    longer: float | None
    census: Census


def train_population(
    source: Task | Dataset,
    networks: int,
    *,
    seed: int = 0,
    budget: float = DEFAULT_BUDGET,
    architecture: str | None = None,
    device: str | None = None,
    monitor: Monitor | None = None,
    inputs: Sequence[Integers] | None = None,
) -> Population:
    """Train many networks of one architecture and return the best of them.

    Parameters
    ----------
    networks : how many
    budget : seconds by the clock for all of them together; before that, the architecture has as many to be found
    architecture : name of a rung of the ladder; None takes the one that :func:`~mips_core.networks.training.train`
        ends with
    device : see :func:`~mips_core.networks.devices.choose_device`
    seed, monitor, inputs : as for ``train``

    Raises
    ------
    BadInputError
        when the number, the architecture or the device cannot be.
    Cancelled, NotTrainedError
        as ``train`` does.
    """
    if networks < 1:
        raise BadInputError(f"{networks} networks cannot be trained; at least one is needed.")
    where, monitor = choose_device(device), monitor or Monitor()
    examples = gather(source, seed=seed, inputs=inputs)
    known = rungs(profile(examples, seed=seed))
    found: Training | None = None
    if architecture is None:
        found = train(source, seed=seed, budget=budget, monitor=monitor, inputs=inputs)
        architecture = str(found.network.card.training["rung"])
    (rung,) = rungs_named([architecture], known)
    material = Material(examples, rung)
    growing = Growing(material, seed, where, monitor.limited(budget))
    clock = Stopwatch()
    with one_thread():
        learnt = growing.grow(networks)
        seconds = clock.seconds
        if not learnt.trained and monitor.stop():
            raise Cancelled("Stopped before any network had all its steps; nothing is kept.")
        best = _polished(material, _best(material, learnt), monitor.limited(budget))
        generator = generator_for(seed, f"{rung.name}: counterexamples of a population")
        corrected = None
        if learnt.perfect and not examples.wrong:
            # The best is looked after for as long as a network that was trained alone.
            after = monitor.limited(budget)
            corrected = correct(material, best, seed=seed, generator=generator, monitor=after)
    steps = learnt.steps if learnt.perfect else ()
    census = Census(networks, learnt.trained, len(steps), steps, rung.name, described(where), seconds)
    notes = {"members": networks, "perfect": census.perfect, "device": census.device}
    network, accuracy, longer = exported(material, best, corrected, seed=seed, notes=notes)
    if found is not None and (found.accuracy, found.longer or 0.0) > (accuracy, longer or 0.0):
        return Population(found.network, found.accuracy, found.longer, replace(census, alone=True))
    return Population(network, accuracy, longer, census)


def _best(material: Material, learnt: Learnt) -> Finished:
    """Return the member that is best on held-out and then on longer sequences, among those that took fewest steps."""
    quickest = sorted(range(len(learnt.steps)), key=lambda row: (learnt.steps[row], row))[:_CANDIDATES]
    measured = [measure(material, learnt.ensemble.pick([row]), learnt.steps[row]) for row in quickest]
    return max(measured, key=lambda finished: finished.key)


def _polished(material: Material, finished: Finished, monitor: Monitor) -> Finished:
    """Take an affine network to rounding errors, as they are when one is trained alone, if that makes it better."""
    if not material.rung.newton or finished.complete or monitor.expired:
        return finished
    pool = polished_on(material.learn)
    double = finished.ensemble.pick([0], torch.float64)
    found, _, evaluations = polish(
        double, lambda e: material.loss(e, pool, slice(None)).sum(), iterations=ITERATIONS, monitor=monitor
    )
    return max(finished, measure(material, found, finished.steps + evaluations), key=lambda one: one.key)
