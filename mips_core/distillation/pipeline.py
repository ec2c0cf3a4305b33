"""From a task, a network or data to a program with its report."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mips_core.distillation.from_data import train_and_extract, trained_subject, with_suspicious_rows
from mips_core.distillation.routes import Chosen, run_routes
from mips_core.distillation.source import (
    Source,
    as_ranges,
    check_options,
    network_subject,
    resolve,
    shipped_subject,
)
from mips_core.distillation.subject import Subject
from mips_core.distillation.traces import BUDGET as TRACES_BUDGET
from mips_core.distillation.traces import are_recorded_traces
from mips_core.errors import BadInputError, NotTrainedError
from mips_core.files import read_bytes
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.records import Machine
from mips_core.networks.options import NetworkOptions
from mips_core.programs import Program
from mips_core.progress import WALL, Clock, Monitor, Progress, Stopwatch
from mips_core.report import Report
from mips_core.tasks import Dataset, Integers, Task, find_contradictions
from mips_core.verification import SuspiciousOutput, Verdict, Verification, verify_program, verify_source
from mips_core.verification.docstring import program_docstring
from mips_core.wording import plural

if TYPE_CHECKING:
    from mips_core.networks import Network
    from mips_core.networks.recording import Recorder

DEFAULT_BUDGET = 45.0
"""Seconds for training and search together."""


def distill(
    source: Source,
    *,
    budget: float | None = None,
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
    label_free: bool = False,
    network: Network | None = None,
    recorder: Recorder | None = None,
    architectures: Collection[str] | None = None,
    clock: Clock = WALL,
) -> Report:
    """Turn a network into a program and say how far they agree.

    Parameters
    ----------
    source : a task name or :class:`Task` (its shipped network), a network file or :class:`Network`, or a
        data file or :class:`Dataset` (a network is trained first)
    budget : seconds for training and search together, after reading; verification comes on top (about 1 s).  By
        default :data:`DEFAULT_BUDGET`, and for recorded traces :data:`~mips_core.distillation.traces.BUDGET`
    seed : seeds training, probe words and held-out sequences
    progress, stop : called with each :class:`Progress`; asked whether to stop
    inputs : integers that may occur, for a network without a card
    length : 1x, for a network without a card; 10 by default
    activation, nonlinearity, outputs, encoding : how to read a network file that does not say it itself; see
        :func:`mips_core.networks.read_network`
    fresh : train a new network for a task instead of taking the shipped one
    label_free : labels are for training only: the program is found, chosen and accepted by its agreement with the
        network alone, and how far it agrees with the data is only reported
    network : one that was trained on the source before, with this seed; nothing is trained then
    recorder : records the training (:class:`mips_core.networks.recording.Recorder`); what led to the network becomes
        the report's ``snapshots``
    architectures : names of the rungs of the ladder to train (:mod:`mips_core.networks.ladder`); by default all
    clock : what the seconds of the budget are counted on; with :class:`~mips_core.progress.WorkClock` the result does
        not depend on how fast or busy the machine is

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
    monitor = replace(_monitor(progress, stop), clock=clock)
    if recorder is not None:
        monitor = replace(monitor, events=recorder.events)
    monitor.report("read", "Reading the source")
    name = source if isinstance(source, str) else os.fspath(source) if isinstance(source, os.PathLike) else None
    options = NetworkOptions(as_ranges(inputs), activation, nonlinearity, outputs, encoding, length)
    subject = resolve(source, options)
    if isinstance(subject, Subject):
        if fresh:
            raise BadInputError(f"{subject.name} is a network already; --fresh trains a new one for a task.")
        if network is not None:
            raise BadInputError(f"{subject.name} is a network already; leave the other one out.")
    else:
        check_options(subject, options)
        if network is not None:
            subject = trained_subject(subject, network, seed)
    if isinstance(subject, Task) and not fresh:
        subject = shipped_subject(subject)
    if architectures is not None and isinstance(subject, Subject):
        raise BadInputError(
            f"The network of {subject.name} is there already; architectures are for one that is trained first."
        )
    monitor = monitor.limited(_default_budget(subject) if budget is None else budget)
    if isinstance(subject, Subject):
        subject = replace(subject, label_free=label_free)
        chosen, trained = run_routes(subject, monitor, seed=seed), 0.0
    else:
        subject, chosen, trained = train_and_extract(subject, monitor, seed, label_free, recorder, architectures)
    monitor = replace(monitor, deadline=float("inf"))
    report = _report(name or subject.name, subject, chosen, trained, monitor, seed, total)
    return report if recorder is None else replace(report, snapshots=recorder.snapshots(subject.network))


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
    monitor = _monitor(progress, stop)
    options = NetworkOptions(as_ranges(inputs), activation, nonlinearity, outputs, encoding, length)
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
        input_words=subject.network.card.input_words,
        output_words=subject.network.card.output_words,
    )


def _default_budget(source: Subject | Task | Dataset) -> float:
    return TRACES_BUDGET if isinstance(source, Dataset) and are_recorded_traces(source) else DEFAULT_BUDGET


def _monitor(progress: Callable[[Progress], None] | None, stop: Callable[[], bool] | None) -> Monitor:
    monitor = Monitor()
    if progress is not None:
        monitor = replace(monitor, progress=progress)
    return monitor if stop is None else replace(monitor, stop=stop)


def _report(
    name: str, subject: Subject, chosen: Chosen, trained: float, monitor: Monitor, seed: int, total: Stopwatch
) -> Report:
    clock = Stopwatch()
    program = machine = None
    if chosen.candidate is not None:
        machine = chosen.candidate.machine
        program = replace(chosen.candidate.program, origin=_origin(subject, chosen.candidate.summary))
    verification = _verify(subject, program, machine, monitor, seed)
    suspicious: tuple[SuspiciousOutput, ...] = ()
    if program is not None and subject.truth is not None and subject.truth.recorded is not None:
        verification, suspicious = with_suspicious_rows(verification, program, subject.truth)
    if program is not None and (verification.imperfect_network or (suspicious and not verification.agrees_at_1x)):
        program = replace(program, origin=f"{program.origin}; read from an imperfect network")
    if program is not None:
        program = replace(program, claim=program_docstring(program, verification, subject.inputs))
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
        seconds, suspicious, _warnings(subject),
        None if chosen.candidate is None else chosen.candidate.route, subject.label_free,
    )  # fmt: skip


def _warnings(subject: Subject) -> tuple[str, ...]:
    """Return what a reader must know about the data."""
    recorded = subject.truth.recorded if subject.truth is not None else None
    found = find_contradictions(recorded) if recorded is not None else None
    if found is None or found.count == 0:
        return ()
    return (
        f"The data contradict themselves in {found.count:,} of {found.compared:,} comparable outputs: {found.named}.",
    )


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
        machine=None if isinstance(machine, IntegerSystem) and machine.tables else machine,
        seed=seed,
        monitor=monitor,
    )


def _origin(subject: Subject, summary: str) -> str:
    """Return the comment line of the program: which network it came from, and what was found in it."""
    card = subject.network.card
    return (
        f"Distilled from {Path(subject.name).name} ({card.cell}, {plural(card.hidden_size, 'hidden unit')}): {summary}"
    )
