"""Programs from outside, run on words that are chosen beforehand.

A program can only be tried: on every short word, on a word through every transition where the other side is a machine,
on random words, and on words over few symbols where the inputs are too many to list all words of a few steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import ProgramRefusedError, ProgramStoppedError
from mips_core.machines.word_machine import UNDEFINED, WordMachine
from mips_core.programs.sandbox import Limits
from mips_core.stepping import IntArray
from mips_core.tasks.exhaustive import longest_length, number_of_words, words_of_length
from mips_core.tasks.few_symbols import few_symbol_words, lists_go_deep
from mips_core.verification.claims import counted, exhaustive
from mips_core.verification.heldout import FACTOR
from mips_core.verification.shorten import shorten
from mips_core.verification.sides import Form, MachineSide, Outcome, Side, Word

RANDOM_WORDS = 300
"""Random words per length that a program is run on."""
_SHORT_WORDS = 5_000
"""Most words that are listed."""
_TRANSITIONS = 3_000
_NEAR_ZERO = ("-1", "0", "1")
_LIMITS = Limits(soft_seconds=5.0, hard_seconds=9.0)
_AGAIN = Limits(soft_seconds=1.5, hard_seconds=4.0)


@dataclass(frozen=True, eq=False)
class TrialResult:
    """What agreed, in words, or a word on which the two differ and what they do on it."""

    claim: str
    word: Word | None = None
    left: Outcome | None = None
    right: Outcome | None = None


@dataclass(frozen=True)
class _Group:
    """Words of one kind; ``what`` says which, for a claim, and is empty for the list of all words up to a length."""

    words: list[Word]
    what: str


class Trial:
    """Runs at least one program on words that are chosen beforehand."""

    def __init__(
        self, left: Side, right: Side, inputs: Word, machine: WordMachine | None, length: int, seed: int
    ) -> None:
        self.sides, self.inputs, self.machine, self.length = (left, right), inputs, machine, length
        self.rng = np.random.default_rng([seed, 8])
        self.shortest = longest_length(
            len(inputs), limit=_SHORT_WORDS, longest=FACTOR * length
        )  # every word up to this length is tried
        outputs = () if machine is None else machine.outputs
        self.forms = [None if isinstance(side, MachineSide) else side.form(inputs, outputs) for side in self.sides]

    def run(self) -> TrialResult:
        """Try all words; say what agreed, or the shortest difference found."""
        groups = self._groups()
        words = [word for group in groups for word in group.words]
        left, right = self._outcomes(words, _LIMITS)
        done = min(len(left), len(right))
        if not done:
            raise ProgramStoppedError("The program was stopped: it was too slow for even one word.")
        self._again(words[:done], left, right)
        wrong = [i for i in range(done) if left[i] != right[i]]
        if wrong:
            return self._shown(words[min(wrong, key=lambda i: len(words[i]))])
        both_fail = sum(isinstance(outcome, str) for outcome in left[:done])
        failing = f" On {both_fail:,} of these words both fail in the same way." if both_fail else ""
        return TrialResult(f"No difference was found, which is no proof: {self._claims(groups, done)}.{failing}")

    def _groups(self) -> list[_Group]:
        symbols = np.arange(len(self.inputs), dtype=np.int64)[:, None]
        levels = [words_of_length(symbols, k)[:, :, 0] for k in range(1, self.shortest + 1)]
        short = [(), *(word for level in levels for word in self._words(level) if self._defined(word))]
        groups = [_Group(short, "")]
        if self.machine is not None:
            groups.append(_Group(self._through_transitions(self.machine), "words through every transition"))
        for steps in self.length, FACTOR * self.length:
            drawn = [self._random(steps) for _ in range(RANDOM_WORDS)]
            groups.append(_Group(drawn, f"random words of length {steps:,}"))
        if not lists_go_deep(len(self.inputs), self.length, limit=_SHORT_WORDS):
            for steps in self.length, FACTOR * self.length:
                few = [word for word in self._over_few(steps) if self._defined(word)]
                groups.append(_Group(few, f"words over few symbols of length {steps:,}"))
        return groups

    def _words(self, positions: IntArray) -> list[Word]:
        return [tuple(self.inputs[i] for i in row) for row in positions.tolist()]

    def _defined(self, word: Word) -> bool:
        return self.machine is None or self.machine.complete or len(self.machine.run(word)) == len(word)

    def _random(self, steps: int) -> Word:
        """Draw a word; where a machine is partial, along its transitions."""
        if self.machine is None or self.machine.complete:
            return self._words(self.rng.integers(len(self.inputs), size=(1, steps)))[0]
        return self._walk(self.machine, self.machine.start_state, steps)

    def _over_few(self, steps: int) -> list[Word]:
        """Draw words over few symbols: the first input and the last, 0, 1 and -1, and some that are drawn."""
        known = {0, len(self.inputs) - 1, *(i for i, word in enumerate(self.inputs) if word in _NEAR_ZERO)}

        def drawn(count: int) -> IntArray:
            return self.rng.integers(len(self.inputs), size=(count, 1))

        favourites = np.array(sorted(known), dtype=np.int64)[:, None]
        return self._words(few_symbol_words(favourites, drawn, RANDOM_WORDS, steps, self.rng)[:, :, 0])

    def _walk(self, machine: WordMachine, state: int, steps: int) -> Word:
        word: list[str] = []
        for _ in range(steps):
            known = np.flatnonzero(machine.next_state[state] != UNDEFINED)
            if not len(known):
                break
            symbol = int(self.rng.choice(known))
            word.append(machine.inputs[symbol])
            state = int(machine.next_state[state, symbol])
        return tuple(word)

    def _through_transitions(self, machine: WordMachine) -> list[Word]:
        """Return, for every transition that can be reached, a shortest word that takes it and goes on at random."""
        access: dict[int, Word] = {machine.start_state: ()}
        words = []
        for state in (queue := [machine.start_state]):
            for symbol, target in enumerate(machine.next_state[state].tolist()):
                if target == UNDEFINED:
                    continue
                word = (*access[state], machine.inputs[symbol])
                words.append(word + self._walk(machine, target, min(self.length, 6)))
                if target not in access:
                    access[target] = word
                    queue.append(target)
                if len(words) >= _TRANSITIONS:
                    return words
        return words

    def _outcomes(self, words: list[Word], limits: Limits) -> tuple[list[Outcome], list[Outcome]]:
        def of(side: Side, form: Form | None) -> list[Outcome]:
            if isinstance(side, MachineSide):
                return [side.machine.run(word) for word in words]
            assert form is not None
            return side.run(words, form, limits)

        (left, right), forms = self.sides, self.forms
        return of(left, forms[0]), of(right, forms[1])

    def _again(self, words: list[Word], left: list[Outcome], right: list[Outcome]) -> None:
        """Run some words in another order: what a program gives may hang on its input only."""
        sample = self.rng.permutation(len(words))[:200].tolist()
        again = self._outcomes([words[i] for i in sample], _AGAIN)
        for side, first, second in zip(self.sides, (left, right), again, strict=True):
            for i, outcome in zip(sample, second, strict=False):
                if outcome != first[i]:
                    raise ProgramRefusedError(
                        f"{side.name} is not a function of its input: on {spaced(words[i])} it gave two different "
                        "results in two runs. It must keep nothing between two calls."
                    )

    def _claims(self, groups: list[_Group], done: int) -> str:
        claims = []
        for group in groups:
            agreed = min(len(group.words), max(0, done))
            done -= len(group.words)
            if group.what and agreed:
                claims.append(counted(agreed, agreed, group.what)[1])
            elif not group.what:
                claims.append(self._covered(group.words[:agreed]))
        return "; ".join(filter(None, claims))

    def _covered(self, words: list[Word]) -> str:
        """Say up to which length all words were tried; a length that was cut short does not count."""
        length = len(words[-1])
        if self.machine is None or self.machine.complete:
            if length and len(words) - 1 < number_of_words(len(self.inputs), length):
                length -= 1
            return exhaustive(length, number_of_words(len(self.inputs), length))[1] if length else ""
        return f"agrees on {len(words) - 1:,} words up to length {length} that the machine defines" if length else ""

    def _shown(self, word: Word) -> TrialResult:
        """Shorten a difference and say what both sides do on it."""
        if len(word) > self.shortest:  # all words up to there agree, or were tried first
            beginnings = [word[:t] for t in range(len(word) + 1)]
            pairs = zip(beginnings, *self._outcomes(beginnings, _AGAIN), strict=False)
            word = next((beginning for beginning, left, right in pairs if left != right), word)
            word = self._shortened(word)
        (left,), (right,) = self._outcomes([word], _AGAIN)
        fewest = ", and on no shorter one" if len(word) <= self.shortest + 1 else "; a shorter one may exist"
        return TrialResult(f"They differ on a word of length {len(word)}{fewest}.", word, left, right)

    def _shortened(self, word: Word) -> Word:
        position = {symbol: i for i, symbol in enumerate(self.inputs)}

        def differs(x: IntArray) -> IntArray:
            words = self._words(x[:, :, 0])
            found = np.full(len(words), -1, dtype=np.int64)
            rows = [i for i, each in enumerate(words) if self._defined(each)]
            for i, left, right in zip(rows, *self._outcomes([words[i] for i in rows], _AGAIN), strict=False):
                if left != right:
                    found[i] = x.shape[1] - 1
            return found

        start = np.array([[position[symbol]] for symbol in word], dtype=np.int64)
        return self._words(shorten(start, differs, rounds=12, steps=2**12)[None, :, 0])[0]


def spaced(word: Word, limit: int = 12) -> str:
    """Write a word in quotes, long ones shortened."""
    if len(word) > limit:
        return f"'{' '.join(word[: limit // 2])} ... {' '.join(word[-limit // 2 :])}' ({len(word)} steps)"
    return f"'{' '.join(word)}'" if word else "no input"
