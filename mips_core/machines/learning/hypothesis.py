"""What query learning hands back: machines from coarse to fine, and why it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mips_core.errors import MipsError, NotDeterministicError, TooManyStatesError
from mips_core.machines.labels import Agreement
from mips_core.machines.learning.merging import Conflict
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import StageResult
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import Words, has_words


@dataclass(frozen=True, eq=False)
class Hypothesis:
    """A machine that was read off the network's answers.

    Parameters
    ----------
    machine : minimal, in canonical numbering
    suffixes : the words, int64 (K, D_in), that told its states apart
    agreements : with the network, by kind of word: "short" (every word of one length), "1x" and "5x"
        (random words), "given" (sequences of the caller), "unusual" (few kinds of symbols)
    """

    machine: MealyMachine
    suffixes: tuple[IntArray, ...]
    agreements: Mapping[str, Agreement]

    @property
    def states(self) -> int:
        """Size of the minimal machine."""
        return self.machine.states

    @property
    def agrees_1x(self) -> Agreement:
        """Agreement with the network on random words of the trained length."""
        return self.agreements["1x"]

    @property
    def agrees_5x(self) -> Agreement:
        """Agreement with the network on random words of five times the trained length."""
        return self.agreements["5x"]

    @cached_property
    def access_words(self) -> tuple[IntArray, ...]:
        """Return a shortest word into each state, int64 (T, D_in), by state number; the start has the empty word."""
        words: dict[int, list[int]] = {self.machine.start_state: []}
        for state in (queue := [self.machine.start_state]):
            for i, following in enumerate(self.machine.next_state[state].tolist()):
                if following not in words:
                    words[following] = [*words[state], i]
                    queue.append(following)
        return tuple(self.machine.symbols[np.array(words[s], dtype=np.int64)] for s in range(self.states))


@dataclass(frozen=True, eq=False)
class QueryLearning:
    """The course of query learning.

    Parameters
    ----------
    hypotheses : distinct machines in the order found, from coarse to fine.  On a network that is
        not perfect an early one is often the machine that was meant, and later ones also model
        the network's errors.
    closed : True when no word that was tried tells the last hypothesis from the network
    reason : a sentence for the reader: what closed it, or what stopped it
    conflict : when not closed, two prefixes that could not be merged and the suffix that proves it
    steps : network steps asked
    seconds : time spent
    too_many : True when it stopped because the machine grew without an end in sight
    """

    hypotheses: tuple[Hypothesis, ...]
    closed: bool
    reason: str
    conflict: Conflict | None
    steps: int
    seconds: float
    too_many: bool = False

    @property
    def best(self) -> Hypothesis | None:
        """The last hypothesis when closed; else the one that agrees most at 1x, then at 5x, the coarsest of equals."""
        if not self.hypotheses:
            return None
        if self.closed:
            return self.hypotheses[-1]
        return max(self.hypotheses, key=lambda h: (h.agrees_1x.share, h.agrees_5x.share))

    @property
    def machine(self) -> MealyMachine | None:
        """The machine of :attr:`best`, or None."""
        return self.best.machine if self.best is not None else None

    @property
    def error(self) -> MipsError | None:
        """The explained failure, to raise or to print; None when closed."""
        if self.closed:
            return None
        kind = TooManyStatesError if self.too_many else NotDeterministicError
        parts = [f"The hidden states do not close into a finite machine: {self.reason}."]
        if self.conflict is not None:
            parts.append(self.conflict.explanation)
        words = self.conflict is not None and has_words((*self.conflict.input_words, *self.conflict.output_words))
        advice = "more recordings" if words else "the integer routes, more states,"
        return kind(" ".join([*parts, f"Try {advice} or a network trained longer."]))

    def with_words(self, inputs: Words, outputs: Words) -> QueryLearning:
        """Return the same, where the conflict speaks in the words of these columns."""
        if self.conflict is None:
            return self
        return replace(self, conflict=replace(self.conflict, input_words=inputs, output_words=outputs))

    @property
    def result(self) -> StageResult:
        """One row for the list of routes tried."""
        evidence = {
            "hypotheses": [h.states for h in self.hypotheses],
            "network_steps": self.steps,
            **({"conflict": self.conflict.explanation} if self.conflict is not None else {}),
        }
        status = "done" if self.closed else "failed"
        return StageResult("query learning", status, self.reason, self.seconds, evidence)
