"""Every page, in both themes: axe-core finds no serious violation; nothing scrolls sideways, on a desk or a phone."""

from __future__ import annotations

import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_core import axe_script

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Visit = Callable[..., Page]

pytestmark = pytest.mark.browser

STILL = """() => !document.getAnimations().some(
  (a) => a.playState === "running" && a.effect?.getComputedTiming().endTime !== Infinity)"""
DRAWN = """() => [...document.querySelectorAll("[data-testid=stPlotlyChart]")]
  .every((chart) => chart.querySelector(".main-svg")) && !document.querySelector("[data-testid=stSkeleton]")"""
QUIET = """() => new Promise((done) => {
  let waiting = setTimeout(done, 150)
  const again = () => { clearTimeout(waiting); waiting = setTimeout(done, 150) }
  new MutationObserver(again).observe(document, { subtree: true, childList: true, attributes: true })
  setTimeout(done, 2000)
})"""
"""Resolves once nothing of the page has changed for a moment; what moves without end is not waited for."""
GO = "address => { history.pushState({}, '', address); dispatchEvent(new PopStateEvent('popstate')) }"
"""Go to a page without loading everything anew, as the browser's own Back and Forward do."""
SERIOUS = ("serious", "critical")
STREAMLITS_OWN = {
    # rule: the element of Streamlit inside which it is broken, in words of CSS
    "list": "[data-testid=stSidebarNav]",  # sections stand between the list and its items
    "listitem": "[data-testid=stSidebarNav]",
    "scrollable-region-focusable": "[data-testid=stCode]",  # a wide block of code cannot be focused
}
"""Violations that stand in markup which Streamlit writes and no page can change."""


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    try:
        return axe_script(Path(tmp_path_factory.getbasetemp().parent))
    except urllib.error.URLError as error:
        pytest.skip(f"axe-core is not here and npm cannot be reached: {error.reason}")


def settled(page: Page) -> None:
    """Wait until the page is drawn whole."""
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
    page.wait_for_function(DRAWN)  # charts come a moment after the script's end
    page.wait_for_function(STILL)  # what fades in has less contrast until it is there
    page.evaluate(QUIET)


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{rule['id']} at {node['target']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
        if rule["impact"] in SERIOUS and not is_streamlits(page, rule["id"], node["target"])
    ]


def is_streamlits(page: Page, rule: str, target: list[Any]) -> bool:
    outer, selector = STREAMLITS_OWN.get(rule), target[0]
    if outer is None or not isinstance(selector, str):  # a list leads into a shadow tree, which is ours
        return False
    return bool(page.evaluate("([s, o]) => !!document.querySelector(s)?.closest(o)", [selector, outer]))


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_every_page_is_accessible_and_none_scrolls_sideways(visit: Visit, axe: str, theme: str, width: int) -> None:
    page = visit(theme=theme, width=width)
    page.evaluate(axe)
    heading = page.get_by_role("heading", level=1).first
    expect(heading).to_be_visible()
    links = page.get_by_test_id("stSidebarNav").get_by_role("link")
    addresses: list[str] = links.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(addresses) >= 12
    found, wide = {}, []
    for address in addresses:
        if found:
            before = heading.inner_text()
            page.evaluate(GO, address)
            expect(heading).not_to_have_text(before)
        settled(page)
        found[address] = violations(page)
        if not page.get_by_test_id("stMain").evaluate("m => m.scrollWidth <= m.clientWidth + 1"):
            wide.append(address)
    assert not any(found.values()), found
    assert not wide
