"""The three facts of a run, never mixed: program = data, program = network, network = machine.

Each is what its own claims say, no more: a program that is right on the data need not be its network's, and a network
that its machine follows on every sequence tried is still not proved to be that machine.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mips_core.verification.claims import Claim, Strength

_PAIRS = (("program", "data"), ("program", "network"), ("network", "machine"))
_UNKNOWN = {
    "data": "not known: no data to compare with",
    "network": "not known: no program was found",
    "machine": "not known: no machine was found",
}


@dataclass(frozen=True)
class Fact:
    """One of the three facts.

    Parameters
    ----------
    left, right : what is compared
    holds : True when everything that was checked agrees, False when something differs, None when nothing was checked
    words : what was checked
    """

    left: str
    right: str
    holds: bool | None
    words: str

    @property
    def name(self) -> str:
        """The fact as it is asked for, e.g. "program = data"."""
        return f"{self.left} = {self.right}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"fact": self.name, "holds": self.holds, "words": self.words}


def three_facts(claims: Iterable[Claim], holds_to: int | None) -> tuple[Fact, Fact, Fact]:
    """Sort claims into the three facts.

    Parameters
    ----------
    holds_to : longest length up to which no difference between program and network was found; None without a program
    """
    listed = tuple(claims)
    data, network, machine = (_fact(left, right, listed) for left, right in _PAIRS)
    if network.holds is not None and holds_to is not None:
        reach = f"no difference was found to length {holds_to:,}"
        network = Fact(network.left, network.right, network.holds, f"{network.words}; {reach}")
    proved = any((c.left, c.right) == _PAIRS[2] and c.strength >= Strength.PROVED_TO_LENGTH for c in listed)
    if machine.holds and not proved:
        machine = Fact(machine.left, machine.right, machine.holds, f"{machine.words}; no proof for other sequences")
    return data, network, machine


def _fact(left: str, right: str, claims: tuple[Claim, ...]) -> Fact:
    found = [c for c in claims if (c.left, c.right) == (left, right)]
    found.sort(key=lambda c: c.strength is not Strength.DIFFERS)  # what differs comes first
    if not found:
        missing = left == "program" and not any(c.left == "program" for c in claims)
        return Fact(left, right, None, _UNKNOWN["network" if missing else right])
    holds = all(c.strength is not Strength.DIFFERS for c in found)
    return Fact(left, right, holds, "; ".join(c.words for c in found))
