"""The page "Deep Distilling" in a browser: one selection in five panels, an input to paint, a broken certificate."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

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
