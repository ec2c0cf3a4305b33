"""Check the certificates that lie in a run's folder, each with the network that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import read_bytes
from mips_core.region_checker import read_others
from mips_core.runs.proofs import Proof, change_of, proofs_of
from mips_core.runs.run import Run
from mips_core.verification.certificates.checking import Checked, checked_files

MOST_BYTES = 64 * 2**20
"""Of a certificate; larger ones are not read."""


@dataclass(frozen=True)
class CheckedProof:
    """What came of checking one certificate of a run.

    Parameters
    ----------
    certificate, network : names of the files
    change : what was changed for the proof; "" where the network is the one as trained
    statements : what was checked, the network first
    """

    certificate: str
    network: str
    change: str
    statements: tuple[Checked, ...]

    @property
    def accepted(self) -> bool:
        """Whether everything was."""
        return all(each.accepted for each in self.statements)

    @property
    def heading(self) -> str:
        """Which network this is about, said so that a changed one never passes for the one as trained."""
        what = f"a network changed for the proof: {self.change}" if self.change else "the network as trained"
        return f"{self.certificate} of {self.network} ({what})"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "certificate": self.certificate, "network": self.network, "change": self.change,
            "accepted": self.accepted, "statements": [each.to_dict() for each in self.statements],
        }  # fmt: skip


def check_run(run: Run) -> tuple[CheckedProof, ...]:
    """Check every certificate of a run, with its machine.json and its program.py.

    Raises
    ------
    BadInputError
        when the run has no certificate.
    """
    found = tuple(_checked(proof) for proof in proofs_of(run).both if proof.certificate_path is not None)
    if not found:
        raise BadInputError(f"The run {run.name} has no certificate; mips certify {run.id} looks for a proof.")
    return found


def _checked(proof: Proof) -> CheckedProof:
    assert proof.certificate_path is not None
    certificate = read_bytes(proof.certificate_path, limit=MOST_BYTES)
    statements = checked_files(certificate, read_bytes(proof.network_path), read_others(proof.run.folder))
    change = change_of(proof.network) or "not said how" if proof.is_changed else ""
    return CheckedProof(proof.certificate_path.name, proof.network_path.name, change, statements)
