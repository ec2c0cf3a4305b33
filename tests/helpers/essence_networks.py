"""Essence networks whose groups are known, as the figures show them."""

from __future__ import annotations

from itertools import product

import numpy as np

from mips_core.essence import EssenceNetwork, Layer, Samples
from mips_core.essence.condensed import INPUT, Affine, At, Condensed, Group, Loop, Region, Span, Term
from mips_core.essence.network import Head, Subconcept
from mips_core.views.essence_selection import Shown


def _layer(name: str, weights: object, bias: object) -> Layer:
    return Layer(name, np.array(weights, dtype=np.int64), np.array(bias, dtype=np.int64))


def life() -> Shown:
    """The Game of Life: three subconcepts, two differentiae, no loops."""
    x = np.array(list(product((0, 1), repeat=9)), dtype=np.int64).reshape(-1, 3, 3)
    total, here = x.sum(axis=(1, 2)), x[:, 1, 1]
    y = ((total - here == 3) | ((here == 1) & (total - here == 2))).astype(np.int64)
    few, many = total <= 2, total - here >= 4
    members = [np.flatnonzero(few), np.flatnonzero(many), np.flatnonzero(y == 1)]
    around = [1] * 4 + [0] + [1] * 4
    network = EssenceNetwork(
        (3, 3),
        (
            _layer("differentia", [[-1] * 9, around], [2.5 * 2, 0]),
            _layer("subconcept", [[2, 0], [0, 2], [-2, -2]], [-1, -1, -3]),
            _layer("concept", [[1, 1, 0], [0, 0, 1]], [0, 0]),
        ),
        (Head((0, 1), (0, 1)),),
        subconcepts=tuple(Subconcept(0, int(y[m[0]]), tuple(m.tolist())) for m in members),
        differentiae=((0, 2), (1, 2)),
    )
    first = network.layers[0]
    network = EssenceNetwork(
        (3, 3), (_layer("differentia", 2 * first.weights, [5, -7]), *network.layers[1:]), network.heads,
        subconcepts=network.subconcepts, differentiae=network.differentiae,
    )  # fmt: skip
    return Shown(Samples(x, y), network)


def orientation(n: int = 28) -> Shown:
    """Full lines of an n by n image: one subconcept each, and loops over columns and rows."""
    lines = np.eye(n, dtype=np.int64)
    rows, columns = np.repeat(lines[:, :, None], n, axis=2), np.repeat(lines[:, None, :], n, axis=1)
    x = np.concatenate([columns, rows])
    y = np.array([1] * n + [0] * n)
    first = np.zeros((n * n, n, n), dtype=np.int64)
    for i, j in product(range(n), repeat=2):
        first[i * n + j, :, i] += 1
        first[i * n + j, j, :] -= 1
    grid = np.arange(n * n).reshape(n, n)
    second = np.zeros((2 * n, n * n), dtype=np.int64)
    for k in range(n):
        second[k], second[n + k] = -(n - 1), n - 1
        second[k, grid[k]] = 1
        second[n + k, grid[:, k]] = -1
    network = EssenceNetwork(
        (n, n),
        (
            _layer("differentia", first.reshape(n * n, -1), [0] * (n * n)),
            _layer("subconcept", second, [-n * (n - 1)] * (2 * n)),
            _layer("concept", [[0] * n + [1] * n, [1] * n + [0] * n], [0, 0]),
        ),
        (Head((0, 1), (0, 1)),),
        subconcepts=tuple(Subconcept(0, int(y[k]), (k,)) for k in range(2 * n)),
        differentiae=tuple((i, n + j) for i, j in product(range(n), repeat=2)),
        mode="svm",
    )
    zero, one = Affine(0), Affine(1)
    h, w, i, j = (Affine(0, ((name, 1),)) for name in "hwij")
    both = Span(zero, h), Span(zero, w)
    loops = Loop("i", zero, w), Loop("j", zero, h)
    less, most = Affine(1, (("h", -1),)), Affine(0, (("h", 1), ("h*h", -1)))
    column_minus_row = Term(one, Region(INPUT, (both[0], At(i)))), Term(Affine(-1), Region(INPUT, (At(j), both[1])))
    own_row = Term(less, Region("d0", both)), Term(h, Region("d0", (At(i), both[0])))
    own_column = (
        Term(Affine(-1, (("h", 1),)), Region("d0", both)),
        Term(Affine(0, (("h", -1),)), Region("d0", (both[0], At(i)))),
    )
    layers = (
        (Group("d0", 0, loops, column_minus_row, zero),),
        (Group("s0", 1, loops[:1], own_row, most), Group("s1", 1, loops[:1], own_column, most)),
        (
            Group("c0", 2, (), (Term(one, Region("s1", (both[0],))),), zero),
            Group("c1", 2, (), (Term(one, Region("s0", (both[0],))),), zero, label=one),
        ),
    )
    neurons = {"d0": tuple(range(n * n)), "s0": tuple(range(n)), "s1": tuple(range(n, 2 * n)), "c0": (0,), "c1": (1,)}
    condensed = Condensed(2, layers, ((n, n),), neurons=(neurons,))
    return Shown(Samples(x, y), network, condensed, {3: ("d0",), 4: ("s0",), 5: ("s1",), 6: ("c0", "c1")}, 7)


def rule(number: int) -> Shown:
    """An elementary rule that one threshold decides, as a single differentia: rule 200 or 128, say."""
    x = np.array(list(product((0, 1), repeat=3)), dtype=np.int64)
    y = (number >> (x @ [4, 2, 1])) & 1
    ones, zeros = np.flatnonzero(y == 1).tolist(), np.flatnonzero(y == 0).tolist()
    network = EssenceNetwork(
        (3,),
        (
            _layer("differentia", [[-2, -2, -2]], [5]),
            _layer("subconcept", [[2], [-2]], [-1, -1]),
            _layer("concept", [[1, 0], [0, 1]], [0, 0]),
        ),
        (Head((0, 1), (0, 1)),),
        subconcepts=(Subconcept(0, 0, tuple(zeros)), Subconcept(0, 1, tuple(ones))),
        differentiae=((0, 1),),
    )
    return Shown(Samples(x, y), network)
