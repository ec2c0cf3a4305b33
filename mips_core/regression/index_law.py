"""Index laws: which places of the sequence so far an output depends on, as a function of its length.

At every length t the answers themselves say which places, or pairs of places, count: those on which a relation holds
whenever the output is the higher one (``all``), or only then (``any``), or whose values add up to the output (``sum``,
also modulo 2), by least squares or by elimination modulo 2.  Such sets are arithmetic progressions where a short rule
is behind them: (i, j) = (a k + b, d k + e) for k = 0 .. n - 1.  Where a, d stay the same over several lengths, and b, e
and n are ``(p t + q) // r`` with small integers, found by least squares and rounding, the law is fitted.  The longest
sequences play no part in the fit; they are there to check it.

Nothing here knows a rule by name: a law is whatever numbers come out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

import numpy as np

from mips_core.expressions import Constant, Counter, Element, Expression, Fold, apply
from mips_core.progress import Monitor
from mips_core.regression.floor_line import FloorLine, fit_floor_line
from mips_core.regression.places import Relation, allowed, asked, deciding, relations, summed
from mips_core.regression.progressions import Place, Progression
from mips_core.stepping import IntArray

FEWEST_LENGTHS = 3
"""Lengths with places that count, at least, for a law to be fitted."""

_MOST_CHOICES = 24  # progressions of one length with one step that are followed


@dataclass(frozen=True)
class IndexLaw:
    """The places that count at each length: ``start + k * step`` for k below ``count``, in one or two coordinates."""

    starts: tuple[FloorLine, ...]
    steps: Place
    count: FloorLine

    @property
    def size(self) -> int:
        """Effort of reading it."""
        return self.count.size + sum(line.size + abs(d - 1) for line, d in zip(self.starts, self.steps, strict=True))

    def places(self, t: int) -> list[Place]:
        """Return the places at length t, counted from 0."""
        first = [line.at(t) for line in self.starts]
        return [
            tuple(b + k * d for b, d in zip(first, self.steps, strict=True)) for k in range(max(0, self.count.at(t)))
        ]

    def element(self, coordinate: int, source: Expression) -> Element:
        """Return ``seen[...]`` for one coordinate."""
        line, step = self.starts[coordinate], self.steps[coordinate]
        if line.p == line.r == 1 and line.q < 0 and (step <= 0 or self.single):
            first: Expression = Constant(line.q)  # counted from the end, which always stays before the first place
        else:
            first = line.expression(source)
        if step == 0 or self.single:
            return Element(source, first)
        move: Expression = Counter() if abs(step) == 1 else apply("mul", abs(step), Counter())
        if step < 0:
            return Element(source, apply("sub", first, move))
        return Element(source, move if first == Constant(0) else apply("add", move, first))

    @property
    def single(self) -> bool:
        """Whether there is exactly one place at every length."""
        return self.count.p == 0 and self.count.at(0) == 1


@dataclass(frozen=True, eq=False)
class Answers:
    """Words of every length with one output: ``words[t]`` int64 (N_t, t), ``outputs[t]`` int64 (N_t,)."""

    words: Mapping[int, IntArray]
    outputs: Mapping[int, IntArray]
    fitted: tuple[int, ...] = field(default=())
    """Lengths that laws are fitted on, in ascending order."""


def answers_of(words: IntArray, outputs: IntArray) -> Answers:
    """Split sequences (N, T) with outputs (N, T) into distinct beginnings of every length; a quarter is held back."""
    length = words.shape[1]
    given, told = {}, {}
    for t in range(1, length + 1):
        given[t], first = np.unique(words[:, :t], axis=0, return_index=True)
        told[t] = outputs[first, t - 1]
    return Answers(given, told, tuple(range(1, length - max(2, length // 4) + 1)))


def find_index_laws(
    answers: Answers, source: Expression, *, monitor: Monitor, errors: float = 0.0
) -> Iterator[Expression]:
    """Yield formulas of the output over ``seen``, each fitted on the shorter lengths and checked on all.

    Parameters
    ----------
    answers : of one input and one output
    source : the input
    errors : share of the rarer outputs of a length that may be wrong
    """
    values = np.unique(np.concatenate(list(answers.outputs.values())))
    alphabet = np.unique(answers.words[max(answers.words)])
    for relation in relations(alphabet):
        if monitor.expired:
            monitor.check()
            return
        values_at = {t: asked(relation, words) for t, words in answers.words.items()}
        if len(values) == 2:
            for fold in ("all", "any"):
                sets = {
                    t: deciding(fold, values_at[t], answers.outputs[t] == values[1], errors) for t in answers.fitted
                }
                for law in _fit(sets):
                    yield from _checked(law, fold, relation, answers, source, values, errors)
        for modulus in (0, 2):
            sums = {t: summed(values_at[t], answers.outputs[t], modulus, errors) for t in answers.fitted}
            for law in _fit(sums):
                yield from _checked(law, "sum", relation, answers, source, values, errors, modulus)


def _fit(sets: Mapping[int, list[Progression] | None]) -> list[IndexLaw]:
    """Return the laws that fit the progressions of every length, easiest to read first."""
    if any(found is None for found in sets.values()):
        return []
    known = {t: found for t, found in sets.items() if found}
    if len(known) < FEWEST_LENGTHS:
        return []
    empty = [t for t, found in sets.items() if not found]
    longest = max(known)
    laws: dict[IndexLaw, None] = {}
    steps = dict.fromkeys(p.step for p in known[longest] or [])
    for step in steps:
        choices = {t: [p for p in found or [] if p.step == step or p.count == 1] for t, found in known.items()}
        if all(choices.values()):
            for chosen in _consistent(choices):
                # Nothing is asked at a length where the output is always the same, or something that always holds.
                for unasked in (empty, []):
                    law = _law(chosen, step, unasked)
                    if law is not None:
                        laws[law] = None
    return sorted(laws, key=lambda law: (law.size, repr(law)))


def _consistent(choices: dict[int, list[Progression]]) -> Iterator[dict[int, Progression]]:
    """Yield choices of one progression per length whose starts lie near a line through those of two lengths."""
    lengths = sorted(choices)
    longest, other = lengths[-1], lengths[-3] if len(lengths) > 2 else lengths[0]
    for a in choices[longest][:_MOST_CHOICES]:
        for b in choices[other][:_MOST_CHOICES]:
            slopes = [Fraction(p - q, longest - other) for p, q in zip(a.start, b.start, strict=True)]
            chosen = {}
            for t, options in choices.items():
                line = [s + slope * (t - longest) for s, slope in zip(a.start, slopes, strict=True)]
                chosen[t] = min(options, key=partial(_distance, line))
            yield {**chosen, longest: a, other: b}


def _distance(line: list[Fraction], progression: Progression) -> tuple[Fraction, Place]:
    """Return how far a start lies from where it was expected, then the start."""
    gaps = (abs(place - expected) for place, expected in zip(progression.start, line, strict=True))
    return sum(gaps, Fraction(0)), progression.start


def _law(chosen: Mapping[int, Progression], step: Place, empty: list[int]) -> IndexLaw | None:
    """Fit starts and count as functions of the length."""
    counts = {t: (p.count, p.count) for t, p in chosen.items()} | {t: (-(10**6), 0) for t in empty}
    count = fit_floor_line(counts)
    if count is None:
        return None
    starts = [fit_floor_line({t: (p.start[i], p.start[i]) for t, p in chosen.items()}) for i in range(len(step))]
    lines = tuple(line for line in starts if line is not None)
    return IndexLaw(lines, step, count) if len(lines) == len(step) else None


def _checked(
    law: IndexLaw,
    fold: str,
    relation: Relation,
    answers: Answers,
    source: Expression,
    values: IntArray,
    errors: float,
    modulus: int = 0,
) -> Iterator[Expression]:
    """Yield the law as a formula when it gives every answer, at the lengths that were held back, too."""
    for t, words in answers.words.items():
        places = law.places(t)
        if any(not -t <= i < t for place in places for i in place):
            return
        rows = [relation.compute(*(words[:, i] for i in place)).astype(np.int64) for place in places]
        table = np.array(rows, dtype=np.int64).reshape(len(rows), len(words))
        if fold == "sum":
            found = table.sum(axis=0) % modulus if modulus else table.sum(axis=0)
        else:
            truth = (table != 0).all(axis=0) if fold == "all" else (table != 0).any(axis=0)
            found = np.where(truth, values[1], values[0])
        if (found != answers.outputs[t]).sum() > allowed(answers.outputs[t], errors):
            return
    body = relation.write(*(law.element(i, source) for i in range(relation.width)))
    whole = body if law.single else Fold(fold, body, law.count.expression(source))
    if modulus:
        whole = apply("mod", whole, modulus)
    if fold != "sum" and values.tolist() != [0, 1]:
        whole = apply("where", whole, int(values[1]), int(values[0]))
    yield whole
