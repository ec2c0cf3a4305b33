"""Bring your own, in a real browser: a data file becomes a program, a network file is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mips_core.resources import asset

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Visit = Callable[..., Page]

FIRST = 20_000
"""Milliseconds that a page may take to appear, and PyTorch to be loaded, on a busy machine."""

pytestmark = pytest.mark.browser


def upload(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name="Bring your own")).to_be_visible(timeout=FIRST)
    page.locator("input[type=file]").set_input_files(str(asset("examples", name)))


def no_overflow(page: Page) -> bool:
    return bool(page.get_by_test_id("stMain").evaluate("m => m.scrollWidth <= m.clientWidth + 1"))


def test_an_uploaded_data_file_becomes_a_program(visit: Visit) -> None:
    page = visit("own")
    upload(page, "difference.csv")
    expect(page.get_by_text("200 rows of 8 steps each, 1,600 steps in all")).to_be_visible(timeout=FIRST)
    page.get_by_role("button", name="Train and distil").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=FIRST)
    expect(page).to_have_url(re.compile("job="))
    expect(page.get_by_text("outputs.append(x - previous)")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("Program and network agree on 40 held-out sequences")).to_be_visible()
    page.get_by_test_id("stMain").get_by_role("link", name="State machine").click()
    expect(page.get_by_role("heading", name="State machine")).to_be_visible(timeout=FIRST)
    expect(page).to_have_url(re.compile("run=difference-csv-"))


def test_an_uploaded_network_shows_what_was_read(visit: Visit) -> None:
    page = visit("own", width=390)
    upload(page, "rnn_same_as_before.npz")
    expect(page.get_by_text("PyTorch's RNN with tanh: 5 hidden units")).to_be_visible(timeout=FIRST)
    drawing = page.get_by_role("img", name=re.compile("One step of a recurrent network.*W_hh, 5 × 5"))
    expect(drawing).to_be_visible(timeout=FIRST)
    expect(page.get_by_role("heading", name="A check run on ten inputs")).to_be_visible(timeout=FIRST)
    expect(page.get_by_role("button", name="Distil")).to_be_enabled(timeout=FIRST)
    assert no_overflow(page)


def test_an_example_opens_with_one_click_and_a_link_brings_it_back(visit: Visit) -> None:
    page = visit("own")
    page.locator("a.card[data-value='authors_weighted_sum.npz']").click()
    expect(page.get_by_text("in the MIPS authors' layout")).to_be_visible(timeout=FIRST)
    expect(page).to_have_url(re.compile("example=authors_weighted_sum.npz"))
    field = page.get_by_role("textbox", name="Inputs that occur")
    expect(field).to_have_value("0:10")
    field.fill("0:4")
    field.press("Enter")
    expect(page).to_have_url(re.compile("own_inputs=0%3A4"))
    link = page.url
    page.close()
    again = visit(link[link.index("own?") :])
    expect(again.get_by_role("textbox", name="Inputs that occur")).to_have_value("0:4", timeout=FIRST)
    expect(again.get_by_text("--inputs 0:4")).to_be_visible()
