"""The running app and a real Chromium, driven through Playwright."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mips_core.explorer_server import serve
from pages.measure.paints import FLAGS, find_chromium

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

# Pages are drawn in a second or two; on a busy machine, where several browsers share a core, in many.
sync_api.expect.set_options(timeout=30_000)

CHROMIUM = find_chromium()
Visit = Callable[..., "sync_api.Page"]
Prepare = Callable[["sync_api.Page"], object]


def _as_it_is(page: sync_api.Page) -> None:
    """Do nothing to a page before it is opened."""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Serve the app with its shipped runs on a free port."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with serve() as server:
        yield f"http://{server.address}/"


@pytest.fixture(scope="session")
def browser(address: str) -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def contexts(browser: sync_api.Browser) -> dict[str, sync_api.BrowserContext]:
    """One reader for each theme, who has been here before: Streamlit's megabytes of script are loaded once."""
    return {theme: browser.new_context(color_scheme=theme) for theme in ("light", "dark")}


@pytest.fixture
def visit(contexts: dict[str, sync_api.BrowserContext], address: str) -> Iterator[Visit]:
    """Open an address below the app; after the test, the console must have stayed free of errors."""
    pages: list[sync_api.Page] = []
    complaints: list[str] = []

    def note(message: sync_api.ConsoleMessage) -> None:
        # Streamlit's client asks for its health below each page's address before it asks at the root
        if message.type == "error" and "_stcore" not in message.location.get("url", ""):
            complaints.append(f"{message.text} ({message.location.get('url')})")

    def failed(request: sync_api.Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # what leaving a page cuts off is no failure
            complaints.append(f"failed: {request.url}")

    def start(
        path: str = "", *, width: int = 1280, theme: str = "light", prepare: Prepare = _as_it_is
    ) -> sync_api.Page:
        page = contexts[theme].new_page()
        prepare(page)
        page.set_viewport_size({"width": width, "height": 900})
        page.set_default_timeout(30_000)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", failed)
        pages.append(page)
        page.goto(address + path)
        return page

    yield start
    for page in pages:
        page.close()
    assert not complaints
