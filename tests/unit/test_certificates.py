"""Certificates: what is proved holds, and the checker refuses everything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mips_core.machines import IntegerSystem, MealyMachine
from mips_core.machines.records import machine_to_dict
from mips_core.networks import Card, MlpNetwork, RawInput, Rounded
from mips_core.networks.cells import CellLayer, CellNetwork
from mips_core.networks.encoding import Argmax
from mips_core.networks.protocol import AffineMap
from mips_core.networks.store import network_bytes, network_digest
from mips_core.programs import parse_program
from mips_core.region_checker import Refused, check
from mips_core.region_checker.network import Network as CheckedNetwork
from mips_core.runs import shipped_run
from mips_core.runs.certifying import CertifiedRun, certify_run
from mips_core.tasks import Integers
from mips_core.verification.certificates import certify
from mips_core.verification.certificates.packing import packed, sealed
from mips_core.verification.certificates.zonotopes import Zonotopes, margins, successors
from mips_core.verification.claims import Strength

BITS = np.array([[0], [1]])


def fading_echo() -> MlpNetwork:
    """h' = h / 4 + x and y = h: outputs x, with at most a third too much."""
    card = Card("linear", 1, 1, 1, inputs=(Integers(0, 2),))
    step = AffineMap(np.array([[0.25, 1.0]]), np.zeros(1))
    return MlpNetwork(card, RawInput(1), Rounded(1), (step,), (AffineMap(np.eye(1), np.zeros(1)),))


ECHO = MealyMachine(np.zeros((1, 2), dtype=np.int64), np.array([[[0], [1]]]), BITS)
ECHO_FILE = {"machine.json": json.dumps(machine_to_dict(ECHO)).encode()}


def by_hand(**changes: Any) -> bytes:
    """One region, 0.65875 +- 0.68 or [-0.02125, 1.33875]: input x sends it into x + [-0.0053, 0.3347].

    That lies in it and rounds to x, 0.165 away from one half.
    """
    facts: dict[str, Any] = {
        "kind": "regions",
        "claim": "proved for all lengths, all 2 input symbols",
        "network": CheckedNetwork(network_bytes(fading_echo())).digest,
        "length": None,
        "margin": 0.16,
        "symbols": packed(BITS),
        "next": packed(ECHO.next_state),
        "output": packed(ECHO.output),
        "states": packed(np.zeros(1, dtype=np.int64)),
        "axes": packed(np.array([[0.68]]), "<f8"),
        "centres": packed(np.array([[62]])),
        "places": 6,
        "depth": 1,
    }
    return json.dumps(sealed({**facts, **changes})).encode()


def test_a_proof_by_hand_is_accepted() -> None:
    sentence = check(by_hand(), network_bytes(fading_echo()), ECHO_FILE)
    assert sentence.endswith("proved for all lengths, all 2 input symbols")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        # [0, 4/3] goes into itself exactly, and leaves nothing for rounding errors.
        ({"axes": packed(np.array([[2 / 3]]), "<f8"), "centres": packed(np.array([[64]]))}, "in no region"),
        ({"axes": packed(np.array([[0.6]]), "<f8")}, "in no region"),
        ({"axes": packed(np.array([[1.1]]), "<f8")}, "an output is not certain"),
        ({"axes": packed(np.array([[0.0]]), "<f8")}, "malformed"),
        ({"output": packed(np.array([[[0], [0]]]))}, "an output is not certain"),
        ({"next": packed(np.array([[0, 1]]))}, "a state is not known"),
        ({"margin": 0.2}, "the margin is"),
        ({"margin": 0.0}, "the margin is"),
        ({"claim": "proved for all lengths, all 3 input symbols"}, "the certificate claims"),
        ({"length": 5}, "grows too fast"),
        ({"length": 0}, "no whole number"),
        ({"network": "0" * 64}, "its digest is another"),
        ({"kind": "hope"}, "is not known"),
        ({"version": 2}, "version 2"),
        ({"symbols": packed(np.array([[1], [1]]))}, "not distinct"),
        ({"centres": {"type": "<f8", "shape": [1, 1], "data": "AAAA"}}, "malformed"),
        ({"states": packed(np.zeros(0, dtype=np.int64))}, "do not fit"),
    ],
)
def test_a_proof_that_is_none_is_refused_with_a_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        check(by_hand(**changes), network_bytes(fading_echo()), ECHO_FILE)


def test_a_certificate_that_is_cut_off_or_no_certificate_is_refused() -> None:
    whole = by_hand()
    for data in (whole[:100], b"", b"[]", b"{}", b"\xff", b"[" * 100_000):
        with pytest.raises(Refused):
            check(data, network_bytes(fading_echo()), ECHO_FILE)


def affine(*rows: list[float]) -> AffineMap:
    return AffineMap(np.array(rows), np.zeros(len(rows)))


def total(weight: float = 1.0) -> MlpNetwork:
    card = Card("linear", 1, 1, 1, inputs=(Integers(0, 10),))
    return MlpNetwork(card, RawInput(1), Rounded(1), (affine([weight, 1.0]),), (affine([1.0]),))


TOTAL = parse_program(
    "def f(xs):\n    ys = []\n    t = 0\n    for x in xs:\n        t = t + x\n        ys.append(t)\n    return ys\n"
)
DIGITS = np.arange(10)[:, None]


def test_sums_are_proved_up_to_the_length_at_which_the_error_would_reach_one_half() -> None:
    exact = certify(total(1 + 2.0**-40), TOTAL.system, DIGITS, length=300, seconds=5)
    assert exact.length == 300
    assert exact.certificate is not None
    assert exact.certificate["margin"] > 0.49
    # With weight 1 + e the effect of an input after k steps is off by about k e: 9 e L^2 / 2 is one half at L = 105.
    off = certify(total(1 + 1e-5), TOTAL.system, DIGITS, length=300, seconds=5)
    assert off.length is not None
    assert off.certificate is not None
    assert 100 <= off.length <= 106
    claimed = {**off.certificate, "length": 107}
    claimed["claim"] = claimed["claim"].replace(f"{off.length}", "107")
    claimed.pop("seal")
    with pytest.raises(Refused, match="the margin is"):
        check(json.dumps(sealed(claimed)).encode(), network_bytes(total(1 + 1e-5)), {})


def random_network(kind: str, rng: np.random.Generator) -> MlpNetwork | CellNetwork:
    d, e = 3, 2
    reader = (AffineMap(rng.normal(size=(4, d)), rng.normal(size=4)), AffineMap(rng.normal(size=(2, 4)), np.zeros(2)))
    card = Card(kind, 2, 1, d)
    if kind in ("relu", "tanh", "leaky_relu", "sigmoid"):
        layers = (
            AffineMap(rng.normal(size=(5, d + e)), rng.normal(size=5)),
            AffineMap(rng.normal(size=(d, 5)), np.zeros(d)),
        )
        return MlpNetwork(card, RawInput(2), Argmax((Integers(0, 2),)), layers, reader, kind)
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]

    def layer(below: int) -> CellLayer:
        shapes = ((gates * d, below), (gates * d, d), (gates * d,), (gates * d,))
        return CellLayer(*(rng.normal(size=shape) for shape in shapes))

    return CellNetwork(card, RawInput(2), Argmax((Integers(0, 2),)), kind, (layer(e), layer(d)), reader)


@pytest.mark.parametrize("kind", ["relu", "tanh", "leaky_relu", "sigmoid", "rnn", "gru", "lstm"])
def test_sets_hold_all_successors_and_margins_hold_for_all_of_them(kind: str) -> None:
    rng = np.random.default_rng(len(kind))
    for size in (0.0, 0.01, 0.5):
        network = random_network(kind, rng)
        n = network.state_size
        centre, generators = rng.normal(size=(1, n)), size * rng.normal(size=(1, 4, n))
        x = rng.integers(-2, 3, size=(1, 2))
        u = np.vstack([rng.uniform(-1, 1, size=(400, 4)), np.sign(rng.normal(size=(400, 4)))])
        states = centre + u @ generators[0]
        after = network.advance(states, np.repeat(x, len(states), axis=0))
        outputs = network.decode(network.readout(after))
        both = network.encoding.encode(np.vstack([x, x + 1]))
        proposed = successors(network, Zonotopes(centre, generators, np.zeros_like(centre)), both).take(np.array([0]))
        assert (np.abs(after - proposed.centre) <= proposed.radius + 1e-9).all()
        checked = CheckedNetwork(network_bytes(network))
        z = checked.advance((centre, generators, np.zeros_like(centre)), checked.encode(x))
        assert (np.abs(after - z[0]) <= np.abs(z[1]).sum(axis=1) + z[2]).all()  # no tolerance: rounding is in it
        for wanted in (0, 1):
            if (outputs != wanted).any():
                assert margins(network, proposed, np.array([[wanted]]))[0] <= 0
                assert checked.margin(z, np.array([[wanted]]))[0] <= 0
        scores = network.readout(after[:1])[0]
        if size == 0.0 and abs(scores[0] - scores[1]) > 1e-6:
            assert checked.margin(z, outputs[:1])[0] > 0


def last_symbol(kind: str) -> CellNetwork:
    """A cell of one unit that remembers the last bit: what it held before hardly matters."""
    zero, steep = np.zeros((1, 1)), np.array([[20.0]])
    rows: dict[str, list[tuple[np.ndarray, float]]] = {  # weight of the input and bias of each gate
        "rnn": [(steep, -10.0)],
        "gru": [(zero, 0.0), (zero, -20.0), (steep, -10.0)],
        "lstm": [(zero, 20.0), (zero, -20.0), (steep, -10.0), (zero, 20.0)],
    }
    gates = rows[kind]
    layer = CellLayer(
        np.vstack([w for w, _ in gates]),
        np.full((len(gates), 1), 0.1),
        np.array([b for _, b in gates]),
        np.zeros(len(gates)),
    )
    return CellNetwork(
        Card(kind, 1, 1, 1, inputs=(Integers(0, 2),)), RawInput(1), Argmax((Integers(0, 2),)), kind, (layer,),
        (AffineMap(np.array([[-1.0], [1.0]]), np.zeros(2)),),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_cells_of_pytorch_are_proved(kind: str) -> None:
    network = last_symbol(kind)
    found = certify(network, ECHO, BITS, seconds=5)
    assert found.certificate is not None
    assert found.length is None
    check(json.dumps(found.certificate).encode(), network_bytes(network), ECHO_FILE)


@pytest.fixture(scope="module")
def parity() -> tuple[CertifiedRun, bytes, dict[str, bytes]]:
    run = shipped_run("Parity_All")
    files = {name: (run.folder / name).read_bytes() for name in ("machine.json", "program.py")}
    return certify_run(run, seconds=20), network_bytes(run.network), files


def test_a_shipped_network_is_proved_for_all_lengths(parity: tuple[CertifiedRun, bytes, dict[str, bytes]]) -> None:
    found, network, files = parity
    assert found.covered == ("machine.json", "program.py")
    assert found.data is not None
    assert found.sentence == check(found.data, network, files)
    assert "proved for all lengths, all 2 input symbols" in found.sentence
    assert found.claim is not None
    assert found.claim.strength == Strength.PROVED_FOR_ALL_LENGTHS
    assert len(found.data) < 200_000
    digest = network_digest(shipped_run("Parity_All").network)
    assert found.certification.certificate is not None
    assert found.certification.certificate["network"].startswith(digest)


def test_every_changed_number_of_a_certificate_is_refused(parity: tuple[CertifiedRun, bytes, dict[str, bytes]]) -> None:
    found, network, files = parity
    assert found.data is not None
    whole = json.loads(found.data)
    for key, value in whole.items():
        changed: Any = {**whole, key: "?"}
        if isinstance(value, int):
            changed[key] = value + 1
        elif isinstance(value, float):
            changed[key] = value * (1 + 1e-6)
        elif isinstance(value, dict):
            data = value["data"]
            middle = len(data) // 2
            changed[key] = {**value, "data": data[:middle] + ("A" if data[middle] != "A" else "B") + data[middle + 1 :]}
        with pytest.raises(Refused):
            check(json.dumps(changed).encode(), network, files)


def resealed(whole: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps(sealed({k: v for k, v in {**whole, **changes}.items() if k != "seal"})).encode()


def test_a_wrong_proof_with_a_fitting_seal_is_refused(parity: tuple[CertifiedRun, bytes, dict[str, bytes]]) -> None:
    found, network, _ = parity
    assert found.data is not None
    whole = json.loads(found.data)
    run = shipped_run("Parity_All")
    machine = run.machine
    assert isinstance(machine, MealyMachine)
    for state in range(2):
        for i in range(2):
            output, following = machine.output.copy(), machine.next_state.copy()
            output[state, i] = 1 - output[state, i]
            following[state, i] = 1 - following[state, i]
            with pytest.raises(Refused, match="an output is not certain"):
                check(resealed(whole, output=packed(output)), network, {})
            with pytest.raises(Refused):
                check(resealed(whole, next=packed(following)), network, {})
            changed = json.dumps(machine_to_dict(replace(machine, output=output))).encode()
            with pytest.raises(Refused, match=r"machine\.json gives"):
                check(found.data, network, {"machine.json": changed})


def test_a_changed_network_is_refused(parity: tuple[CertifiedRun, bytes, dict[str, bytes]]) -> None:
    found, _, files = parity
    assert found.data is not None
    network = shipped_run("Parity_All").network
    assert isinstance(network, MlpNetwork)
    first = network.hidden[0]
    weight = first.weight.copy()
    weight[3, 2] = np.nextafter(weight[3, 2], 9.0)
    other = replace(network, hidden=(AffineMap(weight, first.bias), *network.hidden[1:]))
    with pytest.raises(Refused, match="its digest is another"):
        check(found.data, network_bytes(other), files)
    broken = replace(network, hidden=(AffineMap(first.weight + 0.3, first.bias), *network.hidden[1:]))
    whole = json.loads(found.data)
    digest = CheckedNetwork(network_bytes(broken)).digest
    with pytest.raises(Refused, match="an output is not certain"):
        check(resealed(whole, network=digest), network_bytes(broken), files)


PROGRAM_FAULTS: list[tuple[Callable[[str], str], str]] = [
    (lambda text: text.replace("outputs.append(", "outputs.append(1 - "), "gives"),
    (lambda text: text.replace("for x in xs:", "for x in xs[1:]:"), "no plain loop"),
    (lambda text: text.replace("outputs = []", "outputs = [0]"), "before the first input"),
    (lambda text: text.replace("    for x", "    import os\n    for x"), "holds a Import"),
    (lambda text: text.replace("        outputs.append", "        x.__class__\n        outputs.append"), "Attribute"),
    (
        lambda text: text.replace(
            "        outputs.append", "        outputs.append(len(outputs))\n        outputs.append"
        ),
        "Call",
    ),
    (lambda text: text.replace("def f(xs):", "@staticmethod\ndef f(xs):"), "decorated"),
    (lambda text: "x = 2 ** 9 ** 9\n" + text, "holds a Pow"),
    (lambda text: text[: text.index("outputs = []")], "no plain loop"),
]


@pytest.mark.parametrize(("change", "reason"), PROGRAM_FAULTS)
def test_a_changed_program_is_refused_and_never_run_outside_what_is_read(
    parity: tuple[CertifiedRun, bytes, dict[str, bytes]], change: Callable[[str], str], reason: str
) -> None:
    found, network, files = parity
    assert found.data is not None
    text = files["program.py"].decode()
    assert change(text) != text
    with pytest.raises(Refused, match=reason):
        check(found.data, network, {"program.py": change(text).encode()})


def test_affine_equations_are_compared_in_whatever_variables_they_are_written() -> None:
    run = shipped_run("Newton_Spring")
    system = run.machine
    assert isinstance(system, IntegerSystem)
    found = certify_run(run, length=50, seconds=5)
    assert found.data is not None
    assert found.certification.length == 50
    network = network_bytes(run.network)
    whole = json.loads(found.data)
    other = (
        "def f(xs):\n    ys, y1, d = [], 0, 0\n    for x in xs:\n        d = d - y1 + x\n        y1 = y1 + d\n"
        "        ys.append(y1)\n    return ys\n"
    )  # y(t) = y(t-1) + d(t) with d(t) = d(t-1) - y(t-1) + x, the same as y(t) = y(t-1) - y(t-2) + x
    same = resealed(whole, remembered=["y1", "d"])
    check(same, network, {"program.py": other.encode()})
    for wrong in (other.replace("d - y1 + x", "d - y1 - x"), other.replace("y1 + d", "y1 + d + 1")):
        with pytest.raises(Refused):
            check(same, network, {"program.py": wrong.encode()})
    with pytest.raises(Refused, match="not affine"):
        check(same, network, {"program.py": other.replace("y1 + d\n", "abs(y1) + d\n").encode()})
    for part in ("F", "H", "G", "D"):
        wrong_part = resealed(whole, **{part: packed(np.ones(whole[part]["shape"], dtype=np.int64))})
        with pytest.raises(Refused):
            check(wrong_part, network, {})
