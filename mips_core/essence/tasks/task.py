"""One task: data that teach a rule, everything said about it, and how answers are judged at sizes never taught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mips_core.essence.data import EssenceData


@dataclass(frozen=True, eq=False)
class EssenceTask:
    """A named data set; the name chooses the data and nothing else.

    Parameters
    ----------
    name : as on the command line, e.g. "eca-110"
    title : as a heading, e.g. "Rule 110"
    sentence : what is learned and from what
    data : makes the data
    """

    name: str
    title: str
    sentence: str
    data: Callable[[], EssenceData]
