"""DOT files: as other tools write them, as we write them for other tools, and what nobody should have written."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from aalpy.utils import load_automaton_from_file, save_automaton_to_file
from aalpy_machines import to_aalpy
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.errors import BadInputError
from mips_core.machines import MealyMachine, minimise, read_dot, to_dot
from mips_core.machines.dot_syntax import parse_dot, plain_label, quoted
from mips_core.machines.drawing import to_drawing

from .test_minimise import machines, random_machine

WIKI = """
/* as the automata wiki keeps it */
digraph g {
__start0 [label="" shape="none"];

  s0 [shape="circle" label="s0"];
  s1 [label="s1" shape="circle"]; // attributes in any order
  s0 -> s1 [label="SYN(V,V,0) / SYN+ACK(V,V,0)"];
  s0 -> s0 [
    color=red,
    label="CLOSE / TIMEOUT"
  ]
  s1 -> s0 [label="CLOSE/-1"];

__start0 -> s0;
}
"""


def told(machine: MealyMachine, words: np.ndarray) -> list[list[str]]:
    """The outputs of a machine of ours on words of symbol positions, as text."""
    rows = []
    for word in words:
        state, row = machine.start_state, []
        for symbol in word:
            row.append(machine.output_text(state, symbol))
            state = machine.next_state[state, symbol]
        rows.append(row)
    return rows


def test_as_the_automata_wiki_writes() -> None:
    machine = read_dot(WIKI)
    assert machine.inputs == ("CLOSE", "SYN(V,V,0)")
    assert machine.run(["CLOSE", "SYN(V,V,0)", "CLOSE"]) == ["TIMEOUT", "SYN+ACK(V,V,0)", "-1"]
    assert not machine.complete
    assert machine.run(["SYN(V,V,0)", "SYN(V,V,0)", "CLOSE"]) == ["SYN+ACK(V,V,0)"]


@given(machines)
@settings(max_examples=40, deadline=None)
def test_what_we_write_we_read(machine: MealyMachine) -> None:
    words = np.random.default_rng(0).integers(len(machine.symbols), size=(5, 12))
    for text in to_dot(machine), to_drawing(machine, max_lines=10**6):
        again = read_dot(text)
        assert again.complete
        assert [again.run([machine.input_text(i) for i in word]) for word in words] == told(machine, words)


def test_aalpy_reads_what_we_write(tmp_path: Path) -> None:
    machine = minimise(random_machine(12, 3, 3, 5))
    path = tmp_path / "machine.dot"
    path.write_text(to_dot(machine))
    theirs = load_automaton_from_file(path, "mealy")
    assert theirs.size == machine.states
    words = np.random.default_rng(0).integers(3, size=(20, 30))
    for word, expected in zip(words, told(machine, words), strict=True):
        theirs.reset_to_initial()
        assert [str(theirs.step(int(machine.symbols[i, 0]))) for i in word] == expected


def test_we_read_what_aalpy_writes(tmp_path: Path) -> None:
    machine = minimise(random_machine(12, 3, 3, 5))
    save_automaton_to_file(to_aalpy(machine), tmp_path / "theirs", "dot")
    again = read_dot((tmp_path / "theirs.dot").read_text())
    words = np.random.default_rng(0).integers(3, size=(20, 30))
    assert [again.run([str(machine.symbols[i, 0]) for i in word]) for word in words] == told(machine, words)


def test_learnlib_mealy_format_reads_the_same() -> None:
    # net.automatalib.serialization.dot writes this
    text = 'digraph g {\n\n\ts0 [shape="circle" label="0"];\n\ts0 -> s0 [label="a / 1"];\n\n'
    text += '__start0 [label="" shape="none" width="0" height="0"];\n__start0 -> s0;\n\n}\n'
    assert read_dot(text).run(["a", "a"]) == ["1", "1"]


@pytest.mark.parametrize("label", ["{}|{}", "{{{}|{}}}", "{} / {}"])
def test_moore_machines_of_aalpy_and_learnlib(label: str) -> None:
    nodes = "\n".join(f's{i} [label="{label.format(f"s{i}", out)}" shape=record];' for i, out in enumerate("xy"))
    machine = read_dot(f'digraph g {{ {nodes} s0 -> s1 [label="a"]; s1 -> s0 [label=a]; __start0 -> s0 [label=""]; }}')
    assert machine.start_output == "x"
    assert machine.run(["a", "a", "a"]) == ["y", "x", "y"]


def test_acceptors() -> None:
    classic = """digraph { node [shape = doublecircle]; odd; node [shape = circle];
        even -> odd [label = 1]; odd -> even [label = 1]; __start0 -> even
        subgraph cluster_x { edge [label="0"] even -> even; odd -> odd } }"""
    machine = read_dot(classic)
    assert machine.start_output == "0"
    assert machine.run(list("10110")) == list("11011")


def test_html_labels_and_joined_texts() -> None:
    rows = "".join(f"<tr><td>{a}</td><td>/</td><td>{b}</td></tr>" for a, b in (("a&lt;b", "x"), ("c", "y")))
    cells = f"<<table border='0'>{rows}</table>>"
    text = 'digraph "my machine" {\n# a comment\n"s 0" -> "s 0":n [label=' + cells + '];\n__start0 -> "s " + "0" }'
    assert read_dot(text).run(["a<b", "c"]) == ["x", "y"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_any_text_survives_quoting(text: str) -> None:
    graph = parse_dot(f"digraph {{ {quoted('n')} [label={quoted(text)}] }}", "it")
    assert plain_label(graph.nodes["n"]["label"]) == text


def one_edge(label: str) -> str:
    return f'digraph {{\n__start0 -> s0\ns0 -> s0 [label="{label}"]\n}}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("line 1", "digraph")),
        ("graph { a -- b }", ("line 1", "undirected")),
        ("digraph {\n a -- b\n}", ("line 2", "direction")),
        ("digraph {\n a -> b\n", ("line 3", "the end of the text")),
        ('digraph {\n a -> b [label="x / y\n}', ("line 2", "a quoted text does not end")),
        ("digraph {\n\n/* a -> b", ("line 3", "a comment does not end")),
        ("digraph {\n a -> b [label=<<b>]\n}", ("line 2", "'<' and '>'")),
        ("digraph {\n a -> b [label=]\n}", ("line 2", "a name is expected")),
        ("digraph {\n a -> \n}", ("line 3", "'}'")),
        ("digraph {\n a -> {b c}\n}", ("line 2", "one edge per transition")),
        ("digraph {\n a -> b @\n}", ("line 2", "'@'")),
        ("digraph {}\ndigraph {}", ("line 2", "one graph per file")),
        ("digraph {" + "{" * 100, ("nested deeper than 50",)),
        ("digraph {}", ("no start state", "__start0")),
        (one_edge(""), ("no label",)),
        ('digraph { s0 -> s0 [label="a/b"] }', ("no start state",)),
        ('digraph {\n__start0 -> s0\n__start1 -> s1\ns0 -> s1 [label="a/b"] }', ("line 3", "second start state")),
        (one_edge("a/x\\na/y"), ("line 3", "two transitions on 'a'")),
        ('digraph {\n__start0 -> s0\ns0 -> s0 [label="a/b"]\ns0 -> s0 [label=c]\n}', ("line 4", "input / output")),
        (one_edge("/b"), ("line 3", "input / output")),
        (one_edge("a"), ("no outputs", "doublecircle")),
        ('digraph {\n__start0 -> s0\ns0 [label="s0|x"]\ns0 -> s1 [label=a]\n}', ("line 4", "s1 has no output")),
        ('digraph machine_drawing { start -> 0; 0 -> 0 [label="0, 1, ... / 1"]; }', ("leaves symbols out",)),
        ('digraph machine_drawing { start -> 0; 0 -> 0 [label="0..999999999999 / 1"]; }', ("leaves symbols out",)),
    ],
)
def test_what_is_refused(text: str, words: tuple[str, ...]) -> None:
    with pytest.raises(BadInputError) as error:
        read_dot(text, "it.dot")
    message = str(error.value)
    assert message.startswith("it.dot")
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    "text",
    [
        "digraph {" + '"' + "\\" * 300_000,
        "digraph { a [label=" + "<" * 300_000,
        "digraph {" + "/*" * 300_000,
        "digraph { a [label=<" + "<b" * 100_000 + ">" * 100_001 + "] }",
        "digraph {" + "a -> " * 100_000,
        "digraph {" + "[" * 300_000,
        "digraph {" + "-" * 300_001,
        "digraph { a " + "+" * 300_000,
    ],
    ids=["escapes", "angles", "comments", "tags", "path", "brackets", "dashes", "joins"],
)
def test_hostile_files_end_soon(text: str) -> None:
    begin = time.process_time()
    with pytest.raises(BadInputError):
        read_dot(text)
    assert time.process_time() - begin < 5


def test_files_that_are_too_large_are_not_read() -> None:
    with pytest.raises(BadInputError, match="at most"):
        read_dot("digraph {" + " " * (32 * 2**20) + "}")


@given(st.text(alphabet='ab01"\\<>{}[]=;->/|, \n_', max_size=60))
@settings(max_examples=200, deadline=None)
def test_no_text_ends_in_another_error(noise: str) -> None:
    for text in noise, one_edge(noise), "digraph {" + noise:
        try:
            read_dot(text)
        except BadInputError:
            continue
