"""The last layer of the generic form: scores, and the label whose score alone is the highest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import Affine, Condensed, Group
from mips_core.essence.writing.arrays import frame_of
from mips_core.essence.writing.phrases import linear, size_expression
from mips_core.essence.writing.polynomials import Polynomial
from mips_core.essence.writing.scalar_groups import one_output_each
from mips_core.essence.writing.thresholds import Weighted, comparison
from mips_core.essence.writing.whole import MOST_LISTED
from mips_core.expressions import Expression, Variable, apply
from mips_core.expressions.loops import Aggregate, Each, Listed, Nothing, Occurrences, Position, Several
from mips_core.programs.loops import Append, Assign, For, Return, Statement

if TYPE_CHECKING:
    from mips_core.essence.writing.generic import Program

MOST_COMPARED = 3
"""The scores of so many labels are compared pair by pair."""


def output_statements(program: Program) -> list[Statement]:
    """Return the statements that make the result.

    Raises
    ------
    NoRegularStructureError
        when labels or outputs follow no loop.
    """
    condensed = program.condensed
    concepts = condensed.layers[-1]
    if not condensed.decides:
        return _scores(program, concepts)
    if condensed.several:
        return _several(program, concepts)
    if all(not group.loops for group in concepts):
        return _decision(program, concepts)
    return _position(program, concepts)


def _refused(why: str) -> NoRegularStructureError:
    tried = (f"lists of scores: {why}",)
    return NoRegularStructureError(f"There is no regular structure in the outputs: {why}.", tried)


def score(program: Program, group: Group) -> Expression:
    """Return the score of a concept neuron."""
    weighted = program.weighted(group, keep=True)
    sizes = program.given.sizes
    terms: list[tuple[Expression, int]] = []
    for term, factor in weighted.terms:
        if factor.is_constant:
            terms.append((term, factor.rest))
        else:
            terms.append((apply("mul", size_expression(factor, sizes), term), 1))
    found = linear(terms)
    if not weighted.bias.terms:
        return found
    if not terms:
        return size_expression(weighted.bias, sizes)
    if weighted.bias.is_constant:
        return linear(terms, weighted.bias.rest)
    return apply("add", found, size_expression(weighted.bias, sizes))


def _scores(program: Program, concepts: Sequence[Group]) -> list[Statement]:
    if len(concepts) == 1 and len(concepts[0].loops) == 1:
        return [Return(frame_of(concepts[0]).listed(score(program, concepts[0]), program.given.sizes))]
    if any(group.loops for group in concepts) or len(concepts) > MOST_LISTED:
        raise _refused("scores of unlike neurons are no list")
    ordered = sorted(concepts, key=lambda group: group.label.constant)
    return [Return(Several(tuple(score(program, group) for group in ordered)))]


def _label(group: Group, program: Program) -> Expression:
    if group.label.modulus is not None:
        raise _refused("labels go round a border")
    return size_expression(Polynomial.from_affine(group.label), program.given.sizes)


def _pairwise(program: Program, concepts: Sequence[Group]) -> Expression:
    """Return the decision among few labels as a choice over comparisons of their scores."""
    sums = [program.weighted(group, keep=True) for group in concepts]
    labels = [_label(group, program) for group in concepts]
    if len(concepts) == 1:
        return labels[0]
    order = list(range(len(concepts)))[::-1]
    found: Expression = Nothing()
    for place in reversed(order):
        wins: Expression | None = None
        for other in order:
            if other != place:
                test = _above(sums[place], sums[other], program)
                wins = test if wins is None else apply("and", wins, test)
        assert wins is not None
        found = apply("where", wins, labels[place], found)
    return found


def _above(one: Weighted, other: Weighted, program: Program) -> Expression:
    return comparison(one.minus(other), "gt", program.given.sizes)


def _decision(program: Program, concepts: Sequence[Group]) -> list[Statement]:
    if len(concepts) <= MOST_COMPARED:
        return [Return(_pairwise(program, concepts))]
    if len(concepts) > MOST_LISTED:
        raise _refused(f"{len(concepts)} labels have unlike scores")
    ordered = sorted(concepts, key=lambda group: group.label.constant)
    labels = [group.label.constant for group in ordered]
    scores = Several(tuple(score(program, group) for group in ordered))
    statements = [Assign("scores", scores), Assign("best", Aggregate("max", Variable("scores")))]
    place = Position(Variable("scores"), Variable("best"))
    if labels == list(range(labels[0], labels[0] + len(labels))):
        label = place if labels[0] == 0 else apply("add", place, labels[0])
    else:
        raise _refused(f"the labels {labels} are not in a row")
    return [*statements, Return(_alone(label))]


def _alone(label: Expression) -> Expression:
    single = apply("eq", Occurrences(Variable("scores"), Variable("best")), 1)
    return apply("where", single, label, Nothing())


def _position(program: Program, concepts: Sequence[Group]) -> list[Statement]:
    """Return the place of the one highest score in a list of scores."""
    if len(concepts) != 1 or len(concepts[0].loops) != 1:
        raise _refused("labels follow several loops")
    group = concepts[0]
    (loop,) = group.loops
    sizes = program.given.sizes
    scores = frame_of(group).listed(score(program, group), sizes)
    place = Position(Variable("scores"), Variable("best"))
    label = Polynomial.from_affine(group.label)
    step = next((c for names, c in label.terms if names == (loop.variable,)), 0)
    if any(loop.variable in names and names != (loop.variable,) for names, _ in label.terms):
        raise _refused("labels are no multiples of a place")
    rest = label.substitute(loop.variable, Polynomial.from_affine(loop.start))
    terms: list[tuple[Expression, int]] = [(place, step)] if step else []
    shown = linear(terms, rest.rest) if rest.is_constant else apply("add", linear(terms), size_expression(rest, sizes))
    return [
        Assign("scores", scores),
        Assign("best", Aggregate("max", Variable("scores"))),
        Return(_alone(shown)),
    ]


def _several(program: Program, concepts: Sequence[Group]) -> list[Statement]:
    """Return a decision for each output."""
    condensed: Condensed = program.condensed
    if not one_output_each(condensed, tuple(concepts)):
        raise _refused("the outputs follow no loop")
    loops = concepts[0].loops
    by_head: dict[Affine, list[Group]] = {}
    for group in concepts:
        by_head.setdefault(group.head, []).append(group)
    if any(len(groups) > MOST_COMPARED for groups in by_head.values()):
        raise _refused("one of several outputs has many labels")
    if not loops:
        if len(by_head) > MOST_LISTED:
            raise _refused(f"{len(by_head)} outputs have nothing in common")
        ordered = sorted(by_head, key=lambda head: head.constant)
        return [Return(Several(tuple(_pairwise(program, by_head[head]) for head in ordered)))]
    choice = _pairwise(program, concepts)
    sizes = program.given.sizes
    eaches = [
        Each(
            loop.variable,
            size_expression(Polynomial.from_affine(loop.start), sizes),
            size_expression(Polynomial.from_affine(loop.stop), sizes),
        )
        for loop in loops
    ]
    if len(eaches) == 1:
        return [Return(Listed(choice, eaches[0]))]
    inner: tuple[Statement, ...] = (Append("result", choice),)
    for each in reversed(eaches):
        inner = (For(each, inner),)
    return [Assign("result", Several()), *inner, Return(Variable("result"))]
