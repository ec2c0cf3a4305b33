"""The page "Curves" in a browser: a feature, a number of segments and a row are chosen; a table of one's own."""

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


def sideways(page: Page) -> list[str]:
    """Return what reaches beyond the window's right edge, but for code, which scrolls by itself."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".stMain *")].filter((each) => !each.closest(".stCode")
             && each.getBoundingClientRect().right > innerWidth + 1).map((each) => each.outerHTML.slice(0, 80))"""
    )
    return found


def test_a_feature_segments_and_a_row_are_chosen_and_live_in_the_address(visit: Visit) -> None:
    page = visit("curves?dataset=app-search")
    expect(page.get_by_text("Distilled: NDCG@5")).to_be_visible()

    page.get_by_role("button", name=re.compile("^price .*From 0")).click()
    expect(page).to_have_url(re.compile("feature=price"))
    expect(page.get_by_role("button", name=re.compile("^price .*From 0"))).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("slider", name=re.compile("Knot 1 of")).first).to_be_visible()

    # a column of the chart, by keyboard: every curve is fitted with one segment
    column = page.get_by_role("button", name=re.compile("^1 segment: NDCG@5 free")).first
    column.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("segments=1"))
    expect(page.get_by_role("button", name=re.compile("^price .* 1 segment"))).to_be_visible()
    expect(page.get_by_text("mips curves app-search --segments 1 --json")).to_be_visible()

    page.locator("[data-value^=row-]").nth(2).get_by_role("button").click()
    expect(page).to_have_url(re.compile("case="))
    expect(page.locator("tr[aria-selected=true]")).to_have_count(1)
    expect(page.get_by_text("the sum of all above")).to_be_visible()


def test_a_table_of_ones_own_is_distilled_while_one_waits(visit: Visit) -> None:
    page = visit("curves?dataset=own")
    rows = "\n".join(f"{n % 23},{'ab'[n % 2]},{min(n % 23, 9) + n % 2}" for n in range(200))
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": f"width,kind,price\n{rows}\nwide,a,1\n".encode()}
    )
    expect(page.get_by_text("200 usable rows, 2 features.")).to_be_visible()
    expect(page.get_by_text(re.compile("Rows that cannot be used"))).to_be_visible()
    page.get_by_role("button", name="Distil these data").click()
    expect(page.get_by_text("Distilled: RMSE")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("button", name=re.compile("^width .*From 0 to 22"))).to_be_visible()

    # The chart is computed while the page is used: a click into it counts at once. It is drawn anew as points come, so
    # finding a place and clicking there is one step here.
    page.get_by_role("button", name=re.compile("^1 segment: RMSE")).first.dispatch_event("click")
    expect(page.get_by_text("All curves have at most 1 segment.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^width .* 1 segment"))).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_reaches_beyond_a_narrow_window(visit: Visit, theme: str) -> None:
    page = visit("curves?dataset=diabetes", width=390, theme=theme)
    expect(page.get_by_text("Take it with you")).to_be_visible()
    expect(page.get_by_text("the sum of all above")).to_be_visible()
    assert sideways(page) == []
