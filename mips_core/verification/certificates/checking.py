"""Check a certificate of any kind, and the machine and the program that lie beside it, each with its checker."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mips_core import certificate_checker, integer_checker, lattice_checker, level_checker, region_checker
from mips_core.region_checker import Refused, check_other

SmallChecker = Callable[[bytes, bytes, bytes | None], str]

SMALL_CHECKERS: Mapping[str, SmallChecker] = {
    "grid": certificate_checker.check,
    "integers": integer_checker.check,
    "lattice": lattice_checker.check,
    "levels": level_checker.check,
}
"""By the kind of a certificate: one file each, which anybody can read and run."""

LARGE_CHECKER = "region_checker"
OWN_MACHINE = "the certificate's machine"


@dataclass(frozen=True)
class Checked:
    """One statement, and whether a checker accepts it.

    Parameters
    ----------
    left, right : what is compared, e.g. "network" and "machine.json"
    checker : the module that looked
    accepted : whether it is so
    sentence : what is proved, or why it is refused
    """

    left: str
    right: str
    checker: str
    accepted: bool
    sentence: str

    @property
    def line(self) -> str:
        """The statement as a reader sees it."""
        verdict = "accepted" if self.accepted else "refused"
        return f"{verdict}: {self.left} against {self.right}: {self.sentence} ({self.checker})."

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "left": self.left, "right": self.right, "checker": self.checker, "accepted": self.accepted,
            "sentence": self.sentence,
        }  # fmt: skip


def checked_files(certificate: bytes, network: bytes, others: Mapping[str, bytes]) -> tuple[Checked, ...]:
    """Check what is proved of a network, and that other files do what the certificate's machine does.

    Parameters
    ----------
    certificate, network : contents of the files
    others : contents by name of machine.json or program (.py) files

    Returns
    -------
    a statement about the network, and one about each other file; the first one alone where that is refused
    """
    value = _object(certificate)
    machine, small = value.get("machine"), SMALL_CHECKERS.get(str(value.get("kind")))
    same: str | None = None
    if small is None:
        first = _tried(
            "network", OWN_MACHINE, LARGE_CHECKER,
            lambda: region_checker.check(certificate, network, {}).rpartition(": ")[2],
        )  # fmt: skip
    else:
        same = next((name for name, data in others.items() if machine is not None and _object(data) == machine), None)
        given = None if same is None else others[same]
        checker = small.__module__.rpartition(".")[2]
        first = _tried("network", same or OWN_MACHINE, checker, lambda: small(certificate, network, given))
    if not first.accepted:
        return (first,)
    card = certificate_checker.Network(network).card
    return first, *(
        _tried(name, same or OWN_MACHINE, LARGE_CHECKER, partial(check_other, certificate, card, data, name))
        for name, data in others.items()
        if name != same
    )


def check(certificate: bytes, network: bytes, others: Mapping[str, bytes]) -> str:
    """Check everything; return the sentence that is proved.

    Raises
    ------
    Refused
        naming the first thing that fails.
    """
    found = checked_files(certificate, network, others)
    wrong = next((each for each in found if not each.accepted), None)
    if wrong is not None:
        raise Refused(wrong.sentence)
    return sentence_of(certificate, others, found[0])


def sentence_of(certificate: bytes, covered: Iterable[str], network: Checked) -> str:
    """Return what is proved in one sentence, of the files that were found to do the same.

    Parameters
    ----------
    network : the statement about the network
    """
    value, files = _object(certificate), " and ".join(covered) or "machine of the certificate"
    # small checkers know a network by its file, the large one by what its outputs depend on
    digest, small = str(value["network"])[:16], value.get("kind") in SMALL_CHECKERS
    name = f"file sha256 {digest}…" if small else f"content digest {digest}"
    return f"{files} against network ({name}): {network.sentence}"


def _object(data: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a file, empty where it holds none; what is wrong with it the checker says."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _tried(left: str, right: str, checker: str, attempt: Callable[[], str]) -> Checked:
    try:
        return Checked(left, right, checker, True, attempt())
    except (certificate_checker.Refused, Refused) as error:
        return Checked(left, right, checker, False, str(error))
