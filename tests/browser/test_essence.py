"""The page "Deep Distilling" in a browser: one selection in five panels, an input to paint, a broken certificate."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from slow_line import SlowLine

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    Visit = Callable[..., Page]

pytestmark = pytest.mark.browser


def test_one_selection_a_painted_input_and_a_broken_certificate(visit: Visit) -> None:
    page = visit("essence?preset=orientation")
    expect(page.get_by_text(re.compile("every layer: no mismatch")).first).to_be_visible()

    # a neuron by a click into the heat map, then a line by its number: both light up in every panel
    page.locator("rect[data-value=neuron-0-300]").click(force=True)
    expect(page.get_by_text(re.compile("Chosen: differentia neuron 300"))).to_be_visible()
    expect(page).to_have_url(re.compile("pick=neuron-0-300"))
    expect(page.locator(".card.lit")).to_have_count(2)
    expect(page.locator("tr.lit")).to_have_count(1)
    line = page.locator("[data-value=line-3]").first
    line.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Chosen: line 3 of the code")).to_be_visible()

    # cells are painted by keyboard, and both answer anew
    page.get_by_role("button", name="Clear").click()
    first = page.get_by_role("button", name="row 0, column 0", exact=True)
    first.focus()
    for _ in range(3):
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
    expect(page.locator("p", has_text="The code answers").locator("code")).to_have_text("1")
    expect(page.get_by_text("Code and network agree.")).to_be_visible()

    page.get_by_role("button", name="Change one weight").click()
    expect(page.get_by_text("The certificate is void.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The certificate is void.")).to_have_count(0)


def code_says(page: Page, text: str) -> None:
    expect(page.locator("p", has_text="The code answers").locator("code")).to_have_text(text)


def cell(page: Page, column: int, row: int = 0) -> Locator:
    return page.get_by_role("button", name=f"row {row}, column {column}", exact=True)


@pytest.fixture
def slow(visit: Visit) -> tuple[Page, SlowLine]:
    """Open the page on a line that can keep answers back, with a cleared input."""
    lines: list[SlowLine] = []
    page = visit("essence?preset=orientation", prepare=lambda page: lines.append(SlowLine(page)))
    code_says(page, "1")
    page.get_by_role("button", name="Clear").click()
    code_says(page, "None (a tie)")
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    return page, lines[0]


@pytest.mark.parametrize("told", [False, True])
def test_cells_painted_before_the_answer_to_clear_stay(slow: tuple[Page, SlowLine], told: bool) -> None:
    page, line = slow
    cell(page, 7).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("input=00000001"))
    line.keep_back()
    page.get_by_role("button", name="Clear").click()
    line.wait_for_answers(1)
    cell(page, 0).focus()
    for _ in range(3):
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
    if told:
        line.wait_for_answers(2)
    line.let_through()
    code_says(page, "1")
    expect(cell(page, 7)).to_have_attribute("aria-pressed", "false")
    for row in range(3):
        expect(cell(page, 0, row)).to_have_attribute("aria-pressed", "true")


def test_late_answers_undo_no_cell_that_was_painted_since(slow: tuple[Page, SlowLine]) -> None:
    page, line = slow
    line.keep_back()
    cell(page, 5).focus()
    page.keyboard.press("Enter")
    line.wait_for_answers(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    line.wait_for_answers(2)
    line.let_one_through()  # of the first cell only
    page.wait_for_timeout(100)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    line.wait_for_answers(2)
    line.let_through()
    code_says(page, "0")
    for column in (5, 6, 7):
        expect(cell(page, column)).to_have_attribute("aria-pressed", "true")


def test_an_address_of_before_undoes_no_paint(slow: tuple[Page, SlowLine]) -> None:
    """The browser learns of the address with the answer; what it asks until then still brings the old one."""
    page, line = slow
    line.keep_back()
    cell(page, 5).focus()
    page.keyboard.press("Enter")
    line.wait_for_answers(1)
    page.get_by_role("button", name="Last", exact=True).click()
    line.wait_for_answers(2)
    line.let_through()
    expect(page.get_by_role("button", name="Last", exact=True)).to_be_disabled()
    expect(cell(page, 5)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("input=00000100000000"))


def test_what_was_painted_is_told_before_the_next_button(slow: tuple[Page, SlowLine]) -> None:
    page, line = slow
    line.keep_back()
    cell(page, 5).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Random", exact=True).click(delay=200)  # as long as a finger stays down
    line.wait_for_questions(2)
    assert [b"strokes" in asked for asked in line.asked] == [True, False]
    line.let_through()


def test_a_page_survives_many_late_answers(slow: tuple[Page, SlowLine]) -> None:
    """Streamlit's browser side forgets large messages after a number of runs, and the server must not build on them."""
    page, line = slow
    line.keep_back()
    for count in range(1, 7):
        page.get_by_role("button", name="Random", exact=True).click()
        line.wait_for_answers(count)
    line.let_through()
    page.get_by_role("button", name="Clear").click()
    code_says(page, "None (a tie)")
