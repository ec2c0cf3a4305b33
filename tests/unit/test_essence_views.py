"""The figures of Deep Distilling on networks whose groups are known."""

from __future__ import annotations

import re
import struct
import zlib

import numpy as np
from essence_networks import life, orientation, rule

from mips_core.essence.story import common_middle
from mips_core.views.essence_code import annotated_code, line_words
from mips_core.views.essence_grids import input_svg, input_text
from mips_core.views.essence_groups import groups_html, index_rows, slots_of
from mips_core.views.essence_matrix import matrix_alt, matrix_svg, row_order
from mips_core.views.essence_neuron import number_line, number_line_words, sums_of
from mips_core.views.essence_samples import MOST_TILES, samples_html, samples_rows, subconcepts_html
from mips_core.views.essence_scaling import (
    accuracy_figure,
    kinds_of,
    of_kind,
    scaling_points,
    scaling_rows,
    size_sentences,
    sizes_of,
)
from mips_core.views.essence_selection import Lit, Selection, Shown, lit_by, read_selection
from mips_core.views.essence_space import differentia_text, space_svg
from mips_core.views.essence_words import formula_text, integers_text, neuron_words
from mips_core.views.png import png_bytes

LIFE, LINES = life(), orientation(8)


def lit(text: str, shown: Shown) -> Lit:
    selection = read_selection(text, shown)
    assert selection is not None
    return lit_by(selection, shown)


def test_a_sample_lights_its_subconcept_neurons_groups_and_lines() -> None:
    found = lit("sample-3", LINES)
    assert found.samples == {3}
    assert found.subconcepts == {3}
    assert found.in_layer(0) == set(range(24, 32))  # column 3 against each row
    assert found.in_layer(1) == {3}
    assert found.in_layer(2) == {1}
    assert found.groups == {"d0", "s0", "c1"}
    assert found.lines == {3, 4, 6}


def test_a_neuron_lights_the_two_parts_it_tells_apart() -> None:
    found = lit("neuron-0-10", LINES)  # column 1 against row 2
    assert found.subconcepts == found.samples == {1, 10}
    assert found.neurons == {(0, 10)}
    assert found.lines == {3}


def test_a_line_lights_all_neurons_that_it_replaces() -> None:
    assert lit("line-5", LINES).in_layer(1) == set(range(8, 16))
    assert lit("line-5", LINES).samples == set(range(8, 16))
    assert lit("group-d0", LINES).lines == {3}


def test_groups_of_differentiae_and_of_concepts_light_subconcepts_and_samples() -> None:
    found = lit("group-d0", LINES)
    assert found.subconcepts == found.samples == set(range(16))
    found = lit("group-c1", LINES)
    assert found.subconcepts == found.samples == set(range(8))
    assert found.neurons == {(2, 1)}
    assert lit("neuron-2-0", LIFE).subconcepts == {0, 1}
    assert len(lit("neuron-2-0", LIFE).samples) == 372


def test_addresses_of_nothing_choose_nothing() -> None:
    for text in (
        "",
        "sample",
        "sample-x",
        "sample-16",
        "neuron-0",
        "neuron-3-0",
        "neuron-0--1",
        "group-d9",
        "cat-1",
        "line-0",
        "line-8",
    ):
        assert read_selection(text, LINES) is None, text
    assert lit_by(None, LINES) == Lit()
    for text in ("sample-15", "neuron-2-1", "group-s1", "subconcept-0", "line-7"):
        chosen = read_selection(text, LINES)
        assert chosen is not None
        assert chosen.text == text


def test_long_lists_show_what_is_lit_and_say_how_many_are_left_out() -> None:
    html = samples_html(LIFE, lit("sample-511", LIFE))
    assert 'data-value="sample-511"' in html
    assert html.count("<button") <= 2 * MOST_TILES
    shown_of_0 = MOST_TILES
    assert f"and {372 - shown_of_0} more" in html
    assert len(samples_rows(LIFE)) == 512
    assert samples_rows(LIFE)[7] == {
        "sample": 7, "input": "0 0 0 / 0 0 0 / 1 1 1", "label": "1", "subconcept": "2",
    }  # fmt: skip


def test_subconcepts_have_names_and_shapes_beside_colours() -> None:
    html = subconcepts_html(LIFE, Lit())
    assert all(f'data-value="subconcept-{s}"' in html for s in range(3))
    assert "class 0, 46 samples" in html
    assert "<circle" in html
    assert "<polygon" in html


def test_the_lines_of_life_stand_between_its_parts() -> None:
    drawing = space_svg(LIFE, Lit())
    assert drawing is not None
    assert "sum of its neighbours" in drawing
    assert "the cell itself" in drawing
    assert drawing.count("<title>") == 18  # every pair of sums once
    assert differentia_text(0, LIFE) == "sum of all inputs < 2.5"
    assert differentia_text(1, LIFE) == "sum of its neighbours > 3.5"


def test_three_cells_are_a_cube_with_a_plane() -> None:
    drawing = space_svg(rule(128), Lit())
    assert drawing is not None
    assert drawing.count("<title>") == 8
    plane = re.search(r'data-value="neuron-0-0" points="([^"]*)"', drawing)
    assert plane is not None
    assert len(plane[1].split()) == 3  # one corner is cut off
    assert differentia_text(0, rule(128)) == "left + here + right < 2.5"
    assert space_svg(LINES, Lit()) is None


def test_grouped_order_sorts_by_group_and_keeps_every_neuron() -> None:
    first = LINES.network.layers[1]
    assert sorted(row_order(1, LINES, True).tolist()) == list(range(len(first.bias)))
    drawing = matrix_svg(1, LINES, grouped=True, lit=Lit(), selected=None)
    assert 'data-value="group-s1"' in drawing
    assert drawing.count('class="hit"') == 16
    assert "group-s1" not in matrix_svg(1, LINES, grouped=False, lit=Lit(), selected=None)
    assert "Groups: s0, 8:" in matrix_alt(1, LINES, grouped=True)


def test_a_chosen_row_is_framed_where_its_order_puts_it() -> None:
    chosen = Selection("neuron", (1, 15))
    drawing = matrix_svg(1, LINES, grouped=False, lit=lit_by(chosen, LINES), selected=chosen)
    assert drawing.count('class="lit"') == 1
    assert 'stroke-width="2"' in drawing


def test_a_neuron_is_told_by_its_parts_terms_and_integers() -> None:
    assert neuron_words(0, 10, LINES) == "subconcept 1 against subconcept 10: column 1 minus row 2"
    assert "row 3 of d0" in neuron_words(1, 3, LINES)
    assert neuron_words(2, 1, LINES).startswith("adds up the evidence for label 1")
    assert integers_text(1, 0, LINES) == "1 × 8, −7 × 56; bias −56"
    assert [formula_text(group, LINES) for group in LINES.groups[:2]] == [
        "sum(x[:, i]) - sum(x[j, :])",
        "(1 - h) * sum(d0[:, :]) + h * sum(d0[i, :]) + (h - h*h)",
    ]


def test_the_number_line_has_the_reachable_sums_and_the_samples() -> None:
    sums = sums_of(0, 1, LIFE)
    assert (sums.low, sums.high) == (-7, 9)
    assert sorted(set(sums.values.tolist())) == [-7, -5, -3, -1, 1, 3, 5, 7, 9]
    assert "yes 326 times, no 186 times, and ties 0 times" in number_line_words(0, 1, LIFE)
    assert "subconcept 2: −1" in number_line(0, 1, LIFE)
    assert "wins" in number_line_words(2, 0, LIFE)


def test_the_index_table_gives_each_neuron_its_place() -> None:
    rows = index_rows(LINES.groups[0], LINES)
    assert len(rows) == 64
    assert rows[10] == {"neuron": 10, "i": 1, "j": 2, "term 1": "1 * x[:, 1]", "term 2": "-1 * x[2, :]", "bias": 0}
    kinds = [slot.kind for slot in slots_of(LINES.groups[0], LINES)]
    assert kinds == ["constant", "whole", "loop", "constant", "loop", "whole", "constant"]
    assert slots_of(LINES.groups[1], LINES)[-1].kind == "formula in the sizes"
    assert 'data-value="group-s0"' in groups_html(LINES, Lit())


def test_code_lines_say_what_they_replace() -> None:
    source = "def f(x):\n    y = 0\n    d = x < 1\n    return d\n"
    html = annotated_code(source, LINES, lit("line-3", LINES))
    assert line_words(3, LINES) == "64 neurons, 4,096 weights"
    assert line_words(2, LINES) == ""
    assert html.count('class="row lit"') == 1
    assert "x &lt; " in re.sub(r"</?span[^>]*>", "", html)


def test_inputs_are_drawn_and_said() -> None:
    assert input_text(np.array([0, 1, 1])) == "0 1 1"
    assert input_text(LINES.samples.x[3]) == "8 rows of 8, 8 not 0, in rows 0 to 7, column 3"
    drawing = input_svg(np.array([[0, 2], [1, 0]]), width=60, height=60)
    assert ">2</text>" in drawing
    assert 'aria-label="0 2 / 1 0"' in drawing


def test_a_picture_of_few_colours_is_a_png_that_unpacks_to_its_pixels() -> None:
    pixels = np.array([[0, 1, 2], [2, 1, 0]], dtype=np.uint8)
    data = png_bytes(pixels, [(0, 0, 0, 0), (0, 114, 178, 255), (213, 94, 0, 128)])
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    parts, at = {}, 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + body)
        parts[kind], at = body, at + 12 + size
    assert struct.unpack(">II", parts[b"IHDR"][:8]) == (3, 2)
    assert zlib.decompress(parts[b"IDAT"]) == b"\x00\x00\x01\x02\x00\x02\x01\x00"


def test_who_cannot_take_a_size_is_said_and_drawn() -> None:
    report = {"scaling": [{"size": 6, "cases": 10, "correct": 10, "seconds": 0.1},
                          {"size": 600, "cases": 4, "correct": 4, "seconds": 0.4}]}  # fmt: skip
    tree = {"model": "decision tree", "scaling": [{"size": 6, "cases": 10, "correct": 6, "seconds": 0.01}],
            "cannot": [600]}  # fmt: skip
    points = scaling_points(report, [tree])
    assert sizes_of(points) == ["6", "600"]
    assert [row["right"] for row in scaling_rows(points)] == ["6 of 10", "10 of 10", "cannot take it", "4 of 4"]
    told = " ".join(size_sentences(points, "600"))
    assert "right on 4 of 4, 100 ms for one case" in told
    assert "cannot take it" in told
    names = [trace.name for trace in accuracy_figure(points).data]
    assert names == ["distilled code", "decision tree", "cannot take this size"]
    assert kinds_of(points) == []
    again = scaling_points({"scaling": [*report["scaling"], {**report["scaling"][1], "correct": 3}]}, [])
    assert [p.count for p in again] == ["10 of 10", "3 of 4"]


def test_kinds_of_test_inputs_are_told_apart() -> None:
    rows = [{"size": [8, 8], "cases": 4, "correct": 4 - k, "seconds": 0.1, "kind": kind, "abstained": k}
            for k, kind in enumerate(("dotted", "outline"))]  # fmt: skip
    tree = {"model": "decision tree", "scaling": rows, "cannot": [[80, 80]]}
    points = scaling_points({"scaling": rows}, [tree])
    assert kinds_of(points) == ["dotted", "outline"]
    outline = of_kind(points, "outline")
    assert [(p.who, p.count) for p in outline] == [
        ("distilled code", "3 of 4, 1 tie"),
        ("decision tree", "3 of 4, 1 tie"),
        ("decision tree", "cannot take it"),
    ]


def test_two_parts_with_a_common_middle_are_shown() -> None:
    x, y = LIFE.samples.x, LIFE.samples.y
    found = common_middle(x, tuple(np.flatnonzero(y == 0).tolist()), tuple(np.flatnonzero(y == 1).tolist()))
    assert found is not None
    one, other = (x[list(members)] for members in found)
    assert set(y[list(found[0])]) == {0}
    assert set(y[list(found[1])]) == {1}
    assert np.array_equal(one.mean(axis=0), other.mean(axis=0))
    parts = LIFE.network.subconcepts
    assert common_middle(x, parts[0].members, parts[2].members) is None  # a plane parts these
