"""A small table for curve distillation: a logarithm, a bump, levels with gaps, and a column that says nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from mips_core.curves.distilling import distill_curves
from mips_core.curves.study import CurveSettings, CurveStudy, LabelledData
from mips_core.curves.table import labelled


@cache
def table(task: str = "regression", rows: int = 400, seed: int = 0) -> LabelledData:
    """Return labelled data of a task."""
    random = np.random.default_rng(seed)
    income = np.round(np.exp(random.uniform(0, 7, rows)), 1)
    age = random.integers(18, 90, rows).astype(float)
    town = random.integers(0, 3, rows)
    noise = random.normal(size=rows).round(3)
    merit = np.log(income) - (age - 50) ** 2 / 400 + np.array([0.0, 1.0, -1.0])[town]
    heard = merit + random.normal(0, 0.5, rows)
    names = np.array(["Bonn", "Kiel", "Köln"], dtype=object)[town]
    names[::13] = None
    columns: dict[str, Any] = {
        "income": np.where(np.arange(rows) % 17 == 0, np.nan, income), "age": age, "town": names, "noise": noise,
        "y": heard.round(3),
    }  # fmt: skip
    if task == "classification":
        columns["y"] = np.where(heard > np.median(heard), "yes", "no")
    if task == "ranking":
        columns |= {"query": np.arange(rows) // 10, "y": np.digitize(heard, [2.0, 3.0, 4.0]).astype(float)}
    return labelled(columns, "y", group="query" if task == "ranking" else None, name=f"small {task}")


@cache
def distilled(task: str = "regression", **settings: Any) -> CurveStudy:
    """Return the study of :func:`table` with these settings."""
    return distill_curves(table(task), CurveSettings(**settings))
