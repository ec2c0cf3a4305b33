"""Check the certificates that lie in a run's folder, each with the network that it is about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import read_bytes
from mips_core.networks.protocol import Network
from mips_core.networks.store import load_network, network_digest
from mips_core.region_checker import read_others
from mips_core.report import NETWORK_FILE
from mips_core.runs.proofs import NOT_SAID, PROVED_NETWORK, Proof, change_of, proofs_of
from mips_core.runs.run import Run
from mips_core.verification.certificates.checking import Checked, checked_files

REPORT = "report.json"
MOST_BYTES = 64 * 2**20
"""Of a certificate; larger ones are not read."""


@dataclass(frozen=True)
class CheckedProof:
    """What came of checking one certificate of a run.

    Parameters
    ----------
    certificate, network : names of the files
    change : what its card says was changed for a proof; "" where the network is the one as trained
    digests : of the network, as :func:`digests_of` names them; "" where it cannot be read
    statements : what was checked, the network first
    """

    certificate: str
    network: str
    change: str
    digests: str
    statements: tuple[Checked, ...]

    @property
    def accepted(self) -> bool:
        """Whether everything was."""
        return all(each.accepted for each in self.statements)

    @property
    def heading(self) -> str:
        """Which network this is about, said so that a changed one never passes for the one as trained."""
        if not self.digests:
            what = "not this run's as its report knows it"
        elif self.network == PROVED_NETWORK:
            what = f"a network changed for the proof: {self.change}"
        elif self.change:
            what = f"the network of this run; its card says that it was changed: {self.change}"
        else:
            what = "the network as trained"
        return f"{self.certificate} of {self.network} ({what})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "certificate": self.certificate, "network": self.network, "change": self.change, "digests": self.digests,
            "accepted": self.accepted, "statements": [each.to_dict() for each in self.statements],
        }  # fmt: skip


def check_run(run: Run) -> tuple[CheckedProof, ...]:
    """Check every certificate of a run, with its machine.json and its program.py.

    Raises
    ------
    BadInputError
        when the run has no certificate.
    """
    found = tuple(check_proof(proof) for proof in proofs_of(run).both if proof.certificate_path is not None)
    if not found:
        raise BadInputError(
            f"The run {run.name} has no certificate in its folder; mips certify {run.id} looks for a proof. One that "
            f"lies elsewhere is checked by: mips check-certificate FILE {run.network_file} {run.folder}"
        )
    return found


def check_proof(proof: Proof) -> CheckedProof:
    """Check the certificate of one network of a run; refused where the network is not the one of the run's report."""
    assert proof.certificate_path is not None
    names = proof.certificate_path.name, proof.network_path.name
    try:
        network = proof.network
    except BadInputError as error:
        refused = Checked("network", REPORT, "mips_core", False, str(error).rstrip("."))
        return CheckedProof(*names, "", "", (refused,))
    certificate, data = read_bytes(proof.certificate_path, limit=MOST_BYTES), read_bytes(proof.network_path)
    statements = checked_files(certificate, data, read_others(proof.run.folder))
    change = change_of(network) or (NOT_SAID if proof.is_changed else "")
    return CheckedProof(*names, change, digests_of(data, network), statements)


def digests_of(data: bytes, network: Network) -> str:
    """Name both digests of a network: of its file, and of what its outputs depend on; a certificate names one."""
    return f"file sha256 {hashlib.sha256(data).hexdigest()[:16]}…, content digest {network_digest(network)}"


def home_of(certificate: bytes, folders: Iterable[Path]) -> Path | None:
    """Return the network file in one of these folders of runs that a certificate is about, or None."""
    try:
        about = json.loads(certificate)["network"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    paths = (folder / name for folder in folders for name in (PROVED_NETWORK, NETWORK_FILE))
    return next((path for path in paths if path.is_file() and _is_of(str(about), path)), None)


def _is_of(about: str, path: Path) -> bool:
    """Return whether this is the digest of a network's file, or of what its outputs depend on."""
    try:
        return about.startswith((hashlib.sha256(read_bytes(path)).hexdigest(), network_digest(load_network(path))))
    except BadInputError:
        return False
