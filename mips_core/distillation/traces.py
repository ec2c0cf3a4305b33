"""From recorded traces of a protocol or a device to its machine.

Words that mean nothing as numbers, many of them, after short random sequences: a GRU learns what was recorded, its
machine is found with the recordings as evidence (:mod:`mips_core.machines.traces`), and where the two still
differ the network is trained on, until network, machine and recordings agree.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mips_core.distillation.candidate import Candidate, Probe
from mips_core.distillation.routes import Chosen
from mips_core.distillation.subject import Subject, Truth
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.traces import Learned, Recordings, answered, learn_from_traces
from mips_core.networks.examples import sequence_accuracy
from mips_core.programs import table_program
from mips_core.progress import Monitor, StageResult, Stopwatch
from mips_core.stepping import IntArray
from mips_core.tasks import Dataset
from mips_core.tasks.contradictions import MOST_WRONG
from mips_core.tasks.vocabulary import has_words
from mips_core.wording import plural

NAME = "state merging with the network"

BUDGET = 150.0
"""Seconds for training and search together, for data that only this module takes."""

MOST_SYMBOLS, MOST_OUTPUTS, MOST_STATES = 100, 256, 200

FEWEST_ROWS = 500

TRAINING_SHARE, SEARCH_SHARE = 0.45, 0.55
"""Share of the time for the first training; share of what is left then for the machine."""

WALKS = 4000
"""Random words on which network and machine are compared, beside the recorded ones."""


def are_recorded_traces(data: Dataset) -> bool:
    """Tell whether a data set looks like recorded traces: outputs that are words, or input words with few outputs."""
    return data.n >= FEWEST_ROWS and _of_words(data)


def too_few(data: Dataset) -> StageResult | None:
    """Say that state merging was not tried on what would be recorded traces if there were more of them, or None."""
    if data.n >= FEWEST_ROWS or not _of_words(data):
        return None
    return StageResult(NAME, "skipped", f"Not tried: {plural(data.n, 'row')}, at least {FEWEST_ROWS} are needed.", 0.0)


def _of_words(data: Dataset) -> bool:
    if data.output_width != 1 or len(data.symbols) > MOST_SYMBOLS:
        return False
    return has_words((*data.input_words, *data.output_words)) and len(data.outputs[0]) <= MOST_OUTPUTS


def distill_traces(
    data: Dataset, training_data: Dataset, truth: Truth, monitor: Monitor, seed: int
) -> tuple[Subject, Chosen, float]:
    """Train a network on recorded traces and find its machine.

    Parameters
    ----------
    data : all that was recorded; only its alphabets are looked at
    training_data : the rows to learn from

    Returns
    -------
    the network as a subject, what came out of it, and the seconds that training took
    """
    from mips_core.networks.cell_training import CellTraining, Labelled  # torch takes seconds to import

    clock, training_clock = Stopwatch(), Stopwatch()
    symbols, outputs = data.symbols, data.outputs[0]
    training = CellTraining(training_data, inputs=data.inputs, outputs=outputs, seed=seed)
    training.learn(monitor.limited(TRAINING_SHARE * monitor.remaining))
    trained = training_clock.seconds
    numbers = _alphabet(symbols)
    x = np.where(training_data.mask[:, :, None], training_data.x, symbols[0])
    recordings = Recordings(
        numbers.indices(x), training_data.y[:, :, 0] - outputs.low, training_data.mask, len(outputs)
    )
    search = monitor.limited(SEARCH_SHARE * monitor.remaining)
    learned = learn_from_traces(
        recordings, training.network(), symbols, max_states=MOST_STATES, seed=seed, monitor=search
    )
    reason = _objection(learned, recordings)
    training_clock = Stopwatch()
    if learned is not None and reason is None:
        words = _words(learned, recordings, seed)
        labelled = Labelled(symbols[words.x], words.y, words.mask)
        training.correct(labelled, monitor.limited(0.8 * monitor.remaining))
    trained += training_clock.seconds
    network = training.network()
    assert truth.held_out is not None
    network = replace(network, card=replace(network.card, accuracy=sequence_accuracy(network, truth.held_out)))
    subject = Subject(data.name, network, data.inputs, max(1, data.length), truth, symbols)
    if learned is None or reason is not None:
        stage = StageResult(NAME, "failed", reason or "No machine was found in the time.", clock.seconds)
        return subject, Chosen(None, None, (stage,), clock.seconds - trained, 0.0), trained
    learned = answered(learned, recordings, network, symbols, seed=seed)
    return subject, _chosen(subject, learned, recordings, data, clock.seconds - trained, seed), trained


def _alphabet(symbols: IntArray) -> MealyMachine:
    """Return a machine that only numbers the symbols."""
    nothing = np.zeros((1, len(symbols)), dtype=np.int64)
    return MealyMachine(nothing, nothing[:, :, None], symbols)


def _objection(learned: Learned | None, recordings: Recordings) -> str | None:
    """Say why a machine does not explain the recordings, or return None."""
    if learned is None:
        return f"No machine with at most {MOST_STATES} states explains the recordings, or the time was up."
    recorded = int(recordings.mask.sum())
    if learned.wrong > max(MOST_WRONG, 2 * learned.noise) * recorded:
        return (
            f"The best machine found ({plural(learned.tables.states, 'state')}) gives {learned.wrong:,} of "
            f"{recorded:,} recorded outputs otherwise: they are random, or hang on what the inputs do not show."
        )
    return None


def _words(learned: Learned, recordings: Recordings, seed: int) -> Recordings:
    """Return recorded and random words with the machine's outputs, as far as its transitions were recorded."""
    rng = np.random.default_rng([seed, 41])
    steps = recordings.x.shape[1]
    walks = rng.integers(learned.tables.next_state.shape[1], size=(WALKS, steps))
    x = np.concatenate([recordings.x, walks])
    words = Recordings(x, x, np.concatenate([recordings.mask, np.ones_like(walks, dtype=bool)]), recordings.outputs)
    states = words.states(learned.tables)
    known = np.logical_and.accumulate(learned.observed[states, x], axis=1) & words.mask
    return Recordings(x, learned.tables.output[states, x], known, recordings.outputs)


def unfollowed(learned: Learned, recordings: Recordings) -> int:
    """Count the transitions that recordings take, but only as a last step: nothing recorded shows where they lead."""
    followed = np.zeros_like(learned.observed)
    states, going_on = recordings.states(learned.tables), recordings.mask[:, 1:]
    followed[states[:, :-1][going_on], recordings.x[:, :-1][going_on]] = True
    return int((learned.observed & ~followed).sum())


def _chosen(
    subject: Subject, learned: Learned, recordings: Recordings, data: Dataset, seconds: float, seed: int
) -> Chosen:
    unknown = int((~learned.observed).sum())
    machine = MealyMachine(
        learned.tables.next_state,
        learned.tables.output[:, :, None] + data.outputs[0].low,
        data.symbols,
        0,
        learned.observed if unknown else None,
        data.input_words,
        data.output_words,
    )
    states = plural(machine.states, "state")
    note = f"machine with {states}"
    if unknown:
        was = "was" if unknown == 1 else "were"
        note += f"; {unknown:,} of {learned.observed.size:,} transitions {was} not observed"
    untested = unfollowed(learned, recordings)
    if untested:
        note += f"; {plural(untested, 'other')} only ever ended a recording: no later step tests where they lead"
    clock = Stopwatch()
    candidate = Candidate(NAME, machine, table_program(machine, note), note, states, seconds, clock.seconds)
    score = Probe(subject, seed).score(candidate.program)
    evidence = {
        "note": note,
        "states": machine.states,
        "not_observed": unknown,
        "target_not_tested": untested,
        "agrees_with_network_1x": round(score.network, 4),
        "agrees_with_network_5x": round(score.network_long, 4),
        "agrees_with_data": None if score.data is None else round(score.data, 4),
        "recorded_outputs_given_otherwise": learned.wrong,
    }
    verdict = "right on all recordings learned from"
    if learned.wrong:
        verdict = f"gives {learned.wrong:,} of the recorded outputs learned from otherwise"
    stage = StageResult(NAME, "done", f"A table, {verdict}: {note}.", seconds, evidence)
    return Chosen(candidate, score, (stage,), seconds, clock.seconds)
