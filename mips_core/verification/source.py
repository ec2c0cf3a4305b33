"""Check a program that anybody may have written against a network; it runs in the sandbox only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.errors import ProgramRefusedError, ProgramStoppedError
from mips_core.networks.protocol import Network
from mips_core.programs.sandbox import Answer, Limits, ProgramRun, Step, run_program
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.tasks.exhaustive import all_symbols, longest_length, number_of_words, words_of_length
from mips_core.tasks.integers import Integers
from mips_core.tasks.vocabulary import Words
from mips_core.verification.claims import Claim, counted, exhaustive, summary
from mips_core.verification.compare import Counterexample, compare, first_steps, in_words
from mips_core.verification.heldout import FACTOR, SEQUENCES, Draw, affordable, held_out_batches, telling_batches
from mips_core.verification.outputs import from_rows, network_outputs
from mips_core.verification.shorten import shorten
from mips_core.verification.verdict import Verdict, brief, reason_of

TOTAL_SECONDS = 15.0
"""Time of all runs of the program together; with reading and the network's own outputs a verdict takes under 20 s."""

_SHARES = (256, 64, 16, 4, 1)  # a slow program is checked on the first 1/256 of every batch, then the first 1/64, ...


def verify_source(
    network: Network,
    source: bytes | str,
    *,
    inputs: tuple[Integers, ...],
    length: int,
    draw: Draw | None = None,
    sequences: int = SEQUENCES,
    seed: int = 0,
    monitor: Monitor | None = None,
    limits: Limits | None = None,
    allow_math: bool = False,
    seconds: float = TOTAL_SECONDS,
    input_words: Words = (),
    output_words: Words = (),
    words: Sequence[IntArray] = (),
) -> Verdict:
    """Compare a program's text with a network on short words and on held-out sequences at 1x and 5x.

    A slow program is checked on as much of each batch as its time allows, and the claim says on how much.

    Parameters
    ----------
    inputs : integers that may occur, one range per input
    length : 1x, in steps
    draw : how held-out words are drawn; uniformly over ``inputs`` by default
    sequences : most held-out sequences per length
    limits : of the main run of the program
    seconds : for all runs of the program together
    input_words, output_words : vocabularies of the columns in which the program takes and returns words
    words : further inputs to try, int64 (T, D_in) each, on which a difference is expected; they are not shortened
    """
    watch = monitor or Monitor()
    watch.report("verify", "Running the network", 0.1)
    vocabularies = input_words or (None,) * network.input_width, output_words or (None,) * network.output_width
    check = _Check(network, source, inputs, limits or Limits(), allow_math, seconds, seed, vocabularies)
    check.plan(length, draw, sequences, seed, words)
    try:
        watch.report("verify", "Running the program in the sandbox", 0.3)
        check.run_all()
        watch.report("verify", "Running it again in another order", 0.7)
        check.run_again()
        watch.report("verify", "Looking for the shortest difference", 0.8)
        return check.verdict()
    except ProgramRefusedError as error:
        return Verdict("refused", str(error), line=error.line, column=error.column)
    except ProgramStoppedError as error:
        return Verdict("stopped", str(error))


@dataclass(eq=False)
class _Batch:
    """Sequences of one length with the network's outputs, and the program's results so far."""

    x: IntArray
    what: str | None  # words for them in a claim; "" for the list of all words of this length, None for what was named
    done: list[list[Answer] | str]

    def sequence(self, row: int) -> list[Step]:
        return [tuple(step) for step in self.x[row].tolist()]


class _Check:
    """One verification in progress."""

    def __init__(
        self,
        network: Network,
        source: bytes | str,
        inputs: tuple[Integers, ...],
        limits: Limits,
        allow_math: bool,
        seconds: float,
        seed: int,
        words: tuple[Words, Words],
    ) -> None:
        self.network, self.source, self.inputs = network, source, inputs
        self.input_words, self.output_words = words
        self.limits, self.allow_math = limits, allow_math
        self.deadline = time.monotonic() + seconds
        self.reserve = min(2.0, seconds / 4)  # no shorter words are tried in the last seconds
        self.rng = np.random.default_rng([seed, 6])
        self.symbols = 0  # how many input symbols there are, where all words are listed
        self.batches: list[_Batch] = []
        self.order: list[tuple[int, int]] = []
        self.rate = 0.0  # seconds of the program per step

    def plan(self, length: int, draw: Draw | None, sequences: int, seed: int, words: Sequence[IntArray]) -> None:
        """Choose the sequences: the empty one, all short words, held-out ones, those over few symbols, those named."""
        parameters = self.network.parameters
        self.batches = [_Batch(np.zeros((1, 0, self.network.input_width), dtype=np.int64), "", [])]
        symbols = all_symbols(self.inputs)
        if symbols is not None:
            self.symbols = len(symbols)
            limit = affordable(16, parameters, 20_000)
            longest = longest_length(len(symbols), limit=limit, longest=FACTOR * length)
            self.batches += [_Batch(words_of_length(symbols, k), "", []) for k in range(1, longest + 1)]
        drawn = held_out_batches(
            inputs=self.inputs, length=length, parameters=parameters, seed=seed, draw=draw, sequences=sequences
        )
        telling = telling_batches(inputs=self.inputs, symbols=None, length=length, parameters=parameters, seed=seed)
        self.batches += [_Batch(b.x, b.what, []) for b in (*drawn, *telling)]
        self.batches += [_Batch(word[None], None, []) for word in words]
        self.order = self._shares()

    def _shares(self) -> list[tuple[int, int]]:
        """Return (batch, row) in the order of running: a share of every batch, then larger shares."""
        planned = []
        sizes = [0] * len(self.batches)
        for share in _SHARES:
            for i, batch in enumerate(self.batches):
                wanted = max(sizes[i], -(-len(batch.x) // share))
                planned += [(i, row) for row in range(sizes[i], wanted)]
                sizes[i] = wanted
        return planned

    def _run(self, sequences: Sequence[list[Step]], limits: Limits) -> ProgramRun:
        left = max(0.5, self.deadline - time.monotonic())
        bounded = Limits(
            min(limits.soft_seconds, left / 2),
            min(limits.hard_seconds, left),
            limits.memory,
            limits.output,
            limits.start_seconds,
        )
        run = run_program(
            self.source,
            sequences,
            input_width=self.network.input_width,
            output_width=self.network.output_width,
            limits=bounded,
            allow_math=self.allow_math,
            input_words=self.input_words,
            output_words=self.output_words,
        )
        self.deadline += run.waited
        return run

    def run_all(self) -> None:
        """Run the program on every sequence, as far as its time goes."""
        run = self._run([self.batches[i].sequence(row) for i, row in self.order], self.limits)
        steps = 0
        for (i, _), result in zip(self.order, run.results, strict=False):
            self.batches[i].done.append(result)
            steps += self.batches[i].x.shape[1]
        self.rate = run.seconds / max(1, steps)

    def run_again(self) -> None:
        """Run a sample in another order in a fresh process: what a program gives may hang on its input only."""
        ran = [(i, row) for i, row in self.order if row < len(self.batches[i].done)]
        picked: list[tuple[int, int]] = []
        cost = 0.0
        for number in self.rng.permutation(len(ran)):
            i, row = ran[number]
            cost += self.rate * self.batches[i].x.shape[1]
            if picked and (cost > 1.0 or len(picked) >= 400):
                break
            picked.append((i, row))
        run = self._run([self.batches[i].sequence(row) for i, row in picked], Limits(2.0, 4.0))
        for (i, row), result in zip(picked, run.results, strict=False):
            self._same(self.batches[i].sequence(row), self.batches[i].done[row], result)

    def _same(self, sequence: list[Step], first: list[Answer] | str, second: list[Answer] | str) -> None:
        if first != second:
            raise ProgramRefusedError(
                f"The program is not a function of its input: on {self._brief(sequence, self.input_words)} it gave "
                f"{self._brief(first, self.output_words)} and, run again in another order, "
                f"{self._brief(second, self.output_words)}. "
                "It must keep nothing between two calls."
            )

    def _brief(self, value: Sequence[Answer] | str, words: Words) -> str:
        steps = value if isinstance(value, str) else [step[0] if len(step) == 1 else step for step in value]
        return brief(steps if isinstance(steps, str) else in_words(steps, words))

    def verdict(self) -> Verdict:
        """Compare what ran with the network and put it into words."""
        claims: list[Claim] = []
        shortest: tuple[int, list[Step], list[Answer] | str] | None = None
        covered, all_words, expected = 0, True, False
        for batch in self.batches:
            count, length = len(batch.done), batch.x.shape[1]
            outputs = from_rows(batch.done, length, self.network.output_width)
            steps = first_steps(network_outputs(self.network, batch.x[:count]), outputs)
            wrong = np.flatnonzero(steps >= 0)
            if len(wrong):
                row = int(wrong[np.argmin(steps[wrong])])
                if shortest is None or steps[row] < shortest[0]:
                    shortest = int(steps[row]), batch.sequence(row), batch.done[row]
                    expected = batch.what is None
            if batch.what == "":
                all_words = all_words and count == len(batch.x) and not len(wrong)
                covered = length if all_words else covered
            elif count and batch.what is not None:
                strength, text = counted(count - len(wrong), count, batch.what)
                claims.append(Claim(strength, "program", "network", text))
        if covered:
            strength, text = exhaustive(covered, number_of_words(self.symbols, covered))
            claims.append(Claim(strength, "program", "network", text))
        if not claims:
            raise ProgramStoppedError("The program was stopped: it was too slow for even one held-out sequence.")
        if shortest is None:
            claim = summary(claims, self.inputs, None, words=self.input_words)
            return Verdict("agrees", None, claim, tried_to=covered)
        # Nothing shorter than a word that is one step longer than those all tried is left to try.
        known = expected or shortest[0] <= covered
        shown = self._confirmed(shortest[1], shortest[2], known).in_words(self.input_words, self.output_words)
        reason = reason_of(shown)
        claim = summary(claims, self.inputs, shown.length, words=self.input_words)
        return Verdict("differs", reason, claim, shown, tried_to=covered)

    def _confirmed(self, sequence: list[Step], result: list[Answer] | str, known: bool) -> Counterexample:
        """Run a differing sequence again, cut where the program first differs, and leave out what can be left out.

        Of one that is ``known`` to be short nothing is left out.
        """
        again = self._run([sequence], Limits(1.5, 4.0))
        if again.results:
            self._same(sequence, result, again.results[0])
        best = self._cut(sequence, result)
        if not known and best.length > 1 and self.rate * best.length**2 < 0.5:
            best = self._shortened(best)
        return best

    def _cut(self, sequence: list[Step], result: list[Answer] | str) -> Counterexample:
        """Return the shortest beginning on which the two differ: run as its own, since a program may look ahead."""
        beginnings = [sequence[:t] for t in range(len(sequence))]
        run = self._run(beginnings, Limits(1.5, 4.0))
        for beginning, found in zip(beginnings, run.results, strict=False):
            if self._differs(beginning, found):
                return self._example(beginning, found)
        return self._example(sequence, result)

    def _shortened(self, best: Counterexample) -> Counterexample:
        results: dict[tuple[Step, ...], list[Answer] | str] = {}

        def differs(x: IntArray) -> IntArray:
            found = np.full(len(x), -1, dtype=np.int64)
            if self.deadline - time.monotonic() < self.reserve:
                return found
            sequences = [[tuple(step) for step in row] for row in x.tolist()]
            run = self._run(sequences, Limits(0.7, 1.5))
            count = len(run.results)
            if count:
                outputs = from_rows(run.results, x.shape[1], self.network.output_width)
                found[:count] = first_steps(network_outputs(self.network, x[:count]), outputs)
            # Only whole words count here: cut at its first difference, a program that looks ahead may agree.
            found[found >= 0] = x.shape[1] - 1
            results.update((tuple(s), r) for s, r in zip(sequences, run.results, strict=False))
            return found

        word = [step if isinstance(step, list) else [step] for step in best.inputs]
        shorter = [tuple(step) for step in shorten(np.array(word, dtype=np.int64), differs, rounds=12).tolist()]
        return self._cut(shorter, results[tuple(shorter)]) if len(shorter) < best.length else best

    def _differs(self, sequence: list[Step], result: list[Answer] | str) -> bool:
        x, outputs = self._pair(sequence, result)
        return compare(network_outputs(self.network, x), outputs, x).counterexample is not None

    def _example(self, sequence: list[Step], result: list[Answer] | str) -> Counterexample:
        x, outputs = self._pair(sequence, result)
        length = len(sequence)
        inputs = [step[0] if len(step) == 1 else list(step) for step in sequence]
        return Counterexample(inputs, network_outputs(self.network, x).shown(0, length), outputs.shown(0, length or 1))

    def _pair(self, sequence: list[Step], result: list[Answer] | str) -> tuple[IntArray, Any]:
        x = np.array(sequence, dtype=np.int64).reshape(1, len(sequence), self.network.input_width)
        return x, from_rows([result], len(sequence), self.network.output_width)
