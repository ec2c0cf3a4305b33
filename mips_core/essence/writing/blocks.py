"""Lists of decisions whose ends follow other formulas than the rest: ``[0] + [... for i in range(1, len(x))]``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mips_core.essence.condensed import Affine, Condensed, Group
from mips_core.essence.writing.decisions import written_size
from mips_core.essence.writing.drafts import Draft
from mips_core.essence.writing.polynomials import Polynomial
from mips_core.essence.writing.whole import MOST_LISTED
from mips_core.expressions import Expression, apply
from mips_core.expressions.loops import Several
from mips_core.programs.loops import Return

Write = Callable[[Condensed], Iterator[Draft]]


def block_drafts(condensed: Condensed, write: Write) -> Iterator[Draft]:
    """Yield the functions that put the lists of all blocks together; ``write`` yields those of one block."""
    blocks = output_blocks(condensed)
    if blocks is None:
        return
    parts: list[Expression] = []
    steps: list[Draft] = []
    for block in blocks:
        found = [draft for draft in write(block) if len(draft.body) == 1 and isinstance(draft.body[0], Return)]
        if not found:
            return
        best = min(found, key=lambda draft: (written_size(_result(draft)), repr(draft.body)))
        steps.append(best)
        if block.several:
            parts.append(_result(best))
        elif parts and isinstance(parts[-1], Several):
            parts[-1] = Several((*parts[-1].parts, _result(best)))
        else:
            parts.append(Several((_result(best),)))
    if any(isinstance(part, Several) and len(part.parts) > MOST_LISTED for part in parts):
        return
    whole = parts[0]
    for part in parts[1:]:
        whole = apply("add", whole, part)
    rewrites = tuple(dict.fromkeys(step for draft in steps for step in draft.steps))
    yield Draft(("x",), (Return(whole),), "blocks", rewrites)


def _result(draft: Draft) -> Expression:
    (statement,) = draft.body
    assert isinstance(statement, Return)
    return statement.value


def output_blocks(condensed: Condensed) -> tuple[Condensed, ...] | None:
    """Return networks of neighbouring outputs that are alike, in order; None where that is one, or they leave gaps."""
    if not condensed.several or not condensed.decides:
        return None
    by_place: dict[tuple[object, Affine], list[Group]] = {}
    for group in condensed.layers[-1]:
        if len(group.loops) > 1 or group.head.modulus is not None:
            return None
        by_place.setdefault((group.loops, group.head), []).append(group)
    if len(by_place) < 2:
        return None
    ranges = []
    for groups in by_place.values():
        bounds = _range(groups[0])
        if bounds is None:
            return None
        ranges.append((*bounds, groups))
    ordered = []
    reached = Polynomial()
    while ranges:
        following = [each for each in ranges if each[0] == reached]
        if len(following) != 1:
            return None
        ordered.append(following[0])
        ranges.remove(following[0])
        reached = following[0][1]
    return tuple(_block(condensed, start, groups) for start, _, groups in ordered)


def _range(group: Group) -> tuple[Polynomial, Polynomial] | None:
    """Return the first output of a group and the one after its last."""
    head = Polynomial.from_affine(group.head)
    if not group.loops:
        return head, head + Polynomial.constant(1)
    (loop,) = group.loops
    start, stop = Polynomial.from_affine(loop.start), Polynomial.from_affine(loop.stop)
    shift = head.substitute(loop.variable, Polynomial())
    if head - shift != Polynomial.of([((loop.variable,), 1)]) or loop.other_than is not None:
        return None
    return start + shift, stop + shift


def _block(condensed: Condensed, start: Polynomial, concepts: Sequence[Group]) -> Condensed:
    """Return the part of a network that some of its outputs depend on."""
    shifted = []
    for group in concepts:
        head = Polynomial.from_affine(group.head) - start
        terms = tuple(("*".join(names), factor) for names, factor in head.terms if names)
        shifted.append(replace(group, head=Affine(head.rest, terms)))
    layers = [tuple(shifted)]
    for layer in reversed(condensed.layers[:-1]):
        read = {term.region.array for group in layers[0] for term in group.terms}
        layers.insert(0, tuple(group for group in layer if group.name in read))
    return replace(condensed, layers=tuple(layers), several=bool(concepts[0].loops), neurons=())
