"""Stored results of Deep Distilling, what a network says at any size, and changes that break a certificate."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from mips_core.errors import BadInputError, MipsError
from mips_core.essence.asking import network_says
from mips_core.essence.breaking import differing_input, with_changed_weight
from mips_core.essence.certify import examine
from mips_core.essence.check_source import check_source
from mips_core.essence.condensed_json import condensed_from_dict, condensed_to_dict
from mips_core.essence.network_file import network_bytes
from mips_core.essence.regenerate import same_network
from mips_core.essence.stored import NETWORK_ENDING, StoredEssence, read_stored, shipped_folder, shipped_names
from mips_core.essence.stored import stored_files as files_of
from mips_core.essence.stored_making import distill_task
from mips_core.essence.tasks import registry


@cache
def distilled(task: str) -> StoredEssence:
    return distill_task(task)


@cache
def shipped(task: str) -> StoredEssence:
    return read_stored(shipped_folder(), task, registry.get(task).data())


def written(folder: Path, stored: StoredEssence) -> Path:
    for name, content in files_of(stored).items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("task", ["eca-30", "argmax", "majority"])
def test_what_is_stored_is_read_back_whole(tmp_path: Path, task: str) -> None:
    made = distilled(task)
    found = read_stored(written(tmp_path, made), task, made.data)
    assert found.condensed == made.condensed
    assert network_bytes([found.network]) == network_bytes([made.network])
    assert (found.report, found.lines, found.stories) == (dict(made.report), dict(made.lines), made.stories)
    assert found.program.source == made.program.source == found.source
    assert files_of(found) == files_of(made)


@pytest.mark.parametrize("damage", ["half the text", "no groups", "half the network", "no network", "newer"])
def test_a_damaged_result_is_refused_by_name(tmp_path: Path, damage: str) -> None:
    stored = distilled("eca-30")
    folder = written(tmp_path, stored)
    text, network = folder / "eca-30.json", folder / f"eca-30{NETWORK_ENDING}"
    value = json.loads(text.read_bytes())
    if damage == "half the text":
        text.write_bytes(text.read_bytes()[:200])
    elif damage == "no groups":
        text.write_text(json.dumps({**value, "condensed": {**value["condensed"], "layers": [[{}]]}}))
    elif damage == "half the network":
        network.write_bytes(network.read_bytes()[:60])
    elif damage == "no network":
        network.write_bytes(gzip.compress(b"nothing of ours"))
    else:
        text.write_text(json.dumps({**value, "version": 99}))
    with pytest.raises(MipsError, match="eca-30"):
        read_stored(folder, "eca-30", stored.data)


def test_a_missing_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="life"):
        read_stored(tmp_path, "life", registry.get("life").data())


def test_the_shipped_results_are_whole_small_and_lossless() -> None:
    assert {"life", "argmax", "orientation", "max-sat", "eca-joint", "eca-30"} <= set(shipped_names())
    assert sum(path.stat().st_size for path in shipped_folder().iterdir()) < 2 * 2**20
    for name in shipped_names():
        stored = shipped(name)
        assert stored.report["losslessness"]["mismatches"] == 0
        assert not same_network(stored.condensed, stored.network)
        assert stored.lines
        assert max(stored.lines) <= len(stored.source.splitlines())
        assert len(stored.report["scaling"]) >= 3
        assert {each["model"] for each in stored.baselines} == {"multilayer perceptron", "decision tree"}
        for x, y in zip(stored.samples.x[:20].tolist(), stored.samples.y[:20].tolist(), strict=True):
            if stored.reading == "whole" and not stored.samples.is_soft:
                assert stored.program.function(x) == y


@pytest.mark.parametrize("task", ["life", "argmax", "orientation"])
def test_groups_are_the_same_after_json(task: str) -> None:
    condensed = shipped(task).condensed
    assert condensed_from_dict(json.loads(json.dumps(condensed_to_dict(condensed)))) == condensed


def test_code_and_network_say_the_same_at_sizes_never_taught() -> None:
    generator = np.random.default_rng(5)
    grid = (generator.random((7, 9)) < 0.4).astype(int).tolist()
    row = (generator.random(23) < 0.5).astype(int).tolist()
    formula = [[1, -2], [2, 3, -4], [-1], [4], [-3, 1], [-4, -2]]
    for task, arguments in (
        ("life", [grid]), ("eca-30", [row]), ("eca-joint", [row, 110]), ("max-sat", [formula]), ("max-sat", [[]]),
        ("argmax", [[3, 1, 4, 1.5, 9, 2.6]]), ("argmax", [[5, 5]]), ("orientation", [grid]), ("prefix-or", [row]),
    ):  # fmt: skip
        stored = shipped(task)
        said = network_says(stored.network, stored.condensed, stored.reading, arguments)
        assert said == stored.program.function(*arguments), task


def test_a_changed_weight_is_one_weight_and_always_seen() -> None:
    stored = shipped("life")
    for seed in range(8):
        network, change = with_changed_weight(stored.network, np.random.default_rng(seed))
        differences = [
            int((one.weights != other.weights).sum())
            for one, other in zip(network.layers, stored.network.layers, strict=True)
        ]
        assert sum(differences) == 1
        assert differences[change.layer] == 1
        made = examine([network], stored.condensed, "window", [stored.samples.x], values=(0, 1))
        assert f"neuron {change.neuron}" in made.layer_difference
        found = differing_input(made, stored.program.function)
        if found is not None:
            assert found.network != found.code


def test_changed_code_comes_with_its_smallest_input() -> None:
    stored = shipped("life")
    made = examine([stored.network], stored.condensed, "window", [stored.samples.x], values=(0, 1))
    assert differing_input(made, stored.program.function) is None
    assert check_source(stored.source, made, questions=50).counterexample is None
    empty = "def f(cells):\n    return [[0 for cell in row] for row in cells]\n"
    found = check_source(empty, made, questions=400)
    assert found.counterexample is not None
    assert (found.counterexample.network, found.counterexample.code) == (1, 0)
    assert found.counterexample.size <= 9
    failing = check_source("def f(cells):\n    return cells[99]\n", made, questions=50)
    assert failing.counterexample is not None
    assert "IndexError" in repr(failing.counterexample.code)


def test_the_story_of_life_begins_with_whole_classes() -> None:
    (story,) = shipped("life").stories
    assert story.minimal
    (step,) = story.steps
    assert sorted(map(len, step.failed)) == [140, 372]
    assert sorted(step.into[0] + step.into[1]) == list(step.part)


@pytest.mark.parametrize("task", ["eca-30", "life", "argmax", "majority", "fullest-row"])
def test_what_ships_is_what_comes_out_today(task: str) -> None:
    """After a change of training, condensing or writing: ``python -m mips_core.shipping.essence``."""
    assert shipped(task).source == distilled(task).source
    assert shipped(task).lines == dict(distilled(task).lines)
