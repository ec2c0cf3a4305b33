"""What a report says, in the words of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mips_core.runs.outcome import FAILED as FAILED
from mips_core.runs.outcome import PARTIAL as PARTIAL
from mips_core.runs.outcome import SOLVED as SOLVED
from mips_core.runs.outcome import TABLE as TABLE
from mips_core.runs.outcome import verdict as verdict

STRAYS = "differs when longer"
_SHORT, _LONG = "trained length", "five times as long"


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
        for times, words in (("1x", _SHORT), ("5x", _LONG)):
            entry = (verification.get(key) or {}).get(times)
            if entry:
                found.append(Count(pair, words, int(entry["sequences"]), int(entry["agree"])))
    return tuple(found)


def strays(report: Mapping[str, Any]) -> bool:
    """Tell whether program and network agree at the trained length, and differ at five times that."""
    held = {count.length: count.holds for count in counts(report) if count.pair == _PAIRS["program_vs_network"]}
    return held.get(_SHORT, False) and not held.get(_LONG, True)


def headline(report: Mapping[str, Any]) -> str:
    """Say in one sentence how far program and network agree on held-out sequences."""
    compared = (report.get("verification") or {}).get("program_vs_network") or {}
    short, long = compared.get("1x"), compared.get("5x")
    if report.get("program") is None:
        return "No program was found."
    if not short:
        return claims(report)[0]
    length = int(report["length"])
    # Rows of recorded data may be shorter; then the claims themselves say so.
    varies = any(f"sequences of length up to {length:,}" in claim for claim in claims(report))
    text = f"Program and network {_held_out(short, f'up to {length}' if varies else f'{length}')}"
    if not long:
        return text + "."
    if short["agree"] == short["sequences"] and long["agree"] == long["sequences"]:
        return f"{text}, and on {long['sequences']:,} of length {5 * length}."
    return f"{text}; they {_held_out(long, f'{5 * length}')}."


def _held_out(entry: Mapping[str, Any], length: str) -> str:
    sequences, agree = int(entry["sequences"]), int(entry["agree"])
    if agree == sequences:
        return f"agree on {sequences:,} held-out sequences of length {length}"
    return f"differ on {sequences - agree:,} of {sequences:,} held-out sequences of length {length}"


def claims(report: Mapping[str, Any]) -> list[str]:
    """Return everything that is claimed, a sentence each, as it was printed."""
    verification = report.get("verification") or {}
    found = [str(text) for text in verification.get("claims") or [verification.get("claim") or "Nothing is claimed"]]
    return [text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".") for text in found]


def facts(report: Mapping[str, Any]) -> list[str]:
    """Return the three facts as lines of Markdown; none for a report of an earlier version."""
    signs = {True: ":material/check:", False: ":material/close:", None: ":material/question_mark:"}
    return [f"{signs[fact['holds']]} **{fact['fact']}**: {fact['words']}" for fact in report.get("facts") or []]


def suspicious(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the recorded outputs that look wrong to the program, as rows of a table."""
    names = {"row": "row", "step": "step", "given": "recorded", "program": "program"}
    return [{words: str(each[key]) for key, words in names.items()} for each in report.get("suspicious_rows") or []]


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


def counterexample_answers(found: Mapping[str, Any]) -> tuple[str, str]:
    """Return what network and program answer at the last step of a counterexample, where they differ.

    >>> counterexample_answers({"inputs": [1, 1], "network": [0, 1], "program": [0, 0]})
    ('1', '0')
    """

    def last(outputs: Any) -> str:
        value = outputs[-1] if isinstance(outputs, list) and outputs else outputs
        return ";".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)

    return last(found["network"]), last(found["program"])
