"""The program page in a real browser: change the code, see the counterexample, open it in the player, share it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    Visit = Callable[..., Page]

pytestmark = pytest.mark.browser


def editor(page: Page) -> Locator:
    """Return the field once it is there; it stands far down the page."""
    field = page.get_by_role("textbox", name="Program text")
    field.wait_for(timeout=60_000)
    return field


def test_a_newcomer_breaks_the_program_and_sees_the_counterexample(visit: Visit) -> None:
    page = visit("program?task=Parity_Last3")
    field = editor(page)
    text = field.input_value()
    assert "previous2" in text
    field.fill(text.replace("previous ^ previous2", "previous | previous2"))
    page.get_by_role("button", name="Run check").click()  # straight out of the field
    expect(page.get_by_text("It differs from the network on an input of 3 steps.")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("every shorter input was tried")).to_be_visible()
    diff = page.get_by_role("region", name="Lines taken out")
    expect(diff).to_contain_text("-")
    expect(diff).to_contain_text("+")
    link = page.url
    assert "edit=" in link
    page.get_by_role("link", name="Open in the player").click()
    expect(page.get_by_role("heading", name="Lock-step")).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile("xs=1.*t=3|t=3.*xs=1"), timeout=60_000)

    shared = visit(link.split("/", 3)[3])
    expect(editor(shared)).to_have_value(re.compile(r"previous \| previous2"))
    expect(shared.get_by_text("It has not been run")).to_be_visible()
    expect(shared.get_by_text("It differs from the network")).to_have_count(0)
    editor(shared).press("Control+Enter")
    expect(shared.get_by_text("It differs from the network on an input of 3 steps.")).to_be_visible(timeout=60_000)


def test_the_editor_indents_and_can_be_left_by_keyboard(visit: Visit) -> None:
    page = visit("program?task=Parity_All")
    field = editor(page)
    field.fill("def f(xs):")
    field.press("End")
    field.press("Enter")
    field.press_sequentially("return xs")
    expect(field).to_have_value("def f(xs):\n    return xs")
    field.press("Home")
    field.press("Tab")
    expect(field).to_have_value("def f(xs):\n        return xs")
    field.press("Shift+Tab")
    expect(field).to_have_value("def f(xs):\n    return xs")
    field.press("Escape")
    field.press("Tab")
    expect(field).not_to_be_focused()
