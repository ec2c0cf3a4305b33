"""From data to a program: train, condense, write, certify; the shortest program that passes is kept.

Nothing here knows which task the data are of.  A network that follows no pattern ends in
:class:`mips_core.errors.NoRegularStructureError` with what was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mips_core.errors import BadInputError, NoRegularStructureError
from mips_core.essence.certify import CASES, examine
from mips_core.essence.condensed import Condensed
from mips_core.essence.condensing import condense
from mips_core.essence.data import EssenceData, Reading, Samples
from mips_core.essence.losslessness import Losslessness
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.readings import alphabet, likely_readings, likely_values, misfit
from mips_core.essence.writing import InputValues, Written, write
from mips_core.progress import Monitor, Stopwatch

if TYPE_CHECKING:
    from mips_core.essence.training import Candidate
    from mips_core.programs.loops import LoopProgram

FUNCTION = "f"
MOST_ENTRIES = 8
"""A literal list, tuple or dictionary of so many entries is a table, and a table is no rule."""


@dataclass(frozen=True)
class Attempt:
    """One way from a network to a program.

    Parameters
    ----------
    network : which of the trained networks, in words
    reading : what the function was to take
    outcome : "lossless" or why there is no such program
    lines : of the program, where there is one
    """

    network: str
    reading: Reading
    outcome: str
    lines: int | None = None

    @property
    def sentence(self) -> str:
        """The attempt in one line."""
        size = "" if self.lines is None else f" ({self.lines} lines)"
        return f"{self.network}, read as {self.reading}: {self.outcome}{size}"


@dataclass(frozen=True)
class Seconds:
    """What the stages took."""

    train: float
    condense: float
    verify: float

    def to_dict(self) -> dict[str, float]:
        """Return plain JSON values."""
        return {name: round(value, 4) for name, value in vars(self).items()}


@dataclass(frozen=True)
class EssenceResult:
    """A program with everything that it came from.

    Parameters
    ----------
    data : what was taught
    candidates : for each size of the data the network, and how its subconcepts came about
    condensed : their groups
    reading : what the function takes
    values : what the function's inputs may be
    written : the program and the way to it
    losslessness : the certificate
    tried : all attempts, those that failed too
    seconds : of training, condensing (with writing) and verifying
    """

    data: EssenceData
    candidates: tuple[Candidate, ...]
    condensed: Condensed
    reading: Reading
    values: InputValues
    written: Written
    losslessness: Losslessness
    tried: tuple[Attempt, ...]
    seconds: Seconds

    @property
    def networks(self) -> tuple[EssenceNetwork, ...]:
        """One for each size of the data."""
        return tuple(each.network for each in self.candidates)

    @property
    def network(self) -> EssenceNetwork:
        """The network of the first size."""
        return self.candidates[0].network

    @property
    def program(self) -> LoopProgram:
        """The program."""
        return self.written.program


@dataclass
class _Work:
    """What has been tried so far, and how long it took."""

    monitor: Monitor
    tried: list[Attempt] = field(default_factory=list)
    condensing: float = 0.0


@dataclass(frozen=True)
class _Draft:
    """A program that has not been checked yet."""

    name: str
    candidates: tuple[Candidate, ...]
    condensed: Condensed
    reading: Reading
    values: InputValues
    written: Written

    @property
    def rank(self) -> tuple[int, int, int]:
        """Shorter programs first; of equal ones those for more inputs."""
        program = self.written.program
        return program.lines, program.nodes, self.values.whole


def distil_essence(
    data: EssenceData,
    *,
    reading: Reading | None = None,
    cases: int = CASES,
    seed: int = 0,
    monitor: Monitor | None = None,
) -> EssenceResult:
    """Teach an essence network the data and return the program that does what it does, with its certificate.

    Parameters
    ----------
    data : samples at one or more sizes
    reading : what the function takes; None for what the data say, or else for what fits them
    cases, seed : of the certificate, see :func:`mips_core.essence.certify.examine`

    Raises
    ------
    BadInputError
        when the reading does not fit the data.
    NoRegularStructureError
        when no network that was trained leads to a lossless program; ``tried`` says what was tried.
    """
    watch = monitor or Monitor()
    work = _Work(watch)
    clock = Stopwatch()
    trained = list(_trained(data, work))
    train_seconds = clock.seconds
    drafts = [
        draft
        for name, candidates in trained
        for draft in _drafts(data, name, candidates, reading or data.reading, work)
    ]  # fmt: skip
    clock = Stopwatch()
    for draft in sorted(drafts, key=lambda draft: draft.rank):
        found = _verified(data, draft, cases, seed, work)
        if found is not None:
            lines = draft.written.program.lines
            work.tried.append(Attempt(draft.name, draft.reading, "lossless", lines))
            return EssenceResult(
                data=data,
                candidates=draft.candidates,
                condensed=draft.condensed,
                reading=draft.reading,
                values=draft.values,
                written=draft.written,
                losslessness=found,
                tried=tuple(work.tried),
                seconds=Seconds(train_seconds, work.condensing, clock.seconds),
            )
    raise _refusal(work.tried)


def _refusal(tried: Sequence[Attempt]) -> NoRegularStructureError:
    ways = f"{len(tried)} way{'s' * (len(tried) != 1)}"
    why = f" The last: {tried[-1].outcome}" if tried else ""
    return NoRegularStructureError(
        f"There is no regular structure in what was learned: {ways} from a network to a program, none lossless.{why}",
        tuple(attempt.sentence for attempt in tried),
    )


def _trained(data: EssenceData, work: _Work) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """Yield networks for all sizes that were made in one way and are right on all samples, with a name for the way."""
    from mips_core.essence.training import train_candidates

    found: list[tuple[Candidate, ...]] = []
    for number, samples in enumerate(data.samples):
        work.monitor.report("train", f"Training at size {_by(samples)}.", number / len(data.samples))
        try:
            found.append(train_candidates(samples, monitor=work.monitor))
        except NoRegularStructureError as error:
            tried = tuple(f"training at size {_by(samples)}, {each}" for each in error.tried or (str(error),))
            raise NoRegularStructureError(f"There is no regular structure in the data. {error}", tried) from None
    seen: list[tuple[int, ...]] = []
    for name, chosen in _alike(found):
        key = tuple(map(id, chosen))
        if key in seen:
            continue
        seen.append(key)
        if wrong := _first_wrong(data, [each.network for each in chosen]):
            work.tried.append(Attempt(name, data.reading or "whole", wrong))
        else:
            yield name, chosen


def _alike(found: Sequence[tuple[Candidate, ...]]) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """Yield the networks of all sizes that were made in one way: by how subconcepts were found, then by their turn."""
    for key in (_method, lambda candidate: candidate.network.mode):
        listed = [{word: [c for c in each if key(c) == word] for word in map(key, each)} for each in found]
        for word, first in listed[0].items():
            others = [each.get(word, []) for each in listed]
            for turn in range(max(map(len, others)) if all(others) else 0):
                chosen = tuple(each[min(turn, len(each) - 1)] for each in others)
                mode = first[0].network.mode
                yield f"{_ordinal(turn)} network of {len(chosen[0].network.subconcepts)} subconcepts ({mode})", chosen


def _method(candidate: Candidate) -> str:
    return " ".join([candidate.network.mode, *(story.method for story in candidate.stories)])


def _ordinal(turn: int) -> str:
    return ("first", "second", "third")[turn] if turn < 3 else f"{turn + 1}th"


def _by(samples: Samples) -> str:
    return " x ".join(map(str, samples.input_shape))


def _first_wrong(data: EssenceData, networks: Sequence[EssenceNetwork]) -> str:
    """Return a sentence about the first sample that a network says something else about; "" when it is right."""
    for samples, network in zip(data.samples, networks, strict=True):
        said = network.decide(samples.x)
        if samples.is_soft:
            scores = np.array(said)
            right = np.sign(scores[:, :1] - scores) == np.sign(samples.y[:, :1] - samples.y)
            wrong = np.flatnonzero(~right.all(axis=1))
        else:
            pairs = zip(said, samples.y.tolist(), strict=True)
            wrong = np.array([k for k, (mine, theirs) in enumerate(pairs) if mine != theirs])
        if len(wrong):
            row = int(wrong[0])
            return f"the network says {said[row]} about sample {row} of size {_by(samples)}, not {samples.y[row]}"
    return ""


def _drafts(
    data: EssenceData,
    name: str,
    candidates: tuple[Candidate, ...],
    wanted: Reading | None,
    work: _Work,
) -> Iterator[_Draft]:
    """Yield the program of the first reading that gives one."""
    networks = [each.network for each in candidates]
    for reading in (wanted,) if wanted else likely_readings(data):
        fixed = reading in ("window", "rule and window")
        if wanted and (why := misfit(data, reading)):
            raise BadInputError(f"The reading {reading!r} does not fit the data: {why}.")
        clock = Stopwatch()
        work.monitor.report("condense", f"Condensing the {name}.")
        draft = None
        try:
            condensed = condense(networks, fixed=fixed, monitor=work.monitor)
            for values in likely_values(data, reading):
                draft = _draft(name, candidates, condensed, reading, values, work)
                if draft is not None:
                    break
        except NoRegularStructureError as error:
            work.tried.append(Attempt(name, reading, str(error)))
        work.condensing += clock.seconds
        if draft is not None:
            yield draft
            return


def _draft(
    name: str,
    candidates: tuple[Candidate, ...],
    condensed: Condensed,
    reading: Reading,
    values: InputValues,
    work: _Work,
) -> _Draft | None:
    try:
        written = write(condensed, reading, values, _origin(candidates[0].network))
    except NoRegularStructureError as error:
        work.tried.append(Attempt(name, reading, str(error)))
        return None
    entries = written.program.longest_literal
    if entries >= MOST_ENTRIES:
        work.tried.append(Attempt(name, reading, f"the code would hold a table of {entries} entries"))
        return None
    return _Draft(name, candidates, condensed, reading, values, written)


def _origin(network: EssenceNetwork) -> str:
    inputs = " x ".join(map(str, network.input_shape))
    return f"Distilled from an essence neural network with {inputs} inputs and {network.neurons:,} neurons."


def _verified(data: EssenceData, draft: _Draft, cases: int, seed: int, work: _Work) -> Losslessness | None:
    """Return the certificate of a program that is lossless and right on all samples; None otherwise."""
    work.monitor.report("verify", f"Checking a program of {draft.written.program.lines} lines.")
    taught: list[Any] = [samples.x for samples in data.samples]
    made = examine(
        [each.network for each in draft.candidates],
        draft.condensed,
        draft.reading,
        taught,
        values=alphabet(draft.values),
        cases=cases,
        seed=seed,
        monitor=work.monitor,
    )
    found = made.judge(draft.written.program.function, work.monitor)
    outcome = "" if found.lossless else found.sentence
    if not outcome and draft.reading == "whole":
        outcome = _wrong_sample(data, draft.written.program.function)
    if outcome:
        work.tried.append(Attempt(draft.name, draft.reading, outcome, draft.written.program.lines))
        return None
    return found


def _wrong_sample(data: EssenceData, function: Callable[..., Any]) -> str:
    """Return a sentence about the first sample on which the program differs from its label."""
    for samples in data.samples:
        if samples.is_soft:
            continue
        for row, (x, y) in enumerate(zip(samples.x.tolist(), samples.y.tolist(), strict=True)):
            if (said := function(x)) != y:
                return f"the program says {said} about sample {row} of size {_by(samples)}, not {y}"
    return ""
