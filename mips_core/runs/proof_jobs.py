"""Work about proofs that takes a while, for a process of its own: checking a certificate, making one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import read_bytes, write_bytes, write_files
from mips_core.jobs import keep
from mips_core.progress import Monitor, Stopwatch
from mips_core.region_checker import read_others
from mips_core.runs.certifying import certificate_place, certify_run
from mips_core.runs.checking import check_proof
from mips_core.runs.closing import Round
from mips_core.runs.proofs import CERTIFICATE, PROVED_NETWORK, STORY, Proofs, proofs_of
from mips_core.runs.proving import add_files, prove_run
from mips_core.runs.run import Run, load_run
from mips_core.verification.certificates.checking import sentence_of

CHECKING = {"check": "Check the certificate"}
"""The stages of :func:`check_stored`."""
CERTIFYING = {"certify": "Look for a proof", "check": "Check the certificate"}
"""The stages of :func:`certify_stored`."""
STOPPED = "It was stopped before the set of hidden states closed."
PROVING = {
    "integers": "Try whole numbers as weights", "close": "Close the set of places",
    "certify": "Write the certificate",
}  # fmt: skip
"""The stages of :func:`prove_stored`."""


def check_stored(*, folder: Path, monitor: Monitor, run_folder: str, changed: bool) -> dict[str, Any]:
    """Check a stored certificate, and that machine and program do what its machine does.

    Parameters
    ----------
    folder : of the job; not needed
    run_folder : where the run lies
    changed : whether the certificate of the network that was changed for the proof is meant

    Returns
    -------
    "folder", "changed", whether all is "accepted", the "sentence" that is proved or that says what is not, the
    "statements" of which that consists, and "seconds"
    """
    proofs: Proofs = proofs_of(load_run(run_folder))
    proof = proofs.changed if changed else proofs.as_trained
    if proof is None or proof.certificate_path is None:
        raise BadInputError(f"{Path(run_folder).name} has no certificate of that network any more.")
    monitor.report("check", f"Checking {proof.certificate_path.name}")
    clock = Stopwatch()
    statements = check_proof(proof).statements
    wrong = next((each for each in statements if not each.accepted), None)
    covered = read_others(Path(run_folder))
    sentence = wrong.sentence if wrong else sentence_of(read_bytes(proof.certificate_path), covered, statements[0])
    return {
        "folder": run_folder, "changed": changed, "accepted": wrong is None, "sentence": sentence,
        "statements": [each.line for each in statements], "seconds": round(clock.seconds, 2),
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


def keep_certificate(run: Run, folder: Path) -> None:
    """Store the certificate that :func:`certify_stored` wrote to the ``folder`` of its job with the run.

    Raises
    ------
    BadInputError
        when it is no longer there, or the folder of the run cannot be written.
    """
    write_bytes(certificate_place(run), read_bytes(folder / CERTIFICATE))


def prove_stored(*, folder: Path, monitor: Monitor, run_folder: str, seconds: float, seed: int = 0) -> dict[str, Any]:
    """Make a network of a stored run's that can be proved; tells of each round of closing as an event.

    What :func:`~mips_core.runs.proving.add_proof` would write to the run goes to the folder of the job.

    Returns
    -------
    "folder", and what :meth:`~mips_core.runs.proving.ProvedRun.to_dict` says
    """
    told: list[dict[str, Any]] = []

    def tell(found: Round) -> None:
        told.append(found.to_dict())
        monitor.events({"round": told[-1]})
        keep(monitor, {"folder": run_folder, "claim": None, "changed": "", "reason": STOPPED, "rounds": told})

    made = prove_run(load_run(run_folder), seconds=seconds, seed=seed, monitor=monitor, on_round=tell)
    write_files(folder, made.files)
    return {"folder": run_folder, **made.to_dict()}


def keep_made(run: Run, folder: Path) -> None:
    """Store what :func:`prove_stored` wrote to the ``folder`` of its job beside the network as trained.

    Raises
    ------
    BadInputError
        when it is no longer there, or the folder of the run cannot be written.
    """
    names = (PROVED_NETWORK, CERTIFICATE, STORY) if (folder / PROVED_NETWORK).exists() else (CERTIFICATE, STORY)
    add_files(run.folder, {name: read_bytes(folder / name) for name in names})
