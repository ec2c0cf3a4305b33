"""``mips train`` and ``mips certify --close`` make a network that is proved, beside the one that was trained."""

from __future__ import annotations

import shutil
from pathlib import Path

from command_line import mips

from mips_core.networks import load_network, network_digest
from mips_core.resources import asset, shipped_network
from mips_core.runs import load_run, shipped_run
from mips_core.runs.proofs import CERTIFICATE, CERTIFICATE_AS_TRAINED, PROVED_NETWORK, proofs_of
from mips_core.verification.claims import Strength


def own(task: str, folder: Path) -> Path:
    """A copy of a shipped run, with its network and without its proofs, as a run of one's own."""
    place = folder / task
    shutil.copytree(asset("runs", task), place)
    for name in (CERTIFICATE, CERTIFICATE_AS_TRAINED, PROVED_NETWORK, "proof.json"):
        (place / name).unlink(missing_ok=True)
    shutil.copyfile(shipped_network(task), place / "network.safetensors")
    return place


def test_training_proves_and_leaves_the_trained_network_as_it_is(tmp_path: Path) -> None:
    done = mips("train", "Parity_Last2", "--budget", "10", "--out", tmp_path, "--json")
    assert done.code == 0
    proof = done.json["networks"][0]["proof"]
    assert proof["claim"] == "proved for all lengths, all 2 input symbols"
    assert proof["changed"].startswith("state grid")
    assert {path.name for path in tmp_path.iterdir()} == {
        "Parity_Last2.safetensors", "Parity_Last2.proved_network.safetensors", "Parity_Last2.certificate.json",
    }  # fmt: skip
    trained = load_network(tmp_path / "Parity_Last2.safetensors")
    assert trained.state_grid is None
    changed = load_network(tmp_path / "Parity_Last2.proved_network.safetensors")
    assert changed.card.training["made_from"] == network_digest(trained)
    files = (tmp_path / f"Parity_Last2.{name}" for name in (CERTIFICATE, PROVED_NETWORK))
    accepted = mips("check-certificate", *files)
    assert accepted.code == 0
    wrong = mips("check-certificate", tmp_path / f"Parity_Last2.{CERTIFICATE}", tmp_path / "Parity_Last2.safetensors")
    assert wrong.code == 3


def test_a_run_of_ones_own_gets_the_proof_into_its_folder(tmp_path: Path) -> None:
    folder = own("Parity_Last3", tmp_path)
    before = (folder / "network.safetensors").read_bytes()
    done = mips("certify", folder, "--close")
    assert done.code == 0
    assert "proved for all lengths" in done.out
    proofs = proofs_of(load_run(folder))
    assert proofs.changed is not None
    assert proofs.changed.claim is not None
    assert proofs.changed.claim.strength is Strength.PROVED_FOR_ALL_LENGTHS
    assert (folder / "network.safetensors").read_bytes() == before
    assert mips("check-certificate", folder).code == 0


def test_a_certificate_of_the_network_as_trained_is_kept(tmp_path: Path) -> None:
    folder = own("Prev2", tmp_path)
    assert mips("certify", folder, "--out", folder / CERTIFICATE).code == 0
    assert mips("certify", folder, "--close").code == 0
    proofs = proofs_of(load_run(folder))
    assert proofs.changed is not None
    assert [each.claim is not None for each in proofs.both] == [True, True]
    assert proofs.as_trained.digest != proofs.changed.digest


def test_what_cannot_be_proved_says_why_and_writes_nothing(tmp_path: Path) -> None:
    folder = own("Bit_Palindrome", tmp_path)
    done = mips("certify", folder, "--close", "--seconds", "2", "--json")
    assert done.code == 3
    assert done.json["claim"] is None
    assert done.json["reason"]
    assert not (folder / PROVED_NETWORK).exists()


def test_a_run_that_ships_is_left_alone(tmp_path: Path) -> None:
    folder = shipped_run("Parity_All").folder
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert mips("certify", "Parity_All", "--close", "--out", tmp_path / "made.certificate.json").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"made.certificate.json", f"made.{PROVED_NETWORK}"}
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
