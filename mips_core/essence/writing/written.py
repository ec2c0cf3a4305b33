"""What writing takes and gives besides groups: the values of an input, the program, how it came about."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mips_core.programs.loops import LoopProgram


@dataclass(frozen=True)
class InputValues:
    """Which numbers the inputs are.

    Parameters
    ----------
    low, high : the least and the greatest
    whole : whether they are integers; False: any real numbers between
    """

    low: float = 0
    high: float = 1
    whole: bool = True

    @property
    def are_bounded(self) -> bool:
        """Whether inputs are integers between two integers."""
        return self.whole and math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def are_bits(self) -> bool:
        """Whether every input is 0 or 1."""
        return self.whole and (self.low, self.high) == (0, 1)


@dataclass(frozen=True)
class Rewrite:
    """One simplification that was used.

    Parameters
    ----------
    name : the identity, a few words
    why : one sentence on why it holds here
    groups : the groups whose neurons it is about
    """

    name: str
    why: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A program with the way that led from groups to it.

    Parameters
    ----------
    program : equal to the groups on every input of the given values, at every size from the smallest given on
    form : which form was the smallest: "flat", "window", "counts", "blocks", "strict maximum", "greatest values",
        "generic", "rule and window" or "clauses"
    steps : the rewrites, in order
    lines : number of a line of the text, from 1 -> the groups that it computes
    """

    program: LoopProgram
    form: str
    steps: tuple[Rewrite, ...]
    lines: Mapping[int, tuple[str, ...]]
