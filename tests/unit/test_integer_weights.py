"""Networks with integer weights: how they are made from trained ones, and how their readouts are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mips_core import integer_checker
from mips_core.certificate_checker import Refused
from mips_core.errors import BadInputError, NoLatticeError
from mips_core.machines import IntegerSystem
from mips_core.machines.records import machine_to_dict
from mips_core.networks import Card, EmbeddingInput, MlpNetwork, OneHotInput, RawInput, Rounded, network_digest
from mips_core.networks.encoding import Argmax
from mips_core.networks.protocol import AffineMap
from mips_core.networks.store import network_bytes
from mips_core.programs import parse_program
from mips_core.region_checker import Refused as NotTheSame
from mips_core.runs import shipped_run
from mips_core.runs.integer_proof import integer_network
from mips_core.runs.proofs import proofs_of
from mips_core.states.integer_weights import has_integer_weights, with_integer_weights
from mips_core.stepping import trace
from mips_core.tasks import Integers
from mips_core.verification import lattice_walk
from mips_core.verification.certificates import certify
from mips_core.verification.certificates.checking import check
from mips_core.verification.certificates.integers import IntegerProof, prove_integers
from mips_core.verification.certificates.own_equations import own_equations
from mips_core.verification.class_readout import class_readout
from mips_core.verification.lattice_walk import lattice_points
from mips_core.verification.readout_training import train_readout

BITS, DIGITS, UNITS = np.array([[0], [1]]), np.arange(10)[:, None], np.array([[-1], [0], [1]])


def layer(rows: list[list[float]], bias: list[float] | None = None) -> AffineMap:
    return AffineMap(np.array(rows, dtype=float), np.array(bias or [0.0] * len(rows), dtype=float))


def network(step: AffineMap, *readout: AffineMap, low: int = 0, high: int = 10) -> MlpNetwork:
    card = Card("mlp", 1, 1, len(step.bias), inputs=(Integers(low, high),), length=10)
    return MlpNetwork(card, RawInput(1), Rounded(1), (step,), readout)


def system(body: str, state: str = "s = 0") -> IntegerSystem:
    lines = [*state.split("; "), "for x in xs:", *(f"    {line}" for line in body.split("; "))]
    return parse_program(
        "def f(xs):\n    ys = []\n" + "".join(f"    {line}\n" for line in lines) + "    return ys\n"
    ).system


TOTAL = network(layer([[1, 1]]), layer([[1]]))
SUM = system("s = s + x; ys.append(s)")
ABS = network(layer([[1, 1]]), layer([[1], [-1]]), layer([[1, 1]]), low=-1, high=2)
ABS_EQUATIONS = system("s = s + x; ys.append(abs(s))")


def test_a_readout_is_trained_until_it_is_right_in_all_states() -> None:
    crooked = replace(ABS, readout_layers=(layer([[1.02], [-0.99]], [0.01, 0.02]), layer([[1, 1]])))
    points = lattice_points(crooked, ABS_EQUATIONS, UNITS, 200)
    assert points.hidden[:, 0].tolist() == list(range(-200, 201))
    assert points.length == 200
    found = train_readout(crooked, points.hidden, points.outputs)
    assert found.before > 100
    assert found.right
    assert np.array_equal(found.network.decode(found.network.readout(points.hidden)), np.abs(points.hidden).astype(int))
    assert found.network.hidden is crooked.hidden
    again = train_readout(found.network, points.hidden, points.outputs)
    assert again.rounds in (0, 1)


def test_a_walk_that_is_too_large_or_does_not_follow_the_machine_is_refused() -> None:
    with pytest.raises(BadInputError, match="different outputs"):
        lattice_points(TOTAL, system("ys.append(s); s = s + 2 * x - 1"), BITS, 5)
    wide = system("s, r = s + x, r + 1000 * x; ys.append(s + 0 * r)", "s = 0; r = 0")
    with pytest.raises(BadInputError, match="reaches more than"):
        lattice_points(TOTAL, wide, DIGITS, 3_000)


COUNTS = "a = 0; b = 0; c = 0"
FIRST_WINS = system(
    "a = a + (x == 0); b = b + (x == 1); c = c + (x == 2); ys.append(0 if a >= max(b, c) else 1 if b >= c else 2)",
    COUNTS,
)
LAST_WINS = system(
    "a = a + (x == 0); b = b + (x == 1); c = c + (x == 2); ys.append(0 if a > max(b, c) else 1 if b > c else 2)", COUNTS
)
THREE = np.arange(3)[:, None]


def counter(readout: AffineMap) -> MlpNetwork:
    """Two units: how many more zeros, and how many more ones, than twos there were."""
    card = Card("mlp", 1, 1, 2, inputs=(Integers(0, 3),), length=10)
    step = layer([[1, 0, 1, 0, -1], [0, 1, 0, 1, -1]])
    return MlpNetwork(card, OneHotInput((Integers(0, 3),)), Argmax((Integers(0, 3),)), (step,), (readout,))


def test_the_smallest_scores_that_choose_right_are_found() -> None:
    points = lattice_points(counter(layer([[1, 0], [0, 1], [0, 0]])), FIRST_WINS, THREE, 8)
    scores = class_readout(points.hidden, points.outputs)
    assert scores is not None
    # 3 for each one more, and 2 and 1 for being the first of equals: by hand, nothing smaller does.
    assert scores.weight.tolist() == [[3, 0], [0, 3], [0, 0]]
    assert scores.bias.tolist() == [2, 1, 0]
    inside = np.abs(points.hidden).max(axis=1) < 2
    assert class_readout(points.hidden, inside[:, None].astype(int)) is None  # no line goes around a point


def test_a_choice_between_many_counts_is_proved_by_the_equations_of_the_network_itself() -> None:
    made = counter(layer([[3, 0], [0, 3], [0, 0]], [2, 1, 0]))
    x = np.random.default_rng(0).integers(0, 3, size=(100, 30, 1))
    own = own_equations(made)
    assert np.array_equal(trace(own, x).outputs, trace(made, x).outputs)
    found = prove_integers(made, FIRST_WINS, THREE, length=5, rng=np.random.default_rng(0))
    assert isinstance(found, IntegerProof)
    assert found.length is not None
    assert found.length > 10**15
    certificate, content = json.dumps(found.certificate).encode(), network_bytes(made)
    assert found.certificate["machine"] == machine_to_dict(own)
    check(certificate, content, {"machine.json": json.dumps(machine_to_dict(FIRST_WINS)).encode()})
    with pytest.raises(NotTheSame):
        check(certificate, content, {"machine.json": json.dumps(machine_to_dict(LAST_WINS)).encode()})
    other = counter(layer([[3, 0], [0, 3], [0, 0]], [2, 1, 2]))
    with pytest.raises(Refused):
        integer_checker.integers(dict(found.certificate), integer_checker.Network(network_bytes(other)), THREE)


def test_a_machine_with_too_many_states_gets_scores_in_the_place_of_the_readout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lattice_walk, "MOST_STATES", 2_000)
    run = shipped_run("Majority_0_3")
    found = integer_network(run)
    assert isinstance(found.proof, IntegerProof)
    assert found.proof.length is not None
    assert found.proof.length > 10**15
    assert str(found.network.card.training["change"]).endswith("readout replaced by a score for each output")
    files: dict[str, Any] = {name: (run.folder / name).read_bytes() for name in ("machine.json", "program.py")}
    check(json.dumps(found.proof.certificate).encode(), network_bytes(found.network), files)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_a_system_in_a_random_basis_with_noise_is_found_again(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 3))
    small = st.integers(-1, 1)
    forward = np.array([[data.draw(small) for _ in range(n)] for _ in range(n)])
    entry = np.array([[data.draw(st.integers(-2, 2))] for _ in range(n)])
    reader = np.array([[data.draw(small) for _ in range(n)]])
    offset, constant = data.draw(st.integers(-3, 3)), data.draw(st.integers(-3, 3))
    powers = [np.linalg.matrix_power(forward, k) for k in range(n)]
    reached, seen = np.hstack([p @ entry for p in powers]), np.vstack([reader @ p for p in powers])
    assume(np.linalg.matrix_rank(reached) == n == np.linalg.matrix_rank(seen))
    assume(
        np.abs(np.linalg.matrix_power(forward, 15)).max() <= 100
    )  # noise that grows with the state is no small noise
    rng = np.random.default_rng(data.draw(st.integers(0, 2**31)))
    turn = np.linalg.qr(rng.normal(size=(n, n)))[0] * rng.uniform(0.5, 2.0, size=n)
    step = np.column_stack([turn @ forward @ np.linalg.inv(turn), turn @ entry])
    bias = turn @ (constant * entry[:, 0])
    noisy = network(
        AffineMap(step + 1e-9 * rng.normal(size=step.shape), bias + 1e-9 * rng.normal(size=n)),
        AffineMap(reader @ np.linalg.inv(turn), np.array([offset + 1e-9])),
        low=-4, high=5,
    )  # fmt: skip
    found = with_integer_weights(noisy, (Integers(-4, 5),))
    assert has_integer_weights(found.network)
    assert found.change < 1e-5
    x = rng.integers(-4, 5, size=(50, 15, 1))
    state, wanted = np.zeros((50, n), dtype=int), []
    for t in range(15):
        state = state @ forward.T + (x[:, t] + constant) @ entry.T
        wanted.append(state @ reader.T + offset)
    assert np.array_equal(trace(found.network, x).outputs, np.stack(wanted, axis=1))


def test_the_network_as_trained_is_untouched_and_the_new_one_says_what_it_is() -> None:
    trained = network(layer([[1.0, 0.5]], [1e-9]), layer([[2.0000001]]))
    before = network_bytes(trained)
    found = with_integer_weights(trained, (Integers(0, 10),))
    assert network_bytes(trained) == before
    assert found.network.card.training["made_from"] == network_digest(trained)
    assert found.network.card.training["change"] == "integer weights"
    assert found.network.card.accuracy is None
    assert network_digest(found.network) != network_digest(trained)
    exact = certify(found.network, SUM, DIGITS, seconds=5)
    assert exact.length is not None
    assert exact.length > 10**14


def test_networks_without_a_lattice_are_refused_with_a_reason() -> None:
    leaky = network(layer([[0.37, 1]]), layer([[1]]))
    with pytest.raises(NoLatticeError):
        with_integer_weights(leaky, (Integers(0, 10),))
    table = EmbeddingInput(np.arange(10.0)[:, None])
    with pytest.raises(NoLatticeError, match="one-hot"):
        with_integer_weights(replace(TOTAL, encoding=table), (Integers(0, 10),))
    halves = network(layer([[1, 1]]), layer([[0.5]]))
    with pytest.raises(NoLatticeError, match="gives other rounded outputs"):
        with_integer_weights(halves, (Integers(0, 10),))


@pytest.mark.parametrize(
    ("task", "claim"),
    [
        ("Parity_Bits_Mod2", "proved for all lengths, all 2 input symbols"),
        ("Sum_All", "proved up to length 90,981,810,653,948, all 100 input symbols"),
        ("Majority_0_1", "proved up to length 2,251,799,813,685,247, all 2 input symbols"),
    ],
)
def test_shipped_networks_are_proved_after_rounding(task: str, claim: str) -> None:
    found = integer_network(shipped_run(task))
    assert isinstance(found.proof, IntegerProof)
    machine = (shipped_run(task).folder / "machine.json").read_bytes()
    data = json.dumps(found.proof.certificate).encode()
    assert integer_checker.check(data, network_bytes(found.network), machine) == claim
    with pytest.raises(Refused, match="the machine is not the one proved"):
        integer_checker.check(data, network_bytes(found.network), machine.replace(b"1", b"2").replace(b"total", b"sum"))


def test_numbers_that_grow_fast_are_proved_to_the_last_exact_length() -> None:
    """Newton_Magnetic: velocities grow by the root of 2 with each step, so positions outgrow float64 at step 96."""
    run = shipped_run("Newton_Magnetic")
    assert run.machine is not None
    changed = proofs_of(run).changed
    assert changed is not None
    assert changed.certificate is not None
    assert isinstance(changed.network, MlpNetwork)
    assert changed.certificate["length"] == 95
    forward, entry, _ = changed.network.affine_transition()
    readout, _ = changed.network.affine_readout()
    effects = [readout[0] @ np.linalg.matrix_power(forward, k) @ entry for k in range(96)]
    x = np.where(np.array(effects[::-1]) > 0, 10, -10)  # the largest first output
    x[-1, 0] -= 1  # and an odd one
    off = np.flatnonzero(
        (trace(changed.network, x[None]).outputs != trace(run.machine, x[None]).outputs)[0].any(axis=1)
    )
    assert off.tolist() == [95]
