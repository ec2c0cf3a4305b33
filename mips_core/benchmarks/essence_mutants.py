"""Single changes of distilled programs, and whether the losslessness certificate notices them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from mips_core.essence.certify import Examination, answer
from mips_core.essence.certify_inputs import all_inputs
from mips_core.essence.certify_questions import Question
from mips_core.essence.data import Reading
from mips_core.programs.mutations import mutations

CAUGHT, EQUAL, MISSED = "caught", "equal", "missed"

_NUMBERS = (-1, 0, 1, 2)
_MOST = 2**10
"""Inputs of one size that are all tried before a change counts as none."""


@dataclass(frozen=True)
class Mutant:
    """A changed program.

    Parameters
    ----------
    task : whose program it was
    line, before, after : what was changed
    verdict : "caught" by the certificate; "equal" to the program on every small input, so that there is nothing to
        catch; "missed"
    words : the difference that caught it, or up to where all inputs were tried
    """

    task: str
    line: int
    before: str
    after: str
    verdict: str
    words: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


@dataclass(frozen=True)
class Subject:
    """A program to change.

    Parameters
    ----------
    task : its name
    source, function : the program
    reading, axes, bits : what it takes
    examination : what judges it
    """

    task: str
    source: str
    function: Callable[..., Any]
    reading: Reading
    axes: int
    bits: bool
    examination: Examination


def make_mutants(subjects: Sequence[Subject], count: int, seed: int) -> Iterator[Mutant]:
    """Yield mutants of all programs by turns until ``count`` that are not equal have been judged, or none are left."""
    generator = np.random.default_rng(seed)
    queues = []
    for subject in subjects:
        found = mutations(subject.source)
        queues.append([(subject, found[int(k)]) for k in generator.permutation(len(found))])
    counted = 0
    for turn in itertools.chain.from_iterable(itertools.zip_longest(*queues)):
        if turn is None:
            continue
        if counted == count:
            return
        subject, mutation = turn
        verdict, words = judged(subject, mutation.source)
        counted += verdict != EQUAL
        yield Mutant(subject.task, mutation.line, mutation.before, mutation.after, verdict, words)


def judged(subject: Subject, source: str) -> tuple[str, str]:
    """Return the verdict on a changed program and the words for it."""
    space: dict[str, Any] = {}
    try:
        exec(compile(source, "<mutant>", "exec"), space)  # our own text with one token of ours changed
    except SyntaxError as error:
        return CAUGHT, f"no Python any more: {error.msg}"
    changed = space["f"]
    if words := subject.examination.first_difference(changed):
        return CAUGHT, words
    tried = 0
    for arguments in small_inputs(subject.reading, subject.axes, subject.bits):
        tried += 1
        question = Question(arguments, (), lambda _: (), lambda _: ())
        if answer(subject.function, question) != answer(changed, question):
            return MISSED, f"f({', '.join(map(repr, arguments))}) differs from the program's"
    return EQUAL, f"the same on all {tried:,} small inputs"


def small_inputs(reading: Reading, axes: int, bits: bool) -> Iterator[tuple[Any, ...]]:
    """Yield the arguments of every small input."""
    if reading == "clauses":
        yield from _small_formulas()
        return
    for shape in itertools.product(range(1, 11), repeat=axes):
        x = all_inputs(shape, (0, 1) if bits else _NUMBERS)
        if x is None or len(x) > _MOST:
            continue
        for value in x.tolist():
            if reading != "rule and window":
                yield (value,)
            elif len(value) <= 4:
                yield from ((value, rule) for rule in range(256))


def _small_formulas() -> Iterator[tuple[Any, ...]]:
    """Yield formulas of at most two clauses over three variables, and of three clauses over two."""
    for variables, most in ((3, 2), (2, 3)):
        clauses = [
            [int(v * s) for v, s in zip(range(1, variables + 1), signs, strict=True) if s]
            for signs in itertools.product((-1, 0, 1), repeat=variables)
            if any(signs)
        ]
        for count in range(1, most + 1):
            yield from (([*chosen],) for chosen in itertools.product(clauses, repeat=count))
