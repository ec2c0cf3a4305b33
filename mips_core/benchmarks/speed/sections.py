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
    key : for ``--only``; the module of this name has ``compare_all(*, quick, seed, monitor)``, which yields comparisons
    title : as it stands above its table
    yardstick : its peers do not do the same work, such as an empty page: they give a measure, not a contest
    """

    key: str
    title: str
    yardstick: bool = False

    def measured(self, *, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
        """Measure all its cases, one after the other."""
        yield from _module(self.key).compare_all(quick=quick, seed=seed, monitor=monitor)


_PACKAGE = "mips_core.benchmarks.speed"

SECTIONS: tuple[Section, ...] = (
    Section("startup", "Starting", yardstick=True),
    Section("formulas", "Symbolic regression"),
    Section("boolean", "Boolean minimisation"),
    Section("minimisation", "Machine minimisation"),
    Section("learning", "L*"),
    Section("extraction", "From network to machine"),
    Section("training", "Training to 100 %"),
    Section("ensembles", "Many networks at once"),
    Section("trace", "Running a program"),
    Section("curves", "Curve fitting"),
    Section("pages", "Drawing machines and their steps"),
    Section("runs", "Listing stored runs"),
    Section("page_runs", "Pages beside an empty page", yardstick=True),
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
