"""Certificates of any kind and the files beside them: which checker looks, and what it says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mips_core.machines import MealyMachine
from mips_core.machines.records import machine_to_dict
from mips_core.networks import Card, MlpNetwork, RawInput, Rounded
from mips_core.networks.protocol import AffineMap
from mips_core.networks.store import network_bytes
from mips_core.programs import parse_program
from mips_core.region_checker import Refused
from mips_core.tasks import Integers
from mips_core.verification.certificates import certify
from mips_core.verification.certificates.checking import LARGE_CHECKER, OWN_MACHINE, check, checked_files

BITS = np.array([[0], [1]])
PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), BITS)
PROGRAM = (
    "def f(xs):\n    ys = []\n    p = 0\n    for x in xs:\n        p = p ^ x\n        ys.append(p)\n    return ys\n"
)


def network(grid: int | None) -> MlpNetwork:
    """h' = relu(h + x) - 2 relu(h + x - 1): the parity, exactly, when h is."""
    first = AffineMap(np.ones((2, 2)), np.array([0.0, -1.0]))
    layers = (first, AffineMap(np.array([[1.0, -2.0]]), np.zeros(1)))
    reader = (AffineMap(np.eye(1), np.zeros(1)),)
    return MlpNetwork(
        Card("mlp", 1, 1, 1, inputs=(Integers(0, 2),)), RawInput(1), Rounded(1), layers, reader, state_grid=grid
    )  # fmt: skip


def machine_file(machine: MealyMachine) -> bytes:
    return json.dumps(machine_to_dict(machine)).encode()


@pytest.fixture(scope="module")
def proof() -> tuple[bytes, bytes]:
    found = certify(network(3), PARITY, BITS, remembered=("p",))
    assert found.certificate is not None, found.reason
    return json.dumps(found.certificate).encode(), network_bytes(network(3))


def test_network_machine_and_program_each_get_a_statement(proof: tuple[bytes, bytes]) -> None:
    files = {"machine.json": machine_file(PARITY), "program.py": PROGRAM.encode()}
    first, second = checked_files(*proof, files)
    assert first.line == (
        "accepted: network against machine.json: proved for all lengths, all 2 input symbols (certificate_checker)."
    )
    assert second.line == (
        "accepted: program.py against machine.json: exhaustive over 2 pairs of states x 2 input symbols "
        "(region_checker)."
    )
    assert check(*proof, files).startswith("machine.json and program.py against network ")
    assert second.to_dict()["accepted"] is True


def test_a_machine_in_another_form_is_followed_beside_the_certificate_s_own(proof: tuple[bytes, bytes]) -> None:
    turned = MealyMachine(1 - PARITY.next_state[::-1], PARITY.output[::-1], BITS, 1)  # the other state comes first
    equations = json.dumps(machine_to_dict(parse_program(PROGRAM).system)).encode()
    for data in (machine_file(turned), equations):
        first, second = checked_files(*proof, {"machine.json": data})
        assert (first.right, first.checker, first.accepted) == (OWN_MACHINE, "certificate_checker", True)
        assert (second.left, second.checker, second.accepted) == ("machine.json", LARGE_CHECKER, True)


def test_a_program_that_differs_is_refused_and_the_network_s_proof_stands(proof: tuple[bytes, bytes]) -> None:
    files = {"program.py": PROGRAM.replace("p ^ x", "p | x").encode()}
    first, second = checked_files(*proof, files)
    assert first.accepted
    assert not second.accepted
    with pytest.raises(Refused, match="one gives"):
        check(*proof, files)


def test_another_network_is_refused_and_nothing_else_is_looked_at(proof: tuple[bytes, bytes]) -> None:
    (only,) = checked_files(proof[0], network_bytes(network(4)), {"program.py": PROGRAM.encode()})
    assert only.line == (
        "refused: network against the certificate's machine: the network is not the one proved (certificate_checker)."
    )
    for broken in (b"", b"[1]", b"{}", b"\xff\xfe", b'{"kind": "grid"}', b'{"kind": ["grid"]}', b"[" * 100_000):
        (only,) = checked_files(broken, proof[1], {"program.py": PROGRAM.encode()})
        assert not only.accepted
        with pytest.raises(Refused):
            check(broken, proof[1], {})


def test_networks_as_trained_are_checked_by_the_larger_checker() -> None:
    """Parity of bits keeps errors as they are: a proof up to a length, by regions."""
    found = certify(network(None), PARITY, BITS, remembered=("p",), length=20, seconds=0.5)
    assert found.certificate is not None, found.reason
    assert found.certificate["kind"] == "regions"
    files = {"machine.json": machine_file(PARITY), "program.py": PROGRAM.encode()}
    statements = checked_files(json.dumps(found.certificate).encode(), network_bytes(network(None)), files)
    assert [each.accepted for each in statements] == [True] * 3
    assert {each.checker for each in statements} == {LARGE_CHECKER}
    assert {each.right for each in statements} == {OWN_MACHINE}
