"""What the first visitor of a server meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mips_core.explorer_server import serve

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_link_to_a_page_opens_it_on_a_fresh_server(browser: Browser) -> None:
    with serve() as server:
        page = browser.new_page()
        page.goto(f"http://{server.address}/program?task=Div_3")
        expect(page.get_by_role("heading", name="Program", exact=True)).to_be_visible()
        page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")
        expect(page.get_by_text("Page not found")).to_have_count(0)
        page.close()
