"""From a task, a network or data to a program with its report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from mips_core.distillation.routes import Chosen, run_routes
from mips_core.distillation.source import (
    ReadOptions,
    Source,
    check_options,
    network_subject,
    resolve,
    shipped_subject,
    task_subject,
)
from mips_core.distillation.subject import Subject, Truth, check_length
from mips_core.errors import BadInputError, NotTrainedError
from mips_core.files import read_bytes
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import Machine
from mips_core.networks import Network
from mips_core.networks.symbols import check_ranges
from mips_core.programs import Program
from mips_core.progress import Monitor, Progress, Stopwatch
from mips_core.report import Report
from mips_core.tasks import Dataset, Integers, Task
from mips_core.verification import Verdict, Verification, verify_program, verify_source

DEFAULT_BUDGET = 45.0
"""Seconds for training and search together."""

TRAINING_SHARE = 0.8
"""Share of the time after which no more is trained, so that some is left to extract from what came out."""

HELD_OUT_SHARE = 0.2
"""Share of a data file's rows that neither training nor the choice of a program ever sees."""


def distill(
    source: Source,
    *,
    budget: float = DEFAULT_BUDGET,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    inputs: tuple[Integers, ...] | Integers | None = None,
    length: int | None = None,
    activation: str = "relu",
    nonlinearity: str = "tanh",
    outputs: str | None = None,
    encoding: str | None = None,
    fresh: bool = False,
) -> Report:
    """Turn a network into a program and say how far they agree.

    Parameters
    ----------
    source : a task name or :class:`Task` (its shipped network), a network file or :class:`Network`, or a
        data file or :class:`Dataset` (a network is trained first)
    budget : seconds for training and search together; verification comes on top (about 1 s)
    seed : seeds training, probe words and held-out sequences
    progress, stop : called with each :class:`Progress`; asked whether to stop
    inputs : integers that may occur, for a network without a card
    length : 1x, for a network without a card; 10 by default
    activation, nonlinearity, outputs, encoding : how to read a network file that does not say it itself; see
        :func:`mips_core.networks.read_network`
    fresh : train a new network for a task instead of taking the shipped one

    Raises
    ------
    BadInputError
        when the source cannot be used.
    NotTrainedError
        when no network could be trained on the data.
    Cancelled
        when ``stop`` returned True.
    """
    total = Stopwatch()
    monitor = _monitor(progress, stop, budget)
    monitor.report("read", "Reading the source")
    name = source if isinstance(source, str) else os.fspath(source) if isinstance(source, os.PathLike) else None
    options = _options(inputs, length, activation, nonlinearity, outputs, encoding)
    subject = resolve(source, options)
    if isinstance(subject, Subject):
        if fresh:
            raise BadInputError(f"{subject.name} is a network already; --fresh trains a new one for a task.")
    else:
        check_options(subject, options)
    if isinstance(subject, Task) and not fresh:
        subject = shipped_subject(subject)
    if isinstance(subject, Subject):
        chosen, trained = run_routes(subject, monitor, seed=seed), 0.0
    else:
        subject, chosen, trained = _train_and_extract(subject, monitor, seed)
    monitor = replace(monitor, deadline=float("inf"))
    return _report(name or subject.name, subject, chosen, trained, monitor, seed, total)


def verify(
    network: Source,
    program: str | os.PathLike[str],
    *,
    inputs: tuple[Integers, ...] | Integers | None = None,
    length: int | None = None,
    activation: str = "relu",
    nonlinearity: str = "tanh",
    outputs: str | None = None,
    encoding: str | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Verdict:
    """Compare a program file that anybody may have written with a network; the program runs in the sandbox only.

    Raises
    ------
    BadInputError
        when the network or the program file cannot be read.
    """
    monitor = _monitor(progress, stop, float("inf"))
    options = _options(inputs, length, activation, nonlinearity, outputs, encoding)
    subject = resolve(network, options)
    if isinstance(subject, Dataset):
        raise NotTrainedError("A network is needed to verify a program; this is a data file. Distil it first.")
    if isinstance(subject, Task):
        shipped = shipped_subject(subject)
        subject = shipped if options.inputs is None else network_subject(shipped.network, subject.name, options)
        subject = replace(subject, length=options.length or shipped.length)
    text = read_bytes(program, limit=2**20)
    return verify_source(
        subject.network,
        text,
        inputs=subject.inputs,
        length=subject.length,
        draw=subject.draw,
        seed=seed,
        monitor=monitor,
    )


def _options(
    inputs: tuple[Integers, ...] | Integers | None,
    length: int | None,
    activation: str,
    nonlinearity: str,
    outputs: str | None,
    encoding: str | None,
) -> ReadOptions:
    ranges = (inputs,) if isinstance(inputs, Integers) else inputs
    return ReadOptions(ranges, length, activation, nonlinearity, outputs, encoding)


def _monitor(progress: Callable[[Progress], None] | None, stop: Callable[[], bool] | None, budget: float) -> Monitor:
    monitor = Monitor(deadline=time.monotonic() + budget)
    if progress is not None:
        monitor = replace(monitor, progress=progress)
    return monitor if stop is None else replace(monitor, stop=stop)


def _train_and_extract(source: Task | Dataset, monitor: Monitor, seed: int) -> tuple[Subject, Chosen, float]:
    """Train until a program comes out that is right on the data, or the time is up; return the best.

    A network that is right on nearly all sequences is worth extracting from: the machine that
    it learned is often exactly right where its arithmetic is not.
    """
    training_data, truth, observed = _split(source, seed)
    from mips_core.networks.training import candidates  # torch takes seconds to import

    best: tuple[Subject, Chosen] | None = None
    clock, searching = Stopwatch(), 0.0
    training = monitor.limited(TRAINING_SHARE * monitor.remaining)
    inputs = source.inputs  # also what only held-out rows show: a network must at least be able to read it
    for trained in candidates(training_data, seed=seed, budget=training.remaining, monitor=training, inputs=inputs):
        subject = _trained_subject(source, trained.network, truth, observed)
        search = Stopwatch()
        seconds = max(3.0, monitor.remaining / 2)
        # The first network is looked at even where training took all the time.
        patient = replace(monitor, deadline=float("inf")) if best is None else monitor
        chosen = run_routes(subject, patient.limited(seconds), seed=seed)
        searching += search.seconds
        if best is None or _better(chosen, best[1]):
            best = subject, chosen
        if chosen.score is not None and chosen.score.perfect and (chosen.score.is_formula or trained.accuracy == 1.0):
            break
    if best is None:
        raise NotTrainedError(
            "Training did not reach a network that is worth extracting from. Give it more time with --budget, or "
            "more and longer sequences."
        )
    return best[0], best[1], clock.seconds - searching


def _split(source: Task | Dataset, seed: int) -> tuple[Task | Dataset, Truth, np.ndarray | None]:
    if isinstance(source, Task):
        return source, Truth(task=source), None
    check_ranges((*source.inputs, *source.outputs))
    check_length(source.length, source.name)
    found = source.contradiction()
    if found is not None:
        row, other, step = found
        raise BadInputError(
            f"{source.name} contradicts itself: rows {row + 1} and {other + 1} have the same inputs up to step "
            f"{step + 1} but different outputs there, and no step-by-step program can give both. Remove one of them."
        )
    if source.different < 3:
        raise BadInputError(
            f"{source.name} has {source.different} different input sequence{'s' * (source.different != 1)}; at least 3 "
            "are needed: to learn from, to choose a network by, and to hold out."
        )
    training_data, held_out = source.split(HELD_OUT_SHARE, rng=np.random.default_rng([seed, 7]))
    return training_data, Truth(held_out=held_out, selection=training_data), source.symbols


def _trained_subject(source: Task | Dataset, network: Network, truth: Truth, observed: np.ndarray | None) -> Subject:
    if isinstance(source, Task):
        return task_subject(source, network)
    return Subject(source.name, network, source.inputs, max(1, source.length), truth, observed)


def _better(new: Chosen, old: Chosen) -> bool:
    if new.score is None or old.score is None:
        return old.score is None
    return new.score.key < old.score.key


def _report(
    name: str, subject: Subject, chosen: Chosen, trained: float, monitor: Monitor, seed: int, total: Stopwatch
) -> Report:
    clock = Stopwatch()
    program = machine = None
    if chosen.candidate is not None:
        machine = chosen.candidate.machine
        program = replace(chosen.candidate.program, origin=_origin(subject, chosen.candidate.summary))
    verification = _verify(subject, program, machine, monitor, seed)
    verified = clock.seconds
    seconds = {
        "train": trained,
        "extract": chosen.seconds_extract,
        "regress": chosen.seconds_regress,
        "verify": verified,
        "total": total.seconds,
    }
    task = subject.task.name if subject.task is not None else None
    return Report(
        name, task, subject.network, machine, program, verification, subject.inputs, subject.length, chosen.stages,
        seconds,
    )  # fmt: skip


def _verify(
    subject: Subject, program: Program | None, machine: Machine | None, monitor: Monitor, seed: int
) -> Verification:
    truth = subject.truth
    return verify_program(
        subject.network,
        program,
        inputs=subject.inputs,
        length=subject.length,
        draw=subject.draw,
        task=truth.task if truth is not None else None,
        held_out=truth.held_out if truth is not None else None,
        symbols=subject.observed,
        machine=machine if isinstance(machine, MealyMachine) else None,
        seed=seed,
        monitor=monitor,
    )


def _origin(subject: Subject, summary: str) -> str:
    """Return the comment line of the program: which network it came from, and what was found in it."""
    card = subject.network.card
    return f"Distilled from {Path(subject.name).name} ({card.cell}, {card.hidden_size} hidden units): {summary}"
