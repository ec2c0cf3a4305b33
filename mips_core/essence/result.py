"""What comes out of a distillation: the program with everything that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mips_core.essence.condensed import Condensed
from mips_core.essence.data import EssenceData, Reading
from mips_core.essence.losslessness import Losslessness
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.writing import InputValues, Written
from mips_core.programs.loops import LoopProgram

if TYPE_CHECKING:
    from mips_core.essence.training import Candidate


@dataclass(frozen=True)
class Attempt:
    """One way from a network to a program.

    Parameters
    ----------
    network : which of the trained networks, in words
    reading : what the function was to take
    outcome : "lossless" or why there is no such program
    lines : of the program, where there is one
    """

    network: str
    reading: Reading
    outcome: str
    lines: int | None = None

    @property
    def sentence(self) -> str:
        """The attempt in one line."""
        size = "" if self.lines is None else f" ({self.lines} lines)"
        return f"{self.network}, read as {self.reading}: {self.outcome}{size}"


@dataclass(frozen=True)
class Seconds:
    """What the stages took."""

    train: float
    condense: float
    verify: float

    def to_dict(self) -> dict[str, float]:
        """Return plain JSON values."""
        return {name: round(value, 4) for name, value in vars(self).items()}


@dataclass(frozen=True)
class EssenceResult:
    """A program with everything that it came from.

    Parameters
    ----------
    data : what was taught
    candidates : for each size of the data the network, and how its subconcepts came about
    condensed : their groups; where these follow no loop over sizes those of the first network, see ``each_size``
    reading : what the function takes
    values : what the function's inputs may be
    written : the program and the way to it
    losslessness : the certificate
    tried : all attempts, those that failed too
    seconds : of training, condensing (with writing) and verifying
    each_size : () or, where the groups of one size say nothing of another, those of each network: the program was
        written for each size, and its constants are formulas in the size that fit
    """

    data: EssenceData
    candidates: tuple[Candidate, ...]
    condensed: Condensed
    reading: Reading
    values: InputValues
    written: Written
    losslessness: Losslessness
    tried: tuple[Attempt, ...]
    seconds: Seconds
    each_size: tuple[Condensed, ...] = ()

    @property
    def networks(self) -> tuple[EssenceNetwork, ...]:
        """One for each size of the data."""
        return tuple(each.network for each in self.candidates)

    @property
    def network(self) -> EssenceNetwork:
        """The network of the first size."""
        return self.candidates[0].network

    @property
    def program(self) -> LoopProgram:
        """The program."""
        return self.written.program
