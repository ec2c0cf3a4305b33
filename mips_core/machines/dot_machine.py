"""Machines in DOT files, as AALpy, LearnLib and the automata wiki write them, and as we do.

Mealy machines have ``input / output`` on every edge.  Moore machines have the input on the edge and
``state|output`` (AALpy) or ``state / output`` (LearnLib) in the node; acceptors mark states with
``shape=doublecircle``.  Both are read as Mealy machines: the output of a step is that of the state it leads to, for an
acceptor ``1`` or ``0``.  The start is where an edge without a label comes from nowhere (``__start0 -> s0``).

Muskardin et al., "AALpy: an active automata learning library" (2022); https://automata.cs.ru.nl/Syntax/Overview
"""

from __future__ import annotations

import re

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.dot_syntax import DotEdge, DotGraph, parse_dot, plain_label, quoted
from mips_core.machines.drawing import DRAWING, system_to_drawing
from mips_core.machines.integer_system import IntegerSystem
from mips_core.machines.mealy import MealyMachine
from mips_core.machines.word_machine import WordMachine
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import step_text

_START = "__start0"
_NOT_OBSERVED = "not observed"


def to_dot(machine: MealyMachine) -> str:
    """Return the machine as DOT that other tools read: one edge per transition, labelled ``input/output``.

    AALpy reads it (``load_automaton_from_file(path, "mealy")``), and so does LearnLib's parser for Mealy machines;
    :func:`read_dot` reads it back.  Words that hold a slash are written with spaces around the dividing one.
    Transitions that recorded data does not show carry a comment that says so; those tools take them as any other.
    """
    symbols = [machine.input_text(i) for i in range(len(machine.symbols))]
    found, place = np.unique(machine.output.reshape(-1, machine.output_width), axis=0, return_inverse=True)
    outputs = [step_text(row, machine.output_words) for row in found]
    numbers: IntArray = place.reshape(machine.next_state.shape)
    lines = ["digraph machine {", *(f'  s{s} [shape="circle" label="s{s}"];' for s in range(machine.states))]
    for s, (targets, said) in enumerate(zip(machine.next_state.tolist(), numbers.tolist(), strict=True)):
        for i, (symbol, target, number) in enumerate(zip(symbols, targets, said, strict=True)):
            known = machine.observed is None or machine.observed[s, i]
            more = "" if known else f' comment="{_NOT_OBSERVED}" style="dashed"'
            lines.append(f"  s{s} -> s{target} [label={quoted(_edge_label(symbol, outputs[number]))}{more}];")
    lines += [f'  {_START} [label="" shape="none"];', f"  {_START} -> s{machine.start_state};", "}"]
    return "\n".join(lines) + "\n"


def machine_to_dot(machine: MealyMachine | IntegerSystem) -> str:
    """Return the DOT file of a run: a Mealy machine for other tools, or a drawing of a system's equations."""
    return to_dot(machine) if isinstance(machine, MealyMachine) else system_to_drawing(machine)


def _edge_label(symbol: str, output: str) -> str:
    return f"{symbol} / {output}" if "/" in symbol + output else f"{symbol}/{output}"


def read_dot(text: str, where: str = "the DOT file") -> WordMachine:
    """Read a machine.

    Transitions may be missing, and those marked as not observed are.  A drawing of ours is read as well, as long as it
    leaves nothing out.

    Raises
    ------
    BadInputError
        naming the line, when the text is not DOT or not a deterministic machine.
    """
    graph = parse_dot(text, where)
    start = _start_edge(graph, where)
    edges = [edge for edge in graph.edges if edge is not start]
    states = {name: s for s, name in enumerate(n for n in graph.nodes if n != start.source)}
    labels = [plain_label(edge.attributes.get("label", "")) for edge in edges]
    for edge, label in zip(edges, labels, strict=True):
        if not label.strip():
            raise BadInputError(
                f"{where}, line {edge.line}: the edge from {edge.source} to {edge.target} has no label; write the "
                'input and the output on it, as in label="a / b".'
            )
    said = None if any("/" in label for label in labels) or not edges else _state_outputs(graph, states, where)
    rows: list[dict[str, tuple[int, str]]] = [{} for _ in states]
    origin: dict[tuple[int, str], DotEdge] = {}
    for edge, label in zip(edges, labels, strict=True):
        if edge.attributes.get("comment") == _NOT_OBSERVED:
            continue
        source, target = states[edge.source], states[edge.target]
        for line in filter(None, (part.strip() for part in label.split("\n"))):
            if said is None:
                words, answer = _transition(line, edge, where)
            else:
                words, answer = line, said[target]
            for word in _drawn_words(words, edge, where) if graph.name == DRAWING else (words,):
                earlier = origin.setdefault((source, word), edge)
                if rows[source].setdefault(word, (target, answer)) != (target, answer):
                    raise BadInputError(
                        f"{where}, line {edge.line}: state {edge.source} has two transitions on {word!r:.60}, the "
                        f"other on line {earlier.line}; only deterministic machines are compared."
                    )
    start_state = states[start.target]
    return WordMachine.of_edges(rows, start_state, None if said is None else said[start_state])


def _start_edge(graph: DotGraph, where: str) -> DotEdge:
    """Return the one edge without a label whose source nothing leads to and nothing else leaves."""
    targets = {edge.target for edge in graph.edges}
    labelled = {edge.source for edge in graph.edges if plain_label(edge.attributes.get("label", "")).strip()}
    excluded = targets | labelled
    found = [edge for edge in graph.edges if edge.source not in excluded]
    if not found:
        raise BadInputError(f"{where} marks no start state; add the line  {_START} -> NAME;  with the state's name.")
    if len(found) > 1:
        first, second = found[:2]
        raise BadInputError(
            f"{where}, line {second.line}: a second start state ({second.target}; line {first.line} marks "
            f"{first.target}); a deterministic machine has one."
        )
    return found[0]


def _transition(label: str, edge: DotEdge, where: str) -> tuple[str, str]:
    """Cut a label at the slash with spaces around it, else at its first slash."""
    word, slash, answer = label.partition(" / ") if " / " in label else label.partition("/")
    if not slash or not word.strip():
        raise BadInputError(
            f"{where}, line {edge.line}: the label {label!r:.60} is not of the form 'input / output', as "
            "others are here."
        )
    return word.strip(), answer.strip()


def _state_outputs(graph: DotGraph, states: dict[str, int], where: str) -> list[str]:
    """Return what each state says, for machines whose edges carry inputs only."""
    labels = {name: plain_label(graph.nodes[name].get("label", name)).strip() for name in states}
    divided = {name: re.search(r"\|| / ", label) for name, label in labels.items()}
    if any(divided.values()):
        for name, cut in divided.items():
            if cut is None:
                raise BadInputError(
                    f"{where}, line {graph.lines[name]}: state {name} has no output; the other states have it in their "
                    'label, as in label="state|output".'
                )
        return [labels[name][cut.end() :].rstrip("}").strip() for name, cut in divided.items() if cut is not None]
    accepts = ["1" if graph.nodes[name].get("shape", "").lower() == "doublecircle" else "0" for name in states]
    if "1" not in accepts:
        raise BadInputError(
            f"{where} has no outputs: write 'input / output' on the edges, or the output in each state's label as in "
            'label="state|output", or mark the accepting states with shape="doublecircle".'
        )
    return accepts


def _drawn_words(text: str, edge: DotEdge, where: str) -> list[str]:
    """Take the input words of one line of our own drawing apart: ``0..7, 9`` stands for nine of them."""
    words: list[str] = []
    for part in text.split(", "):
        ends = re.fullmatch(r"(-?\d{1,18})\.\.(-?\d{1,18})", part)
        if part == "..." or (ends is not None and not 0 <= int(ends[2]) - int(ends[1]) < 100_000):
            raise BadInputError(
                f"{where}, line {edge.line}: this is a drawing that leaves symbols out; take the machine.dot or the "
                "machine.json of the run."
            )
        words += [part] if ends is None else [str(n) for n in range(int(ends[1]), int(ends[2]) + 1)]
    return words
