"""Networks that are right on all random sequences and wrong somewhere: what random testing alone would ship.

Each network is trained as always, but without the stage that looks for counterexamples and trains on them; it is taken
once every sequence of a held-out set is right.  Then the hidden states are walked through, for the shortest word of at
most :data:`FACTOR` times the trained length on which an output is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mips_core.errors import BadInputError, NotTrainedError
from mips_core.files import read_bytes
from mips_core.progress import Stopwatch
from mips_core.resources import asset
from mips_core.tasks import Task
from mips_core.tasks.exhaustive import all_symbols
from mips_core.verification.hunt import Ruled, hunt

FACTOR = 3
"""Words up to this many times the trained length are hunted."""
TRAINING, HUNT = 60.0, 30.0
"""Seconds of work for the training of one network, and for the hunt."""


@dataclass(frozen=True)
class CounterexampleRow:
    """One network before counterexample-guided training.

    Parameters
    ----------
    task, seed, rung : which network: the task, the seed of the training, and the architecture
    length : trained length, in steps
    accuracy : share of random held-out sequences of that length, in [0, 1], on which every output is right
    shortest : length of the shortest word found on which it is wrong, at most ``FACTOR`` times the trained length;
        None where none was found
    word : that word, one row of integers for each step
    words, covered : words tried, and the length up to which all were
    training, seconds : seconds that training and hunt took
    """

    task: str
    seed: int
    rung: str
    length: int
    accuracy: float
    shortest: int | None
    word: tuple[tuple[int, ...], ...] | None
    words: int
    covered: int
    training: float
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @staticmethod
    def from_dict(value: Mapping[str, Any]) -> CounterexampleRow:
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        BadInputError
            when a field is missing or malformed.
        """
        try:
            word = value["word"]
            steps = None if word is None else tuple(tuple(int(x) for x in step) for step in word)
            return CounterexampleRow(**{**value, "word": steps})
        except (KeyError, TypeError, ValueError) as error:
            raise BadInputError(f"A row of the counterexamples is malformed: {error}.") from None


def measure(task: Task, *, seed: int = 0, training: float = TRAINING, seconds: float = HUNT) -> CounterexampleRow:
    """Train a network that random testing finds perfect, and hunt the shortest word on which it is wrong.

    Parameters
    ----------
    training : budget of the training, in seconds of work; the best network is taken where none is perfect by then
    seconds : time for the hunt

    Raises
    ------
    NotTrainedError
        when no network was trained within the budget.
    """
    from mips_core.networks.training import Trained, candidates  # torch takes seconds to import

    clock = Stopwatch()
    best: Trained | None = None
    for found in candidates(task, seed=seed, budget=training, correct=False):
        best = found if best is None or found.accuracy > best.accuracy else best
        if best.accuracy == 1.0:
            break
    if best is None:
        raise NotTrainedError(f"No network for {task.name} was trained within {training:g} seconds.")
    trained = clock.seconds
    network = best.network
    symbols = all_symbols(task.inputs)
    if symbols is None:
        raise BadInputError(f"{task.name} has too many input symbols to be gone through.")
    rule = Ruled(task.rule, network.input_width, network.output_width)
    length = int(network.card.length or task.length)
    found_word = hunt(
        network, rule, symbols, seconds=seconds, longest=FACTOR * length, rng=np.random.default_rng([seed, 29])
    )
    word = None if found_word.word is None else tuple(tuple(step) for step in found_word.word.tolist())
    return CounterexampleRow(
        task.name, seed, best.rung, length, best.accuracy, None if word is None else len(word), word,
        found_word.words, found_word.covered, round(trained, 2), round(clock.seconds - trained, 2),
    )  # fmt: skip


def summary(rows: Iterable[CounterexampleRow]) -> str:
    """Return in one sentence how many networks that random testing calls perfect are wrong somewhere."""
    perfect = [row for row in rows if row.accuracy == 1.0]
    wrong = [row for row in perfect if row.shortest is not None]
    if not wrong:
        return f"None of {len(perfect)} networks that are right on all random sequences was found wrong on another."
    shortest = min(wrong, key=lambda row: (row.shortest or 0, row.task))
    return (
        f"Of {len(perfect)} networks that are right on all random sequences, {len(wrong)} are wrong on a sequence of "
        f"at most {FACTOR} times the trained length; the shortest has {shortest.shortest} steps ({shortest.task})."
    )


def stored_counterexamples() -> tuple[CounterexampleRow, ...]:
    """Return the rows that ship with the package; none when no file does.

    Raises
    ------
    BadInputError
        when the file cannot be read.
    """
    path = asset("benchmark", "counterexamples.json")
    if not path.is_file():
        return ()
    try:
        rows = json.loads(read_bytes(path))["rows"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadInputError(f"{path} is no list of counterexamples: {error!r}.") from None
    return tuple(map(CounterexampleRow.from_dict, rows))
