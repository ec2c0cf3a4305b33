"""Finished runs made by hand: small machines, programs that fit them, and networks that embed them.

They exist so that pages can be tested on every kind of result (formula, table, integer system,
disagreement, failure, unreadable file) without training anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from embedded_networks import network_of

from mips_core.expressions import Variable, apply
from mips_core.files import write_json, write_text
from mips_core.machines.dot_machine import to_dot
from mips_core.machines.integer_system import IntegerSystem, StateVariable
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.records import machine_to_dict
from mips_core.networks import AffineMap, Argmax, Card, MlpNetwork, RawInput, Rounded, save_network
from mips_core.networks.store import network_digest
from mips_core.programs import Program, table_program
from mips_core.regression.method import Method
from mips_core.tasks import Vocabulary
from mips_core.tasks.integers import Integers

BITS = (Integers(0, 2),)


def machine_of(start: Any, symbols: list[Any], step: Callable[[Any, Any], tuple[Any, Any]]) -> MealyMachine:
    """Explore a rule ``step(state, x) -> (state, y)`` into tables."""
    states, following, outputs = [start], [], []
    for state in states:
        row = [step(state, x) for x in symbols]
        states += [s for s in dict.fromkeys(s for s, _ in row) if s not in states]
        following.append([states.index(s) for s, _ in row])
        outputs.append([[y] if isinstance(y, int) else list(y) for _, y in row])
    x = np.array([[s] if isinstance(s, int) else list(s) for s in symbols])
    return MealyMachine(np.array(following), np.array(outputs), x)


def parity() -> tuple[MealyMachine, Program]:
    machine = machine_of(0, [0, 1], lambda s, x: ((s + x) % 2, (s + x) % 2))
    update = apply("xor", Variable("parity"), Variable("x"))
    return machine, Program(_system(("x",), [("parity", update)], update), Method.BOOLEAN, "Made by hand for tests.")


def parity_last(count: int) -> tuple[MealyMachine, Program]:
    machine = machine_of((0,) * (count - 1), [0, 1], lambda s, x: ((*s[1:], x), (sum(s) + x) % 2))
    total: Any = Variable("x")
    names = [f"x{i}" for i in range(1, count)]
    for name in names:
        total = apply("xor", total, Variable(name))
    state = [(names[0], Variable("x"))] + [(b, Variable(a)) for a, b in pairwise(names)]
    return machine, Program(_system(("x",), state, total), Method.BOOLEAN, "Made by hand for tests.")


def turnstile() -> MealyMachine:
    """A machine over words, one of whose transitions was never observed."""
    machine = machine_of(0, [0, 1], lambda s, x: (1 - x, 2 if x == 0 else s))
    words = (Vocabulary.of(["coin(1,2)", "push"]),), (Vocabulary.of(["*locked*", "open", "unlocked"]),)
    return replace(machine.with_words(*words), observed=np.array([[True, False], [True, True]]))


def over_words(network: MlpNetwork, machine: MealyMachine) -> MlpNetwork:
    """Let a network that computes the number k of a word give a score for each word instead: the nearest has most."""
    readout = network.readout_layers[0]
    k = np.arange(len(machine.output_words[0]), dtype=float)[:, None]
    scores = AffineMap(2 * k * readout.weight, 2 * k[:, 0] * readout.bias - k[:, 0] ** 2)
    card = replace(network.card, input_words=machine.input_words, output_words=machine.output_words)
    return replace(network, card=card, decoding=Argmax((machine.output_words[0].range,)), readout_layers=(scores,))


def _system(inputs: tuple[str, ...], state: list[tuple[str, Any]], *outputs: Any) -> IntegerSystem:
    return IntegerSystem(inputs, tuple(StateVariable(n, 0, e) for n, e in state), outputs)


def _report(name: str, task: str | None, machine: Any, program: Program | None, **changes: Any) -> dict[str, Any]:
    kind = None
    if isinstance(machine, MealyMachine):
        kind = {"kind": "mealy", "states": machine.states, "symbols": len(machine.symbols)}
    elif machine is not None:
        kind = {"kind": "integer-system", "states": None, "symbols": None, "order": machine.order}
    made = None
    if program is not None:
        made = {"source": program.source, "function": "f", "method": str(program.method), "nodes": program.nodes}
    both = {"1x": {"sequences": 4096, "agree": 4096}, "5x": {"sequences": 1024, "agree": 1024}}
    return {
        "format": "mips-report",
        "version": 1,
        "source": task or f"{name}.safetensors",
        "task": task,
        "network": {"cell": "mlp", "hidden_size": 4, "parameters": 60},
        "machine": kind,
        "program": made,
        "verification": {
            "claim": "program agrees with network on 4,096 held-out sequences of length 10",
            "program_vs_network": both,
            "program_vs_data": both if task else {"1x": None, "5x": None},
            "network_vs_data": both if task else {"1x": None, "5x": None},
            "counterexample": None,
        },
        "imperfect_network": False,
        "inputs": [[0, 2]],
        "length": 10,
        "stages": [
            {"stage": "linear realisation", "status": "failed", "reason": "The network is not affine: its hidden MLP "
             "has 2 layers.", "seconds": 0.001, "evidence": {}},
            {"stage": "query learning", "status": "done", "reason": "Closed after 34 queries.", "seconds": 0.31,
             "evidence": {"queries": 34}},
        ],
        "seconds": {"train": 0.0, "extract": 0.3, "regress": 0.1, "verify": 0.6, "total": 1.0},
        **changes,
    }  # fmt: skip


def _write(
    root: Path, name: str, network: MlpNetwork, machine: Any, program: Program | None, *, task: str | None = None,
    **changes: Any,
) -> None:  # fmt: skip
    folder = root / "assets" / "runs" / name
    folder.mkdir(parents=True)
    if program is not None:
        write_text(folder / "program.py", program.source)
    if machine is not None:
        write_json(folder / "machine.json", machine_to_dict(machine))
    if isinstance(machine, MealyMachine):
        write_text(folder / "machine.dot", to_dot(machine))
    save_network(
        network, root / "assets" / "networks" / f"{name}.safetensors" if task else folder / "network.safetensors"
    )
    report = _report(name, task, machine, program, **changes)
    report["network"]["digest"] = network_digest(network)
    write_json(folder / "report.json", report)


def make_runs(root: Path) -> None:
    """Write every kind of run below ``root/assets``."""
    (root / "assets" / "networks").mkdir(parents=True)
    machine, program = parity()
    _write(root, "Parity_All", network_of(machine, BITS, task="Parity_All"), machine, program, task="Parity_All")
    machine, program = parity_last(4)
    _write(root, "Parity_Last4", network_of(machine, BITS, task="Parity_Last4"), machine, program, task="Parity_Last4")

    machine = machine_of(
        0, [(a, b) for a in (0, 1) for b in (0, 1)], lambda s, x: ((s + sum(x)) // 2, (s + sum(x)) % 2)
    )
    inputs = (Integers(0, 2), Integers(0, 2))
    network = network_of(machine, inputs, task="Binary_Addition")
    total = apply("add", apply("add", Variable("a"), Variable("b")), Variable("carry"))
    program = Program(
        _system(("a", "b"), [("carry", apply("floordiv", total, 2))], apply("mod", total, 2)),
        Method.SYMBOLIC,
        "By hand.",
    )
    _write(root, "Binary_Addition", network, machine, program, task="Binary_Addition", inputs=[[0, 2], [0, 2]])

    machine = machine_of(0, [0, 1], lambda s, x: ((2 * s + x) % 7, int((2 * s + x) % 7 == 0)))
    network = network_of(machine, BITS, task=None)
    _write(root, "remainder", network, machine, table_program(machine, "Made by hand."))

    add = apply("add", Variable("total"), Variable("x"))
    system = _system(("x",), [("total", add)], add)
    turn = np.array([[0.31, -0.8], [0.9, 0.42]])
    weights = AffineMap(
        np.hstack([turn @ np.diag([1.0, 0.4]) @ np.linalg.inv(turn), turn @ [[1.0], [1.0]]]), np.zeros(2)
    )
    readout = AffineMap((np.array([[1.0, 0.0]]) @ np.linalg.inv(turn)) * 1.002, np.zeros(1))
    card = Card("linear", 1, 1, 2, (Integers(0, 100),), 10, "Sum_All")
    network = MlpNetwork(card, RawInput(1), Rounded(1), (weights,), (readout,))
    _write(
        root, "Sum_All", network, system, Program(system, Method.LINEAR, "By hand."), task="Sum_All", inputs=[[0, 100]],
        verification={
            "claim": "program agrees with network on 4,096 held-out sequences of length 10; they differ at length 50",
            "program_vs_network": {"1x": {"sequences": 4096, "agree": 4096}, "5x": {"sequences": 1024, "agree": 610}},
            "program_vs_data": {"1x": {"sequences": 4096, "agree": 4096}, "5x": {"sequences": 1024, "agree": 1024}},
            "network_vs_data": {"1x": {"sequences": 4096, "agree": 4096}, "5x": {"sequences": 1024, "agree": 610}},
            "counterexample": {"inputs": [[9]] * 28, "network": [[253]], "program": [[252]]},
        },
    )  # fmt: skip

    machine, program = parity_last(7)
    network = network_of(machine, BITS, task=None)
    _write(root, "windows_of_seven", network, machine, program)
    machine, _ = parity()
    _write(
        root, "stubborn", network_of(machine, BITS, task=None), None, None,
        verification={"claim": "no program was found", "program_vs_network": None, "program_vs_data": None,
                      "network_vs_data": None, "counterexample": None},
        stages=[{"stage": "query learning", "status": "failed", "reason": "More than 512 states; the last two prefixes "
                 "that differ are 0 1 1 and 1 1 1.", "seconds": 4.2, "evidence": {}}],
    )  # fmt: skip
    machine = turnstile()
    network = over_words(network_of(machine, BITS, task=None), machine)
    words = {"inputs": [["coin(1,2)", "push"]], "outputs": [["*locked*", "open", "unlocked"]]}
    program = table_program(machine, "Made by hand.")
    _write(root, "turnstile", network, machine, program, source="traces/turnstile.csv", words=words)
    broken = root / "assets" / "runs" / "torn"
    broken.mkdir()
    (broken / "report.json").write_text(json.dumps({"format": "mips-report", "version": 99}))
