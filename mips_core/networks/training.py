"""Training: from a task or a data set to a recurrent network.

``candidates`` climbs the ladder of architectures in turns: every rung gets a short slice
of training, then a slice twice as long, and so on, so that a wrong rung never eats the
budget of a right one.  Whatever is worth extracting from is handed out as it comes;
``train`` takes the best of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial

import numpy as np

from mips_core.errors import Cancelled, NotTrainedError
from mips_core.networks.annealing import Finished
from mips_core.networks.attempts import AffineAttempt, Attempt, Point
from mips_core.networks.choosing import by_agreement
from mips_core.networks.correcting import STAGE as COUNTEREXAMPLES
from mips_core.networks.correcting import Corrected
from mips_core.networks.examples import Examples, gather
from mips_core.networks.ladder import Rung, profile, rungs, rungs_named
from mips_core.networks.recording import Recorder
from mips_core.networks.trained import Trained, Training, exported
from mips_core.progress import Monitor, Progress, StageResult, Stopwatch
from mips_core.tasks.dataset import Dataset
from mips_core.tasks.integers import Integers
from mips_core.tasks.task import Task

DEFAULT_BUDGET = 60.0
"""Seconds of training, as counted by the work done; see :func:`train`."""

_SLACK = 8.0
"""The clock may run this many times longer than the budget of work, on a slow or busy machine."""

_FIRST_SLICE = 1.5
_PATIENCE = 15.0
_GOOD_LONGER = 0.999
_FEW_ROWS = 200
"""Below this many held-out rows, being right on all of them says too little."""

_GATHERED = 3
_GATHERING = 10.0


def train(
    source: Task | Dataset,
    *,
    seed: int = 0,
    budget: float = DEFAULT_BUDGET,
    monitor: Monitor | None = None,
    inputs: Sequence[Integers] | None = None,
    recorder: Recorder | None = None,
    architectures: Collection[str] | None = None,
) -> Training:
    """Train a network and return the best one found.

    Training ends at the first network that is right on every held-out sequence and, where
    longer sequences can be drawn, on those too; if they stay wrong it goes on for a while,
    and ends when the budget is used up.  On cancellation the best network so far is returned.

    Parameters
    ----------
    source : a task (fresh data of any length) or a data set (split 80 : 20)
    seed : seeds data, weights and batches; same seed, same weights
    budget : seconds of work.  Work is counted by what each step takes on one core of a server CPU,
        not by the clock, so that the same seed gives the same weights; the clock ends training only
        at eight times the budget, or at the monitor's deadline
    monitor : receives progress, may stop
    inputs : integers that may occur, where more may occur than a data set shows
    recorder : records the moments that lead to networks
    architectures : names of the rungs to try; by default all that the data call for

    Raises
    ------
    BadInputError
        when the data set has fewer than two different sequences, or does not call for an architecture that is named.
    Cancelled
        when the caller stopped before anything was trained.
    NotTrainedError
        when the budget ended before anything was trained.
    """
    climb = _Climb(source, seed, budget, monitor or Monitor(), inputs, recorder, architectures=architectures)
    found: list[Trained] = []
    for trained in climb.candidates():
        found.append(trained)
        if trained.accuracy == 1.0:
            if trained.clean and (trained.longer is None or trained.longer >= _GOOD_LONGER):
                break
            climb.end_within(_PATIENCE)
    best = max(found, key=lambda t: t.key)
    return Training(
        best.network, best.accuracy, best.longer, climb.history, climb.results, climb.clock.seconds, tuple(found)
    )


def candidates(
    source: Task | Dataset,
    *,
    seed: int = 0,
    budget: float = DEFAULT_BUDGET,
    monitor: Monitor | None = None,
    inputs: Sequence[Integers] | None = None,
    recorder: Recorder | None = None,
    correct: bool = True,
    architectures: Collection[str] | None = None,
) -> Iterator[Trained]:
    """Yield networks worth extracting from as they come; asking for the next one goes on training.

    Perfect networks come at once, imperfect ones (at least 90 % of held-out sequences) after each
    rung's slice.  Of a data file with few rows some perfect networks are gathered first, and the one
    that the others agree with most is the first to come.  If nothing else came, the best network there
    is comes last.  See :func:`train`; without ``correct``, no counterexamples are searched or trained on.
    """
    watch = monitor or Monitor()
    return _Climb(source, seed, budget, watch, inputs, recorder, correct, architectures).candidates()


class _Climb:
    """The state of one training run over all rungs."""

    def __init__(
        self,
        source: Task | Dataset,
        seed: int,
        budget: float,
        monitor: Monitor,
        inputs: Sequence[Integers] | None,
        recorder: Recorder | None = None,
        correct: bool = True,
        architectures: Collection[str] | None = None,
    ) -> None:
        self.clock = Stopwatch()
        self.recorder, self.correct = recorder, correct
        self.seed, self.budget = seed, budget
        self.monitor = monitor.limited(_SLACK * budget)
        self.monitor.progress(Progress("sample", "Drawing sequences to learn from and to judge by"))
        self.examples: Examples = gather(source, seed=seed, inputs=inputs)
        known = rungs(profile(self.examples, seed=seed))
        self.rungs = known if architectures is None else rungs_named(architectures, known)
        self._attempts: dict[str, Attempt] = {}
        self._best: dict[str, float] = {}
        self._corrected: list[Corrected] = []
        self._handed_out = False

    def end_within(self, seconds: float) -> None:
        """End after at most this much more work."""
        self.budget = min(self.budget, self.spent + seconds)

    @property
    def spent(self) -> float:
        """Work done so far, in estimated seconds."""
        return sum(attempt.spent for attempt in self._attempts.values())

    @property
    def history(self) -> tuple[Point, ...]:
        """All looks at all rungs."""
        return tuple(point for attempt in self._attempts.values() for point in attempt.history)

    @property
    def results(self) -> tuple[StageResult, ...]:
        """One row per rung."""
        rows = tuple(self._row(rung) for rung in self.rungs)
        return (*rows, *map(_row_of_search, self._corrected))

    def candidates(self) -> Iterator[Trained]:
        """Yield what is worth a look; of few rows, the perfect network that others agree with most comes first."""
        stream = self._climbed()
        if self.examples.rule is None and self.examples.held_out.n < _FEW_ROWS:
            for trained in stream:
                if trained.accuracy == 1.0 and not trained.network.is_transition_affine:
                    yield from self._gathered(trained, stream)
                    break
                yield trained
        yield from stream
        if not self._handed_out:
            yield self._fallback()

    def _gathered(self, first: Trained, stream: Iterator[Trained]) -> list[Trained]:
        """Train a few more perfect networks, for about as long as the first took; return all, the best choice first."""
        end = self.spent + min(_GATHERING, max(2.0, self.spent))
        found = [first]
        for trained in stream:
            found += [trained] if trained.accuracy == 1.0 else []
            if len(found) == _GATHERED or self.spent >= end:
                break
        order = by_agreement([one.network for one in found], self.examples.learn, np.random.default_rng([self.seed, 3]))
        return [found[i] for i in order]

    def _climbed(self) -> Iterator[Trained]:
        """Give every rung slices of growing length in turn and yield what is worth a look."""
        turn = 0
        while not self._over:
            for rung in self._order(turn):
                if self._over:
                    break
                attempt, before = self._attempt(rung), self.spent
                self._tell(attempt)
                attempt.advance(_FIRST_SLICE * rung.share * 2**turn, self.monitor, partial(self._tell, attempt))
                finished = attempt.finish(self.monitor)
                self.monitor.clock.worked(self.spent - before)
                perfect = bool(finished) and finished[0].perfect
                # One perfect network is enough of a rung for now; imperfect ones may complement each other.
                for one in finished[: 1 if perfect else 2]:
                    self._handed_out = True
                    corrected = attempt.corrected(one, self.monitor) if one.perfect and self.correct else None
                    yield self._trained(attempt, one, corrected)
                if perfect:
                    attempt.restart()
            turn += 1

    @property
    def _over(self) -> bool:
        return self.spent >= self.budget or self.monitor.expired

    def _order(self, turn: int) -> list[Rung]:
        """First turn: simplest first. Later: the most promising first, without those that are far behind."""
        if turn == 0:
            return list(self.rungs)
        tried = [self._attempts[rung.name] for rung in self.rungs if rung.name in self._attempts]
        best = max((attempt.accuracy for attempt in tried), default=0.0)
        kept = [attempt for attempt in tried if attempt.accuracy >= best / 4 or attempt.loss < 0.1]
        return [attempt.rung for attempt in sorted(kept, key=lambda a: (-a.accuracy, a.loss))]

    def _attempt(self, rung: Rung) -> Attempt:
        if rung.name not in self._attempts:
            kind = AffineAttempt if rung.newton else Attempt
            self._attempts[rung.name] = kind(self.examples, rung, self.seed, self.recorder)
        return self._attempts[rung.name]

    def _fallback(self) -> Trained:
        """Return the best network there is, however bad."""
        tried = [attempt for attempt in self._attempts.values() if attempt.history]
        for attempt in sorted(tried, key=lambda a: (-a.accuracy, a.loss)):
            finished = attempt.finish(self.monitor, anything=True)
            if finished:
                return self._trained(attempt, finished[0])
        if self.monitor.stop():
            raise Cancelled("Stopped before any network was trained; nothing is kept.")
        raise NotTrainedError(
            f"The {self.budget:.2g} seconds that are for training ended before any network was trained; give it "
            "more time with --budget."
        )

    def _trained(self, attempt: Attempt, finished: Finished, corrected: Corrected | None = None) -> Trained:
        if corrected is not None:
            self._corrected.append(corrected)
        network, accuracy, longer = exported(attempt.material, finished, corrected, seed=self.seed, notes={})
        finished = finished if corrected is None else corrected.finished
        self._best[attempt.rung.name] = max(accuracy, self._best.get(attempt.rung.name, 0.0))
        if self.recorder is not None and attempt.branch is not None:
            self.recorder.finished(network, attempt.branch, finished.ensemble)
        clean = corrected is not None and corrected.clean
        return Trained(network, accuracy, longer, clean, attempt.rung.name, self.clock.seconds)

    def _row(self, rung: Rung) -> StageResult:
        name = f"train: {rung.name}"
        attempt = self._attempts.get(rung.name)
        if attempt is None or not attempt.history:
            return StageResult(name, "skipped", "Training ended before this architecture's turn.", 0.0)
        best = max(attempt.accuracy, self._best.get(rung.name, 0.0))
        evidence = {"steps": attempt.steps, "loss": attempt.loss, "accuracy": best}
        if self._best.get(rung.name, 0.0) == 1.0:
            return StageResult(name, "done", "Right on every held-out sequence.", attempt.spent, evidence)
        reason = f"At best right on {best:.1%} of held-out sequences after {attempt.steps:,} steps."
        return StageResult(name, "failed", reason, attempt.spent, evidence)

    def _tell(self, attempt: Attempt) -> None:
        """Report progress without raising: after a stop the best network so far is still wanted."""
        share = min(1.0, max(self.spent, self.clock.seconds) / self.budget) if self.budget > 0 else 1.0
        message = f"{attempt.rung.name}, step {attempt.steps:,}: {attempt.accuracy:.1%} of held-out sequences right"
        self.monitor.progress(Progress("train", message, share))


def _row_of_search(corrected: Corrected) -> StageResult:
    """Return the row that says what the search for counterexamples gave."""
    found = "" if corrected.clean else "Words up to the trained length on which the network is wrong are left. "
    reason = f"{found or 'Nothing wrong is known up to the trained length. '}Rounds of training: {corrected.rounds}."
    status = "done" if corrected.clean else "failed"
    return StageResult(COUNTEREXAMPLES, status, reason, corrected.seconds, corrected.facts)
