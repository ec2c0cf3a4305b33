"""Make the proved networks and the certificates of the runs in assets/runs.

    python -m mips_core.shipping.certificates [TASK ...] [--seconds S] [--as-trained [--earlier DIR]]

Beside each run come ``proved_network.safetensors``, ``certificate.json`` and ``proof.json``; with ``--as-trained`` also
``certificate_as_trained.json``, where the network can be proved as it is.  What a run has already, and the checkers
accept, is kept, so that an interrupted make goes on where it was.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from mips_core.files import read_bytes, read_json, write_bytes
from mips_core.networks.store import network_bytes, network_digest
from mips_core.progress import Stopwatch
from mips_core.runs import shipped_run
from mips_core.runs.certifying import certify_run
from mips_core.runs.proofs import CERTIFICATE, CERTIFICATE_AS_TRAINED, PROVED_NETWORK, STORY
from mips_core.runs.proving import FORMAT, VERSION, add_proof, prove_run
from mips_core.runs.run import Run
from mips_core.tasks import names
from mips_core.verification.certificates.checking import Checked, checked_files

SECONDS = 300.0
"""For closing a set of hidden states, and for a proof of a network as trained."""


def make_proof(run: Run, *, seconds: float) -> str:
    """Prove a run beside it, unless it is so already; return a line that says what there is now."""
    clock = Stopwatch()
    if not is_made(run):
        add_proof(run.folder, prove_run(run, seconds=seconds))
    found = read_json(run.folder / STORY, FORMAT, VERSION)
    if found["claim"] is None:
        return f"not proved: {found['reason']}"
    statements = checked(run, run.folder / CERTIFICATE, read_bytes(run.folder / PROVED_NETWORK))
    size = (run.folder / CERTIFICATE).stat().st_size
    return f"{said(statements)} [{found['changed']}; {size:,} bytes; {clock.seconds:.1f} s]"


def is_made(run: Run) -> bool:
    """Whether a proof of this very network lies beside the run, and the checker accepts it."""
    if not (run.folder / STORY).is_file():
        return False
    found = read_json(run.folder / STORY, FORMAT, VERSION)
    if found["made_from"] != network_digest(run.network) or found["claim"] is None:
        return False
    return checked(run, run.folder / CERTIFICATE, read_bytes(run.folder / PROVED_NETWORK))[0].accepted


def make_as_trained(run: Run, *, seconds: float, earlier: Path | None) -> str:
    """Certify a run's network as it is, or take what an earlier make gave; only what the checker accepts is kept.

    Parameters
    ----------
    earlier : folder of certificates by task, of which those there are are taken, and none is looked for
    """
    place, network = run.folder / CERTIFICATE_AS_TRAINED, network_bytes(run.network)
    candidates = [place, *([] if earlier is None else [earlier / f"{run.name}.json"])]
    for path in candidates:
        if path.is_file():
            statements = checked(run, path, network)
            if statements[0].accepted:
                write_bytes(place, read_bytes(path))
                return said(statements)
    found = None if earlier is not None else certify_run(run, seconds=seconds)
    if found is None or found.data is None:
        place.unlink(missing_ok=True)
        return "not proved"
    write_bytes(place, found.data)
    return said(checked(run, place, network))


def checked(run: Run, certificate: Path, network: bytes) -> tuple[Checked, ...]:
    """Let the checkers look at a certificate, with the machine and the program of the run."""
    others: Mapping[str, bytes] = {
        name: read_bytes(run.folder / name) for name in ("machine.json", "program.py") if (run.folder / name).is_file()
    }
    return checked_files(read_bytes(certificate), network, others)


def said(statements: tuple[Checked, ...]) -> str:
    """Return what is proved of the network, and which files do not go with it."""
    refused = "".join(f"; {each.line}" for each in statements[1:] if not each.accepted)
    return (statements[0].sentence if statements[0].accepted else statements[0].line) + refused


def main() -> None:
    """Make what is missing, task by task."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--as-trained", action="store_true")
    parser.add_argument("--earlier", type=Path, metavar="DIR", help="certificates of networks as trained, by task")
    options = parser.parse_args()
    for name in options.tasks or names():
        run = shipped_run(name)
        print(f"{name}: {make_proof(run, seconds=options.seconds)}", flush=True)
        if options.as_trained:
            line = make_as_trained(run, seconds=options.seconds, earlier=options.earlier)
            print(f"{name}, as trained: {line}", flush=True)


if __name__ == "__main__":
    main()
