"""What a route returns, and how candidates are judged against each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mips_core.distillation.subject import Subject
from mips_core.machines.evidence import evidence_length
from mips_core.machines.minimise import minimise
from mips_core.machines.records import Machine
from mips_core.machines.unfold import unfolded
from mips_core.programs import Program
from mips_core.progress import Monitor
from mips_core.regression.method import Method
from mips_core.stepping import IntArray, Stepper, outputs_of
from mips_core.tasks import Dataset
from mips_core.tasks.few_symbols import lists_go_deep, telling_words
from mips_core.verification.suspicious import Exceptions, find_exceptions

SELECTION_SEQUENCES = 512
"""Words per length on which candidates are compared; the report later uses fresh ones."""
WITHOUT_TRUTH = 2048
"""Words at 1x where only the network can be asked: a program that is to agree with all of it has to be told from one
that models its rarer mistakes."""
ENTRY = 0.0001
"""Share of sequences that one node of a formula, or one entry of a table, has to explain."""
ALIKE = 0.95
"""Share of words at 1x on which a program that is right must follow the network, where it is simpler or has no end."""
EXCEPTION = 5
"""Nodes that a recorded output counts as which a program contradicts: naming it takes about as many bits."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A machine and the program written from it, by one route.

    ``note`` says in words what the route found; ``summary`` says it in a few words, for the comment
    line of the program.
    """

    route: str
    machine: Machine
    program: Program
    note: str
    summary: str
    seconds_extract: float
    seconds_regress: float


@dataclass(frozen=True, eq=False)
class RouteOutcome:
    """All candidates of a route, best guess first; when there are none, ``reason`` says why."""

    candidates: tuple[Candidate, ...]
    reason: str


Route = Callable[[Subject, "Probe", Monitor], RouteOutcome]


@dataclass(frozen=True, eq=False)
class Score:
    """How far a candidate agrees, as shares of sequences in [0, 1]; ``data`` is None where no truth is known.

    ``entries`` counts the numbers in its tables; ``bound_unseen`` says that it may be finite only for want
    of longer sequences (:meth:`Probe.bound_unseen`).  ``network_telling`` is the share on words over few symbols,
    1 where these are not asked about.  ``exceptions`` counts the recorded outputs that it
    contradicts where these look like recording errors, which ``data`` leaves out; ``telling`` says that they are
    none, or enough to tell them from a rare mistake.
    """

    data: float | None
    network: float
    network_long: float
    is_formula: bool
    nodes: int
    entries: int = 0
    network_telling: float = 1.0
    bound_unseen: bool = False
    exceptions: int = 0
    telling: bool = True

    @property
    def perfect(self) -> bool:
        """It agrees with the truth where that is known, and otherwise with the network, on every word at 1x.

        Recorded outputs that look like recording errors do not count.
        """
        return self.data == 1.0 if self.data is not None else self.network == 1.0

    @property
    def sure(self) -> bool:
        """It is perfect, and what it contradicts, if anything, is enough to be told from a rare mistake."""
        return self.perfect and self.telling

    @property
    def key(self) -> tuple[float, ...]:
        """Sorts the better candidate first.

        Truth before network before size: 100 % counts far more than any shorter program, but among
        programs that are right at 1x a formula is better than a table, and a shorter one better still.
        One that goes on where no data show an end comes before one that ends where the network does: the longest
        words at 1x may just reach that end, and then the network is wrong on them.
        Where none is right, one that does all that the network does comes first; else each node and table
        entry has to earn its place: a large table that follows one more mistake of the network is no better.
        """
        agreement = self.network if self.data is None else self.data
        return (
            -float(self.perfect),
            -float(not self.perfect and self.network == 1.0),
            ENTRY * (self.nodes + self.entries) - agreement if not self.perfect else 0.0,
            EXCEPTION * self.exceptions + self.nodes + self.entries if self.perfect and self.exceptions else 0.0,
            -float(self.network_telling == 1.0),
            -float(self.is_formula),
            -float(self.network >= ALIKE),
            float(self.bound_unseen),
            -float(self.network == 1.0),
            -round(self.network_telling, 2),
            -round(self.network_long, 2),
            self.nodes,
        )


class Probe:
    """Words at 1x and 5x with the network's outputs and, where known, the truth: what candidates are judged on."""

    def __init__(self, subject: Subject, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        self._subject = subject
        count = WITHOUT_TRUTH if subject.chosen_by is None else SELECTION_SEQUENCES
        self.short = subject.draw(count, subject.length, rng)
        self.long = subject.draw(max(32, SELECTION_SEQUENCES // 4), 5 * subject.length, rng)
        # Words over few symbols judge agreement with the network only: they say nothing about a rule or about data.
        self.telling = self._few_symbols(np.random.default_rng([seed, 10]))
        self._asked: list[tuple[Stepper, Exceptions | None]] = []
        self.network_short = outputs_of(subject.network, self.short)
        self.network_long = outputs_of(subject.network, self.long)
        self.network_telling = outputs_of(subject.network, self.telling)

    def _few_symbols(self, rng: np.random.Generator) -> IntArray:
        subject = self._subject
        observed = subject.observed
        count = math.prod(len(r) for r in subject.inputs) if observed is None else len(observed)
        if subject.chosen_by is not None or lists_go_deep(count, subject.length):
            return self.short[:0]
        return telling_words(subject.inputs, observed, SELECTION_SEQUENCES, subject.length, rng)

    def data_share(self, thing: Stepper) -> float | None:
        """Return the share of selection sequences on which ``thing`` gives the true outputs; None without truth.

        Recorded outputs that look like recording errors do not count; see :class:`Exceptions`.
        """
        truth = self._subject.chosen_by
        if truth is None:
            return None
        if truth.task is not None:
            shares = [
                _agreement(thing, words, truth.task.apply(words)) * len(words) for words in (self.short, self.long)
            ]
            return sum(shares) / (len(self.short) + len(self.long))
        data = truth.selection
        if data is None:
            return None
        found = self.exceptions(thing)
        if found is not None:
            return 1.0 if found.forgivable else 1.0 - found.rows / data.n
        return rows_right(thing, data)

    def rows(self, most: int) -> IntArray:
        """Return inputs (N, T, D_in) of full-length rows of data that may be used, at most ``most``; none without."""
        truth = self._subject.chosen_by
        if truth is None or truth.selection is None:
            return self.short[:0]
        data = truth.selection
        return data.x[data.mask.all(axis=1) & (data.x.shape[1] == self._subject.length)][:most]

    def exceptions(self, thing: Stepper) -> Exceptions | None:
        """Return where ``thing`` contradicts the recorded rows; None without rows, or when it has no output for some.

        The last two answers are kept, since a program is asked about several times, also beside a shorter one.
        """
        truth = self._subject.chosen_by
        if truth is None or truth.selection is None:
            return None
        known = next((pair for pair in self._asked if pair[0] is thing), None)
        if known is None:
            known = thing, find_exceptions(thing, truth.selection)
        self._asked = [known, *(pair for pair in self._asked if pair is not known)][:2]
        return known[1]

    @property
    def has_rows(self) -> bool:
        """Whether rows of a data file are known that may be used to choose between programs."""
        truth = self._subject.chosen_by
        return truth is not None and truth.selection is not None

    def network_share(self, thing: Stepper) -> float:
        """Return the share of words at 1x on which ``thing`` gives the network's outputs."""
        return _agreement(thing, self.short, self.network_short)

    def bound_unseen(self, program: Program) -> bool:
        """Return whether the program has finitely many states, but not because words at 1x show it.

        A counter that a network learned ends somewhere, and the program with it; words of the trained length are
        too short to count to the end and come back to show that it is one.
        """
        if self._subject.symbols is None or program.system.histories:
            return False
        machine = unfolded(program, self._subject.symbols)
        return machine is not None and evidence_length(minimise(machine)) >= self._subject.length

    def score(self, program: Program) -> Score:
        """Judge a program."""
        found = self.exceptions(program)
        return Score(
            data=self.data_share(program),
            network=self.network_share(program),
            network_long=_agreement(program, self.long, self.network_long),
            network_telling=_agreement(program, self.telling, self.network_telling) if len(self.telling) else 1.0,
            is_formula=program.method is not Method.TABLE,
            nodes=program.nodes,
            entries=sum(len(table.entries) for table in program.system.tables),
            bound_unseen=self.bound_unseen(program),
            exceptions=found.count if found is not None and found.forgivable else 0,
            telling=found is None or found.telling,
        )


def rows_right(thing: Stepper, data: Dataset) -> float:
    """Return the share of rows, in [0, 1], on which ``thing`` gives every recorded output."""
    return _agreement(thing, data.known_x, data.y, data.mask)


def _agreement(thing: Stepper, words: IntArray, expected: IntArray, mask: np.ndarray | None = None) -> float:
    """Share of words on which every output is as expected; a table without an entry for an input counts as wrong."""
    try:
        with np.errstate(divide="ignore"):  # NumPy computes the branch that a conditional does not take, too
            wrong = (outputs_of(thing, words) != expected).any(axis=2)
    except KeyError:
        return _one_by_one(thing, words, expected, mask)
    if mask is not None:
        wrong &= mask
    return float(1.0 - wrong.any(axis=1).mean())


def _one_by_one(thing: Stepper, words: IntArray, expected: IntArray, mask: np.ndarray | None) -> float:
    right = 0
    for row in range(len(words)):
        length = int(mask[row].sum()) if mask is not None else words.shape[1]
        word = words[row : row + 1, :length]
        try:
            right += bool((outputs_of(thing, word) == expected[row : row + 1, :length]).all())
        except KeyError:
            continue
    return right / len(words)
