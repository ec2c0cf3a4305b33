"""Work about proofs that takes a while, for a process of its own: checking a certificate, looking for one, closing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mips_core.errors import BadInputError
from mips_core.files import read_bytes, write_bytes, write_files
from mips_core.jobs import keep
from mips_core.networks.cells import CellNetwork
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import save_network
from mips_core.progress import Monitor, Stopwatch
from mips_core.region_checker import read_others
from mips_core.runs.certifying import certify_run
from mips_core.runs.closing import Round, close_network
from mips_core.runs.proofs import CERTIFICATE, PROVED_NETWORK, Proofs, proofs_of
from mips_core.runs.run import Run, load_run
from mips_core.runs.symbols import symbols_of
from mips_core.verification.certificates.checking import checked_files, sentence_of

CHECKING = {"check": "Check the certificate"}
"""The stages of :func:`check_stored`."""
CERTIFYING = {"certify": "Look for a proof", "check": "Check the certificate"}
"""The stages of :func:`certify_stored`."""
STOPPED = "It was stopped before the set of hidden states closed."
CLOSING = {"close": "Close the set of states, round by round"}
"""The stages of :func:`close_stored`."""


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
    certificate, network = read_bytes(proof.certificate_path), read_bytes(proof.network_path)
    statements = checked_files(certificate, network, others := read_others(Path(run_folder)))
    wrong = next((each for each in statements if not each.accepted), None)
    sentence = sentence_of(certificate, others, statements[0]) if wrong is None else wrong.sentence
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


def close_stored(*, folder: Path, monitor: Monitor, run_folder: str, seconds: float, seed: int = 0) -> dict[str, Any]:
    """Make a network of a stored run's whose set of hidden states closes; tells of each round as an event.

    The new network is written to the folder of the job, as ``proved_network.safetensors``.

    Returns
    -------
    "folder", and what :meth:`~mips_core.runs.closing.Closing.to_dict` says
    """
    run = load_run(run_folder)
    thing = run.machine if run.machine is not None else run.program.system if run.program is not None else None
    network = run.network
    if thing is None:
        raise BadInputError(f"The run {run.name} has neither a machine nor a program to compare its network with.")
    if not isinstance(network, MlpNetwork | CellNetwork):
        raise BadInputError(f"A {type(network).__name__} cannot be closed; MlpNetwork and CellNetwork can.")
    told: list[dict[str, Any]] = []

    def tell(found: Round) -> None:
        told.append(found.to_dict())
        monitor.events({"round": told[-1]})
        keep(monitor, {"folder": run_folder, "closed": False, "changed": "", "reason": STOPPED, "rounds": told})

    made = close_network(network, thing, symbols_of(run), seconds=seconds, seed=seed, monitor=monitor, on_round=tell)
    if made.network is not None:
        save_network(made.network, folder / PROVED_NETWORK)
    return {"folder": run_folder, **made.to_dict()}


def keep_made(run: Run, folder: Path) -> None:
    """Store what :func:`close_stored` wrote to ``folder`` beside the network as trained, in one step.

    A certificate that was about another changed network does not stay.

    Raises
    ------
    BadInputError
        when there is no such network, or the folder of the run cannot be written.
    """
    contents = {name: read_bytes(folder / name) for name in (CERTIFICATE, PROVED_NETWORK) if (folder / name).is_file()}
    if PROVED_NETWORK not in contents:
        raise BadInputError("The new network is no longer there; close the set again.")
    write_files(run.folder, contents, remove=() if CERTIFICATE in contents else (CERTIFICATE,))
