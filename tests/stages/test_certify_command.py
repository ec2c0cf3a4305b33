"""``mips certify`` and ``mips check-certificate``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command_line import assert_refused, mips

from mips_core.networks import load_network, network_digest
from mips_core.resources import asset, shipped_network
from mips_core.runs.proofs import CERTIFICATE, CERTIFICATE_AS_TRAINED, PROVED_NETWORK


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("certificates") / "prev2.json"
    done = mips("certify", "Prev2", "--out", str(path))
    assert done.code == 0, done.err
    assert "proved for all lengths, all 100 input symbols" in done.out
    return path


def test_what_is_certified_is_accepted_for_run_machine_and_program(certificate: Path) -> None:
    folder = asset("runs", "Prev2")
    others = ["Prev2", str(folder), str(folder / "machine.json"), str(folder / "program.py")]
    for other in others:
        done = mips("check-certificate", str(certificate), "Prev2", other)
        assert done.code == 0, done.out + done.err
        assert done.out.startswith("accepted: ")
    network = str(shipped_network("Prev2"))
    facts = json.loads(mips("check-certificate", str(certificate), network, others[0], "--json").out)
    assert facts["accepted"] is True
    assert "proved for all lengths" in facts["sentence"]


def test_all_certificates_of_a_run_are_checked_each_with_its_own_network(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(asset("runs", "Parity_All"), folder)
    done = mips("check-certificate", str(folder))
    assert done.code == 0, done.out + done.err
    changed = "certificate.json of proved_network.safetensors (a network changed for the proof: state grid 2^-1):"
    assert changed in done.out
    assert "network against machine.json: proved for all lengths, all 2 input symbols (certificate_checker)" in done.out
    assert "program.py against machine.json: exhaustive over 2 pairs of states x 2 input symbols" in done.out
    program = folder / "program.py"
    program.write_text(program.read_text().replace("parity ^ x", "parity | x"))
    done = mips("check-certificate", str(folder), "--json")
    assert done.code == 3
    facts = json.loads(done.out)
    assert facts["accepted"] is False
    (made,) = [each for each in facts["certificates"] if each["network"] == "proved_network.safetensors"]
    network, against = made["statements"]
    assert network["accepted"]
    assert not against["accepted"]
    assert "one gives (0,) and the other (1,)" in against["sentence"]
    for name in ("certificate.json", "certificate_as_trained.json", "proved_network.safetensors"):
        (folder / name).unlink(missing_ok=True)
    assert_refused(mips("check-certificate", str(folder)), "has no certificate")


def test_another_network_in_the_place_of_the_run_s_is_refused_as_hunt_refuses_it(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(asset("runs", "Parity_All"), folder)
    (folder / PROVED_NETWORK).rename(folder / "network.safetensors")
    (folder / CERTIFICATE).rename(folder / CERTIFICATE_AS_TRAINED)
    done = mips("check-certificate", str(folder))
    assert done.code == 3
    assert "as trained" not in done.out
    assert "refused: network against report.json" in done.out
    reason = "and the report of Parity_All is about"
    assert reason in done.out
    assert reason in mips("hunt", str(folder)).err
    report = json.loads((folder / "report.json").read_text())
    digest = network_digest(load_network(folder / "network.safetensors"))
    (folder / "report.json").write_text(json.dumps({**report, "network": {**report["network"], "digest": digest}}))
    done = mips("check-certificate", str(folder))  # a report that is about that network
    assert done.code == 0, done.out + done.err
    assert "(the network of this run; its card says that it was changed: state grid 2^-1)" in done.out
    assert "as trained)" not in done.out
    assert f"content digest {digest}" in done.out
    closed = mips("certify", str(folder), "--close")
    assert closed.code == 0, closed.out + closed.err
    assert "changed for the proof" not in closed.out
    assert "The network of this run, as it is, is proved for all lengths" in closed.out
    assert not (folder / PROVED_NETWORK).exists()


def test_a_run_of_ones_own_keeps_its_certificate_and_it_is_checked_there(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(asset("runs", "Prev1"), folder)
    shutil.copyfile(shipped_network("Prev1"), folder / "network.safetensors")
    for name in (CERTIFICATE, CERTIFICATE_AS_TRAINED, PROVED_NETWORK):
        (folder / name).unlink(missing_ok=True)
    refused = mips("check-certificate", str(folder))
    assert_refused(refused, "has no certificate in its folder")
    assert "mips check-certificate FILE" in refused.err
    done = mips("certify", str(folder))
    assert done.code == 0, done.out + done.err
    assert (folder / CERTIFICATE).is_file()
    assert f"mips check-certificate {folder}" in done.out
    checked = mips("check-certificate", str(folder))
    assert checked.code == 0, checked.out + checked.err
    assert "certificate.json of network.safetensors (the network as trained)" in checked.out


def test_a_certificate_of_the_changed_network_says_where_that_lies() -> None:
    folder = asset("runs", "Parity_All")
    done = mips("check-certificate", str(folder / CERTIFICATE), "Parity_All", "Parity_All")
    assert done.code == 3
    assert f"name {folder / PROVED_NETWORK} instead of Parity_All" in done.out


def test_without_a_machine_the_certificate_s_own_is_meant(certificate: Path) -> None:
    done = mips("check-certificate", str(certificate), "Prev2")
    assert done.code == 0
    assert done.out.startswith("accepted: machine of the certificate against network ")


def test_another_network_another_machine_and_a_changed_file_are_refused(certificate: Path, tmp_path: Path) -> None:
    other = mips("check-certificate", str(certificate), "Prev3", "Prev2")
    assert other.code == 3
    assert "its digest is another" in other.out
    wrong = mips("check-certificate", str(certificate), "Prev2", "Prev1")
    assert wrong.code == 3
    assert wrong.out.startswith("refused: ")
    changed = tmp_path / "changed.json"
    changed.write_text(certificate.read_text().replace('"margin": 0.4', '"margin": 0.3'))
    refused = mips("check-certificate", str(changed), "Prev2", "Prev2")
    assert refused.code == 3
    assert "its seal does not fit" in refused.out


def test_where_nothing_is_proved_the_code_is_3_and_no_file_is_written(tmp_path: Path) -> None:
    out = tmp_path / "none.json"
    done = mips("certify", "Majority_0_3", "--out", str(out), "--seconds", "1", "--json")
    assert done.code == 3
    facts = json.loads(done.out)
    assert facts["proved"] is False
    assert facts["path"] is None
    assert not out.exists()


def test_what_is_not_there_is_one_sentence(certificate: Path, tmp_path: Path) -> None:
    assert_refused(mips("certify", "Nothing"), "Nothing")
    assert_refused(mips("check-certificate", str(tmp_path / "no.json"), "Prev2", "Prev2"), "no.json")
    assert_refused(mips("check-certificate", str(certificate)), "must be named too")
    assert_refused(mips("check-certificate", "Nothing"), "Nothing")
    assert_refused(mips("check-certificate", str(certificate), "Prev2", str(tmp_path / "no.py")), "no.py")


def test_a_changed_certificate_beside_its_own_network_is_not_said_to_be_about_another(tmp_path: Path) -> None:
    folder = asset("runs", "Parity_All")
    value = json.loads((folder / CERTIFICATE).read_bytes())
    (tmp_path / CERTIFICATE).write_text(json.dumps({**value, "places": value["places"] + 1}))
    shutil.copy(folder / PROVED_NETWORK, tmp_path / "copy.safetensors")
    done = mips("check-certificate", str(tmp_path / CERTIFICATE), str(tmp_path / "copy.safetensors"), "Parity_All")
    assert done.code == 3
    assert "the seal does not fit" in done.out
    assert "instead of" not in done.out
