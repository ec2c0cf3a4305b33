"""What ``mips certify --close`` and ``mips train`` do with a run: make a network that can be proved, and prove it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mips_core.cli.common import end_progress, print_json, terminal_progress
from mips_core.distillation import distill
from mips_core.files import make_folder, write_bytes
from mips_core.networks import load_network
from mips_core.progress import Monitor
from mips_core.report import save_report
from mips_core.resources import asset
from mips_core.runs.proofs import CERTIFICATE, PROVED_NETWORK
from mips_core.runs.proving import ProvedRun, add_proof, prove_run
from mips_core.runs.run import Run, load_run
from mips_core.tasks import Dataset, Task

NOT_PROVED = 3


def close_run(opened: Run, *, seconds: float, length: int, out: str | None, as_json: bool) -> int:
    """Make and prove a network; it goes into the run's folder, and of a run that ships into the current one.

    Parameters
    ----------
    seconds : time for closing the set of hidden states
    length : to prove where no proof for all lengths is found
    out : where to write the certificate instead; the network goes beside it
    """
    try:
        proved = prove_run(opened, seconds=seconds, length=length, monitor=Monitor(terminal_progress()))
    finally:
        end_progress()
    written: list[str] = []
    if proved.claim is not None:
        written = _written(opened, proved, out)
    if as_json:
        print_json({"run": opened.id, "files": written, **proved.to_dict()})
    else:
        print("\n".join([proved.sentence, f"  {proved.reason}", *(f"  {path}" for path in written)]))
    return NOT_PROVED if proved.claim is None else 0


def _written(opened: Run, proved: ProvedRun, out: str | None) -> list[str]:
    if out is None and opened.folder.parent != asset("runs"):
        add_proof(opened.folder, proved)
        return [str(opened.folder / name) for name in proved.files]
    certificate = Path(out or f"{opened.file_name}.{CERTIFICATE}")
    stem = certificate.name.removesuffix(".json").removesuffix(".certificate")
    return _put(proved, certificate, certificate.with_name(f"{stem}.{PROVED_NETWORK}"))


def _put(proved: ProvedRun, certificate: Path, network: Path) -> list[str]:
    make_folder(certificate.parent)
    places = {PROVED_NETWORK: network, CERTIFICATE: certificate}
    written = {places[name]: data for name, data in proved.files.items() if name in places}
    for path, data in written.items():
        write_bytes(path, data)
    return sorted(map(str, written))


def prove_trained(source: Task | Dataset, path: str, *, seed: int, seconds: float, monitor: Monitor) -> dict[str, Any]:
    """Find the machine of a network that was just trained, and prove a network made from it, beside its file.

    Parameters
    ----------
    path : of the network, NAME.safetensors; a proof adds NAME.proved_network.safetensors and NAME.certificate.json
    seed, seconds : of the search for the machine and of closing its set of hidden states; the seconds for each

    Returns
    -------
    "claim" (None where nothing is proved), "changed", "sentence" and "files"
    """
    file = Path(path)
    with TemporaryDirectory(prefix="mips-") as place:
        monitor.report("extract", f"{file.stem}: finding the machine")
        report = distill(
            source, network=load_network(file), seed=seed, budget=seconds, progress=monitor.progress, stop=monitor.stop
        )
        run = load_run(save_report(report, place))
        proved = prove_run(run, seconds=seconds, seed=seed, monitor=monitor)
        written: list[str] = []
        if proved.claim is not None:
            stem = file.name.removesuffix(".safetensors")
            written = _put(proved, file.with_name(f"{stem}.{CERTIFICATE}"), file.with_name(f"{stem}.{PROVED_NETWORK}"))
    claim = None if proved.claim is None else proved.claim.words
    return {"claim": claim, "changed": proved.changed, "sentence": proved.sentence, "files": written}
