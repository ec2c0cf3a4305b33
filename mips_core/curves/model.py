"""An additive model as data: one curve or one table of levels for each feature, a bias, and their sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
from mips_core.curves.missing import is_missing
from mips_core.curves.numbers import finite_number
from mips_core.curves.transforms import Floats

Level = str | int | bool
Task = Literal["classification", "regression", "ranking"]


@dataclass(frozen=True)
class CurveTerm:
    """What one numeric feature adds to the score.

    Parameters
    ----------
    feature: the column's name.
    curve: score over the feature's value.
    missing: score where the value is missing, as :func:`mips_core.curves.missing.is_missing` says.

    Raises
    ------
    CurveError
        when ``missing`` is not finite.
    """

    feature: str
    curve: PWLCurve
    missing: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "feature", _plain(self.feature))
        object.__setattr__(self, "missing", finite_number(self.missing, f"missing of {self.feature!r}"))


@dataclass(frozen=True)
class LevelTerm:
    """What one categorical feature adds to the score.

    Parameters
    ----------
    feature: the column's name.
    levels: score for each level that was seen in training, in a fixed order.
    other: score of a level that was never seen.
    missing: score where the value is missing.

    A value that is no level and not missing is looked up as text without spaces around it too, so that the number 1
    and the cell " 1" find the level "1" of a file.

    Raises
    ------
    CurveError
        when a level is neither text nor integer nor Boolean, stands there twice (1 and True are one level), is the
        empty text (which means missing), or when a score is not finite.
    """

    feature: str
    levels: tuple[tuple[Level, float], ...]
    other: float = 0.0
    missing: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "feature", _plain(self.feature))
        levels = tuple((_level(level, self.feature), value) for level, value in self.levels)
        scores = tuple((level, finite_number(value, f"level {level!r} of {self.feature!r}")) for level, value in levels)
        if len(dict(scores)) < len(scores):
            twice = next(level for number, (level, _) in enumerate(scores) if level in dict(scores[:number]))
            raise CurveError(f"The level {twice!r} of {self.feature!r} stands there twice; keep one of them.")
        object.__setattr__(self, "levels", scores)
        object.__setattr__(self, "other", finite_number(self.other, f"other of {self.feature!r}"))
        object.__setattr__(self, "missing", finite_number(self.missing, f"missing of {self.feature!r}"))


Term = CurveTerm | LevelTerm


@dataclass(frozen=True)
class AdditiveModel:
    """``score(row) = bias + the sum over features of what each adds`` (Ravina et al. 2021, section 2).

    Parameters
    ----------
    terms: at most one for each feature.
    bias: the score before any feature is looked at.
    task: how the score is meant: log-odds of the positive class, the value itself, or a sort key within a group.

    Raises
    ------
    CurveError
        when two terms are about the same feature, the bias is not finite, or the task is none of the three.
    """

    terms: tuple[Term, ...]
    bias: float = 0.0
    task: Task = "regression"

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(self.terms))
        object.__setattr__(self, "bias", finite_number(self.bias, "bias"))
        if self.task not in get_args(Task):
            raise CurveError(f"The task is one of {', '.join(get_args(Task))}, not {self.task!r}.")
        names = [term.feature for term in self.terms]
        if twice := {name for name in names if names.count(name) > 1}:
            raise CurveError(f"Two terms are about the feature {min(twice)!r}; a model has at most one for each.")

    @property
    def features(self) -> tuple[str, ...]:
        """The features' names, in the order of the terms."""
        return tuple(term.feature for term in self.terms)

    def term(self, feature: str) -> Term:
        """Return the term about ``feature``; CurveError when there is none."""
        for term in self.terms:
            if term.feature == feature:
                return term
        raise CurveError(f"The model has no feature {feature!r}; it has {', '.join(self.features) or 'none'}.")

    def with_term(self, term: Term) -> AdditiveModel:
        """Return the model with the term about the same feature replaced."""
        self.term(term.feature)
        return replace(self, terms=tuple(term if each.feature == term.feature else each for each in self.terms))

    def contributions(self, columns: Mapping[str, Any]) -> Floats:
        """Return what each term adds in each row, (rows, terms).

        Parameters
        ----------
        columns: for each feature its values: float64 with NaN for missing (numeric), or an object array of levels with
            None for missing; texts of a file count as :func:`mips_core.curves.missing.is_missing` says.
        """
        if not self.terms:
            return np.empty((_rows(columns), 0))
        values = [term_values(term, columns[term.feature]) for term in self.terms]
        return np.column_stack(values)

    def scores(self, columns: Mapping[str, Any]) -> Floats:
        """Return the score of each row, (rows,): the bias and the terms in their order, added from left to right."""
        total = np.full(_rows(columns), float(self.bias))
        for term in self.terms:
            total = total + term_values(term, columns[term.feature])
        return total


def term_values(term: Term, values: Iterable[Any]) -> Floats:
    """Return what ``term`` adds for each of ``values``, (rows,)."""
    if isinstance(term, CurveTerm):
        x = _numbers(values)
        return np.where(np.isnan(x), term.missing, term.curve(x))
    known = dict(term.levels)
    scores = [_of_unlisted(term, known, each) if (score := known.get(each)) is None else score for each in values]
    return np.array(scores, dtype=np.float64)


def _of_unlisted(term: LevelTerm, known: Mapping[Any, float], value: Any) -> float:
    return term.missing if is_missing(value) else known.get(str(value).strip(), term.other)


def _numbers(values: Iterable[Any]) -> Floats:
    """Return values of a numeric feature as float64 with NaN for missing; a number may be given as text."""
    array = np.asarray(values)
    if array.dtype.kind in "OUS":
        return np.array([np.nan if is_missing(each) else float(each) for each in array.tolist()], dtype=np.float64)
    return array.astype(np.float64)


def _rows(columns: Mapping[str, Any]) -> int:
    first = next(iter(columns), None)  # the names, also of a data frame
    return 0 if first is None else len(columns[first])


def _plain(feature: str) -> str:
    if not isinstance(feature, str):
        raise CurveError(f"A feature's name is text, not {feature!r}.")
    return str(feature)


def _level(level: Any, feature: str) -> Level:
    if isinstance(level, np.generic):
        level = level.item()
    if isinstance(level, str) and level:
        return str(level)
    if isinstance(level, bool | int):
        return level
    raise CurveError(f"A level of {feature!r} is {level!r}; levels are non-empty texts, integers, or True and False.")
