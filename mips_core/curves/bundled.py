"""Data sets that need no download: two that scikit-learn ships and a seeded ranking set of our own.

Each can be written as CSV (:func:`as_csv`), and reading that file gives the same labelled data.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from mips_core.curves.errors import CurveError
from mips_core.curves.numbers import number_text
from mips_core.curves.study import LabelledData
from mips_core.curves.table import labelled

_DIABETES = {
    "age": ("age", "years"),
    "sex": ("sex", ""),
    "bmi": ("bmi", "kg/m²"),
    "bp": ("blood_pressure", "mm Hg"),
    "s1": ("total_cholesterol", "mg/dl"),
    "s2": ("ldl", "mg/dl"),
    "s3": ("hdl", "mg/dl"),
    "s4": ("cholesterol_ratio", "total / HDL"),
    "s5": ("log_triglycerides", "log(mg/dl)"),
    "s6": ("glucose", "mg/dl"),
}


def bundled_names() -> tuple[str, ...]:
    """Return the names of the data sets that :func:`bundled` knows."""
    return tuple(_SETS)


def bundled(name: str) -> LabelledData:
    """Return a data set by name.

    Raises
    ------
    CurveError
        when there is none of this name.
    """
    try:
        make = _SETS[name]
    except KeyError:
        raise CurveError(f"There is no bundled data set {name!r}; there are {', '.join(_SETS)}.") from None
    return make()


def as_csv(data: LabelledData) -> str:
    """Return labelled data as the CSV text of which :func:`mips_core.curves.table.read_table` makes the same again."""
    table = data.table
    columns = [[_cell(each) for each in values.tolist()] for values in table.columns.values()]
    names = list(table.columns)
    if data.group is not None and table.groups is not None:
        names.append(data.group)
        columns.append([str(each) for each in table.groups.tolist()])
    names.append(data.target)
    target = table.target.tolist()
    columns.append([data.classes[int(each)] for each in target] if data.classes else [_cell(each) for each in target])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    return number_text(value) if isinstance(value, float) else str(value)


@lru_cache(maxsize=1)
def _diabetes() -> LabelledData:
    """Disease progression of 442 patients one year later (Efron et al. 2004); the source does not say what sex 1 is."""
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    columns: dict[str, Any] = {
        _DIABETES[each][0]: bunch.data[:, place] for place, each in enumerate(bunch.feature_names)
    }
    columns["sex"] = [f"code {value:.0f}" for value in columns["sex"]]
    columns["progression"] = bunch.target
    units = {name: unit for name, unit in _DIABETES.values() if unit}
    return replace(labelled(columns, "progression", name="diabetes"), units=units)


@lru_cache(maxsize=1)
def _breast_cancer() -> LabelledData:
    """Whether a tumour is malignant, from 30 measures of 569 images of cell nuclei (Wolberg et al. 1995)."""
    from sklearn.datasets import load_breast_cancer

    bunch = load_breast_cancer()
    columns: dict[str, Any] = {
        str(each).replace(" ", "_"): bunch.data[:, place] for place, each in enumerate(bunch.feature_names)
    }
    columns["diagnosis"] = [str(bunch.target_names[each]) for each in bunch.target]
    return labelled(columns, "diagnosis", name="breast-cancer")


@lru_cache(maxsize=1)
def _app_search() -> LabelledData:
    """Graded answers (0 to 4) of 800 searches in a made-up app store, drawn with a fixed seed.

    Relevance rises with the logarithm of downloads, saturates in the text match, is best at a middling price, and
    depends on the category; the build number says nothing, and a third of the new apps have no rating.
    """
    rng = np.random.default_rng(20210121)
    searches, answers = 800, 12
    rows = searches * answers
    search = np.repeat(np.arange(searches), answers)
    downloads = np.round(10 ** rng.uniform(1, 7, rows))
    text_match = np.round(rng.uniform(0, 100, rows))
    price = np.round(rng.uniform(0, 12, rows), 1)
    rating = np.round(np.clip(rng.normal(3.8, 0.8, rows), 1, 5), 1)
    categories = np.array(["books", "education", "finance", "games", "music", "tools"])
    category = rng.integers(0, len(categories), rows)
    worth = np.array([0.2, 0.5, -0.3, -0.6, 0.0, 0.4])[category]
    unrated = (downloads < 1_000) & (rng.uniform(size=rows) < 1 / 3)
    merit = (
        0.5 * (np.log10(downloads) - 4)
        + 2.4 * (1 - np.exp(-text_match / 30))
        - 0.05 * (price - 5) ** 2
        + np.where(unrated, -0.4, 0.5 * (rating - 3.8))
        + worth
    )
    noise = rng.normal(0, 0.4, rows) + rng.normal(0, 0.8, searches)[search]
    heard = merit + noise
    relevance = np.searchsorted(np.quantile(heard, [0.5, 0.72, 0.86, 0.95]), heard).astype(np.float64)
    columns = {
        "search": search,
        "downloads": downloads,
        "text_match": text_match,
        "price": price,
        "rating": np.where(unrated, np.nan, rating),
        "category": categories[category],
        "build": rng.integers(1, 1_000, rows),
        "relevance": relevance,
    }
    units = {"downloads": "downloads", "text_match": "%", "price": "$", "rating": "stars"}
    return replace(labelled(columns, "relevance", group="search", name="app-search"), units=units)


_SETS: dict[str, Callable[[], LabelledData]] = {
    "diabetes": _diabetes,
    "breast-cancer": _breast_cancer,
    "app-search": _app_search,
}
