"""Layout and drawing of machines: nothing overlaps, nothing is cut, everything is named."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mips_core.machines.mealy import MealyMachine
from mips_core.tasks import Vocabulary
from mips_core.views.labels import arrow_labels, label_lines
from mips_core.views.machine_geometry import draw
from mips_core.views.machine_layout import RADIUS, layout, score
from mips_core.views.machine_svg import MOST_STATES, machine_svg
from mips_core.views.machine_thumbnail import thumbnail_svg
from mips_core.views.tables import shortest_prefix, transition_columns

SVG = "{http://www.w3.org/2000/svg}"
PARITY = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))


def counter(states: int) -> MealyMachine:
    now = np.arange(states)[:, None]
    return MealyMachine((now + np.array([0, 1])) % states, np.repeat(now, 2, axis=1)[:, :, None], np.array([[0], [1]]))


@st.composite
def machines(draw_value: st.DrawFn, most: int = 12) -> MealyMachine:
    states = draw_value(st.integers(1, most))
    symbols = draw_value(st.integers(1, 3))
    rng = np.random.default_rng(draw_value(st.integers(0, 2**32 - 1)))
    return MealyMachine(
        rng.integers(0, states, (states, symbols)), rng.integers(-9, 10, (states, symbols, 1)),
        np.arange(symbols)[:, None], int(rng.integers(states)),
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(machines())
def test_states_keep_their_distance_and_the_frame_holds_everything(machine: MealyMachine) -> None:
    labels = arrow_labels(machine)
    places = layout(machine.states, list(labels), machine.start_state)
    assert places.shape == (machine.states, 2)
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2) + np.eye(machine.states) * 1e9
    assert gaps.min() > 2 * RADIUS
    drawing = draw(places, labels, machine.start_state)
    left, top, width, height = drawing.frame
    for x, y in places:
        assert left <= x - RADIUS
        assert x + RADIUS <= left + width
        assert top <= y - RADIUS
        assert y + RADIUS <= top + height
    for arrow in drawing.arrows:
        x, y, wide, high = arrow.box
        assert left <= x - wide / 2
        assert x + wide / 2 <= left + width
        assert top <= y - high / 2
        assert y + high / 2 <= top + height


@settings(max_examples=20, deadline=None)
@given(machines())
def test_the_same_machine_gets_the_same_well_formed_picture(machine: MealyMachine) -> None:
    picture = machine_svg(machine, current=0, clickable=True)
    assert picture == machine_svg(machine, current=0, clickable=True)
    root = ET.fromstring(picture.svg)
    states = [g for g in root.iter(f"{SVG}g") if g.get("class") == "state"]
    assert [g.get("data-value") for g in states] == [str(s) for s in range(machine.states)]
    assert all(g.get("tabindex") == "0" and g.get("role") == "button" for g in states)


def test_a_chain_is_drawn_without_crossings() -> None:
    links = np.array([[i, i + 1] for i in range(7)])
    assert score(layout(8, [(i, i + 1) for i in range(7)]), links) == 0


def test_parallel_arrows_are_merged_and_long_labels_say_what_they_leave_out() -> None:
    machine = MealyMachine(np.zeros((1, 10), dtype=int), np.arange(10)[None, :, None], np.arange(10)[:, None])
    assert arrow_labels(machine) == {(0, 0): ("0/0", "1/1", "2/2", "+ 7 more")}
    assert label_lines(np.arange(10)[:, None], np.zeros((10, 1), dtype=int)) == ("0–9/0",)
    assert label_lines(np.array([[0, 1], [1, 1]]), np.array([[1, 0], [1, 0]])) == ("0;1, 1;1/1;0",)


def test_the_current_arrow_is_drawn_last_and_thick() -> None:
    svg = machine_svg(PARITY, current=1, edge=(0, 1)).svg
    assert svg.count('stroke-width="3"') == 1
    assert "is now in S1" in svg


def test_more_states_than_can_be_read_give_a_neighbourhood() -> None:
    picture = machine_svg(counter(MOST_STATES + 1), current=7)
    assert "a picture of more than 40 cannot be read" in picture.note
    assert 'aria-label="state S8"' in picture.svg
    assert 'aria-label="state S6"' in picture.svg
    assert 'aria-label="state S20"' not in picture.svg
    assert "cannot be read" not in machine_svg(counter(MOST_STATES)).note


def test_a_dense_machine_labels_the_chosen_state_only() -> None:
    full = MealyMachine(np.tile(np.arange(6), (6, 1)), np.zeros((6, 6, 1), dtype=int), np.arange(6)[:, None])
    picture = machine_svg(full, current=2)
    assert "Labels stand on the arrows that leave S2" in picture.note
    assert sum(1 for text in ET.fromstring(picture.svg).iter(f"{SVG}tspan")) == 6


def test_thumbnails_are_small_and_well_formed() -> None:
    for machine in (PARITY, counter(1), counter(200)):
        svg = thumbnail_svg(machine)
        ET.fromstring(svg)
        assert len(svg) < 6000


def test_wide_tables_get_a_row_for_each_transition() -> None:
    wide = MealyMachine(np.zeros((1, 13), dtype=int), np.arange(13)[None, :, None], np.arange(13)[:, None])
    table = transition_columns(wide, current=0)
    assert list(table) == ["now", "state", "input", "next state", "output"]
    assert len(table["state"]) == 13


@pytest.mark.parametrize(("state", "prefix"), [(0, ""), (2, "1 1"), (4, "1 1 1 1")])
def test_shortest_prefixes(state: int, prefix: str) -> None:
    assert shortest_prefix(counter(5), state) == prefix


def test_unreachable_states_have_no_prefix() -> None:
    machine = MealyMachine(np.array([[0], [0]]), np.zeros((2, 1, 1), dtype=int), np.array([[0]]))
    assert shortest_prefix(machine, 1) is None


def _protocol(observed: np.ndarray | None) -> MealyMachine:
    words = Vocabulary.of(["ACK+PSH(FRESH,CURRENT,1)", "CLOSE", "SYN"]), Vocabulary.of(["OK", "TIMEOUT"])
    following, said = np.array([[0, 0, 1], [0, 1, 1]]), np.array([[[1], [1], [0]], [[1], [0], [0]]])
    return MealyMachine(following, said, np.arange(3)[:, None], 0, observed, words[:1], words[1:])


def test_arrows_show_words_and_cut_long_ones() -> None:
    labels = arrow_labels(_protocol(None))
    assert labels[0, 1] == ("SYN/OK",)
    assert labels[0, 0] == ("ACK+PSH(FRESH…, CLOSE/TIMEOUT",)
    assert transition_columns(_protocol(None))["input SYN"] == ["S1 / OK", "S1 / OK"]
    assert "stroke-dasharray" not in machine_svg(_protocol(None)).svg


def test_a_drawing_with_many_words_asks_for_the_whole_width_and_words_stay_readable() -> None:
    states = 10
    words = Vocabulary.of([f"request-{i}" for i in range(4)]), Vocabulary.of([f"answer-{i}" for i in range(4)])
    following = (np.arange(states)[:, None] + np.arange(4)) % states
    said = np.broadcast_to(np.arange(4)[None, :, None], (states, 4, 1)).copy()
    talking = MealyMachine(following, said, np.arange(4)[:, None], 0, None, words[:1], words[1:])
    assert machine_svg(talking).wide
    assert not machine_svg(counter(3)).wide
    drawn = ET.fromstring(machine_svg(talking).svg)
    least = float(drawn.attrib["style"].split("--readable:")[1].removesuffix("px"))
    assert 12.5 * least / float(drawn.attrib["viewBox"].split()[2]) >= 9.95  # px of the letters where it is smallest


def test_what_was_never_observed_is_marked() -> None:
    machine = _protocol(np.array([[True, False, False], [True, True, True]]))
    labels = arrow_labels(machine)
    assert labels[0, 0] == ("ACK+PSH(FRESH…/TIMEOUT",)
    assert labels[0, 1] == ("SYN/OK ?",)
    picture = machine_svg(machine)
    assert picture.svg.count("stroke-dasharray") == 1
    assert "no recorded sequence takes them" in picture.note
    assert transition_columns(machine)["input SYN"] == ["S1 / OK ?", "S1 / OK"]


def test_no_two_states_of_a_large_machine_touch() -> None:
    rng = np.random.default_rng(3)
    edges = [(s, int(t)) for s in range(36) for t in {(s + 1) % 36, int(rng.integers(36))}]
    places = layout(36, edges)
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert gaps[np.triu_indices(36, 1)].min() > 2 * RADIUS + 8
