"""Networks that move in exact integers: how they are made, what is proved of them, and what the checkers refuse."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mips_core import integer_checker, lattice_checker
from mips_core.certificate_checker import Refused
from mips_core.machines import IntegerSystem
from mips_core.networks import Card, MlpNetwork, OneHotInput, RawInput, Rounded
from mips_core.networks.encoding import Argmax
from mips_core.networks.protocol import AffineMap
from mips_core.networks.store import network_bytes
from mips_core.programs import parse_program
from mips_core.stepping import trace
from mips_core.tasks import Integers
from mips_core.verification.certificates.integers import IntegerProof, prove_integers
from mips_core.verification.certificates.packing import packed, sealed

BITS, DIGITS, SIGNS = np.array([[0], [1]]), np.arange(10)[:, None], np.array([[-1], [1]])


def layer(rows: list[list[float]], bias: list[float] | None = None) -> AffineMap:
    return AffineMap(np.array(rows, dtype=float), np.array(bias or [0.0] * len(rows), dtype=float))


def network(
    step: AffineMap, *readout: AffineMap, low: int = 0, high: int = 10, start: list[float] | None = None
) -> MlpNetwork:
    d = len(step.bias)
    card = Card("mlp", 1, 1, d, inputs=(Integers(low, high),), length=10)
    return MlpNetwork(
        card, RawInput(1), Rounded(1), (step,), readout, start_state=np.array(start or [0.0] * d, dtype=float)
    )


def system(body: str, state: str = "s = 0") -> IntegerSystem:
    lines = [*state.split("; "), "for x in xs:", *(f"    {line}" for line in body.split("; "))]
    return parse_program(
        "def f(xs):\n    ys = []\n" + "".join(f"    {line}\n" for line in lines) + "    return ys\n"
    ).system


def proof(made: MlpNetwork, equations: IntegerSystem, symbols: np.ndarray, length: int = 20) -> IntegerProof:
    found = prove_integers(made, equations, symbols, length=length, rng=np.random.default_rng(0))
    assert isinstance(found, IntegerProof), found
    return found


TOTAL = network(layer([[1, 1]]), layer([[1]]))
SUM = system("s = s + x; ys.append(s)")


def resealed(certificate: Any, stored: MlpNetwork, **changes: Any) -> bytes:
    """Return the certificate with changes, and with the seal and the digest that fit to them."""
    facts = {k: v for k, v in {**certificate, **changes}.items() if k != "seal"}
    facts["network"] = hashlib.sha256(network_bytes(stored)).hexdigest()
    return json.dumps(sealed(facts)).encode()


def test_a_sum_is_proved_exactly_as_far_as_float64_counts() -> None:
    found = proof(TOTAL, SUM, DIGITS)
    assert found.length is not None
    assert 9 * found.length <= 2**53 < 9 * (found.length + 2)
    assert found.certificate["claim"] == f"proved up to length {found.length:,}, all 10 input symbols"
    longer = found.length + 1
    claim = found.certificate["claim"].replace(f"{found.length:,}", f"{longer:,}")
    with pytest.raises(Refused, match="which float64 does not hold exactly"):
        integer_checker.check(resealed(found.certificate, TOTAL, length=longer, claim=claim), network_bytes(TOTAL))
    full = np.array([[2.0**53]])
    assert TOTAL.advance(full, np.array([[1]])) == 2.0**53  # one more is lost


def test_doubling_is_proved_to_the_very_last_exact_length() -> None:
    binary = network(layer([[2, 1]]), layer([[1]]), high=2)
    equations = system("s = 2 * s + x; ys.append(s)")
    found = proof(binary, equations, BITS)
    assert found.length == 53
    ones = np.ones((1, 54, 1), dtype=np.int64)
    outputs = trace(binary, ones).outputs[0, :, 0].tolist()
    assert outputs[:53] == [2**t - 1 for t in range(1, 54)]
    assert outputs[53] != 2**54 - 1


def test_a_toggle_and_a_memory_are_proved_for_all_lengths() -> None:
    toggle = network(layer([[-1, 0]], [1]), layer([[1]]), high=2)
    assert proof(toggle, system("s = 1 - s; ys.append(s)"), BITS).length is None
    last_two = network(layer([[0, 0, 1], [1, 0, 0]]), layer([[1, 1]]))
    assert proof(last_two, system("ys.append(x + s); s = x"), DIGITS).length is None
    resonant = network(layer([[1, -1, 1], [1, 0, 0]]), layer([[1, 0]]), low=-10, high=11)
    spring = system("s, r = s - r + x, s; ys.append(s)", "s = 0; r = 0")
    length = proof(resonant, spring, np.arange(-10, 11)[:, None]).length
    assert length is not None
    assert length > 10**15  # powers have period 6, so the worst input adds at most 10 per step, and less on average


def test_states_that_equations_and_network_count_differently_belong_together() -> None:
    """The network counts down from 5 and has what the equations remember in two units."""
    other = network(layer([[1, 0, -2], [0, 1, 4]], [1, -2]), layer([[-1, 0]], [5]), start=[5, 0])
    equations = system("s = s + 2 * x - 1; ys.append(s)")
    found = proof(other, equations, DIGITS)
    assert found.length is not None
    wrong = system("s = s + 2 * x; ys.append(s)")
    assert isinstance(prove_integers(other, wrong, DIGITS, length=5, rng=np.random.default_rng(0)), str)


def majority() -> MlpNetwork:
    """h' = h + 1 for a one, h - 1 for a zero; class 1 where 3 h + 1 > -4 h + 2."""
    card = Card("mlp", 1, 1, 1, inputs=(Integers(0, 2),), length=10)
    readout = layer([[-4], [3]], [2, 1])
    return MlpNetwork(
        card, OneHotInput((Integers(0, 2),)), Argmax((Integers(0, 2),)), (layer([[1, -1, 1]]),), (readout,)
    )


@pytest.mark.parametrize(
    ("comparison", "right"),
    [("s > 0", True), ("s >= 1", True), ("0 < s", True), ("5 * s > 4", True), ("-3 * s <= -1", True),
     ("s >= 0", False), ("s > 1", False), ("s < 0", False), ("5 * s > 5", False)],
)  # fmt: skip
def test_classes_are_compared_for_all_integers(comparison: str, right: bool) -> None:
    equations = system(f"s = s + 2 * x - 1; ys.append(int({comparison}))")
    found = prove_integers(majority(), equations, BITS, length=5, rng=np.random.default_rng(0))
    assert isinstance(found, IntegerProof) == right
    if isinstance(found, str):
        assert "another comparison" in found
    else:
        assert found.length is not None
        assert found.length > 10**15


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for key, each in pairs for found in leaves(each, (*path, key))]
    return [path]


SPRING = network(layer([[1, -1, 1], [1, 0, 0]]), layer([[1, 0]]), low=-1, high=2)
SPRING_EQUATIONS = system("s, r = s - r + x, s; ys.append(s)", "s = 0; r = 0")
ABS = network(layer([[1, 1]]), layer([[1], [-1]]), layer([[1, 1]]), low=-1, high=2)
ABS_EQUATIONS = system("s = s + x; ys.append(abs(s))")
UNITS = np.array([[-1], [0], [1]])


@pytest.mark.parametrize(
    ("made", "equations", "check"),
    [(SPRING, SPRING_EQUATIONS, integer_checker.check), (ABS, ABS_EQUATIONS, lattice_checker.check)],
)
def test_every_changed_number_of_a_certificate_is_refused(
    made: MlpNetwork, equations: IntegerSystem, check: Callable[..., str]
) -> None:
    whole: Any = proof(made, equations, UNITS).certificate
    content = network_bytes(made)
    check(json.dumps(whole).encode(), content)
    for path in leaves(whole):
        changed = copy.deepcopy(whole)
        at = changed
        for key in path[:-1]:
            at = at[key]
        value = at[path[-1]]
        at[path[-1]] = value + 1 if isinstance(value, int | float) else f"{value}7"
        with pytest.raises(Refused):
            check(json.dumps(changed).encode(), content)


def test_every_changed_weight_is_refused_even_with_a_digest_that_fits() -> None:
    for made, equations, check in (
        (SPRING, SPRING_EQUATIONS, integer_checker.check),
        (ABS, ABS_EQUATIONS, lattice_checker.check),
    ):
        whole = proof(made, equations, UNITS).certificate
        for part in ("hidden", "readout_layers"):
            for i, each in enumerate(getattr(made, part)):
                for name in ("weight", "bias"):
                    for place in np.ndindex(getattr(each, name).shape):
                        values = getattr(each, name).copy()
                        values[place] += 3
                        layers = [*getattr(made, part)]
                        layers[i] = replace(each, **{name: values})
                        other = replace(made, **{part: tuple(layers)})
                        with pytest.raises(Refused):
                            check(resealed(whole, other), network_bytes(other))
                        with pytest.raises(Refused, match="not the one proved"):
                            check(json.dumps(whole).encode(), network_bytes(other))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"T": packed(np.array([[2]]))}, "an input moves the network elsewhere"),
        ({"T": packed(np.array([[1, 0]]))}, "with T"),
        ({"lags": 0}, "too large"),
        ({"period": 10**6}, "too large"),
        ({"length": None}, "grows for ever"),
        ({"length": 0}, "no length"),
        ({"symbols": packed(np.array([[1], [1]]))}, "not distinct"),
        ({"kind": "hope"}, "malformed"),
    ],
)
def test_a_wrong_proof_with_a_fitting_seal_is_refused(changes: dict[str, Any], reason: str) -> None:
    whole = proof(TOTAL, SUM, DIGITS).certificate
    with pytest.raises(Refused, match=reason):
        integer_checker.check(resealed(whole, TOTAL, **changes), network_bytes(TOTAL))


@pytest.mark.parametrize(
    "update",
    ["s + x + 0 * s * s", "s + x + t[(s > 0)]", "s + x + max(0, 0, key=s)", "s + x if s else x", "s + x + 2 ** 0",
     "s + x + (s > 0) * 0", "s + x + u", "s + x + 0.0", "(lambda: s + x)()", "__import__('os').getpid()", "s + x +",
     "update", "True * s + x"],
)  # fmt: skip
def test_equations_that_are_not_read_are_refused(update: str) -> None:
    """Each is given in the place of ``s + x``, with a table that has the one key which the comparison would give."""
    whole: Any = copy.deepcopy(proof(TOTAL, SUM, DIGITS).certificate)
    name = whole["machine"]["state"][0]["name"]
    whole["machine"]["state"][0]["update"] = update.replace("s", name) if name != "s" else update
    whole["machine"]["outputs"] = [f"{name} + x"]
    whole["machine"]["locals"] = []
    whole["machine"]["tables"] = {"t": [[[1, -1], 0]]}
    with pytest.raises(Refused):
        integer_checker.check(resealed(whole, TOTAL), network_bytes(TOTAL))


def test_formulas_that_square_again_and_again_end_soon() -> None:
    whole: Any = copy.deepcopy(proof(TOTAL, SUM, DIGITS).certificate)
    squares = [{"name": f"l{i}", "value": f"l{i - 1} * l{i - 1}" if i else "x * x"} for i in range(60)]
    whole["machine"]["locals"] = squares
    whole["machine"]["outputs"] = ["l59"]
    whole["machine"]["state"][0]["update"] = "l59"
    with pytest.raises(Refused, match="grow too large"):
        integer_checker.check(resealed(whole, TOTAL), network_bytes(TOTAL))


def test_one_weight_that_is_no_integer_is_refused() -> None:
    whole = proof(TOTAL, SUM, DIGITS).certificate
    near = replace(TOTAL, hidden=(layer([[1 + 2.0**-30, 1]]),))
    with pytest.raises(Refused, match="no integer"):
        integer_checker.check(resealed(whole, near), network_bytes(near))
    grid = replace(TOTAL, state_grid=0)
    with pytest.raises(Refused, match="lie on no such grid"):
        integer_checker.check(resealed(whole, grid), network_bytes(grid))


def test_a_readout_is_tried_in_every_state_that_is_reached() -> None:
    found = proof(ABS, ABS_EQUATIONS, UNITS, length=20)
    assert found.certificate["kind"] == "lattice"
    assert found.length == 20
    for low, shape in (
        ([-19], [39]),
        ([-20], [39]),
    ):  # after 19 steps 39 states are reached; a smaller box leaves some out
        changed = resealed(found.certificate, ABS, low=low, shape=shape)
        if low == [-19]:
            lattice_checker.check(changed, network_bytes(ABS))
        else:
            with pytest.raises(Refused, match="leaves the box"):
                lattice_checker.check(changed, network_bytes(ABS))
    # Right up to |s| = 15 only: a third unit adds 0.1 for each step beyond.
    bent = network(layer([[1, 1]]), layer([[1], [-1], [1]], [0, 0, -15]), layer([[1, 1, 0.1]]), low=-1, high=2)
    assert proof(bent, ABS_EQUATIONS, UNITS, length=19).length == 19
    refused = prove_integers(bent, ABS_EQUATIONS, UNITS, length=25, rng=np.random.default_rng(0))
    assert isinstance(refused, str)
    assert "give another output" in refused


def test_a_lattice_that_comes_to_an_end_is_proved_for_all_lengths() -> None:
    rectifier = network(layer([[0, 1]]), layer([[1]]), layer([[1]]), low=-5, high=6)
    found = proof(rectifier, system("ys.append(max(x, 0))", "s = 0"), np.arange(-5, 6)[:, None])
    assert found.certificate["claim"] == "proved for all lengths, all 11 input symbols"
