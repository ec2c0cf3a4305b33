"""What a run's folder says of the proofs of its networks, and who stands where on the ladder of claims."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from embedded_networks import network_of

from mips_core.errors import BadInputError
from mips_core.machines.mealy import MealyMachine
from mips_core.networks.store import network_digest, save_network
from mips_core.runs.proofs import (
    CERTIFICATE,
    CERTIFICATE_AS_TRAINED,
    HUNT,
    HUNT_PROVED,
    PROVED_NETWORK,
    STORY,
    Proofs,
    change_of,
    claim_as_trained,
    proofs_of,
)
from mips_core.runs.run import Run
from mips_core.tasks import Integers, Vocabulary
from mips_core.verification.claims import Claim, Strength, read_claim, strength_of, together
from mips_core.verification.grid_walk import with_grid
from mips_core.views.ladder import RUNGS, ladder_html, rung_of, short_words
from mips_core.views.proof_words import change_sentence, counterexample_sentence, headline, name_of

PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
HELD_OUT = "Program against network: agrees on 4,096 held-out sequences of length 10."
EXHAUSTIVE = "Network against machine: exhaustive to length 13 (all 16,382 input sequences agree)."


def run_in(folder: Path, *claims: str, **verification: Any) -> Run:
    network = network_of(PARITY, (Integers(0, 2),))
    save_network(network, folder / "network.safetensors")
    report = {
        "task": None, "network": {"digest": network_digest(network)},
        "verification": {"claims": list(claims), **verification},
    }  # fmt: skip
    return Run(folder, report)


def certificate(digest: str, reach: int | None = None, **changes: Any) -> dict[str, Any]:
    words = "for all lengths" if reach is None else f"up to length {reach:,}"
    facts = {"format": "mips-certificate", "kind": "grid", "network": digest, "length": reach}
    value = {**facts, "claim": f"proved {words}, all 2 input symbols", **changes}
    return {**value, "seal": hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()}


def write(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")


def change(folder: Path) -> str:
    """Put a network that rounds its hidden state beside the one as trained; return its digest."""
    network = with_grid(network_of(PARITY, (Integers(0, 2),)), 3)
    noted = {"change": "trained on 2,542 words, state grid 2^-3"}
    network = replace(network, card=replace(network.card, training=noted))
    save_network(network, folder / PROVED_NETWORK)
    return network_digest(network)


def run_of_changed(folder: Path) -> Run:
    """Make a run whose own network is one that was changed for a proof, as when somebody distills such a file."""
    digest = change(folder)
    (folder / PROVED_NETWORK).rename(folder / "network.safetensors")
    return Run(folder, {"task": None, "network": {"digest": digest}, "verification": {"claims": [HELD_OUT]}})


def test_a_network_whose_card_says_that_it_was_changed_is_never_called_as_trained(tmp_path: Path) -> None:
    proofs = proofs_of(run_of_changed(tmp_path))
    assert name_of(proofs.as_trained) == "of this run"
    assert "The network **of this run** against its program" in headline(proofs)
    assert "as trained" not in headline(proofs)
    assert "2,542 words; hidden states are rounded to multiples of 1/8" in change_sentence(proofs.as_trained.network)
    silent = replace(proofs.as_trained.network, card=replace(proofs.as_trained.network.card, training={}))
    assert change_of(silent) == "state grid 2^-3"  # it rounds, whatever its card says of its making
    whole = replace(silent, state_grid=None)
    assert change_of(whole) == ""
    made = replace(whole, card=replace(whole.card, training={"made_from": "0" * 16}))
    assert change_sentence(made) == "Its card does not say what was changed."


def test_another_network_in_the_place_of_the_run_s_claims_nothing(tmp_path: Path) -> None:
    run = run_in(tmp_path, HELD_OUT)
    digest = change(tmp_path)
    (tmp_path / PROVED_NETWORK).rename(tmp_path / "network.safetensors")
    write(tmp_path / CERTIFICATE_AS_TRAINED, certificate(digest))
    own = proofs_of(run).as_trained
    assert "the report of" in own.problem
    assert "the file was changed since" in own.problem
    found = claim_as_trained(Proofs(own, None))
    assert found is not None
    assert found.strength is Strength.AGREES_ON_HELD_OUT


def test_of_several_counterexamples_the_shortest_is_named(tmp_path: Path) -> None:
    run = run_in(tmp_path, counterexample={"inputs": [1, 0, 1, 1], "network": [], "program": []})
    digest = run.report["network"]["digest"]
    own = proofs_of(run).as_trained
    assert own.counterexample is not None
    assert len(own.counterexample.steps) == 4
    heard = {"network": digest, "word": [[1], [0], [1]], "against": "data"}
    shorter = replace(own, heard=(heard, {**heard, "network": "0" * 16, "word": [[1]]}))
    assert shorter.counterexample is not None
    assert shorter.counterexample.steps == ((1,), (0,), (1,))
    assert shorter.counterexample.against == "data"
    found = claim_as_trained(Proofs(shorter, None))
    assert found is not None
    assert found.words == "differs on a sequence of length 3"


def test_a_certificate_of_a_changed_network_says_nothing_of_the_one_as_trained(tmp_path: Path) -> None:
    run = run_in(tmp_path, HELD_OUT, EXHAUSTIVE)
    write(tmp_path / CERTIFICATE, certificate(change(tmp_path) + "0" * 48))
    proofs = proofs_of(run)
    assert proofs.changed is not None
    assert proofs.changed.claim is not None
    assert proofs.changed.claim.strength is Strength.PROVED_FOR_ALL_LENGTHS
    own = claim_as_trained(proofs)
    assert own is not None
    assert own.strength is Strength.AGREES_ON_HELD_OUT  # of program and network; nothing stronger is known of these
    assert "**changed for the proof** gives what the machine gives: **proved for all lengths**" in headline(proofs)
    assert "**as trained** against its program: **agrees on 4,096" in headline(proofs)


def test_without_a_changed_network_the_certificate_is_of_the_one_as_trained(tmp_path: Path) -> None:
    run = run_in(tmp_path, HELD_OUT)
    write(tmp_path / CERTIFICATE, certificate(run.report["network"]["digest"], 1000))
    proofs = proofs_of(run)
    assert proofs.changed is None
    found = claim_as_trained(proofs)
    assert found is not None
    assert short_words(found) == "proved up to length 1,000"
    assert proofs.both == (proofs.as_trained,)


def test_both_certificates_are_kept_apart(tmp_path: Path) -> None:
    run = run_in(tmp_path, HELD_OUT)
    write(tmp_path / CERTIFICATE, certificate(change(tmp_path)))
    write(tmp_path / CERTIFICATE_AS_TRAINED, certificate(run.report["network"]["digest"], 40))
    proofs = proofs_of(run)
    assert proofs.changed is not None
    assert [p.claim.strength for p in proofs.both if p.claim] == [
        Strength.PROVED_TO_LENGTH, Strength.PROVED_FOR_ALL_LENGTHS,
    ]  # fmt: skip
    assert change_of(proofs.changed.network) == "trained on 2,542 words, state grid 2^-3"
    assert change_sentence(proofs.changed.network) == (
        "Trained further on 2,542 words; hidden states are rounded to multiples of 1/8 after every step."
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"network": "0" * 64}, {"format": "something"}, {"length": 0}, {"length": True}, {"length": "all"},
        {"claim": 7}, {"network": None}, {"claim": "proved up to length 5"}, {"length": 5}, {"claim": "right"},
    ],
)  # fmt: skip
def test_a_certificate_that_does_not_fit_is_a_problem_and_no_claim(tmp_path: Path, changes: dict[str, Any]) -> None:
    run = run_in(tmp_path, HELD_OUT)
    write(tmp_path / CERTIFICATE, certificate(run.report["network"]["digest"], **changes))
    proofs = proofs_of(run)
    assert CERTIFICATE in proofs.as_trained.problem
    with pytest.raises(BadInputError):
        proofs.as_trained.claim  # noqa: B018
    found = claim_as_trained(proofs)
    assert found is not None
    assert found.strength is Strength.AGREES_ON_HELD_OUT


def test_a_changed_number_breaks_the_seal(tmp_path: Path) -> None:
    run = run_in(tmp_path, HELD_OUT)
    write(tmp_path / CERTIFICATE, {**certificate(run.report["network"]["digest"]), "margin": 0.5})
    assert "seal" in proofs_of(run).as_trained.problem


@pytest.mark.parametrize("word", [[1], [[1, 1]], [[1.5]], "word", [["a"]], {"a": 1}, 7, [[True]]])
def test_a_damaged_hunt_is_said_and_gives_no_counterexample(tmp_path: Path, word: Any) -> None:
    run = run_in(tmp_path, HELD_OUT)
    write(tmp_path / HUNT, {"network": run.report["network"]["digest"], "word": word})
    own = proofs_of(run).as_trained
    assert HUNT in own.hunt_problem
    assert own.counterexample is None
    found = claim_as_trained(proofs_of(run))
    assert found is not None
    assert found.strength is Strength.AGREES_ON_HELD_OUT


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_any_bytes_in_place_of_a_certificate_are_a_problem(tmp_path: Path, data: bytes) -> None:
    run = run_in(tmp_path, HELD_OUT)
    (tmp_path / CERTIFICATE).write_bytes(data)
    assert "damaged" in proofs_of(run).as_trained.problem


def test_a_known_counterexample_is_worth_more_than_agreement_and_less_than_a_proof(tmp_path: Path) -> None:
    run = run_in(tmp_path, HELD_OUT, network_vs_data={"1x": {"sequences": 4096, "agree": 4096}})
    digest = run.report["network"]["digest"]
    word = [[1], [0], [1]]
    write(tmp_path / HUNT, {"network": digest, "word": word, "against": "data"})
    proofs = proofs_of(run)
    found = claim_as_trained(proofs)
    assert found is not None
    assert found.strength is Strength.DIFFERS
    assert short_words(found) == "differs on a sequence of length 3"
    assert counterexample_sentence(proofs.as_trained) == (
        "Right on all 4,096 random sequences, wrong on this one of 3 steps."
    )
    write(tmp_path / CERTIFICATE, certificate(digest, 2))
    proofs = proofs_of(run)
    found = claim_as_trained(proofs)
    assert found is not None
    assert found.strength is Strength.PROVED_TO_LENGTH
    assert proofs.as_trained.counterexample is not None


def test_a_counterexample_of_the_changed_network_is_none_of_the_one_as_trained(tmp_path: Path) -> None:
    run = run_in(tmp_path, HELD_OUT)
    digest = change(tmp_path)
    write(tmp_path / CERTIFICATE, certificate(digest, 2))
    write(tmp_path / HUNT_PROVED, {"network": digest, "word": [[1], [0], [1]], "against": "machine"})
    proofs = proofs_of(run)
    assert proofs.changed is not None
    assert proofs.changed.counterexample is not None
    assert counterexample_sentence(proofs.changed) == "Beyond what is proved, it is wrong on this sequence of 3 steps."
    assert proofs.as_trained.counterexample is None


def test_the_counterexample_of_a_report_may_be_in_words(tmp_path: Path) -> None:
    run = run_in(tmp_path, counterexample={"inputs": ["push", "coin"], "network": [], "program": []})
    network = network_of(PARITY, (Integers(0, 2),))
    words = (Vocabulary.of(["coin", "push"]),)
    save_network(replace(network, card=replace(network.card, input_words=words)), tmp_path / "network.safetensors")
    found = proofs_of(run).as_trained.counterexample
    assert found is not None
    assert found.steps == ((1,), (0,))
    assert found.claim.words == "differs on a sequence of length 2"
    other = run_in(tmp_path, counterexample={"inputs": ["push"], "network": [], "program": []})
    with pytest.raises(BadInputError, match="push"):
        proofs_of(other).as_trained.counterexample  # noqa: B018


def test_a_hunt_of_another_network_is_not_believed(tmp_path: Path) -> None:
    run = run_in(tmp_path, HELD_OUT)
    write(tmp_path / HUNT, {"network": "0" * 16, "word": [[1]], "against": "data"})
    assert proofs_of(run).as_trained.counterexample is None


def test_the_story_of_another_network_is_not_told(tmp_path: Path) -> None:
    run = run_in(tmp_path)
    assert proofs_of(run).story is None
    write(tmp_path / STORY, {"made_from": "0" * 16, "rounds": [], "reason": ""})
    assert proofs_of(run).story is None
    write(tmp_path / STORY, {"made_from": run.report["network"]["digest"], "rounds": [], "reason": "It closed."})
    story = proofs_of(run).story
    assert story is not None
    assert story["reason"] == "It closed."
    (tmp_path / STORY).write_text("{}", encoding="utf-8")
    with pytest.raises(BadInputError, match=STORY):
        proofs_of(run).story  # noqa: B018


def test_a_report_without_any_claim_gives_none(tmp_path: Path) -> None:
    proofs = proofs_of(run_in(tmp_path))
    assert claim_as_trained(proofs) is None
    assert "Nothing is known" in headline(Proofs(proofs.as_trained, None))


def test_sentences_of_a_report_are_read_back() -> None:
    claim = Claim(Strength.EXHAUSTIVE_TO_LENGTH, "network", "machine", "exhaustive to length 5 (all 62 agree)")
    assert read_claim(claim.sentence) == claim
    assert read_claim("Nothing is claimed.") is None
    assert read_claim("Program against network: is certainly right.") is None
    assert strength_of("proved up to length 7, all 2 input symbols") is Strength.PROVED_TO_LENGTH


def test_of_several_claims_a_difference_counts_most() -> None:
    agree, differ = (read_claim(f"Program against network: {words}.") for words in (
        "proved up to length 9", "differs on 3 of 10 held-out sequences",
    ))  # fmt: skip
    assert agree is not None
    assert differ is not None
    assert together([agree, differ]) is differ
    assert together([agree]) is agree
    assert together([]) is None


@pytest.mark.parametrize("strength", list(Strength))
def test_every_rung_has_a_word_a_shape_and_a_place(strength: Strength) -> None:
    assert [rung.strength for rung in RUNGS] == sorted(Strength, reverse=True)
    rung = rung_of(Claim(strength, "network", "machine", ""))
    assert rung.name
    assert len({r.icon for r in RUNGS}) == len(RUNGS)  # told apart without colour
    html = ladder_html({strength: ["as <trained>"]})
    assert html.count("<li") == len(RUNGS)
    assert "as &lt;trained&gt;" in html.split(rung.name)[1].split("</li>")[0]
