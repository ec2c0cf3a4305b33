"""What a sweep is to do: units of work, each with an address made of all that its result depends on."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from mips_core.errors import BadInputError
from mips_core.networks.archives import parse_tensors
from mips_core.networks.ladder import rung_names
from mips_core.networks.options import NetworkOptions
from mips_core.resources import code_digest
from mips_core.runs.information import checked_name, slug
from mips_core.tasks import dataset_from_bytes, get, names
from mips_core.tasks.readers import is_dataset
from mips_core.wording import plural, shortened

LADDER = "ladder"
"""Instead of the name of an architecture: all that the data call for, simplest first."""

_DECIDING = ("numpy", "scipy", "torch", "scikit-learn", "sympy", "networkx")
"""Packages whose versions may change the last digit of a weight, or the form of a formula."""

MOST_UNITS = 100_000
"""Units of one plan."""

_NAMED = 3
"""Sources that the title of a plan names."""


@dataclass(frozen=True)
class Unit:
    """One network to be had, and its program: the smallest piece of work.

    Parameters
    ----------
    source : name of a benchmark task, or of a data or network file
    digest : SHA-256 of the file, hexadecimal; "" for a task
    seed : of training, probe words and held-out sequences
    budget : seconds for training and search together, counted by the work done
    architecture : name of a rung of the ladder (:mod:`mips_core.networks.ladder`), or :data:`LADDER`
    label_free : labels are for training only, as for :func:`mips_core.distillation.distill`
    options : how to read a network file that does not say it itself
    """

    source: str
    digest: str = ""
    seed: int = 0
    budget: float = 45.0
    architecture: str = LADDER
    label_free: bool = False
    options: NetworkOptions = field(default_factory=NetworkOptions)

    @property
    def is_task(self) -> bool:
        """Whether it is a benchmark task, not a file."""
        return not self.digest

    @property
    def settings(self) -> str:
        """All but source and seed, in words; "" where everything is as usual.

        >>> Unit("Sum_All", budget=10.0, architecture="relu").settings
        'relu, 10 s'
        """
        parts = [self.architecture] if self.architecture != LADDER else []
        parts += [f"{self.budget:g} s"] if self.budget != Unit.budget else []
        return ", ".join([*parts, *(["label-free"] if self.label_free else [])])

    @property
    def name(self) -> str:
        """What its run is called.

        >>> Unit("Sum_All", seed=3).name
        'Sum_All, seed 3'
        """
        text = ", ".join(part for part in (self.source, f"seed {self.seed}", self.settings) if part)
        try:
            return checked_name(text)
        except BadInputError:  # the name of a file may be long, or hold what no run's name may
            return f"{hashlib.sha256(self.source.encode()).hexdigest()[:8]}, seed {self.seed}"

    @cached_property
    def address(self) -> str:
        """SHA-256 of the unit, the code and the packages that decide about its result, hexadecimal."""
        told = json.dumps({"unit": self.to_dict(), "environment": environment()}, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def run_id(self, attempt: int = 0) -> str:
        """Return the id of its run; attempts 1 to 7 are for the case that another unit has the same."""
        return f"{slug(self.name)}-{self.address[8 * attempt : 8 * attempt + 8]}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "source": self.source, "digest": self.digest, "seed": self.seed, "budget": self.budget,
            "architecture": self.architecture, "label_free": self.label_free, "options": self.options.to_dict(),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Unit:
        """Read what :meth:`to_dict` wrote; KeyError, TypeError or ValueError for anything else."""
        return cls(
            str(value["source"]), str(value["digest"]), int(value["seed"]), float(value["budget"]),
            str(value["architecture"]), bool(value["label_free"]), NetworkOptions.from_dict(dict(value["options"])),
        )  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """All units of a sweep, in the order in which they are begun.

    Parameters
    ----------
    units : all different
    files : contents of the files, by their digest
    """

    units: tuple[Unit, ...]
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @cached_property
    def id(self) -> str:
        """12 hexadecimal digits: equal plans, equal ids, whatever the code is by now."""
        return hashlib.sha256(json.dumps([unit.to_dict() for unit in self.units]).encode()).hexdigest()[:12]

    @property
    def title(self) -> str:
        """The plan in words: sources, seeds, time for each unit, and what else is not as usual.

        >>> Plan((Unit("Sum_All"), Unit("Prev1"), Unit("Sum_All", seed=1), Unit("Prev1", seed=1))).title
        'Sum_All, Prev1; seeds 0 to 1; 45 s each'
        """
        sources = list(dict.fromkeys((unit.source, unit.digest) for unit in self.units))
        named = ", ".join(shortened(source) for source, _ in sources[:_NAMED])
        more = len(sources) - _NAMED
        parts = [f"{named} + {more:,} more" if more > 0 else named]
        if {source for source, _ in sources} == set(names()):
            parts = [f"all {len(sources)} tasks"]
        parts.append(_seeds_text(sorted({unit.seed for unit in self.units})))
        times = sorted({unit.budget for unit in self.units})
        parts.append(f"{', '.join(f'{each:g}' for each in times)} s each")
        architectures = list(dict.fromkeys(unit.architecture for unit in self.units))
        parts += [", ".join(architectures)] if architectures != [LADDER] else []
        parts += ["label-free"] if any(unit.label_free for unit in self.units) else []
        return "; ".join(parts)


def _seeds_text(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if seeds[-1] - seeds[0] == len(seeds) - 1:
        return f"seeds {seeds[0]} to {seeds[-1]}"
    return plural(len(seeds), "seed")


def make_plan(
    *,
    tasks: Sequence[str] = (),
    files: Sequence[tuple[str, bytes]] = (),
    seeds: Sequence[int] = (0,),
    architectures: Sequence[str] = (LADDER,),
    budgets: Sequence[float] = (45.0,),
    label_free: bool = False,
    options: NetworkOptions | None = None,
) -> Plan:
    """Return every combination of sources, seeds and settings; all sources with the first seed come first.

    Parameters
    ----------
    tasks : names of benchmark tasks, for which networks are trained
    files : names and contents of data files, on which networks are trained, and of network files

    Raises
    ------
    BadInputError
        when there is nothing to do or too much, a task or an architecture is unknown, a file cannot be read, or
        settings do not go together.
    """
    known = (LADDER, *rung_names())
    unknown = next((name for name in architectures if name not in known), None)
    if unknown is not None:
        raise BadInputError(
            f"There is no architecture {shortened(unknown)!r}. Architectures to choose from: {', '.join(known)}."
        )
    sources = [(get(name).name, "") for name in tasks]
    contents: dict[str, bytes] = {}
    for name, content in files:
        if is_dataset(content, name):
            dataset_from_bytes(content, name)
        else:
            (options or NetworkOptions()).read(parse_tensors(content, name))
            if any(each != LADDER for each in architectures):
                raise BadInputError(f"{name} is a network already; architectures are for what is trained first.")
        digest = hashlib.sha256(content).hexdigest()
        contents[digest] = content
        sources.append((name, digest))
    count = len(sources) * len(seeds) * len(architectures) * len(budgets)
    if count > MOST_UNITS:
        raise BadInputError(
            f"These are {count:,} units, and one sweep does at most {MOST_UNITS:,}; take fewer sources or seeds."
        )
    units = [
        Unit(source, digest, seed, float(budget), architecture, label_free, (digest and options) or NetworkOptions())
        for budget in budgets
        for architecture in architectures
        for seed in seeds
        for source, digest in sources
    ]
    if not units:
        raise BadInputError("There is nothing to do: name tasks or files, and at least one seed.")
    return Plan(tuple(dict.fromkeys(units)), contents)


@lru_cache(maxsize=1)
def environment() -> Mapping[str, str]:
    """Return versions of all that decides about results, the same on every machine of a cluster that may take part."""
    found = {"code": code_digest(), "python": ".".join(platform.python_version_tuple()[:2])}
    for package in _DECIDING:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "none"
    return found


def told_differences(other: Mapping[str, str]) -> str:
    """Return in words how another environment differs from this one; "" where it does not."""
    mine = environment()
    names = [name for name in mine if other.get(name) != mine[name]]
    return ", ".join(f"{name} {shortened(str(other.get(name)))} instead of {mine[name]}" for name in names)
