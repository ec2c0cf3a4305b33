"""What the explorer draws, beside what a user would draw with: machines, and the steps of a player.

Views and pages come after the benchmarks in the order of parts.  So they are not imported here: they are named, and
loaded in a contestant's own process alone, as ``mips bench app`` starts its viewers by name.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mips_core.benchmarks.speed.comparison import Comparison, compare
from mips_core.benchmarks.speed.contestant import OURS, Contestant, Judgement, versioned
from mips_core.benchmarks.speed.drawing_judge import drawn_by_dot, drawn_by_plotly, drawn_by_us, judged
from mips_core.benchmarks.speed.peer_drawing import (
    DOT_MISSING,
    Edge,
    dot_name,
    dot_svg,
    dot_text,
    edge_words,
    plotly_figure,
    step_figures,
)
from mips_core.benchmarks.speed.process import Sides
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import Monitor
from mips_core.resources import explorer_folder
from mips_core.runs import shipped_run

SECTION = "pages"
CAP = 60.0
WHOLE = (5, 10, 20, 40)
"""States of the machines that are drawn whole; the explorer draws no larger one whole, as nobody can read it."""

RUN = "Parity_Last3"
"""A run with a machine of eight states."""


def by_name(name: str) -> Any:
    """Load a module of the views or of the explorer's pages."""
    folder = str(explorer_folder())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(name)


def forget_all() -> None:
    """Empty what our own modules keep from one call to the next: each run starts from nothing."""
    for name, module in list(sys.modules.items()):
        if name.startswith("mips_core."):
            for value in list(vars(module).values()):
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


def random_machine(states: int, seed: int) -> MealyMachine:
    """Draw a machine with two symbols: the first leads from state to state, so that all are reached."""
    generator = np.random.default_rng([seed, states])
    next_state = generator.integers(0, states, size=(states, 2))
    next_state[:-1, 0] = np.arange(1, states)
    return MealyMachine(next_state, generator.integers(0, 2, size=(states, 2, 1)), np.array([[0], [1]]))


_WARM = random_machine(9, 0)
"""Drawn before the clock starts: what is imported on the way is not timed."""


@dataclass(frozen=True)
class OurDrawing:
    """A whole machine as the explorer's SVG, with a place for every word."""

    states: int
    seed: int
    name: str = OURS

    def prepare(self) -> tuple[Any, MealyMachine, dict[Edge, list[str]]]:
        """Draw the machine's table; forget earlier pictures."""
        draw = by_name("mips_core.views.machine_svg").machine_svg
        machine = random_machine(self.states, self.seed)
        draw(_WARM)
        forget_all()
        return draw, machine, edge_words(machine)

    def run(self, prepared: tuple[Any, MealyMachine, dict[Edge, list[str]]]) -> str:
        """Lay it out and write the SVG."""
        draw, machine, words = prepared
        return str(draw(machine, only=list(words)).svg)

    def judge(self, prepared: tuple[Any, MealyMachine, dict[Edge, list[str]]], output: str) -> Judgement:
        """Read states, arrows and words out of it."""
        return judged(drawn_by_us(output), prepared[2], self.states, len(output))


@dataclass(frozen=True)
class DotDrawing:
    """The same by Graphviz, whose text is ready."""

    name: str
    states: int
    seed: int

    def prepare(self) -> str:
        """Write the machine in Graphviz's language."""
        return dot_text(random_machine(self.states, self.seed))

    def run(self, prepared: str) -> str:
        """Have ``dot`` draw."""
        return dot_svg(prepared)

    def judge(self, prepared: str, output: str) -> Judgement:
        """Read states, arrows and words out of it."""
        words = edge_words(random_machine(self.states, self.seed))
        return judged(drawn_by_dot(output), words, self.states, len(output))


@dataclass(frozen=True)
class PlotlyDrawing:
    """The same by networkx and Plotly."""

    name: str
    states: int
    seed: int

    def prepare(self) -> dict[Edge, list[str]]:
        """Return what stands on each arrow; import both."""
        plotly_figure(edge_words(_WARM))
        return edge_words(random_machine(self.states, self.seed))

    def run(self, prepared: dict[Edge, list[str]]) -> str:
        """Lay it out and write the figure."""
        return plotly_figure(prepared)

    def judge(self, prepared: dict[Edge, list[str]], output: str) -> Judgement:
        """Read states, arrows and words out of it."""
        return judged(drawn_by_plotly(output), prepared, self.states, len(output))


@dataclass(frozen=True)
class OurPlayer:
    """All that the lock-step player shows of one sequence: network, machine, program and truth, in one message."""

    steps: int
    seed: int
    name: str = OURS

    def prepare(self) -> tuple[Any, Any, Any]:
        """Read the run and draw its input; forget earlier pictures."""
        found, x = _sequence(self.steps, self.seed)
        views = {name: by_name(f"mips_core.views.{name}") for name in ("samples", "player", "player_machine")}
        views["player_machine"].whole_picture(_WARM)
        forget_all()
        return views, found, x

    def run(self, prepared: tuple[Any, Any, Any]) -> str:
        """Run all four on the sequence, draw the machine, and write the message."""
        views, run, x = prepared
        picture = views["player_machine"].whole_picture(run.machine)
        lock = views["samples"].stepped(run, x)
        payload = views["player"].player_payload(lock, run.machine, run.program, places="not drawn", picture=picture)
        return json.dumps(payload)

    def judge(self, prepared: tuple[Any, Any, Any], output: str) -> Judgement:
        """Whether it holds the machine's way, state by state."""
        told = json.loads(output)["machine"]["states"]
        return _walked(told, prepared[1].machine, prepared[2], len(output))


@dataclass(frozen=True)
class FigureForEachStep:
    """The machine alone, drawn anew for each step with the state marked where it is: a page that is rerun for each."""

    name: str
    steps: int
    seed: int

    def prepare(self) -> tuple[Any, Any]:
        """Read the machine and draw the input."""
        found, x = _sequence(self.steps, self.seed)
        step_figures(found.machine, x[:1])
        return found.machine, x

    def run(self, prepared: tuple[Any, Any]) -> list[str]:
        """Walk, and draw each step."""
        return step_figures(*prepared)

    def judge(self, prepared: tuple[Any, Any], output: list[str]) -> Judgement:
        """Whether each figure marks the right state."""
        told = [json.loads(text)["data"][0]["selectedpoints"][0] for text in output]
        return _walked(told, *prepared, sum(map(len, output)))


def compare_all(*, quick: bool, seed: int, monitor: Monitor) -> Iterator[Comparison]:
    """Draw machines, and the steps of a sequence."""
    dot, plotly = dot_name(), f"{versioned('networkx')} and {versioned('plotly')}"
    each_step = f"{plotly}, a figure a step"
    repeats = 1 if quick else 5
    with Sides() as sides:
        for states in WHOLE[:2] if quick else WHOLE:
            drawings: list[Contestant] = [OurDrawing(states, seed), PlotlyDrawing(plotly, states, seed)]
            if dot is not None:
                drawings.append(DotDrawing(dot, states, seed))
            yield compare(
                SECTION, f"picture of a machine, {states} states", drawings, cap=CAP, monitor=monitor, sides=sides,
                repeats=repeats, absent={} if dot is not None else {"Graphviz dot": DOT_MISSING},
            )  # fmt: skip
        for steps in (10,) if quick else (20, 100, 400):
            players: list[Contestant] = [OurPlayer(steps, seed), FigureForEachStep(each_step, steps, seed)]
            case = f"a player of {steps} steps"
            yield compare(SECTION, case, players, cap=CAP, monitor=monitor, sides=sides, repeats=repeats)


def _sequence(steps: int, seed: int) -> tuple[Any, Any]:
    found = shipped_run(RUN)
    return found, by_name("mips_core.views.samples").sample(found, 1, steps, seed)[0]


def _walked(told: list[int], machine: MealyMachine, x: Any, size: int) -> Judgement:
    states = [machine.start_state]
    for symbol in machine.indices(x).tolist():
        states.append(int(machine.next_state[states[-1], symbol]))
    return Judgement(told == states, {"kB": round(size / 1000, 1)}, "" if told == states else "a step is wrong")
