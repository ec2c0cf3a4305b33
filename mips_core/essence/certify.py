"""The losslessness certificate: groups against neurons layer by layer, and the code against the network.

Two things are compared.  *Layers*: the groups, written out, must equal the network number by number, which proves that
grouping lost nothing; and what the groups give by adding up regions must equal the neurons' outputs, so that this
proof is not taken on trust.  *Output*: the function must answer what the network says, ties included.  Inputs are all
of them where these are few; else taught, random and hard ones (:mod:`mips_core.essence.certify_inputs`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.essence.certify_clauses import balanced_questions, clause_questions
from mips_core.essence.certify_inputs import all_inputs, hard_inputs
from mips_core.essence.certify_questions import (
    MOST_RULES,
    NO_ANSWER,
    Question,
    rule_questions,
    rule_width,
    whole_questions,
    window_questions,
)
from mips_core.essence.condensed import Condensed
from mips_core.essence.data import Reading
from mips_core.essence.losslessness import EXHAUSTIVE, SAMPLED, LayerCheck, Losslessness
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.regenerate import layer_outputs, network_at, neuron_order, same_network
from mips_core.progress import Monitor

Array = NDArray[Any]

CASES = 10_000
"""Inputs that are compared, at all sizes together, where there are too many for all."""

_BATCH = 1024
_TOLD = 100
"""Differences of which the shortest is told."""
_OTHER_SIZES = 300
"""Inputs compared at each size that was never trained."""


@dataclass(frozen=True)
class Fault:
    """What a function did instead of answering."""

    words: str

    def __repr__(self) -> str:
        return self.words


@dataclass(frozen=True, eq=False)
class Examination:
    """Everything of a certificate but the function: made once, it judges any number of functions.

    Parameters
    ----------
    kind, seed, layers, layer_difference : of the certificate
    asked : makes the questions at trained sizes; the same ones each time
    elsewhere : makes the questions at other sizes
    """

    kind: str
    seed: int
    layers: tuple[LayerCheck, ...]
    layer_difference: str
    asked: Callable[[], Iterator[Question]]
    elsewhere: Callable[[], Iterator[Question]]

    def judge(self, function: Callable[..., Any], monitor: Monitor | None = None) -> Losslessness:
        """Ask all questions; ``function`` is run here, so it must be our own (see ``check_source`` for others)."""
        watch = monitor or Monitor()
        checked, wrong, first = _judged(self.asked(), function, watch)
        more, more_wrong, more_first = _judged(self.elsewhere(), function, watch)
        output = LayerCheck("output", more, more_wrong)
        words = self.layer_difference or first or more_first
        return Losslessness(self.kind, checked, wrong, self.layers, self.seed, words, output)

    def first_difference(self, function: Callable[..., Any]) -> str:
        """Ask until something differs; "" when nothing does."""
        for question in (*self.asked(), *self.elsewhere()):
            if found := difference(question, answer(function, question)):
                return found
        return ""


def joined(examinations: Sequence[Examination]) -> Examination:
    """Return the examination that asks everything that several of one network each ask."""
    first = examinations[0]
    layers = tuple(
        LayerCheck(each[0].layer, sum(c.checked for c in each), sum(c.mismatches for c in each))
        for each in zip(*(examination.layers for examination in examinations), strict=True)
    )
    kind = EXHAUSTIVE if all(each.kind == EXHAUSTIVE for each in examinations) else SAMPLED
    difference = next((each.layer_difference for each in examinations if each.layer_difference), "")

    def asked() -> Iterator[Question]:
        return (question for each in examinations for question in each.asked())

    def elsewhere() -> Iterator[Question]:
        return (question for each in examinations for question in each.elsewhere())

    return Examination(kind, first.seed, layers, difference, asked, elsewhere)


def certify(
    networks: Sequence[EssenceNetwork],
    condensed: Condensed,
    function: Callable[..., Any],
    reading: Reading,
    taught: Sequence[Array],
    *,
    values: Sequence[int] | None = None,
    cases: int = CASES,
    seed: int = 0,
    monitor: Monitor | None = None,
) -> Losslessness:
    """Compare a function, the groups that it was written from and the networks; see :func:`examine`."""
    made = examine(networks, condensed, reading, taught, values=values, cases=cases, seed=seed, monitor=monitor)
    return made.judge(function, monitor)


def examine(
    networks: Sequence[EssenceNetwork],
    condensed: Condensed,
    reading: Reading,
    taught: Sequence[Array],
    *,
    values: Sequence[int] | None = None,
    cases: int = CASES,
    seed: int = 0,
    monitor: Monitor | None = None,
) -> Examination:
    """Compare layers and prepare the questions about the output.

    Parameters
    ----------
    networks : one for each of ``condensed.sizes``
    reading : what the function takes
    taught : for each network the inputs it was taught
    values : the alphabet of inputs, integers in a row; None where they are any numbers
    cases : inputs at all sizes together where there are too many for all
    seed : of the choice among them
    """
    watch = monitor or Monitor()
    every = [all_inputs(network.input_shape, values) for network in networks]
    share = -(-cases // max(1, sum(x is None for x in every)))
    counts = [np.zeros(2, dtype=np.int64) for _ in networks[0].layers]
    first, chosen = "", []
    for number, (network, given, known) in enumerate(zip(networks, every, taught, strict=True)):
        watch.report("verify", "Comparing groups with neurons.", number / len(networks) / 2)
        generator = np.random.default_rng([seed, number])
        x = hard_inputs(network, known, share, generator, values, watch.check) if given is None else given
        for depth, (checked, wrong, words) in enumerate(_layers(network, condensed, x, watch)):
            counts[depth] += (checked, wrong)
            first = first or words
        chosen.append((network, x))
    layers = tuple(
        LayerCheck(layer.name, int(checked), int(wrong))
        for layer, (checked, wrong) in zip(networks[0].layers, counts, strict=True)
    )
    complete = all(x is not None for x in every)
    width = rule_width(networks[0].input_shape)
    if reading == "rule and window":
        complete = complete and width is not None and 2 ** (2**width) <= MOST_RULES
    if reading == "clauses":
        complete = False
    asked = _questions(chosen, reading, cases, seed)
    elsewhere = _questions_elsewhere(condensed, reading, values, seed)
    return Examination(EXHAUSTIVE if complete else SAMPLED, seed, layers, first, asked, elsewhere)


def _questions(
    chosen: Sequence[tuple[EssenceNetwork, Array]], reading: Reading, cases: int, seed: int
) -> Callable[[], Iterator[Question]]:
    """Return what makes the questions of a reading; what the networks say about inputs is worked out once."""
    if reading == "whole":
        said = [_said(network, x) for network, x in chosen]
        return lambda: (
            question
            for (network, x), words in zip(chosen, said, strict=True)
            for question in whole_questions(network, x, words)
        )

    def ask() -> Iterator[Question]:
        for number, (network, x) in enumerate(chosen):
            generator = np.random.default_rng([seed, number, 1])
            if reading == "window":
                yield from window_questions(network, x, generator)
            elif reading == "rule and window":
                yield from rule_questions(network, generator)
            else:
                yield from clause_questions(network, -(-cases // len(chosen)), generator)

    return ask


def _questions_elsewhere(
    condensed: Condensed, reading: Reading, values: Sequence[int] | None, seed: int
) -> Callable[[], Iterator[Question]]:
    """Return what makes questions at a larger and a smaller size than any that was trained.

    There are none for windows, whose rows and grids have all sizes, nor where one size leaves formulas assumed.
    """
    if reading in ("window", "rule and window") or len(condensed.sizes) < 2:
        return lambda: iter(())
    shapes = [tuple(max(axis) + 3 for axis in zip(*condensed.sizes, strict=True))]
    if reading == "clauses":
        shapes = [(shapes[0][0] + shapes[0][0] % 2, *shapes[0][1:])]
    smaller = tuple(max(2, min(axis) - 1) for axis in zip(*condensed.sizes, strict=True))
    if reading == "whole" and smaller not in condensed.sizes:
        shapes.append(smaller)

    def ask() -> Iterator[Question]:
        for number, shape in enumerate(shapes):
            network = network_at(condensed, shape)
            generator = np.random.default_rng([seed, number, 2])
            if reading == "clauses":
                yield from clause_questions(network, _OTHER_SIZES, generator)
                yield from balanced_questions(condensed)
            else:
                nothing = np.zeros((1, *shape), dtype=np.int64)
                x = hard_inputs(network, nothing, _OTHER_SIZES, generator, values)
                yield from whole_questions(network, x, network.decide(x))

    return ask


def _layers(network: EssenceNetwork, condensed: Condensed, x: Array, watch: Monitor) -> Iterator[tuple[int, int, str]]:
    """Yield for each layer (inputs, mismatches, the first in words)."""
    unequal = same_network(condensed, network)
    order = neuron_order(condensed, network)
    counts = [0] * len(network.layers)
    for begin in range(0, len(x), _BATCH):
        watch.check()
        part = x[begin : begin + _BATCH]
        for depth, (mine, theirs) in enumerate(zip(layer_outputs(condensed, part), network.forward(part), strict=True)):
            same_neurons = mine.shape == theirs.shape == theirs[:, order[depth]].shape
            counts[depth] += int((mine != theirs[:, order[depth]]).any(axis=1).sum()) if same_neurons else len(part)
    for layer, count in zip(network.layers, counts, strict=True):
        mine_unequal = [each for each in unequal if each.layer == layer.name]
        neurons = len({each.neuron for each in mine_unequal})
        first = f"{mine_unequal[0].sentence}." if mine_unequal else ""
        yield len(x), count + neurons, first or (f"{count:,} outputs of the {layer.name} layer differ." * (count > 0))


def _said(network: EssenceNetwork, x: Array) -> list[Any]:
    return [each for begin in range(0, len(x), _BATCH) for each in network.decide(x[begin : begin + _BATCH])]


def answer(function: Callable[..., Any], question: Question) -> Any:
    """Return what a function says, or a :class:`Fault`."""
    try:
        return function(*question.arguments)
    except Exception as error:  # a changed program fails in any way
        return Fault(type(error).__name__)


def difference(question: Question, given: Any) -> str:
    """Return the first difference of an answer in words; "" when there is none."""
    wrong = question.wrong(given)
    if not wrong:
        return ""
    number, want, got = wrong[0]
    arguments = ", ".join(_short(argument) for argument in question.arguments)
    if want is NO_ANSWER:
        return f"f({arguments}) gives {_short(got)}, which is no answer to it."
    of = "" if len(question.inputs) == 1 else f" at place {number}"
    return f"f({arguments}) gives {_short(got)}{of}; the network says {_short(want)}."


def _judged(questions: Iterator[Question], function: Callable[..., Any], watch: Monitor) -> tuple[int, int, str]:
    seen: set[Hashable] = set()
    wrong: set[Hashable] = set()
    first, told = "", 0
    for number, question in enumerate(questions):
        if number % 256 == 0:
            watch.report("verify", f"Comparing the code with the network: {len(seen):,} inputs.")
        given = answer(function, question)
        seen.update(question.inputs)
        if failed := question.wrong(given):
            wrong.update(question.inputs[place] for place, _, _ in failed)
            if told < _TOLD:
                told += 1
                first = min(first, difference(question, given), key=lambda words: (not words, len(words)))
    return len(seen), len(wrong), first


def _short(value: Any) -> str:
    """Write a value for people, long ones cut."""
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:197]}..."
