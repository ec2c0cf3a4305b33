"""``mips bench mutants``: edits are caught with a word or a reason; what changes nothing is proved, and not counted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from command_line import assert_refused, mips

from mips_core.benchmarks.conditions import current_conditions
from mips_core.benchmarks.mutants import MutantBenchmark, make_mutants
from mips_core.benchmarks.mutants_judged import judge, refusal
from mips_core.benchmarks.mutants_made import Mutant, edits_of
from mips_core.benchmarks.mutants_numbers import certificate_edit, weight_edit, with_old_seal
from mips_core.benchmarks.mutants_text import Edit, machine_edit, machine_places, program_edits
from mips_core.errors import BadInputError
from mips_core.machines import MealyMachine
from mips_core.runs import load_run, shipped_run
from mips_core.runs.certifying import certify_run
from mips_core.runs.proofs import CERTIFICATE_AS_TRAINED
from mips_core.runs.run import Run
from mips_core.stepping import outputs_of

RUNS = ("Bitwise_Xor", "Prev1", "Sum_All")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three runs with their own networks and with certificates: a table, a register, a sum."""
    root = tmp_path_factory.mktemp("runs")
    for name in RUNS:
        run = shipped_run(name)
        (root / name).mkdir()
        for file in ("machine.json", "program.py", "report.json"):
            shutil.copyfile(run.folder / file, root / name / file)
        shutil.copyfile(run.network_file, root / name / "network.safetensors")
        found = certify_run(run, seconds=20)
        assert found.data is not None
        (root / name / CERTIFICATE_AS_TRAINED).write_bytes(found.data)
    return [root / name for name in RUNS]


def edited(run: Run, file: str, before: str, after: str) -> Edit:
    text = (run.folder / file).read_text(encoding="utf-8")
    assert before in text
    return Edit(file, "here", before, after, text.replace(before, after, 1).encode())


def test_every_mutant_is_caught_or_proved_the_same(folders: list[Path]) -> None:
    made = tuple(make_mutants(folders, count=12, seed=3, seconds=3))
    found = MutantBenchmark(made, 12, 3, 3, current_conditions(1))
    assert len(found.counted) == 12
    assert found.share == 1.0
    assert {m.kind for m in found.counted} == {"program", "table", "weight", "certificate"}
    assert all(m.word or m.refusal for m in found.of(verdict="caught"))
    value = json.loads(json.dumps(found.to_dict()))
    assert value["all"]["counted"] == 12
    assert sum(row["made"] for row in value["kinds"].values()) == len(made)


def test_a_word_is_a_real_difference_and_a_shortest_one(folders: list[Path]) -> None:
    run = load_run(folders[0])
    machine = run.machine
    assert isinstance(machine, MealyMachine)
    edit = edited(run, "program.py", "^", "|")
    word, refused, proof = judge(run, "program", edit, 1)
    assert (word, refused, proof) == (([1, 1],), "", "")
    text: dict[str, object] = {}
    exec(edit.data.decode(), text)
    theirs = text["f"]([(1, 1)])  # type: ignore[operator]
    assert theirs != outputs_of(machine, np.array([[[1, 1]]]))[0, :, 0].tolist()


def test_edits_that_change_nothing_are_proved_so_and_not_counted(folders: list[Path]) -> None:
    run = load_run(folders[0])
    word, _, proof = judge(run, "program", edited(run, "program.py", "x1 ^ x2", "(x1 + x2) % 2"), 1)
    assert word is None
    assert "pairs of states" in proof
    value = json.loads((folders[0] / "machine.json").read_bytes())
    value["states"] += 1
    value["transitions"][str(value["states"] - 1)] = value["transitions"]["0"]
    word, _, proof = judge(
        run, "table", Edit("machine.json", "transitions.1.0;0.next", "", "", json.dumps(value).encode()), 1
    )
    assert (word, proof) == (None, "no sequence reaches that state")
    assert Mutant("table", "r", "f", "p", "0", "1", proof=proof).verdict == "equivalent"
    assert Mutant("table", "r", "f", "p", "0", "1").verdict == "missed"


def test_a_weight_that_does_not_matter_is_proved_anew(folders: list[Path]) -> None:
    run = load_run(folders[1])
    data = run.network_file.read_bytes()
    rng = np.random.default_rng(0)
    verdicts = set()
    for _ in range(6):
        edit = weight_edit(data, "network.safetensors", rng)
        word, refused, proof = judge(run, "weight", edit, 3)
        assert refused, "the certificate is about the network as it was"
        verdicts.add((word is not None, bool(proof)))
    assert (True, False) in verdicts
    assert (True, True) not in verdicts


def test_certificates_with_a_changed_number_are_refused_and_the_seal_alone_is_not_what_refuses(
    folders: list[Path],
) -> None:
    folder = folders[2]
    certificate, network = (folder / CERTIFICATE_AS_TRAINED).read_bytes(), (folder / "network.safetensors").read_bytes()
    assert refusal(certificate, network, {}) == ""
    reasons, rng = [], np.random.default_rng(1)
    for _ in range(12):
        edit = certificate_edit(certificate, "c", rng)
        assert "seal" in refusal(with_old_seal(edit.data, certificate), network, {})
        reasons.append(refusal(edit.data, network, {}))
    assert sum(map(bool, reasons)) >= 8
    assert not any("seal" in reason for reason in reasons)


def test_a_run_has_another_edit_each_turn_until_there_are_none(folders: list[Path]) -> None:
    run = load_run(folders[1])
    edits = [edits_of(run, "program", turn, 0) for turn in range(30)]
    known = [edit.data for edit in edits if edit is not None]
    assert len(set(known)) == len(known) == len(program_edits((folders[1] / "program.py").read_text()))
    assert edits[-1] is None
    places = machine_places(json.loads((folders[0] / "machine.json").read_bytes()))
    assert len({machine_edit(json.loads((folders[0] / "machine.json").read_bytes()), *p).data for p in places}) == len(
        places
    )


def test_a_network_that_was_changed_since_its_run_is_not_taken_for_the_one_of_the_report(
    folders: list[Path], tmp_path: Path
) -> None:
    shutil.copytree(folders[1], tmp_path / "run")
    file = tmp_path / "run" / "network.safetensors"
    file.write_bytes(weight_edit(file.read_bytes(), "n", np.random.default_rng(5)).data)
    with pytest.raises(BadInputError, match="changed since"):
        load_run(tmp_path / "run").network  # noqa: B018


def test_the_command_prints_each_mutant_and_says_how_many_were_caught(folders: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    done = mips("bench", "mutants", "--runs", folders[0].parent, "--kinds", "program,table", "--count", 4, "--out", out)
    assert done.code == 0, done.err
    assert "4 mutants of" in done.out
    value = json.loads(out.read_text())
    assert value["all"]["counted"] == value["all"]["caught"] == 4
    assert all(m["word"] or m["refusal"] for m in value["mutants"])
    assert_refused(mips("bench", "mutants", "--kinds", "colour"), "program, table, weight, certificate")
    assert_refused(mips("bench", "mutants", "--runs", tmp_path), "There is no run")
    assert_refused(mips("bench", "mutants", "--only", "Nobody"), "no run Nobody")
