"""Choosing hidden states in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

Visit = Callable[..., "sync_api.Page"]


def test_a_click_on_a_point_lists_it_and_lights_its_state_everywhere(visit: Visit) -> None:
    page = visit("states?task=Parity_Last3")
    chart = page.get_by_test_id("stPlotlyChart").first
    point = chart.locator(".scatterlayer .trace .point").nth(200)
    point.wait_for(state="attached", timeout=60_000)
    box = point.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_text("The point that you chose")).to_be_visible(timeout=20_000)
    pressed = page.locator(".strip button[aria-pressed=true]")
    expect(pressed).to_have_count(1, timeout=20_000)
    expect(page).to_have_url(re.compile(r"points=\d+.*state=\d"), timeout=20_000)

    other = page.locator(".strip button[aria-pressed=false]").first  # by keyboard
    other.focus()
    other.press("Enter")
    expect(page.get_by_text(re.compile("hidden states of S"))).to_be_visible(timeout=20_000)
    expect(page).not_to_have_url(re.compile("points="), timeout=20_000)
    page.locator(".st-key-clear_points button").click()
    expect(page.get_by_text("The first hidden state of each state")).to_be_visible(timeout=20_000)
