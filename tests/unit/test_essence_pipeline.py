"""From data to certified code: what the function takes and returns, for data of every kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from mips_core.errors import BadInputError, NoRegularStructureError, ProgramRefusedError, ProgramStoppedError
from mips_core.essence.check_source import check_source
from mips_core.essence.data import EssenceData, Samples
from mips_core.essence.network_file import network_bytes, parse_networks
from mips_core.essence.pipeline import distill_essence, examination_of
from mips_core.essence.readings import likely_readings
from mips_core.essence.result import EssenceResult
from mips_core.essence.tasks import get
from mips_core.programs.sandbox import Limits


def bits(n: int) -> np.ndarray:
    return (np.arange(2**n)[:, None] >> np.arange(n)[::-1]) & 1


def of(*samples: tuple[np.ndarray, Any]) -> EssenceData:
    return EssenceData(tuple(Samples(x, np.asarray(y)) for x, y in samples))


@cache
def result(task: str) -> EssenceResult:
    data = get(task).data()
    if task == "max-sat":
        data = EssenceData(data.samples[1:])  # the small sizes
    return distill_essence(data, cases=600)


def test_readings_follow_from_the_data_alone() -> None:
    def best(task: str) -> str:
        return likely_readings(get(task).data())[0]

    assert [best(task) for task in ("eca-30", "life", "eca-joint", "max-sat", "argmax", "prefix-or")] == [
        "window", "window", "rule and window", "clauses", "whole", "whole",
    ]  # fmt: skip
    other = bits(11)
    assert likely_readings(of((other, other[:, 0]))) == ("window", "whole")
    assert likely_readings(of((bits(4), bits(4)[:, 0]))) == ("whole",)
    assert likely_readings(of((bits(3)[:7], [0, 1, 0, 0, 1, 1, 0]))) == ("whole",)
    assert likely_readings(of((2 * bits(3), [0, 1, 0, 0, 1, 1, 0, 1]))) == ("whole",)


def test_a_reading_may_be_chosen_and_must_fit() -> None:
    data = get("eca-110").data()
    found = distill_essence(data, reading="whole")
    assert [found.program.function(x) for x in data.samples[0].x.tolist()] == data.samples[0].y.tolist()
    with pytest.raises(BadInputError, match="does not fit the data: a window has one size"):
        distill_essence(get("majority").data(), reading="window")


@pytest.mark.parametrize("task", ["argmax", "majority", "eca-110", "prefix-or"])
def test_the_order_of_samples_and_their_dtype_do_not_matter(task: str) -> None:
    generator = np.random.default_rng(0)
    mixed = []
    for samples in get(task).data().samples:
        order = generator.permutation(len(samples.x))
        mixed.append(Samples(samples.x[order].astype(np.int32), samples.y[order]))
    assert distill_essence(EssenceData(tuple(mixed)), cases=300).program.source == result(task).program.source


def test_every_way_that_was_tried_is_said() -> None:
    found = result("majority")
    assert found.tried[-1].outcome == "lossless"
    assert found.tried[-1].lines == found.program.lines
    assert all(attempt.sentence for attempt in found.tried)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (np.eye(5, dtype=np.int64), [7, -2, 7, 7, 7]),
        (np.array([[0.5, 1.0], [2.5, -1.0], [0.25, 3.0]]), [0, 1, 0]),
        (np.array([[-4], [-1], [3], [9]]), [0, 0, 1, 1]),
        (bits(4), np.stack([bits(4)[:, 0], 1 - bits(4)[:, 3]], axis=1)),
        (bits(3), [1] * 8),
        (np.zeros((1, 2, 2), dtype=np.int64), [3]),
        (bits(4).reshape(-1, 2, 2), np.minimum(bits(4).sum(axis=1), 2)),
    ],
    ids=["labels", "reals", "one number", "two labels", "one class", "one sample", "three classes"],
)
def test_what_comes_back_has_the_form_of_a_row_of_y(x: np.ndarray, y: Any) -> None:
    data = of((x, y))
    found = distill_essence(data, reading="whole", cases=300)
    assert found.losslessness.lossless
    assert [found.program.function(row) for row in x.tolist()] == np.asarray(y).tolist()


def test_probabilities_become_scores() -> None:
    x = np.eye(4, dtype=np.int64)
    y = np.array([[0.9, 0.5, 0.1], [0.9, 0.5, 0.1], [0.2, 0.5, 0.7], [0.2, 0.5, 0.7]])
    found = distill_essence(of((x, y)), cases=300)
    assert found.reading == "whole"
    assert [found.program.function(row) for row in x.tolist()] == found.network.decide(x)
    for scores, wanted in zip(found.network.decide(x), y, strict=True):
        assert np.argsort(scores).tolist() == np.argsort(wanted).tolist()


def _policies() -> dict[str, Callable[[str], str]]:
    return {
        "ties": lambda source: source.replace(">= 0", "> 0"),
        "units": lambda source: source.replace("== 0 else", "== 1 else", 1),
        "signs": lambda source: source.replace("(first - second)", "(second - first)", 1),
        "must": lambda source: re.sub(r"\b10000\b", "10001", source),
        "wish": lambda source: re.sub(r"\b3851\b", "3850", source),
        "keeps": lambda source: source.replace("literal != -true", "literal != true"),
    }


@pytest.mark.parametrize("change", _policies())
def test_a_changed_policy_is_noticed(change: str) -> None:
    found = result("max-sat")
    assert found.reading == "clauses"
    source = _policies()[change](found.program.source)
    assert source != found.program.source
    space: dict[str, Any] = {}
    exec(compile(source, "<changed>", "exec"), space)
    words = examination_of(found, cases=600).first_difference(space["f"])
    assert words.startswith("f([[")
    assert "the network says" in words


def test_a_text_from_anybody_is_compared_in_the_sandbox() -> None:
    found = result("eca-110")
    made = examination_of(found)
    right = check_source(found.program.source, made)
    assert (right.mismatches, right.complete) == (0, True)
    assert right.sentence == "Code against network: agrees on all 8 inputs."
    wrong = check_source("def f(cells):\n    return [0 for cell in cells]\n", made)
    assert wrong.mismatches == 5
    assert "f([" in wrong.first_difference
    assert wrong.first_difference in wrong.sentence
    failing = check_source("def f(cells):\n    return cells[99]\n", made)
    assert "IndexError" in failing.first_difference
    with pytest.raises(ProgramRefusedError):
        check_source("import os\ndef f(cells):\n    return cells\n", made)
    with pytest.raises(ProgramStoppedError):
        check_source(
            "def f(cells):\n    while True:\n        cells = cells\n", made,
            limits=Limits(soft_seconds=0.2, hard_seconds=0.5),
        )  # fmt: skip


def test_networks_come_back_from_their_file() -> None:
    for task in ("argmax", "max-sat", "prefix-or"):
        networks = result(task).networks
        data = network_bytes(networks)
        assert data == network_bytes(networks)
        read = parse_networks(data, "a file")
        for one, other, samples in zip(networks, read, result(task).data.samples, strict=True):
            assert (one.heads, one.subconcepts, one.differentiae, one.mode, one.several) == (
                other.heads, other.subconcepts, other.differentiae, other.mode, other.several,
            )  # fmt: skip
            assert one.decide(samples.x) == other.decide(samples.x)
    for damaged in (
        data[:-8],
        b"nothing",
        data.replace(b'"neurons', b'"nuerons'),
        data.replace(b"0.1.bias", b"0.1.bais"),
    ):
        with pytest.raises(BadInputError):
            parse_networks(damaged, "a file")


def test_labels_without_a_rule_are_refused_with_what_was_tried() -> None:
    generator = np.random.default_rng(5)
    x = generator.integers(0, 2, size=(40, 6, 6))
    with pytest.raises(NoRegularStructureError) as refused:
        distill_essence(of((x, generator.integers(0, 2, size=40))))
    assert refused.value.tried


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (lambda x: x.sum(axis=1) % 2, "return sum(x) % 2"),
        (lambda x: x.sum(axis=1), "return sum(x)"),
        (lambda x: (x.sum(axis=1) == 2).astype(int), "return int(sum(x) == 2)"),
        (lambda x: x[:, ::-1], "return [x[len(x) - i - 1] for i in range(len(x))]"),
        (lambda x: x.shape[1] - x.sum(axis=1), "return len(x) - sum(x)"),
        (lambda x: (2 * x.sum(axis=1) > x.shape[1]).astype(int), "return int(sum(x) >= len(x) // 2 + 1)"),
        (lambda x: np.pad(x, ((0, 0), (2, 0)))[:, :-2], "return [0, 0] + [x[i - 2] for i in range(2, len(x))]"),
        (lambda x: 0 * x, "return [0 for value in x]"),
    ],
)
def test_rules_of_several_sizes_become_one_line(rule: Callable[[np.ndarray], np.ndarray], text: str) -> None:
    found = distill_essence(of(*((bits(n), rule(bits(n))) for n in (6, 5, 7))))
    assert found.losslessness.lossless
    assert found.losslessness.kind == "exhaustive"
    assert found.program.source.splitlines()[-1].strip() == text
    assert examination_of(found).judge(found.program.function).lossless
    assert not examination_of(found).judge(lambda x: 0).lossless


def test_clauses_may_lie_along_either_axis() -> None:
    samples = get("max-sat").data().samples[1:]
    turned = of(*((each.x.transpose(0, 2, 1), each.y) for each in samples))
    assert distill_essence(turned, cases=300).program.source == result("max-sat").program.source


def test_small_sizes_may_have_forms_of_their_own() -> None:
    def more_on_the_left(n: int) -> tuple[np.ndarray, np.ndarray]:
        x = bits(n)
        return x, (x[:, : n // 2].sum(axis=1) > x[:, n // 2 :].sum(axis=1)).astype(int)

    found = distill_essence(of(*(more_on_the_left(n) for n in (6, 4, 8))))
    assert found.losslessness.lossless
    assert found.program.source.splitlines()[-1].strip() == "return int(sum(x[: len(x) // 2]) > sum(x[len(x) // 2 :]))"


def test_one_size_alone_may_be_all_that_can_be_said() -> None:
    x = np.array([(a, b) for a in range(3) for b in range(3)])
    found = distill_essence(of((x, np.sort(x, axis=1))))
    assert found.program.function([2, 1]) == [1, 2]
    assert found.losslessness.kind == "exhaustive"


@pytest.mark.parametrize("shape", [(80, 8, 8), (60, 5), (30, 6), (200, 9)])
def test_random_labels_are_no_rule(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    x = np.unique(rng.integers(0, 3, shape), axis=0)
    with pytest.raises(NoRegularStructureError) as caught:
        distill_essence(of((x, rng.integers(0, 2, len(x)))))
    assert caught.value.tried


def test_numbers_beyond_exact_sums_are_refused_in_words() -> None:
    with pytest.raises(BadInputError, match="power of ten"):
        distill_essence(of((np.array([[1e-9], [2e-9], [-1e-9]]), [0, 0, 1])))
    with pytest.raises(NoRegularStructureError, match="too large for exact sums"):
        distill_essence(of((np.array([[2**50], [2**50 + 1]]), [0, 1])))
