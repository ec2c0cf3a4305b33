"""An additive model as data: one curve or one table of levels for each feature, a bias, and their sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.errors import CurveError
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
    missing: score where the value is missing (None, empty text or NaN).
    """

    feature: str
    curve: PWLCurve
    missing: float = 0.0


@dataclass(frozen=True)
class LevelTerm:
    """What one categorical feature adds to the score.

    Parameters
    ----------
    feature: the column's name.
    levels: score for each level that was seen in training, in a fixed order.
    other: score of a level that was never seen.
    missing: score where the value is missing.
    """

    feature: str
    levels: tuple[tuple[Level, float], ...]
    other: float = 0.0
    missing: float = 0.0


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
        when two terms are about the same feature.
    """

    terms: tuple[Term, ...]
    bias: float = 0.0
    task: Task = "regression"

    def __post_init__(self) -> None:
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
            None for missing.
        """
        if not self.terms:
            return np.empty((_rows(columns), 0))
        return np.column_stack([term_values(term, columns[term.feature]) for term in self.terms])

    def scores(self, columns: Mapping[str, Any]) -> Floats:
        """Return the score of each row, (rows,): the bias and the terms in their order, added from left to right."""
        total = np.full(_rows(columns), float(self.bias))
        for term in self.terms:
            total = total + term_values(term, columns[term.feature])
        return total


def _rows(columns: Mapping[str, Any]) -> int:
    return len(next(iter(columns.values()))) if columns else 0


def term_values(term: Term, values: Iterable[Any]) -> Floats:
    """Return what ``term`` adds for each of ``values``, (rows,)."""
    if isinstance(term, CurveTerm):
        x = np.asarray(values, dtype=np.float64)
        return np.where(np.isnan(x), term.missing, term.curve(x))
    known = dict(term.levels)
    return np.array(
        [term.missing if each is None else known.get(each, term.other) for each in values], dtype=np.float64
    )
