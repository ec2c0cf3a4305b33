"""What a person waits for, in a real Chromium: the first useful paint, and the change to another page."""

from __future__ import annotations

import shutil
import statistics
import time
from typing import Any

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
VISITS = 3


def find_chromium() -> str | None:
    """Return where a Chromium is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def browser_seconds(server: str) -> dict[str, Any]:
    """Return the seconds to the first useful paint (the gallery's finished example) and to each page's own content.

    Pages are changed by the sidebar: first visits by themselves, of later ones the median.
    """
    path = find_chromium()
    if path is None:
        return {"not measured": "no Chromium is installed"}
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {"not measured": "Playwright is not installed: pip install playwright"}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            paints = []
            for _ in range(VISITS):
                page = chromium.new_page()  # a context of its own: nothing is cached
                clock = time.perf_counter()
                page.goto(f"http://{server}/")
                page.locator("svg.machine").first.wait_for()
                paints.append(time.perf_counter() - clock)
                page.close()
            page = chromium.new_page()
            page.goto(f"http://{server}/")
            page.locator("svg.machine").first.wait_for()
            links = page.get_by_test_id("stSidebarNav").get_by_role("link")
            titles = [text.split("\n")[-1].strip() for text in links.all_inner_texts()]  # an icon stands before each
            changes: dict[str, list[float]] = {title: [] for title in titles}
            for _ in range(1 + VISITS):
                for place in [*range(1, len(titles)), 0]:
                    clock = time.perf_counter()
                    links.nth(place).click()
                    heading = titles[place] if place else "MIPS Explorer"
                    page.get_by_role("heading", name=heading, exact=True, level=1).wait_for()
                    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
                    changes[titles[place]].append(time.perf_counter() - clock)
            version = chromium.version
        finally:
            chromium.close()
    return {
        "chromium": version,
        "first paint, first visit": round(paints[0], 3),
        "first paint, median": round(statistics.median(paints), 3),
        # A first visit also fetches what the page needs of Streamlit's scripts, and computes what is kept for the run.
        "first page change": {title: round(seconds[0], 3) for title, seconds in changes.items()},
        "page change": {title: round(statistics.median(seconds[1:]), 3) for title, seconds in changes.items()},
    }
