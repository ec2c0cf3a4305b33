"""The page "Proof" in a real browser: a certificate is checked, the set grows, a counterexample opens in the player."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]


def test_a_certificate_is_checked_by_a_job_and_the_set_grows_with_the_slider(visit: Visit) -> None:
    page = visit("proof?task=Parity_All&depth=1")
    expect(page.get_by_role("heading", name="Proof", exact=True)).to_be_visible(timeout=30_000)
    expect(page.get_by_text(re.compile("The walk goes on"))).to_be_visible(timeout=30_000)
    slider = page.get_by_role("slider", name="Steps of the walk")
    slider.focus()
    slider.press("End")
    expect(page.get_by_text(re.compile("^Closed"))).to_be_visible()
    page.get_by_role("button", name="Check the certificate here").last.click()
    expect(page.get_by_text(re.compile("Accepted in"))).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile(r"[?&]job="))


def test_the_shortest_counterexample_opens_in_lock_step_at_its_last_step(visit: Visit) -> None:
    page = visit("proof?task=Min_Seen", theme="dark", width=390)
    expect(page.get_by_text(re.compile("wrong on this one of 11 steps"))).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Open in lock-step").first.click()
    expect(page.get_by_role("heading", name="Lock-step")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile(r"/play\?.*t=11"))
