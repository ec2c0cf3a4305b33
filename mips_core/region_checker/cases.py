"""Check that two machines or programs do the same at every step: over all pairs of states, or by induction over cases.

Where the pairs of states that they reach are finitely many, all are gone through, with every input.  Otherwise the
state of one is an affine function of the state of the other, found on sequences that are tried and then shown: it holds
before the first input, and every step keeps it and gives equal outputs.  A step on unknown integers falls into cases by
the answers to its comparisons.  In each case what is computed is affine, and equal where no integers that answer so
make it differ; that is decided exactly, by Fourier-Motzkin elimination.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable
from fractions import Fraction
from operator import index
from typing import Any

from mips_core.region_checker.files import short
from mips_core.region_checker.machine import Steps, Symbolic
from mips_core.region_checker.sets import Refused, need

Row = tuple[int, ...]
"""Coefficients of unknown integers, then a constant."""
Translate = Callable[[tuple[Any, ...]], tuple[Any, ...]]

FEW_STEPS, MOST_STEPS = 20_000, 300_000
MOST_CASES, MOST_ROWS = 5_000, 3_000
WORDS, LENGTH = 30, 25


def same_steps(
    one: Steps,
    other: Steps,
    inputs: list[tuple[tuple[Any, ...], tuple[Any, ...]]],
    outputs: Translate,
    most: int = MOST_STEPS,
) -> str:
    """Return how it was shown that two machines or programs do the same, or raise Refused.

    Parameters
    ----------
    inputs : every input symbol, as the first and as the second takes it
    outputs : turns outputs of the first into those of the second
    most : steps that a walk through pairs of states may take where no induction is found
    """
    pairs = walk(one, other, inputs, outputs, min(most, FEW_STEPS))
    if pairs is None:
        try:
            cases = induction(one, other, inputs, outputs)
            return f"by induction for all integers, in {cases:,} case{'s' * (cases != 1)}"
        except (Refused, TypeError) as error:
            reason = error if isinstance(error, Refused) else "what they compute is not affine in cases"
            pairs = walk(one, other, inputs, outputs, most)
            need(pairs, f"neither all pairs of states nor an induction shows that they do the same: {reason}")
    return f"exhaustive over {pairs:,} pair{'s' * (pairs != 1)} of states x {len(inputs):,} input symbols"


def walk(one: Steps, other: Steps, inputs: list[Any], outputs: Translate, most: int) -> int | None:
    """Return how many pairs of states there are, or None where they are too many; refuse a difference."""
    start = (one.start, other.start)
    seen, waiting = {start}, [start]
    while waiting:
        states = waiting.pop()
        for x, same in inputs:
            (a, y), (b, z) = one.step(states[0], x), other.step(states[1], same)
            need(
                outputs(y) == z,
                f"one gives {short(y)} and the other {short(z)} (states {short(states)}, input {short(x)})",
            )
            if (a, b) not in seen:
                seen.add((a, b))
                waiting.append((a, b))
        if len(seen) * len(inputs) > most:
            return None
    return len(seen)


class Case:
    """Answers to comparisons, and what follows for the unknown integers: rows that are 0 or more."""

    def __init__(self, answers: list[bool]) -> None:
        self.answers, self.given, self.rows = list(answers), len(answers), list[Row]()
        self.asked = 0

    def holds(self, row: Row) -> bool:
        """Answer whether a row is 0 or more; where both is possible, as told, or else yes."""
        negated = minus_one(row)
        if not possible([*self.rows, negated]):
            return True
        if not possible([*self.rows, row]):
            return False
        if self.asked == len(self.answers):
            self.answers.append(True)
        answer = self.answers[self.asked]
        self.asked += 1
        self.rows.append(row if answer else negated)
        return answer

    def others(self) -> Iterable[list[bool]]:
        """Yield the answers not taken where this case was the first to be asked."""
        for i in range(self.given, len(self.answers)):
            yield [*self.answers[:i], not self.answers[i]]


class Unknown(Symbolic):
    """An integer that is affine in unknown ones; comparing it asks the case."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, row: Row, case: Case) -> None:
        self.row, self.case = row, case

    def __add__(self, other: Any) -> Unknown:
        more = other.row if isinstance(other, Unknown) else (*[0] * (len(self.row) - 1), index(other))
        return Unknown(tuple(a + b for a, b in zip(self.row, more, strict=True)), self.case)

    def __mul__(self, other: Any) -> Unknown:
        return Unknown(tuple(a * index(other) for a in self.row), self.case)

    def __sub__(self, other: Any) -> Unknown:
        return self + other * -1

    def __rsub__(self, other: Any) -> Unknown:
        return self * -1 + other

    def __neg__(self) -> Unknown:
        return self * -1

    def __abs__(self) -> Unknown:
        return self if self >= 0 else -self

    def __ge__(self, other: Any) -> bool:
        return self.case.holds((self - other).row)

    def __gt__(self, other: Any) -> bool:
        return self.case.holds((self - other - 1).row)

    def __le__(self, other: Any) -> bool:
        return self.case.holds((-self + other).row)

    def __lt__(self, other: Any) -> bool:
        return self.case.holds((-self + other - 1).row)

    def __eq__(self, other: object) -> bool:
        return self >= other and self <= other

    def __bool__(self) -> bool:
        return self != 0

    __radd__, __rmul__ = __add__, __mul__


def minus_one(row: Row) -> Row:
    """Return the row that is 0 or more exactly where an integer row is not."""
    return (*(-v for v in row[:-1]), -row[-1] - 1)


def possible(rows: list[Row]) -> bool:
    """Return whether all rows can be 0 or more at once, for fractions (Fourier and Motzkin)."""
    left = set(map(tightened, rows))
    for i in range(len(rows[0]) - 1):
        above, below = [r for r in left if r[i] > 0], [r for r in left if r[i] < 0]
        left = {r for r in left if r[i] == 0}
        need(len(left) + len(above) * len(below) <= MOST_ROWS, "there are too many comparisons")
        for a, b in itertools.product(above, below):
            left.add(tightened(tuple(p * -b[i] + q * a[i] for p, q in zip(a, b, strict=True))))
    return all(r[-1] >= 0 for r in left)


def tightened(row: Row) -> Row:
    """Return a row that is 0 or more for the same integers, with coefficients that have no common divisor."""
    common = math.gcd(*row[:-1])
    return tuple(v // common for v in row) if common > 1 else row  # the constant is rounded down


def induction(one: Steps, other: Steps, inputs: list[Any], outputs: Translate) -> int:
    """Return the number of cases in which both do the same, whatever their states are; refuse where one differs."""
    try:
        turn, first, second, flip = related(one, other, inputs), one, other, False
    except Refused:
        turn, first, second, flip = related(other, one, [(b, a) for a, b in inputs]), other, one, True
    count, n = 0, len(first.start)
    need(follow(turn, first.start) == list(second.start), "the start states do not belong together")
    for x, same in inputs:
        waiting: list[list[bool]] = [[]]
        while waiting:
            case = Case(waiting.pop())
            state = tuple(Unknown((*(int(i == j) for j in range(n)), 0), case) for i in range(n))
            a, y = first.step(state, same if flip else x)
            b, z = second.step(tuple(follow(turn, state)), x if flip else same)
            y, z = (y, outputs(z)) if flip else (outputs(y), z)
            need(len(y) == len(z) and all(map(equal, y, z)), f"outputs may differ (input {short(x)})")
            need(all(map(equal, follow(turn, a), b)), f"states may come apart (input {short(x)})")
            waiting += case.others()
            count += 1
            need(count <= MOST_CASES, "there are too many cases")
    return count


def equal(a: Any, b: Any) -> bool:
    """Return whether two values are equal in all of a case."""
    if not isinstance(a, Unknown) and not isinstance(b, Unknown):
        return bool(a == b)
    a, b = (a, b) if isinstance(a, Unknown) else (b, a)
    off: Row = (a - b).row
    rows = a.case.rows
    return not any(possible([*rows, minus_one(row)]) for row in (off, tuple(-v for v in off)))


def follow(turn: list[Row], state: tuple[Any, ...]) -> list[Any]:
    """Return the state that belongs to a state."""
    return [sum((v * s for v, s in zip(row, state, strict=False) if v), start=row[-1]) for row in turn]


def related(one: Steps, other: Steps, inputs: list[Any]) -> list[Row]:
    """Return how the state of the other follows from that of the first, as it is on random sequences."""
    draw = random.Random(0)
    rows: list[list[Fraction]] = []
    for _ in range(WORDS):
        a, b = one.start, other.start
        for _ in range(LENGTH):
            rows.append([Fraction(index(v)) for v in (*a, 1, *b)])
            x, same = draw.choice(inputs)
            a, b = one.step(a, x)[0], other.step(b, same)[0]
    n, pivots = len(one.start) + 1, list[int]()
    for column in range(n):
        done = len(pivots)
        found = next((r for r in rows[done:] if r[column]), None)
        if found is None:
            continue
        rows = [*rows[:done], found, *(r for r in rows[done:] if r is not found)]
        rows[done] = [v / found[column] for v in found]
        rows = [r if i == done or not r[column] else reduced(r, rows[done], column) for i, r in enumerate(rows)]
        pivots.append(column)
    need(not any(map(any, rows[len(pivots) :])), "no state is an affine function of the other")
    turn = []
    for i in range(n, len(rows[0])):
        values = {column: row[i] for column, row in zip(pivots, rows, strict=False)}
        need(all(v.denominator == 1 for v in values.values()), "no state is an integer function of the other")
        turn.append(tuple(int(values.get(column, 0)) for column in range(n)))
    return turn


def reduced(row: list[Fraction], by: list[Fraction], column: int) -> list[Fraction]:
    """Return a row without what it has in a column."""
    return [v - row[column] * u for v, u in zip(row, by, strict=True)]
