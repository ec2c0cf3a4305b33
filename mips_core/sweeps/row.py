"""What became of one unit of a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import check_format
from mips_core.sweeps.plan import Unit

FORMAT, VERSION = "mips-sweep-row", 1
FILE = "sweep.json"
"""In the folder of a run: the row of the unit that made it."""


class Outcome(StrEnum):
    """How the work on a unit ended."""

    SOLVED = "solved"
    UNSOLVED = "unsolved"
    FAILED = "failed"


@dataclass(frozen=True)
class Row:
    """What became of one unit.

    Parameters
    ----------
    unit, address : the work, and its address when it was done
    outcome : a program that agrees, none such, or an error
    reason : the claim of the program, or why there is none, in words
    run : id of the stored run; "" without one
    accuracy : share of held-out sequences that the network has right, in [0, 1], or None
    rung : architecture that gave the network
    method, nodes : of the program, or None
    digest : 16 hexadecimal digits of network, machine, program and verification; equal results, equal digests
    seconds : own time of the work, without starting a process
    hurried : the system's clock ended a search, so that another machine may give another program
    stored : the run was there already, nothing was computed
    attempts : how often the work was begun; more than 1 after a worker was lost
    worker : who did it
    held_megabytes, peak_megabytes : memory of the worker's process after this unit, and the most so far
    """

    unit: Unit
    address: str
    outcome: Outcome
    reason: str = ""
    run: str = ""
    accuracy: float | None = None
    rung: str | None = None
    method: str | None = None
    nodes: int | None = None
    digest: str = ""
    seconds: float = 0.0
    hurried: bool = False
    stored: bool = False
    attempts: int = 1
    worker: str = ""
    held_megabytes: float = 0.0
    peak_megabytes: float = 0.0

    @property
    def program_text(self) -> str:
        """The program in two words.

        >>> Row(Unit("Sum_All"), "", Outcome.SOLVED, method="formula", nodes=4).program_text
        'formula, 4 nodes'
        """
        return "no program" if self.method is None else f"{self.method}, {self.nodes:,} nodes"

    @property
    def found_text(self) -> str:
        """The program in two words, or why the work failed."""
        return self.reason if self.outcome == Outcome.FAILED else self.program_text

    def as_stored(self) -> Row:
        """Return the row of a run that was there already."""
        return replace(self, stored=True, attempts=0, held_megabytes=0.0, peak_megabytes=0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self), "format": FORMAT, "version": VERSION, "unit": self.unit.to_dict()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any], where: str) -> Row:
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        BadInputError
            when a field is missing or malformed.
        FormatVersionError
            when it was written by a newer version.
        """
        found = dict(check_format(value, FORMAT, VERSION, where))
        del found["format"], found["version"]
        try:
            unit, outcome = Unit.from_dict(found.pop("unit")), Outcome(found.pop("outcome"))
            return cls(unit, str(found.pop("address")), outcome, **found)
        except (KeyError, TypeError, ValueError) as error:
            raise BadInputError(f"{where} is damaged: {error}.") from None
