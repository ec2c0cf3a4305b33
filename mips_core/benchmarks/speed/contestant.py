"""What is measured: one way to do one piece of work, ours or a peer's, and what it gave."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

OURS = "ours"
"""The name of our own way in every comparison."""


@dataclass(frozen=True)
class Judgement:
    """Whether a piece of work was done, and how well.

    Parameters
    ----------
    solved : the output is what was asked for, tested independently of who made it
    facts : numbers and words beside the seconds, as JSON holds them (literals, queries, candidates per second)
    reason : why it was not solved
    here : the work was done in the contestant's own process, so that its memory says what the work took
    """

    solved: bool
    facts: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    here: bool = True


class Contestant(Protocol):
    """One way to do one piece of work: a frozen dataclass of a module, so that it travels to a process of its own.

    Only :meth:`run` is timed.  Whatever loads a library or draws the input belongs into :meth:`prepare`, which is
    called anew before every run.
    """

    @property
    def name(self) -> str:
        """Who does it: :data:`OURS`, or a package with its version."""

    def prepare(self) -> Any:
        """Return the input, which is the same for all contestants."""

    def run(self, prepared: Any) -> Any:
        """Do the work."""

    def judge(self, prepared: Any, output: Any) -> Judgement:
        """Say whether the output is right."""


def versioned(package: str) -> str | None:
    """Return a package's name with its version, or None where it is not installed.

    >>> versioned("no-such-package") is None
    True
    """
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return None


def importable(module: str) -> bool:
    """Whether a module can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None
