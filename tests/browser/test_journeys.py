"""What a person does in the explorer, from the gallery to an own sequence."""

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


def luminance(colour: str) -> float:
    """Return the relative luminance of a CSS colour like rgb(1, 2, 3), as WCAG defines it."""
    parts = [int(float(v)) / 255 for v in re.findall(r"[\d.]+", colour)[:3]]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_gallery_shows_a_finished_distillation_at_once(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_text("A finished example")).to_be_visible()
    expect(page.get_by_text("agree on 4,096 held-out sequences").first).to_be_visible()
    expect(page.get_by_text("def f(xs):").first).to_be_visible()
    expect(page.locator("svg.machine").first).to_be_visible()


def test_a_newcomer_goes_from_a_card_to_the_machine_and_plays_an_own_sequence(visit: Visit) -> None:
    page = visit()
    page.locator("a.card[data-value=Parity_Last3]").click()
    expect(page.get_by_role("heading", name="State machine")).to_be_visible()
    expect(page).to_have_url(re.compile("task=Parity_Last3"))
    state = page.locator("svg.machine g.state[data-value='3']").first
    state.click()
    expect(page).to_have_url(re.compile(r"[?&]state=3"))

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Lock-step").click()
    page.locator(".player").wait_for()
    expect(page.locator("svg.machine g.state[data-value='3']").first).to_have_attribute("aria-pressed", "true")
    field = page.get_by_role("textbox", name="Input sequence")
    field.fill("1 1 0 1 0")
    field.press("Enter")
    expect(page.locator(".lockstep .count")).to_have_text("step 0 of 5")
    page.locator(".lockstep select").select_option("10")
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".lockstep .status")).to_have_text("End of the sequence: all four agree.")
    expect(page).to_have_url(re.compile(r"task=Parity_Last3.*xs=1.1.0.1.0"))

    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Gallery").click()
    page.locator("a.card[data-value=Add_Mod_3]").click()  # another card forgets the selection of the first
    expect(page).to_have_url(re.compile("task=Add_Mod_3"))
    expect(page).not_to_have_url(re.compile("state=3"))


def test_the_counterexample_opens_from_the_program(visit: Visit) -> None:
    page = visit("program?task=Dithering")
    page.get_by_role("link", name="Open it in the player").click()
    expect(page.get_by_role("heading", name="Lock-step")).to_be_visible()
    expect(page.locator(".player")).to_contain_text("differs")


def test_a_link_brings_task_sequence_and_step(visit: Visit) -> None:
    page = visit("compare?task=Binary_Addition&xs=1;1%200;1%200;0&t=2")
    expect(page.get_by_text("step 2 of 3").first).to_be_visible(timeout=30_000)
    page.reload()
    expect(page.get_by_text("step 2 of 3").first).to_be_visible(timeout=30_000)
    expect(page.get_by_role("textbox", name="Input sequence")).to_have_value("1;1 0;1 0;0")


def test_a_row_of_the_benchmark_opens_its_program(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_text("A finished example")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Benchmark").click()
    page.locator(".bench").wait_for()
    expect(page.locator(".bench tbody tr")).to_have_count(62)
    page.get_by_role("textbox", name="Search").fill("div 7")
    expect(page.locator(".bench tbody tr")).to_have_count(1)
    page.locator(".bench tr[data-value=Div_7] td.program").click()
    expect(page.get_by_role("heading", name="Program", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("task=Div_7"))


def test_an_unknown_task_leads_back_to_the_gallery(visit: Visit) -> None:
    page = visit("program?task=No_Such_Task")
    expect(page.get_by_text("There is no finished run called 'No_Such_Task'.")).to_be_visible()
    page.get_by_text("Choose one in the gallery").click()
    expect(page.get_by_text("A finished example")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_can_be_read(visit: Visit, theme: str) -> None:
    page = visit(theme=theme)
    card = page.locator("a.card").first
    expect(card).to_be_visible()
    ground = page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (luminance(ground) < 0.5) == (theme == "dark")
    for part in ("h3", ".text", ".word"):
        colour = card.locator(part).first.evaluate("e => getComputedStyle(e).color")
        assert contrast(colour, ground) > 4.5
    label = page.locator("svg.machine g.state text").first.evaluate("e => getComputedStyle(e).fill")
    assert contrast(label, ground) > 4.5


def test_the_mathematics_is_drawn_and_not_shown_as_source(visit: Visit) -> None:
    for task in ("Parity_Last3", "Newton_Freebody", "Base_3_Addition"):
        page = visit(f"program?task={task}")
        expect(page.locator(".katex .mtable").first).to_be_visible()
        expect(page.locator(".katex-error")).to_have_count(0)
        page.close()
