"""The message that the lock-step player shows: complete, plain, small."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from embedded_networks import network_of
from rule_machines import machine as machine_of

from mips_core.expressions import Variable, apply
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.networks import AffineMap, Card, MlpNetwork, RawInput, Rounded
from mips_core.programs import Program, table_program
from mips_core.programs.parse import parse_program
from mips_core.regression.method import Method
from mips_core.tasks import Integers
from mips_core.views.hidden_states import collect
from mips_core.views.lockstep import LockStep, lock_step
from mips_core.views.machine_svg import MOST_STATES
from mips_core.views.player import end_sentence, player_payload
from mips_core.views.player_cloud import places_of
from mips_core.views.player_machine import machine_part, whole_picture

BITS = (Integers(0, 2),)


def modulo(states: int) -> MealyMachine:
    """Return the machine that doubles its state and adds the input, and writes whether the rest is 0."""
    return machine_of([0, 1], 0, lambda s, x: ((2 * s + x) % states, int((2 * s + x) % states == 0)))  # type: ignore


def plain(value: Any, path: str = "view") -> None:
    """Check that there is nothing in a payload that JSON or Streamlit's writer would change."""
    if isinstance(value, dict):
        for name, inner in value.items():
            assert type(name) is str, path
            plain(inner, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            plain(inner, f"{path}[{i}]")
    else:
        assert type(value) in (int, str, bool, float), f"{path} is a {type(value).__name__}"
    json.dumps(value, allow_nan=False)


def payload(machine: MealyMachine, x: list[int], program: Program | None = None) -> dict[str, Any]:
    network = network_of(machine, BITS)
    lock = lock_step(network, machine, program, None, np.array(x, dtype=np.int64).reshape(-1, 1))
    cloud = collect(network, machine, np.random.default_rng(0).integers(0, 2, size=(20, 8, 1)))
    return player_payload(
        lock, machine, program, places=places_of(cloud, machine.states), picture=whole_picture(machine)
    )


def test_a_payload_holds_every_step_of_all_that_are_there() -> None:
    machine = modulo(3)
    view = payload(machine, [1, 1, 0], table_program(machine, "by hand"))
    plain(view)
    assert view["inputs"] == ["1", "1", "0"]
    assert view["rows"] == [[name, ["0", "1", "1"]] for name in ("network", "machine", "program")]
    assert view["apart"] == [[], [], []]
    assert view["machine"]["states"] == [0, 1, 0, 0]
    assert view["machine"]["kind"] == "picture"
    assert len(view["scores"]) == 3
    assert view["end"] == "End of the sequence: all three agree."
    assert "truth" in view["missing"]


def test_two_hundred_steps_and_two_thousand_points_are_a_small_message() -> None:
    machine = modulo(5)
    network = network_of(machine, BITS)
    rng = np.random.default_rng(0)
    lock = lock_step(network, machine, table_program(machine, "by hand"), None, rng.integers(0, 2, size=(200, 1)))
    places = places_of(collect(network, machine, rng.integers(0, 2, size=(200, 10, 1))), 5)
    view = player_payload(
        lock, machine, table_program(machine, "by hand"), places=places, picture=whole_picture(machine)
    )
    assert places.part["count"] == 2001
    assert len(json.dumps(view, separators=(",", ":"))) < 60_000


def test_points_travel_as_sixteen_bits_and_the_path_runs_through_them() -> None:
    machine = modulo(4)
    network = network_of(machine, BITS)
    x = np.random.default_rng(0).integers(0, 2, size=(1, 12, 1))
    cloud = collect(network, machine, x)
    places = places_of(cloud, 4)
    part = places.part
    points = np.frombuffer(base64.b64decode(part["points"]), "<i2").reshape(part["count"], part["axes"])
    carried = np.frombuffer(base64.b64decode(part["carried"]), "<u2")
    assert np.abs(points).max() == part["units"]
    assert carried.tolist() == cloud.values.tolist()
    lock = lock_step(network, machine, None, None, x[0])
    assert places.path(lock.hidden) == points.tolist()
    assert {title[0] for title in part["titles"]} == set(cloud.values.tolist())


def test_a_network_with_one_number_is_drawn_against_time() -> None:
    weight = AffineMap(np.array([[1.0, 1.0]]), np.zeros(1))
    readout = AffineMap(np.array([[1.0]]), np.zeros(1))
    network = MlpNetwork(Card("linear", 1, 1, 1), RawInput(1), Rounded(1), (weight,), (readout,))
    total = apply("add", Variable("total"), Variable("x"))
    system = IntegerSystem(("x",), (StateVariable("total", 0, total),), (total,))
    x = np.array([[2], [3], [4]])
    places = places_of(collect(network, system, x[None]))
    assert places.part["timeline"]
    assert places.part["names"][0] == "steps read"
    path = np.array(places.path(lock_step(network, system, None, None, x).hidden))
    assert (np.diff(path, axis=0) > 0).all()

    lock = lock_step(network, system, Program(system, Method.LINEAR, ""), None, x)
    view = player_payload(lock, system, Program(system, Method.LINEAR, ""), places=places)
    plain(view)
    assert view["machine"] == {
        "kind": "numbers", "missing": "", "seen": [], "variables": [{"name": "total", "values": [0, 2, 5, 9]}],
    }  # fmt: skip


def test_a_machine_that_keeps_its_inputs_hands_them_over() -> None:
    program = parse_program(
        "def f(xs):\n    outputs = []\n    seen = []\n    for x in xs:\n        seen.append(x)\n"
        "        outputs.append(int(all(seen[i] == seen[-1 - i] for i in range(len(seen) // 2))))\n    return outputs\n"
    )
    lock = lock_step(network_of(modulo(2), BITS), program.system, program, None, np.array([[1], [0]]))
    part = machine_part(program.system, lock, None)
    plain(part)
    assert part == {"kind": "numbers", "missing": "", "variables": [], "seen": ["1", "0"]}


def test_of_a_large_machine_only_what_the_sequence_visits_is_drawn() -> None:
    machine = modulo(60)
    view = payload(machine, [0, 1, 1])
    plain(view)
    part = view["machine"]
    assert part["kind"] == "picture"
    assert part["states"] == [0, 0, 1, 3]
    assert part["svg"].count('class="state') == 3
    assert [f'data-from="{a}" data-to="{b}"' in part["svg"] for a, b in ((0, 0), (0, 1), (1, 3), (1, 2))] == [
        True, True, True, False,
    ]  # fmt: skip
    assert part["note"].startswith("Drawn are the 3 states that this sequence visits, of 60")


def test_where_too_many_states_are_visited_a_chain_stands_in() -> None:
    machine = modulo(101)
    view = payload(machine, np.random.default_rng(1).integers(0, 2, size=200).tolist())
    plain(view)
    part = view["machine"]
    assert part["kind"] == "chain"
    assert len(set(part["states"])) > MOST_STATES
    assert "of 101 states, too many to draw" in part["note"]


def test_a_machine_of_one_state_and_an_empty_sequence_are_shown_too() -> None:
    machine = modulo(1)
    view = payload(machine, [], table_program(machine, "by hand"))
    plain(view)
    assert view["length"] == 0
    assert view["machine"]["states"] == [0]
    assert view["end"] == "The sequence is empty: nothing has been read yet."


def test_an_input_outside_the_alphabet_stops_the_machine_with_a_reason() -> None:
    machine = modulo(3)
    network = network_of(machine, BITS)
    lock = lock_step(network, machine, table_program(machine, ""), None, np.array([[1], [0]]))
    missing = {"machine": "Step 1 is 7.", "program": "No.", "truth": "No."}
    outside = LockStep(lock.inputs, {"network": lock.outputs["network"]}, missing, lock.hidden, lock.scores)
    view = player_payload(outside, machine, None, places="No cloud.", picture=whole_picture(machine))
    plain(view)
    assert view["machine"]["missing"] == "Step 1 is 7."
    assert view["states"] == {"missing": "No cloud."}
    assert view["end"] == (
        "End of the sequence: only the network can run on this sequence, so there is nothing to compare."
    )


def test_numbers_that_outgrew_everything_never_become_nan() -> None:
    machine = modulo(2)
    network = network_of(machine, BITS)
    lock = lock_step(network, machine, None, None, np.array([[1], [0]]))
    hidden = lock.hidden.copy()
    hidden[1] = np.nan
    scores = np.full_like(lock.scores, np.inf)
    wild = LockStep(lock.inputs, lock.outputs, lock.missing, hidden, scores, lock.machine_states)
    cloud = collect(network, machine, np.array([[[0], [1]]]))
    view = player_payload(wild, machine, None, places=places_of(cloud, 2), picture=whole_picture(machine))
    plain(view)
    assert view["states"]["missing"].startswith("The hidden state outgrew")
    assert view["scores"] == ["inf", "inf"]


@pytest.mark.parametrize(
    ("drift", "sentence"),
    [
        (0, "End of the sequence: both agree."),
        (1, "End of the sequence: machine differs from network first at step 2; 1 step of 2 differ."),
    ],
)
def test_the_end_says_where_they_part(drift: int, sentence: str) -> None:
    outputs = {"network": np.array([[1], [0]]), "machine": np.array([[1], [drift]])}
    lock = LockStep(np.array([[0], [0]]), outputs, {}, np.zeros((3, 1)), np.zeros((2, 1)))
    assert end_sentence(lock) == sentence
