"""The calls and commands that give what the page "Proof" shows."""

from mips_core.runs import Run
from mips_core.runs.hunting import opponents
from mips_core.runs.proofs import Proofs
from pages.parts.proof_networks import check_command


def code(run: Run, proofs: Proofs) -> str:
    """Return Python that says what is claimed of each network, and hunts the one as trained."""
    lines = ["from mips_core.runs import open_run", "from mips_core.runs.proofs import proofs_of"]
    against = _against(run)
    if against is not None:
        lines.insert(1, "from mips_core.runs.hunting import hunt_dict, hunt_run")
    lines += [
        "", f'run = open_run("{run.id}")', "for proof in proofs_of(run).both:",
        "    print(proof.digest, proof.is_changed, proof.problem or proof.claim)",
    ]  # fmt: skip
    if against is not None:
        lines += [
            f'found = hunt_run(run, "{against}", seconds=5)', f'print(hunt_dict(run, "{against}", found)["claim"])'
        ]  # fmt: skip
    return "\n".join(lines)


def command(run: Run, proofs: Proofs) -> str:
    """Return the commands that check what is stored, look for a certificate, and hunt."""
    lines = [check_command(run, proof) for proof in proofs.both if proof.certificate_path is not None]
    if opponents(run):
        lines += [f"mips certify {run.id}", f"mips certify {run.id} --close"]
        lines.append(f"mips hunt {run.id} --against {_against(run)}")
    return "\n".join(lines) or f"mips describe {run.id}"


def _against(run: Run) -> str | None:
    there = opponents(run)
    return "data" if "data" in there else there[0] if there else None
