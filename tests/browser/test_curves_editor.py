"""The curve editor in a real browser: knots are dragged, nudged, deleted and typed, code is applied, all is undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from mips_core.curves.curve import PWLCurve
from mips_core.curves.transforms import TRANSFORMS
from mips_core.resources import asset

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = sync_api.expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    Visit = Callable[..., Page]

pytestmark = pytest.mark.browser

LONG = 120_000
"""Milliseconds that a busy machine may need for the page's first paint."""


def open_editor(visit: Visit) -> Page:
    page = visit("curves?dataset=diabetes&feature=bmi")
    knots(page).first.wait_for(timeout=LONG)
    expect(page.get_by_text("Fitting all curves")).to_have_count(0, timeout=LONG)  # what stands above has its height
    expect(strip(page)).to_contain_text("nothing is edited")
    return page


def knots(page: Page) -> Locator:
    return page.get_by_role("slider", name=re.compile(r"Knot \d+ of"))


def strip(page: Page) -> Locator:
    return page.locator(".edit-strip")


def places(page: Page) -> list[str]:
    """Return where the knots stand, in words."""
    return [str(knot.get_attribute("aria-valuetext")) for knot in knots(page).all()]


def last_edit(page: Page, words: str) -> None:
    expect(page.get_by_text(re.compile(f"Last edit: .*{words}"))).to_be_visible()


def nothing_edited(page: Page, before: list[str]) -> None:
    expect(strip(page)).to_contain_text("nothing is edited")
    expect(knots(page)).to_have_count(len(before))
    expect(knots(page).nth(1)).to_have_attribute("aria-valuetext", before[1])
    assert places(page) == before


def drag(page: Page, knot: Locator, right: float, up: float) -> None:
    """Drag a knot by pixels; again where the page moved under the pointer."""
    before = knot.get_attribute("aria-valuetext")
    for _ in range(4):
        knot.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        box = knot.locator(".hit").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + right / 2, y - up / 2)
        page.mouse.move(x + right, y - up)
        page.mouse.up()
        if knot.get_attribute("aria-valuetext") != before:
            return
    pytest.fail("the knot did not follow the pointer")


def test_a_knot_is_dragged_and_the_measures_follow_until_it_is_undone(visit: Visit) -> None:
    page = open_editor(visit)
    before = places(page)
    drag(page, knots(page).nth(1), 4, 60)
    expect(strip(page)).to_contain_text("by the last edit")
    last_edit(page, "bmi: knot")
    expect(page).to_have_url(re.compile("curve_edit="))
    assert places(page)[2:] == before[2:]

    # far beyond its neighbour it stops before it
    drag(page, knots(page).nth(1), 900, 0)
    last_edit(page, "bmi: knot")
    xs = [float(re.findall(r"bmi ([\d.]+)", place)[0]) for place in places(page)]
    assert xs == sorted(xs)
    assert len(set(xs)) == len(xs)

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 edits, in order")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    nothing_edited(page, before)
    expect(page).not_to_have_url(re.compile("curve_edit="))


def test_everything_is_done_by_keyboard_with_the_focus_kept(visit: Visit) -> None:
    page = open_editor(visit)
    before = places(page)
    knots(page).nth(1).focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    expect(strip(page)).to_contain_text("by the last edit")
    expect(knots(page).nth(1)).to_be_focused()
    page.keyboard.press("Insert")
    expect(knots(page)).to_have_count(len(before) + 1)
    last_edit(page, "added")
    expect(knots(page).nth(2)).to_be_focused()
    page.keyboard.press("Delete")
    expect(knots(page)).to_have_count(len(before))
    last_edit(page, "deleted")
    expect(knots(page).nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="score of knot 3")).to_be_focused()
    knots(page).nth(2).focus()
    for number in (2, 1):
        page.keyboard.press("Control+z")
        expect(page.get_by_text(f"{number} edit{'s' * (number > 1)}, in order")).to_be_visible()
    page.keyboard.press("Control+z")
    nothing_edited(page, before)


def test_scale_direction_and_segments_are_chosen_and_edits_that_follow_at_once_stay(visit: Visit) -> None:
    page = open_editor(visit)
    before = places(page)
    page.get_by_label("Scale of x").select_option("log")
    last_edit(page, "scale of x is logarithm")
    page.get_by_label("Direction").select_option("increasing")
    last_edit(page, "only up")
    facts = page.get_by_text(re.compile(r"^\d segments?; the curve rises everywhere"))
    expect(facts).to_be_visible()
    segments = int(facts.inner_text()[0])
    expect(knots(page)).to_have_count(segments + 1)
    page.get_by_role("button", name="One segment less").click()
    last_edit(page, f"fitted again with {segments - 1} segment")
    expect(knots(page)).to_have_count(segments)
    count = segments

    # a knot is added and moved before the page has answered: nothing undoes either
    knots(page).first.focus()
    page.keyboard.press("Insert")
    page.get_by_role("button", name="Add a knot").click()
    page.get_by_role("button", name="Add a knot").click()
    expect(knots(page)).to_have_count(count + 3)
    page.get_by_role("textbox", name="score of knot 2").fill("-20.25")
    page.keyboard.press("Enter")
    last_edit(page, "-20.25")
    page.wait_for_timeout(1000)
    expect(knots(page)).to_have_count(count + 3)
    expect(page.get_by_text(re.compile("Last edit: .*-20.25"))).to_be_visible()
    page.get_by_role("button", name="Reset all").click()
    last_edit(page, "back to the distilled model")
    expect(knots(page)).to_have_count(len(before))
    assert places(page) == before


def test_the_table_takes_numbers_and_names_what_is_none(visit: Visit) -> None:
    page = open_editor(visit)
    before = places(page)
    field = page.get_by_role("textbox", name="x of knot 2")
    old = field.input_value()
    fault = page.locator(".curve-editor .faults")
    options = page.locator(".curve-editor .options")
    where = "e => [e.offsetLeft - e.parentNode.offsetLeft, e.offsetTop - e.parentNode.offsetTop]"
    beside = options.evaluate(where)
    for wrong, words in (("99999", "Row 2: 99999 is not below"), ("abc", "“abc” is no number"), ("", "is missing")):
        field.fill(wrong)
        expect(fault).to_contain_text(words)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator('.curve-editor input[aria-invalid="true"]')).to_have_count(1)
        assert options.evaluate(where) == beside
        assert places(page) == before
    field.press("Escape")
    expect(field).to_have_value(old)
    expect(fault).to_be_empty()
    expect(strip(page)).to_contain_text("nothing is edited")

    page.get_by_role("textbox", name="score of knot 2").fill("12.5")
    page.keyboard.press("Enter")
    last_edit(page, r"moved to \([\d.]+, 12.5\)")
    expect(knots(page).nth(1)).to_have_attribute("aria-valuetext", re.compile("score 12.5$"))
    page.get_by_role("button", name="Delete knot 1").click()
    expect(knots(page)).to_have_count(len(before) - 1)
    last_edit(page, "deleted")
    page.get_by_role("button", name="Reset this feature").click()
    last_edit(page, "back to the distilled curve")
    expect(knots(page)).to_have_count(len(before))
    assert places(page) == before


def test_code_is_applied_and_an_error_shows_its_line(visit: Visit) -> None:
    page = open_editor(visit)
    area = page.get_by_role("textbox", name="Code of the model")
    text = area.input_value()
    found = re.search(r"BIAS = \S+", text)
    assert found is not None
    area.fill(text.replace(found[0], "BIAS = max(1, 2)"))
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("This text is not the model's")).to_be_visible()
    line = text[: found.start()].count("\n") + 1
    expect(page.get_by_text(re.compile(f"Line {line}, column"))).to_be_visible()
    expect(strip(page)).to_contain_text("nothing is edited")
    area.fill(text.replace(found[0], "BIAS = 10"))
    area.press("Control+Enter")
    last_edit(page, "In the code: the bias is 10")
    expect(strip(page)).to_contain_text("worse by the last edit")
    expect(page.get_by_text("This text is not the model's")).to_have_count(0)
    expect(page.get_by_role("region", name="Lines taken out")).to_contain_text("BIAS = 10")
    page.get_by_role("button", name="Undo").click()
    expect(area).to_have_value(text)


def curves(count: int) -> list[tuple[PWLCurve, list[float]]]:
    """Return random curves of every scale, and places at which they are asked."""
    random = np.random.default_rng(5)
    made = []
    for number in range(count):
        fx = list(TRANSFORMS)[number % 4]
        size = 2 + number % 5
        xs = np.sort(random.lognormal(1, 1.5, size)) * (1 if fx in ("log", "log1p") else random.choice([-1, 1], size))
        points = zip(np.sort(xs).tolist(), random.normal(0, 10, size).tolist(), strict=True)
        curve = PWLCurve(points, fx, "linear" if number % 3 == 0 else "flat")
        made.append((curve, [*curve.xs, *random.uniform(curve.xs[0] - 1, curve.xs[-1] + 1, 12).tolist()]))
    return made


def test_the_browser_calculates_as_the_core_does(browser: sync_api.Browser) -> None:
    script = "\n".join(asset("curve_editor", f"{name}.js").read_text(encoding="utf-8") for name in ("scale", "knots"))
    page = browser.new_page()
    try:
        for curve, xs in curves(40):
            term = {"knots": [list(point) for point in curve.points], "fx": curve.fx, "ends": curve.ends}
            asked = f"([term, xs]) => {{ {script}; return xs.map((x) => curveAt(term, x)) }}"
            np.testing.assert_allclose(page.evaluate(asked, [term, xs]), curve(xs), rtol=1e-9, atol=1e-9)
        moved = f"([knots, at, x]) => {{ {script}; return movedKnot(knots, at, x, 7, 1, 0, 100) }}"
        line = [[10, 0], [20, 1], [30, 2]]
        assert page.evaluate(moved, [line, 1, 55]) == [[10, 0], [29, 7], [30, 2]]
        assert page.evaluate(moved, [line, 1, -5]) == [[10, 0], [11, 7], [30, 2]]
        assert page.evaluate(moved, [line, 0, 500]) == [[19, 7], [20, 1], [30, 2]]
        assert page.evaluate(moved, [line, 2, 500]) == [[10, 0], [20, 1], [100, 7]]
        whole = f"([knots, at, x]) => {{ {script}; return movedKnot(knots, at, x, 7, 1, 0, 100, true) }}"
        assert page.evaluate(whole, [[[0, 0], [1, 1], [2, 0]], 1, 0.5]) == [[0, 0], [1, 7], [2, 0]]
        close = [[1, 0], [1 + 2**-52, 1]]
        for at in (0, 1):
            assert [x for x, _ in page.evaluate(moved, [close, at, close[at][0]])] == [1, 1 + 2**-52]
            assert page.evaluate(moved, [close, at, close[1 - at][0]])[0][0] < 1 + 2**-52
    finally:
        page.close()
