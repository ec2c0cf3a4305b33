"""Programs, machines and certificates that say one thing to the larger checker and do another: all are refused."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from mips_core.networks import network_digest
from mips_core.networks.store import network_bytes
from mips_core.region_checker import Refused, check, check_other
from mips_core.region_checker.files import read_json, short, unpack_integers
from mips_core.region_checker.machine import Steps
from mips_core.region_checker.network import Network
from mips_core.resources import asset
from mips_core.runs import shipped_run
from mips_core.tasks import names
from mips_core.verification.certificates.packing import packed, sealed

TABLE: dict[str, Any] = {
    "format": "mips-machine", "version": 2, "kind": "mealy", "states": 2, "start": 0, "symbols": [[0], [1]],
    "transitions": {
        "0": {"0": {"output": [0], "next": 0}, "1": {"output": [1], "next": 1}},
        "1": {"0": {"output": [1], "next": 1}, "1": {"output": [0], "next": 0}},
    },
}  # fmt: skip
EQUATIONS: dict[str, Any] = {
    "format": "mips-machine", "version": 1, "kind": "integer-system", "order": 1, "inputs": ["x"],
    "state": [{"name": "parity", "start": 0, "update": "parity ^ x"}], "locals": [], "outputs": ["parity ^ x"],
    "tables": {},
}  # fmt: skip
CERTIFICATE = json.dumps({"kind": "grid", "machine": TABLE, "symbols": packed(np.array([[0], [1]]))}).encode()
PROGRAM = """# Parity
def f(xs):
    \"\"\"Return the parity.\"\"\"
    outputs = []
    parity = 0
    for x in xs:
        parity = parity ^ x
        outputs.append(parity)
    return outputs
"""


def changed(old: str, new: str, text: str = PROGRAM) -> str:
    assert old in text
    return text.replace(old, new, 1)


def against(data: str | bytes, name: str = "program.py", card: dict[str, Any] | None = None) -> str:
    data = data.encode() if isinstance(data, str) else data
    return check_other(CERTIFICATE, card or {}, data, name)


LINE = "        parity = parity ^ x\n"
APPEND = "        outputs.append(parity)\n"
FALSE = {
    "the input is set before the loop": (changed("    outputs", "    xs = []\n    outputs"), "another meaning to xs"),
    "an argument with a default": (changed("f(xs)", "f(xs=())"), "not just one argument"),
    "an argument by place, and a default": (changed("f(xs)", "f(a, /, xs=())"), "not just one argument"),
    "an argument by place": (changed("f(xs)", "f(xs, /)"), "not just one argument"),
    "an argument by name": (changed("f(xs)", "f(*, xs)"), "not just one argument"),
    "all arguments": (changed("f(xs)", "f(*xs)"), "not just one argument"),
    "one more argument": (changed("f(xs)", "f(xs, y)"), "not just one argument"),
    "any more arguments": (changed("f(xs)", "f(xs, **y)"), "not just one argument"),
    "an annotation that is run": (changed("f(xs)", "f(xs: 1 // 0)"), "annotated"),
    "a decorator": ("@bool\n" + PROGRAM, "decorated"),
    "an input put into a table": (
        "T = {0: 0, 1: 0}\n" + changed("for x in xs:\n", "for T[parity] in xs:\n        x = T[parity]\n"),
        "elsewhere than in names",
    ),
    "the list of outputs is kept from call to call": (
        "outputs = []\n" + changed("    outputs = []\n", ""), "not begun anew",
    ),
    "the list of outputs has another name": (
        changed("    outputs = []", "    seen = outputs = []"), "before the first input",
    ),
    "the list of outputs is begun twice": (
        changed("    outputs = []\n", "    outputs = []\n    outputs = []\n"), "before the first input",
    ),
    "the list of outputs is not the empty one": (
        changed("    outputs = []\n    parity = 0", "    parity, outputs = [], 0"), "before the first input",
    ),
    "two lists of outputs in one line": (
        changed("    outputs = []\n", "    outputs, outputs = [], []\n"), "before the first input",
    ),
    "outputs set again": (changed(LINE, LINE + "        outputs = 0\n"), "set again"),
    "outputs taken as inputs": (changed("for x in", "for outputs in"), "set again"),
    "outputs read": (changed("append(parity)", "append(parity ^ (outputs != []))"), "read again"),
    "outputs appended to by another name": (changed(APPEND, "        add = outputs.append\n" + APPEND), "read again"),
    "two outputs at a step": (changed(APPEND, 2 * APPEND), "not give one output"),
    "a variable that its function does not set before it reads it": (
        "parity = 0\n" + changed("    parity = 0\n", ""), "both in its function and outside",
    ),
    "a variable that is set in some steps": (
        changed(LINE, "        if x:\n            y = 1\n").replace("append(parity)", "append(y)"),
        "y is used before it has a value",
    ),
    "a function called int": (
        changed("f(xs)", "int(xs)").replace("append(parity)", "append(int(parity))"), "not called f",
    ),
    "a variable called int": (
        changed(LINE, LINE + "        int = x\n").replace("append(parity)", "append(int(parity))"),
        "another meaning to int",
    ),
    "a constant called max": ("max = 3\n" + PROGRAM, "another meaning to max"),
    "an input called f": (changed("for x", "for f").replace("^ x", "^ f"), "another meaning to f"),
    "the function is replaced": (PROGRAM + "f = 0\n", "after its function"),
    "a second function": (PROGRAM + PROGRAM, "holds a FunctionDef"),
    "Python's own names": (
        changed("append(parity)", "append(parity ^ bool(__builtins__))"), "__builtins__, set nowhere",
    ),
    "Python's own names set": ("__name__ = 'a'\n" + PROGRAM, "__name__"),
    "a name of the checker's": (changed("append(parity)", "append(_x ^ parity ^ x)"), "_x, set nowhere"),
    "a name that nothing sets": (changed("append(parity)", "append(parity if 1 else z)"), "z, set nowhere"),
    "a complex number": (changed("parity ^ x", "parity ^ x if x else parity * 1j"), "1j, which is no integer"),
    "a decimal number": (changed("append(parity)", "append(parity + 0.0)"), "0.0, which is no integer"),
    "bytes": (changed("append(parity)", "append(b'a')"), "b'a', which is no integer"),
    "nothing": (changed("append(parity)", "append(None)"), "None, which is no integer"),
    "dots": (changed("parity = 0", "parity = ..."), "Ellipsis, which is no integer"),
    "a list as state": (changed("parity = 0", "parity = []"), "its state is"),
    "a function as output": (changed("append(parity)", "append(abs)"), "an output is"),
    "a root that Python does not know": (changed("append(parity)", "append(isqrt(parity))"), "holds a Call"),
    "global": (changed("    outputs", "    global parity\n    outputs"), "holds a Global"),
    "nonlocal": (changed(LINE, "        nonlocal parity\n" + LINE), "holds a Nonlocal"),
    "a name set in a formula": (changed("append(parity)", "append((x := parity))"), "holds a NamedExpr"),
    "a name of a comprehension": (changed("append(parity)", "append(max([x for x in (1, 2)]))"), "ListComp"),
    "a list that grows in place": (changed(LINE, LINE + "        parity += 0\n"), "AugAssign"),
    "a table that changes": ("T = {0: 0}\n" + changed(LINE, "        T[0] = x\n" + LINE), "holds a"),
    "an annotated variable": (changed("    parity = 0", "    parity: int = 0"), "AnnAssign"),
    "a name taken away": (changed(LINE, LINE + "        del x\n"), "holds a Del"),
    "an end before the end": (changed(LINE, LINE + "        break\n"), "holds a Break"),
    "what follows the loop": (changed("    return", "    else:\n        parity = 0\n    return"), "no plain loop"),
    "another encoding": ("# -*- coding: utf-7 -*-\n" + PROGRAM, "not in UTF-8"),
    "tuples with two names": (changed(LINE, LINE + "        a, b = c = (x, x)\n"), "builds tuples"),
}  # fmt: skip


def test_the_program_itself_is_accepted_and_so_is_a_bool_as_output() -> None:
    assert "exhaustive over 2 pairs" in against(PROGRAM)
    assert "exhaustive over 2 pairs" in against(changed("append(parity)", "append(parity == 1)"))
    assert "exhaustive over 2 pairs" in against("T = {0: 0, 1: 1}\n" + changed("append(parity)", "append(T[parity])"))
    both = changed("    outputs = []\n    parity = 0", "    outputs, parity = [], 0")
    assert "exhaustive over 2 pairs" in against(both)
    assert "exhaustive over 2 pairs" in against("# -*- coding: UTF_8 -*-\n" + PROGRAM)
    space: dict[str, Any] = {}
    exec(changed("append(parity)", "append(parity == 1)"), space)
    assert space["f"]([1, 1, 0, 1]) == [1, 0, 0, 1]


@pytest.mark.parametrize("name", list(FALSE))
def test_a_program_that_python_takes_otherwise_is_refused(name: str) -> None:
    text, reason = FALSE[name]
    with pytest.raises(Refused, match=reason):
        against(text)


def test_what_is_remembered_is_set_before_the_loop() -> None:
    for state in (["x"], ["int"], ["outputs "], "parity", [["parity"]]):
        certificate = json.dumps({**json.loads(CERTIFICATE), "remembered": state}).encode()
        with pytest.raises(Refused):
            check_other(certificate, {}, PROGRAM.encode(), "program.py")


def test_every_shipped_program_of_a_proved_network_is_read() -> None:
    for name in names():
        if name != "Bit_Palindrome":  # its program looks at a whole list, and has no proof that speaks of it
            Steps((asset("runs", name) / "program.py").read_bytes(), "program.py", None)


def machine(value: dict[str, Any], **parts: Any) -> str:
    return json.dumps({**value, **parts})


def transition(**parts: Any) -> dict[str, Any]:
    rows = json.loads(json.dumps(TABLE["transitions"]))
    rows["0"]["1"] |= parts
    return rows


FALSE_MACHINES = {
    "a key twice": (machine(TABLE).replace('"start": 0', '"start": 1, "start": 0'), "says 'start' twice"),
    "a start that is false": (machine(TABLE, start=False), "False, which is no whole number"),
    "a start that is 0.0": (machine(TABLE, start=0.0), "0.0, which is no whole number"),
    "a start that is a text": (machine(TABLE, start="0\nT = {}"), "which is no whole number"),
    "an output that is true": (machine(TABLE, transitions=transition(output=[True])), "True, which is no whole"),
    "an output that is 1.0": (machine(TABLE, transitions=transition(output=[1.0])), "1.0, which is no whole"),
    "a state after that is true": (machine(TABLE, transitions=transition(next=True)), "True, which is no whole"),
    "a state under two names": (
        machine(TABLE, transitions={**transition(), "00": transition()["1"]}), "'?00'? is no whole number",
    ),
    "a transition too many": (
        machine(TABLE, transitions={**transition(), "1": {**transition()["1"], "2": {}}}), "one for each symbol",
    ),
    "symbols that are true": (machine(TABLE, symbols=[[False], [True]]), "no whole number"),
    "symbols that are written alike": (machine(TABLE, symbols=[[1], ["1"]]), "not distinct"),
    "a table and equations": (machine(TABLE, outputs=["7"]), "at once"),
    "equations and a table": (machine(EQUATIONS, transitions={}), "at once"),
    "another kind": (machine(TABLE, kind="x" * 500), f"machines of kind {'x' * 80}\\.\\.\\. are"),
    "no machine": ("[]", "no machine"),
    "a start value that is true": (
        machine(EQUATIONS, state=[{"name": "parity", "start": True, "update": "parity"}]), "True, which is no whole",
    ),
    "two variables of one name": (machine(EQUATIONS, inputs=["parity"]), "given twice"),
    "a name with a line in it": (machine(EQUATIONS, inputs=["x\n  x"]), "a name in it is none"),
    "a formula with a line in it": (machine(EQUATIONS, outputs=["1)\n  x = (0"]), "not valid Python"),
    "a formula that sets": (machine(EQUATIONS, outputs=["parity ^ x, x"]), "builds tuples"),
    "a formula that is a number": (machine(EQUATIONS, outputs=[1]), "no formula"),
    "a decimal number": (machine(EQUATIONS, outputs=["parity ^ x if x else 0.0"]), "0.0"),
    "a table's entry that is true": (machine(EQUATIONS, tables={"T": [[[0], True]]}), "True, which is no whole"),
    "a table's key twice": (machine(EQUATIONS, tables={"T": [[[0], 1], [[0], 0]]}), "a key twice"),
    "a name of the checker's": (machine(EQUATIONS, inputs=["_o"]), "set again"),
    "infinity": (machine(TABLE).replace('"start": 0', '"start": Infinity'), "Infinity, which is no number"),
    "no JSON": ("{", "is no JSON"),
    "no text": (b"\xff\xfe", "is no JSON"),
    "deep brackets": ("[" * 100_000, "nested too deeply"),
}  # fmt: skip


def test_the_machines_themselves_are_accepted() -> None:
    assert "exhaustive over 2 pairs" in against(machine(TABLE), "machine.json")
    assert "exhaustive over 2 pairs" in against(machine(EQUATIONS), "machine.json")


@pytest.mark.parametrize("name", list(FALSE_MACHINES))
def test_a_machine_that_can_be_read_in_two_ways_is_refused(name: str) -> None:
    text, reason = FALSE_MACHINES[name]
    with pytest.raises(Refused, match=reason):
        against(text, "machine.json")


def proof(name: str) -> tuple[dict[str, Any], bytes]:
    """A shipped proof of a network as it was trained."""
    run = shipped_run(name)
    return json.loads((run.folder / "certificate_as_trained.json").read_bytes()), network_bytes(run.network)


def resealed(whole: dict[str, Any], **parts: Any) -> bytes:
    return json.dumps(sealed({key: v for key, v in {**whole, **parts}.items() if key != "seal"})).encode()


@pytest.mark.parametrize("part", ["next", "output", "states", "symbols", "centres"])
def test_tables_of_regions_that_are_no_integers_are_refused(part: str) -> None:
    whole, network = proof("Parity_All")
    more = 0.3 if part == "output" else 0.0
    false = resealed(whole, margin=0.01, **{part: packed(unpack_integers(whole, part) + more, "<f8")})
    with pytest.raises(Refused, match=f"'{part}' of the certificate does not hold integers"):
        check(false, network, {})


def test_outputs_that_the_network_does_not_have_are_refused() -> None:
    whole, network = proof("Parity_All")
    output = unpack_integers(whole, "output")
    for false in (np.concatenate([output, output + 7], axis=2), output[..., :0], output[..., 0]):
        with pytest.raises(Refused, match="do not fit"):
            check(resealed(whole, output=packed(false)), network, {})


@pytest.mark.parametrize("part", ["F", "G", "H", "D", "start"])
def test_an_affine_system_that_is_none_of_integers_is_refused(part: str) -> None:
    whole, network = proof("Sum_All")
    false = resealed(whole, margin=0.01, **{part: packed(unpack_integers(whole, part) + 0.25, "<f8")})
    with pytest.raises(Refused, match=f"'{part}' of the certificate does not hold integers"):
        check(false, network, {})


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"version": True}, "version True"), ({"version": 1.0}, "version 1.0"), ({"margin": True}, "no number"),
        ({"places": 6.5}, "no whole number"), ({"depth": True}, "no whole number"), ({"length": True}, "whole number"),
        ({"claim": "x" * 500}, f"claims '{'x' * 80}\\.\\.\\.'"), ({"kind": "y" * 500}, f"{'y' * 80}\\.\\.\\."),
    ],
)  # fmt: skip
def test_values_of_a_certificate_that_only_count_as_integers_are_refused(parts: dict[str, Any], reason: str) -> None:
    whole, network = proof("Parity_All")
    with pytest.raises(Refused, match=reason):
        check(resealed(whole, **parts), network, {})


def test_nothing_is_said_twice_in_a_certificate_or_a_network() -> None:
    whole, network = proof("Parity_All")
    data = resealed(whole)
    check(data, network, {})
    with pytest.raises(Refused, match="the certificate says 'version' twice"):
        check(data.replace(b'"version": 1', b'"version": 2, "version": 1'), network, {})
    begin = 8 + int.from_bytes(network[:8], "little")
    header = network[8:begin].decode().rstrip()
    doubled = header[:-1] + ', "__metadata__": ' + json.dumps(json.loads(header)["__metadata__"]) + "}"
    with pytest.raises(Refused, match="header says '__metadata__' twice"):
        check(data, len(doubled).to_bytes(8, "little") + doubled.encode() + network[begin:], {})
    facts = json.loads(header)
    facts["__metadata__"]["card"] = facts["__metadata__"]["card"][:-1] + ', "kind": "mlp"}'
    text = json.dumps(facts).encode()
    with pytest.raises(Refused, match="card says 'kind' twice"):
        Network(len(text).to_bytes(8, "little") + text + network[begin:])
    assert Network(network).digest.startswith(network_digest(shipped_run("Parity_All").network))


def test_words_are_words_and_every_number_has_its_own() -> None:
    card = {"input_words": [["coin", "push"]], "output_words": [[False, True]]}
    text = changed("parity ^ x", "parity ^ (x == 'push')")
    with pytest.raises(Refused, match="False is no word"):
        against(text, card=card)
    with pytest.raises(Refused, match="no word for 1"):
        against(text, card={"input_words": [["coin"]]})


def test_messages_are_plain_words_and_repeat_no_more_than_80_characters() -> None:
    for data in (
        b"def f(xs):\n return [\n",
        b"\0",
        b"x = (" * 5_000,
        b"\xff",
        PROGRAM.replace("0", "[" * 500).encode(),
    ):
        with pytest.raises(Refused) as refused:
            against(data)
        assert "Error" not in str(refused.value)
        assert len(str(refused.value)) < 200
    with pytest.raises(Refused, match="symbols is needed, and is not there"):
        check_other(b'{"machine": {"kind": "mealy"}}', {}, b"", "program.py")
    with pytest.raises(Refused) as refused:
        against(changed("append(parity)", f"append('{'w' * 900}')"))
    assert len(str(refused.value)) < 300
    assert short(10**9_999) == "a very large number"
    assert read_json(b'{"a": [1, {"b": 2}]}', "it") == {"a": [1, {"b": 2}]}
