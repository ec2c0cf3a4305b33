"""Work about proofs that takes a while, for a process of its own: checking a certificate, looking for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import read_bytes, write_bytes
from mips_core.progress import Monitor, Stopwatch
from mips_core.region_checker import Refused, check, read_others
from mips_core.runs.certifying import certify_run
from mips_core.runs.proofs import CERTIFICATE, Proofs, proofs_of
from mips_core.runs.run import load_run

CHECKING = {"check": "Check the certificate"}
"""The stages of :func:`check_stored`."""
CERTIFYING = {"certify": "Look for a proof", "check": "Check the certificate"}
"""The stages of :func:`certify_stored`."""


def check_stored(*, folder: Path, monitor: Monitor, run_folder: str, changed: bool) -> dict[str, Any]:
    """Run the small checker on a stored certificate.

    Parameters
    ----------
    folder : of the job; not needed
    run_folder : where the run lies
    changed : whether the certificate of the network that was changed for the proof is meant

    Returns
    -------
    "folder", "changed", whether it is "accepted", the checker's "sentence", and "seconds"
    """
    proofs: Proofs = proofs_of(load_run(run_folder))
    proof = proofs.changed if changed else proofs.as_trained
    if proof is None or proof.certificate_path is None:
        raise BadInputError(f"{Path(run_folder).name} has no certificate of that network any more.")
    monitor.report("check", f"Checking {proof.certificate_path.name}")
    clock = Stopwatch()
    certificate, network = read_bytes(proof.certificate_path), read_bytes(proof.network_path)
    try:
        sentence, accepted = check(certificate, network, read_others(Path(run_folder))), True
    except Refused as error:
        sentence, accepted = str(error), False
    return {
        "folder": run_folder, "changed": changed, "accepted": accepted, "sentence": sentence,
        "seconds": round(clock.seconds, 2),
    }  # fmt: skip


def certify_stored(*, folder: Path, monitor: Monitor, run_folder: str, seconds: float) -> dict[str, Any]:
    """Look for a proof that the network of a stored run, as trained, gives what its machine gives.

    The certificate is written to the folder of the job, as ``certificate.json``.

    Returns
    -------
    "folder", and what :meth:`~mips_core.runs.certifying.CertifiedRun.to_dict` says, with its "sentence"
    """
    monitor.report("certify", "Looking for a proof")
    found = certify_run(load_run(run_folder), seconds=seconds, monitor=monitor)
    if found.data is not None:
        write_bytes(folder / CERTIFICATE, found.data)
    tried = list(found.certification.tried or (found.certification.reason,))
    return {"folder": run_folder, "sentence": found.sentence, "tried": tried, **found.to_dict()}
