"""What is proved of the networks of a run: the one that was trained, and the one that was changed for a proof.

A run keeps its network as it was trained.  Where a proof needed another one, e.g. with hidden states rounded to a grid,
that is a network of its own, beside it, with the certificate that is about it.  What a certificate claims is read here,
and that it speaks of this network; whether its proof holds, only the checker says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError, MipsError
from mips_core.files import read_bytes
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import load_network, network_digest
from mips_core.runs.run import Run
from mips_core.tasks.vocabulary import Words, numbered_step
from mips_core.verification.claims import Claim, Strength, counted, read_claim, strength_of, together

PROVED_NETWORK = "proved_network.safetensors"
"""A network that was changed so that it can be proved; its card says what was changed."""
CERTIFICATE = "certificate.json"
"""The certificate of the changed network, or of the network as trained where there is no changed one."""
CERTIFICATE_AS_TRAINED = "certificate_as_trained.json"
STORY = "proof.json"
"""How the changed network came about, or why there is none."""
HUNT, HUNT_PROVED = "hunt.json", "hunt_proved.json"
"""What ``mips hunt --json`` found of the network as trained, and the like of the changed one."""
FORMAT = "mips-certificate"
NOT_SAID = "not said how"


@dataclass(frozen=True)
class Difference:
    """A word on which a network differs.

    Parameters
    ----------
    steps : the inputs, a row of integers for each step
    against : from what it differs: "program", "machine" or "data"
    """

    steps: tuple[tuple[int, ...], ...]
    against: str

    @property
    def claim(self) -> Claim:
        """The difference on the ladder."""
        return Claim(Strength.DIFFERS, "network", self.against, f"differs on a sequence of length {len(self.steps)}")


@dataclass(frozen=True, eq=False)
class Proof:
    """One network of a run with its certificate.

    Parameters
    ----------
    run : whose network it is
    network_path : its file
    certificate_path : where its certificate is; None where it has none
    heard : what hunts found that are not stored with the run, each in the form of ``mips hunt --json``
    """

    run: Run
    network_path: Path
    certificate_path: Path | None
    heard: tuple[Mapping[str, Any], ...] = ()

    @cached_property
    def network(self) -> MlpNetwork | CellNetwork:
        """The network, exactly as stored; BadInputError when its file is damaged, or not the one of the report."""
        found = load_network(self.network_path) if self.is_changed else self.run.network
        assert isinstance(found, MlpNetwork | CellNetwork)
        return found

    @property
    def is_changed(self) -> bool:
        """Whether it is a network that was changed for the proof."""
        return self.network_path.name == PROVED_NETWORK

    @cached_property
    def digest(self) -> str:
        """16 hex digits of all that its outputs depend on."""
        return network_digest(self.network)

    @cached_property
    def certificate(self) -> Mapping[str, Any] | None:
        """The certificate as it lies on disk; None where there is none.

        Raises
        ------
        BadInputError
            when the file is damaged or speaks of another network.
        """
        path = self.certificate_path
        if path is None:
            return None
        try:
            value = json.loads(read_bytes(path))
        except (ValueError, RecursionError) as error:
            raise BadInputError(f"The certificate {path.name} is damaged: it is no JSON ({error}).") from None
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise BadInputError(f"The certificate {path.name} is damaged: its format is not {FORMAT}.")
        length, claim = value.get("length", 0), value.get("claim")
        reach = _reach(length)
        if reach is None or not isinstance(claim, str) or strength_of(claim) is not reach:
            raise BadInputError(f"The certificate {path.name} is damaged: its claim and its length do not fit.")
        rest = {key: kept for key, kept in value.items() if key != "seal"}
        if value.get("seal") != hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest():
            raise BadInputError(f"The certificate {path.name} was changed: its seal does not fit.")
        about = str(value.get("network"))
        # some kinds name the digest of what the outputs depend on, others that of the whole file
        if not about.startswith((self.digest, hashlib.sha256(read_bytes(self.network_path)).hexdigest())):
            raise BadInputError(
                f"The certificate {path.name} is about the network {about[:16]}, and not about this one, {self.digest}."
            )
        return value

    @property
    def claim(self) -> Claim | None:
        """What its certificate claims, on the ladder; None without one, BadInputError when it is damaged."""
        if self.certificate is None:
            return None
        strength = _reach(self.certificate["length"])
        assert strength is not None
        return Claim(strength, "network", "machine", str(self.certificate["claim"]))

    @cached_property
    def hunted(self) -> Mapping[str, Any] | None:
        """What a stored hunt found of this very network, in the form of ``mips hunt --json``, or None.

        Raises
        ------
        BadInputError
            when the file is damaged.
        """
        path = self.run.folder / (HUNT_PROVED if self.is_changed else HUNT)
        if not path.is_file():
            return None
        try:
            value = json.loads(read_bytes(path))
        except (ValueError, RecursionError) as error:
            raise BadInputError(f"The file {path.name} is damaged: it is no JSON ({error}).") from None
        if not isinstance(value, dict):
            raise BadInputError(f"The file {path.name} is damaged: it holds no JSON object.")
        if value.get("network") != self.digest:
            return None  # of another network: the run was made again since
        word, width = value.get("word"), self.network.input_width
        right = isinstance(word, list) and all(isinstance(x, list) and len(x) == width for x in word)
        if word is not None and not (right and all(type(v) is int for x in word for v in x)):
            raise BadInputError(f"The file {path.name} is damaged: its word is none of this network's.")
        return value

    @property
    def counterexample(self) -> Difference | None:
        """The shortest word that is known on which it differs, from a stored hunt or from the report; None without."""
        stored = None if self.hunt_problem else self.hunted
        hunts = [stored or {}, *(each for each in self.heard if each.get("network") == self.digest)]
        found = [
            Difference(tuple(map(tuple, each["word"])), str(each.get("against") or "machine"))
            for each in hunts
            if each.get("word")
        ]
        known = (self.run.report.get("verification") or {}).get("counterexample")
        if known and not self.is_changed:  # the report is about the network that was distilled
            found.append(Difference(_steps(known["inputs"], self.network.card.input_words), "program"))
        return min(found, key=lambda each: len(each.steps), default=None)

    @property
    def problem(self) -> str:
        """Why network or certificate cannot be read, or ""."""
        try:
            self.certificate  # noqa: B018
        except MipsError as error:
            return str(error)
        return ""

    @property
    def hunt_problem(self) -> str:
        """Why the network or what a hunt found of it cannot be read, or ""."""
        try:
            self.hunted  # noqa: B018
        except MipsError as error:
            return str(error)
        return ""


@dataclass(frozen=True, eq=False)
class Proofs:
    """The networks of a run.

    Parameters
    ----------
    as_trained : the network that was distilled; where somebody distilled one that was changed for a proof, its card
        says so (:func:`change_of`)
    changed : the one that was changed for a proof, or None
    """

    as_trained: Proof
    changed: Proof | None

    @cached_property
    def story(self) -> Mapping[str, Any] | None:
        """What is stored of how the changed network was made, with its rounds; None where nothing is.

        Raises
        ------
        BadInputError
            when the file is damaged.
        """
        path = self.as_trained.run.folder / STORY
        if not path.is_file():
            return None
        try:
            value = json.loads(read_bytes(path))
            rounds, made_from = list(value["rounds"]), str(value["made_from"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadInputError(f"The file {path.name} is damaged ({error!r}).") from None
        # what was made from another network says nothing about this one
        return {**value, "rounds": rounds} if made_from == self.as_trained.digest else None

    @property
    def both(self) -> tuple[Proof, ...]:
        """Those there are, as trained first."""
        return (self.as_trained,) if self.changed is None else (self.as_trained, self.changed)


def proofs_of(run: Run) -> Proofs:
    """Return what is stored of a run's proofs; nothing is checked yet."""
    changed = run.folder / PROVED_NETWORK
    certificate, unchanged = run.folder / CERTIFICATE, run.folder / CERTIFICATE_AS_TRAINED
    if changed.is_file():
        found = Proof(run, changed, certificate if certificate.is_file() else None)
        return Proofs(Proof(run, run.network_file, unchanged if unchanged.is_file() else None), found)
    own = next((path for path in (unchanged, certificate) if path.is_file()), None)
    return Proofs(Proof(run, run.network_file, own), None)


def change_of(network: MlpNetwork | CellNetwork) -> str:
    """Return what a network's card says was changed for a proof; "" of a network as training left it."""
    notes = network.card.training
    if notes.get("change"):
        return str(notes["change"])
    if network.state_grid is not None:
        return f"state grid 2^{-network.state_grid}"
    return NOT_SAID if notes.get("made_from") else ""


def _reach(length: Any) -> Strength | None:
    """Return the rung of a proof up to a length, None for all of them; None when it is no length."""
    if length is None:
        return Strength.PROVED_FOR_ALL_LENGTHS
    return Strength.PROVED_TO_LENGTH if type(length) is int and length > 0 else None


def _steps(inputs: Sequence[Any], words: Words) -> tuple[tuple[int, ...], ...]:
    """Return the inputs of a report as integers, also where it names words."""
    steps = []
    for given in inputs:
        numbers = numbered_step(given if isinstance(given, list) else [given], words)
        known = tuple(number for number in numbers if isinstance(number, int))
        if len(known) < len(numbers):
            raise BadInputError(f"The report's counterexample has the step {given!r}, which its network cannot read.")
        steps.append(known)
    return tuple(steps)


def claim_as_trained(proofs: Proofs) -> Claim | None:
    """Return what is known of the network as trained; None where nothing is.

    A certificate counts only for the network that it is about, so one of a changed network says nothing here.  A
    damaged certificate counts as none; :attr:`Proof.problem` says so.
    """
    own = proofs.as_trained
    if not own.problem and own.claim is not None:
        return own.claim
    if own.counterexample is not None:
        return own.counterexample.claim
    verification = own.run.report.get("verification") or {}
    read = [claim for claim in map(read_claim, map(str, verification.get("claims") or [])) if claim is not None]
    for pair in ({"network", "program"}, {"network", "machine"}):
        found = together(claim for claim in read if {claim.left, claim.right} == pair)
        if found is not None:
            return found
    return together(_counted(verification))  # reports of earlier versions hold counts alone


def _counted(verification: Mapping[str, Any]) -> list[Claim]:
    """Return what the counts of program and network in a report say."""
    entries = [entry for entry in (verification.get("program_vs_network") or {}).values() if entry]
    told = (counted(int(entry["agree"]), int(entry["sequences"]), "held-out sequences") for entry in entries)
    return [Claim(strength, "program", "network", words) for strength, words in told]
