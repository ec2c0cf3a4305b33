"""Results of Deep Distilling as files: what a page shows at once, without training anything.

A result is two files: ``NAME.json`` with groups, code, certificate and curves, ``NAME.safetensors.gz`` with the network
of the first size.  Reading them needs neither scikit-learn nor SciPy.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.essence.condensed import Condensed
from mips_core.essence.condensed_json import condensed_from_dict, condensed_to_dict
from mips_core.essence.data import EssenceData, Reading, Samples
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.network_file import network_bytes, parse_networks
from mips_core.essence.story import Story
from mips_core.files import json_bytes, read_bytes, read_json
from mips_core.programs.loops import LoopProgram
from mips_core.programs.loops.parse import parse_loop_program
from mips_core.resources import asset

FORMAT, VERSION = "mips essence result", 1
NETWORK_ENDING = ".safetensors.gz"


@dataclass(frozen=True, eq=False)
class StoredEssence:
    """One finished distillation.

    Parameters
    ----------
    name : of the task or data file
    data : what was taught
    network : of the first size
    condensed : the groups, with their neurons at the first size
    reading : what the function takes
    whole : inputs are integers, between ``low`` and ``high``
    lines : number of a line of the program's text, from 1 -> the groups that it computes
    rewrites : (name, why) of each simplification on the way from groups to code
    stories : how the subconcepts came about
    report : what ``mips essence --json`` says
    baselines : other models taught the same data, and how they did
    """

    name: str
    data: EssenceData
    network: EssenceNetwork
    condensed: Condensed
    reading: Reading
    whole: bool
    low: float
    high: float
    lines: Mapping[int, tuple[str, ...]]
    rewrites: tuple[tuple[str, str], ...]
    stories: tuple[Story, ...]
    report: Mapping[str, Any]
    baselines: tuple[Mapping[str, Any], ...] = ()

    @property
    def samples(self) -> Samples:
        """The samples of the first size."""
        return self.data.samples[0]

    @property
    def source(self) -> str:
        """The program's text."""
        return str(self.report["program"]["source"])

    @cached_property
    def digest(self) -> str:
        """A text that tells this network and program from all others."""
        return sha256(network_bytes([self.network]) + self.source.encode("utf-8")).hexdigest()

    @cached_property
    def program(self) -> LoopProgram:
        """The program, read back from its text."""
        return parse_loop_program(self.source)


def stored_files(stored: StoredEssence) -> dict[str, bytes]:
    """Return the two files of a result, by name."""
    value = {
        "format": FORMAT,
        "version": VERSION,
        "condensed": condensed_to_dict(stored.condensed),
        "reading": stored.reading,
        "inputs": {"whole": stored.whole, "low": stored.low, "high": stored.high},
        "lines": {str(line): list(groups) for line, groups in stored.lines.items()},
        "rewrites": [list(each) for each in stored.rewrites],
        "stories": [story.to_dict() for story in stored.stories],
        "report": dict(stored.report),
        "baselines": [dict(each) for each in stored.baselines],
    }
    packed = gzip.compress(network_bytes([stored.network]), mtime=0)
    return {f"{stored.name}{NETWORK_ENDING}": packed, f"{stored.name}.json": json_bytes(value, compact=True)}


def read_stored(folder: Path, name: str, data: EssenceData) -> StoredEssence:
    """Read the two files of a result.

    Parameters
    ----------
    data : what it was taught

    Raises
    ------
    BadInputError
        when a file is missing or damaged.
    """
    place = folder / f"{name}.json"
    value = read_json(place, FORMAT, VERSION)
    try:
        packed = gzip.decompress(read_bytes(folder / f"{name}{NETWORK_ENDING}"))
        (network,) = parse_networks(packed, f"{name}{NETWORK_ENDING}")
        inputs = value["inputs"]
        return StoredEssence(
            name,
            data,
            network,
            condensed_from_dict(value["condensed"]),
            value["reading"],
            bool(inputs["whole"]),
            inputs["low"],
            inputs["high"],
            {int(line): tuple(groups) for line, groups in value["lines"].items()},
            tuple((str(title), str(why)) for title, why in value["rewrites"]),
            tuple(Story.from_dict(each) for each in value["stories"]),
            value["report"],
            tuple(value["baselines"]),
        )
    except (LookupError, TypeError, ValueError, AttributeError, EOFError, OSError, zlib.error) as error:
        raise BadInputError(f"{place} is damaged ({type(error).__name__}). Make it again, or choose another.") from None


def shipped_folder() -> Path:
    """Return where the results lie that ship with the explorer."""
    return asset("essence")


def shipped_names() -> tuple[str, ...]:
    """Return the names of the results that ship."""
    return tuple(sorted(path.stem for path in shipped_folder().glob("*.json")))


def at_first_size(condensed: Condensed) -> Condensed:
    """Return groups with the neurons of the first size only."""
    return replace(condensed, sizes=condensed.sizes[:1], neurons=condensed.neurons[:1])
