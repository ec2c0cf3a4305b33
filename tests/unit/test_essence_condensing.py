"""Condensing: the groups and loops of regular networks are found, and nothing else is said of other networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from essence_groups import argmax_network
from essence_regular import cells_network, clauses_network, lines_network, prefix_network
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mips_core.errors import NoRegularStructureError
from mips_core.essence.condensed import Affine, At, Condensed, Group, Span, size_values
from mips_core.essence.condensing import condense, written
from mips_core.essence.condensing.patterns import RawTerm, explain, explain_mirrored
from mips_core.essence.condensing.places import find_places
from mips_core.essence.network import EssenceNetwork, Head, Layer
from mips_core.essence.regenerate import same_network


def text(condensed: Condensed) -> list[str]:
    """Write groups as a person would on paper."""
    lines = []
    for group in (group for layer in condensed.layers for group in layer):
        terms = [
            f"{written(term.coefficient)} {term.region.array}["
            + ", ".join(
                written(axis.index) if isinstance(axis, At) else f"{written(axis.start)}:{written(axis.stop)}"
                for axis in term.region.axes
            )
            + "]"
            for term in group.terms
        ]
        loops = " ".join(f"{loop.variable}={written(loop.start)}..{written(loop.stop)}" for loop in group.loops)
        lines.append(f"{group.name} {loops} | {' & '.join(terms)} | {written(group.bias)}")
    return lines


def test_argmax_is_three_loops_without_a_six() -> None:
    condensed = condense([argmax_network(n) for n in (6, 4, 9)])
    assert text(condensed) == [
        "d0 i=0..n j=i + 1..n | -1 x[j] & 1 x[i] | 0",
        "s0 i=0..n | 2 d0[i, 0:n] | -2*n + 3",
        "c0 i=0..n | 1 s0[i] | 0",
    ]
    assert condensed.layers[0][0].mirrored
    assert written(condensed.layers[2][0].label) == "i"
    assert condensed.assumed == ()


def test_the_constants_of_lines_are_found_as_the_paper_has_them() -> None:
    condensed = condense([lines_network(n, "svm") for n in (28, 6, 10)])
    s0 = condensed.group("s0")
    at28 = {"h": 28, "w": 28, "i": 0, "j": 0}
    in_row, everywhere = (term.coefficient.value(at28) for term in s0.terms)
    assert (everywhere, in_row + everywhere, s0.bias.value(at28)) == (-27, 1, -756)
    assert "28" not in " ".join(text(condensed))


def test_lines_are_a_column_against_a_row() -> None:
    condensed = condense([lines_network(n) for n in (12, 5, 7)])
    assert text(condensed) == [
        "d0 i=0..h j=0..w | 1 x[i, 0:w] & -1 x[0:h, j] | 0",
        "s0 i=0..h | 2 d0[i, 0:w] | -2*w + 1",
        "s1 i=0..w | -2 d0[0:h, i] | -2*h + 1",
        "c0  | 1 s0[0:h] | 0",
        "c1  | 1 s1[0:w] | 0",
    ]


def test_cells_are_read_around_each_cell_with_joined_borders() -> None:
    condensed = condense([cells_network(n) for n in (8, 6, 7)])
    assert text(condensed)[:2] == [
        "d0 i=0..n | 2 x[(i - 1) % n] & 2 x[i] & 2 x[(i + 1) % n] | -5",
        "d1 i=0..n | 2 x[i] & 2 x[(i + 1) % n] | -1",
    ]
    assert all(written(group.head) == "i" for layer in condensed.layers for group in layer)


def test_prefixes_are_spans_that_grow_with_the_output() -> None:
    condensed = condense([prefix_network(n) for n in (6, 5, 7)])
    assert text(condensed)[0] == "d0 i=0..n | 2 x[0:i + 1] | -1"


def test_clauses_are_read_one_by_one() -> None:
    condensed = condense([clauses_network(5, 50), clauses_network(3, 8), clauses_network(4, 12)])
    assert text(condensed)[:2] == ["d0 i=0..w | -2 x[2:h, i] | 1", "d1 i=0..w | -1 x[0, i] & 1 x[1, i] | 0"]
    assert [len(layer) for layer in condensed.layers] == [4, 4, 2]
    assert condensed.scale == 1000
    assert not condensed.decides


@pytest.mark.parametrize(
    "make", [argmax_network, lines_network, cells_network, prefix_network, lambda n: clauses_network(n // 2 + 1, n)]
)
def test_the_groups_give_the_weights_back(make: Callable[[int], EssenceNetwork]) -> None:
    networks = [make(n) for n in (9, 5, 7)]
    condensed = condense(networks)
    assert [same_network(condensed, network) for network in networks] == [(), (), ()]
    larger = make(11)
    sizes = size_values(larger.input_shape)
    for groups, layer in zip(condensed.layers, larger.layers, strict=True):
        assert sum(1 for group in groups for _ in group.places(sizes)) == len(layer.bias)


def test_one_size_says_what_is_assumed() -> None:
    condensed = condense([lines_network(10, "svm")])
    assert same_network(condensed, lines_network(10, "svm")) == ()
    assert any("-90 is taken for" in note for note in condensed.assumed)


def test_with_one_size_a_threshold_at_the_top_stays_at_the_top() -> None:
    argmax, lines = condense([argmax_network(7)]), condense([lines_network(8)])
    assert written(argmax.group("s0").bias) == "-2*n + 3"
    assert [written(lines.group(name).bias) for name in ("s0", "s1")] == ["-2*w + 1", "-2*h + 1"]
    for network in (argmax_network(11), lines_network(5)):
        sizes = size_values(network.input_shape)
        condensed = argmax if len(sizes) == 1 else lines
        groups = condensed.layers[1]
        biases = [group.bias.value({**sizes, **place}) for group in groups for place in group.places(sizes)]
        assert biases == network.layers[1].bias.tolist()


def test_a_fixed_size_assumes_nothing() -> None:
    condensed = condense([cells_network(5)], fixed=True)
    assert condensed.assumed == ()
    assert condensed.layers[0][0].loops[0].stop == Affine(5)


def test_a_changed_weight_is_shown_or_refused() -> None:
    regular = lines_network(6)
    weights = regular.layers[0].weights.copy()
    weights[3, 1] += 1
    changed = replace(regular, layers=(replace(regular.layers[0], weights=weights), *regular.layers[1:]))
    alone = condense([changed])
    assert same_network(alone, changed) == ()
    assert text(alone) != text(condense([regular]))
    with pytest.raises(NoRegularStructureError, match="groups at size 6 x 6"):
        condense([changed, lines_network(5)])


def test_a_number_without_a_formula_is_refused() -> None:
    def with_bias(n: int, bias: int) -> EssenceNetwork:
        layers = (
            Layer("differentia", np.ones((1, n), dtype=np.int64), np.array([bias])),
            Layer("concept", np.array([[-1], [1]]), np.array([0, 0])),
        )
        return EssenceNetwork((n,), layers, (Head((0, 1), (0, 1)),))

    assert condense([with_bias(n, 1 - n) for n in (4, 5, 7)]).layers[0][0].bias == Affine(1, (("n", -1),))
    with pytest.raises(NoRegularStructureError, match="17 at 4, -3 at 5, 40 at 7, 2 at 9"):
        condense([with_bias(n, b) for n, b in ((4, 17), (5, -3), (7, 40), (9, 2))])


def covered(terms: list[RawTerm], shape: tuple[int, ...]) -> np.ndarray:
    total = np.zeros(shape, dtype=np.int64)
    for term in terms:
        total[tuple(slice(a, a + 1 if b is None else b) for a, b in term.axes)] += term.coefficient
    return total


@given(arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.integers(-2, 2)), st.booleans())
def test_terms_add_up_to_the_weights(weights: np.ndarray, in_spans: bool) -> None:
    assert (covered(explain("x", weights, in_spans=in_spans), weights.shape) == weights).all()
    assert (covered(explain("x", weights[0], in_spans=in_spans), weights[0].shape) == weights[0]).all()


@given(arrays(np.int64, st.integers(1, 6).map(lambda n: (n, n)), elements=st.integers(-2, 2)))
def test_mirrored_terms_add_up_on_both_sides_of_the_diagonal(weights: np.ndarray) -> None:
    upper = np.triu(weights, 1)
    total = covered(explain_mirrored("d", upper), upper.shape)
    assert (np.triu(total - total.T, 1) == upper).all()


def test_a_whole_less_a_cell_is_two_terms() -> None:
    weights = np.full((3, 3), 2)
    weights[1, 1] = 0
    assert explain("x", weights) == [RawTerm(2, "x", ((0, 3), (0, 3))), RawTerm(-2, "x", ((1, None), (1, None)))]


def test_places_are_a_product_a_triangle_or_leave_the_diagonal_out() -> None:
    grid = np.array([(i, j) for i in range(2, 5) for j in range(4)])
    triangle = np.array([(i, j, i + 1) for i in range(4) for j in range(i + 1, 5)])
    off = np.array([(i, j) for i in range(4) for j in range(4) if i != j])
    three = np.array([(0, 1), (0, 2), (1, 2)])
    for table in (grid, triangle, three, off, grid[::-1], np.arange(0, 10, 2)[:, None]):
        places = find_places(table)
        assert places is not None
        rows = table[list(places.order)]
        group = Group("g", 0, places.loops, (), Affine(0))
        assert [[c.value(v) for c in places.columns] for v in group.places({})] == rows.tolist()
    of_three = find_places(three)
    assert of_three is not None
    assert of_three.loops[1].start == Affine(1, (("i", 1),))
    assert find_places(np.array([(0, 0), (1, 1), (1, 0)])) is None
    assert find_places(np.array([[0], [1], [3]])) is None
    assert find_places(np.array([[1], [1]])) is None


def test_a_span_knows_its_places() -> None:
    assert isinstance(condense([prefix_network(4)]).layers[0][0].terms[0].region.axes[0], Span)
