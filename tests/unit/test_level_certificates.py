"""Certificates of counters: pairs of a hidden state on a grid and what equations remember, level by level."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mips_core import level_checker
from mips_core.certificate_checker import Refused, unpack
from mips_core.files import json_bytes
from mips_core.machines.integer_system import IntegerSystem
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.store import network_bytes
from mips_core.runs.shipped import shipped_run
from mips_core.verification.certificates.levels import certify_levels
from mips_core.verification.certificates.packing import packed, sealed
from mips_core.verification.grid_walk import with_grid

BITS = np.array([[0], [1]])
LENGTH = 40


@pytest.fixture(scope="module")
def brackets() -> tuple[MlpNetwork, IntegerSystem]:
    """A trained counter on a grid of sixteenths, and its equations; the depth has no bound."""
    run = shipped_run("Balanced_Parenthesis")
    assert isinstance(run.network, MlpNetwork)
    assert isinstance(run.machine, IntegerSystem)
    network = with_grid(run.network, 4)
    assert isinstance(network, MlpNetwork)
    return network, run.machine


@pytest.fixture(scope="module")
def certificate(brackets: tuple[MlpNetwork, IntegerSystem]) -> dict[str, Any]:
    found = certify_levels(*brackets, BITS, length=LENGTH, seconds=60)
    assert found.certificate is not None, found.reason
    return dict(found.certificate)


def checked(certificate: dict[str, Any], network: MlpNetwork) -> str:
    facts = {key: value for key, value in certificate.items() if key != "seal"}
    return level_checker.check(json_bytes(sealed(facts)), network_bytes(network))


def test_a_counter_is_proved_up_to_the_length_that_is_asked(certificate, brackets) -> None:
    assert checked(certificate, brackets[0]) == f"proved up to length {LENGTH}, all 2 input symbols"
    depths = unpack(certificate["states"])[:, -1]
    assert set(depths.tolist()) == set(range(-1, LENGTH + 1))  # every depth up to the length, and the one that stays


def test_a_longer_claim_is_refused(certificate, brackets) -> None:
    longer = {**certificate, "length": LENGTH + 1, "claim": certificate["claim"].replace(str(LENGTH), str(LENGTH + 1))}
    with pytest.raises(Refused, match="not listed"):
        checked(longer, brackets[0])
    for_ever = {**certificate, "length": None, "claim": "proved for all lengths, all 2 input symbols"}
    with pytest.raises(Refused, match="not listed"):
        checked(for_ever, brackets[0])


@pytest.mark.parametrize("row", range(0, 2 * LENGTH, 7))
@pytest.mark.parametrize("column", [0, 1])
def test_any_changed_pair_is_refused(certificate, brackets, row: int, column: int) -> None:
    states = unpack(certificate["states"])
    states[row, column] += 1
    with pytest.raises(Refused):
        checked({**certificate, "states": packed(states)}, brackets[0])


def test_pairs_left_out_added_doubled_or_moved_are_refused(certificate, brackets) -> None:
    states = unpack(certificate["states"])
    swapped = states[[*range(5), 9, *range(6, 9), 5, *range(10, len(states))]]
    for other in (states[:-1], np.vstack([states, [[7, 99]]]), np.vstack([states, states[-1:]]), swapped, states[1:]):
        with pytest.raises(Refused):
            checked({**certificate, "states": packed(other)}, brackets[0])


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("margin", [0.4999, 0.0, -1.0, float("inf")])
def test_another_margin_is_refused(certificate, brackets, place: int, margin: float) -> None:
    margins = list(certificate["margins"])
    margins[place] = margin
    with pytest.raises((Refused, ValueError)):
        checked({**certificate, "margins": margins}, brackets[0])


def test_other_equations_are_refused(certificate, brackets) -> None:
    machine = json.loads(json.dumps(certificate["machine"]).replace("== 0", "== 1"))
    assert machine != certificate["machine"]
    with pytest.raises(Refused, match="output"):
        checked({**certificate, "machine": machine}, brackets[0])


def test_another_network_is_refused(certificate, brackets) -> None:
    network = brackets[0]
    first = network.hidden[0]
    nudged = replace(first, bias=np.nextafter(first.bias, np.inf))
    with pytest.raises(Refused, match="not the one"):
        checked(certificate, replace(network, hidden=(nudged, *network.hidden[1:])))
    with pytest.raises(Refused, match="not the one"):
        checked(certificate, replace(network, state_grid=None))


def test_a_network_that_is_wrong_somewhere_gets_its_word_and_no_certificate(brackets) -> None:
    network, system = brackets
    coarse = with_grid(replace(network, state_grid=None), -2)  # cells of 4: depths fall together
    found = certify_levels(coarse, system, BITS, length=LENGTH, seconds=60)
    assert found.certificate is None
    assert "wrong on a sequence of length" in found.reason
