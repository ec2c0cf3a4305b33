"""Training in a real browser: live pictures, a run that stays, a cancel that keeps."""

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

SLOW = 60_000
"""Milliseconds: about 10 s on a quiet machine; the bound leaves room for tests that run beside it."""


def test_a_network_is_trained_and_its_run_opens_elsewhere(visit: Visit) -> None:
    page = visit("train")
    page.get_by_role("button", name="Start training").click(timeout=SLOW)
    expect(page).to_have_url(re.compile("job="))
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_text("Hidden states now")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("one line per architecture")).to_be_visible()
    expect(page.get_by_text("right on every held-out sequence")).to_be_visible(timeout=SLOW)
    page.reload()  # the address finds the job again
    expect(page.get_by_text("right on every held-out sequence")).to_be_visible(timeout=SLOW)
    slider = page.get_by_role("slider", name="Moment")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_text("Step 0, before training")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="State machine").click()
    expect(page).to_have_url(re.compile("machine.*run=parity-all-"))
    expect(page.locator("svg.machine g.state").first).to_be_visible()


def test_a_cancelled_training_keeps_its_best_network(visit: Visit) -> None:
    page = visit("train?learn=Dithering&preset=usual")
    page.get_by_role("button", name="Start training").click(timeout=SLOW)
    expect(page.get_by_text("Hidden states now")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")
    expect(page.get_by_text("Kept: the best network so far")).to_be_visible(timeout=SLOW)
    with page.expect_download() as download:
        page.get_by_role("button", name="Weights (.safetensors)").click()
    assert download.value.suggested_filename == "Dithering.safetensors"
