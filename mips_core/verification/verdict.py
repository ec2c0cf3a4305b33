"""What is said of a program that anybody may have written: the verdict, and its reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mips_core.verification.compare import Counterexample


@dataclass(frozen=True)
class Verdict:
    """What ``mips verify`` says.

    Parameters
    ----------
    verdict : "agrees", "differs", "refused" (the program is not allowed, or is no function of its input)
        or "stopped" (too long, too much memory)
    reason : one sentence why, None when it agrees
    claim : exactly what was checked; None when nothing was
    counterexample : shortest difference found, or None
    tried_to : every word up to this length was tried and agrees; 0 when not even all single inputs were
    line, column : where a refused program is refused, from 1, or None
    """

    verdict: str
    reason: str | None = None
    claim: str | None = None
    counterexample: Counterexample | None = None
    tried_to: int = 0
    line: int | None = None
    column: int | None = None

    @property
    def is_shortest(self) -> bool:
        """Whether every word that is shorter than the counterexample was tried and agrees."""
        return self.counterexample is not None and self.tried_to >= self.counterexample.length - 1

    def to_dict(self) -> dict[str, Any]:
        """Return the plain dictionary that the command line prints."""
        shown = None if self.counterexample is None else self.counterexample.to_dict()
        return {"verdict": self.verdict, "reason": self.reason, "claim": self.claim, "counterexample": shown}


def brief(value: object) -> str:
    """Write a value in at most 60 characters, of which the last ones matter."""
    text = str(value)
    return text if len(text) <= 60 else "..." + text[-57:]


def reason_of(shown: Counterexample) -> str:
    """Say in one sentence where a program and a network differ."""
    where = f"On the inputs {brief(shown.inputs)}"
    if isinstance(shown.right, str):
        return f"{where} the network gives {brief(shown.left)}; the program fails: {shown.right}."
    if not shown.inputs:
        return f"{where} the program gives {brief(shown.right)}."
    return f"{where} the last output of the network is {shown.left[-1]}, and of the program {shown.right[-1]}."
