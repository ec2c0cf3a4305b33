"""Machines as states and labelled arrows, ready to be drawn: Mealy, Moore and raw machines alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.machines.moore import MooreMachine
from mips_core.stepping import IntArray
from mips_core.views.labels import arrow_labels, symbols_text
from mips_core.views.palette import state_name, state_style
from mips_core.views.sequences import count_text

Edge = tuple[int, int]

_LONGEST_BELOW = 6  # characters that fit into the lower half of a state


@dataclass(frozen=True)
class Node:
    """One state of a drawing.

    Parameters
    ----------
    value : what a page is told when it is chosen
    name : printed in the state
    colour : of its ring
    below : printed under the name, e.g. the output of a Moore state; may be empty
    words : its name for readers who hear it
    kin : the same for the states of several drawings that stand for one state, e.g. "3"
    """

    value: str
    name: str
    colour: str
    below: str
    words: str
    kin: str


@dataclass(frozen=True, eq=False)
class Diagram:
    """What is drawn.

    Parameters
    ----------
    nodes : the states
    labels : for each arrow (from, to), positions in ``nodes``, its lines of text
    start : position of the start, or None when it is not among the nodes
    alt : what the drawing shows, a sentence without its full stop
    dashed : arrows that no recorded data shows
    """

    nodes: tuple[Node, ...]
    labels: Mapping[Edge, tuple[str, ...]]
    start: int | None
    alt: str
    dashed: frozenset[Edge] = frozenset()

    def part(self, shown: Sequence[int], arrows: Iterable[Edge]) -> Diagram:
        """Return the states ``shown`` and those of the ``arrows`` whose ends are among them, numbered anew."""
        number = {state: i for i, state in enumerate(shown)}
        kept = {(number[a], number[b]): self.labels[a, b] for a, b in arrows if a in number and b in number}
        dashed = frozenset((number[a], number[b]) for a, b in self.dashed if a in number and b in number)
        start = number.get(self.start) if self.start is not None else None
        return Diagram(tuple(self.nodes[s] for s in shown), kept, start, self.alt, dashed)


def mealy_diagram(machine: MealyMachine, leaving: Iterable[int] | None = None) -> Diagram:
    """Return a Mealy machine: names in the states, ``input/output`` on the arrows.

    ``leaving`` names the states whose arrows are wanted, which saves writing those of a large machine; None for all.
    """
    nodes = []
    for s in range(machine.states):
        style = state_style(s, machine.states)
        nodes.append(Node(str(s), style.name, style.colour, "", f"state {style.name}", str(s)))
    alt = (
        f"State machine with {count_text(machine.states, 'state')} and "
        f"{count_text(len(machine.symbols), 'input symbol')}; it starts in {state_name(machine.start_state)}"
    )
    return Diagram(tuple(nodes), arrow_labels(machine, leaving), machine.start_state, alt, unobserved(machine))


def moore_diagram(moore: MooreMachine) -> Diagram:
    """Return a Moore machine: name and output in the states, inputs alone on the arrows.

    A state tells, when it is chosen, which state of the Mealy machine it was split from.
    """
    nodes = []
    for s, origin in enumerate(moore.origin.tolist()):
        style, written = state_style(origin, moore.mealy.states), moore.output_text(s)
        shown = written if len(written) <= _LONGEST_BELOW else f"{written[: _LONGEST_BELOW - 1]}…"
        words = f"state {style.name}, shows {written}" if written else f"state {style.name}, shows nothing yet"
        nodes.append(Node(str(origin), style.name, style.colour, shown or "none", words, str(origin)))
    labels = _input_labels(moore.next_state, moore.mealy)
    alt = (
        f"Moore machine with {count_text(moore.states, 'state')}, made from the Mealy machine's {moore.mealy.states}; "
        f"it starts in {nodes[0].name}"
    )
    return Diagram(tuple(nodes), labels, 0, alt)


def raw_diagram(
    machine: MealyMachine, classes: IntArray, count: int, name: Callable[[int], str] = state_name
) -> Diagram:
    """Return a raw machine: each state shows its own name and below it that of its class.

    Parameters
    ----------
    machine : the raw machine
    classes : int64 (S,), the class of each raw state, e.g. the state of the minimal machine that it was merged into
    count : number of classes
    name : how classes are called
    """
    nodes = []
    for s, own in enumerate(classes.tolist()):
        words = f"raw state {raw_name(s)}, part of {name(own)}"
        nodes.append(Node(raw_name(s), raw_name(s), state_style(own, count).colour, name(own), words, str(own)))
    alt = f"Raw machine with {count_text(machine.states, 'raw state')}; it starts in {raw_name(machine.start_state)}"
    return Diagram(tuple(nodes), arrow_labels(machine), machine.start_state, alt)


def raw_name(state: int) -> str:
    """Return the printed name of a raw state.

    >>> raw_name(3)
    'R3'
    """
    return f"R{state}"


def unobserved(machine: MealyMachine) -> frozenset[Edge]:
    """Return the arrows (from, to) of which recorded data shows no transition."""
    if machine.observed is None:
        return frozenset()
    source = np.broadcast_to(np.arange(machine.states)[:, None], machine.next_state.shape)
    pairs = np.stack([source, machine.next_state], axis=2)
    seen = set(map(tuple, pairs[machine.observed].tolist()))
    return frozenset(pair for pair in map(tuple, pairs[~machine.observed].tolist()) if pair not in seen)


def neighbourhood(
    next_state: IntArray, centre: int, radius: int, most: int, along: Sequence[int] = ()
) -> tuple[list[int], int]:
    """Return the states that ``centre`` reaches or that reach it in at most ``radius`` arrows, nearest first.

    Parameters
    ----------
    next_state : int64 (S, X)
    most : of these at most; ``centre`` comes first, then the states of ``along``, e.g. those visited last
    along : states that are shown in any case

    Returns
    -------
    the states to show, and how many lie within the radius

    >>> neighbourhood(np.array([[1], [2], [3], [0]]), 0, 1, 10)
    ([0, 1, 3], 3)
    """
    found, level = {centre: None}, [centre]
    for _ in range(radius):
        after = np.unique(next_state[level]).tolist()
        before = np.flatnonzero(np.isin(next_state, level).any(axis=1)).tolist()
        level = [s for s in dict.fromkeys([*after, *before]) if s not in found]
        found.update(dict.fromkeys(level))
        if not level:
            break
    shown = list(dict.fromkeys([centre, *along, *found]))
    return shown[:most], len(found)


def _input_labels(next_state: IntArray, alphabet: MealyMachine) -> dict[Edge, tuple[str, ...]]:
    labels: dict[Edge, tuple[str, ...]] = {}
    for s in range(len(next_state)):
        for t in np.unique(next_state[s]).tolist():
            symbols = alphabet.symbols[np.flatnonzero(next_state[s] == t)]
            labels[s, t] = (symbols_text(symbols, words=alphabet.input_words),)
    return labels
