"""From data to a program: train, condense, write, certify; the shortest program that passes is kept.

Nothing here knows which task the data are of.  A network that follows no pattern ends in
:class:`mips_core.errors.NoRegularStructureError` with what was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mips_core.errors import BadInputError, NoRegularStructureError
from mips_core.essence.certify import CASES, Examination, examine, joined
from mips_core.essence.condensed import Condensed
from mips_core.essence.data import EssenceData, Reading
from mips_core.essence.drafting import Draft, Work, drafts
from mips_core.essence.losslessness import Losslessness
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.readings import alphabet, literals_first, misfit
from mips_core.essence.result import Attempt, EssenceResult, Seconds
from mips_core.essence.writing import InputValues
from mips_core.progress import Monitor, Stopwatch
from mips_core.wording import shape_text

if TYPE_CHECKING:
    from mips_core.essence.training import Candidate


def distill_essence(
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
    data : samples at one or more sizes; the literals of clauses may lie along either axis
    reading : what the function takes; None for what the data say, or else for what fits them
    cases, seed : of the certificate, see :func:`mips_core.essence.certify.examine`

    Raises
    ------
    BadInputError
        when the reading does not fit the data.
    NoRegularStructureError
        when no network that was trained leads to a lossless program; ``tried`` says what was tried.
    """
    turned = literals_first(data)
    if turned is not None and (reading or data.reading) in (None, "clauses"):
        data, reading = turned, "clauses"
    work = Work(data, reading or data.reading, cases, seed, monitor or Monitor())
    if work.wanted and (why := misfit(data, work.wanted)):
        raise BadInputError(f"The reading {work.wanted!r} does not fit the data: {why}.")
    clock = Stopwatch()
    trained = list(_trained(work))
    return _distilled(trained, clock.seconds, work)


def distill_networks(
    networks: Sequence[EssenceNetwork],
    data: EssenceData,
    *,
    reading: Reading | None = None,
    cases: int = CASES,
    seed: int = 0,
    monitor: Monitor | None = None,
) -> EssenceResult:
    """Return the program that does what given networks do; see :func:`distill_essence`.

    Parameters
    ----------
    networks : one for each size of the data
    data : inputs near which the certificate looks; labels do not count, the networks say what is right

    Raises
    ------
    BadInputError
        when the networks' sizes are not those of the data.
    NoRegularStructureError
        when no lossless program is found.
    """
    shapes = [network.input_shape for network in networks]
    if shapes != [samples.input_shape for samples in data.samples]:
        wanted = ", ".join(shape_text(samples.input_shape) for samples in data.samples)
        found = ", ".join(shape_text(shape) for shape in shapes)
        raise BadInputError(
            f"The networks take inputs of sizes {found}, and the data have {wanted}; give the data that fit."
        )
    from mips_core.essence.training import Candidate

    work = Work(data, reading or data.reading, cases, seed, monitor or Monitor(), labelled=False)
    given = tuple(Candidate(network, "given", (), (), 0.0) for network in networks)
    return _distilled([("given", given)], 0.0, work)


def examination_of(
    result: EssenceResult, *, cases: int = CASES, seed: int = 0, monitor: Monitor | None = None
) -> Examination:
    """Return what the certificate of a result asks, to judge other programs by it."""
    asked = Work(result.data, result.reading, cases, seed, monitor or Monitor())
    return _examined(result.networks, result.each_size or (result.condensed,), result.reading, result.values, asked)


def _examined(
    networks: Sequence[EssenceNetwork],
    condensed: Sequence[Condensed],
    reading: Reading,
    values: InputValues,
    work: Work,
) -> Examination:
    """Return the examination of networks, by the groups of all sizes or by those of each."""
    taught: list[Any] = [samples.x for samples in work.data.samples]

    def examined(some: Sequence[EssenceNetwork], groups: Condensed, inputs: Sequence[Any]) -> Examination:
        return examine(
            some, groups, reading, inputs, values=alphabet(values), cases=work.cases, seed=work.seed,
            monitor=work.monitor,
        )  # fmt: skip

    if len(condensed) == 1:
        return examined(networks, condensed[0], taught)
    each = zip(networks, condensed, taught, strict=True)
    return joined([examined([network], groups, [x]) for network, groups, x in each])


def _distilled(ways: Sequence[tuple[str, tuple[Candidate, ...]]], training: float, work: Work) -> EssenceResult:
    """Return the shortest lossless program of several ways."""
    written = [draft for name, candidates in ways for draft in drafts(name, candidates, work)]
    clock = Stopwatch()
    for draft in sorted(written, key=lambda draft: draft.rank):
        found = _verified(draft, work)
        if found is not None:
            work.tried.append(Attempt(draft.name, draft.reading, "lossless", draft.written.program.lines))
            return EssenceResult(
                data=work.data,
                candidates=draft.candidates,
                condensed=draft.condensed,
                reading=draft.reading,
                values=draft.values,
                written=draft.written,
                losslessness=found,
                tried=tuple(work.tried),
                seconds=Seconds(training, work.condensing, clock.seconds),
                each_size=draft.each_size,
            )
    raise _refusal(work.tried)


def _refusal(tried: Sequence[Attempt]) -> NoRegularStructureError:
    ways = f"{len(tried)} way{'s' * (len(tried) != 1)}"
    why = f" The last: {tried[-1].outcome}" if tried else ""
    return NoRegularStructureError(
        f"There is no regular structure in what was learned: {ways} from a network to a program, none lossless.{why}",
        tuple(attempt.sentence for attempt in tried),
    )


def _trained(work: Work) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    """Yield the networks of each way of training that are right on all samples, with a name for the way."""
    from mips_core.essence.training import train_sizes

    for chosen in train_sizes(work.data.samples, monitor=work.monitor):
        first = chosen[0]
        name = f"{first.kind}, {len(first.network.subconcepts)} subconcepts ({first.network.mode})"
        if wrong := _first_wrong(work.data, [each.network for each in chosen]):
            work.tried.append(Attempt(name, work.wanted or "whole", wrong))
        else:
            yield name, chosen


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
            size = shape_text(samples.input_shape)
            return f"the network says {said[row]} about sample {row} of size {size}, not {samples.y[row]}"
    return ""


def _verified(draft: Draft, work: Work) -> Losslessness | None:
    """Return the certificate of a program that is lossless and right on all samples; None otherwise."""
    work.monitor.report("verify", f"Checking a program of {draft.written.program.lines} lines.")
    networks = [each.network for each in draft.candidates]
    made = _examined(networks, draft.each_size or (draft.condensed,), draft.reading, draft.values, work)
    found = made.judge(draft.written.program.function, work.monitor)
    outcome = "" if found.lossless else found.sentence
    if not outcome and draft.reading == "whole" and work.labelled:
        outcome = _wrong_sample(work.data, draft.written.program.function)
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
                size = shape_text(samples.input_shape)
                return f"the program says {said} about sample {row} of size {size}, not {y}"
    return ""
