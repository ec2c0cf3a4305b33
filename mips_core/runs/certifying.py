"""Certificates of runs: prove a run's network equal to its machine and its program, and check such a proof again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import json_bytes
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_bytes
from mips_core.progress import Monitor
from mips_core.region_checker import read_others
from mips_core.runs.proofs import CERTIFICATE, CERTIFICATE_AS_TRAINED, proofs_of
from mips_core.runs.run import Run
from mips_core.runs.symbols import symbols_of
from mips_core.stepping import Stepper
from mips_core.verification.certificates import Certification, certify
from mips_core.verification.certificates.certify import DEFAULT_LENGTH, DEFAULT_SECONDS
from mips_core.verification.certificates.checking import checked_files, sentence_of
from mips_core.verification.claims import Claim, Strength


@dataclass(frozen=True, eq=False)
class CertifiedRun:
    """What came of certifying a run.

    Parameters
    ----------
    certification : the attempt
    data : the certificate file, or None where nothing was proved
    covered : files of the run that the checker found to be what was proved
    left : those that are something else or that it cannot read, with its reason
    sentence : what is proved, in the words of the ladder of claims, or that nothing is
    """

    certification: Certification
    data: bytes | None
    covered: tuple[str, ...]
    left: Mapping[str, str]
    sentence: str

    @property
    def claim(self) -> Claim | None:
        """The claim on the ladder, for reports and tables; None where nothing is proved."""
        if self.certification.certificate is None:
            return None
        everything = self.certification.length is None
        strength = Strength.PROVED_FOR_ALL_LENGTHS if everything else Strength.PROVED_TO_LENGTH
        return Claim(strength, "network", "machine", str(self.certification.certificate["claim"]))

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values, without the certificate itself."""
        found = self.certification
        return {
            "proved": self.data is not None,
            "claim": None if found.certificate is None else found.certificate["claim"],
            "length": found.length,
            "how": found.reason,
            "covered": list(self.covered),
            "left": dict(self.left),
            "bytes": None if self.data is None else len(self.data),
            "seconds": round(found.seconds, 2),
        }


def certificate_place(run: Run) -> Path:
    """Return where in its folder the certificate of a run's own network belongs."""
    proofs = proofs_of(run)
    name = CERTIFICATE if proofs.changed is None else CERTIFICATE_AS_TRAINED
    return proofs.as_trained.certificate_path or run.folder / name


def certify_run(
    run: Run,
    *,
    length: int = DEFAULT_LENGTH,
    seconds: float = DEFAULT_SECONDS,
    monitor: Monitor | None = None,
) -> CertifiedRun:
    """Try to prove that a run's network gives what its machine and its program give.

    Parameters
    ----------
    length : sequence length to prove where no proof for all lengths is found
    seconds : time for the search

    Raises
    ------
    BadInputError
        when the run has neither machine nor program, or its inputs are not known or too many.
    """
    network, program = run.network, run.program
    if not isinstance(network, MlpNetwork | CellNetwork):
        raise BadInputError(f"A {type(network).__name__} cannot be certified; MlpNetwork and CellNetwork can.")
    thing: Stepper | None = run.machine if run.machine is not None else program.system if program is not None else None
    if thing is None:
        raise BadInputError(f"The run {run.name} has neither a machine nor a program, so there is nothing to prove.")
    remembered = () if program is None else tuple(variable.name for variable in program.system.state)
    found = certify(
        network, thing, symbols_of(run), remembered=remembered, length=length, seconds=seconds, monitor=monitor
    )
    if found.certificate is None:
        return CertifiedRun(found, None, (), {}, "Nothing is proved.")
    data, content = json_bytes(found.certificate), network_bytes(network)
    files = read_others(run.folder)
    first, *rest = checked_files(data, content, files)
    if not first.accepted:
        refused = replace(found, certificate=None, reason=f"the checker does not accept it: {first.sentence}")
        return CertifiedRun(refused, None, (), {}, "Nothing is proved.")
    left = {each.left: each.sentence for each in rest if not each.accepted}
    covered = {name: text for name, text in files.items() if name not in left}
    return CertifiedRun(found, data, tuple(covered), left, sentence_of(data, covered, first))
