"""Failures of a shipped run in a real browser: seen, shrunk, opened in the player."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]


def test_a_failure_is_shrunk_and_opened_in_lock_step(visit: Visit) -> None:
    page = visit("compare?task=half_trained")
    expect(page.get_by_role("heading", name="Compare and failures")).to_be_visible(timeout=30_000)
    cell = page.get_by_role("button", name=re.compile("Open the first difference between data and network")).first
    expect(cell).to_be_visible(timeout=30_000)
    expect(page.get_by_text("not learnt").first).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Shrink").first.click()
    expect(page.get_by_text("After shrinking")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile("shrunk=not_learnt"))
    cell.focus()
    cell.press("Enter")
    expect(page.get_by_role("heading", name="Lock-step")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile(r"/play\?.*task=half_trained"))
    expect(page).to_have_url(re.compile(r"[?&]t=[1-9]"))
