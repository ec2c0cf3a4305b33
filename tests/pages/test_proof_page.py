"""The page "Proof" on runs made by hand: with and without certificates, damaged ones, and its jobs."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from page_text import html_of
from page_text import words as page_words
from page_work import finished
from streamlit.testing.v1 import AppTest

from mips_core.networks.store import network_digest, save_network
from mips_core.runs.proofs import CERTIFICATE, PROVED_NETWORK, STORY, proofs_of
from mips_core.runs.proving import add_proof, prove_run
from mips_core.runs.run import load_run
from mips_core.verification.grid_walk import with_grid

Open = Callable[..., AppTest]


@pytest.fixture
def proved(runs_folder: Path) -> Iterator[Path]:
    """Give a run a network that was changed for the proof, with its certificate; take both away again."""
    folder = runs_folder / "assets" / "runs" / "remainder"
    add_proof(folder, prove_run(load_run(folder), seconds=10))
    yield folder
    for name in (PROVED_NETWORK, CERTIFICATE, STORY):
        (folder / name).unlink(missing_ok=True)


def words(at: AppTest) -> str:
    """Return everything that the page says, what it writes as HTML included."""
    return "\n".join([page_words(at), html_of(at), *(element.proto.body for element in at.get("html"))])


def button(at: AppTest, key: str) -> object:
    return next(b for b in at.button if b.key == key)


def test_without_a_certificate_the_page_claims_no_more_than_the_report(open_page: Open) -> None:
    at = open_page("proof_view", task="Parity_Last4")
    assert not at.exception
    assert not at.error
    text = words(at)
    assert "agrees on 4,096 held-out sequences" in text
    assert "No certificate of this network is stored." in text
    assert "No changed network is stored." in text
    assert "certify" in [b.key for b in at.button]
    assert not [b for b in at.button if b.key and b.key.startswith("check_")]


def test_the_set_that_closes_is_drawn_before_any_click(open_page: Open) -> None:
    at = open_page("proof_view", task="remainder")
    text = words(at)
    assert "Closed." in text
    assert "That is another network than the stored one." in text
    assert next(s for s in at.slider if s.key == "depth").value == next(s for s in at.slider if s.key == "depth").max
    assert "closed</b>" in words(at)


def test_both_networks_stand_side_by_side_each_with_its_own_claim(open_page: Open, proved: Path) -> None:
    at = open_page("proof_view", task="remainder")
    assert not at.exception
    assert not at.error
    text = words(at)
    assert "changed for the proof: proved for all lengths" in text
    assert "as trained: proved" not in text
    proofs = proofs_of(load_run(proved))
    assert proofs.changed is not None
    assert proofs.changed.digest in text
    assert proofs.as_trained.digest in text
    codes = [c.value for c in at.code]
    assert any(c.startswith("mips check-certificate ") and PROVED_NETWORK in c for c in codes)


def test_a_certificate_is_checked_on_the_page(open_page: Open, proved: Path) -> None:
    at = open_page("proof_view", task="remainder")
    at = finished(button(at, "check_True").click().run())  # type: ignore[attr-defined]
    assert any("Accepted" in s.value and "proved for all lengths" in s.value for s in at.success)
    value = json.loads((proved / CERTIFICATE).read_bytes())
    (proved / CERTIFICATE).write_text(json.dumps({**value, "places": value.get("places", 0) + 1}))
    at = finished(button(at, "check_True").click().run())  # type: ignore[attr-defined]
    assert any("Refused" in e.value and "seal" in e.value for e in at.error)


@pytest.mark.parametrize("damage", ["half", "other network", "no claim"])
def test_a_damaged_certificate_is_shown_as_damaged_and_claims_nothing(
    open_page: Open, proved: Path, damage: str
) -> None:
    path = proved / CERTIFICATE
    data = path.read_bytes()
    if damage == "half":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "other network":
        network = load_run(proved).network
        save_network(with_grid(network, 9), proved / PROVED_NETWORK)  # type: ignore[arg-type]
    else:
        path.write_text(json.dumps({**json.loads(data), "claim": None}))
    at = open_page("proof_view", task="remainder")
    assert not at.exception
    assert any("Damaged" in e.value and "Nothing is claimed" in e.value for e in at.error)
    text = words(at)
    assert "Nothing is proved of the network" in text
    assert "proved for all lengths</span></span>" not in text
    assert "changed for the proof: proved" not in text


def test_a_damaged_network_leaves_the_one_as_trained_alone(open_page: Open, proved: Path) -> None:
    (proved / PROVED_NETWORK).write_bytes(b"nothing")
    at = open_page("proof_view", task="remainder")
    assert not at.exception
    assert at.error
    assert proofs_of(load_run(proved)).as_trained.digest in words(at)


def test_a_run_without_machine_and_program_says_that_nothing_can_be_proved(open_page: Open) -> None:
    at = open_page("proof_view", task="stubborn")
    assert not at.exception
    assert any("neither a machine nor a program" in w.value for w in at.warning)
    assert not [b for b in at.button if b.key in ("hunt", "prove", "certify")]


def test_a_machine_without_end_has_no_places_to_list(open_page: Open) -> None:
    at = open_page("proof_view", task="Sum_All")
    assert not at.exception
    assert any("grow without end" in i.value for i in at.info)
    assert any("wrong on this" in m.value.lower() for m in at.markdown)  # the counterexample of its report
    assert any(c.value == " ".join(["9"] * 28) for c in at.code)


def test_the_slider_the_input_and_the_place_come_from_the_address(open_page: Open) -> None:
    at = open_page("proof_view", task="remainder", depth="1", symbol="1", place="2")
    assert not at.exception
    assert next(s for s in at.slider if s.key == "depth").value == 1
    assert next(s for s in at.selectbox if s.key == "symbol").value == 1
    assert at.session_state["place"] == 2
    at = open_page("proof_view", task="remainder", depth="999", symbol="x", place="-4")
    assert not at.exception


@pytest.fixture
def made_before(runs_folder: Path) -> Iterator[str]:
    """A run whose own network is one that was changed for a proof."""
    there = runs_folder / "assets" / "runs"
    folder = there / "made_before"
    shutil.copytree(there / "remainder", folder)
    made = prove_run(load_run(there / "remainder"), seconds=10).network
    assert made is not None
    save_network(made, folder / "network.safetensors")
    report = json.loads((folder / "report.json").read_text())
    report["network"]["digest"] = network_digest(made)
    (folder / "report.json").write_text(json.dumps(report))
    st.cache_resource.clear()  # runs that ship are looked for once
    yield folder.name
    shutil.rmtree(folder)
    st.cache_resource.clear()


def test_a_run_of_a_network_that_was_changed_before_is_never_called_as_trained(
    open_page: Open, made_before: str
) -> None:
    at = open_page("proof_view", task=made_before)
    assert not at.exception
    text = words(at)
    assert "The network of this run" in text
    assert "Its card says that it was changed for a proof" in text
    assert "hidden states are rounded to multiples of" in text.lower()
    assert "nothing was rounded" not in text
    assert "The network as trained" not in text
    assert "That is another network than the stored one." not in text
    assert "as it is, which rounds its hidden states itself" in text
    assert button(at, "hunt").label == "Hunt the network of this run"  # type: ignore[attr-defined]


def test_both_digests_are_named_as_what_they_are(open_page: Open) -> None:
    at = open_page("proof_view", task="remainder")
    shown = next(c.value for c in at.caption if "content digest" in c.value)
    assert re.fullmatch(r"The network's file sha256 [0-9a-f]{16}…, content digest [0-9a-f]{16}", shown)


def test_the_shortest_word_that_a_hunt_found_is_named_everywhere_on_the_page(
    open_page: Open, runs_folder: Path
) -> None:
    folder = runs_folder / "assets" / "runs" / "Sum_All"
    at = open_page("proof_view", task="Sum_All")
    assert "differs on a sequence of length 28" in words(at)
    hunt = {"network": proofs_of(load_run(folder)).as_trained.digest, "of": "network", "against": "machine"}
    at.session_state["hunts_heard"] = {str(folder): ({**hunt, "word": [[9]] * 27},)}
    text = words(at.run())
    assert not at.exception
    assert "differs on a sequence of length 27" in text
    assert "of length 28" not in text


def test_a_hunt_shows_its_word_and_its_claim(open_page: Open) -> None:
    at = open_page("proof_view", task="remainder", against="machine", seconds="5")
    at = finished(button(at, "hunt").click().run())  # type: ignore[attr-defined]
    assert any("exhaustive to length" in i.value and "none of" in i.value for i in at.info)


def test_a_network_that_can_be_proved_is_made_and_offered(open_page: Open) -> None:
    at = open_page("proof_view", task="remainder", seconds="20")
    at = finished(button(at, "prove").click().run())  # type: ignore[attr-defined]
    assert any("proved for all lengths" in s.value for s in at.success)
    assert "read-only" in words(at)
    assert "keep_made" not in [b.key for b in at.button]


def test_a_job_that_fails_says_why(open_page: Open) -> None:
    at = open_page("proof_view", task="Parity_All", seconds="5")  # its process looks for the network elsewhere
    at = finished(button(at, "hunt").click().run())  # type: ignore[attr-defined]
    assert any("safetensors" in e.value for e in at.error)


def test_the_code_that_is_shown_is_python_and_names_the_run(open_page: Open) -> None:
    at = open_page("proof_view", task="remainder")
    code = next(c.value for c in at.code if "proofs_of" in c.value)
    ast.parse(code)
    assert 'open_run("remainder")' in code
