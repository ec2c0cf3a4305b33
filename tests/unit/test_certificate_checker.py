"""The small checker: a proof by hand is accepted, and everything that is changed in it is refused with a reason."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch

from mips_core import certificate_checker
from mips_core.certificate_checker import Network, Refused, check, unpack
from mips_core.machines import MealyMachine
from mips_core.machines.records import machine_to_dict
from mips_core.networks import Card, MlpNetwork, OneHotInput, RawInput, Rounded
from mips_core.networks.cells import CellLayer, CellNetwork
from mips_core.networks.encoding import Argmax, EmbeddingInput
from mips_core.networks.protocol import AffineMap
from mips_core.networks.store import network_bytes
from mips_core.tasks import Integers
from mips_core.verification.certificates import certify
from mips_core.verification.certificates.packing import packed, sealed

BITS = np.array([[0], [1]])
PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), BITS)
MACHINE = json.dumps(machine_to_dict(PARITY)).encode()


def parity_network(**changes: Any) -> MlpNetwork:
    """h' = 9/8 relu(h + x) - 9/4 relu(h + x - 1) rounded to integers, y = 7/8 h: h is 0 or 1, as the parity is.

    Before rounding h' is 0 or 9/8, and the score 0 or 7/8: at least 3/8 from one half.
    """
    first = AffineMap(np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 1.0]]), np.array([0.0, -1.0]))
    second = AffineMap(np.array([[1.125, -2.25]]), np.zeros(1))
    network = MlpNetwork(
        Card("mlp", 1, 1, 1, inputs=(Integers(0, 2),)), OneHotInput((Integers(0, 2),)), Rounded(1), (first, second),
        (AffineMap(np.array([[0.875]]), np.zeros(1)),), state_grid=0,
    )  # fmt: skip
    return replace(network, **changes)


def by_hand(network: MlpNetwork | None = None, /, **changes: Any) -> dict[str, Any]:
    """Two rows: h = 0 stands for state 0, h = 1 for state 1; all margins are 3/8, and 1/4 is the power of 2 below."""
    stored = network_bytes(network or parity_network())
    facts = {
        "version": 2, "kind": "grid", "claim": "proved for all lengths, all 2 input symbols", "length": None,
        "network": hashlib.sha256(stored).hexdigest(), "places": 0, "margins": [2, 2], "symbols": packed(BITS),
        "states": packed(np.array([[0, 0], [1, 1]])), "machine": machine_to_dict(PARITY), "remembered": ["parity"],
    }  # fmt: skip
    return sealed({**facts, **changes})


def checked(certificate: dict[str, Any], network: MlpNetwork | None = None, machine: bytes | None = MACHINE) -> str:
    return check(json.dumps(certificate).encode(), network_bytes(network or parity_network()), machine)


def test_a_proof_by_hand_is_accepted() -> None:
    assert checked(by_hand()) == "proved for all lengths, all 2 input symbols"
    assert checked(by_hand(), machine=None) == "proved for all lengths, all 2 input symbols"


def test_the_checker_runs_as_a_script_of_its_own(tmp_path: Path) -> None:
    files = {"certificate.json": json.dumps(by_hand()).encode(), "network": network_bytes(parity_network())}
    wrong = MACHINE.replace(b'"output": [1]', b'"output": [0]', 1)
    for name, data in {**files, "machine.json": MACHINE, "wrong.json": wrong}.items():
        (tmp_path / name).write_bytes(data)
    script = [sys.executable, "-I", str(Path(certificate_checker.__file__))]
    done = subprocess.run([*script, *files, "machine.json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout == "accepted: proved for all lengths, all 2 input symbols\n"
    done = subprocess.run([*script, *files, "wrong.json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "refused: the machine is not the one proved\n"


def places_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield where numbers stand in JSON values."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places_of(value[key], (*path, key))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield path


def changed_at(value: dict[str, Any], path: tuple[Any, ...], new: Any) -> dict[str, Any]:
    made = copy.deepcopy(value)
    inner: Any = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return sealed({key: part for key, part in made.items() if key != "seal"})


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def one_number_changed(whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all certificates in which one number is another by one, packed ones included, with a seal that fits."""
    for path in places_of(whole):
        for by in (-1, 1):
            yield f"{path} {by:+}", changed_at(whole, path, at(whole, path) + by)
    for key, part in whole.items():
        if isinstance(part, dict) and "data" in part:
            numbers = unpack(part)
            for i in range(numbers.size):
                for by in (-1, 1):
                    other = numbers.copy()
                    other.reshape(-1)[i] += by
                    yield f"{key}[{i}] {by:+}", changed_at(whole, (key,), packed(other))


def test_every_single_changed_number_is_refused_though_the_seal_fits() -> None:
    tried = 0
    for what, certificate in one_number_changed(by_hand()):
        with pytest.raises(Refused) as refused:
            checked(certificate, machine=None)
        assert str(refused.value), what
        tried += 1
    assert tried >= 2 * (1 + 1 + 2 + 2 + 4 + 8 + 2 + 2)


def test_every_change_without_a_new_seal_is_refused() -> None:
    whole = by_hand()
    for path in places_of(whole):
        other = {**changed_at(whole, path, at(whole, path) + 1), "seal": whole["seal"]}
        with pytest.raises(Refused, match=r"seal does not fit|malformed|format or version"):
            checked(other)


def test_every_weight_changed_by_one_unit_in_the_last_place_is_refused() -> None:
    stored = network_bytes(parity_network())
    tensors, card = safetensors.numpy.load(stored), json.loads(stored[8 : 8 + int.from_bytes(stored[:8], "little")])
    data, tried = json.dumps(by_hand()).encode(), 0
    for name, tensor in tensors.items():
        for i in range(tensor.size):
            other = {key: each.copy() for key, each in tensors.items()}
            other[name].reshape(-1)[i] = np.nextafter(tensor.reshape(-1)[i], np.float32(9))
            with pytest.raises(Refused, match="the network is not the one proved"):
                check(data, safetensors.numpy.save(other, metadata=card["__metadata__"]), MACHINE)
            tried += 1
    assert tried == 6 + 2 + 2 + 1 + 1 + 1


def test_every_changed_entry_of_the_machine_is_refused() -> None:
    machine = machine_to_dict(PARITY)
    for path in places_of(machine):
        for by in (-1, 1):
            made = copy.deepcopy(machine)
            inner: Any = made
            for key in path[:-1]:
                inner = inner[key]
            inner[path[-1]] += by
            with pytest.raises(Refused, match="the machine is not the one proved"):
                checked(by_hand(), machine=json.dumps(made).encode())
            with pytest.raises(Refused):  # a machine that is wrong in the certificate too
                checked(by_hand(machine=made), machine=json.dumps(made).encode())


def second_layer(*weights: float, reader: float = 0.875) -> MlpNetwork:
    first, _ = parity_network().hidden
    layers = (first, AffineMap(np.array([weights]), np.zeros(1)))
    return parity_network(hidden=layers, readout_layers=(AffineMap(np.array([[reader]]), np.zeros(1)),))


@pytest.mark.parametrize(
    ("network", "changes", "reason"),
    [
        (parity_network(state_grid=None), {}, "lie on no such grid"),
        (parity_network(state_grid=1), {}, "lie on no such grid"),
        # h' is 1/2 after the input 1: it lies on a boundary.
        (second_layer(0.5, -1.0), {}, "a state is not certain"),
        # On the right side of it, but nearer than sums in another order may be off.
        (second_layer(0.5 + 2.0**-52, -1.0 - 2.0**-51), {}, "a state is not certain"),
        (second_layer(1.125, -2.25, reader=0.5), {}, "an output is not certain"),
        (parity_network(start_state=np.ones(1)), {}, "the first row is not the start"),
        (second_layer(2.0, -4.0, reader=0.4375), {}, "a row at or after 0 leads to one that is not listed"),
        (second_layer(np.inf, -4.0), {}, "a state is not certain"),
        (second_layer(np.nan, -4.0), {}, "a state is not certain"),
        (parity_network(decoding=Argmax((Integers(0, 1),))), {}, "an output is another"),
        (parity_network(activation="tanh"), {}, "not certain|leads to one"),
        (None, {"states": packed(np.array([[0, 0]]))}, "a state of the machine is never met"),
        (None, {"states": packed(np.array([[0, 0], [1, 1], [2, 1]]))}, "disorder|not listed|not certain"),
        (None, {"states": packed(np.array([[1, 1], [0, 0]]))}, "the first row is not the start"),
        (None, {"states": packed(np.array([[0, 0], [1, 1], [1, 1]]))}, "disorder|never met"),
        (None, {"states": packed(np.array([[0, 1], [1, 0]]))}, "the first row is not the start"),
        (None, {"states": packed(np.zeros((0, 2), dtype=np.int64))}, "malformed"),
        (None, {"states": packed(np.array([[0, 0, 0], [1, 1, 1]]))}, "malformed"),
        (None, {"symbols": packed(BITS[::-1])}, "no such table"),
        (None, {"symbols": packed(BITS[:1])}, "no such table"),
        (None, {"symbols": packed(np.array([[0], [1], [1]]))}, "not distinct"),
        (None, {"margins": [3, 2]}, "a margin is 0.375"),
        (None, {"margins": [2]}, "malformed"),
        (None, {"margins": [2.0, 2]}, "a margin"),
        (None, {"claim": "proved for all lengths, all 3 input symbols"}, "its proof shows"),
        (None, {"length": 7}, "its proof shows 'proved up to length 7"),
        (None, {"length": 0}, "the length is no length"),
        (None, {"version": 1}, "version is not known"),
        (None, {"kind": "hope"}, "malformed"),
        (None, {"network": "0" * 64}, "not the one proved"),
        (None, {"places": 0.0}, "no such grid"),
    ],
)  # fmt: skip
def test_a_proof_that_is_none_is_refused_with_a_reason(
    network: MlpNetwork | None, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        checked(by_hand(network, **changes), network)


def test_a_margin_is_the_power_of_two_below_the_least_distance() -> None:
    # h' is 1/2 + 1.5 * 2**-20 after the input 1.
    network = second_layer(0.5 + 1.5 * 2.0**-20, -1.0 - 3 * 2.0**-20)
    assert checked(by_hand(network, margins=[20, 2]), network)
    for wrong in (19, 21):
        with pytest.raises(Refused, match="a margin is"):
            checked(by_hand(network, margins=[wrong, 2]), network)


@pytest.mark.parametrize(
    "value",
    [
        {"type": "<i8", "shape": [2, -1], "data": packed(BITS, "<i8")["data"]},
        {"type": "<f8", "shape": [2, 1], "data": packed(BITS, "<i8")["data"]},
        {"type": "<i8", "shape": [3, 1], "data": packed(BITS, "<i8")["data"]},
        {"type": "<i8", "shape": [1, 1], "data": packed(BITS, "<i8")["data"]},
        {"type": "<i8", "shape": [2**40, 2**40], "data": packed(BITS, "<i8")["data"]},
        {"type": "<i8", "shape": [2.0, 1], "data": packed(BITS, "<i8")["data"]},
        {"type": "|O", "shape": [2, 1], "data": packed(BITS, "<i8")["data"]},
        {"type": "<i8", "shape": [2, 1], "data": "!" + packed(BITS, "<i8")["data"]},
        {"type": "<i8", "shape": [2, 1], "data": base64.b64encode(b"no zlib").decode()},
        # 64 MiB of zeros in 64 KiB: no more of it is unpacked than the shape says.
        {"type": "<i8", "shape": [2, 1], "data": base64.b64encode(zlib.compress(bytes(2**26), 9)).decode()},
        [0, 1], None, 7, {},
    ],
)  # fmt: skip
def test_numbers_that_are_ill_packed_are_refused(value: Any) -> None:
    for key in ("symbols", "states"):
        with pytest.raises(Refused):
            checked(by_hand(**{key: value}))


def test_files_that_are_cut_off_or_something_else_are_refused() -> None:
    whole, stored = json.dumps(by_hand()).encode(), network_bytes(parity_network())
    for data in (b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, *(whole[:n] for n in range(0, len(whole), 97))):
        with pytest.raises(Refused):
            check(data, stored)
    for n in range(0, len(stored), 7):
        for data in (stored[:n], stored[:n] + bytes([stored[n] ^ 1]) + stored[n + 1 :]):
            with pytest.raises(Refused):
                check(whole, data)


def test_a_network_of_a_kind_that_is_not_known_is_refused() -> None:
    stored = network_bytes(parity_network()).replace(b'\\"kind\\": \\"mlp\\"', b'\\"kind\\": \\"mlq\\"')
    assert stored != network_bytes(parity_network())
    with pytest.raises(Refused, match="mlq"):
        check(json.dumps(by_hand(network=hashlib.sha256(stored).hexdigest())).encode(), stored)


def stored_twice(network: MlpNetwork | CellNetwork) -> Network:
    return Network(network_bytes(network))


def exact(network: MlpNetwork, h: np.ndarray, x: np.ndarray) -> list[Fraction]:
    """One step of a network of relu layers without any rounding."""
    values = [Fraction(v) for v in [*h.tolist(), *x.tolist()]]
    for i, layer in enumerate(network.hidden):
        values = [max(v, Fraction(0)) for v in values] if i else values
        rows = zip(layer.weight.tolist(), layer.bias.tolist(), strict=True)
        values = [sum((Fraction(w) * v for w, v in zip(row, values, strict=True)), Fraction(b)) for row, b in rows]
    return values


def test_what_is_computed_is_within_its_bound_of_the_exact_result() -> None:
    rng = np.random.default_rng(1)
    for size in (1e-6, 1.0, 1e9):
        layers = (
            AffineMap(size * rng.normal(size=(40, 6)), rng.normal(size=40)),
            AffineMap(rng.normal(size=(30, 40)), rng.normal(size=30)),
            AffineMap(rng.normal(size=(4, 30)), rng.normal(size=4)),
        )
        reader = (AffineMap(np.eye(4), np.zeros(4)),)
        network = MlpNetwork(Card("mlp", 2, 4, 4), RawInput(2), Rounded(4), layers, reader)
        h, x = rng.normal(size=(5, 4)), rng.integers(-9, 9, size=(5, 2)).astype(float)
        found, bound = stored_twice(network).advance(h, x)
        assert (bound > 0).all()
        for row in range(5):
            for value, e, true in zip(found[row], bound[row], exact(network, h[row], x[row]), strict=True):
                assert abs(Fraction(float(value)) - true) <= Fraction(float(e))
        assert bound.max() < 1e-9 * np.abs(found).max()


ACTIVATED = {
    "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "identity": lambda z: z,
    "leaky_relu": torch.nn.functional.leaky_relu,
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ACTIVATED))
def test_layers_give_what_pytorch_gives_within_the_bounds(name: str) -> None:
    rng = np.random.default_rng(2)
    layers = (AffineMap(rng.normal(size=(20, 5)), rng.normal(size=20)), AffineMap(rng.normal(size=(3, 20)), np.ones(3)))
    reader = (AffineMap(rng.normal(size=(7, 3)), np.zeros(7)), AffineMap(rng.normal(size=(2, 7)), np.zeros(2)))
    network = MlpNetwork(Card("mlp", 2, 2, 3), RawInput(2), Rounded(2), layers, reader, name)
    h, x = rng.normal(size=(50, 3)), rng.integers(-3, 4, size=(50, 2))
    checker = stored_twice(network)
    z = torch.tensor(np.column_stack([h, x]))
    for i, layer in enumerate(layers):
        z = ACTIVATED[name](z) if i else z
        z = z @ torch.tensor(layer.weight).T + torch.tensor(layer.bias)
    found, bound = checker.advance(h, checker.encode(x))
    assert (np.abs(found - z.numpy()) <= 2 * bound).all()
    assert bound.max() < 1e-11
    gap, allowed = checker.gaps(h, network.decode(network.readout(h)))
    scores = network.readout(h)
    assert np.allclose(gap, 0.5 - np.abs(scores - np.rint(scores)), atol=1e-12)
    assert (allowed > 0).all()


@pytest.mark.parametrize(
    ("kind", "nonlinearity"), [("rnn", "tanh"), ("rnn", "relu"), ("gru", "tanh"), ("lstm", "tanh")]
)
def test_cells_give_what_pytorch_gives_within_the_bounds(kind: str, nonlinearity: str) -> None:
    torch.manual_seed(0)
    options = {"nonlinearity": nonlinearity} if kind == "rnn" else {}
    theirs = getattr(torch.nn, kind.upper())(2, 3, num_layers=2, dtype=torch.float64, **options)
    names = CellLayer.NAMES
    tensors = {name: value.detach().numpy() for name, value in theirs.named_parameters()}
    layers = tuple(CellLayer(*(tensors[f"{name}_l{i}"] for name in names)) for i in range(2))
    reader = (AffineMap(np.ones((1, 3)), np.zeros(1)),)
    network = CellNetwork(Card(kind, 2, 1, 3), RawInput(2), Rounded(1), kind, layers, reader, nonlinearity)
    rng = np.random.default_rng(3)
    parts = 2 if kind == "lstm" else 1
    states, x = rng.normal(size=(2, parts, 20, 3)), rng.integers(-3, 4, size=(20, 2))
    before = torch.tensor(states[:, 0]), torch.tensor(states[:, -1])
    with torch.no_grad():
        _, after = theirs(torch.tensor(x[None].astype(float)), before if kind == "lstm" else before[0])
    ends = after if kind == "lstm" else (after,)
    wanted = np.concatenate([end[i].numpy() for i in range(2) for end in ends], 1)
    checker = stored_twice(network)
    h = np.concatenate([states[i, k] for i in range(2) for k in range(parts)], 1)
    found, bound = checker.advance(h, checker.encode(x))
    assert (np.abs(found - wanted) <= 2 * bound).all()
    assert bound.min() > 0
    assert bound.max() < 1e-9
    assert np.array_equal(checker.start, network.start(1)[0])
    scores = network.readout(h)
    assert np.allclose(checker.gaps(h, network.decode(scores))[0], 0.5 - np.abs(scores - np.rint(scores)), atol=1e-12)


def test_inputs_are_encoded_as_the_network_encodes_them() -> None:
    rng = np.random.default_rng(4)
    x = rng.integers(-2, 3, size=(9, 2))
    both = (Integers(-2, 3), Integers(-2, 4))
    for encoding in (RawInput(2), OneHotInput(both), EmbeddingInput(rng.normal(size=(5, 3)), -2, 2)):
        layers = (AffineMap(rng.normal(size=(1, 1 + encoding.size)), np.zeros(1)),)
        network = MlpNetwork(Card("mlp", 2, 1, 1), encoding, Rounded(1), layers, (AffineMap(np.eye(1), np.zeros(1)),))
        checker = stored_twice(network)
        assert np.array_equal(checker.encode(x), encoding.encode(x))
        if not isinstance(encoding, RawInput):
            with pytest.raises(Refused, match="knows no such input"):
                checker.encode(x + 3)


def test_scores_of_classes_are_as_far_apart_as_the_two_highest() -> None:
    reader = (AffineMap(np.array([[0.0], [1.0], [1.5], [7.0]]), np.zeros(4)),)
    decoding = Argmax((Integers(5, 8), Integers(0, 1)))
    network = parity_network(card=Card("mlp", 1, 2, 1), decoding=decoding, readout_layers=reader)
    gap, _ = stored_twice(network).gaps(np.array([[0.5], [1.0], [4.0]]), np.array([[7, 0]] * 3))
    assert gap.tolist() == [[0.25, 0.5], [0.5, 0.5], [0.5, 0.5]]
    with pytest.raises(Refused, match="an output is another"):
        stored_twice(network).gaps(np.array([[0.5]]), np.array([[6, 0]]))


def remembering(kind: str) -> CellNetwork:
    """A cell of one unit that follows the last bit; what it held before hardly matters."""
    zero, steep = np.zeros((1, 1)), np.array([[20.0]])
    rows = {
        "rnn": [(steep, -10.0)], "gru": [(zero, 0.0), (zero, -20.0), (steep, -10.0)],
        "lstm": [(zero, 20.0), (zero, -20.0), (steep, -10.0), (zero, 20.0)],
    }[kind]  # fmt: skip
    weights, biases = np.vstack([w for w, _ in rows]), np.array([b for _, b in rows])
    layer = CellLayer(weights, np.full((len(rows), 1), 0.1), biases, np.zeros(len(rows)))
    reader = (AffineMap(np.array([[-1.0], [1.0]]), np.zeros(2)),)
    card = Card(kind, 1, 1, 1, inputs=(Integers(0, 2),))
    return CellNetwork(card, RawInput(1), Argmax((Integers(0, 2),)), kind, (layer,), reader, state_grid=4)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_cells_on_a_grid_are_certified(kind: str) -> None:
    echo = MealyMachine(np.zeros((1, 2), dtype=np.int64), np.array([[[0], [1]]]), BITS)
    found = certify(remembering(kind), echo, BITS, seconds=10)
    assert found.certificate is not None, found.reason
    stored, machine = network_bytes(remembering(kind)), json.dumps(machine_to_dict(echo)).encode()
    assert check(json.dumps(found.certificate).encode(), stored, machine).startswith("proved for all lengths")
    tried = 0
    for _, certificate in one_number_changed(dict(found.certificate)):
        with pytest.raises(Refused):
            check(json.dumps(certificate).encode(), stored)
        tried += 1
    assert tried > 20


def test_the_prover_writes_what_is_written_by_hand() -> None:
    found = certify(parity_network(), PARITY, BITS, remembered=("parity",))
    assert found.certificate is not None
    assert found.length is None
    hand, made = by_hand(), dict(found.certificate)
    for whole in (hand, made):
        whole.pop("seal")
        whole["states"], whole["symbols"] = (unpack(whole[key]).tolist() for key in ("states", "symbols"))
    assert made == hand
    wrong = replace(PARITY, output=1 - PARITY.output)
    assert certify(parity_network(), wrong, BITS).certificate is None
