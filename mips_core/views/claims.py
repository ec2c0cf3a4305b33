"""What a report says, in the words of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SOLVED, TABLE, PARTIAL, FAILED = "exact formula", "exact table", "differs", "no program"


@dataclass(frozen=True)
class Count:
    """One comparison: what with what, how long, and on how many sequences they agree."""

    pair: str
    length: str
    sequences: int
    agree: int

    @property
    def holds(self) -> bool:
        """Whether they agree on every sequence."""
        return self.agree == self.sequences

    @property
    def text(self) -> str:
        """The count in full."""
        return f"{self.agree:,} of {self.sequences:,}"


_PAIRS = {
    "program_vs_network": "program and network",
    "program_vs_data": "program and data",
    "network_vs_data": "network and data",
}


def counts(report: Mapping[str, Any]) -> tuple[Count, ...]:
    """Return every comparison of a report that was made."""
    verification = report.get("verification") or {}
    found = []
    for key, pair in _PAIRS.items():
        for times, words in (("1x", "trained length"), ("5x", "five times as long")):
            entry = (verification.get(key) or {}).get(times)
            if entry:
                found.append(Count(pair, words, int(entry["sequences"]), int(entry["agree"])))
    return tuple(found)


def verdict(report: Mapping[str, Any]) -> str:
    """Return one of the four words of a card."""
    program = report.get("program")
    if program is None:
        return FAILED
    short = ((report.get("verification") or {}).get("program_vs_network") or {}).get("1x")
    exact = short is not None and short["agree"] == short["sequences"]
    if not exact and not report.get("imperfect_network"):
        return PARTIAL
    return TABLE if program.get("method") == "table" else SOLVED


def claim_text(report: Mapping[str, Any]) -> str:
    """Return the claim as it was printed, with its first letter raised and a full stop."""
    text = str((report.get("verification") or {}).get("claim") or "Nothing was claimed").strip()
    text = text[0].upper() + text[1:]
    return text if text.endswith(".") else text + "."


def counterexample(report: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the shortest difference between program and network, or None."""
    found = (report.get("verification") or {}).get("counterexample")
    return found if found else None


def counterexample_text(found: Mapping[str, Any]) -> str:
    """Return the inputs of a counterexample as they are typed.

    >>> counterexample_text({"inputs": [[0, 1], [1, 1]]})
    '0;1 1;1'
    """
    steps = [step if isinstance(step, list | tuple) else [step] for step in found["inputs"]]
    return " ".join(";".join(str(value) for value in step) for step in steps)
