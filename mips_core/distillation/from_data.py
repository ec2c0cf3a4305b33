"""From data to a network and its program: training and extraction in turns, until a program is right on the data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mips_core.distillation.candidate import rows_right
from mips_core.distillation.routes import Chosen, run_routes
from mips_core.distillation.source import task_subject
from mips_core.distillation.subject import Subject, Truth, check_length
from mips_core.distillation.traces import are_recorded_traces, distill_traces, too_few
from mips_core.errors import BadInputError, NotTrainedError
from mips_core.networks import Network
from mips_core.networks.symbols import check_ranges
from mips_core.programs import Program
from mips_core.progress import Monitor, StageResult, Stopwatch
from mips_core.stepping import IntArray
from mips_core.tasks import Contradictions, Dataset, Task, find_contradictions
from mips_core.verification import Claim, Strength, SuspiciousOutput, Verification
from mips_core.verification.suspicious import find_exceptions, sentence

if TYPE_CHECKING:
    from mips_core.networks.recording import Recorder

TRAINING_SHARE = 0.8
"""Share of the time after which no more is trained, so that some is left to extract from what came out."""

HELD_OUT_SHARE = 0.2
"""Share of a data file's rows that neither training nor the choice of a program ever sees."""

FEW_ROWS = 200
"""Rows below which data that contradict themselves are refused: too few to say which of them is right."""

GLIMPSE, GLIMPSE_ROWS = 4.0, 500
"""Seconds of training, and rows trained on, where no program can explain the data: only the report needs a network."""

FEW_TRACES = 2000
"""Below so many rows the smallest machine that gives them all may be too small, so that some rows judge it."""
JUDGING_SHARE, JUDGED_RIGHT = 0.15, 0.97
"""Share of those rows, and the share of them that a machine must give to be taken before other ways are tried."""


def train_and_extract(
    source: Task | Dataset,
    monitor: Monitor,
    seed: int,
    label_free: bool = False,
    recorder: Recorder | None = None,
    architectures: Collection[str] | None = None,
) -> tuple[Subject, Chosen, float]:
    """Train until a program comes out that is right on the data, or the time is up; return the best.

    A network that is right on nearly all sequences is worth extracting from: the machine that
    it learned is often exactly right where its arithmetic is not.

    Parameters
    ----------
    label_free : labels are used for training only; the program is the network's
    recorder : records the training
    architectures : names of the rungs of the ladder to try; by default all

    Returns
    -------
    the network as a subject, what came out of it, and the seconds that training took

    Raises
    ------
    BadInputError
        when the data cannot be learned from.
    NotTrainedError
        when no network could be trained.
    """
    from mips_core.networks.training import candidates  # torch takes seconds to import

    training_data, truth, observed = _split(source, seed)
    hopeless = None if isinstance(source, Task) else why_hopeless(find_contradictions(source))
    if isinstance(source, Dataset) and not (hopeless or label_free or architectures) and are_recorded_traces(source):
        assert isinstance(training_data, Dataset)
        learning, judging = training_data, None
        if training_data.n < FEW_TRACES:
            learning, judging = training_data.split(JUDGING_SHARE, rng=np.random.default_rng([seed, 8]))
        subject, chosen, seconds = distill_traces(source, learning, truth, monitor, seed)
        if monitor.expired or _holds_on(chosen, judging):
            return subject, chosen, seconds
    best: tuple[Subject, Chosen] | None = None
    clock, searching = Stopwatch(), 0.0
    training = monitor.limited(TRAINING_SHARE * monitor.remaining)
    budget = training.remaining
    if hopeless and isinstance(training_data, Dataset):
        budget, training_data = min(GLIMPSE, budget), training_data.take(np.arange(min(GLIMPSE_ROWS, training_data.n)))
    inputs = source.inputs  # also what only held-out rows show: a network must at least be able to read it
    found = candidates(
        training_data, seed=seed, budget=budget, monitor=training, inputs=inputs, recorder=recorder,
        architectures=architectures,
    )  # fmt: skip
    for trained in found:
        subject = replace(_trained_subject(source, trained.network, truth, observed), label_free=label_free)
        if hopeless:
            best = subject, Chosen(None, None, (StageResult("data", "failed", hopeless, 0.0),), 0.0, 0.0)
            break
        if best is not None and _right(best[1]) and trained.accuracy < 1.0:
            continue  # only a network that is right could add anything to a program that is
        search = Stopwatch()
        seconds = max(3.0, monitor.remaining / 2)
        # The first network is looked at even where training took all the time.
        patient = replace(monitor, deadline=float("inf")) if best is None else monitor
        chosen = run_routes(subject, patient.limited(seconds), seed=seed)
        searching += search.seconds
        if best is None or _better(chosen, best[1]):
            best = subject, chosen
        # A task gives any number of sequences, so its network can be had right, too.
        if _enough(chosen, trained.accuracy) and not (isinstance(source, Task) and trained.accuracy < 1.0):
            break
    if best is None:
        raise NotTrainedError(
            "Training did not reach a network that is worth extracting from. Give it more time with --budget, or "
            "more and longer sequences."
        )
    subject, chosen = best
    missed = None if hopeless or chosen.candidate is not None or not isinstance(source, Dataset) else too_few(source)
    if missed is not None:
        chosen = replace(chosen, stages=(missed, *chosen.stages))
    return subject, chosen, clock.seconds - searching


def _holds_on(chosen: Chosen, judging: Dataset | None) -> bool:
    """Return whether a machine was found and gives nearly all rows that it was not learned from."""
    if chosen.candidate is None:
        return False
    return judging is None or rows_right(chosen.candidate.program, judging) >= JUDGED_RIGHT


def with_suspicious_rows(
    verification: Verification, program: Program, truth: Truth
) -> tuple[Verification, tuple[SuspiciousOutput, ...]]:
    """Return the verification and the recorded outputs, of all rows, that look like recording errors to the program.

    Where they do, the verification says so; what looks like a mistake of the program is no recording error.  Nor are
    exceptions too few to show their scatter, where nothing in the data contradicts anything else.
    """
    data, held_out = truth.recorded, truth.held_out
    assert data is not None
    assert held_out is not None
    exceptions = find_exceptions(program, data, (_rows_of(held_out, data),))
    if exceptions is None or not exceptions.forgivable or exceptions.count == 0:
        return verification, ()
    suspicious = exceptions.telling or find_contradictions(data).count > 0
    words = sentence(exceptions, suspicious)
    claim = Claim(Strength.DIFFERS, "program", "data", words)
    return (
        replace(verification, claims=(*verification.claims, claim), claim=f"{verification.claim} {claim.sentence}"),
        exceptions.listed(data) if suspicious else (),
    )


def _rows_of(part: Dataset, data: Dataset) -> NDArray[np.bool_]:
    """Return which rows of the data have the inputs of a row of ``part``, bool (N,)."""
    inside = {x[:length].tobytes() for x, length in zip(part.x, part.lengths, strict=True)}
    return np.array([x[:length].tobytes() in inside for x, length in zip(data.x, data.lengths, strict=True)])


def _right(chosen: Chosen) -> bool:
    """Whether there is a formula that is right on the data."""
    return chosen.score is not None and chosen.score.sure and chosen.score.is_formula


def _enough(chosen: Chosen, accuracy: float) -> bool:
    """Whether nothing better can be hoped for: a formula that is right, or a table of a network that is right."""
    score = chosen.score
    if score is None or not score.sure:
        return False
    by_network = score.data is None or score.exceptions > 0  # labels do not decide, or some of them are wrong
    return score.is_formula or accuracy == 1.0 or (by_network and score.network == 1.0)


def why_hopeless(found: Contradictions) -> str | None:
    """Return why no program can give these data, or None when one may."""
    if found.few:
        return None
    return (
        f"The data contradict themselves: {found.named}, and no step-by-step program can give both. Of "
        f"{found.compared:,} outputs whose inputs so far occur in several rows, {found.count:,} ({found.share:.0%}) "
        "contradict others: the outputs are random, or hang on something that the inputs do not show."
    )


def check_learnable(data: Dataset) -> None:
    """Refuse data that nothing can be learned from.

    Raises
    ------
    BadInputError
        when integers or sequences are too long, there are too few different rows, or a few rows contradict themselves.
    """
    check_ranges((*data.inputs, *data.outputs))
    check_length(data.length, data.name)
    if data.n < FEW_ROWS:
        found = find_contradictions(data)
        if found.count:
            raise BadInputError(
                f"{data.name} contradicts itself: {found.named}, and no step-by-step program can give both. Remove "
                f"one of them. (From {FEW_ROWS} rows on a few contradictions are taken for recording errors.)"
            )
    if data.different < 3:
        raise BadInputError(
            f"{data.name} has {data.different} different input sequence{'s' * (data.different != 1)}; at least 3 "
            "are needed: to learn from, to choose a network by, and to hold out."
        )


def trained_subject(source: Task | Dataset, network: Network, seed: int) -> Subject:
    """Return a network that was trained on ``source`` before, with this seed, as the subject that it was then.

    Raises
    ------
    BadInputError
        when the data cannot be learned from, or have inputs of another kind than the network.
    """
    _, truth, observed = _split(source, seed)
    return _trained_subject(source, network, truth, observed)


def _split(source: Task | Dataset, seed: int) -> tuple[Task | Dataset, Truth, IntArray | None]:
    if isinstance(source, Task):
        return source, Truth(task=source), None
    check_learnable(source)
    training_data, held_out = source.split(HELD_OUT_SHARE, rng=np.random.default_rng([seed, 7]))
    return training_data, Truth(held_out=held_out, selection=training_data, recorded=source), source.symbols


def _trained_subject(source: Task | Dataset, network: Network, truth: Truth, observed: IntArray | None) -> Subject:
    if isinstance(source, Task):
        return task_subject(source, network)
    return Subject(source.name, network, source.inputs, max(1, source.length), truth, observed)


def _better(new: Chosen, old: Chosen) -> bool:
    if new.score is None or old.score is None:
        return old.score is None
    return new.score.key < old.score.key
