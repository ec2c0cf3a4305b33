"""Random additive models: everything that a model's text must carry exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from mips_core.curves.curve import PWLCurve
from mips_core.curves.model import AdditiveModel, CurveTerm, Level, LevelTerm, Term
from mips_core.curves.transforms import TRANSFORMS

NAMES = (
    "age", "body mass", 'the "old" one', "it's", "both ' and \"", "back\\slash", "two\nlines", "tab\t", "größe", "年齢",
    "🙂 mood", "\u2028", "\ud800", "{brace}", "%s", "'''", '"""', "# comment", "", "e\u0301", "nul\0", "\x7f", "a" * 90,
)  # fmt: skip


def random_curve(rng: np.random.Generator) -> PWLCurve:
    """Return a curve of 2 to 7 knots, of any transform, with numbers of any size and length."""
    fx = str(rng.choice(list(TRANSFORMS)))
    count = int(rng.integers(2, 8))
    base, step = [(0.0, 1.0), (1.7e9, 0.25), (3.0, 1e-12), (2015.0, 1.0), (1e15, 1.0), (1e-12, 1e-12), (0.0, 1e100)][
        int(rng.integers(7))
    ]
    x = base + step * np.cumsum(rng.integers(1, 9, count) if rng.random() < 0.5 else rng.random(count) + 0.5)
    if fx == "identity" or (fx == "symlog1p" and rng.random() < 0.5):
        x = x - x[int(rng.integers(count))] if rng.random() < 0.3 else x * rng.choice([-1.0, 1.0])
        x = np.sort(x)
    y = rng.normal(size=count) * 10.0 ** rng.integers(-3, 4)
    y = np.round(y, 2) if rng.random() < 0.5 else y
    y[rng.random(count) < 0.1] = -0.0
    return PWLCurve(list(zip(x, y, strict=True)), fx, "linear" if rng.random() < 0.2 else "flat")


def random_model(rng: np.random.Generator) -> AdditiveModel:
    """Return a model of 0 to 6 terms with names, levels and numbers that are hard to write."""
    names = rng.permutation(len(NAMES))[: int(rng.integers(0, 7))]
    terms: list[Term] = []
    for name in names:
        if rng.random() < 0.6:
            terms.append(CurveTerm(NAMES[name], random_curve(rng), _number(rng)))
        else:
            terms.append(LevelTerm(NAMES[name], _levels(rng), _number(rng), _number(rng)))
    task = str(rng.choice(["classification", "regression", "ranking"]))
    return AdditiveModel(tuple(terms), _number(rng), task)  # type: ignore[arg-type]


def random_rows(model: AdditiveModel, count: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Return rows with values at, between and far outside the knots, missing ones, text numbers and unseen levels."""
    rows = []
    for _ in range(count):
        row: dict[str, Any] = {}
        for term in model.terms:
            if rng.random() < 0.15:
                row[term.feature] = [None, "", float("nan")][int(rng.integers(3))]
            elif isinstance(term, CurveTerm):
                row[term.feature] = _near(term.curve, rng)
            else:
                seen = [level for level, _ in term.levels]
                row[term.feature] = seen[int(rng.integers(len(seen)))] if seen and rng.random() < 0.8 else "unseen"
        rows.append(row)
    return rows


def columns_of(model: AdditiveModel, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rows as object columns."""
    columns = {feature: np.empty(len(rows), dtype=object) for feature in model.features}
    for feature, column in columns.items():
        column[:] = [row[feature] for row in rows]
    return columns


def _near(curve: PWLCurve, rng: np.random.Generator) -> float | str:
    first, last = curve.xs[0], curve.xs[-1]
    kind = rng.random()
    if kind < 0.2:
        return curve.xs[int(rng.integers(len(curve.xs)))]
    if kind < 0.4:
        return float(first - (last - first) * 10 * rng.random() - 3)
    if kind < 0.6:
        return float(last + (last - first) * 10 * rng.random() + 3)
    inside = float(first + (last - first) * rng.random())
    return repr(inside) if kind < 0.7 else inside


def _levels(rng: np.random.Generator) -> tuple[tuple[Level, float], ...]:
    kind = int(rng.integers(4))
    levels: list[Level] = [
        [name for name in NAMES if name],
        list(range(-2, 5)),
        [True, False],
        ["1", 1, -7, "True", True and "yes", 10**20],
    ][kind]
    chosen = rng.permutation(len(levels))[: int(rng.integers(0, 5))]
    return tuple((levels[index], _number(rng)) for index in chosen)


def _number(rng: np.random.Generator) -> float:
    return float(rng.choice([0.0, -0.0, 1.0, -3.25, 1 / 3, 1e-12, 151.3, 1e6, rng.normal()]))
