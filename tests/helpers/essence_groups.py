"""Essence networks made by hand, as weights and as groups, each without help from the other."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from mips_core.essence.condensed import Affine, At, Condensed, Group, Loop, Region, Span, Term
from mips_core.essence.network import EssenceNetwork, Head, Layer

ZERO, ONE = Affine(0), Affine(1)
N = Affine(0, (("n", 1),))


def at(variable: str, shift: int = 0) -> At:
    return At(Affine(shift, ((variable, 1),)))


def argmax_network(n: int) -> EssenceNetwork:
    """Each pair is compared once; i is the largest when all its comparisons say so."""
    pairs = list(combinations(range(n), 2))
    first, second = np.zeros((len(pairs), n), dtype=np.int64), np.zeros((n, len(pairs)), dtype=np.int64)
    for row, (i, j) in enumerate(pairs):
        first[row, i], first[row, j] = 1, -1
        second[i, row], second[j, row] = 2, -2
    layers = (
        Layer("differentia", first, np.zeros(len(pairs), dtype=np.int64)),
        Layer("subconcept", second, np.full(n, -(2 * (n - 1) - 1))),
        Layer("concept", np.eye(n, dtype=np.int64), np.zeros(n, dtype=np.int64)),
    )
    return EssenceNetwork((n,), layers, (Head(tuple(range(n)), tuple(range(n))),))


def argmax_condensed(sizes: tuple[int, ...] = (6,)) -> Condensed:
    i, rest = Loop("i", ZERO, N), Loop("j", Affine(1, (("i", 1),)), N)
    first = (Term(ONE, Region("x", (at("i"),))), Term(Affine(-1), Region("x", (at("j"),))))
    row = Region("d0", (at("i"), Span(ZERO, N)))
    groups = (
        Group("d0", 0, (i, rest), first, ZERO, mirrored=True),
        Group("s0", 1, (i,), (Term(Affine(2), row),), Affine(3, (("n", -2),))),
        Group("c0", 2, (i,), (Term(ONE, Region("s0", (at("i"),))),), ZERO, label=Affine(0, (("i", 1),))),
    )
    neurons = tuple({"d0": tuple(range(n * (n - 1) // 2)), "s0": tuple(range(n)), "c0": tuple(range(n))} for n in sizes)
    return Condensed(1, tuple((group,) for group in groups), tuple((n,) for n in sizes), neurons=neurons)


def orientation_network(n: int) -> EssenceNetwork:
    """Column i against row j; a column (row) fires when it wins against nearly all, weighed as an svm does."""
    first = np.zeros((n * n, n * n), dtype=np.int64)
    for i in range(n):
        for j in range(n):
            picture = first[n * i + j].reshape(n, n)
            picture[:, i] += 1
            picture[j, :] -= 1
    second = np.full((2 * n, n * n), -(n - 1), dtype=np.int64)
    for k in range(n):
        second[k, n * k : n * k + n] = 1
        second[n + k, k::n] = 1
    second[n:] *= -1
    concept = np.array([[1] * n + [0] * n, [0] * n + [1] * n], dtype=np.int64)
    layers = (
        Layer("differentia", first, np.zeros(n * n, dtype=np.int64)),
        Layer("subconcept", second, np.full(2 * n, -n * (n - 1))),
        Layer("concept", concept[::-1], np.zeros(2, dtype=np.int64)),
    )
    return EssenceNetwork((n, n), layers, (Head((0, 1), (0, 1)),))


def orientation_condensed(sizes: tuple[int, ...] = (10,)) -> Condensed:
    h, w = Affine(0, (("h", 1),)), Affine(0, (("w", 1),))
    column, row = Loop("i", ZERO, w), Loop("j", ZERO, h)
    everything = Region("d0", (Span(ZERO, w), Span(ZERO, h)))
    others, bias = Affine(1, (("w", -1),)), Affine(0, (("h*w", -1), ("w", 1)))
    first = (
        Term(ONE, Region("x", (Span(ZERO, h), at("i")))),
        Term(Affine(-1), Region("x", (at("j"), Span(ZERO, w)))),
    )
    own = Term(Affine(0, (("w", 1),)), Region("d0", (at("i"), Span(ZERO, h))))
    mirror = Term(Affine(0, (("w", -1),)), Region("d0", (Span(ZERO, w), at("j"))))
    groups = (
        (Group("d0", 0, (column, row), first, ZERO),),
        (
            Group("s0", 1, (column,), (own, Term(others, everything)), bias),
            Group("s1", 1, (row,), (mirror, Term(Affine(-1, (("w", 1),)), everything)), bias),
        ),
        (
            Group("c0", 2, (), (Term(ONE, Region("s1", (Span(ZERO, h),))),), ZERO, label=ZERO),
            Group("c1", 2, (), (Term(ONE, Region("s0", (Span(ZERO, w),))),), ZERO, label=ONE),
        ),
    )
    neurons = tuple(
        {
            "d0": tuple(range(n * n)),
            "s0": tuple(range(n)),
            "s1": tuple(range(n, 2 * n)),
            "c0": (0,),
            "c1": (1,),
        }
        for n in sizes
    )
    return Condensed(2, groups, tuple((n, n) for n in sizes), neurons=neurons)
