"""``mips diff``: machines of other tools, machines of ours and programs against each other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from aalpy.learning_algs import run_Lstar
from aalpy.oracles import PerfectKnowledgeEqOracle
from aalpy.SULs import AutomatonSUL
from aalpy.utils import save_automaton_to_file
from aalpy_machines import to_aalpy
from command_line import assert_refused, mips

from mips_core.machines import MealyMachine, minimise, to_dot
from mips_core.machines.records import machine_to_dict
from mips_core.resources import asset

MOD_3 = """
def f(xs):
    state, ys = 0, []
    for x in xs:
        state = (state + x) % 3
        ys.append(state)
    return ys
"""

COFFEE = """digraph g {
__start0 [label="" shape="none"];
s0 [shape="circle" label="s0"];
s1 [shape="circle" label="s1"];
s0 -> s1 [label="coin / ok"];
s0 -> s0 [label="push / nothing"];
s1 -> s0 [label="push / coffee"];
s1 -> s1 [label="coin / ok"];
__start0 -> s0;
}
"""


def add_mod(m: int) -> MealyMachine:
    table = (np.arange(m)[:, None] + np.arange(m)) % m
    return MealyMachine(table, table[:, :, None], np.arange(m)[:, None])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mod3.py").write_text(MOD_3)
    (tmp_path / "mod3.json").write_text(json.dumps(machine_to_dict(add_mod(3))))
    (tmp_path / "mod3.dot").write_text(to_dot(add_mod(3)))
    (tmp_path / "coffee.dot").write_text(COFFEE)
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_the_same_machine_in_two_formats_is_proved_equal(folder: Path) -> None:
    said = mips("diff", folder / "mod3.json", folder / "mod3.dot", "--json")
    assert said.code == 0
    assert said.json["format"], said.json["version"] == ("mips-diff", 1)
    assert said.json["verdict"] == "equal"
    assert said.json["claim"].startswith("Proved")
    assert said.json["difference"] is None


def test_a_machine_learned_by_aalpy_is_equal_and_a_changed_one_is_not(tmp_path: Path) -> None:
    machine = minimise(add_mod(5))
    theirs = to_aalpy(machine)
    alphabet = theirs.get_input_alphabet()
    system = AutomatonSUL(theirs)
    learned = run_Lstar(alphabet, system, PerfectKnowledgeEqOracle(alphabet, system, theirs), "mealy", print_level=0)
    save_automaton_to_file(learned, tmp_path / "learned", "dot")
    ours = write(tmp_path, "ours.dot", to_dot(machine))
    assert mips("diff", ours, tmp_path / "learned.dot").code == 0
    learned.states[-1].output_fun[alphabet[0]] = "7"
    save_automaton_to_file(learned, tmp_path / "changed", "dot")
    said = mips("diff", ours, tmp_path / "changed.dot", "--json")
    assert said.code == 3
    assert "and on no shorter one" in said.json["claim"]
    found = said.json["difference"]
    assert found["left"][:-1] == found["right"][:-1]
    assert found["right"][-1] == "7"
    assert len(found["inputs"]) == len(learned.states[-1].prefix) + 1


def test_the_shortest_difference_is_shown_step_below_step(folder: Path) -> None:
    broken = write(folder, "broken.dot", COFFEE.replace("push / coffee", "push / tea"))
    said = mips("diff", folder / "coffee.dot", broken)
    assert said.code == 3
    lines = said.out.splitlines()
    assert "length 2, and on no shorter one" in said.out
    assert [line.split()[-2:] for line in lines[-3:]] == [["coin", "push"], ["ok", "coffee"], ["ok", "tea"]]


def test_moore_machines_may_differ_before_any_input(tmp_path: Path) -> None:
    text = 'digraph g {{ a [label="a|{}"] b [label="b|y"] a -> b [label=i] b -> b [label=i] __start0 -> a }}'
    one, two = (write(tmp_path, f"{out}.dot", text.format(out)) for out in "xy")
    said = mips("diff", one, two, "--json")
    assert said.code == 3
    assert said.json["difference"] == {"inputs": [], "left": ["x"], "right": ["y"]}


def test_partial_machines_are_compared_where_both_are_defined(folder: Path) -> None:
    partial = write(folder, "partial.dot", COFFEE.replace('s1 -> s1 [label="coin / ok"];', ""))
    said = mips("diff", folder / "coffee.dot", partial, "--json")
    assert said.code == 0
    assert said.json["verdict"] == "agrees"
    assert "partial.dot defines no transition on coin after 'coin'" in said.json["claim"]
    assert said.json["not_compared"]["right"]["missing_input"] == "coin"
    assert said.json["right"]["complete"] is False
    assert mips("diff", folder / "coffee.dot", partial, "--strict").code == 3
    again = mips("diff", partial, partial, "--json")
    assert again.json["verdict"] == "equal"
    assert "define the same ones" in again.json["claim"]


def test_other_alphabets_are_named(folder: Path) -> None:
    more = write(folder, "more.dot", COFFEE.replace("__start0 ->", 's0 -> s0 [label="reset / ok"]\n__start0 ->'))
    said = mips("diff", more, folder / "coffee.dot", "--json")
    assert said.json["verdict"] == "agrees"
    assert "Only" in said.json["claim"]
    assert said.json["not_compared"]["right"]["inputs_of_the_other_only"] == ["reset"]
    assert_refused(mips("diff", folder / "mod3.dot", folder / "coffee.dot"), "no input in common", "coin", "0, 1, 2")


def test_transitions_that_were_not_observed_are_not_compared(tmp_path: Path) -> None:
    machine = add_mod(3)
    seen = np.ones((3, 3), dtype=bool)
    seen[2, 2] = False
    other = machine.output.copy()
    other[2, 2] = 9
    ours = write(tmp_path, "ours.json", json.dumps(machine_to_dict(machine)))
    theirs = write(tmp_path, "seen.dot", to_dot(replace(machine, output=other, observed=seen)))
    said = mips("diff", ours, theirs, "--json")
    assert said.code == 0
    assert said.json["verdict"] == "agrees"
    assert "seen.dot defines no transition on 2 after '2'" in said.json["claim"]


def test_a_program_against_a_machine(folder: Path) -> None:
    said = mips("diff", folder / "mod3.py", folder / "mod3.json", "--json")
    assert said.code == 0
    assert said.json["verdict"] == "agrees"
    for words in (
        "no proof",
        "exhaustive to length 7",
        "9 words through every transition",
        "300 random words of length 50",
    ):
        assert words in said.json["claim"]
    wrong = write(folder, "wrong.py", MOD_3.replace("% 3", "% 3 if len(ys) < 30 else 0"))
    said = mips("diff", wrong, folder / "mod3.dot", "--json")
    assert said.code == 3
    found = said.json["difference"]
    assert len(found["inputs"]) == 31
    assert found["left"][-1] == "0" != found["right"][-1]


def test_two_programs(folder: Path) -> None:
    fails = write(folder, "fails.py", MOD_3.replace("% 3", "% (3 - x // 2 * 3)"))
    assert_refused(mips("diff", fails, folder / "mod3.py"), "--inputs LOW:HIGH")
    said = mips("diff", fails, folder / "mod3.py", "--inputs", "0:3", "--json")
    assert said.code == 3
    assert said.json["difference"] == {"inputs": ["2"], "left": "ZeroDivisionError", "right": ["2"]}
    assert "and on no shorter one" in said.json["claim"]
    assert "ZeroDivisionError" in mips("diff", fails, folder / "mod3.py", "--inputs", "0:3").out
    same = mips("diff", fails, folder / "mod3.py", "--inputs", "0:2")
    assert same.code == 0
    assert "no proof" in same.out


def test_programs_over_words(folder: Path) -> None:
    text = """
NEXT = {("idle", "coin"): "paid", ("idle", "push"): "idle", ("paid", "coin"): "paid", ("paid", "push"): "idle"}

def f(xs):
    state, ys = "idle", []
    for x in xs:
        ys.append("ok" if x == "coin" else "coffee" if state == "paid" else "nothing")
        state = NEXT[state, x]
    return ys
"""
    machine, program = folder / "coffee.dot", write(folder, "coffee.py", text)
    said = mips("diff", machine, program, "--json")
    assert said.code == 0, said
    assert "exhaustive to length" in said.json["claim"]
    tea = write(folder, "tea.py", text.replace('"coffee" if', '"tea" if'))
    found = mips("diff", program, tea, "--words", "coin,push", "--json").json["difference"]
    assert found == {"inputs": ["coin", "push"], "left": ["ok", "coffee"], "right": ["ok", "tea"]}
    assert mips("diff", machine, tea).code == 3


def test_programs_with_two_inputs_and_two_outputs(tmp_path: Path) -> None:
    text = "def f(xs):\n    return [({}, a * b) for a, b in xs]\n"
    one, two = write(tmp_path, "one.py", text.format("a + b")), write(tmp_path, "two.py", text.format("a | b"))
    said = mips("diff", one, two, "--inputs", "0:2,0:2", "--json")
    assert said.code == 3
    assert said.json["difference"] == {"inputs": ["1;1"], "left": ["2;1"], "right": ["1;1"]}


def test_a_program_that_remembers_calls_is_refused(folder: Path) -> None:
    text = "calls = []\ndef f(xs):\n    calls.append(1)\n    return [len(calls) % 7 for x in xs]\n"
    assert_refused(mips("diff", write(folder, "calls.py", text), folder / "mod3.dot"), "calls.py", "two calls")


def test_shipped_equations_compare_as_a_program() -> None:
    run = next(
        path.parent for path in sorted(asset("runs").glob("*/machine.json")) if "integer-system" in path.read_text()
    )
    said = mips("diff", run / "machine.json", run / "program.py", "--inputs", "0:2", "--json")
    assert said.json["left"]["kind"] == "program"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.dot", "digraph {\ns0 -> }", ("a.dot, line 2",)),
        ("a.json", "{", ("not valid JSON",)),
        ("a.json", '{"format": "mips-report"}', ("not a mips-machine",)),
        ("a.txt", "hello", ("no DOT file, machine.json or program",)),
        ("a.py", "import os", ("Line 1",)),
        ("a.gv", COFFEE.replace("coin / ok", "push / ok"), ("line 5", "two transitions")),
    ],
)
def test_bad_files(folder: Path, name: str, text: str, words: tuple[str, ...]) -> None:
    assert_refused(mips("diff", folder / "mod3.dot", write(folder, name, text)), *words)


def test_bad_options(folder: Path) -> None:
    mod = folder / "mod3.py"
    assert_refused(mips("diff", mod, folder / "nowhere.dot"), "no file")
    assert_refused(mips("diff", mod), "required")
    assert_refused(mips("diff", mod, mod, "--inputs", "0:9", "--words", "a"), "Choose one")
    assert_refused(mips("diff", mod, mod, "--inputs", "0:99999"), "narrower")
    assert_refused(mips("diff", mod, folder / "mod3.dot", "--inputs", "0:3"), "for two programs")
