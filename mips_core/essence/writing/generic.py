"""The generic form, which is always right: a list of signs for each group, then scores, then the decision.

A neuron whose sum cannot be 0 is written as a truth value, which the next layer counts: of m such neurons with the sum
of signs s, count = (s + m) / 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import INPUT, Affine, At, Condensed, Group, Region, Span
from mips_core.essence.writing.arrays import Frame, exact_count, factor_of, frame_of
from mips_core.essence.writing.drafts import Draft
from mips_core.essence.writing.flat import MOST_TERMS
from mips_core.essence.writing.generic_output import output_statements
from mips_core.essence.writing.polynomials import Polynomial, Scope
from mips_core.essence.writing.regions import Places, input_places
from mips_core.essence.writing.thresholds import Weighted, cannot_be_zero, sign_of
from mips_core.essence.writing.whole import region_word
from mips_core.essence.writing.written import InputValues, Rewrite
from mips_core.expressions import Expression, Variable
from mips_core.expressions.loops import Aggregate, Columns, Count, Item, Listed, each, item
from mips_core.programs.loops import Assign, Statement

MOST_UNRELATED = 8
"""More neurons of one layer than these, each a formula of its own, are a table."""

_LAYERS = {3: ("differentia", "subconcept", "score"), 2: ("neuron", "score")}


@dataclass
class Program:
    """What has been written so far.

    Parameters
    ----------
    places : array name in the groups -> where it stands in the program
    truths : groups that are written as truth values
    sums : sums over the input that have a name of their own
    """

    condensed: Condensed
    values: InputValues
    scope: Scope
    places: dict[str, Places] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    truths: set[str] = field(default_factory=set)
    sums: dict[Region, Expression] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    gives: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def given(self) -> Places:
        """Where the input stands."""
        return self.places[INPUT]

    def weighted(self, group: Group, keep: bool = False) -> Weighted:
        """Return a neuron's sum over what the program has; ``keep``: not a positive multiple of it."""
        scope = self.scope.within(group.loops if not group.mirrored else frame_of(group).loops)
        terms: list[tuple[Expression, Polynomial]] = []
        bias = Polynomial.from_affine(group.bias)
        for term in group.terms:
            factor = factor_of(term)
            region = term.region
            value = self.sums.get(region)
            if value is None:
                value = self.places[region.array].value(region, scope)
            if region.array in self.truths:
                count = exact_count(region, self.frames[region.array])
                assert count is not None
                bias = bias - factor * count
                factor = factor.times(2)
            terms.append((value, factor))
        whole = group.layer > 0 or self.values.whole
        return Weighted(tuple(terms), bias, whole).tidied(keep)


def generic_drafts(condensed: Condensed, values: InputValues, scope: Scope) -> Iterator[Draft]:
    """Yield the generic form.

    Raises
    ------
    NoRegularStructureError
        when a layer has too many neurons without a loop, or a neuron too many unrelated weights.
    """
    _refuse_tables(condensed)
    for truths in (True, False):
        program = Program(condensed, values, scope)
        program.places[INPUT] = input_places(condensed.axes)
        for depth, layer in enumerate(condensed.layers[:-1]):
            _name_sums(program, layer, depth)
            for number, group in enumerate(layer):
                _array(program, group, _name(condensed, depth, number), truths)
        _name_sums(program, condensed.layers[-1], len(condensed.layers) - 1)
        program.statements += output_statements(program)
        steps = []
        if program.truths:
            groups = tuple(sorted(program.truths))
            why = "The sums of these neurons leave a remainder, so that they are never 0."
            steps.append(Rewrite("truth values", why, groups))
        yield Draft(("x",), tuple(program.statements), "generic", tuple(steps), program.gives)


def _refuse_tables(condensed: Condensed) -> None:
    for layer in condensed.layers:
        alone = [group.name for group in layer if not group.loops]
        if len(alone) > MOST_UNRELATED:
            why = f"layer {layer[0].layer + 1} has {len(alone)} neurons that follow no loop"
            raise NoRegularStructureError(f"There is no regular structure: {why}.", (f"loops over neurons: {why}",))
        for group in layer:
            if len(group.terms) > MOST_TERMS:
                why = f"a neuron of {group.name} adds up {len(group.terms)} unrelated numbers"
                raise NoRegularStructureError(f"There is no regular structure: {why}.", (f"sums over regions: {why}",))


def _name(condensed: Condensed, depth: int, number: int) -> str:
    words = _LAYERS.get(len(condensed.layers))
    word = words[depth] if words else f"layer_{depth + 1}"
    return word if len(condensed.layers[depth]) == 1 else f"{word}_{number + 1}"


def _array(program: Program, group: Group, name: str, truths: bool) -> None:
    """Write the outputs of a group."""
    frame = frame_of(group)
    weighted = program.weighted(group)
    as_truth = truths and cannot_be_zero(weighted) and _is_counted(program.condensed, group, frame)
    if as_truth:
        program.truths.add(group.name)
    value = frame.listed(sign_of(weighted, as_truth, program.given.sizes), program.given.sizes)
    program.statements.append(Assign(name, value))
    program.frames[group.name] = frame
    program.places[group.name] = Places(Variable(name), frame.starts, frame.stops, program.given.sizes)
    program.gives[name] = (group.name,)


def _is_counted(condensed: Condensed, group: Group, frame: Frame) -> bool:
    """Whether it is known how many neurons each reader of a group adds up."""
    return not group.mirrored and all(
        exact_count(term.region, frame) is not None
        for reader in condensed.layers[group.layer + 1]
        for term in reader.terms
        if term.region.array == group.name
    )


def _name_sums(program: Program, layer: tuple[Group, ...], depth: int) -> None:
    """Give names to sums that would be made again in every turn of a loop."""
    program.sums.clear()
    for group in layer:
        for term in group.terms:
            region = term.region
            if region in program.sums or not any(isinstance(axis, Span) for axis in region.axes):
                continue
            found = _named_sum(program, group, region, depth)
            if found is not None:
                program.sums[region] = found


def _named_sum(program: Program, group: Group, region: Region, depth: int) -> Expression | None:
    bounds = [axis.index for axis in region.axes if isinstance(axis, At)]
    spans = [n for axis in region.axes if isinstance(axis, Span) for n in (axis.start, axis.stop)]
    inner = {loop.variable for loop in group.loops}
    free = {name for number in (*bounds, *spans) for name, _ in number.terms} & inner
    if len(free) == len(inner) or not group.loops:
        return None
    word = region_word(region) if depth == 0 else f"{program.places[region.array].array.name}_sum"  # type: ignore[attr-defined]
    taken = {n for s in program.statements if isinstance(s, Assign) for n in s.names}
    name = next(n for n in (word, *(f"{word}_{k}" for k in range(2, 100))) if n not in taken)
    if not free:
        program.statements.append(Assign(name, program.places[region.array].value(region, program.scope)))
        return Variable(name)
    along = bounds[0] if len(bounds) == 1 and len(region.axes) == 2 else None
    if depth > 0 or along is None or region_word(region) not in ("row_sum", "column_sum"):
        return None
    if along != Affine(0, ((next(iter(free)), 1),)):
        return None
    x = program.given.array
    rows = isinstance(region.axes[0], At)
    if rows:
        sums = Listed(Aggregate("sum", item("x", "row")), each("row", Count(x)))
    else:
        columns = Columns(x)
        sums = Listed(Aggregate("sum", Item(columns, Variable("column"))), each("column", Count(columns)))
    known = next((s.names[0] for s in program.statements if isinstance(s, Assign) and s.values == (sums,)), None)
    if known is not None:
        name = known
    else:
        program.statements.append(Assign(name, sums))
    return Item(Variable(name), Variable(along.terms[0][0]))
