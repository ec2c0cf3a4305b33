"""Tables of integers that follow a rule, and whether a formula is that rule: shared by all who look for formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mips_core.benchmarks.speed.contestant import Judgement
from mips_core.expressions import Expression, evaluate, parse_expression, to_python
from mips_core.stepping import IntArray

Kind = Literal["grid", "random"]
Columns = Mapping[str, IntArray]

_ROWS = 1000
_UNSEEN = 1000
_HELD_OUT = 5
"""One row in so many of a grid is held out."""

_LARGEST_VALUE = 1e15
"""Predictions beyond are no integers of 64 bits any more."""


@dataclass(frozen=True)
class Rule:
    """A rule over integer columns.

    Parameters
    ----------
    text : the rule in Python, over the names of ``grid``
    grid : least and greatest value of each column of the small table, which holds all combinations
    wide : the same for the table of 1000 random rows; by default those of the grid
    """

    text: str
    grid: Mapping[str, tuple[int, int]]
    wide: Mapping[str, tuple[int, int]] | None = None


@dataclass(frozen=True)
class Task:
    """What a contestant is given, and the rows that it is not shown.

    Parameters
    ----------
    columns : variable name -> int64, shape (R,)
    target : int64, shape (R,)
    unseen, unseen_target : further rows of the same rule
    """

    columns: Columns
    target: IntArray
    unseen: Columns
    unseen_target: IntArray


def task_of(rule: Rule, kind: Kind, seed: int) -> Task:
    """Draw the table of a rule: a grid of which one row in five is held out, or random rows and others as unseen."""
    draws = np.random.default_rng(seed)
    if kind == "grid":
        axes = [np.arange(low, high + 1) for low, high in rule.grid.values()]
        columns = {n: m.ravel() for n, m in zip(rule.grid, np.meshgrid(*axes, indexing="ij"), strict=True)}
        count = len(next(iter(columns.values())))
        order = draws.permutation(count)
        shown, held_out = np.sort(order[count // _HELD_OUT :]), np.sort(order[: count // _HELD_OUT])
    else:
        ranges = rule.wide or rule.grid
        columns = {n: draws.integers(low, high + 1, _ROWS + _UNSEEN) for n, (low, high) in ranges.items()}
        shown, held_out = np.arange(_ROWS), np.arange(_ROWS, _ROWS + _UNSEEN)
    known = {name: values[shown] for name, values in columns.items()}
    unseen = {name: values[held_out] for name, values in columns.items()}
    return Task(known, values_of(rule, known), unseen, values_of(rule, unseen))


def values_of(rule: Rule, columns: Columns) -> IntArray:
    """Return what the rule gives, int64, shape (R,)."""
    rows = len(next(iter(columns.values())))
    return np.asarray(evaluate(parse_expression(rule.text), columns, rows), dtype=np.int64)


@dataclass(frozen=True)
class Answer:
    """What a contestant found.

    Parameters
    ----------
    text : the formula as its finder writes it
    nodes : its size
    candidates : expressions that were looked at
    seconds : that looking at them took
    compute : the formula's values, or numbers that are rounded
    """

    text: str
    nodes: int
    candidates: int
    seconds: float
    compute: Callable[[Columns], NDArray[Any]]


def answer_of(expression: Expression, candidates: int, seconds: float) -> Answer:
    """Return what a finder of expressions answers."""
    return Answer(
        to_python(expression), expression.nodes, candidates, seconds,
        lambda columns: evaluate(expression, columns, len(next(iter(columns.values())))),
    )  # fmt: skip


def judged(task: Task, answer: Answer | None) -> Judgement:
    """Whether a formula gives the target on all rows shown; on unseen rows it is a fact beside."""
    if answer is None:
        return Judgement(False, {}, "found no formula")
    wrong = _wrong(answer, task.columns, task.target)
    beyond = _wrong(answer, task.unseen, task.unseen_target)
    facts = {
        "formula": answer.text,
        "nodes": answer.nodes,
        "candidates": answer.candidates,
        "candidates per second": round(answer.candidates / max(answer.seconds, 1e-9)),
        "rows": len(task.target),
        "wrong on unseen rows": beyond,
        "unseen rows": len(task.unseen_target),
    }
    return Judgement(wrong == 0, facts, "" if wrong == 0 else f"{answer.text} is wrong on {wrong} of the rows shown")


def _wrong(answer: Answer, columns: Columns, target: IntArray) -> int:
    """Return the number of rows on which the formula, rounded, is not the target."""
    values = np.asarray(answer.compute(columns))
    if values.dtype.kind == "f":
        values = np.where(np.abs(values) < _LARGEST_VALUE, values, np.inf)
        return int((np.rint(values) != target).sum())
    return int((values != target).sum())
