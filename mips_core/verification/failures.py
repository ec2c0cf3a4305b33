"""Look for words on which data, network, machine and program part, and group them by cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.errors import BadInputError
from mips_core.progress import Monitor
from mips_core.stepping import IntArray
from mips_core.tasks.exhaustive import longest_length, number_of_words, words_of_length
from mips_core.tasks.few_symbols import telling_words
from mips_core.tasks.vocabulary import Words
from mips_core.verification.causes import Cause, Finding, Judge
from mips_core.verification.compare import first_steps, plain_steps
from mips_core.verification.compared import DATA, Compared, affordable_words
from mips_core.verification.outputs import Outputs
from mips_core.wording import plural

RANDOM, SHORT, LONG, RECORDED = "random", "short", "long", "recorded"
SOURCES = (RANDOM, SHORT, LONG, RECORDED)
"""Where words come from: random ones of the trained length, all short ones, longer ones, recorded rows."""

JUDGED = 60
"""Words of one batch whose causes are looked into: those with the earliest differences."""


@dataclass(frozen=True)
class Effort:
    """How hard to look.

    Parameters
    ----------
    words : most words in a batch
    listed : most words in the list of all short ones
    times : lengths beyond the trained one, in trained lengths
    seconds : about how long the network may run on one batch
    """

    words: int
    listed: int
    times: tuple[int, ...]
    seconds: float


USUAL = Effort(1024, 5_000, (2, 5, 20), 0.1)
HARDER = Effort(4096, 200_000, (2, 5, 10, 20, 50, 100), 3.0)


@dataclass(frozen=True, eq=False)
class Failure:
    """A word that breaks a link, cut at the first difference.

    Parameters
    ----------
    x : int64 (t, D_in)
    finding : which link, why
    source : one of :data:`SOURCES`
    y : recorded outputs, int64 (t, D_out), where the data are rows; such a word cannot be changed
    """

    x: IntArray
    finding: Finding
    source: str
    y: IntArray | None = None

    @property
    def length(self) -> int:
        """Number of steps."""
        return len(self.x)

    @property
    def cause(self) -> Cause:
        """Why."""
        return self.finding.cause

    @property
    def may_shrink(self) -> bool:
        """Whether smaller words can be judged: the right outputs of a recorded row are known for the whole row only."""
        return self.y is None or self.finding.left != DATA

    def to_dict(self, words: Words = ()) -> dict[str, Any]:
        """Return plain JSON values, inputs as the words of these vocabularies where there are any."""
        return {
            "cause": str(self.cause), "left": self.finding.left, "right": self.finding.right,
            "step": self.finding.step + 1, "inputs": plain_steps(self.x, words), "found_among": self.source,
            "why": self.finding.why, "outputs": None if self.y is None else self.y.tolist(),
        }  # fmt: skip


@dataclass(frozen=True)
class Tried:
    """One batch of words that was tried."""

    source: str
    what: str
    words: int
    parted: int
    judged: int

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "among": self.source, "what": self.what, "sequences": self.words, "parted": self.parted,
            "judged": self.judged,
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Search:
    """What a search found.

    Parameters
    ----------
    failures : shortest first
    tried : the batches, with the number of words on which any two part and the number whose causes were looked into
    notes : what could not be tried, and why
    """

    failures: tuple[Failure, ...]
    tried: tuple[Tried, ...]
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """Words that were tried."""
        return sum(batch.words for batch in self.tried)

    @property
    def parted(self) -> int:
        """Words on which any two part."""
        return sum(batch.parted for batch in self.tried)

    def among(self, sources: Sequence[str]) -> Search:
        """Return what was found among some sources only."""
        return Search(
            tuple(f for f in self.failures if f.source in sources),
            tuple(t for t in self.tried if t.source in sources),
            self.notes,
        )

    def groups(self) -> dict[Cause, tuple[Failure, ...]]:
        """Return the failures by cause, in the order of the causes; causes without any are left out."""
        found = {cause: tuple(f for f in self.failures if f.cause is cause) for cause in Cause}
        return {cause: failures for cause, failures in found.items() if failures}

    def to_dict(self, words: Words = ()) -> dict[str, Any]:
        """Return plain JSON values, inputs as the words of these vocabularies where there are any."""
        return {
            "sequences": self.words, "parted": self.parted, "tried": [batch.to_dict() for batch in self.tried],
            "notes": list(self.notes),
            "causes": [
                {"cause": str(cause), "count": len(failures), "shortest": failures[0].to_dict(words)}
                for cause, failures in self.groups().items()
            ],
            "failures": [failure.to_dict(words) for failure in self.failures],
        }  # fmt: skip


def search_from_dict(value: Mapping[str, Any]) -> Search:
    """Read what :meth:`Search.to_dict` wrote without vocabularies."""
    failures = []
    for each in value["failures"]:
        x = np.array(each["inputs"], dtype=np.int64).reshape(len(each["inputs"]), -1)
        finding = Finding(Cause(each["cause"]), each["left"], each["right"], int(each["step"]) - 1, each["why"])
        y = None if each["outputs"] is None else np.array(each["outputs"], dtype=np.int64)
        failures.append(Failure(x, finding, each["found_among"], y))
    tried = [Tried(t["among"], t["what"], t["sequences"], t["parted"], t["judged"]) for t in value["tried"]]
    return Search(tuple(failures), tuple(tried), tuple(value["notes"]))


@dataclass(frozen=True, eq=False)
class _Batch:
    source: str
    what: str
    x: IntArray
    lengths: IntArray | None = None
    y: IntArray | None = None


def find_failures(
    compared: Compared, *, effort: Effort = USUAL, seed: int = 0, monitor: Monitor | None = None,
    found: Callable[[Search], None] | None = None,
) -> Search:  # fmt: skip
    """Try random words, words over few symbols, all short words, longer words and recorded rows.

    Parameters
    ----------
    found : called after each batch with what was found so far

    Raises
    ------
    Cancelled
        when the monitor's caller asks to stop.
    """
    watch = monitor or Monitor()
    judge = Judge(compared, seed)
    failures: list[Failure] = []
    tried: list[Tried] = []
    notes: list[str] = []
    total = 3 + len(effort.times) + (compared.recorded is not None)
    batches = _batches(compared, effort, seed)
    for number in range(total):
        watch.report("search", f"Looking for differences, batch {number + 1} of {total}", number / total)
        try:
            batch = next(batches, None)
        except BadInputError as error:
            notes.append(str(error))
            break
        if batch is None:
            break
        try:
            parted, row = _failures(judge, batch)
        except BadInputError as error:  # a rule whose outputs leave the 64-bit integers on long words
            notes.append(f"{batch.what.capitalize()} could not be tried. {error}")
            continue
        failures += parted
        tried.append(row)
        if found is not None:
            found(_search(failures, tried, notes))
    return _search(failures, tried, notes)


def _search(failures: Sequence[Failure], tried: Sequence[Tried], notes: Sequence[str]) -> Search:
    """Put together what was found; a word that was found twice counts once."""
    unique = {(f.x.tobytes(), f.x.shape, f.finding.left, f.finding.right): f for f in reversed(failures)}
    return Search(tuple(sorted(unique.values(), key=_order)), tuple(tried), tuple(notes))


def _order(failure: Failure) -> tuple[int, int, bytes]:
    return failure.length, SOURCES.index(failure.source), failure.x.tobytes()


def _batches(compared: Compared, effort: Effort, seed: int) -> Iterator[_Batch]:
    length, parameters, symbols = compared.length, compared.network.parameters, compared.symbols

    def rng(number: int) -> np.random.Generator:
        return np.random.default_rng([seed, 23, number])

    def count(steps: int, most: int) -> int:
        return affordable_words(steps, parameters, most, effort.seconds)

    if compared.recorded is not None:
        x, y, lengths = compared.recorded_rows(count(length, effort.words))
        yield _Batch(RECORDED, "recorded rows", x, lengths, y)
    n = count(length, effort.words)
    yield _Batch(RANDOM, f"random sequences of length {length:,}", compared.draw(n, length, rng(0)))
    few = telling_words(compared.inputs, symbols, count(length, effort.words // 2), length, rng(1))
    yield _Batch(RANDOM, f"sequences over few symbols of length {length:,}", few)
    if symbols is not None:
        limit = count(8, effort.listed)
        k = longest_length(len(symbols), limit=limit, longest=max(length, 5))
        if k:
            words = words_of_length(symbols, k)
            what = f"all {number_of_words(len(symbols), k):,} sequences up to length {k}"
            yield _Batch(SHORT, what, words)
    for number, times in enumerate(effort.times):
        steps = times * length
        x = compared.draw(count(steps, effort.words), steps, rng(2 + number))
        few = telling_words(compared.inputs, symbols, max(8, len(x) // 4), steps, rng(50 + number))
        yield _Batch(LONG, f"sequences of length {steps:,}, a part of them over few symbols", np.concatenate([x, few]))


def _failures(judge: Judge, batch: _Batch) -> tuple[list[Failure], Tried]:
    outputs = judge.compared.outputs(batch.x, batch.lengths, batch.y)
    first = _first_parting(outputs, batch.lengths, len(batch.x))
    rows = np.flatnonzero(first >= 0)
    rows = rows[np.argsort(first[rows], kind="stable")]
    chosen = rows[:JUDGED]
    failures: list[Failure] = []
    if len(chosen):
        given = None if batch.y is None else batch.y[chosen]
        lengths = None if batch.lengths is None else batch.lengths[chosen]
        for row, findings in zip(chosen.tolist(), judge.findings(batch.x[chosen], lengths, given), strict=True):
            for finding in findings:
                end = finding.step + 1
                y = None if batch.y is None else batch.y[row, :end]
                failures.append(Failure(batch.x[row, :end], finding, batch.source, y))
    return failures, Tried(batch.source, batch.what, len(batch.x), len(rows), len(chosen))


def _first_parting(outputs: dict[str, Outputs], lengths: IntArray | None, n: int) -> IntArray:
    """Return the first step at which any one parts from another, or -1, int64 (n,)."""
    names = list(outputs)
    first = np.full(n, -1, dtype=np.int64)
    for i, left in enumerate(names):
        for right in names[i + 1 :]:
            steps = first_steps(outputs[left], outputs[right], lengths)
            first = np.where((steps >= 0) & ((first < 0) | (steps < first)), steps, first)
    return first


def tried_sentence(search: Search) -> str:
    """Say what was tried and how much of it parts.

    >>> tried_sentence(Search((), (Tried(RANDOM, "random sequences of length 10", 1024, 0, 0),)))
    'No difference on 1,024 sequences.'
    """
    words = plural(search.words, "sequence")
    if not search.parted:
        return f"No difference on {words}."
    judged = sum(batch.judged for batch in search.tried)
    rest = "" if judged == search.parted else f"; the causes of {judged:,} of them, the earliest, were looked into"
    return f"Some two part on {search.parted:,} of {words}{rest}."
