"""How right a distilled function is at sizes that were never taught: what it says against the task's truth."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.errors import BadInputError

LARGEST = 10_000_000
"""Numbers in one input that is judged: beyond it memory runs out before patience does."""

Size = tuple[int, ...]

Function = Callable[..., Any]
"""A distilled function: plain Python on plain lists."""

Problem = tuple[tuple[Any, ...], Any]
"""Arguments of a distilled function, and what it should return."""


@dataclass(frozen=True)
class Mean:
    """An average over formulas with its 95 % interval (Student's t).

    Parameters
    ----------
    mean, low, high : the average and the interval around it
    """

    mean: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Return plain JSON values, rounded to 4 places."""
        return {"mean": round(self.mean, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


@dataclass(frozen=True)
class Rival:
    """Another algorithm on the same formulas.

    Parameters
    ----------
    name : what it is called
    satisfied : clauses satisfied in a formula, on average
    behind : by how many the distilled function satisfies more, on average over the pairs; below 0: fewer
    """

    name: str
    satisfied: Mean
    behind: Mean


@dataclass(frozen=True)
class Scaling:
    """How a function did at one size.

    Parameters
    ----------
    size : of the input: (n,) for a list, (h, w) for a grid, (variables, clauses) for a formula
    cases : answers that were judged: cells, entries, inputs, or the clauses of all formulas
    correct : how many were right: for formulas, how many clauses the assignments satisfy
    seconds : spent inside the function
    kind : which set of test inputs, where a task has several
    abstained : answers None, which are no right ones
    satisfied, rivals : of formulas only: clauses satisfied on average, and other algorithms on the same formulas
    """

    size: Size
    cases: int
    correct: int
    seconds: float
    kind: str = ""
    abstained: int = 0
    satisfied: Mean | None = None
    rivals: tuple[Rival, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; a size is an integer for a list."""
        plain: dict[str, Any] = {
            "size": self.size[0] if len(self.size) == 1 else list(self.size),
            "cases": self.cases,
            "correct": self.correct,
            "seconds": round(self.seconds, 4),
        }
        if self.kind:
            plain |= {"kind": self.kind, "abstained": self.abstained}
        if self.satisfied is not None:
            plain["satisfied"] = self.satisfied.to_dict()
            plain["rivals"] = [
                {"name": rival.name, "satisfied": rival.satisfied.to_dict(), "behind": rival.behind.to_dict()}
                for rival in self.rivals
            ]
        return plain


Measure = Callable[[Function, Size, int, np.random.Generator], tuple[Scaling, ...]]
"""``measure(function, size, cases, rng)`` judges at least so many cases of one size (formulas: so many formulas)."""


@dataclass(frozen=True, eq=False)
class Judge:
    """What is judged, and where.

    Parameters
    ----------
    measure : judges at one size
    quick : sizes with the number of cases at each that take some seconds together
    full : sizes with the number of cases that a claim about the task rests on; this may take many minutes
    smallest : least size along each axis
    step : every size is the smallest plus a multiple of this
    """

    measure: Measure
    quick: tuple[tuple[Size, int], ...]
    full: tuple[tuple[Size, int], ...]
    smallest: Size
    step: int = 1

    def run(
        self,
        function: Function,
        *,
        sizes: Sequence[int | Size] | None = None,
        cases: int | None = None,
        seed: int = 0,
        full: bool = False,
    ) -> tuple[Scaling, ...]:
        """Judge a function at several sizes.

        Parameters
        ----------
        sizes : None for :attr:`quick` or :attr:`full`; an integer n stands for n by n where inputs are grids
        cases : at each size; None for as many as the list says, for other sizes the least number in it
        seed : of the test inputs; each size has its own random numbers, so the list does not matter

        Raises
        ------
        BadInputError
            when a size is none of this task, or cases is not positive.
        """
        known = dict(self.full if full else self.quick)
        wanted = list(known) if sizes is None else [self.checked(size) for size in sizes]
        if cases is not None and cases < 1:
            raise BadInputError(f"Cannot judge {cases} cases; give at least one.")
        found: list[Scaling] = []
        for size in wanted:
            rng = np.random.default_rng((seed, *size))
            found += self.measure(function, size, cases or known.get(size, min(known.values())), rng)
        return tuple(found)

    def checked(self, size: int | Size) -> Size:
        """Return a size as a tuple; an integer stands for all axes.

        Raises
        ------
        BadInputError
            when it has another number of axes, or is smaller than :attr:`smallest` or between the steps.
        """
        whole = (size,) * len(self.smallest) if isinstance(size, int) else tuple(size)
        fits = len(whole) == len(self.smallest) and all(
            given >= least and (given - least) % self.step == 0
            for given, least in zip(whole, self.smallest, strict=True)
        )
        if not fits:
            least = " by ".join(map(str, self.smallest))
            steps = f", in steps of {self.step}" if self.step > 1 else ""
            shown = " by ".join(map(str, whole))
            raise BadInputError(f"There are no inputs of size {shown}; sizes are from {least} on{steps}.")
        if math.prod(whole) > LARGEST:
            raise BadInputError(
                f"A size of {math.prod(whole):,} numbers is too large to judge; at most {LARGEST:,} are."
            )
        return whole


def answers(function: Function, problems: Iterable[Problem]) -> Iterator[tuple[Any, Any, float]]:
    """Yield for each problem what the function says, what is right, and the seconds that it took."""
    for arguments, truth in problems:
        start = time.perf_counter()
        said = function(*arguments)
        yield said, truth, time.perf_counter() - start


def count_inputs(function: Function, problems: Iterable[Problem], size: Size, kind: str = "") -> Scaling:
    """Judge answers that are right or wrong as a whole."""
    cases = correct = abstained = 0
    seconds = 0.0
    for said, truth, spent in answers(function, problems):
        cases += 1
        correct += said == truth
        abstained += said is None
        seconds += spent
    return Scaling(size, cases, int(correct), seconds, kind, abstained)


def count_entries(function: Function, problems: Iterable[Problem], size: Size) -> Scaling:
    """Judge answers that are lists, or lists of lists, entry by entry; an answer of another shape is all wrong."""
    cases = correct = 0
    seconds = 0.0
    for said, truth, spent in answers(function, problems):
        cases += truth.size
        correct += _right_entries(said, truth.tolist())
        seconds += spent
    return Scaling(size, cases, correct, seconds)


def _right_entries(said: Any, truth: Any) -> int:
    if not isinstance(truth, list):
        return int(said == truth)
    if not isinstance(said, list) or len(said) != len(truth):
        return 0
    return sum(map(_right_entries, said, truth))


def mean_of(values: Sequence[float] | np.ndarray) -> Mean:
    """Return the average of two values or more with its 95 % interval."""
    from scipy.special import stdtrit

    array = np.asarray(values, dtype=float)
    mean = float(array.mean())
    half = float(stdtrit(len(array) - 1, 0.975) * array.std(ddof=1) / np.sqrt(len(array)))
    return Mean(mean, mean - half, mean + half)
