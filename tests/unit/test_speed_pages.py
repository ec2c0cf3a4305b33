"""Drawings set beside those of other tools: what counts as drawn, and the measured sections themselves."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import numpy as np
import pytest

from mips_core.benchmarks.speed import OURS, growth_views, page_runs, pages
from mips_core.benchmarks.speed.drawing_judge import Drawn, drawn_by_dot, drawn_by_plotly, drawn_by_us, judged
from mips_core.benchmarks.speed.peer_drawing import dot_svg, dot_text, edge_words, plotly_figure, step_figures
from mips_core.machines.mealy import MealyMachine
from mips_core.progress import Monitor
from mips_core.views.machine_svg import machine_svg

MACHINE = pages.random_machine(12, 3)
WORDS = edge_words(MACHINE)
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="no Graphviz")


def our_svg(machine: MealyMachine) -> str:
    return machine_svg(machine, only=list(edge_words(machine))).svg


def verdict(read: Callable[[str], Drawn], text: str) -> tuple[bool, str]:
    found = judged(read(text), WORDS, MACHINE.states, len(text))
    return found.solved, found.reason


def test_our_whole_drawing_is_found_whole() -> None:
    assert verdict(drawn_by_us, our_svg(MACHINE)) == (True, "")


def test_plotly_and_networkx_draw_the_same_machine() -> None:
    assert verdict(drawn_by_plotly, plotly_figure(WORDS)) == (True, "")


@needs_dot
def test_graphviz_draws_the_same_machine() -> None:
    assert verdict(drawn_by_dot, dot_svg(dot_text(MACHINE))) == (True, "")


def test_a_missing_state_arrow_or_word_is_noticed() -> None:
    other = pages.random_machine(11, 3)
    assert verdict(drawn_by_us, our_svg(other)) == (False, "1 states are missing")
    turned = MealyMachine((MACHINE.next_state + 1) % 12, MACHINE.output, MACHINE.symbols)
    assert not verdict(drawn_by_us, our_svg(turned))[0]
    changed = MealyMachine(MACHINE.next_state, 1 - MACHINE.output, MACHINE.symbols)
    assert "lack their words" in verdict(drawn_by_us, our_svg(changed))[1]
    dense = machine_svg(MACHINE, every_label=False).svg
    bare = dense.replace('class="label"', 'class="other"')
    assert "lack their words" in verdict(drawn_by_us, bare)[1]


def test_crossings_are_those_of_straight_arrows() -> None:
    square = {0: (0.0, 0.0), 1: (1.0, 0.0), 2: (1.0, 1.0), 3: (0.0, 1.0)}
    assert Drawn(square, {(0, 2): set(), (1, 3): set()}).crossings == 1
    assert Drawn(square, {(0, 2): set(), (2, 0): set(), (1, 3): set(), (1, 1): set()}).crossings == 1
    assert Drawn(square, {(0, 1): set(), (1, 2): set(), (2, 3): set()}).crossings == 0


def test_step_figures_mark_the_state_after_each_step() -> None:
    echo = MealyMachine(np.array([[0, 1], [0, 1]]), np.zeros((2, 2, 1), dtype=np.int64), np.array([[0], [1]]))
    figures = step_figures(echo, np.array([[1], [0], [1]]))
    assert [json.loads(text)["data"][0]["selectedpoints"] for text in figures] == [[0], [1], [0], [1]]


def test_nothing_is_kept_from_one_run_to_the_next() -> None:
    svg = pages.by_name("mips_core.views.machine_svg")
    our_svg(MACHINE)
    assert svg._layout.cache_info().currsize
    pages.forget_all()
    assert not svg._layout.cache_info().currsize


def test_the_section_draws_and_judges_everything() -> None:
    found = list(pages.compare_all(quick=True, seed=0, monitor=Monitor()))
    assert [one.case for one in found] == [
        "picture of a machine, 5 states", "picture of a machine, 10 states", "a player of 10 steps",
    ]  # fmt: skip
    for one in found:
        assert one.ours.solved, one.ours.reason
        assert one.ours.name == OURS
        assert all(peer.solved for peer in one.peers if peer.seconds is not None), one.peers
    assert all({"crossings", "kB"} <= one.ours.facts.keys() for one in found[:2])


def test_pages_are_opened_beside_an_empty_one() -> None:
    found = list(page_runs.compare_all(quick=True, seed=0, monitor=Monitor()))
    assert [one.case for one in found] == ["the page gallery", "the page tour"]
    for one in found:
        (empty,) = one.peers
        assert one.ours.solved, one.ours.reason
        assert empty.solved, empty.reason
        assert empty.name.startswith("an empty page of streamlit")


def test_growth_says_which_machines_no_page_draws_whole() -> None:
    whole, page, player = growth_views.growth(quick=True, monitor=Monitor())
    assert [point.size for point in whole.points] == [5, 10]
    assert "no page draws so large a machine whole" in whole.unmeasured
    assert [point.size for point in page.points] == [5, 100]
    assert player.axis == "steps"
