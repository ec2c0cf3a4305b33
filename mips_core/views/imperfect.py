"""What to say where a program is right and the network that it was taken from is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mips_core.runs.outcome import IMPERFECT as IMPERFECT
from mips_core.views.claims import Count, counts

_SEQUENCES = {"trained length": "held-out sequences"}
"""What the sequences of a comparison are called, where that is not their length alone."""


def imperfect_sentences(report: Mapping[str, Any]) -> str:
    """Say what program and network were each counted to do; "" for a report without this difference.

    E.g. "The program gives the right answers on all 4,096 held-out sequences. The network does not: it differs from
    the program on 114 of 4,096 held-out sequences."  Nothing is said beyond the counts of the report.
    """
    if not report.get("imperfect_network"):
        return ""
    found = counts(report)
    right = [count for count in found if count.pair == "program and data"]
    apart = [count for count in found if count.pair == "program and network" and not count.holds]
    if not right or not apart:
        return ""
    doubtful = len(report.get("suspicious_rows") or [])
    if all(count.holds for count in right):
        program = f"The **program** gives the right answers on all {_joined(right)}."
    elif doubtful:
        outputs = "one output that looks" if doubtful == 1 else f"{doubtful:,} outputs that look"
        program = f"The **program** gives the recorded answers but for {outputs} wrong."
    else:
        return ""
    differ = " and on ".join(f"{count.sequences - count.agree:,} of {_sequences(count)}" for count in apart)
    return f"{program} The **network** does not: it differs from the program on {differ}."


def _joined(found: list[Count]) -> str:
    return " and on all ".join(_sequences(count) for count in found)


def _sequences(count: Count) -> str:
    return f"{count.sequences:,} {_SEQUENCES.get(count.length, count.length)}"
