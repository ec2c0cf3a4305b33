"""Changing one weight of a network, and finding an input on which network and code differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from mips_core.essence.certify import Examination, answer
from mips_core.essence.certify_questions import Question
from mips_core.essence.network import EssenceNetwork
from mips_core.programs.function_run import Fault, run_function
from mips_core.programs.sandbox import Limits

QUESTIONS = 600
"""Calls of a changed program at most."""


@dataclass(frozen=True)
class WeightChange:
    """One changed weight.

    Parameters
    ----------
    layer, neuron, input : where
    before, after : its value
    """

    layer: int
    neuron: int
    input: int
    before: int
    after: int


@dataclass(frozen=True)
class Counterexample:
    """An input on which network and code differ.

    Parameters
    ----------
    arguments : of the code
    place : which part of the answer differs first: a cell, a variable; 0 where it is one answer
    network, code : their answers there
    """

    arguments: tuple[Any, ...]
    place: int
    network: Any
    code: Any


def with_changed_weight(network: EssenceNetwork, generator: np.random.Generator) -> tuple[EssenceNetwork, WeightChange]:
    """Return a network with one weight that is not 0 of another sign, and the change."""
    filled = [k for k, each in enumerate(network.layers) if np.any(each.weights)]
    layer = int(generator.choice(filled))
    part = network.layers[layer]
    places = np.argwhere(part.weights != 0)
    neuron, column = places[int(generator.integers(len(places)))].tolist()
    weights = part.weights.copy()
    before = int(weights[neuron, column])
    weights[neuron, column] = -before
    layers = (*network.layers[:layer], replace(part, weights=weights), *network.layers[layer + 1 :])
    return replace(network, layers=layers), WeightChange(layer, neuron, column, before, -before)


def differing_input(examination: Examination, function: Callable[..., Any]) -> Counterexample | None:
    """Ask a function of our own until it differs from the network; return the smallest of the first few inputs."""
    wrong = (
        found
        for question in (*examination.asked(), *examination.elsewhere())
        if (found := _difference(question, answer(function, question))) is not None
    )
    return min(islice(wrong, 20), key=_size, default=None)


def differing_input_of_text(
    text: str, examination: Examination, *, questions: int = QUESTIONS, limits: Limits | None = None
) -> tuple[int, Counterexample | None]:
    """Ask anybody's program in the sandbox; return how many calls were made, and the smallest input found.

    Raises
    ------
    ProgramRefusedError, ProgramStoppedError
        as :func:`mips_core.programs.function_run.run_function` does.
    """
    every = [*examination.asked(), *examination.elsewhere()]
    chosen = every[:: max(1, -(-len(every) // questions))]
    run = run_function(text, [question.arguments for question in chosen], limits)
    wrong = [
        found
        for question, given in zip(chosen, run.results, strict=False)  # fewer when time ran out
        if (found := _difference(question, given)) is not None
    ]
    return len(run.results), min(wrong, key=_size, default=None)


def _difference(question: Question, given: Any) -> Counterexample | None:
    shown = given.what if isinstance(given, Fault) else given
    wrong = question.wrong(shown)
    return Counterexample(question.arguments, *wrong[0]) if wrong else None


def _size(found: Counterexample) -> int:
    return _numbers(found.arguments[0])


def _numbers(value: Any) -> int:
    return sum(map(_numbers, value)) if isinstance(value, Sequence) and not isinstance(value, str) else 1
