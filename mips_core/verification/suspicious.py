"""Recorded outputs that a program says are wrong, and whether they look like scattered recording errors.

A program that is right on all but a few recorded outputs is either right, and those were recorded wrongly, or it misses
something.  What it misses shows in some situation again and again; recording errors do not know the situation.  So the
contradicted outputs are counted in every situation that can be named (each input symbol, now and some steps back, each
state of the program, each step, ...): where in one of them more lie than chance allows (binomial tail, Bonferroni over
all situations), the errors are the program's.  Errors of one row count as one, since a row may be spoilt as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.stepping import IntArray, Stepper, trace
from mips_core.tasks.chance import chance_of_more
from mips_core.tasks.contradictions import MOST_WRONG, SURE
from mips_core.tasks.dataset import Dataset, ranked
from mips_core.tasks.vocabulary import Words, plain_value

Recorded = int | str | list[int | str]
"""One step's output as plain JSON: an integer or a word, or a list where there are several outputs."""

TELLING = 8
"""Rows with an error from which on their scatter says something."""

_MOST_PAIRS = 4096


@dataclass(frozen=True)
class SuspiciousOutput:
    """One recorded output that the program contradicts.

    Parameters
    ----------
    row : row of the data, counted from 1; the header line of a CSV file does not count
    step : step of that row, counted from 1
    given : the recorded output of that step
    program : what the program gives there instead
    """

    row: int
    step: int
    given: Recorded
    program: Recorded

    def to_dict(self) -> dict[str, Any]:
        """Return the plain dictionary that goes into a report."""
        return {"row": self.row, "step": self.step, "given": self.given, "program": self.program}


@dataclass(frozen=True, eq=False)
class Exceptions:
    """Where a program contradicts recorded outputs.

    Parameters
    ----------
    wrong : bool, shape (N, T)
    given : int64, shape (N, T, D_out), what the program gives
    outputs : recorded outputs compared
    chance : how likely by chance so many of them lie in one situation as do in the most crowded one; 1 without any
    """

    wrong: NDArray[np.bool_]
    given: IntArray
    outputs: int
    chance: float

    @property
    def count(self) -> int:
        """Recorded outputs that the program contradicts."""
        return int(self.wrong.sum())

    @property
    def rows(self) -> int:
        """Rows with such an output."""
        return int(self.wrong.any(axis=1).sum())

    @property
    def forgivable(self) -> bool:
        """There are none, or they are few and scattered: recording errors explain them."""
        return _few(self.count, self.outputs) and self.chance > SURE

    @property
    def telling(self) -> bool:
        """They are none, or enough to tell recording errors from a rare mistake of the program."""
        return self.count == 0 or self.rows >= TELLING

    def listed(self, data: Dataset) -> tuple[SuspiciousOutput, ...]:
        """Return them by row and step; ``data`` is what they were found in."""
        return tuple(
            SuspiciousOutput(
                int(row) + 1,
                int(step) + 1,
                _plain(data.y[row, step], data.output_words),
                _plain(self.given[row, step], data.output_words),
            )
            for row, step in np.argwhere(self.wrong)
        )


def find_exceptions(thing: Stepper, data: Dataset, groups: tuple[NDArray[np.bool_], ...] = ()) -> Exceptions | None:
    """Compare a program or machine with recorded outputs; None where it has no output for some input.

    Parameters
    ----------
    groups : bool, shape (N,) each: sets of rows (as those held out) that count as situations too
    """
    x = data.known_x
    try:
        with np.errstate(divide="ignore"):  # NumPy computes the branch that a conditional does not take, too
            seen = trace(thing, x)
    except KeyError:
        return None
    wrong = (seen.outputs != data.y).any(axis=2) & data.mask
    count, outputs = int(wrong.sum()), int(data.mask.sum())
    chance = 1.0
    if count and _few(count, outputs):
        situations = [*_situations(x, seen.states, seen.outputs), *(_by_row(group, x.shape[1]) for group in groups)]
        chance = _crowding(wrong, data.mask, situations)
    return Exceptions(wrong, seen.outputs, outputs, chance)


def sentence(exceptions: Exceptions, suspicious: bool = True) -> str:
    """Say which recorded outputs a program contradicts, for a claim.

    Parameters
    ----------
    suspicious : they count as recording errors; else their rows are named, and they are the program's differences

    Notes
    -----
    The words never call the program exact: that these outputs are recording errors is a guess, if a well founded one.
    """
    scatter = (
        "scattered as recording errors are"
        if exceptions.telling
        else "too few to tell recording errors from a rare mistake of the program"
    )
    counted = (
        f"differs from {exceptions.count:,} of {exceptions.outputs:,} recorded outputs ({exceptions.rows:,} of "
        f"{len(exceptions.wrong):,} rows), {scatter}"
    )
    if suspicious:
        return f"{counted}: they are listed as suspicious"
    rows = np.flatnonzero(exceptions.wrong.any(axis=1))[:TELLING] + 1
    named = f"row{'s' * (len(rows) != 1)} {', '.join(map(str, rows))}"
    return f"{counted}, and nowhere do the data contradict themselves: they count as differences ({named})"


def _few(count: int, outputs: int) -> bool:
    return count <= MOST_WRONG * outputs


def _situations(x: IntArray, states: NDArray[Any], outputs: IntArray) -> Iterator[IntArray]:
    """Yield numberings of the situations of all steps, each int64 (N, T)."""
    n, steps = x.shape[:2]
    symbol, state, output = _numbered(x), _numbered(states[:, :-1]), _numbered(outputs)
    symbols = int(symbol.max()) + 1
    yield np.broadcast_to(np.arange(steps), (n, steps))
    yield symbol
    yield state
    yield output
    yield _pairs(state, symbol)
    yield _pairs(output, symbol)
    for back in range(1, steps):
        before = np.full((n, steps), symbols)
        before[:, back:] = symbol[:, :-back]
        yield before
        if symbols * symbols <= _MOST_PAIRS:
            yield _pairs(before, symbol)


def _numbered(values: NDArray[Any]) -> IntArray:
    """Number the different values of steps (N, T, ...) from 0, int64 (N, T)."""
    n, steps = values.shape[:2]
    if values.size == 0:  # a program without memory
        return np.zeros((n, steps), dtype=np.int64)
    return ranked(values.reshape(n * steps, -1).astype(np.int64)).reshape(n, steps)


def _pairs(a: IntArray, b: IntArray) -> IntArray:
    joint = a * (int(b.max()) + 1) + b
    if joint.max() < 4 * joint.size:
        return joint
    return np.unique(joint, return_inverse=True)[1].reshape(joint.shape)


def _by_row(group: NDArray[np.bool_], steps: int) -> IntArray:
    return np.repeat(group[:, None], steps, axis=1).astype(np.int64)


def _crowding(wrong: NDArray[np.bool_], mask: NDArray[np.bool_], situations: list[IntArray]) -> float:
    """Return the chance of the most crowded situation, times the number of situations, at most 1."""
    per_row = wrong.sum(axis=1)
    together = float((per_row**2).sum() / per_row.sum())  # errors in the row of an error: they count as one
    rate = wrong.sum() / mask.sum()
    smallest, tried = 1.0, 0
    for situation in situations:
        visits = np.bincount(situation[mask])
        errors = np.bincount(situation[wrong], minlength=len(visits))
        tried += int((visits > 0).sum())
        crowded = errors > 0
        chances = chance_of_more(errors[crowded] / together, visits[crowded] / together, rate)
        smallest = min(smallest, float(chances.min()))
    return min(1.0, smallest * tried)


def _plain(step: IntArray, words: Words) -> Recorded:
    values = [plain_value(value, vocabulary) for value, vocabulary in zip(step.tolist(), words, strict=True)]
    return values[0] if len(values) == 1 else values
