"""Groups with loops and random numbers: the program equals the network that they stand for, at several sizes."""

from __future__ import annotations

import numpy as np
import pytest
from essence_groups import ONE, ZERO, N, at
from essence_written import all_inputs, differences, span

from mips_core.essence.condensed import Affine, At, Condensed, Group, Loop, Region, Term
from mips_core.essence.writing import InputValues, write

I_LOOP = Loop("i", ZERO, N)
WHOLE = Region("x", (span(0, N),))


def _number(generator: np.random.Generator, least: int = -2, most: int = 3) -> int:
    return int(generator.choice([k for k in range(least, most) if k]))


def _bias(generator: np.random.Generator) -> Affine:
    size = int(generator.integers(-1, 2)) if generator.random() < 0.3 else 0
    return Affine(int(generator.integers(-3, 4)), (("n", size),) if size else ())


def _regions(looped: bool) -> list[Region]:
    scalar = [WHOLE, Region("x", (At(ZERO),)), Region("x", (span(1, N),)), Region("x", (At(Affine(-1, (("n", 1),))),))]
    if not looped:
        return scalar
    return [
        Region("x", (at("i"),)),
        Region("x", (At(Affine(-1, (("i", 1),), "n")),)),
        Region("x", (At(Affine(1, (("i", 1),))),)),
        Region("x", (span(0, Affine(1, (("i", 1),))),)),
        Region("x", (span(Affine(0, (("i", 1),)), N),)),
        WHOLE,
    ]


def _first(generator: np.random.Generator) -> tuple[Group, ...]:
    groups = []
    for number in range(int(generator.integers(1, 4))):
        looped = bool(generator.random() < 0.6)
        chosen = generator.choice(len(_regions(looped)), int(generator.integers(1, 3)), replace=False)
        terms = tuple(Term(Affine(_number(generator)), _regions(looped)[k]) for k in chosen)
        groups.append(Group(f"d{number}", 0, (I_LOOP,) if looped else (), terms, _bias(generator)))
    return tuple(groups)


def _read(generator: np.random.Generator, group: Group, looped: bool) -> Term:
    axes = (at("i") if looped else span(0, N),) if group.loops else ()
    return Term(Affine(_number(generator)), Region(group.name, axes))


def _upper(generator: np.random.Generator, below: tuple[Group, ...], prefix: str, layer: int) -> tuple[Group, ...]:
    groups = []
    for number in range(2):
        looped = any(group.loops for group in below) and bool(generator.random() < 0.5)
        chosen = [g for g in below if generator.random() < 0.8] or list(below)
        terms = tuple(_read(generator, group, looped) for group in chosen)
        groups.append(Group(f"{prefix}{number}", layer, (I_LOOP,) if looped else (), terms, _bias(generator)))
    return tuple(groups)


def _concepts(generator: np.random.Generator, below: tuple[Group, ...]) -> tuple[tuple[Group, ...], bool]:
    """Return concept neurons: of two or three labels, of a label for each place, or of a decision for each place."""
    kind = int(generator.integers(3))
    if kind == 0:
        labels = int(generator.integers(2, 4))
        return tuple(
            Group(f"c{k}", 2, (), tuple(_read(generator, g, False) for g in below), _bias(generator), label=Affine(k))
            for k in range(labels)
        ), False
    if kind == 1:
        terms = tuple(_read(generator, g, True) for g in below)
        return (Group("c0", 2, (I_LOOP,), terms, _bias(generator), label=Affine(0, (("i", 1),))),), False
    head = Affine(0, (("i", 1),))
    return tuple(
        Group(
            f"c{k}", 2, (I_LOOP,), tuple(_read(generator, g, True) for g in below), _bias(generator), head=head,
            label=Affine(k),
        )
        for k in range(2)
    ), True  # fmt: skip


def _condensed(seed: int) -> Condensed:
    generator = np.random.default_rng(seed)
    first = _first(generator)
    second = _upper(generator, first, "s", 1)
    concepts, several = _concepts(generator, second)
    return Condensed(1, (first, second, concepts), ((3,), (4,), (5,)), several=several)


@pytest.mark.parametrize("seed", range(60))
def test_random_groups_with_a_loop(seed: int) -> None:
    condensed = _condensed(seed)
    written = write(condensed, "whole", InputValues(), "A test.")
    for n in (3, 4, 6):
        assert differences(written, condensed, all_inputs((0, 1), n)) == []


@pytest.mark.parametrize("seed", range(60, 80))
def test_random_groups_over_other_numbers(seed: int) -> None:
    condensed = _condensed(seed)
    written = write(condensed, "whole", InputValues(-1, 1), "A test.")
    for n in (3, 4):
        assert differences(written, condensed, all_inputs((-1, 0, 1), n)) == []


@pytest.mark.parametrize("seed", range(12))
def test_random_comparisons_of_all_pairs(seed: int) -> None:
    """Each pair once, the other way round its negative, with random wishes of the neurons above."""
    generator = np.random.default_rng(seed)
    sign, slack, weight = (1, -1)[seed % 2], int(generator.integers(0, 4)), int(generator.integers(1, 3))
    pairs = Group(
        "d0", 0, (I_LOOP, Loop("j", Affine(1, (("i", 1),)), N)),
        (Term(Affine(sign), Region("x", (at("i"),))), Term(Affine(-sign), Region("x", (at("j"),)))), ZERO,
        mirrored=True,
    )  # fmt: skip
    row = Region("d0", (at("i"), span(0, N)) if seed % 3 else (span(0, N), at("i")))
    wish = Group("s0", 1, (I_LOOP,), (Term(Affine(2 * weight), row),), Affine(slack, (("n", -2 * weight),)))
    concept = Group("c0", 2, (I_LOOP,), (Term(ONE, Region("s0", (at("i"),))),), ONE, label=Affine(0, (("i", 1),)))
    condensed = Condensed(1, ((pairs,), (wish,), (concept,)), ((3,), (4,)))
    written = write(condensed, "whole", InputValues(-np.inf, np.inf, whole=False), "A test.")
    for n in (3, 5):
        assert differences(written, condensed, all_inputs((0, 1, 2), n)) == []
