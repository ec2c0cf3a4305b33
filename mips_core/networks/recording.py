"""Recording a training run: what can be drawn while it goes on, and the moments that led to the network.

All members are kept at moments whose distance grows, as weights: which of them will become the network is known only
at its end.  Then the line is followed back, from each moment to the member before it whose weights are nearest.
Recording draws nothing at random and changes no weights, so that the same seed gives the same network with and
without it; the time that it takes does not count as work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mips_core.networks.ensemble import Ensemble
from mips_core.networks.examples import Examples
from mips_core.networks.fitting import Material, Sequences, one_thread
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import Network
from mips_core.networks.snapshots import LossCurves, Snapshots
from mips_core.networks.store import network_digest
from mips_core.networks.watching import Watch
from mips_core.progress import EventCallback, Monitor

MOST_MOMENTS = 30
"""Moments that are kept of the line that led to a network."""

MOST_POINTS = 400
"""Hidden states that are kept of each moment."""

_LONGEST = 20
_TESTED = 128
_TIMES = (1, 2, 5)
_FIRST_GAP, _BRANCH_GAP = 3, 20
_GROWTH = 0.2
"""Steps between moments: first so many, then this share of the steps since the track began."""

_LOSS_GAP = 50
_MOST_LOSSES = 2_000
_LOOK_SECONDS = 0.2
"""Seconds between two looks that are told: nobody sees more of them."""


@dataclass(frozen=True, eq=False)
class _Moment:
    """All members at one moment: ``weights`` has shape (members, parameters)."""

    step: int
    phase: str
    weights: Tensor
    loss: float


@dataclass(frozen=True, eq=False)
class _Probe:
    """The sequences that every look is taken along.

    Parameters
    ----------
    few : those whose hidden states are drawn
    tested : held-out ones, the longest there are
    lengths : numbers of first steps that accuracy is given for
    """

    few: Sequences
    tested: Sequences
    lengths: tuple[int, ...]

    @staticmethod
    def of(examples: Examples) -> _Probe:
        steps = min(_LONGEST, max(1, examples.held_out.length))
        drawn = Sequences.of(examples.held_out, examples.inputs).first(max(1, MOST_POINTS // steps))
        few = Sequences(drawn.x[:, :steps], drawn.y[:, :steps], drawn.mask[:, :steps])
        if examples.longer is not None:
            lengths = tuple(k * examples.length for k in _TIMES if k * examples.length <= examples.longer.length)
            return _Probe(few, Sequences.of(examples.longer, examples.inputs).first(_TESTED), lengths)
        longest = max(1, examples.held_out.length)
        lengths = tuple(sorted({-(-longest * k // 4) for k in (1, 2, 3, 4)}))
        return _Probe(few, Sequences.of(examples.held_out, examples.inputs).first(_TESTED), lengths)


class Recorder:
    """Records one training run.

    Parameters
    ----------
    events : told of losses, accuracies and hidden states as they come (plain JSON values)
    keep : called with every network that is better than all before it and its accuracy, also in the middle of
        training; None keeps nothing before the end
    """

    def __init__(
        self, events: EventCallback | None = None, keep: Callable[[MlpNetwork, float], None] | None = None
    ) -> None:
        self.events: EventCallback = Monitor().events if events is None else events
        self._keep = keep
        self._best = (-1.0, False, -1.0)
        self._looked = 0.0
        self._probe: _Probe | None = None
        self._curves: list[tuple[str, int, float]] = []
        self._known: dict[str, tuple[Track, Ensemble]] = {}

    def follow(self, material: Material, ensemble: Ensemble, step: int, seed: int) -> Track:
        """Begin to follow members that start from fresh weights after ``step`` steps of their rung."""
        if self._probe is None:
            self._probe = _Probe.of(material.examples)
            self.events({
                "kind": "begin",
                "lengths": list(self._probe.lengths),
                "longer": material.examples.longer is not None,
                "labels": self._probe.few.y[:, :, 0][self._probe.few.mask].tolist(),
            })  # fmt: skip
        track = Track(self, material, seed)
        track.add(ensemble, step, "start", float("nan"))
        return track

    def finished(self, network: MlpNetwork, track: Track, ensemble: Ensemble) -> None:
        """Take note of a network that came out, and of the one member that it was made of."""
        self._known[network_digest(network)] = track, ensemble
        accuracy = network.card.accuracy or 0.0
        self.events({"kind": "network", "rung": track.rung, "accuracy": accuracy})
        longer = network.card.training.get("accuracy_longer")
        self._offer(network, (accuracy, True, -1.0 if longer is None else longer))

    def snapshots(self, network: Network) -> Snapshots | None:
        """Return the moments that led to a network that came out or was kept, or None for any other."""
        known = self._known.get(network_digest(network))
        if known is None or self._probe is None:
            return None
        track, last = known
        line = track.line(last, int(network.card.training.get("steps", 0)))
        with one_thread():
            accuracy = np.stack([self._accuracy(track.material, e)[0] for _, e in line])
            hidden = np.stack([self._hidden(track.material, e) for _, e in line])
        few = self._probe.few
        return Snapshots(
            track.rung,
            np.array([moment.step for moment, _ in line], dtype=np.int64),
            tuple(moment.phase for moment, _ in line),
            np.array([moment.loss for moment, _ in line]),
            np.array(self._probe.lengths, dtype=np.int64),
            accuracy,
            few.x.numpy(),
            few.mask.numpy(),
            hidden,
            self._loss_curves(),
        )

    def look(self, track: Track, ensemble: Ensemble, step: int, phase: str, losses: Tensor) -> None:
        """Tell of the best member as it is now, unless somebody was told a moment ago."""
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS or self._probe is None:
            return
        self._looked = now
        with one_thread(), torch.no_grad():
            accuracy = self._accuracy(track.material, ensemble)
            order = np.lexsort((losses.detach().double().numpy(), -accuracy[:, 0]))
            best = int(order[0])
            chosen = ensemble.pick([best])
            points = self._hidden(track.material, chosen)[self._probe.few.mask.numpy()]
        self.events({
            "kind": "look", "rung": track.rung, "step": step, "phase": phase,
            "accuracy": [round(float(a), 4) for a in accuracy[best]],
            "points": _flat(points),
        })  # fmt: skip
        if self._keep is not None and float(accuracy[best, 0]) > self._best[0]:
            network = track.material.export(chosen, 0, seed=track.seed, notes={"rung": track.rung, "steps": step})
            share = float(accuracy[best, 0])
            network = replace(network, card=replace(network.card, accuracy=share))
            self._known[network_digest(network)] = track.branch(), chosen
            self._offer(network, (share, False, -1.0))

    def tell_loss(self, rung: str, step: int, loss: float) -> None:
        """Take note of a loss; one that is no number, as of a member that diverged, is left out."""
        if np.isfinite(loss):
            self._curves.append((rung, step, loss))
            self.events({"kind": "loss", "rung": rung, "step": step, "loss": loss})

    def _offer(self, network: MlpNetwork, quality: tuple[float, bool, float]) -> None:
        """Keep a network that is better by its accuracy, by being finished, or on longer sequences."""
        if self._keep is not None and quality > self._best:
            self._best = quality
            self._keep(network, quality[0])

    @torch.no_grad()
    def _accuracy(self, material: Material, ensemble: Ensemble) -> NDArray[np.float64]:
        """Return the share of tested sequences right in so many first steps, (members, lengths)."""
        assert self._probe is not None
        so_far = material.right_steps(ensemble, self._probe.tested).long().cumprod(dim=1)
        shares: NDArray[np.float64] = so_far.double().mean(dim=2).numpy()
        return shares[:, [length - 1 for length in self._probe.lengths]]

    @torch.no_grad()
    def _hidden(self, material: Material, member: Ensemble) -> NDArray[np.float64]:
        """Return the hidden states of one member, float64 (N, T, d); those that are no numbers become zeros."""
        assert self._probe is not None
        states = member.states(material.encode(self._probe.few.x, member.dtype))[:, 0]
        return np.nan_to_num(states.transpose(0, 1).double().numpy(), nan=0.0, posinf=0.0, neginf=0.0)

    def _loss_curves(self) -> LossCurves:
        rungs = tuple(dict.fromkeys(rung for rung, _, _ in self._curves))
        step = -(-len(self._curves) // _MOST_LOSSES) or 1
        kept = self._curves[::step]
        return LossCurves(
            rungs,
            np.array([rungs.index(rung) for rung, _, _ in kept], dtype=np.int64),
            np.array([at for _, at, _ in kept], dtype=np.int64),
            np.array([loss for _, _, loss in kept], dtype=np.float64),
        )


class Track:
    """Members of one rung followed from their first weights; :meth:`branch` follows those that are picked out."""

    def __init__(self, recorder: Recorder, material: Material, seed: int, moments: list[_Moment] | None = None) -> None:
        self.material, self.seed = material, seed
        self.rung = material.rung.name
        self._recorder = recorder
        self._moments = list(moments or [])
        self._gap = _BRANCH_GAP if self._moments else _FIRST_GAP
        self._begin = self._moments[-1].step if self._moments else 0
        self._next = self._begin
        self._told = -_LOSS_GAP

    def branch(self) -> Track:
        """Return a track that goes on from here without being seen on this one."""
        return Track(self._recorder, self.material, self.seed, self._moments)

    def watch(self, phase: str) -> Watch:
        """Return what training calls after every step of one phase."""

        def look(ensemble: Ensemble, step: int, losses: Tensor) -> None:
            due = step >= self._next
            if not due and step < self._told + _LOSS_GAP:
                return
            loss = float(torch.nan_to_num(losses.detach(), nan=torch.inf).min())
            self._told = step
            self._recorder.tell_loss(self.rung, step, loss)
            if due:
                self.add(ensemble, step, phase, loss)
            self._recorder.look(self, ensemble, step, phase, losses)

        return look

    def add(self, ensemble: Ensemble, step: int, phase: str, loss: float) -> None:
        """Keep all members as they are now."""
        if not self._moments:
            self._begin = step
        self._moments.append(_Moment(step, phase, ensemble.weights.detach().clone(), loss))
        self._next = step + max(self._gap, int(_GROWTH * (step - self._begin)))

    def line(self, last: Ensemble, steps: int) -> list[tuple[_Moment, Ensemble]]:
        """Return the moments of the member that became ``last`` after ``steps`` steps, oldest first, and ``last``."""
        weights, line = last.weights[0].double(), []
        for moment in reversed(self._moments):
            if moment.weights.shape[1] != len(weights):  # a start of another size
                break
            nearest = int((moment.weights.double() - weights).norm(dim=1).argmin())
            weights = moment.weights[nearest].double()
            line.append((moment, Ensemble(last.shape, moment.weights[nearest : nearest + 1])))
        line.reverse()
        if len(line) >= MOST_MOMENTS:
            kept = np.unique(np.linspace(0, len(line) - 1, MOST_MOMENTS - 1).round().astype(int))
            line = [line[i] for i in kept]
        loss = line[-1][0].loss if line else float("nan")
        return [*line, (_Moment(steps, "end", last.weights, loss), last)]


def _flat(points: NDArray[np.float64]) -> list[list[float]]:
    """Return points on their two principal axes, rounded, for a picture that lives half a second."""
    centred = points - points.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    places = centred @ directions[:2].T
    if places.shape[1] < 2:
        places = np.column_stack([places, np.zeros(len(places))])
    # Signs by the first point, so that one picture is not the mirror of the last.
    places *= np.where(places[0] < 0, -1.0, 1.0)
    return [[float(f"{value:.4g}") for value in row] for row in places]
