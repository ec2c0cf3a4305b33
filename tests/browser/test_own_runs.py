"""One's own runs in a real browser: found, opened, renamed, deleted; links that reopen the same; files that run."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import xml.dom.minidom
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from made_reports import parity_report
from many_runs import many_runs

from mips_core.runs import RunStore

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

pytestmark = pytest.mark.browser
Visit = Callable[..., "sync_api.Page"]


@pytest.fixture
def store(session_home: Path) -> RunStore:
    """Return the store that the running app shows."""
    return RunStore(session_home / "runs")


def choice_of(page: sync_api.Page) -> dict[str, str]:
    """Return what the address says of the choice that all pages share."""
    found = parse_qs(urlsplit(page.url).query, keep_blank_values=True)
    return {name: found[name][0] for name in ("task", "run", "xs", "t", "state") if name in found}


def test_an_own_run_is_opened_followed_renamed_and_deleted(visit: Visit, store: RunStore) -> None:
    run = store.save(parity_report(), "browser run")
    page = visit("runs")
    page.get_by_role("button", name="browser run").click()
    page.wait_for_url(f"**own_run={run.id}**")
    page.get_by_test_id("stMain").get_by_role("link", name="Program").click()
    page.get_by_role("heading", name="Program", exact=True).wait_for()
    page.wait_for_url(f"**run={run.id}**")
    page.get_by_test_id("stSidebarNav").get_by_text("State machine", exact=True).click()
    page.get_by_role("heading", name="State machine").wait_for()
    page.wait_for_url(f"**/machine?**run={run.id}**")
    assert choice_of(page)["task"] == "Parity_All"
    page.get_by_test_id("stSidebarNav").get_by_text("Your runs", exact=True).click()
    page.get_by_label("Name", exact=True).fill("another name")
    page.get_by_label("Name", exact=True).press("Enter")
    page.get_by_text("The run is called another name now.").wait_for()
    assert store.run(run.id).name == "another name"
    page.get_by_role("button", name="Delete", exact=False).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    page.get_by_text("another name is deleted").wait_for()
    page.get_by_role("dialog").wait_for(state="detached")
    assert not run.folder.exists()
    gone = visit(f"program?run={run.id}&task=Parity_All")
    gone.get_by_text("It was deleted, or the link came from another computer.").wait_for()


def test_a_copied_link_reopens_the_same_on_another_page_too(visit: Visit, store: RunStore) -> None:
    run = store.save(parity_report(), "linked run")
    page = visit(f"machine?run={run.id}&task=Parity_All&xs=1+1+0+1&t=3&state=1")
    page.get_by_role("heading", name="State machine").wait_for()
    field = page.get_by_role("textbox", name="Input sequence").first
    field.wait_for()
    asked = {"run": run.id, "task": "Parity_All", "xs": "1 1 0 1", "t": "3", "state": "1"}
    page.wait_for_timeout(500)
    assert choice_of(page) == asked
    page.get_by_test_id("stSidebarNav").get_by_text("Lock-step", exact=True).click()
    page.wait_for_url("**/play?**")
    page.get_by_role("textbox", name="Input sequence").first.wait_for()
    page.wait_for_function("location.search.includes('state=1') && location.search.includes('t=3')")
    assert choice_of(page) == asked
    other = visit(page.url.split("/", 3)[3])
    other.get_by_role("textbox", name="Input sequence").first.wait_for()
    other.wait_for_function("location.search.includes('state=1')")
    assert choice_of(other) == asked
    assert other.get_by_role("textbox", name="Input sequence").first.input_value() == "1 1 0 1"
    store.delete(run.id)


def test_the_files_of_a_page_are_what_they_say(visit: Visit, tmp_path: Path) -> None:
    page = visit("play?task=Parity_All&xs=1+1+0")
    page.get_by_test_id("stDownloadButton").last.wait_for()
    page.get_by_text("Report (.html)").wait_for()
    found: dict[str, Path] = {}
    for label in ("Program (.py)", "Notebook (.ipynb)", "Drawing (.svg)", "Steps (.csv)", "Report (.html)"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=label).last.click()
        found[label] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(found[label])
    program = found["Program (.py)"].read_text() + "\nprint(f([1, 1, 0, 1]))\n"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[1, 0, 0, 1]\n"
    notebook = json.loads(found["Notebook (.ipynb)"].read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    subprocess.run([sys.executable, "-c", "\n".join(cells)], cwd=tmp_path, capture_output=True, check=True)
    xml.dom.minidom.parse(str(found["Drawing (.svg)"]))
    assert found["Steps (.csv)"].read_text().splitlines()[1].startswith("1,1,")
    asked: list[str] = []
    assert page.context.browser is not None
    alone = page.context.browser.new_page()
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(found["Report (.html)"].as_uri())
    assert alone.get_by_role("heading", name="Parity All").is_visible()
    assert asked == [found["Report (.html)"].as_uri()]
    alone.close()


def test_back_returns_to_the_page_of_the_list_before_and_the_chosen_run_stays(visit: Visit, store: RunStore) -> None:
    ids = many_runs(store.folder, 70)
    page = visit("runs?runs_text=no.")
    page.wait_for_url(f"**own_run={ids[-1]}**")
    page.wait_for_url("**&b=**")
    steps = page.evaluate("history.length")
    for first in (31, 61):
        page.get_by_test_id("stPaginationNext").scroll_into_view_if_needed()
        page.get_by_test_id("stPaginationNext").click()
        page.get_by_text(f"{first} to").wait_for()
        page.wait_for_url(f"**runs_page={first // 30 + 1}**")
    assert page.evaluate("history.length") == steps + 2
    assert page.get_by_label("Name", exact=True).input_value() == "Parity_All no.00069"
    page.go_back()
    page.get_by_text("31 to 60 of").wait_for()
    page.go_back()
    page.get_by_text("1 to 30 of", exact=False).wait_for()
    page.wait_for_function("!location.search.includes('runs_page')")
    page.go_forward()
    page.get_by_text("31 to 60 of").wait_for()
    assert page.get_by_label("Name", exact=True).input_value() == "Parity_All no.00069"
    for name in ids:
        shutil.rmtree(store.folder / name)


def test_back_returns_to_the_view_of_the_benchmark_before(visit: Visit) -> None:
    page = visit("benchmark")
    views = page.get_by_test_id("stMain").get_by_role("radiogroup").first
    for name in ("Speed", "Growth"):
        views.get_by_text(name, exact=True).click()
        page.wait_for_url(f"**measured={name}**")
    page.go_back()
    page.wait_for_url("**measured=Speed**")
    sync_api.expect(views.get_by_role("radio", name="Speed")).to_be_checked()
    page.go_back()
    page.wait_for_function("!location.search.includes('measured')")
    sync_api.expect(views.get_by_role("radio", name="Tasks")).to_be_checked()
