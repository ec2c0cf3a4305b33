"""Query learning: the Mealy machine of a network from its answers alone.

Angluin's L* with the network as oracle.  States are told apart by what the network answers
after suffixes, never by where the hidden states lie, so the result does not depend on the
basis of the hidden space.  Counterexamples come from short words (all of them), random words
at 1x and 5x, words over few symbols, and words that start with every known transition; each
is cut down to one new suffix by the argument of Rivest and Schapire (``cutting``).

Every intermediate machine is kept (error-correcting extraction): a network that was trained
on words of length 1x behaves like the machine it learned there and drifts on longer words.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.compare import same_tables
from mips_core.machines.learning.beyond import surprises
from mips_core.machines.learning.cutting import Cut, cut
from mips_core.machines.learning.hypothesis import Hypothesis, QueryLearning
from mips_core.machines.learning.merging import Conflict, make_conflict, nearest_states
from mips_core.machines.learning.oracle import Oracle, OutOfBudget
from mips_core.machines.learning.table import ObservationTable, TooMany
from mips_core.machines.learning.words import (
    WordGroup,
    first_steps,
    given_group,
    random_groups,
    run_tables,
    short_group,
)
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.minimise import minimise
from mips_core.progress import Monitor, Stopwatch
from mips_core.stepping import IntArray, Stepper

_SCAN = 200_000
"""Network steps spent on cutting down the counterexamples of one round."""
_TRUSTED = frozenset({"short", "1x", "given"})
_RANDOM = frozenset({"1x", "given", "5x"})
_PATIENCE = 24
"""Rounds of growth after agreement on the trusted words that are taken for drift or for a counter.

A third of it is enough when the random words at 5x agree, too.
"""


@dataclass(frozen=True, eq=False)
class _Counterexample:
    """A word of symbol positions from a table state; on its last step network and machine differ."""

    state: int
    word: IntArray
    output: IntArray


def learn_machine(
    network: Stepper,
    symbols: IntArray,
    *,
    length: int,
    rng: np.random.Generator,
    max_states: int = 300,
    monitor: Monitor | None = None,
    sequences: IntArray | None = None,
    max_steps: int = 6_000_000,
) -> QueryLearning:
    """Learn the Mealy machine that a network behaves like.

    The limits are meant for small machines.  One of 10,000 states over 100 symbols takes 5 * 10^6 steps and some
    seconds, when ``max_states=10_000`` allows it; a random one of 24,000 states over 2 symbols 8 * 10^6.

    Parameters
    ----------
    network : the oracle; anything with the stepping protocol
    symbols : input symbols that may occur, int64, shape (X, D_in); up to a few thousand
    length : 1x, the length that the network was trained at
    rng : draws the words that are tried; the same generator state gives the same result
    max_states : states after which the network is called not finite
    monitor : deadline, stop and progress
    sequences : further words to try, int64, shape (N, T, D_in)
    max_steps : network steps to spend, about 10^6 per second for small networks

    Raises
    ------
    BadInputError
        when the alphabet is empty, repeats a symbol, or does not fit the network.
    Cancelled
        when the caller asked to stop.
    """
    alphabet = checked_alphabet(network, symbols)
    if length < 1:
        raise BadInputError(f"The length must be at least 1, found {length}.")
    monitor = monitor if monitor is not None else Monitor()
    oracle = Oracle(network, alphabet, monitor, max_steps)
    return _Learner(oracle, length, rng, ObservationTable(oracle, rng, max_states), sequences).run()


def checked_alphabet(network: Stepper, symbols: IntArray) -> IntArray:
    """Return input symbols (X, D_in) in ascending order, the array itself where it is so already.

    Raises
    ------
    BadInputError
        when there are none, one repeats, or they do not fit the network.
    """
    if symbols.ndim != 2 or not len(symbols) or symbols.shape[1] != network.input_width:
        raise BadInputError(
            f"The alphabet has shape {symbols.shape}; (symbols, {network.input_width}) with at least one is needed."
        )
    rows = symbols.tolist()
    if all(map(operator.lt, rows, rows[1:])):
        return symbols
    # rows are sorted as records, single numbers without that detour
    alphabet = np.unique(symbols, axis=0) if symbols.shape[1] > 1 else np.unique(symbols)[:, None]
    if len(alphabet) != len(symbols):
        raise BadInputError(f"The alphabet repeats a symbol: {len(symbols)} rows, {len(alphabet)} distinct.")
    return alphabet


@dataclass
class _Learner:
    """The loop: close the table, look for a counterexample, cut it down to a suffix, add that, again."""

    oracle: Oracle
    length: int
    rng: np.random.Generator
    table: ObservationTable
    sequences: IntArray | None
    hypotheses: list[Hypothesis] = field(default_factory=list)
    conflict: Conflict | None = None
    settled: dict[frozenset[str], tuple[int, int]] = field(default_factory=dict)
    clock: Stopwatch = field(default_factory=Stopwatch)

    def run(self) -> QueryLearning:
        try:
            reason, closed, growing = self._learn()
        except TooMany as limit:
            reason, closed, growing = str(limit), False, True
        except OutOfBudget as limit:
            reason, closed, growing = f"{limit} at {_states(self.table.states)}", False, False
        if not closed and self.conflict is None:
            self.conflict = nearest_states(self.table)
        conflict = None if closed else self.conflict
        return QueryLearning(
            tuple(self.hypotheses), closed, reason, conflict, self.oracle.steps, self.clock.seconds, growing
        )

    def _learn(self) -> tuple[str, bool, bool]:
        """Return (reason, closed, growing)."""
        self.table.close()
        given = None if self.sequences is None else given_group(self.oracle, self.sequences)
        drawn = random_groups(self.oracle, self.length, self.rng)
        # from the most to the least trusted: the first kind of word that shows a difference is used
        groups = [short_group(self.oracle, self.length), drawn[0], *([given] if given is not None else []), *drawn[1:]]
        rounds = 0
        while True:
            raw = self.table.machine()
            firsts = [group.first_differences(raw) for group in groups]
            self._record(raw, groups, firsts)
            drift = self._drift(rounds)
            if drift is not None:
                return drift, False, True
            found = self._differences(raw, groups, firsts)
            if not found:
                return self._closing_sentence(), True, False
            suffixes = self._suffixes(raw, found)
            if not suffixes:
                return "the network's outputs lie on a rounding boundary and change between batches", False, False
            for suffix in suffixes[: min(1 + rounds // 4, 8)]:
                self.table.add_suffix(suffix)
            self.table.close()
            rounds += 1

    def _record(self, raw: MealyMachine, groups: list[WordGroup], firsts: list[IntArray]) -> None:
        """Keep the machine as a hypothesis, unless it is the same as the one before."""
        agreements = {g.name: g.agreement(f) for g, f in zip(groups, firsts, strict=True)}
        words = tuple(self.oracle.symbols[suffix] for suffix in self.table.suffixes)
        machine = minimise(raw)
        if self.hypotheses and same_tables(machine, self.hypotheses[-1].machine):
            return
        self.hypotheses.append(Hypothesis(machine, words, agreements))
        self.oracle.monitor.report("extract", f"{machine.states} states after {len(words)} suffixes")

    def _drift(self, rounds: int) -> str | None:
        """Return why to stop when words beyond 1x go on adding states to a machine that agrees within 1x, or None.

        Such states are drift of the network or the values of a counter.
        """
        for kinds, patience in (_TRUSTED, _PATIENCE), (_RANDOM, _PATIENCE // 3):
            current = self.hypotheses[-1]
            if all(current.agreements[kind].complete for kind in kinds & current.agreements.keys()):
                self.settled.setdefault(kinds, (rounds, current.states))
            if kinds in self.settled:
                since, states = self.settled[kinds]
                if rounds - since >= patience and current.states >= 2 * states + patience:
                    return (
                        f"the network agrees with a machine of {_states(states)} at 1x, but longer or unusual words "
                        f"keep adding states ({current.states} after {rounds - since} more rounds)"
                    )
        return None

    def _closing_sentence(self) -> str:
        last = self.hypotheses[-1]
        return (
            f"closed with {_states(last.states)}; agrees with the network on "
            f"{last.agrees_1x.agree:,} random words of length {self.length} and {last.agrees_5x.agree:,} of length "
            f"{5 * self.length}"
        )

    def _differences(self, raw: MealyMachine, groups: list[WordGroup], firsts: list[IntArray]) -> list[_Counterexample]:
        """Return counterexamples of the first kind of word that has any, shortest first."""
        start = np.zeros(1, dtype=np.int64)
        for group, first in zip(groups, firsts, strict=True):
            if (first < group.words.shape[1]).any():
                return _shortest(np.broadcast_to(start, len(first)), group.words, group.outputs, first)
        # every known transition, then a short random word: finds what the sampled checks of the table missed
        pairs = np.arange(self.table.after_code.size)
        repeats = max(1, 4_000 // len(pairs))
        pairs = np.repeat(pairs, repeats) if len(pairs) <= 12_000 else self.rng.choice(pairs, 12_000, replace=False)
        words = self.rng.integers(len(self.oracle.symbols), size=(len(pairs), 1 + min(self.length, 6)))
        states, words[:, 0] = np.divmod(pairs, len(self.oracle.symbols))
        outputs = self.oracle.run(words, self.table.hidden[states])
        first = first_steps(run_tables(raw, words, states) != outputs)
        if (first < words.shape[1]).any():
            return _shortest(states, words, outputs, first)
        further = surprises(self.table, raw, self.rng)
        if further:
            return [_Counterexample(*each) for each in further]
        for group in random_groups(self.oracle, self.length, self.rng):  # words that played no part in learning
            first = group.first_differences(raw)
            if (first < group.words.shape[1]).any():
                groups.append(replace(group, name="fresh"))
                return _shortest(np.broadcast_to(start, len(first)), group.words, group.outputs, first)
        return []

    def _suffixes(self, raw: MealyMachine, found: list[_Counterexample]) -> list[IntArray]:
        """Cut counterexamples down to suffixes that split a state, shortest first, and remember the conflict."""
        results: dict[tuple[int, ...], tuple[IntArray, Conflict]] = {}
        spent = 0
        for example in found:
            size = len(example.word)
            if results and spent + size * size > _SCAN:
                break
            spent += size * size
            place = cut(self.table, raw, example.state, example.word, example.output)
            if place is not None and tuple(place.suffix.tolist()) not in results:
                results[tuple(place.suffix.tolist())] = place.suffix, self._conflict_at(place)
        ordered = sorted(results, key=lambda word: (len(word), word))
        if ordered:
            self.conflict = results[ordered[0]][1]
        return [results[word][0] for word in ordered]

    def _conflict_at(self, place: Cut) -> Conflict:
        """Name the successor of a state, the state it was merged with, and the suffix that contradicts it."""
        first = np.append(self.table.word(place.state), place.symbol)
        return make_conflict(self.table, first, self.table.word(place.merged), place.suffix)


def _shortest(states: IntArray, words: IntArray, outputs: IntArray, first: IntArray) -> list[_Counterexample]:
    rows = np.argsort(first, kind="stable")[:16]
    rows = rows[first[rows] < words.shape[1]]
    return [_Counterexample(int(states[r]), words[r, : first[r] + 1], outputs[r, first[r]]) for r in rows]


def _states(count: int) -> str:
    return f"{count} state" + ("s" if count != 1 else "")
