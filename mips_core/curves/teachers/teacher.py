"""Additive teachers: a bias, and what each feature adds in each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mips_core.curves.errors import CurveError
from mips_core.curves.study import Table, TeacherCurve
from mips_core.curves.teachers.steps import Effect, LevelTable, Steps, midway
from mips_core.curves.transforms import Floats

_CHECKED_ROWS = 2_000  # on which a model's own scores are compared with what its features add


class HasContributions(Protocol):
    """Anything that says what each feature adds: the one thing that a teacher needs."""

    def contributions(self, table: Table) -> Mapping[str, Floats]:
        """Return for each feature what it adds in each row, (rows,)."""
        ...


@dataclass(frozen=True)
class Teacher:
    """An additive model to distill: ``score = bias + the sum of what each feature adds``.

    Parameters
    ----------
    name: in words.
    bias: the mean score over the training rows.
    parts: says what each feature adds in the rows of a table.
    means: what each feature added on average over the training rows; it was moved into the bias.
    """

    name: str
    bias: float
    parts: Callable[[Table], Mapping[str, Floats]]
    means: Mapping[str, float]

    def contributions(self, table: Table) -> dict[str, Floats]:
        """Return for each feature what it adds in each row, (rows,) float64; its mean over the training rows is 0."""
        parts = self.parts(table)
        return {name: np.asarray(parts[name], dtype=np.float64) - mean for name, mean in self.means.items()}

    def scores(self, table: Table) -> Floats:
        """Return the score of each row, (rows,): log-odds, value or sort key."""
        total = np.full(len(table), self.bias)
        for each in self.contributions(table).values():
            total = total + each
        return total


@dataclass(frozen=True)
class Trained:
    """A trained additive model.

    Parameters
    ----------
    name: in words.
    bias: its own bias.
    parts: says what each feature that varied in training adds in the rows of a table.
    scores: the model's own scores of the rows of a table, by which ``bias`` and ``parts`` are checked.
    """

    name: str
    bias: float
    parts: Callable[[Table], Mapping[str, Floats]]
    scores: Callable[[Table], Floats]

    def teacher(self, training: Table) -> Teacher:
        """Return the teacher; a feature that does not vary over the training rows adds nothing.

        Raises
        ------
        CurveError
            when the model's scores are not the sum of what its features add, within 1e-9 of their size.
        """
        teacher = centred_teacher(self.name, self.bias, _Padded(self.parts), training)
        some = training.rows(np.arange(0, len(training), max(len(training) // _CHECKED_ROWS, 1)))
        scores, sums = self.scores(some), teacher.scores(some)
        off = np.abs(scores - sums)
        worst = int(np.argmax(off))
        if not off[worst] <= 1e-9 * max(float(np.max(np.abs(scores))), float(np.std(training.target))):
            raise CurveError(
                f"{self.name} is not additive: it scores a row {scores[worst]:.12g}, and what its features add comes "
                f"to {sums[worst]:.12g}. A teacher must have no interactions."
            )
        return teacher


@dataclass(frozen=True)
class _Padded:
    """What each feature adds, and 0 for features that are not told of."""

    parts: Callable[[Table], Mapping[str, Floats]]

    def __call__(self, table: Table) -> Mapping[str, Floats]:
        found = self.parts(table)
        return {name: found.get(name, np.zeros(len(table))) for name in table.columns}


def varying(training: Table) -> list[str]:
    """Return the features with at least two different values in the training rows; a missing value is one of them.

    Raises
    ------
    CurveError
        when there is none.
    """
    names = []
    for name, values in training.columns.items():
        if values.dtype.kind == "f":
            present = values[~np.isnan(values)]
            kinds = len(np.unique(present)) + (0 < len(present) < len(values))
        else:
            kinds = len(set(values.tolist()))
        if kinds > 1:
            names.append(name)
    if not names:
        raise CurveError("No feature varies over the training rows; there is nothing to learn from.")
    return names


def centred_teacher(name: str, bias: float, parts: Callable[[Table], Mapping[str, Floats]], training: Table) -> Teacher:
    """Return a teacher whose contributions have mean 0 over the training rows; the bias takes up what they lose.

    Raises
    ------
    CurveError
        when a feature has no contributions, or they do not fit the rows or are not finite.
    """
    found = parts(training)
    means = {}
    for feature in training.columns:
        if feature not in found:
            raise CurveError(f"{name} says nothing about the feature {feature!r}.")
        values = np.asarray(found[feature], dtype=np.float64)
        if values.shape != (len(training),) or not np.isfinite(values).all():
            raise CurveError(f"What {name} adds for {feature!r} must be one finite number for each row.")
        means[feature] = float(values.mean())
    return Teacher(name, float(bias) + sum(means.values()), parts, means)


def teacher_from(
    contributions: HasContributions | Callable[[Table], Mapping[str, Floats]] | Mapping[str, Floats],
    training: Table,
    bias: float = 0.0,
    name: str = "a model of your own",
) -> Teacher:
    """Return a teacher from any model that says what each feature adds, or from arrays that say it.

    Parameters
    ----------
    contributions: an object with ``contributions(table)``, a function of a table, or for each feature an array (rows,)
        about the training rows.  From arrays a value between two known ones gets what the nearer one adds; a level or
        a missing value that they do not tell of adds the mean.
    training: the training rows.
    bias: the model's own bias.

    Raises
    ------
    CurveError
        when a feature is not told of, or an array gives two numbers for one value: then it is not additive.
    """
    if isinstance(contributions, Mapping):
        arrays = {each: np.asarray(values, dtype=np.float64) for each, values in contributions.items()}
        centred_teacher(name, bias, lambda _: arrays, training)  # refuses what is incomplete
        effects = {each: _effect_of(each, values, arrays[each]) for each, values in training.columns.items()}
        return centred_teacher(name, bias, EffectParts(effects), training)
    parts = contributions if callable(contributions) else contributions.contributions
    return centred_teacher(name, bias, parts, training)


@dataclass(frozen=True)
class EffectParts:
    """What each feature adds, looked up in step functions and tables of levels."""

    effects: Mapping[str, Effect]

    def __call__(self, table: Table) -> dict[str, Floats]:
        """Return for each feature what it adds in each row, (rows,)."""
        return {name: effect(table.columns[name]) for name, effect in self.effects.items()}


def teacher_curves(teacher: Teacher, training: Table) -> tuple[TeacherCurve, ...]:
    """Return what the teacher adds for each feature, at each value that the training rows hold.

    Raises
    ------
    CurveError
        when a feature adds different amounts for the same value (more than 1e-9 apart): it is not additive.
    """
    contributions = teacher.contributions(training)
    return tuple(_curve(name, values, contributions[name]) for name, values in training.columns.items())


def _curve(feature: str, values: NDArray[Any], added: Floats) -> TeacherCurve:
    numeric = values.dtype.kind == "f"
    absent = np.isnan(values) if numeric else np.array([each is None for each in values.tolist()], dtype=bool)
    gaps = int(absent.sum())
    missing = _only(feature, "missing", added[absent]) if gaps else 0.0
    present, added = (values[~absent], added[~absent]) if gaps else (values, added)
    if numeric:
        distinct, first, places, counts = np.unique(present, return_index=True, return_inverse=True, return_counts=True)
    else:
        codes = {level: place for place, level in enumerate(sorted(set(present.tolist())))}
        distinct = np.array(list(codes), dtype=object)
        _, first, places, counts = np.unique(
            [codes[each] for each in present.tolist()], return_index=True, return_inverse=True, return_counts=True
        )
    heights = added[first.astype(np.int64)]
    off = np.abs(heights[places] - added) if len(added) else added
    if len(off) and off.max() > 1e-9 * max(1.0, float(np.abs(added).max())):
        row = int(np.argmax(off))
        _only(feature, str(present[row]), np.array([heights[places[row]], added[row]]))
    return TeacherCurve(feature, numeric, distinct, heights, counts.astype(np.float64), missing, gaps)


def _only(feature: str, value: str, added: Floats) -> float:
    """Return the one number that all of ``added`` are."""
    if added.max() - added.min() > 1e-9 * max(1.0, float(np.abs(added).max())):
        raise CurveError(
            f"The teacher is not additive: the value {value} of {feature!r} adds {added.min():.12g} in one row and "
            f"{added.max():.12g} in another."
        )
    return float(added[0])


def _effect_of(feature: str, values: NDArray[Any], added: Floats) -> Effect:
    curve = _curve(feature, values, added)
    mean = float(added.mean())
    missing = curve.missing if curve.missing_rows else mean
    if not curve.numeric:
        return LevelTable(dict(zip(curve.values.tolist(), curve.contributions.tolist(), strict=True)), missing, mean)
    if not len(curve.values):
        return Steps(np.zeros(0), np.full(1, mean), missing)
    return Steps(midway(curve.values[:-1], curve.values[1:]), curve.contributions, missing)
