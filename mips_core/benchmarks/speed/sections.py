"""The parts of the benchmark, and what each measures; adding one is a module and a line here."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mips_core.benchmarks.speed.comparison import Comparison
from mips_core.benchmarks.speed.growth import Growth
from mips_core.progress import Monitor


@dataclass(frozen=True)
class Section:
    """One part.

    Parameters
    ----------
    key : for ``--only``
    title : as it stands above its table
    module : has ``compare_all(*, quick, seed, monitor)`` and yields comparisons
    bar : what is promised of it, in words; "" where nothing is
    yardstick : its peers do not do the same work, such as an empty page: they give a measure, not a contest
    """

    key: str
    title: str
    module: str
    bar: str = ""
    yardstick: bool = False

    def measured(self, *, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
        """Measure all its cases, one after the other."""
        yield from _module(self.module).compare_all(quick=quick, seed=seed, monitor=monitor)


_PACKAGE = "mips_core.benchmarks.speed"

SECTIONS: tuple[Section, ...] = (
    Section(
        "startup", "Starting", "startup", "import below 10 times, --help below 5 times import numpy", yardstick=True
    ),
    Section("formulas", "Symbolic regression", "formulas", "10 times the peers' median where both solve a table"),
    Section(
        "boolean",
        "Boolean minimisation",
        "boolean",
        "100 times SymPy at 10 inputs, level with espresso, no more literals",
    ),
    Section("minimisation", "Machine minimisation", "minimisation", "level with AALpy or faster at every size"),
    Section("learning", "L*", "learning", "level with AALpy or faster up to the size that it finishes in 60 s"),
    Section("extraction", "From network to machine", "extraction", "10,000 states in under 10 s"),
    Section("training", "Training to 100 %", "training", "5 times, a run that was ended counting as 120 s"),
    Section("ensembles", "Many networks at once", "ensembles"),
    Section("trace", "Running a program", "trace"),
    Section("curves", "Curve fitting", "curves"),
    Section("pages", "Drawing machines and their steps", "pages"),
    Section("runs", "Listing stored runs", "runs", "100,000 runs in under 0.1 s"),
    Section("page_runs", "Pages beside an empty page", "page_runs", yardstick=True),
)
"""In the order in which they are measured."""

GROWTH: tuple[str, ...] = (
    "growth_machines",
    "growth_boolean",
    "growth_traces",
    "growth_views",
    "growth_training",
    "growth_runs",
    "growth_formulas",
)
"""Modules with ``growth(*, quick, monitor)``, which yields what grows."""


def growth_measured(*, quick: bool, monitor: Monitor) -> Iterator[Growth]:
    """Measure how every stage's cost grows."""
    for name in GROWTH:
        yield from _module(name).growth(quick=quick, monitor=monitor)


def _module(name: str) -> Any:
    return importlib.import_module(f"{_PACKAGE}.{name}")
