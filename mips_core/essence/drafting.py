"""From trained networks to a program that has not been checked yet: condensing and writing, in every reading that fits.

A program is no rule when its numbers hold as much as the labels do: that is how labels without a rule end (the
principle of minimum description length; Rissanen 1978, "Modeling by shortest data description").
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING

from mips_core.errors import NoRegularStructureError
from mips_core.essence.certify_inputs import all_inputs
from mips_core.essence.condensed import Condensed
from mips_core.essence.condensing import condense
from mips_core.essence.data import EssenceData, Reading
from mips_core.essence.network import EssenceNetwork
from mips_core.essence.readings import alphabet, likely_readings, likely_values
from mips_core.essence.result import Attempt
from mips_core.essence.writing import InputValues, Rewrite, Written, write
from mips_core.essence.writing.alignment import aligned
from mips_core.programs.loops import LoopProgram
from mips_core.progress import Monitor, Stopwatch
from mips_core.syntax import parse_module
from mips_core.wording import shape_text

if TYPE_CHECKING:
    from mips_core.essence.training import Candidate

_GUESSED = "the program was written for each size alone; at other sizes its constants are the simplest that fit"

_FREE_BITS = 16
"""Numbers of so many bits in all are no sign of a table, however few labels there are."""

_PROBABILITY_BITS = 10
"""What a probability says: its weight has a thousand steps."""


@dataclass
class Work:
    """What is asked for, what has been tried so far, and how long it took.

    ``labelled``: the labels of the data say what is right; else only the networks do.
    """

    data: EssenceData
    wanted: Reading | None
    cases: int
    seed: int
    monitor: Monitor
    labelled: bool = True
    tried: list[Attempt] = field(default_factory=list)
    condensing: float = 0.0


@dataclass(frozen=True)
class Draft:
    """A program that has not been checked yet; ``each_size`` as in :class:`EssenceResult`."""

    name: str
    candidates: tuple[Candidate, ...]
    condensed: Condensed
    reading: Reading
    values: InputValues
    written: Written
    each_size: tuple[Condensed, ...] = ()

    @property
    def rank(self) -> tuple[bool, int, int, bool]:
        """Programs that loops over all sizes gave first, then smaller ones; of equal ones those for more inputs."""
        program = self.written.program
        return bool(self.each_size), program.nodes, program.lines, self.values.whole


def drafts(name: str, candidates: tuple[Candidate, ...], work: Work) -> Iterator[Draft]:
    """Yield the program of the first reading that gives one."""
    networks = [each.network for each in candidates]
    for reading in (work.wanted,) if work.wanted else likely_readings(work.data):
        fixed = reading in ("window", "rule and window")
        clock = Stopwatch()
        work.monitor.report("condense", f"Condensing the {name}.")
        draft = None
        try:
            condensed = condense(networks, fixed=fixed, monitor=work.monitor)
            for values in likely_values(work.data, reading):
                draft = _draft(name, candidates, condensed, reading, values, work)
                if draft is not None:
                    break
        except NoRegularStructureError as error:
            work.tried.append(Attempt(name, reading, str(error)))
        if draft is None and reading == "whole":
            draft = _draft_of_each_size(name, candidates, work)
        work.condensing += clock.seconds
        if draft is not None:
            yield draft
            return


def _draft_of_each_size(name: str, candidates: tuple[Candidate, ...], work: Work) -> Draft | None:
    """Return the program that the programs of the sizes agree on up to constants; None where there is none.

    With one size that is the program for this size alone.
    """
    by_size = f"{name}, size by size"
    networks = [each.network for each in candidates]
    origin = _origin(networks[0])
    try:
        condensed = tuple(condense([network], fixed=True, monitor=work.monitor) for network in networks)
    except NoRegularStructureError as error:
        work.tried.append(Attempt(by_size, "whole", str(error)))
        return None
    for values in likely_values(work.data, "whole"):
        try:
            written = [write(groups, "whole", values, origin) for groups in condensed]
            together = written[0] if len(networks) == 1 else _together(written, networks, values, origin)
            if objection := _objection(together.program, work):
                raise NoRegularStructureError(objection)
        except NoRegularStructureError as error:
            work.tried.append(Attempt(by_size, "whole", str(error)))
            continue
        if len(networks) == 1:
            return Draft(by_size, candidates, condensed[0], "whole", values, together)
        noted = replace(condensed[0], assumed=(_GUESSED,))
        return Draft(by_size, candidates, noted, "whole", values, together, condensed)
    return None


def _together(written: list[Written], networks: list[EssenceNetwork], values: InputValues, origin: str) -> Written:
    """Return one program for all sizes; where a small size has a form of its own, from the larger ones.

    It is compared on all inputs with the program of each size that was left out.
    """
    shapes = [network.input_shape for network in networks]
    sizes = sorted(range(len(shapes)), key=lambda k: -prod(shapes[k]))
    for count in range(len(sizes), 1, -1):
        chosen = sorted(sizes[:count])
        try:
            program = aligned([written[k].program for k in chosen], [shapes[k] for k in chosen], origin)
        except NoRegularStructureError:
            continue
        if all(_same(program, written[k].program, shapes[k], values) for k in sizes[count:]):
            return _written(program)
    raise NoRegularStructureError("The programs of different sizes differ in more than constants.")


def _same(one: LoopProgram, other: LoopProgram, shape: tuple[int, ...], values: InputValues) -> bool:
    """Whether two programs say the same about all inputs of a shape; False where these are too many."""
    inputs = all_inputs(shape, alphabet(values))
    return inputs is not None and all(one.function(x) == other.function(x) for x in inputs.tolist())


def _written(program: LoopProgram) -> Written:
    rewrite = Rewrite(
        "programs of several sizes",
        "The programs of all given sizes differ in constants only, and these are formulas in the size that fit.",
    )
    return Written(program, "one formula at each size", (rewrite,), {})


def _draft(
    name: str,
    candidates: tuple[Candidate, ...],
    condensed: Condensed,
    reading: Reading,
    values: InputValues,
    work: Work,
) -> Draft | None:
    try:
        written = write(condensed, reading, values, _origin(candidates[0].network))
    except NoRegularStructureError as error:
        work.tried.append(Attempt(name, reading, str(error)))
        return None
    if objection := _objection(written.program, work):
        work.tried.append(Attempt(name, reading, objection))
        return None
    return Draft(name, candidates, condensed, reading, values, written)


def _objection(program: LoopProgram, work: Work) -> str:
    """Return why a program is a table rather than a rule; "" when it is none, or there are no labels."""
    bits = number_bits(program.source)
    labels = sum(samples.y.size * (_PROBABILITY_BITS if samples.is_soft else 1) for samples in work.data.samples)
    if work.labelled and bits > max(_FREE_BITS, labels):
        return f"the code's numbers would hold {bits:,} bits, and the labels {labels:,}: that is no rule"
    return ""


def number_bits(source: str) -> int:
    """Return how many bits the numbers of a program hold, all together.

    >>> number_bits("def f(x):\\n    return x[0] + 5 * x[1]\\n")
    4
    """
    numbers = [node.value for node in ast.walk(parse_module(source)) if isinstance(node, ast.Constant)]
    return sum(abs(number).bit_length() for number in numbers if isinstance(number, int))


def _origin(network: EssenceNetwork) -> str:
    inputs = shape_text(network.input_shape)
    return f"Distilled from an essence network: {inputs} inputs, {network.neurons:,} neurons."
