"""False certificates that the checkers once accepted, and near relatives of them: each is refused."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from mips_core import certificate_checker, integer_checker, lattice_checker, level_checker
from mips_core.certificate_checker import Refused
from mips_core.runs.shipped import shipped_run
from mips_core.verification.certificates.packing import sealed

CHECKS: dict[str, Callable[..., str]] = {
    "grid": certificate_checker.check, "integers": integer_checker.check, "lattice": lattice_checker.check,
    "levels": level_checker.check,
}  # fmt: skip


def files(task: str) -> tuple[dict[str, Any], bytes]:
    folder = shipped_run(task).folder
    return json.loads((folder / "certificate.json").read_bytes()), (folder / "proved_network.safetensors").read_bytes()


def checked(certificate: dict[str, Any], network: bytes, machine: bytes | None = None) -> str:
    facts = {key: value for key, value in certificate.items() if key != "seal"}
    facts["network"] = hashlib.sha256(network).hexdigest()
    return CHECKS[certificate["kind"]](json.dumps(sealed(facts)).encode(), network, machine)


@pytest.mark.parametrize(
    ("task", "output", "reason"),
    [
        ("Majority_0_3", "1 if ({}) else 0", "another comparison"),  # a tree of classes is no comparison
        ("Abs_Diff", "({}) + (previous >= -999) * 4611686018427387904 * 4", "too large"),  # would be 0 in 64 bits
        ("Abs_Diff", "7 if (previous > -999) * 4611686018427387904 * 4 else {}", "too large"),
        ("Abs_Diff", "({}) + (((previous > -999) + 9223372036854775808) - 9223372036854775808)", "too large"),
        ("Abs_Diff", "({}) + 1 // (previous > 50000)", "divides by zero"),
        ("Abs_Diff", "({}) + 5 % (previous > 50000)", "divides by zero"),
        ("Abs_Diff", "({},)", "not read"),
        ("Abs_Diff", "max({})", "not read"),
        ("Abs_Diff", "({}) + 0 * previous[0]", "not read"),  # would be the first state's, for all
        ("Abs_Diff", "({}) + 0 * True", "not read"),
        ("Balanced_Parenthesis", "1 if (depth > -99999) * 4611686018427387904 * 4 else {}", "too large"),
        ("Balanced_Parenthesis", "({}) + 1 // (depth > 5000)", "divides by zero"),
    ],
)
def test_formulas_that_are_read_as_another_are_refused(task: str, output: str, reason: str) -> None:
    certificate, network = files(task)
    machine = certificate["machine"]
    machine["outputs"] = [output.format(machine["outputs"][0])]
    with pytest.raises(Refused, match=reason):
        checked(certificate, network)


def test_a_machine_has_exactly_its_fields_of_exactly_their_types() -> None:
    whole, network = files("Parity_All")
    assert checked(whole, network)
    equations = files("Abs_Diff")[0]["machine"]
    first = whole["machine"]["transitions"]["0"]
    changes: list[dict[str, Any]] = [
        {**equations, **{key: whole["machine"][key] for key in ("states", "start", "symbols", "transitions")}},
        {"kind": "integer-system"}, {"format": "mips"}, {"version": True}, {"version": 1.0}, {"states": 2.0},
        {"start": False}, {"note": "for all networks"}, {"symbols": [[0], [True]]}, {"symbols": [[0.0], [1]]},
    ]  # fmt: skip
    for key, value in (("next", True), ("next", 1.0), ("next", -1), ("output", [1.0]), ("output", [True]), ("note", 1)):
        rows = copy.deepcopy(whole["machine"]["transitions"])
        rows["0"]["1"] = {**first["1"], key: value}
        changes.append({"transitions": rows})
    for change in changes:
        with pytest.raises(Refused):
            checked({**whole, "machine": {**whole["machine"], **change}}, network)
        text = json.dumps({**whole["machine"], **change}).encode()
        with pytest.raises(Refused, match="the machine is not the one proved"):
            checked(whole, network, text)


@pytest.mark.parametrize(
    "change",
    [
        {"order": True}, {"version": 1.0}, {"kind": "mealy"}, {"note": 1}, {"inputs": ["max"]}, {"inputs": ["True"]},
        {"inputs": ["previous"]}, {"inputs": "x"}, {"outputs": [["x"]]},
        {"state": [{"name": "previous", "start": 0.0, "update": "x"}]},
        {"state": [{"name": "previous", "start": False, "update": "x"}]},
        {"state": [{"name": "previous", "start": 0, "update": "x", "also": 1}]},
        {"locals": [{"name": "if", "value": "x"}]}, {"locals": [{"name": "unused", "value": "1 // 0"}]},
        {"tables": {"t": [[[0], 1], [[0], 2]]}}, {"tables": {"t": [[[True], 1]]}}, {"tables": {"t": [[[0], 1.5]]}},
    ],
)  # fmt: skip
def test_equations_have_exactly_their_fields_of_exactly_their_types(change: dict[str, Any]) -> None:
    whole, network = files("Abs_Diff")
    with pytest.raises(Refused):
        checked({**whole, "machine": {**whole["machine"], **change}}, network)


def test_a_key_that_stands_twice_is_refused_in_every_file() -> None:
    whole, network = files("Parity_All")
    text, machine = json.dumps(whole).encode(), json.dumps(whole["machine"]).encode()
    assert certificate_checker.check(text, network, machine)
    for certificate, given in ((b'{"length": 5,' + text[1:], machine), (text, b'{"start": 1,' + machine[1:])):
        with pytest.raises(Refused, match="stands twice"):
            certificate_checker.check(certificate, network, given)
    with pytest.raises(Refused, match="stands twice"):
        checked(whole, with_card(network, lambda card: '{"state_grid": null,' + json.dumps(card)[1:]))


def with_card(network: bytes, change: Callable[[dict[str, Any]], str]) -> bytes:
    """Return the file with another card: the text that ``change`` makes of it."""
    begin = 8 + int.from_bytes(network[:8], "little")
    header = json.loads(network[8:begin])
    header["__metadata__"]["card"] = change(json.loads(header["__metadata__"]["card"]))
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + network[begin:]


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": [[0.0, 2.0]]}, {"inputs": [[-0.5, 1.5]]}, {"inputs": [[False, 2]]}, {"state_grid": 1.0},
        {"state_grid": True}, {"encoding": {"kind": "onehot?", "ranges": [[0, 2]]}},
        {"encoding": {"kind": "embedding", "ranges": [[0, 2]]}},
        {"encoding": {"kind": "one-hot", "ranges": [[0.0, 2.0]]}},
        {"decoding": {"kind": "most", "ranges": [[0, 2]]}},
    ],
)  # fmt: skip
def test_a_card_with_numbers_or_kinds_that_are_none_is_refused(change: dict[str, Any]) -> None:
    whole, network = files("Parity_All")
    assert checked(whole, with_card(network, json.dumps))
    places = {"places": change["state_grid"]} if "state_grid" in change else {}
    with pytest.raises(Refused):
        checked({**whole, **places}, with_card(network, lambda card: json.dumps({**card, **change})))


def test_refusals_are_short_and_plain() -> None:
    whole, network = files("Abs_Diff")
    with pytest.raises(Refused, match="a file is no JSON"):
        certificate_checker.check(b"{", network)
    long = {**whole, "machine": {**whole["machine"], "outputs": ["x" * 5_000]}}
    with pytest.raises(Refused) as refused:
        checked(long, network)
    assert len(str(refused.value)) < 200
