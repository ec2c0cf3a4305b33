"""The page on the state machine in a real browser: its drawings are moved, enlarged and walked, a batch row played."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    Visit = Callable[..., Page]

pytestmark = pytest.mark.browser


def seen(drawing: Locator) -> tuple[float, ...]:
    """Return what part of the drawing is seen: left, top, width and height."""
    return tuple(float(v) for v in (drawing.get_attribute("viewBox") or "").split())


def test_drawings_are_moved_enlarged_and_walked_by_keyboard(visit: Visit) -> None:
    page = visit("machine?task=Parity_Last4&form=raw")
    canvas = page.locator(".machine-canvas .canvas").first
    drawing = canvas.locator("svg.machine")
    drawing.wait_for(timeout=60_000)  # the first page of a server that is busy elsewhere
    canvas.scroll_into_view_if_needed()
    whole = seen(drawing)

    canvas.focus()
    for _ in range(4):
        page.keyboard.press("+")
    closer = seen(drawing)
    assert closer[2] < 0.5 * whole[2]
    page.keyboard.press("ArrowRight")
    assert seen(drawing)[0] > closer[0]

    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = seen(drawing)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 30, steps=4)
    page.mouse.up()
    moved = seen(drawing)
    assert moved[:2] != before[:2]
    assert "state=" not in page.url  # the end of a drag is no click

    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    assert seen(drawing)[2] < moved[2]

    # A choice by keyboard runs the page again; what was seen stays, and the other drawing marks the same state.
    minimal = page.locator(".machine-canvas .canvas").nth(1)
    kept = seen(drawing)
    state = minimal.locator("g.state[data-value='3']")
    state.focus()
    expect(canvas.locator("g.state.kin").first).to_be_attached()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("state=3"))
    expect(minimal.locator("g.state[data-value='3'][aria-pressed=true]")).to_be_attached()
    assert seen(drawing) == kept
    page.emulate_media(color_scheme="dark")
    expect(page.locator(".stApp")).to_have_css("color-scheme", "dark")
    assert seen(drawing) == kept

    page.get_by_role("button", name="Show all").first.click()
    assert seen(drawing)[2] == pytest.approx(whole[2], rel=0.02)


def test_two_fingers_enlarge_and_one_finger_scrolls(visit: Visit) -> None:
    page = visit("machine?task=Parity_Last4&form=moore", width=390)
    canvas = page.locator(".machine-canvas .canvas").first
    drawing = canvas.locator("svg.machine")
    drawing.wait_for(timeout=60_000)  # the first page of a server that is busy elsewhere
    before = seen(drawing)
    taken = canvas.evaluate(
        """(canvas, apart) => {
          const box = canvas.getBoundingClientRect()
          const fire = (name, points) => {
            const touches = points.map(([x, y], i) => new Touch({
              identifier: i, target: canvas, clientX: box.left + x, clientY: box.top + y }))
            return !canvas.dispatchEvent(new TouchEvent(name, { touches, bubbles: true, cancelable: true }))
          }
          const one = fire("touchstart", [[90, 80]]) || fire("touchmove", [[90, 140]])
          const two = fire("touchstart", [[90, 80], [130, 80]]) && fire("touchmove", [[60, 80], [160, 80]])
          fire("touchend", [])
          return { one, two }
        }"""
    )
    assert taken == {"one": False, "two": True}
    assert seen(drawing)[2] < before[2]


def test_a_row_of_a_batch_is_played(visit: Visit) -> None:
    page = visit("machine?task=Parity_All&batch=1%200%201%0A0%201%201%200")
    page.get_by_role("button", name="Play line 2").click()
    page.get_by_role("heading", name="Lock-step").wait_for()
    expect(page.get_by_role("textbox", name="Input sequence")).to_have_value("0 1 1 0")
    expect(page).to_have_url(re.compile("task=Parity_All.*xs=0.1.1.0"))


def test_a_state_is_found_by_the_inputs_that_lead_there(visit: Visit) -> None:
    page = visit("machine?task=Parity_Last4")
    field = page.get_by_role("textbox", name="Find a state")
    field.fill("1 0 1")
    field.press("Enter")
    page.get_by_text("1 0 1 leads to").wait_for()
    expect(page.locator("svg.machine g.state.selected")).to_have_count(1)
    expect(page).to_have_url(re.compile("state="))
