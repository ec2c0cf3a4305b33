"""What came of a distillation, in one word: read off its report alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SOLVED, TABLE, PARTIAL, FAILED = "formula", "table", "differs", "no program"
IMPERFECT = "imperfect network"


def verdict(report: Mapping[str, Any]) -> str:
    """Return one of :data:`SOLVED`, :data:`TABLE`, :data:`PARTIAL` and :data:`FAILED`.

    >>> verdict({"program": None})
    'no program'
    """
    program = report.get("program")
    if program is None:
        return FAILED
    short = ((report.get("verification") or {}).get("program_vs_network") or {}).get("1x")
    exact = short is not None and short["agree"] == short["sequences"]
    if not exact and not report.get("imperfect_network"):
        return PARTIAL
    return TABLE if program.get("method") == "table" else SOLVED


def succeeded(report: Mapping[str, Any]) -> bool:
    """Whether a program was found that does what its network does, or is right where that is not."""
    return verdict(report) in (SOLVED, TABLE)


def accuracy(report: Mapping[str, Any]) -> float | None:
    """Return the share of held-out sequences on which the network gives what the data say; None where none were."""
    counted = ((report.get("verification") or {}).get("network_vs_data") or {}).get("1x")
    return counted["agree"] / counted["sequences"] if counted and counted["sequences"] else None
