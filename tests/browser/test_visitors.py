"""Two visitors of one public server: each has their own, what is shared is seen, and taken back again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from made_reports import parity_report

from mips_core.explorer_server import serve
from mips_core.hosting import COOKIE, visitor_of
from mips_core.runs import RunStore

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser


def store_of(context: BrowserContext) -> RunStore:
    secret = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == COOKIE)
    return RunStore(visitor_of(secret).home / "runs")


def test_visitors_see_their_own_and_what_is_shared_with_them(browser: Browser, own_home: Path) -> None:
    with serve(public=True) as server:
        address = f"http://{server.address}/"
        mine, other = browser.new_context(), browser.new_context()
        page, stranger = mine.new_page(), other.new_page()
        page.goto(f"{address}runs")
        expect(page.get_by_text("You have no runs of your own yet.")).to_be_visible()
        run = store_of(mine).save(parity_report(), "my secret run")
        assert run.folder.is_relative_to(own_home / "visitors")
        page.reload()
        page.get_by_role("button", name="Share").click()
        link = page.get_by_test_id("stCode").filter(has_text="shared.").inner_text().strip()
        assert link.startswith(f"{address}program?")

        stranger.goto(f"{address}program?run={run.id}")
        expect(stranger.get_by_text("It was deleted, or the link came from another computer.")).to_be_visible()
        stranger.goto(link)
        expect(stranger.get_by_test_id("stSidebar").get_by_text("my secret run")).to_be_visible()

        page.get_by_role("button", name="Stop sharing").click()
        expect(page.get_by_text("is not shared any more")).to_be_visible()
        stranger.goto(link)
        expect(stranger.get_by_text("This run is not shared any more")).to_be_visible()
        mine.close()
        other.close()
